"""The week as people work it: policing days and shifts.

Takes the 168 hours that :func:`hotspots.methods.aoristic.week_hours` gives and lays
them out for a briefing. A policing day runs from 06:00 to 05:59, so that the small
hours of Saturday stand where they were worked: at the end of Friday night.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl

from hotspots.core.errors import ParameterError
from hotspots.core.options import check_fields, option
from hotspots.core.types import Floats
from hotspots.core.window import WEEKDAYS

PEAK_P = 0.05
SHIFTS = "early 07-15; late 14-24; night 22-07"
"""Overlapping shifts as forces work them."""


@dataclass(frozen=True, kw_only=True)
class Shift:
    """A span of whole hours that is worked every day.

    ``start_hour``: hours from midnight; 0 to 23.
    ``hours``: how long it lasts, 1 to 24; it may run past midnight.

    Raises ParameterError if the start is no hour of the day or the shift lasts no time
    or over a day.
    """

    name: str
    start_hour: int
    hours: int

    def __post_init__(self) -> None:
        if not (0 <= self.start_hour <= 23 and 1 <= self.hours <= 24):
            raise ParameterError(
                "a shift must start at an hour from 0 to 23 and last 1 to 24 hours; "
                f"got {self.name!r} from {self.start_hour} for {self.hours}."
            )

    def __str__(self) -> str:
        last = (self.start_hour + self.hours - 1) % 24
        return f"{self.name} {self.start_hour:02d}:00 to {last:02d}:59"


def parse_shifts(text: str) -> tuple[Shift, ...]:
    """Read shifts from text.

    ``text``: ``name HH-HH`` separated by semicolons; the second hour is left out, 24 is
    midnight, and an hour at or before the first lies on the next day.

    Raises ParameterError if there is no shift, one is not of that form, or two have one
    name.

    Examples
    --------
    >>> [str(shift) for shift in parse_shifts("late 14-24; night 22-07")]
    ['late 14:00 to 23:59', 'night 22:00 to 06:59']
    """
    shifts = tuple(_shift(part) for part in text.split(";") if part.strip())
    names = [shift.name for shift in shifts]
    if not shifts or len(set(names)) < len(names):
        raise ParameterError(
            "shifts must be at least one, each with its own name, such as "
            f"'{SHIFTS}'; got {text!r}."
        )
    return shifts


def _shift(part: str) -> Shift:
    found = re.fullmatch(r"\s*(.+?)\s+(\d{1,2})\s*-\s*(\d{1,2})\s*", part)
    if found is None or int(found[2]) > 23 or int(found[3]) > 24:
        raise ParameterError(
            "a shift must be a name and two whole hours from 0 to 24, such as "
            f"'late 14-24'; got {part.strip()!r}."
        )
    start, end = int(found[2]), int(found[3])
    return Shift(name=found[1], start_hour=start, hours=(end - start - 1) % 24 + 1)


@dataclass(frozen=True, kw_only=True)
class Clock:
    """Lay out the hours of the week by policing day and by shift.

    Raises ParameterError if the hour is not from 0 to 23, or the text gives no shifts.
    """

    day_starts_hour: int = option(
        6,
        help="When the policing day begins: the small hours before it belong to the "
        "evening before.",
        unit="hours",
        ge=0,
        le=23,
    )
    shifts: str = option(
        SHIFTS, help="Names and hours of the shifts, such as 'late 14-24; night 22-07'."
    )

    def __post_init__(self) -> None:
        check_fields(self)
        parse_shifts(self.shifts)

    def grid(self, hours: Floats) -> Floats:
        """Return the hours as policing days in rows, hours of such a day in columns.

        ``hours`` (168,), incidents: hour 0 is Monday 00:00.

        Returns (7, 24), incidents: row 0 begins on Monday at ``day_starts_hour``.

        Raises ParameterError if there are not 168 finite values, 0 or more.
        """
        return np.roll(_checked_hours(hours), -self.day_starts_hour).reshape(7, 24)

    def table(self, hours: Floats) -> pl.DataFrame:
        """Return the week as a table for people: an hour a row, a day a column.

        Returns 24 rows: ``hour`` (such as ``22:00``) in the order of the policing day,
        a column for each weekday, and ``all``. Hours after midnight stand under the day
        on which their policing day began.

        Raises ParameterError as :meth:`grid`.
        """
        grid = self.grid(hours)
        start = self.day_starts_hour
        columns = dict(zip(WEEKDAYS, grid, strict=True))
        names = [f"{(start + k) % 24:02d}:00" for k in range(24)]
        return pl.DataFrame({"hour": names, **columns, "all": grid.sum(axis=0)})

    def shift_table(self, hours: Floats) -> pl.DataFrame:
        """Return what falls in each shift of each day.

        Returns 7 rows a shift: ``shift``, ``day`` (on which it begins), ``hours``,
        ``n_incidents``, ``share`` of all incidents, ``per_hour``. Where shifts overlap
        an hour counts in each, so that shares add up to more than 1.

        Raises ParameterError as :meth:`grid`.
        """
        week = _checked_hours(hours)
        rows = [
            _shift_row(week, shift, day)
            for shift in parse_shifts(self.shifts)
            for day in range(7)
        ]
        return pl.DataFrame(rows)

    def busiest(self, hours: Floats, *, length_h: int = 4) -> tuple[str, float]:
        """Return the stretch of some hours with most incidents.

        ``length_h``: hours; from 1 to 24.

        Returns ``when``: such as ``Friday 22:00 to Saturday 01:59``; the earliest in
        the week of several alike; ``share``: of all incidents, 0 to 1; nan where there
        are none.

        Raises ParameterError as :meth:`grid`, or if the length is not from 1 to 24.
        """
        if not 1 <= length_h <= 24:
            raise ParameterError(f"length_h must be from 1 to 24; got {length_h!r}.")
        week = _checked_hours(hours)
        sums = _stretches(week, length_h)
        first = int(np.argmax(np.round(sums, 9)))
        last = (first + length_h - 1) % 168
        day = "" if first // 24 == last // 24 else f"{WEEKDAYS[last // 24]} "
        when = f"{WEEKDAYS[first // 24]} {first % 24:02d}:00 to {day}{last % 24:02d}:59"
        total = float(week.sum())
        share = float(sums[first]) / total if total else float("nan")
        return when, share

    def peak(self, hours: Floats, *, length_h: int = 4) -> str:
        """Return the busiest stretch in words, or that no hour stands out.

        A stretch is named only where the fullest of a week without pattern holds as
        many in at most one week of twenty.

        Raises ParameterError as :meth:`busiest`.
        """
        when, share = self.busiest(hours, length_h=length_h)
        if not peak_p(hours, length_h=length_h) <= PEAK_P:
            return "no hour of the week stands out from chance"
        part = part_in_words(share, hours)
        return f"the busiest {_in_words(length_h)} of the week are {when} ({part})"

    def busiest_shift(self, hours: Floats) -> tuple[str, float] | None:
        """Return the shift with most incidents and its share of them all, 0 to 1.

        None where a week without pattern would fill it as much more than once in
        twenty, for the hours that it takes.
        """
        day = _checked_hours(hours).reshape(7, 24).sum(axis=0)
        found = [
            (round(float(np.roll(day, -s.start_hour)[: s.hours].sum()), 9), s)
            for s in parse_shifts(self.shifts)
        ]
        n, shift = max(found, key=lambda each: (each[0], each[1].name))
        total, part = float(day.sum()), shift.hours / 24
        p = largest_part_p(n, total, n_parts=len(found), share=part)
        return None if p > PEAK_P else (shift.name, n / total)

    def busiest_day(self, hours: Floats) -> tuple[str, float] | None:
        """Return the policing day with most incidents and its share, 0 to 1.

        None where the fullest of seven days alike would hold as many in more than one
        week of twenty.
        """
        by_day = np.round(self.grid(hours).sum(axis=1), 9)
        day, total = int(np.argmax(by_day)), float(by_day.sum())
        if largest_part_p(by_day[day], total, n_parts=7) > PEAK_P:
            return None
        return WEEKDAYS[day], float(by_day[day]) / total


def part_in_words(share: float, hours: Floats) -> str:
    """Return a share of all incidents with both counts; times may be spread.

    Examples
    --------
    >>> part_in_words(0.25, np.full(168, 0.5))
    'about 21 of 84, 25%'
    """
    total = float(np.sum(hours))
    return f"about {share * total:,.0f} of {total:,.0f}, {share:.0%}"


N_WEEKS = 1_999


def largest_part_p(
    largest: float, total: float, *, n_parts: int, share: float | None = None
) -> float:
    """Return how often the fullest of some parts holds as many by chance, at most.

    ``share``: of the time that the part takes, 0 to 1; default that of parts alike.
    """
    from scipy.special import bdtrc

    n, k = round(total), round(largest)
    return min(1.0, n_parts * float(bdtrc(k - 1, n, share or 1 / n_parts)))


def peak_p(hours: Floats, *, length_h: int = 4) -> float:
    """Return how often a week without pattern has a stretch as full as the fullest.

    ``hours`` (168,), incidents: or of a day, shape (24,).

    Raises ParameterError if the values are not finite, 0 or more, or of neither shape.

    Notes
    -----
    The largest sum over all 168 stretches is the statistic, so that the choice of the
    fullest is allowed for: 143 incidents spread at random over the week have 6% of them
    in some four hours, where 2.4% are expected of each. Weeks are drawn from one seed.
    """
    week = _checked_hours(hours, length=24 if np.shape(hours) == (24,) else 168)
    chance = _fullest_by_chance(round(float(week.sum())), len(week), length_h)
    fullest = float(_stretches(week, length_h).max())
    n_as_full = len(chance) - int(np.searchsorted(chance, fullest - 1e-9))
    return (n_as_full + 1) / (len(chance) + 1)


@lru_cache(maxsize=256)
def _fullest_by_chance(n: int, n_hours: int, length_h: int) -> Floats:
    """Return the largest stretch of weeks (or days) without pattern, rising."""
    even = np.full(n_hours, 1 / n_hours)
    drawn = np.random.default_rng(168).multinomial(n, even, N_WEEKS)
    weeks: Floats = drawn.astype(np.float64)
    return np.sort(_stretches(weeks, length_h).max(axis=1))


def _stretches(weeks: Floats, length_h: int) -> Floats:
    """Return the sum from each hour on, round the end of the week or day."""
    total = np.zeros_like(weeks)
    for k in range(length_h):
        total = total + np.roll(weeks, -k, axis=-1)
    return total


def _in_words(hours: int) -> str:
    return "four hours" if hours == 4 else f"{hours} hours"


def _shift_row(week: Floats, shift: Shift, day: int) -> dict[str, object]:
    at = (day * 24 + shift.start_hour + np.arange(shift.hours)) % 168
    n, total = float(week[at].sum()), float(week.sum())
    return {
        "shift": shift.name,
        "day": WEEKDAYS[day],
        "hours": shift.hours,
        "n_incidents": n,
        "share": n / total if total else float("nan"),
        "per_hour": n / shift.hours,
    }


def _checked_hours(hours: Floats, *, length: int = 168) -> Floats:
    week = np.asarray(hours, dtype=np.float64)
    if week.shape != (length,) or not (np.isfinite(week) & (week >= 0)).all():
        raise ParameterError(
            "hours must be 168 finite numbers, 0 or more, from Monday 00:00; got shape "
            f"{week.shape}. Use week_hours(start, end)."
        )
    return week
