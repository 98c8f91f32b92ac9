"""Property marking: whole streets for a campaign, and the homes round a burglary."""

from __future__ import annotations

from hotspots.tactics.marking.options import MarkingOptions
from hotspots.tactics.marking.proposal import solve
from hotspots.tactics.tactic import Tactic

MARKING = Tactic(
    name="marking",
    options=MarkingOptions,
    solve=solve,
    needs=("premises",),
    uses=("streets",),
)

__all__ = ["MARKING", "MarkingOptions"]
