"""A value for every cell: which method made it, from when, and what was chosen."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

import numpy as np
import numpy.typing as npt

from hotspots.core.errors import ParameterError
from hotspots.model.cells import Cells, bin_points
from hotspots.model.incidents import Incidents


@dataclass(frozen=True)
class Surface:
    """A value per cell.

    ``values`` (m,): in the order of ``cells.ids``.
    ``name``, ``unit``: what the value is, for instance ``kde_per_km2`` and ``incidents
    per km2``.
    ``method``: the frozen dataclass that made it.
    ``p_values``: shape (m,).
    ``notes``: every automatic choice.
    Raises ParameterError if there is not one value for every cell.
    """

    values: npt.NDArray[np.float64]
    cells: Cells
    method: object
    _: KW_ONLY
    name: str
    unit: str
    p_values: npt.NDArray[np.float64] | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for array in (self.values, self.p_values):
            if array is not None and array.shape != self.cells.ids.shape:
                raise ParameterError(
                    f"a surface must have one value for each of {len(self.cells)} "
                    f"cells; got an array of shape {array.shape}."
                )

    def top(self, n: int) -> list[tuple[str, float]]:
        """Return the ``n`` cells with the largest values, ties by cell number."""
        order = np.lexsort((self.cells.ids, -self.values))[:n]
        return [(f"{self.cells.ids[k]:x}", float(self.values[k])) for k in order]


def count_per_cell(
    incidents: Incidents,
    cells: Cells,
    cell_of_place: npt.NDArray[np.uint64] | None = None,
) -> tuple[npt.NDArray[np.float64], int]:
    """Count the incidents in each cell.

    Each place is put into its cell once and carries the number of its incidents.

    ``counts``: shape (m,).
    """
    if cell_of_place is None:
        lon, lat = (incidents.places[name].to_numpy() for name in ("lon", "lat"))
        cell_of_place = bin_points(lon, lat, resolution=cells.resolution)
    at = cells.index_of(cell_of_place)
    weights = incidents.place_counts()
    inside = at >= 0
    counts = np.bincount(at[inside], weights[inside], minlength=len(cells))
    return counts.astype(np.float64), int(weights[~inside].sum())
