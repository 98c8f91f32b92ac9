"""Walking where there is no street file: from a cell to the cells next to it."""

from __future__ import annotations

import numpy as np
import shapely

from hotspots.model.cells import Cells
from hotspots.resources.street_graph import StreetGraph

NOTE = (
    "There is no street file, so walking is reckoned in straight steps between the "
    "centres of neighbouring H3 cells: routes are not streets, and real walks can be "
    "longer."
)


def walk_between_cells(cells: Cells) -> StreetGraph:
    """Return the network of steps between neighbouring cells."""
    rows, columns = cells.neighbours.nonzero()
    pairs = np.column_stack([rows, columns])[rows < columns].astype(np.int64)
    ends = cells.xy_m[pairs]
    blank = ("",) * len(pairs)
    return StreetGraph(
        node_xy_m=cells.xy_m,
        edges=pairs,
        length_m=np.hypot(*(ends[:, 1] - ends[:, 0]).T),
        names=blank,
        street_id=blank,
        lines=np.asarray(shapely.linestrings(ends), dtype=object),
        source=f"steps between H3 cells of resolution {cells.resolution}, not streets",
        notes=(NOTE,),
    )
