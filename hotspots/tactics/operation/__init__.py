"""Operations from templates: areas, operating hours, a trigger and a measure.

What triggers an operation is a person's decision on a forecast or a date. This finds
where the incidents it is about were within its operating hours, and says how many were
elsewhere.
"""

from __future__ import annotations

from typing import Any

from hotspots.model.incidents import Incidents
from hotspots.tactics.hours import check_hours_known
from hotspots.tactics.operation.options import OperationOptions
from hotspots.tactics.operation.proposal import solve
from hotspots.tactics.operation.template import read_template
from hotspots.tactics.tactic import Tactic


def _check(options: Any, incidents: Incidents) -> None:
    template = read_template(options.template, folder=options.folder)
    check_hours_known(incidents, f"Planning '{template.name}'")


OPERATION = Tactic(
    name="operation",
    options=OperationOptions,
    solve=solve,
    check=_check,
    uses=("premises",),
)

__all__ = ["OPERATION", "OperationOptions"]
