"""The clock of a patrol shift: which hours of which days, and who may work them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotspots.core.errors import ParameterError, PlanError
from hotspots.core.window import WEEKDAYS
from hotspots.tactics.hours import clock_text, week_mask

DAY_STARTS_HOUR = 6
"""A policing day runs from 06:00 to 05:59."""
NAMED_DAYS = {"all": range(7), "weekdays": range(5), "weekend": range(5, 7)}


@dataclass(frozen=True, kw_only=True)
class PatrolClock:
    """The first shift of a plan and the hours of the week that it stands for.

    ``start``, ``end``: of the first shift; crews are back at ``end``.
    ``days``: policing days on which the shift is worked, 0 is Monday.
    ``cut``: what shortened the shift, or "".
    """

    start: dt.datetime
    end: dt.datetime
    days: tuple[int, ...]
    cut: str = ""

    @property
    def minutes(self) -> int:
        """Length of the shift."""
        return round((self.end - self.start).total_seconds() / 60)

    @property
    def mask(self) -> npt.NDArray[np.bool_]:
        """Hours of the week that the shift touches, shape (168,)."""
        first = self.start.hour
        last = -(-(60 * first + self.start.minute + self.minutes) // 60)
        late = int(first < DAY_STARTS_HOUR)
        mask = np.zeros(168, dtype=bool)
        for hour in range(first, last):
            days = [(day + late + hour // 24) % 7 for day in self.days]
            mask |= week_mask(days, hour % 24, hour % 24 + 1)
        return mask

    def days_within(self, n_days: int) -> int:
        """Count the next ``n_days`` policing days on which the shift is worked."""
        first = policing_day(self.start)
        days = [(first + dt.timedelta(days=k)).weekday() for k in range(n_days)]
        return sum(day in self.days for day in days)

    def sentence(self) -> str:
        """Return the hours and days in words."""
        hours = f"{clock_text(self._hour(self.start))} to {self._until()}"
        if len(self.days) == 7:
            return f"{hours}, every day"
        return f"{hours}, {', '.join(WEEKDAYS[day] for day in self.days)}"

    def _until(self) -> str:
        if self.end.hour == 0 and self.end.minute == 0:
            return "24:00"
        return clock_text(self._hour(self.end))

    @staticmethod
    def _hour(moment: dt.datetime) -> float:
        return moment.hour + moment.minute / 60


def build_clock(
    day: dt.date, *, shift_start: str, shift_hours: float, days: str, provider: str
) -> PatrolClock:
    """Make the clock of the first shift on or after a day.

    ``provider`` ({"police", "pcso", "warden"}): police community support officers do
    not work between 00:00 and 06:00. Raises ParameterError if the time or the days
    cannot be read; PlanError if a PCSO shift would lie between 00:00 and 06:00.
    """
    hour, minute = _clock(shift_start)
    worked = parse_days(days)
    first = day
    while first.weekday() not in worked:
        first += dt.timedelta(days=1)
    start = dt.datetime.combine(first, dt.time(hour, minute))
    start += dt.timedelta(days=int(hour < DAY_STARTS_HOUR))
    end = start + dt.timedelta(minutes=round(60 * shift_hours))
    cut = ""
    if provider == "pcso":
        if hour < DAY_STARTS_HOUR:
            raise PlanError(
                "a PCSO shift must lie between 06:00 and 24:00; it starts at "
                f"{shift_start}. Start it later or ask for another provider."
            )
        midnight = dt.datetime.combine(first, dt.time()) + dt.timedelta(days=1)
        if end > midnight:
            cut = (
                f"PCSOs do not work after 00:00: the shift of {shift_hours:g} hours "
                f"from {shift_start} ends at 24:00"
            )
            end = midnight
    return PatrolClock(start=start, end=end, days=worked, cut=cut)


def parse_days(text: str) -> tuple[int, ...]:
    """Read policing days from text.

    Raises ParameterError if a word is no day, or could be two.

    Examples
    --------
    >>> parse_days("Fri, saturday")
    (4, 5)
    """
    word = text.strip().lower()
    if word in NAMED_DAYS:
        return tuple(NAMED_DAYS[word])
    found = set()
    for part in word.split(","):
        name = part.strip()
        hits = [k for k, day in enumerate(WEEKDAYS) if day.lower().startswith(name)]
        if len(name) < 2 or len(hits) != 1:
            raise ParameterError(
                "days must be all, weekdays, weekend or days with commas between, "
                f"such as Fri,Sat; got {text!r}."
            )
        found.add(hits[0])
    return tuple(sorted(found))


def policing_day(moment: dt.datetime) -> dt.date:
    """Return the day on which the policing day of a moment began.

    Examples
    --------
    >>> policing_day(dt.datetime(2025, 6, 14, 2, 0))
    datetime.date(2025, 6, 13)
    """
    return (moment - dt.timedelta(hours=DAY_STARTS_HOUR)).date()


def _clock(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"\s*(\d{1,2}):(\d{2})\s*", text)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise ParameterError(
            f"shift_start must be a time from 00:00 to 23:59; got {text!r}."
        )
    return int(found[1]), int(found[2])
