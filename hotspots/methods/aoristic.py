"""When in the week: incidents whose time is only known to lie between two moments.

A burglary found on Monday morning happened some time since Friday evening. Aoristic
weights spread each incident over the hours of the week in proportion to how much of
its window lies in each, so that no hour is blamed for more than is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from hotspots.core.arrays import as_datetimes, zone_of
from hotspots.core.errors import ParameterError, PrecisionError, TooFewError
from hotspots.core.options import option
from hotspots.core.tunable import Tunable
from hotspots.core.types import Floats, Ints
from hotspots.model.incidents import Incidents

LongWindows = Literal["spread", "leave out"]

HOURS_A_WEEK = 168
HOUR_US = 3_600_000_000
WEEK_US = HOURS_A_WEEK * HOUR_US
MONDAY_US = 4 * 24 * HOUR_US
"""5 January 1970, a Monday, counted from the start of that year."""


def week_hours(start: Any, end: Any) -> Floats:
    """Return how many incidents fall in each hour of the week, by aoristic weights.

    ``start``, ``end``: array-like of shape (n,), local wall-clock times; anything that
    NumPy reads as ``datetime64``: NumPy arrays, polars or pandas columns, lists of
    ``datetime``. ``end`` is left out of the window; equal to ``start`` where the moment
    is known.

    Returns (168,), incidents: hour 0 is Monday 00:00 to 00:59, hour 167 Sunday 23:00 to
    23:59. Sums to n.

    Raises ParameterError if a time is missing, is no time or carries a time zone, if
    the two are not equally many, or if an end lies before its start.

    Notes
    -----
    An incident in the window ``[s, e)`` adds to hour ``h`` the share
    ``|[s, e) and h| / (e - s)``, exact to the microsecond, Sunday 24:00 going on at
    Monday 00:00. A known moment adds 1 to its hour. A window longer than 7 days says
    nothing of the hour and adds 1/168 to each.

    Times are as the clock on the wall shows them and every window adds up to one
    incident, also in the nights when the clocks change. A window in the autumn night
    that ends before it starts must be mended before.

    References
    ----------
    Ratcliffe, J. H. and McCullagh, M. J. (1998). Aoristic crime analysis.
    International Journal of Geographical Information Science 12(7), 751-764.
    Ratcliffe, J. H. (2000). Aoristic analysis: the spatial interpretation of
    unspecific temporal events. Same journal 14(7), 669-679.

    Examples
    --------
    From 01:00 to 02:30 on a Monday is two thirds in one hour, a third in the next.

    >>> hours = week_hours(["2024-01-01T01:00"], ["2024-01-01T02:30"])
    >>> hours[:4].round(3)
    array([0.   , 0.667, 0.333, 0.   ])
    """
    start_us, end_us = _checked_windows(start, end)
    return _spread(start_us, end_us)


def _spread(start_us: Ints, end_us: Ints) -> Floats:
    """Add up the three kinds of window: a moment, up to a week, longer."""
    length = end_us - start_us
    known = length == 0
    long = length > WEEK_US
    some = ~known & ~long
    at = (start_us[known] - MONDAY_US) // HOUR_US % HOURS_A_WEEK
    hours = np.bincount(at, minlength=HOURS_A_WEEK).astype(np.float64)
    hours += _overlaps(start_us[some], end_us[some])
    return np.asarray(hours + long.sum() / HOURS_A_WEEK)


def _overlaps(start_us: Ints, end_us: Ints) -> Floats:
    """Spread windows of at most a week; only ever adds, so empty hours stay 0."""
    share = 1.0 / (end_us - start_us)
    first, last = ((t - MONDAY_US) // HOUR_US for t in (start_us, end_us - 1))
    one = first == last
    head = np.where(one, 1.0, ((first + 1) * HOUR_US + MONDAY_US - start_us) * share)
    tail = np.where(one, 0.0, (end_us - MONDAY_US - last * HOUR_US) * share)
    hours = _count(first, head) + _count(last, tail)
    n_between = np.maximum(last - first - 1, 0)
    order = np.argsort(-n_between, kind="stable")
    first, share, n_between = first[order], share[order] * HOUR_US, n_between[order]
    for step in range(int(n_between[0]) if len(n_between) else 0):
        reach = int(np.searchsorted(-n_between, -step))
        hours += _count(first[:reach] + (step + 1), share[:reach])
    return hours


def _count(hour: Ints, weight: Floats) -> Floats:
    sums = np.bincount(hour % HOURS_A_WEEK, weight, minlength=HOURS_A_WEEK)
    return sums.astype(np.float64, copy=False)


def _checked_windows(start: Any, end: Any) -> tuple[Ints, Ints]:
    start_us, end_us = _microseconds(start, "start"), _microseconds(end, "end")
    if len(start_us) != len(end_us):
        raise ParameterError(
            "start and end must be equally many; got "
            f"{len(start_us):,} and {len(end_us):,}."
        )
    backwards = end_us < start_us
    if backwards.any():
        row = int(np.argmax(backwards))
        shown = [str(np.datetime64(int(t[row]), "us"))[:16] for t in (start_us, end_us)]
        raise ParameterError(
            f"a window must not end before it starts; {int(backwards.sum()):,} of "
            f"{len(start_us):,} do, first: row {row} ({shown[0]} to {shown[1]}). "
            "Correct or remove such rows first."
        )
    return start_us, end_us


def _microseconds(times: Any, name: str) -> Ints:
    """Read times of any kind as whole microseconds, refusing what is no wall clock."""
    kind = getattr(times, "dtype", None)
    zone = getattr(kind, "tz", None) or getattr(kind, "time_zone", None)
    masked = isinstance(times, np.ma.MaskedArray)
    plain = np.atleast_1d(times if masked else np.asarray(times))
    zone = zone or zone_of(plain)
    if zone:
        raise ParameterError(
            f"{name} must be local wall-clock times without a time zone; got "
            f"{zone}. Convert to local time and drop the zone."
        )
    if plain.ndim != 1 or (plain.dtype.kind in "iufb" and plain.size):
        raise ParameterError(
            f"{name} must be one time for each incident; got numbers or a table "
            f"({plain.dtype}, shape {plain.shape})."
        )
    moments = as_datetimes(plain, name=name)
    missing = np.isnat(moments)
    if missing.any():
        raise ParameterError(
            f"{name} must have a time for each incident; {int(missing.sum()):,} of "
            f"{len(moments):,} are missing, first: row {int(np.argmax(missing))}. "
            "Leave such rows out, or give both ends the one time that is known."
        )
    return np.asarray(moments.astype(np.int64))


@dataclass(frozen=True, kw_only=True)
class WeekHours:
    """Incidents by hour of the week, and how much of it is known.

    ``hours`` (168,), incidents: hour 0 is Monday 00:00. Sums to ``n``.
    ``n``: incidents counted.
    ``n_known``: with a known moment.
    ``n_long``: in windows longer than 7 days: spread evenly or left out, as ``method``
    says.
    ``notes``: how the hours were made, in words.
    """

    hours: Floats
    n: int
    n_known: int
    n_long: int
    method: Aoristic
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Aoristic(Tunable):
    """Count incidents by hour of the week, windows of time spread over their hours.

    Raises ParameterError if the choice is not one of the two.

    References
    ----------
    As for :func:`week_hours`.
    """

    long_windows: LongWindows = option(  # noqa: RUF009
        "spread",
        help="What becomes of incidents whose time is not known to within a week: "
        "spread evenly over all hours, or left out.",
    )

    def __call__(self, incidents: Incidents) -> WeekHours:
        """Return the incidents by hour of the week.

        ``incidents``: with the time of day.

        Raises PrecisionError if the files state only the month or the day; TooFewError
        if there is no incident, or none is left; ParameterError if a window ends before
        it starts.
        """
        _check_hours_known(incidents)
        start, end = _checked_windows(incidents.frame["start"], incidents.frame["end"])
        long = end - start > WEEK_US
        keep = np.ones(len(long), bool) if self.long_windows == "spread" else ~long
        if not keep.any():
            raise TooFewError(
                "hours of the week need at least one incident with a time; got "
                f"{len(keep):,} incidents, {int(long.sum()):,} of them in windows "
                "longer than 7 days that were left out."
            )
        known = int((start == end).sum())
        return WeekHours(
            hours=_spread(start[keep], end[keep]),
            n=int(keep.sum()),
            n_known=known,
            n_long=int(long.sum()),
            method=self,
            notes=_notes(len(keep), known, int(long.sum()), self.long_windows),
        )


def _check_hours_known(incidents: Incidents) -> None:
    if incidents.time_precision == "day":
        raise PrecisionError(
            "Time-of-day analysis needs the time of each incident; these files state "
            "only the day. Use an export with times."
        )
    incidents.check_moments("Time-of-day analysis")


def _notes(n: int, known: int, long: int, choice: str) -> tuple[str, ...]:
    done = "spread evenly over the week" if choice == "spread" else "left out"
    return (
        f"Of {n:,} incidents {known:,} have a known moment and {n - known - long:,} a "
        "window of at most 7 days, spread over its hours in proportion.",
        f"{long:,} have a window longer than 7 days, which says nothing of the hour: "
        f"{done}.",
    )
