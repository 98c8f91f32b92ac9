"""The table that several questions answer with: the first cells, named, with counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hotspots.model.cells import Cells
from hotspots.questions.answer import Table
from hotspots.questions.question import Material

MAX_CELLS = 20


def cells_table(
    material: Material,
    cells: Cells,
    order: npt.NDArray[np.int64],
    columns: Sequence[tuple[str, Sequence[str]]],
    *,
    title: str,
    text: Sequence[str] = (),
) -> Table:
    """Return the first cells of an order as a table for people."""
    shown = order[:MAX_CELLS]
    names = material.place_names(cells, shown) if len(shown) else []
    more = f": the first {MAX_CELLS} of {len(order):,}"
    return Table.of(
        title + (more if len(order) > MAX_CELLS else ""),
        ["Place", "Cell", *(heading for heading, _ in columns)],
        [
            (name, f"{int(cells.ids[k]):x}", *(values[i] for _, values in columns))
            for i, (name, k) in enumerate(zip(names, shown, strict=True))
        ],
        text=["Cell", *text],
    )
