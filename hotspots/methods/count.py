"""How many incidents each cell holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hotspots.cells import Cells, bin_points
from hotspots.incidents import Incidents
from hotspots.params import check_fields
from hotspots.surface import Surface

__all__ = ["Count"]


@dataclass(frozen=True, kw_only=True)
class Count:
    """Count the incidents in each cell.

    Notes
    -----
    Each place is put into its H3 cell once and carries the number of its incidents.
    Incidents outside every cell are left out, and the surface's notes say how many.
    """

    def __post_init__(self) -> None:
        check_fields(self)

    def __call__(self, incidents: Incidents, cells: Cells) -> Surface:
        """Return the surface ``n_incidents``.

        Parameters
        ----------
        incidents : Incidents
        cells : Cells, m of them

        Returns
        -------
        Surface
            Whole numbers, in incidents.
        """
        lon, lat = (incidents.places[name].to_numpy() for name in ("lon", "lat"))
        at = cells.index_of(bin_points(lon, lat, resolution=cells.resolution))
        counts = incidents.place_counts()
        inside = at >= 0
        values = np.bincount(at[inside], counts[inside], minlength=len(cells))
        n_outside = int(counts[~inside].sum())
        notes = (f"{n_outside:,} incidents lie outside the cells",) if n_outside else ()
        return Surface(
            values=values.astype(np.float64),
            name="n_incidents",
            unit="incidents",
            cells=cells,
            method=self,
            notes=notes,
        )
