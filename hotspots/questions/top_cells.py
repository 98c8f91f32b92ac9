"""The table that several questions answer with: the first cells, named, with counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from hotspots.core.table import Table, filled_table, text_table
from hotspots.core.types import Ints
from hotspots.model.cells import Cells
from hotspots.questions.question import Material

MAX_CELLS = 20


def cells_table(
    title: str,
    material: Material,
    cells: Cells,
    rows: pl.DataFrame,
    shown: Mapping[str, str],
    *,
    words: Sequence[str] = (),
) -> Table:
    """Return the first rows, a cell each, as a table for people.

    ``rows``: ``cell`` is its number as hexadecimal text; ``shown``: heading and format
    of the other columns.
    """
    first = rows.head(MAX_CELLS)
    ids = np.array([int(cell, 16) for cell in first["cell"]], dtype=np.uint64)
    names = material.place_names(cells, cells.index_of(ids)) if len(ids) else []
    more = f": the first {MAX_CELLS} of {rows.height:,}"
    return filled_table(
        title + (more if rows.height > MAX_CELLS else ""),
        first.with_columns(place=pl.Series(names, dtype=pl.String)).rows(named=True),
        {"Place": "{place}", "Cell": "{cell}", **shown},
        words=["Cell", *words],
    )


def ranked(cells: Cells, order: Ints, **values: Any) -> pl.DataFrame:
    """Return the cells in an order, with their values (arrays over all cells)."""
    numbers = [f"{int(number):x}" for number in cells.ids[order]]
    return pl.DataFrame(
        {"cell": numbers, **{name: each[order] for name, each in values.items()}},
        schema_overrides={"cell": pl.String},
    )


def count_table(title: str, heading: str, labels: pl.Series) -> Table:
    """Return how many cells have each label, most first."""
    counts = labels.value_counts(sort=True).rows()
    return text_table(
        title, [heading, "Cells"], [(name, f"{n:,}") for name, n in counts]
    )
