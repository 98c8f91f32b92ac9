"""The columns of data.police.uk street files, in whatever kind of file they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from hotspots.core.errors import ColumnError
from hotspots.intake.dates import FIRST_YEAR, DateRules, read_moments
from hotspots.intake.table import Table, fold

NEEDED = ("Month", "Longitude", "Latitude", "Crime type")
COLUMNS = ("Crime ID", *NEEDED[:3], "Location", "Crime type")
"""The columns that are used; the others may be missing."""

_FOLDED = frozenset(fold(name) for name in COLUMNS)
WITHOUT_PLACE = ("Crime ID", "Month", "Location", "Crime type")
OTHER_KINDS = {"outcome type": "outcomes", "object of search": "stop-and-search"}
"""What the other files of a download have a column of."""


def known_headings(cells: Iterable[str]) -> int:
    """Say how many of the columns some cells name."""
    return len(_FOLDED & {fold(cell) for cell in cells})


def is_police_uk(columns: Iterable[str]) -> bool:
    """Say whether a header is that of a data.police.uk street file."""
    columns = list(columns)
    return known_headings(columns) >= 4 and other_kind(columns) is None


def other_kind(columns: Iterable[str]) -> str | None:
    """Return what other file of a data.police.uk download a header is of."""
    there = {fold(column) for column in columns}
    if len({"type", "date", "gender", "age range"} & there) >= 3:
        return "stop-and-search"
    return next((kind for name, kind in OTHER_KINDS.items() if name in there), None)


def has_police_columns(columns: Sequence[str]) -> bool:
    """Say whether attributes beside a geometry are those of data.police.uk."""
    there = {fold(column) for column in columns}
    return {fold(name) for name in WITHOUT_PLACE} <= there


def police_rows(table: Table, *, has_place: bool = True) -> pl.DataFrame:
    """Return place, month, category, street and reference of a table.

    ``has_place``: whether longitude and latitude are columns.

    Raises ColumnError if a needed column is missing.
    """
    frame = _named(table, has_place=has_place)
    month = _months(frame["Month"])
    street = pl.col("Location").str.strip_prefix("On or near").str.strip_chars()
    place = [pl.col("Longitude").fill_null(""), pl.col("Latitude").fill_null("")]
    return frame.with_columns(start=month, fault=table.faults()).select(
        line=table.line,
        x=pl.col("Longitude").str.strip_chars().cast(pl.Float64, strict=False),
        y=pl.col("Latitude").str.strip_chars().cast(pl.Float64, strict=False),
        place_text=pl.concat_str(place, separator=","),
        start="start",
        end=pl.col("start").dt.offset_by("1mo"),
        time_text=pl.col("Month"),
        category=pl.col("Crime type"),
        street=pl.when(~street.is_in(["", "No Location"])).then(street),
        reference=pl.when(pl.col("Crime ID") != "").then(pl.col("Crime ID")),
        fault="fault",
    )


def _named(table: Table, *, has_place: bool) -> pl.DataFrame:
    folded = {fold(column): column for column in reversed(table.frame.columns)}
    for name in NEEDED:
        if fold(name) not in folded and (has_place or name in WITHOUT_PLACE):
            raise ColumnError(name, table.name, table.frame.columns)
    return table.frame.select(
        (
            pl.col(folded[fold(name)])
            if fold(name) in folded
            else pl.lit(None, dtype=pl.String)
        ).alias(name)
        for name in COLUMNS
    )


def _months(text: pl.Series) -> pl.Series:
    """Read months, also those that a spreadsheet has turned into their first day."""
    plain = (text + "-01").str.to_datetime("%Y-%m-%d", time_unit="us", strict=False)
    if plain.null_count() == 0 and (plain.dt.year() >= FIRST_YEAR).all():
        return plain.alias("start")
    days = read_moments(text)["moment"]
    if (days.dt.day() != 1).any():
        other = read_moments(text, DateRules(month_first=True))["moment"]
        days = other if (other.drop_nulls().dt.day() == 1).all() else days
    return days.dt.truncate("1mo").alias("start")
