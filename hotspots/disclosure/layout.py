"""How the rows and columns of one table add up, as figures over base cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from hotspots.core.errors import ParameterError
from hotspots.core.types import Bools, Ints
from hotspots.disclosure.figures import Figures


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The figures of a table and where each stands in it.

    ``figures``: figure ``row * n_columns + column`` is that cell of the table; then one
    hidden figure for what each total holds that no row or column lists.
    ``present``: where the table has a count.
    ``has_unlisted``: whether a total holds incidents that no row or column lists.
    """

    figures: Figures
    present: Bools
    has_unlisted: bool


def build_layout(
    table: pl.DataFrame,
    *,
    counts: Sequence[str],
    keys: Sequence[str],
    totals: Mapping[str, str],
    sums: Mapping[str, Sequence[str]],
    hidden_rows: Bools,
) -> Layout:
    """Work out which rows and columns of a table are sums of which others.

    Raises ParameterError if a total is less than what it contains: then rows or columns
    overlap.
    """
    covers = _row_covers(table, keys, totals)
    within = _column_covers(counts, sums)
    values = table.select(counts).to_numpy().astype(float)
    present = ~np.isnan(values)
    true = np.where(present, np.nan_to_num(values), 0).astype(np.int64)
    n_columns = len(counts)
    base: list[int] = []
    members: list[Ints] = []
    rests: list[int] = []
    known = np.zeros_like(true)
    # From the most particular cell to the most general, what is not in a smaller
    # listed cell becomes a base cell of its own.
    depth = covers.sum(axis=1)[:, None] * (within.sum(axis=1) + 1)[None, :]
    for flat in np.argsort(depth.ravel(), kind="stable"):
        row, column = divmod(int(flat), n_columns)
        if not present[row, column]:
            continue
        rest = int(true[row, column] - known[row, column])
        if rest < 0:
            raise ParameterError(_overlap(table, keys, row, counts[column]))
        if rest == 0 and depth[row, column] > 2:
            continue
        above = covers[:, row][:, None] & within[:, column][None, :]
        figure = np.flatnonzero((above & present).ravel())
        if depth[row, column] > 2:
            rests.append(len(base))
        base.append(rest)
        members.append(figure)
        known += rest * above
    for position, cell in enumerate(rests):
        members[cell] = np.append(members[cell], present.size + position)
    hidden = np.repeat(hidden_rows, n_columns) | ~present.ravel()
    hidden = np.append(hidden, np.ones(len(rests), dtype=bool))
    return Layout(
        figures=_figures(base, members, hidden),
        present=present,
        has_unlisted=bool(rests),
    )


def _figures(base: list[int], members: list[Ints], hidden: Bools) -> Figures:
    n = len(hidden)
    width = max((len(above) for above in members), default=1)
    ancestors = np.full((len(base), width), n, dtype=np.int64)
    for cell, above in enumerate(members):
        ancestors[cell, : len(above)] = above
    return Figures(
        base=np.array(base, dtype=np.int64),
        ancestors=ancestors,
        n=n,
        hidden=hidden,
        stage=np.zeros(n, dtype=np.int64),
        lane=np.arange(len(base)),
        whole=np.full(n, -1, dtype=np.int64),
    )


def _row_covers(
    table: pl.DataFrame, keys: Sequence[str], totals: Mapping[str, str]
) -> Bools:
    """Return (rows, rows): whether the first contains the second."""
    covers = np.ones((table.height, table.height), dtype=bool)
    for key in keys:
        text = table[key].cast(pl.String).fill_null("\0").to_numpy()
        codes = np.unique(text, return_inverse=True)[1]
        same = codes[:, None] == codes[None, :]
        label = totals.get(key)
        covers &= same if label is None else same | (text == label)[:, None]
    return covers


def _column_covers(counts: Sequence[str], sums: Mapping[str, Sequence[str]]) -> Bools:
    """Return (columns, columns): whether the first contains the second."""
    covers = np.eye(len(counts), dtype=bool)
    for whole, parts in sums.items():
        for part in parts:
            covers[counts.index(whole), counts.index(part)] = True
    for _ in counts:
        covers |= (covers.astype(int) @ covers.astype(int)) > 0
    return covers


def _overlap(table: pl.DataFrame, keys: Sequence[str], row: int, column: str) -> str:
    where = ", ".join(f"{key} {table[key][row]}" for key in keys) or "the table"
    return (
        f"a total must be at least the sum of what it contains; '{column}' for {where} "
        "is less, so that rows or columns overlap. Publish areas and spans that do not "
        "overlap, each incident in one of them."
    )
