"""Operations from templates."""

from __future__ import annotations

from hotspots.tactics.operation.tactic import Operation

__all__ = ["Operation"]
