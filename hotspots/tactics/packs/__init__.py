"""Burglary packs: every new victim of a dwelling burglary, and how many in time."""

from __future__ import annotations

from hotspots.tactics.packs.options import PacksOptions
from hotspots.tactics.packs.proposal import solve
from hotspots.tactics.tactic import Tactic

LISTS = "a list of victims' addresses"

PACKS = Tactic(
    name="packs",
    options=PacksOptions,
    solve=solve,
    check=lambda _, incidents: incidents.check_moments(LISTS),
    uses=("premises", "deliveries"),
)

__all__ = ["PACKS", "PacksOptions"]
