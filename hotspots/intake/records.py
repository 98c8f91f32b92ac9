"""Tables that people keep: columns, premises, sessions, deployments, actions.

Read by a declaration of their fields and by the same reader of tables as incidents. A
wrong cell in such a list is a mistake to correct, not a row to leave out, so the first
one found is named with its line.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import polars as pl
import shapely

from hotspots.core.crs import GB_BOUNDS, bng_to_lonlat, lonlat_to_bng, to_lonlat
from hotspots.core.errors import ColumnError, EmptyFileError, SourceError, did_you_mean
from hotspots.core.sanitise import clean_text
from hotspots.core.types import Floats
from hotspots.core.window import WEEKDAYS
from hotspots.intake import places
from hotspots.intake.dates import DateRules, date_order, read_clocks, read_moments
from hotspots.intake.geofile import GEO_SUFFIXES, holds_wkt, read_features
from hotspots.intake.given import expand
from hotspots.intake.inputs import InputFile
from hotspots.intake.table import Layout, Table, fold, to_text
from hotspots.intake.tables import read_table

FieldKind = Literal[
    "text", "whole", "number", "metres", "date", "moment", "clock", "weekday", "choice"
]
TYPES: dict[str, Any] = {
    "text": pl.String,
    "choice": pl.String,
    "whole": pl.Int64,
    "number": pl.Float64,
    "metres": pl.Float64,
    "date": pl.Date,
    "moment": pl.Datetime("us"),
    "clock": pl.Float64,
    "weekday": pl.Int64,
}
WANTED = {
    "whole": "a whole number of 0 or more",
    "number": "a number",
    "metres": "metres of the National Grid",
    "date": "a date such as 14/06/2025",
    "moment": "a date and time such as 14/06/2025 18:30",
    "clock": "a time like 19:00",
    "weekday": "a day of the week such as Monday",
}
MAX_METRES = 1_300_000
MAX_WHOLE = 10**12


@dataclass(frozen=True, kw_only=True)
class RecordField:
    """One column of such a file.

    ``kind``: a clock becomes hours, a weekday its number from 0 (Monday).
    ``required``: whether each row must have it. The column of one that is not may be
    missing.
    ``also``: other headings of the column, the likeliest first; capitals, blanks and
    underscores are no matter.
    """

    name: str
    kind: FieldKind
    help: str
    required: bool = False
    choices: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


PLACE = (
    RecordField(
        name="easting",
        kind="number",
        help="Metres, EPSG:27700.",
        also=("eastings", "x", "x coordinate", "x coord", "os easting", "grid e"),
    ),
    RecordField(
        name="northing",
        kind="number",
        help="Metres, EPSG:27700.",
        also=("northings", "y", "y coordinate", "y coord", "os northing", "grid n"),
    ),
    RecordField(
        name="lon", kind="number", help="Degrees.", also=("longitude", "long", "lng")
    ),
    RecordField(name="lat", kind="number", help="Degrees.", also=("latitude",)),
)
"""The fields of a place: one pair must be there (:func:`places_of`)."""


@dataclass(frozen=True, kw_only=True)
class Records:
    """A file of records.

    ``frame``: a row a record, a column a field.
    ``name``, ``sha256``: of the file.
    ``as_at``: the day that the records are looked at; default the last day of a
    period.
    ``line``: of each record, in the file.
    ``columns``: the fields that the file has a column for.
    ``notes``: what was left out while reading.
    """

    frame: pl.DataFrame
    name: str
    sha256: str
    as_at: dt.date | None = None
    line: pl.Series | None = None
    columns: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def where(self, wrong: Any) -> str:
        """Say how many records a fault has, and the line of the first."""
        bad = np.asarray(wrong, dtype=bool)
        assert self.line is not None
        first = int(self.line[int(np.argmax(bad))])
        return f"{int(bad.sum()):,} of {len(bad):,} (first: line {first:,})"


def read_records(
    path: Path | str, fields: Sequence[RecordField], *, unique: str | None = "id"
) -> Records:
    """Read a file of records: a table of any kind, or the points of a GIS file.

    ``unique``: the field that is different in each record.

    Raises SourceError if the file cannot be read, a cell is not of its kind, or a value
    that must be different stands twice; ColumnError if a required column is missing;
    EmptyFileError if there is no header.
    """
    item = _the_one_of(InputFile.at(path))
    table = _table_of(item, fields)
    named = _named(table, fields)
    table, notes = _without_totals(table, fields, named)
    for line, fault in zip(table.line, table.fault, strict=True):
        if fault is not None:
            raise SourceError(
                f"every row of {item.name} must be as long as its header; line {line} "
                f"is not ({fault}). Correct that line."
            )
    frame = pl.DataFrame(
        {each.name: _column(table, each, named.get(each.name)) for each in fields},
        schema={each.name: TYPES[each.kind] for each in fields},
    )
    if unique is not None:
        _check_unique(frame, unique, item.name)
    return Records(
        frame=frame,
        name=item.name,
        sha256=item.sha256(),
        line=table.line,
        columns=tuple(named),
        notes=(*table.notes, *notes),
    )


def _the_one_of(item: InputFile) -> InputFile:
    """Return the one table or GIS file of an archive, or the file itself."""
    if item.suffix != ".zip":
        return item
    inside = expand([item.path])
    if len(inside) > 1:
        shown = ", ".join(each.name for each in inside[:5])
        raise SourceError(
            f"{item.name} must hold one file; it holds {len(inside)} ({shown}). Unpack "
            "it and give the one you mean."
        )
    return inside[0]


def _table_of(item: InputFile, fields: Sequence[RecordField]) -> Table:
    """Return a table; of a GIS file its attributes and where its points are."""
    if item.suffix not in GEO_SUFFIXES or holds_wkt(item):
        return read_table(item, Layout(wanted=lambda cells: _known(fields, cells)))
    features = read_features(item, shape="Point")
    points = shapely.get_type_id(features.geometry) == 0
    frame = to_text(features.frame)
    wants_place = any(each.name == "lon" for each in fields)
    if wants_place and points.any():
        own = {fold(name) for each in PLACE for name in (each.name, *each.also)}
        frame = frame.drop([c for c in frame.columns if fold(c) in own])
        x, y = shapely.get_x(features.geometry), shapely.get_y(features.geometry)
        lon, lat = to_lonlat(x, y, features.crs)
        places_ = {"lon": pl.Series(lon), "lat": pl.Series(lat)}
        frame = frame.with_columns(
            values.fill_nan(None).round(9).cast(pl.String).alias(name)
            for name, values in places_.items()
        )
    return Table.of(frame, item.name, is_native=True, notes=features.notes)


def places_of(records: Records) -> tuple[Floats, Floats]:
    """Return where the records of a file are, which has the fields of :data:`PLACE`.

    Returns ``xy_m`` (n, 2), EPSG:27700; ``lonlat`` (n, 2), degrees.

    Raises ColumnError if neither pair of columns is there; SourceError if a place is
    missing or not in Great Britain.
    """
    pairs = (("easting", "northing"), ("lon", "lat"))
    pair = next((p for p in pairs if set(p) <= set(records.columns)), None)
    if pair is None:
        halves = [name for p in pairs for name in p if name in records.columns]
        other = dict([*pairs, *(p[::-1] for p in pairs)])
        missing = other[halves[0]] if halves else "easting"
        raise ColumnError(missing, records.name, records.columns)
    x, y = (records.frame[name].fill_null(np.nan).to_numpy() for name in pair)
    missing_m = ~(np.isfinite(x) & np.isfinite(y))
    if missing_m.any():
        raise SourceError(
            f"every row of {records.name} must have two numbers for its place "
            f"({pair[0]}, {pair[1]}); {records.where(missing_m)} have not. Correct or "
            "remove those rows."
        )
    in_metres = pair[0] == "easting"
    to_other = bng_to_lonlat if in_metres else lonlat_to_bng
    with np.errstate(invalid="ignore"):
        other_xy = np.column_stack(to_other(x, y))
    given = np.column_stack([x, y]).astype(np.float64)
    xy_m, lonlat = (given, other_xy) if in_metres else (other_xy, given)
    west, south, east, north = GB_BOUNDS
    with np.errstate(invalid="ignore"):
        inside = np.all((lonlat >= [west, south]) & (lonlat <= [east, north]), axis=1)
    inside &= ((xy_m > 0) & (xy_m < [700_000, MAX_METRES])).all(axis=1)
    if not inside.all():
        raise SourceError(
            f"every row of {records.name} must be in Great Britain ({pair[0]}, "
            f"{pair[1]}); {records.where(~inside)} are not. Are easting and northing, "
            "or longitude and latitude, exchanged?"
        )
    return xy_m, lonlat


# -- columns -------------------------------------------------------------------------


def _headings(field: RecordField) -> list[str]:
    return [fold(name) for name in (field.name, *field.also)]


def _known(fields: Sequence[RecordField], cells: Iterable[str]) -> int:
    there = {fold(cell) for cell in cells if cell.strip()}
    return sum(bool(there & set(_headings(each))) for each in fields)


def _named(table: Table, fields: Sequence[RecordField]) -> dict[str, str]:
    """Return the column of each field that is there."""
    folded = {fold(column): column for column in reversed(table.frame.columns)}
    found = {}
    for each in fields:
        column = next((folded[h] for h in _headings(each) if h in folded), None)
        if column is not None:
            found[each.name] = column
        elif each.required:
            raise ColumnError(each.name, table.name, table.frame.columns)
    return found


def _without_totals(
    table: Table, fields: Sequence[RecordField], named: dict[str, str]
) -> tuple[Table, tuple[str, ...]]:
    """Leave a line of totals out: it lacks what each record must have."""
    needed = [named[each.name] for each in fields if each.required]
    some = len(needed) > 1
    lacks = pl.any_horizontal(pl.col(needed) == "") if some else pl.lit(value=True)
    table, n = table.without_totals(lacks)
    lines = "line" if n == 1 else "lines"
    note = f"{table.name}: {n} {lines} of totals were left out."
    return table, (note,) if n else ()


def _column(table: Table, field: RecordField, column: str | None) -> pl.Series:
    if column is None:
        return pl.Series([None] * table.frame.height, dtype=TYPES[field.kind])
    text = table.frame[column].fill_null("").str.strip_chars()
    text = text.to_frame("t").select(pl.when(pl.col("t") != "").then("t"))["t"]
    if field.required and text.null_count():
        line = table.line.filter(text.is_null())[0]
        raise SourceError(
            f"'{field.name}' must be filled in; line {line} of {table.name} has none."
        )
    values = _values(text, field)
    wrong = values.is_null() & text.is_not_null()
    if wrong.any():
        line, value = table.line.filter(wrong)[0], str(text.filter(wrong)[0])[:60]
        wanted = WANTED.get(field.kind, f"one of {', '.join(field.choices)}")
        hint = did_you_mean(value, field.choices or WEEKDAYS)
        hint = hint if field.kind in ("choice", "weekday") else ""
        raise SourceError(
            f"'{field.name}' must be {wanted}; line {line} of {table.name} has "
            f"{value!r}.{hint}"
        )
    return values


def _values(text: pl.Series, field: RecordField) -> pl.Series:
    """Return a column of texts as values of a kind, null where one is not of it."""
    kind = field.kind
    if kind == "text":
        return pl.Series(
            [None if t is None else clean_text(t) for t in text], dtype=pl.String
        )
    if kind in ("date", "moment"):
        n_day, n_month, _ = date_order(text)
        read = read_moments(text, DateRules(month_first=n_month > n_day))
        whole = read.select(pl.when(~pl.col("month")).then("moment"))["moment"]
        return whole if kind == "moment" else whole.dt.date()
    if kind == "clock":
        hours = text.str.extract(r"^\d{1,2}$", 0).cast(pl.Float64)
        hours = hours.set(~hours.is_between(0, 24), None)
        whole_hours = text.str.contains(r"^\d{1,2}$").fill_null(False)
        return (read_clocks(text) / 3600).set(whole_hours, None).fill_null(hours)
    if kind in ("choice", "weekday"):
        words = field.choices if kind == "choice" else WEEKDAYS
        return _words(text, words, whole=kind == "choice")
    number = places.number(text)
    if kind == "number":
        return number
    if kind == "metres":
        return number.set(~number.is_between(0, MAX_METRES), None)
    fits = number.is_between(0, MAX_WHOLE) & (number == number.round())
    return number.set(~fits.fill_null(False), None).cast(pl.Int64)


def _words(text: pl.Series, words: Sequence[str], *, whole: bool) -> pl.Series:
    """Return which word each text is: itself for a choice, its number for a weekday."""

    def found(value: str) -> str | int | None:
        plain = fold(value)
        if whole:
            return next((word for word in words if fold(word) == plain), None)
        hits = [n for n, word in enumerate(words) if word.lower().startswith(plain)]
        return hits[0] if len(hits) == 1 and len(plain) > 2 else None

    known = {value: found(value) for value in text.drop_nulls().unique()}
    return pl.Series(
        [None if value is None else known[value] for value in text],
        dtype=pl.String if whole else pl.Int64,
    )


def _check_unique(frame: pl.DataFrame, field: str, file: str) -> None:
    twice = frame.filter(pl.col(field).is_duplicated())[field]
    if len(twice):
        raise SourceError(
            f"each '{field}' in {file} must be different; {twice[0]!r} stands twice "
            f"({len(twice):,} rows share one). Keep one row for each."
        )


def check_rows(records: Records, what: str) -> None:
    """Refuse a file that has a header and nothing below it.

    Raises EmptyFileError saying what it must hold.
    """
    if records.frame.is_empty():
        raise EmptyFileError(f"{records.name} must hold {what}; it has a header only.")
