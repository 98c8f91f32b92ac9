"""Incidents in cells: which cell each place lies in, and sums over cells."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hotspots.model.cells import Cells, bin_points
from hotspots.model.incidents import Incidents
from hotspots.model.surface import count_per_cell


def place_cells(incidents: Incidents, cells: Cells) -> npt.NDArray[np.int64]:
    """Return the position of the cell in which each place lies.

    Returns (p,): -1 where the place lies in none of the cells.
    """
    lon, lat = (incidents.places[name].to_numpy() for name in ("lon", "lat"))
    return cells.index_of(bin_points(lon, lat, resolution=cells.resolution))


def counts_in(incidents: Incidents, cells: Cells) -> npt.NDArray[np.float64]:
    """Return how many incidents lie in each cell.

    Returns shape (m,).
    """
    return count_per_cell(incidents, cells)[0]
