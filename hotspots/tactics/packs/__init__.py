"""Burglary packs: every new victim."""

from __future__ import annotations

from hotspots.tactics.packs.tactic import BurglaryPacks, count_deliveries, pack_list

__all__ = ["BurglaryPacks", "count_deliveries", "pack_list"]
