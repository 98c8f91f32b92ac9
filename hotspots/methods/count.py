"""How many incidents each cell holds."""

from __future__ import annotations

from dataclasses import dataclass

from hotspots.core.tunable import Tunable
from hotspots.core.types import Floats
from hotspots.model.cells import Cells, Ids
from hotspots.model.incidents import Incidents
from hotspots.model.surface import Surface, count_per_cell


@dataclass(frozen=True, kw_only=True)
class Count(Tunable):
    """Count the incidents in each cell.

    Notes
    -----
    Each place is put into its H3 cell once and carries the number of its incidents.
    Incidents outside every cell are left out, and the surface's notes say how many.
    """

    def __call__(
        self, incidents: Incidents, cells: Cells, cell_of_place: Ids | None = None
    ) -> Surface:
        """Return the surface ``n_incidents``.

        Whole numbers, in incidents. ``cell_of_place``: where it is known.
        """
        values, n_outside = count_per_cell(incidents, cells, cell_of_place)
        notes = (f"{n_outside:,} incidents lie outside the cells",) if n_outside else ()
        return self.surface_of(values, cells, notes)

    def surface_of(
        self, values: Floats, cells: Cells, notes: tuple[str, ...] = ()
    ) -> Surface:
        """Return counts as a surface."""
        return Surface(
            values, cells, self, name="n_incidents", unit="incidents", notes=notes
        )
