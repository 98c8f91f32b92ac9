"""Property marking: whole streets, and who to reach within days."""

from __future__ import annotations

from hotspots.tactics.marking.tactic import PropertyMarking

__all__ = ["PropertyMarking"]
