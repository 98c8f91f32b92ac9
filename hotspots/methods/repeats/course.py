"""How soon the same target is hit again: the time course, on plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import polars as pl

from hotspots.core.arrays import as_number, as_numbers
from hotspots.core.errors import ParameterError, TooFewError
from hotspots.core.types import Floats, Ints

COURSE_DAYS = (0, 7, 14, 28, 56, 91, 182, 365)


def days_to_next(target: Ints, day: Floats) -> Floats:
    """Return the days from each incident to the next at the same target.

    ``target`` (n,), int64.
    ``day`` (n,), days: when, from any origin.

    Returns (n,), days: infinite for the last incident of each target.

    Raises ParameterError if the two are not equally many or a day is not finite.

    Examples
    --------
    >>> days_to_next(np.array([0, 1, 0]), np.array([1.0, 2.0, 9.0]))
    array([ 8., inf, inf])
    """
    target, day = np.asarray(target), as_numbers(day, name="day")
    if target.shape != day.shape or not np.isfinite(day).all():
        raise ParameterError(
            "there must be one target and one finite day for each incident; got "
            f"{target.shape} and {day.shape}, {int((~np.isfinite(day)).sum())} not "
            "finite."
        )
    order = np.lexsort((day, target))
    gaps = np.full(len(day), np.inf)
    same = target[order][1:] == target[order][:-1]
    gaps[order[:-1][same]] = np.diff(day[order])[same]
    return gaps


def time_course(
    target: Ints,
    day: Floats,
    *,
    until_day: float,
    bands_days: Sequence[float] = COURSE_DAYS,
    rate_per_day: float = float("nan"),
) -> pl.DataFrame:
    """Return how often, and how soon, an incident is followed by another at its target.

    ``target`` (n,), int64.
    ``day`` (n,), days.
    ``until_day``: days; where the files end, on the scale of ``day``.
    ``bands_days``: days; rising edges; each band holds its lower edge and not its
    upper.
    ``rate_per_day``: incidents per place and day; what chance gives.

    Returns a row a band: ``from_days``, ``to_days``; ``n_next``: incidents whose next
    came in the band; ``n_at_risk``: still followed and without a next where the band
    begins; ``event_days``: days that these were followed in the band;
    ``per_1000_a_week``: next incidents per 1,000 targets followed for a week;
    ``share_by_end``: of all incidents, those with a next before the band ends
    (Kaplan-Meier); ``times_chance``: the rate over ``rate_per_day``.

    Raises TooFewError if there are fewer than two incidents; ParameterError if bands do
    not rise from 0 or more, a day is not finite, or an incident lies after the end.

    Notes
    -----
    Many short gaps prove nothing by themselves: an incident a month before the files
    end can only have a gap below a month. So each band is divided by the days that
    incidents were in fact followed in it, those with a next incident only until then.

    References
    ----------
    Polvi, N., Looman, T., Humphries, C. and Pease, K. (1991). The time course of
    repeat burglary victimization. British Journal of Criminology 31(4), 411-414.
    Kaplan, E. L. and Meier, P. (1958). Nonparametric estimation from incomplete
    observations. Journal of the American Statistical Association 53, 457-481.

    Examples
    --------
    >>> at, day = np.array([0, 0, 1]), np.array([0.0, 3.0, 0.0])
    >>> course = time_course(at, day, until_day=14, bands_days=(0, 7, 14))
    >>> course["n_next"].to_list(), course["event_days"].to_list()
    ([1, 0], [17.0, 11.0])
    """
    day = as_numbers(day, name="day")
    until_day = as_number(until_day, name="until_day")
    edges = _checked_bands(bands_days)
    gaps = days_to_next(target, day)
    followed = until_day - day
    if len(day) < 2:
        raise TooFewError(
            f"a time course needs at least two incidents; got {len(day)}."
        )
    if not (followed >= 0).all():
        raise ParameterError(
            f"the files must end after every incident; {int((followed < 0).sum()):,} "
            f"lie after day {until_day:g}."
        )
    rows = [
        _band(gaps, followed, low, high, rate_per_day) for low, high in pairwise(edges)
    ]
    shares = 1 - _still_without(gaps, followed, edges[1:])
    return pl.DataFrame(rows).with_columns(share_by_end=pl.Series(shares))


def _band(
    gaps: Floats, followed: Floats, low: float, high: float, rate_per_day: float
) -> dict[str, float]:
    seen = np.minimum(gaps, followed)
    n_next = int(((gaps >= low) & (gaps < high)).sum())
    event_days = float((np.clip(seen, low, high) - low).sum())
    rate = n_next / event_days if event_days else float("nan")
    return {
        "from_days": float(low),
        "to_days": float(high),
        "n_next": n_next,
        "n_at_risk": int((seen >= low).sum()),
        "event_days": event_days,
        "per_1000_a_week": 7000 * rate,
        "times_chance": rate / rate_per_day if rate_per_day > 0 else float("nan"),
    }


def _still_without(gaps: Floats, followed: Floats, at: Floats) -> Floats:
    """Return the Kaplan-Meier share without a next incident before each day."""
    seen = np.minimum(gaps, followed)
    when, n_next = np.unique(gaps[np.isfinite(gaps)], return_counts=True)
    n_at_risk = len(seen) - np.searchsorted(np.sort(seen), when)
    left = np.cumprod(1 - n_next / n_at_risk)
    before = np.searchsorted(when, at)
    return np.concatenate([[1.0], left])[before]


def _checked_bands(bands_days: Sequence[float]) -> Floats:
    edges = as_numbers(bands_days, name="bands_days")
    rising = edges.ndim == 1 and len(edges) > 1 and (np.diff(edges) > 0).all()
    if not (rising and np.isfinite(edges).all() and edges[0] >= 0):
        raise ParameterError(
            "bands must be at least two rising numbers of days from 0 or more; got "
            f"{list(bands_days)}."
        )
    return edges
