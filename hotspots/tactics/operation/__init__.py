"""Operations from templates: areas, operating hours, a trigger and a measure.

What triggers an operation is a person's decision on a forecast or a date. This finds
where the incidents it is about were within its operating hours, and says how many were
elsewhere.
"""

from __future__ import annotations

from hotspots.tactics.operation.options import OperationOptions
from hotspots.tactics.operation.proposal import solve
from hotspots.tactics.tactic import Tactic

OPERATION = Tactic(
    name="operation",
    options=OperationOptions,
    solve=solve,
    uses=("premises",),
)

__all__ = ["OPERATION", "OperationOptions"]
