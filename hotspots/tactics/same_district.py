"""Refuse streets, premises or buildings that are of another district."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.core.errors import PlanError
from hotspots.model.incidents import Incidents
from hotspots.resources import Resources

MARGIN_M = 1_000.0


def check_same_district(resources: Resources, incidents: Incidents) -> None:
    """Check that what a plan works with lies where its incidents are.

    Raises
    ------
    PlanError
        If a file has nothing within 1 km of the box around the incidents: an easting
        may be wrong, or the file is of another place, and a plan would be made as if
        there were no streets or homes.
    """
    low, high = incidents.xy_m.min(axis=0), incidents.xy_m.max(axis=0)
    for what, xy_m in _points(resources):
        near = (xy_m >= low - MARGIN_M) & (xy_m <= high + MARGIN_M)
        if not near.all(axis=1).any():
            raise PlanError(
                f"the {what} must be of the incidents' district; of {len(xy_m):,} none "
                "is within 1 km of any of them. Check the file and its coordinates."
            )


def _points(resources: Resources) -> list[tuple[str, npt.NDArray[np.float64]]]:
    found = []
    if resources.streets is not None:
        found.append(("streets", resources.streets.node_xy_m))
    if resources.premises is not None:
        found.append(("premises", resources.premises.xy_m))
    if resources.buildings is not None and len(resources.buildings):
        west, south, east, north = shapely.bounds(resources.buildings).T
        middle = np.column_stack([west + east, south + north]) / 2
        found.append(("buildings", middle))
    return found
