"""Deliveries: which burglary packs were handed over, and on which day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from hotspots.core.errors import ColumnError
from hotspots.intake.records import RecordField, read_records


@dataclass(frozen=True, kw_only=True)
class Deliveries:
    """The first day on which each victim was reached.

    ``delivered_on``: by reference of the incident.
    """

    delivered_on: Mapping[str, dt.date]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.delivered_on)


FIELDS = (
    RecordField(
        name="reference",
        kind="text",
        required=True,
        help="Of the incident.",
        also=("crime reference", "crime ref", "incident reference"),
    ),
    RecordField(name="delivered", kind="date", help="Blank where it was not."),
)


def read_deliveries(path: Path | str) -> Deliveries:
    """Read a table of ``reference`` and ``delivered``.

    Raises ColumnError if a column is not there; SourceError if the file cannot be read,
    a row has no reference, or a day is not a date.
    """
    records = read_records(path, FIELDS, unique=None)
    if "delivered" not in records.columns:
        raise ColumnError("delivered", records.name, records.columns)
    given = records.frame.drop_nulls("delivered")
    first = given.group_by("reference").agg(pl.col("delivered").min()).sort("reference")
    return Deliveries(
        delivered_on=dict(first.iter_rows()),
        notes=(*records.notes, *_blank(records.frame.height - given.height)),
    )


def _blank(n: int) -> tuple[str, ...]:
    return (f"{n:,} rows of the deliveries have no day: not delivered.",) if n else ()
