"""Deliveries: which burglary packs were handed over, and on which day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from hotspots.core.errors import ColumnError, SourceError
from hotspots.intake.dates import choose_formats, parse_moment
from hotspots.intake.inputs import InputFile


@dataclass(frozen=True, kw_only=True)
class Deliveries:
    """The first day on which each victim was reached.

    Parameters
    ----------
    delivered_on : mapping of str to date
        By reference of the incident.
    """

    delivered_on: Mapping[str, dt.date]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.delivered_on)


def read_deliveries(path: Path | str) -> Deliveries:
    """Read a CSV of ``reference`` and ``delivered``.

    Raises
    ------
    ColumnError
        If a column is not there.
    SourceError
        If the file cannot be read, a row has no reference, or a day is not a date.
    """
    path = Path(path)
    data = InputFile(path=path, name=path.name).read_bytes()
    try:
        frame = pl.read_csv(data, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise SourceError(
            f"{path.name} must be a comma-separated file in UTF-8 with a header; "
            f"{str(error).splitlines()[0]}. Save it as 'CSV UTF-8'."
        ) from error
    frame = frame.rename({name: name.strip().lower() for name in frame.columns})
    for column in ("reference", "delivered"):
        if column not in frame.columns:
            raise ColumnError(column, path.name, frame.columns)
    text = pl.col("reference", "delivered").fill_null("").str.strip_chars()
    rows = frame.select(text).with_row_index("line", offset=2)
    nameless = rows.filter(pl.col("reference") == "")
    if nameless.height:
        raise SourceError(
            f"every row of {path.name} must have the reference of its incident; "
            f"{nameless.height:,} have none (first: line {nameless['line'][0]:,})."
        )
    given = rows.filter(pl.col("delivered") != "")
    if given.is_empty():
        return Deliveries(delivered_on={}, notes=_blank(rows.height))
    formats, comments = choose_formats(given["delivered"])
    moment = parse_moment(pl.col("delivered"), formats or ("%d/%m/%Y",))
    given = given.with_columns(day=moment.dt.date())
    bad = given.filter(pl.col("day").is_null())
    if bad.height:
        raise SourceError(
            f"every 'delivered' of {path.name} must be a date, blank where it was not "
            f"delivered; {bad.height:,} are not (first: line {bad['line'][0]:,}, "
            f"{bad['delivered'][0]!r}). Write dates as 14/06/2025."
        )
    first = given.group_by("reference").agg(pl.col("day").min()).sort("reference")
    return Deliveries(
        delivered_on=dict(first.iter_rows()),
        notes=(*comments, *_blank(rows.height - given.height)),
    )


def _blank(n: int) -> tuple[str, ...]:
    return (f"{n:,} rows of the deliveries have no day: not delivered.",) if n else ()
