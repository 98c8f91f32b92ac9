"""Closed walks that pass the most within a length."""

from __future__ import annotations

from hotspots.optimise.loops.solve import DEFAULT_MAX_M, Loop, best_loop, edge_prizes

__all__ = ["DEFAULT_MAX_M", "Loop", "best_loop", "edge_prizes"]
