"""Youth sessions: places, evenings and hours."""

from __future__ import annotations

from hotspots.tactics.youth.tactic import YouthSessions

__all__ = ["YouthSessions"]
