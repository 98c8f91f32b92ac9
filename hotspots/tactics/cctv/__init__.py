"""Mobile CCTV: where a few redeployable cameras see most of what they can act on."""

from __future__ import annotations

from hotspots.tactics.cctv.demand import check_precision
from hotspots.tactics.cctv.options import CctvOptions
from hotspots.tactics.cctv.proposal import solve
from hotspots.tactics.tactic import Tactic

CCTV = Tactic(
    name="cctv",
    options=CctvOptions,
    solve=solve,
    check=check_precision,
    uses=("columns", "streets", "cameras", "buildings"),
)

__all__ = ["CCTV", "CctvOptions"]
