"""Rows of text, read by a profile: the part that CSV, XLSX and GIS files share.

Everything is text until here, so that a date is read by the same rules whether a
spreadsheet kept it as a date or as letters.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from hotspots.intake.dates import DEFAULT_FORMATS, has_clock, parse_moment
from hotspots.intake.profile import SOURCE_FLAGS, Profile
from hotspots.intake.raw import conform
from hotspots.model.incidents import TimePrecision

NATIVE_FORMATS = (
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%d",
)
"""How :func:`to_text` and the spreadsheet reader write dates that are no text."""

_MIDNIGHT_ROWS = 20


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """Rows with the columns of a reader, and what was noticed.

    Parameters
    ----------
    time_precision : {"day", "minute"}
    """

    rows: pl.DataFrame
    time_precision: TimePrecision
    notes: tuple[str, ...] = ()


def map_rows(
    frame: pl.DataFrame,
    profile: Profile,
    *,
    line: pl.Series,
    native_dates: bool = False,
) -> Mapped:
    """Read the columns of text that a profile names."""
    formats = profile.date_formats or DEFAULT_FORMATS
    if native_dates:
        formats = (*formats, *(f for f in NATIVE_FORMATS if f not in formats))
    start, end = _moment(profile, "start"), _moment(profile, "end")
    read = (
        frame.lazy()
        .select(
            line=line,
            start_text=start,
            end_text=end,
            start=parse_moment(start, formats),
            start_clock=has_clock(start, formats),
            end_read=parse_moment(end, formats),
            end_clock=has_clock(end, formats),
            **_places(profile),
            **_words(profile),
        )
        .collect()
    )
    dated = _only_dates(read)
    if dated:
        no_clock = pl.lit(False)
        read = read.with_columns(start_clock=no_clock, end_clock=no_clock)
    rows = conform(
        read.with_columns(end=_span_end(), time_text=_time_text()),
    )
    timed = read.select((pl.col("start_clock") & pl.col("start").is_not_null()).any())
    precision: TimePrecision = "minute" if timed.item() else "day"
    return Mapped(
        rows=rows,
        time_precision=precision,
        notes=_notes(read, profile, frame),
    )


def to_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Return every column as text: dates in ISO form, UK wall clock, whole numbers."""
    return frame.select(
        _column_text(name, kind).alias(name) for name, kind in frame.schema.items()
    )


def _column_text(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(kind, pl.Datetime):
        if kind.time_zone:
            column = column.dt.convert_time_zone("Europe/London")
        return column.dt.replace_time_zone(None).dt.strftime("%Y-%m-%d %H:%M:%S")
    if kind == pl.Date:
        return column.dt.strftime("%Y-%m-%d")
    if kind.is_float():
        whole = column.is_finite() & (column == column.round()) & (column.abs() < 2**53)
        return (
            pl.when(whole)
            .then(column.cast(pl.Int64, strict=False).cast(pl.String))
            .otherwise(column.cast(pl.String))
        )
    if isinstance(kind, pl.List):
        return column.cast(pl.List(pl.String)).list.join(";")
    return column.cast(pl.String, strict=False)


def _text(column: str | None) -> pl.Expr:
    """Return a column of stripped text, null where it is blank."""
    if column is None:
        return pl.lit(None, dtype=pl.String)
    text = pl.col(column).str.strip_chars()
    return pl.when(text != "").then(text)


# -- dates -------------------------------------------------------------------------


def _moment(profile: Profile, which: str) -> pl.Expr:
    """Return the text of a date and time, from one column or two."""
    columns = profile.columns
    if f"{which}_date" not in columns:
        return _text(columns.get(which))
    date = _text(columns[f"{which}_date"])
    if f"{which}_time" not in columns:
        return date
    # A spreadsheet keeps "30/12/1899 21:30" for a time and midnight with a date.
    time = _text(columns[f"{which}_time"]).str.replace(r"^1899-12-3[01] ", "")
    bare = pl.when(time.is_not_null()).then(date.str.replace(r" 00:00:00$", ""))
    return pl.concat_str(
        [bare.fill_null(date), time], separator=" ", ignore_nulls=True
    ).pipe(lambda joined: pl.when(date.is_not_null()).then(joined))


def _only_dates(read: pl.DataFrame) -> bool:
    """Say whether every time of many rows is midnight: dates written with a clock."""
    moments = pl.concat([read["start"], read["end_read"]]).drop_nulls()
    return len(moments) >= _MIDNIGHT_ROWS and bool(
        (moments.dt.truncate("1d") == moments).all()
    )


def _span_end() -> pl.Expr:
    """Return the end, left out of the span: a date without a time lasts its day."""
    start, end = pl.col("start"), pl.col("end_read")
    day_after = start.dt.truncate("1d").dt.offset_by("1d")
    stated = (
        pl.when(~pl.col("end_clock") & (end >= start.dt.truncate("1d")))
        .then(end.dt.offset_by("1d"))
        .otherwise(end)
    )
    alone = pl.when(~pl.col("start_clock")).then(day_after)
    return pl.coalesce(stated, alone)


def _time_text() -> pl.Expr:
    both = pl.format("{} to {}", pl.col("start_text"), pl.col("end_text"))
    return pl.coalesce(both, pl.col("start_text"))


# -- places and words --------------------------------------------------------------


def _places(profile: Profile) -> dict[str, pl.Expr]:
    if profile.coordinates is None:
        return {}
    x, y = (_text(column) for column in profile.coordinates)
    return {
        "x": _number(x),
        "y": _number(y),
        "place_text": pl.concat_str([x.fill_null(""), y.fill_null("")], separator=","),
    }


def _number(text: pl.Expr) -> pl.Expr:
    """Read a number; commas between thousands, as spreadsheets write them, go."""
    thousands = text.str.contains(r"^-?\d{1,3}(,\d{3})+(\.\d*)?$")
    bare = pl.when(thousands).then(text.str.replace_all(",", "")).otherwise(text)
    return bare.cast(pl.Float64, strict=False)


def _words(profile: Profile) -> dict[str, pl.Expr]:
    plain = ("subcategory", "street", "reference", "premises", "address")
    words = {key: _text(profile.columns.get(key)) for key in plain}
    return words | {
        "category": _category(profile),
        "source_flag": _source_flag(profile),
        "qualifiers": _qualifiers(profile),
    }


def _category(profile: Profile) -> pl.Expr:
    if "category" not in profile.columns:
        return pl.lit(profile.category)
    text = _text(profile.columns["category"])
    mapped = text.replace(dict(profile.categories)) if profile.categories else text
    return mapped if profile.category is None else mapped.fill_null(profile.category)


def _source_flag(profile: Profile) -> pl.Expr:
    """Return one of the known source flags, or null where the word is not known."""
    text = _text(profile.columns.get("source_flag"))
    said = {flag: flag for flag in SOURCE_FLAGS}
    said |= {key.strip().lower(): flag for key, flag in profile.source_flags.items()}
    return text.str.to_lowercase().replace_strict(
        said, default=None, return_dtype=pl.String
    )


def _qualifiers(profile: Profile) -> pl.Expr:
    text = _text(profile.columns.get("qualifiers")).str.to_lowercase()
    joined = text.str.replace_all(r"\s*[;,|][\s;,|]*", ";").str.strip_chars("; ")
    return pl.when(joined != "").then(joined)


def _notes(
    read: pl.DataFrame, profile: Profile, frame: pl.DataFrame
) -> tuple[str, ...]:
    """Return sentences on values that were there and could not be used."""
    notes = []
    unread = read.select(
        (
            pl.col("start").is_not_null()
            & pl.col("end_text").is_not_null()
            & pl.col("end_read").is_null()
        ).sum()
    ).item()
    if unread:
        notes.append(
            f"{unread:,} rows have an end that cannot be read as a date; their start "
            "alone was used."
        )
    column = profile.columns.get("source_flag")
    if column is not None:
        unknown = frame.select(_text(column).filter(_source_flag(profile).is_null()))
        values = unknown[column].drop_nulls().unique().sort().to_list()
        if values:
            shown = ", ".join(f"'{value}'" for value in values[:5])
            notes.append(
                f"{len(values):,} values of {column} are not named in [source_flags] "
                f"and were left empty: {shown}{' and others' if values[5:] else ''}."
            )
    return tuple(notes)
