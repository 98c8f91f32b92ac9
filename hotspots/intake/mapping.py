"""Rows of text, read by a profile: the part that all kinds of files share.

Everything is text until here, so that a date is read by the same rules whether a
spreadsheet kept it as a date or as letters.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from hotspots.core.crs import BNG
from hotspots.core.types import TimePrecision
from hotspots.intake import places
from hotspots.intake.dates import (
    DateRules,
    date_order,
    exchange_note,
    read_clocks,
    read_moments,
    without_fillers,
)
from hotspots.intake.gazetteer import looked_up
from hotspots.intake.profile import Profile
from hotspots.intake.raw import conform
from hotspots.intake.table import Table
from hotspots.intake.words import text_of, word_notes, words_of

_MIDNIGHT_ROWS = 20


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """Rows with the columns of a reader, and what was noticed."""

    rows: pl.DataFrame
    crs: int
    time_precision: TimePrecision
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Moments:
    """The start or the end of each row: what it says, and what was read."""

    text: pl.Series
    read: pl.DataFrame
    unread_times: int = 0


def rules_of(
    table: Table, profile: Profile, *, order: str | None = None
) -> tuple[DateRules, tuple[str, ...]]:
    """Return how the dates of a table are read, and what that was taken from.

    ``order``: what an earlier block of the file proved.
    """
    stated = profile.order or order
    rules = DateRules.of(profile.date_formats, stated)
    unknown = profile.midnight == "unknown"
    rules = replace(
        rules, midnight_is_day=table.is_native or unknown, minute_is_day=unknown
    )
    names = [profile.columns.get(key) for key in ("start", "start_date", "end")]
    texts = [table.frame[name] for name in names if name]
    if stated or profile.date_formats or not texts:
        return rules, ()
    n_day, n_month, _ = date_order(pl.concat([t.alias("t") for t in texts]))
    if n_day and n_month:
        return replace(rules, month_first=n_month > n_day), (
            f"dates disagree: {n_day:,} can only be day/month and {n_month:,} only "
            "month/day; those that do not fit the greater number are refused.",
        )
    if n_month:
        return replace(rules, month_first=True), (
            f"dates are month first (05/25/2024): {n_month:,} can be read no other "
            'way. Say order = "day first" under [dates] if that is wrong.',
        )
    return rules, ()


def map_table(
    table: Table,
    profile: Profile,
    *,
    today: dt.date | None = None,
    rules: DateRules | None = None,
) -> Mapped:
    """Read the columns that a profile names; it must be resolved for the table."""
    rules = rules or rules_of(table, profile)[0]
    start = _moments(table, profile, "start", rules)
    end = _moments(table, profile, "end", rules)
    read = _dated(start, end)
    located, crs, place_notes = _places(table, profile)
    keys = table.frame.select(
        postcode=text_of(profile.columns.get("postcode")),
        uprn=text_of(profile.columns.get("premises")),
    )
    located, looked = looked_up(located, crs, keys, profile.lookups)
    place_notes += looked
    said = words_of(profile)
    words = table.frame.with_columns(**said).select(*said)
    spans, late = _spans(read, today or dt.date.today())
    rows = conform(
        pl.concat(
            [spans, located, words, table.line.alias("line").to_frame()],
            how="horizontal",
        ).with_columns(fault=table.faults([*_needed(profile)]))
    )
    notes = (
        *_date_notes(start, end, spans, late),
        *place_notes,
        *word_notes(profile, table.frame),
    )
    return Mapped(rows=rows, crs=crs, time_precision=_precision(read), notes=notes)


def _needed(profile: Profile) -> list[str]:
    return [*profile.columns.values(), *profile.flags]


def _column(frame: pl.DataFrame, name: str | None) -> pl.Series:
    if name is None:
        return pl.Series("t", [None] * frame.height, dtype=pl.String)
    return frame.select(text_of(name).alias("t"))["t"]


# -- dates ---------------------------------------------------------------------------


def _moments(table: Table, profile: Profile, which: str, rules: DateRules) -> _Moments:
    """Read a date and time, from one column or two."""
    columns, frame = profile.columns, table.frame
    if f"{which}_date" not in columns:
        text = _column(frame, columns.get(which))
        known = text.to_frame().select(without_fillers(pl.col("t")))["t"]
        return _Moments(text=text, read=read_moments(known, rules))
    date = _column(frame, columns[f"{which}_date"])
    time = _column(frame, columns.get(f"{which}_time"))
    both = pl.DataFrame({"d": date, "t": time}).with_columns(
        k=without_fillers(pl.col("t")), u=without_fillers(pl.col("d"))
    )
    read = read_moments(both["u"], rules)
    clocks = _clocks_beside(both["k"])
    if rules.minute_is_day:
        clocks = clocks.set(clocks.is_in([0, 60]).fill_null(False), None)
    unread = int(
        (clocks.is_null() & both["k"].is_not_null() & date.is_not_null()).sum()
    )
    moment, own = pl.col("moment"), pl.col("moment").dt.time() != dt.time()
    day = moment.dt.truncate("1d")
    joined = read.with_columns(clocks.alias("s")).with_columns(
        moment=pl.when(pl.col("s").is_not_null())
        .then(day + pl.duration(seconds=pl.col("s").fill_null(0)))
        .otherwise(moment),
        clock=pl.col("s").is_not_null() | (pl.col("clock") & own),
    )
    shown = both.select(
        pl.when(pl.col("d").is_not_null()).then(
            pl.concat_str(
                pl.col("d").str.replace(r"[ T]00:00(:00(\.0+)?)?$", ""),
                "t",
                separator=" ",
                ignore_nulls=True,
            )
        )
    ).to_series()
    return _Moments(text=shown, read=joined.drop("s"), unread_times=unread)


def _clocks_beside(text: pl.Series) -> pl.Series:
    """Read a column of times; one that holds a whole moment gives its time."""
    clocks = read_clocks(text)
    left = text.filter(clocks.is_null()).drop_nulls()
    if left.is_empty():
        return clocks
    whole = read_moments(text)
    time = (whole["moment"] - whole["moment"].dt.truncate("1d")).dt.total_seconds()
    told = pl.DataFrame({"c": clocks, "s": time, "k": whole["clock"]})
    return told.select(pl.coalesce("c", pl.when("k").then("s")))["c"]


def _dated(start: _Moments, end: _Moments) -> pl.DataFrame:
    read = pl.DataFrame(
        {
            "start_text": start.text,
            "end_text": end.text,
            "start": start.read["moment"],
            "start_clock": start.read["clock"],
            "start_month": start.read["month"].fill_null(False),
            "end_read": end.read["moment"],
            "end_clock": end.read["clock"],
            "end_month": end.read["month"].fill_null(False),
        }
    )
    if _only_dates(read):
        no_clock = pl.lit(False)
        read = read.with_columns(start_clock=no_clock, end_clock=no_clock)
    return read


def _only_dates(read: pl.DataFrame) -> bool:
    """Say whether every time of many rows is midnight: dates written with a clock."""
    moments = pl.concat([read["start"], read["end_read"].alias("start")]).drop_nulls()
    return len(moments) >= _MIDNIGHT_ROWS and bool(
        (moments.dt.truncate("1d") == moments).all()
    )


def _precision(read: pl.DataFrame) -> TimePrecision:
    there = read.filter(pl.col("start").is_not_null())
    if there["start_clock"].any():
        return "minute"
    return "month" if there.height and there["start_month"].all() else "day"


def _spans(read: pl.DataFrame, today: dt.date) -> tuple[pl.DataFrame, int]:
    """Return start and end, left out of the span: a date without a time lasts its day.

    An end after today is not known; also returned is how many there are.
    """
    start, end = pl.col("start"), pl.col("end_read")
    step = pl.when("start_month").then(pl.lit("1mo")).otherwise(pl.lit("1d"))
    after = start.dt.truncate("1d").dt.offset_by(step)
    end_step = pl.when("end_month").then(pl.lit("1mo")).otherwise(pl.lit("1d"))
    latest = pl.lit(dt.datetime.combine(today, dt.time()) + dt.timedelta(days=1))
    in_future = ((end > latest) & (start <= latest)).fill_null(False)
    stated = (
        pl.when(in_future)
        .then(None)
        .when(~pl.col("end_clock") & (end >= start.dt.truncate("1d")))
        .then(end.dt.offset_by(end_step))
        .otherwise(end)
    )
    alone = pl.when(~pl.col("start_clock")).then(after)
    both = pl.format("{} to {}", pl.col("start_text"), pl.col("end_text"))
    spans = read.select(
        "start",
        pl.coalesce(stated, alone).alias("end"),
        pl.coalesce(both, pl.col("start_text")).alias("time_text"),
    )
    return spans, int(read.select(in_future.sum()).item())


def _date_notes(
    start: _Moments, end: _Moments, spans: pl.DataFrame, late: int
) -> tuple[str, ...]:
    """Return sentences on dates that were there and could not be used, or believed."""
    notes = []
    unread = (
        spans["start"].is_not_null()
        & end.text.is_not_null()
        & end.read["moment"].is_null()
    )
    known = pl.DataFrame({"t": end.text}).select(without_fillers(pl.col("t")))["t"]
    n_unread = int((unread & known.is_not_null()).sum())
    if n_unread:
        notes.append(
            f"{n_unread:,} rows have an end that cannot be read as a date; their start "
            "alone was used."
        )
    if late:
        notes.append(
            f"{late:,} rows have an end that lies in the future; it is not known, and "
            "their start alone was used."
        )
    n_times = start.unread_times + end.unread_times
    if n_times:
        notes.append(
            f"{n_times:,} times cannot be read as a time of day; the date alone was "
            "used."
        )
    if start.read["zoned"].any():
        notes.append(
            f"{int(start.read['zoned'].sum()):,} dates state a time zone and were "
            "turned into UK wall clock; the others were taken as it."
        )
    exchanged = exchange_note(start.read["moment"], start.read["shape"])
    return (*notes, *([exchanged] if exchanged else []))


# -- places --------------------------------------------------------------------------


def _places(
    table: Table, profile: Profile
) -> tuple[pl.DataFrame, int, tuple[str, ...]]:
    """Return x, y and what stood there, their system, and what was exchanged."""
    columns, frame = profile.columns, table.frame
    if profile.coordinates is not None:
        a, b = (_column(frame, column).fill_null("") for column in profile.coordinates)
        both = pl.concat_str([a, b], separator=",")
        found = pl.select(x=places.number(a), y=places.number(b), place_text=both)
        found = _with_letters(found, table, profile)
        return _turned(found, profile.epsg, profile.coordinates)
    if "grid_reference" in columns:
        text = _column(frame, columns["grid_reference"])
        east, north = places.grid_reference(text)
        found = pl.select(x=east, y=north, place_text=text)
        return found, BNG, ()
    if "point" in columns:
        text = _column(frame, columns["point"])
        a, b = places.pair(text)
        found = pl.select(x=a, y=b, place_text=text)
        x, y, crs, swapped = places.oriented(found["x"], found["y"])
        order = "latitude first" if swapped else "longitude or easting first"
        note = f"{columns['point']} was read {order}, as its values prove."
        found = found.with_columns(x.alias("x"), y.alias("y"))
        return found, profile.crs or crs, (note,) if swapped else ()
    none = {"x": pl.Float64, "y": pl.Float64, "place_text": pl.String}
    empty = {name: [None] * frame.height for name in none}
    return pl.DataFrame(empty, schema=none), profile.epsg, ()


def _with_letters(found: pl.DataFrame, table: Table, profile: Profile) -> pl.DataFrame:
    """Take the grid reference where the coordinates are blank."""
    column = profile.columns.get("grid_reference")
    if column is None or profile.epsg != BNG:
        return found
    text = _column(table.frame, column)
    x, y = places.grid_reference(text)
    letters = pl.select(gx=x, gy=y, g=text)
    both = pl.concat([found, letters], how="horizontal")
    blank = pl.col("place_text") == ","
    return both.select(
        x=pl.coalesce("x", pl.when(blank).then("gx")),
        y=pl.coalesce("y", pl.when(blank).then("gy")),
        place_text=pl.when(blank & pl.col("g").is_not_null())
        .then("g")
        .otherwise("place_text"),
    )


def _turned(
    found: pl.DataFrame, crs: int, named: Sequence[str]
) -> tuple[pl.DataFrame, int, tuple[str, ...]]:
    if not places.all_exchanged(found["x"], found["y"], crs):
        return found, crs, ()
    note = (
        f"{named[0]} and {named[1]} are exchanged: every pair is a place in Great "
        "Britain only the other way round, and was read so."
    )
    x, y = found["y"].alias("x"), found["x"].alias("y")
    return found.with_columns(x, y), crs, (note,)
