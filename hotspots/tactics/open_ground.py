"""The cells that a suggestion may be made of: not the reserve, nor what was left out.

An area is grown from cells with incidents, and a cell without any may join it; so the
ground that is kept free has to be closed whole, not only where something was counted.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hotspots.model.cells import Cells
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.reserve import in_reserve

RINGS = 3
"""No area reaches further than so many cells from one with an incident."""


def open_cells(
    context: PlanningContext,
    cells: Cells,
    counts: npt.NDArray[np.float64],
    *,
    reserve_percent: float,
) -> tuple[npt.NDArray[np.int64], int]:
    """Return the cells near any count that may be part of a suggestion.

    Parameters
    ----------
    counts : ndarray of shape (m,)
        Of each of the cells.
    """
    filled = np.flatnonzero(counts > 0)
    near = filled
    for _ in range(RINGS):
        around = cells.neighbour_table[near]
        near = np.union1d(near, around[around >= 0])
    lon, lat = cells.lonlat[near].T
    held = in_reserve(lon, lat, percent=reserve_percent, seed=context.seed)
    n_reserved = int(np.isin(near[held], filled).sum())
    off = context.keeps_off(cells.xy_m[near])
    return near[~held & ~off].astype(np.int64), n_reserved
