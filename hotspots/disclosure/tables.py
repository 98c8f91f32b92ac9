"""Protect one table of counts: small ones, those that give them away, and rounding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.core.errors import ParameterError, did_you_mean
from hotspots.core.types import Bools, Ints
from hotspots.disclosure.figures import Figures, round_counts, with_differences
from hotspots.disclosure.places import check_columns
from hotspots.disclosure.policy import PUBLIC_POLICY, Policy
from hotspots.disclosure.suppression import suppress


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


WITHHELD = "not shown"
"""What stands in a public table in place of a withheld count."""


@dataclass(frozen=True, kw_only=True)
class Protected:
    """A table that may be published.

    ``frame``: counts are multiples of the policy's step, or null where withheld.
    ``suppressed_cells``: how many counts are withheld, for whichever reason.
    ``notes``: what was done, for under the table.
    """

    frame: pl.DataFrame
    suppressed_cells: int
    notes: tuple[str, ...]


def protect(
    table: pl.DataFrame,
    *,
    counts: Sequence[str],
    keys: Sequence[str],
    totals: Mapping[str, str] | None = None,
    sums: Mapping[str, Sequence[str]] | None = None,
    derived: Mapping[str, pl.Expr] | None = None,
    keep: Sequence[str] = (),
    addresses: str | None = None,
    policy: Policy = PUBLIC_POLICY,
) -> Protected:
    """Withhold and round the counts of a table so that no small one can be recovered.

    Notes
    -----
    Zero is withheld like any count under the minimum. A withheld small count and one
    withheld to protect it look the same.

    Examples
    --------
    >>> table = pl.DataFrame({"ward": ["A", "B", "C", "All"], "n": [3, 12, 21, 36]})
    >>> safe = protect(table, counts=["n"], keys=["ward"], totals={"ward": "All"})
    >>> safe.frame["n"].to_list(), safe.suppressed_cells
    ([None, 35, 10, 20], 1)
    """
    totals, sums, derived = totals or {}, sums or {}, derived or {}
    needed = [*keys, *counts, *keep, *totals, *([addresses] if addresses else [])]
    for whole, parts in sums.items():
        needed += [whole, *parts]
    check_columns(table, needed)
    _check_sums(counts, keys, totals, sums)
    table = _in_order(table, keys)
    values = _whole_numbers(table, counts)
    layout = build_layout(
        values,
        counts=counts,
        keys=keys,
        totals=totals,
        sums=sums,
        hidden_rows=_few_addresses(table, addresses, policy),
    )
    found = suppress(with_differences(layout.figures, policy), policy)
    shape, size = layout.present.shape, layout.present.size
    shown = found.shown[:size].reshape(shape) & layout.present
    rounded = round_counts(layout.figures.counts[:size], policy)[0].reshape(shape)
    frame = table.select([*keys, *keep]).with_columns(
        pl.Series(name, rounded[:, i]).zip_with(
            pl.Series(shown[:, i]), pl.Series([None] * len(table), dtype=pl.Int64)
        )
        for i, name in enumerate(counts)
    )
    frame = frame.select([*keys, *counts, *keep]).with_columns(
        expression.alias(name) for name, expression in derived.items()
    )
    withheld = int((layout.present & ~shown).sum())
    return Protected(
        frame=frame,
        suppressed_cells=withheld,
        notes=_notes(policy, withheld, layout, addresses is not None),
    )


def in_words(count: int | None) -> str:
    """Return a published count as a table shows it.

    Examples
    --------
    >>> in_words(1250), in_words(None)
    ('1,250', 'not shown')
    """
    return WITHHELD if count is None else f"{count:,}"


def _notes(
    policy: Policy, withheld: int, layout: Layout, addresses: bool
) -> tuple[str, ...]:
    total = int(layout.present.sum())
    notes = [policy.in_words(addresses=addresses)]
    if withheld:
        notes.append(f"{withheld:,} of {total:,} counts are not shown.")
    if layout.has_unlisted:
        notes.append("Some totals hold incidents that no row of the table lists.")
    return tuple(notes)


def _check_sums(
    counts: Sequence[str],
    keys: Sequence[str],
    totals: Mapping[str, str],
    sums: Mapping[str, Sequence[str]],
) -> None:
    for name in totals:
        if name not in keys:
            raise ParameterError(
                f"totals must name keys of the table ({', '.join(keys)}); got "
                f"'{name}'.{did_you_mean(name, keys)}"
            )
    for whole, parts in sums.items():
        for name in (whole, *parts):
            if name not in counts or whole in parts:
                raise ParameterError(
                    f"sums must name count columns ({', '.join(counts)}), none a part "
                    f"of itself; got '{whole}' of {', '.join(parts)}."
                )


def _in_order(table: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    if keys and table.select(keys).is_duplicated().any():
        raise ParameterError(
            f"each row must have its own {', '.join(keys)}; some are there twice. Add "
            "the column that tells them apart to the keys, or sum them."
        )
    if not keys and table.height > 1:
        raise ParameterError(
            f"a table of {table.height:,} rows must have keys that tell them apart; "
            "got none. Name them."
        )
    return table.sort(keys, nulls_last=True) if keys else table


def _whole_numbers(table: pl.DataFrame, counts: Sequence[str]) -> pl.DataFrame:
    for name in counts:
        column = table[name]
        bad = 0
        if not column.dtype.is_numeric():
            bad = column.len() - column.null_count()
        elif column.dtype.is_float():
            bad = int((~column.is_finite() | (column != column.round(0))).sum())
        if bad or (column.dtype.is_numeric() and bool((column < 0).any())):
            raise ParameterError(
                f"counts must be whole numbers of at least 0; column '{name}' has "
                "other values. Name percentages, scores and words as derived columns."
            )
    return table.with_columns(pl.col(list(counts)).cast(pl.Int64))


def _few_addresses(
    table: pl.DataFrame, addresses: str | None, policy: Policy
) -> npt.NDArray[np.bool_]:
    if addresses is None:
        return np.zeros(table.height, dtype=bool)
    held = _whole_numbers(table, [addresses])[addresses]
    few: npt.NDArray[np.bool_] = (held.fill_null(0) < policy.min_addresses).to_numpy()
    return few
