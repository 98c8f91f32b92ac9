"""Sessions that are held already: the slots a new plan should rather keep."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from hotspots.core.crs import lonlat_to_bng
from hotspots.core.errors import ColumnError, SourceError, did_you_mean
from hotspots.core.window import WEEKDAYS

_CLOCK = re.compile(r"^(\d{1,2})(?::([0-5]\d))?(?::00)?$")


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One place at one time of the week.

    Parameters
    ----------
    day : int
        0 is Monday.
    start, end : float
        Hours of the day, ``start < end <= 24``.
    xy_m : tuple of float, metres, EPSG:27700
    name : str
        The place in words; may be empty.
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


def read_slots(path: Path | str) -> tuple[Slot, ...]:
    """Read last quarter's slots: a plan's own ``stops`` table, or a list made by hand.

    Raises
    ------
    ColumnError
        If a column is missing.
    SourceError
        If the file cannot be read, or a row has no such day, time or place.
    """
    file = Path(path)
    try:
        frame = pl.read_csv(file, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise SourceError(
            f"slots must be a CSV file with day, from, to and a place; {file.name} "
            f"cannot be read ({type(error).__name__}). Export it again as CSV, UTF-8."
        ) from error
    frame = frame.rename({name: name.strip().lower() for name in frame.columns})
    degrees = "lon" in frame.columns
    place = ("lon", "lat") if degrees else ("easting", "northing")
    for column in ("day", "from", "to", *place):
        if column not in frame.columns:
            raise ColumnError(column, file.name, frame.columns)
    return tuple(
        _slot(row, place, f"{file.name}, row {number}")
        for number, row in enumerate(frame.iter_rows(named=True), start=2)
    )


def _slot(row: dict[str, str | None], place: tuple[str, str], where: str) -> Slot:
    start, end = _hour(row["from"], where), _hour(row["to"], where)
    end = 24.0 if end == 0 else end
    if end <= start:
        raise SourceError(
            f"a slot must end after it starts, on the same day; {where} runs from "
            f"{row['from']} to {row['to']}. Correct the row."
        )
    try:
        x, y = (float(row[name] or "") for name in place)
    except ValueError as error:
        raise SourceError(
            f"a slot must have a place in numbers ({place[0]}, {place[1]}); {where} "
            f"has {row[place[0]]!r}, {row[place[1]]!r}. Correct the row."
        ) from error
    if place[0] == "lon":
        east, north = lonlat_to_bng(np.array([x]), np.array([y]))
        x, y = float(east[0]), float(north[0])
    if not (np.isfinite(x) and np.isfinite(y)):
        raise SourceError(
            f"a slot must lie in Great Britain; {where} does not. Correct the row."
        )
    return Slot(
        day=_day(row["day"], where),
        start=start,
        end=end,
        xy_m=(x, y),
        name=(row.get("name") or "").strip(),
    )


def _day(text: str | None, where: str) -> int:
    word = (text or "").strip().lower()
    found = [
        number
        for number, day in enumerate(WEEKDAYS)
        if len(word) >= 3 and day.lower().startswith(word)
    ]
    if len(found) != 1:
        raise SourceError(
            f"a slot's day must be a day of the week such as Monday; {where} has "
            f"{text!r}.{did_you_mean(word, WEEKDAYS)}"
        )
    return found[0]


def _hour(text: str | None, where: str) -> float:
    match = _CLOCK.match((text or "").strip())
    hour = int(match[1]) + int(match[2] or 0) / 60 if match else 25.0
    if hour > 24:
        raise SourceError(
            f"a slot's times must be like 19:00; {where} has {text!r}. Correct the row."
        )
    return hour


def _clock(hour: float) -> str:
    minutes = round(60 * hour)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
