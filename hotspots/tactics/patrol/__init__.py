"""Foot patrol: a few small areas, short visits, apart, on a shift's clock.

An area is the same unit as a hotspot (three to five cells of H3 resolution 10, 4 to
7 ha: what one walk of 15 minutes can cover); it is chosen by the demand in the hours
that will be patrolled.
"""

from __future__ import annotations

from hotspots.tactics.patrol.options import PatrolOptions
from hotspots.tactics.patrol.proposal import solve
from hotspots.tactics.tactic import Tactic

PATROL = Tactic(name="patrol", options=PatrolOptions, solve=solve, uses=("streets",))

__all__ = ["PATROL", "PatrolOptions"]
