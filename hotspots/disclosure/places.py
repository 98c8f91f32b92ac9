"""What a place may be called for each audience: an address, a cell or an area."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

import h3
import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.core.budget import checkpoint
from hotspots.core.errors import ParameterError, PrecisionError, did_you_mean
from hotspots.disclosure.policy import FINEST_TIMES, PUBLIC_POLICY, Policy

ADDRESS_COLUMNS = frozenset(
    [
        "address",
        "full_address",
        "house_number",
        "name_of_premises",
        "next_door",
        "postcode",
        "premises",
        "premises_name",
        "property",
        "reference",
        "uprn",
        "victim_address",
    ]
)
"""Columns that lead to one address or one record."""

POINT_COLUMNS = frozenset(
    [
        "easting",
        "eastings",
        "geometry",
        "lat",
        "latitude",
        "lon",
        "longitude",
        "northing",
        "northings",
        "place",
        "wkt",
        "x",
        "y",
    ]
)
"""Columns that lead to a point."""

_FINE_TIME_NAMES = frozenset(
    [
        "date",
        "day",
        "end",
        "hour",
        "hours",
        "shift",
        "start",
        "time",
        "week",
        "weekday",
        "when",
    ]
)
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_QUARTER = re.compile(r"\d{4}-?Q[1-4]")
_YEAR = re.compile(r"\d{4}(/\d{2,4})?")
_FINE_TEXT = re.compile(r"\d{4}-?W\d{1,2}|\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{2,4}")


def address_columns(frame: pl.DataFrame) -> tuple[str, ...]:
    """Return the columns of a table that lead to one address, record or point.

    Examples
    --------
    >>> address_columns(pl.DataFrame({"ward": ["A"], "UPRN": [1], "n": [4]}))
    ('UPRN',)
    """
    known = ADDRESS_COLUMNS | POINT_COLUMNS
    return tuple(name for name in frame.columns if name.strip().lower() in known)


def check_columns(table: pl.DataFrame, needed: Sequence[str]) -> None:
    """Check that a table has every column that is named.

    Raises ParameterError if one is missing.
    """
    for name in needed:
        if name not in table.columns:
            raise ParameterError(
                f"column '{name}' must be in the table to publish; it has "
                f"{', '.join(table.columns) or 'no columns'}."
                f"{did_you_mean(name, table.columns)}"
            )


def check_public_keys(
    frame: pl.DataFrame,
    keys: Sequence[str],
    policy: Policy = PUBLIC_POLICY,
    *,
    addresses: bool = False,
) -> None:
    """Check that no key of a public table is an address, a small cell or a fine time.

    Raises ParameterError if a key is missing or leads to an address or a point, a cell
    is too small, or its addresses are not known; PrecisionError if a key is a time
    finer than the policy allows.
    """
    check_columns(frame, keys)
    close = set(address_columns(frame.select(keys)))
    if close:
        raise ParameterError(
            "a public table must be of areas; "
            f"'{sorted(close)[0]}' leads to one address or point. Count by area."
        )
    for key in keys:
        _check_time(frame[key], policy)
        _check_cells(frame[key], policy, addresses)


def coarsen_cells(cells: pl.Series, policy: Policy = PUBLIC_POLICY) -> pl.Series:
    """Return the public cell that each cell lies in."""
    unique = cells.unique()
    parent = {cell: _parent(cell, policy.finest_resolution) for cell in unique}
    return cells.replace_strict(parent, return_dtype=pl.String)


def merge_small_areas(
    addresses: Sequence[int],
    neighbours: Sequence[Sequence[int]],
    policy: Policy = PUBLIC_POLICY,
) -> npt.NDArray[np.int64]:
    """Join areas of too few addresses to a neighbour until each group has enough.

    Raises ParameterError if the two have different lengths or a number of addresses is
    negative.

    Examples
    --------
    >>> merge_small_areas([20, 3, 6, 2], [[1], [0, 2], [1], []]).tolist()
    [0, 1, 1, -1]
    """
    if len(addresses) != len(neighbours) or any(held < 0 for held in addresses):
        raise ParameterError(
            "each area must have its number of addresses, at least 0, and its list of "
            f"neighbours; got {len(addresses)} and {len(neighbours)}. Give both."
        )
    group = np.arange(len(addresses))
    held = np.array(addresses, dtype=np.int64)
    settled: set[int] = set()
    while True:
        checkpoint()
        small = [
            g
            for g in np.unique(group).tolist()
            if held[g] < policy.min_addresses and g not in settled
        ]
        if not small:
            break
        one = min(small, key=lambda g: (held[g], g))
        touching = {
            int(group[other])
            for area in np.flatnonzero(group == one).tolist()
            for other in neighbours[area]
        } - {one}
        if not touching:
            settled.add(one)
            continue
        other = min(touching, key=lambda g: (held[g], g))
        first = min(one, other)
        total = held[one] + held[other]
        group[(group == one) | (group == other)] = first
        held[first] = total
        settled.discard(first)
    return np.where(np.isin(group, sorted(settled)), -1, group)


def _parent(cell: str | int, resolution: int) -> str:
    text = h3.int_to_str(cell) if isinstance(cell, int) else str(cell)
    if not h3.is_valid_cell(text):
        raise ParameterError(
            f"a cell must be an H3 index; got {cell!r}. Give the column of cells."
        )
    return str(h3.cell_to_parent(text, min(h3.get_resolution(text), resolution)))


def _check_cells(column: pl.Series, policy: Policy, addresses: bool) -> None:
    if not (column.dtype == pl.String or column.dtype == pl.UInt64):
        return
    for value in column.drop_nulls().unique().to_list():
        text = h3.int_to_str(value) if isinstance(value, int) else value
        if len(text) != 15 or not h3.is_valid_cell(text):
            continue
        if h3.get_resolution(text) > policy.finest_resolution:
            raise ParameterError(
                f"a public cell must be of resolution {policy.finest_resolution} or "
                f"coarser; '{column.name}' has {text} of resolution "
                f"{h3.get_resolution(text)}. Use coarsen_cells and sum the counts."
            )
        if not addresses:
            raise ParameterError(
                f"a public cell must hold at least {policy.min_addresses} addresses; "
                f"'{column.name}' has cells and no column of addresses was named. Name "
                "it, or count by ward."
            )


def _check_time(column: pl.Series, policy: Policy) -> None:
    finest = FINEST_TIMES.index(policy.finest_time)
    if column.dtype == pl.Date:
        days: list[dt.date] = column.drop_nulls().to_list()
        starts = ((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), (1, 4, 7, 10), (1, 4))
        fine = any(day.day != 1 or day.month not in starts[finest] for day in days)
    elif column.dtype.is_temporal():
        fine = True
    else:
        text = column.drop_nulls().cast(pl.String).str.strip_chars().unique().to_list()
        spans = (_MONTH, _QUARTER, _YEAR)[:finest]
        fine = any(
            _FINE_TEXT.fullmatch(value) or any(s.fullmatch(value) for s in spans)
            for value in text
        )
        named = column.name.strip().lower() in _FINE_TIME_NAMES
        fine = fine or (named and bool(text))
    if fine:
        raise PrecisionError(
            f"a public figure must be for a whole {policy.finest_time} or longer; "
            f"'{column.name}' is finer. Count by {policy.finest_time}."
        )
