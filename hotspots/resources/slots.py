"""Sessions that are held already: the slots a new plan should rather keep."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from hotspots.core.errors import SourceError
from hotspots.core.window import WEEKDAYS
from hotspots.intake.records import PLACE, RecordField, places_of, read_records


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One place at one time of the week.

    ``day``: 0 is Monday.
    ``start``, ``end``: hours of the day, ``start < end <= 24``.
    ``xy_m``: metres, EPSG:27700.
    ``name``: the place in words; may be empty.
    """

    day: int
    start: float
    end: float
    xy_m: tuple[float, float]
    name: str = ""

    def sentence(self) -> str:
        """Return the slot in words.

        Examples
        --------
        >>> Slot(day=1, start=19, end=20.5, xy_m=(0, 0), name="Mill Lane").sentence()
        'Tuesday 19:00 to 20:30, Mill Lane'
        """
        where = f", {self.name}" if self.name else ""
        return f"{WEEKDAYS[self.day]} {_clock(self.start)} to {_clock(self.end)}{where}"


FIELDS = (
    RecordField(name="day", kind="weekday", required=True, help="Of the week."),
    RecordField(name="from", kind="clock", required=True, help="When it begins."),
    RecordField(name="to", kind="clock", required=True, help="When it ends."),
    RecordField(name="name", kind="text", help="The place in words."),
    *PLACE,
)


def read_slots(path: Path | str) -> tuple[Slot, ...]:
    """Read last quarter's slots: a plan's own ``stops`` table, or a list made by hand.

    Raises ColumnError if a column is missing; SourceError if the file cannot be read,
    or a row has no such day, time or place.
    """
    records = read_records(path, FIELDS, unique=None)
    xy_m, _ = places_of(records)
    frame = records.frame.with_columns(
        pl.when(pl.col("to") == 0).then(24.0).otherwise("to").alias("to")
    )
    backwards = frame["to"] <= frame["from"]
    if backwards.any():
        raise SourceError(
            f"a slot of {records.name} must end after it starts, on the same day; "
            f"{records.where(backwards)} do not. Correct them."
        )
    return tuple(
        Slot(
            day=row["day"],
            start=row["from"],
            end=row["to"],
            xy_m=(float(x), float(y)),
            name=row["name"] or "",
        )
        for row, (x, y) in zip(frame.iter_rows(named=True), xy_m, strict=True)
    )


def _clock(hour: float) -> str:
    minutes = round(60 * hour)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
