"""Foot patrol: areas, loops and shifts."""

from __future__ import annotations

from hotspots.tactics.patrol.tactic import FootPatrol

__all__ = ["FootPatrol"]
