"""Property marking: whole streets for a campaign, and the homes round a burglary."""

from __future__ import annotations

from hotspots.tactics.marking.options import MarkingOptions
from hotspots.tactics.marking.proposal import solve
from hotspots.tactics.tactic import Tactic

LISTS = "choosing homes to mark (patch and target list alike are lists of addresses)"

MARKING = Tactic(
    name="marking",
    options=MarkingOptions,
    solve=solve,
    check=lambda _, incidents: incidents.check_moments(LISTS),
    needs=("premises",),
    uses=("streets",),
)

__all__ = ["MARKING", "MarkingOptions"]
