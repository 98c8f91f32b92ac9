"""Compact contiguous areas."""

from __future__ import annotations

from hotspots.optimise.compact.solve import CompactAreas, Ground, best_areas, grow_areas

__all__ = ["CompactAreas", "Ground", "best_areas", "grow_areas"]
