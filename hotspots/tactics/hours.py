"""Hours of the week that a tactic works in, and how much of each incident lies in them.

Aoristic: an incident whose time is only known to lie between two moments counts with
the share of that span that lies in the hours asked for.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl

from hotspots.core.errors import PrecisionError
from hotspots.core.types import Bools, Floats
from hotspots.methods.aoristic import HOUR_US, HOURS_A_WEEK, MONDAY_US, WEEK_US
from hotspots.model.incidents import Incidents


def check_hours_known(incidents: Incidents, plan: str) -> None:
    """Refuse a plan by hours where the files do not state hours or true places.

    Raises PrecisionError if the finest time is the day or month, or coordinates are
    snap points.
    """
    if incidents.time_precision == "day":
        raise PrecisionError(
            f"{plan} needs the time of each incident; these files state only the day. "
            "Use an export with times."
        )
    incidents.check_moments(plan)


def week_mask(days: Iterable[int], start: int, end: int) -> Bools:
    """Return the hours of the week between two hours on some days.

    Returns (168,): hour 0 is Monday 00:00.

    Examples
    --------
    Sunday from 23:00 to 01:00 is the last hour of the week and the first.

    >>> np.flatnonzero(week_mask([6], 23, 1)).tolist()
    [0, 167]
    """
    length = end - start if end > start else end - start + 24
    mask = np.zeros(HOURS_A_WEEK, dtype=bool)
    for day in days:
        mask[(24 * day + start + np.arange(length)) % HOURS_A_WEEK] = True
    return mask


def share_in(spans: pl.DataFrame, mask: Bools) -> Floats:
    """Return the share of each incident's span that lies in some hours of the week.

    ``spans``: n rows with ``start`` and ``end``. ``mask``: shape (168,). Returns (n,),
    from 0 to 1: 1 or 0 where the moment is known; the share of the week that the hours
    make where the span is longer than 7 days and so says nothing.

    References
    ----------
    As for :func:`hotspots.methods.aoristic.week_hours`.

    Examples
    --------
    >>> from datetime import datetime
    >>> times = pl.DataFrame({"start": [datetime(2024, 1, 1, 1)],
    ...                       "end": [datetime(2024, 1, 1, 2, 30)]})
    >>> share_in(times, week_mask([0], 1, 2)).round(3)
    array([0.667])
    """
    begin, length = _begin_length(spans)
    before = np.concatenate([[0.0], np.cumsum(mask)])
    grid = np.arange(HOURS_A_WEEK + 1, dtype=float)
    inside = np.asarray(mask)[np.floor(begin).astype(int) % HOURS_A_WEEK]
    until = begin + length
    weeks, rest = np.divmod(until, HOURS_A_WEEK)
    met = weeks * before[-1] + np.interp(rest, grid, before)
    met -= np.interp(begin, grid, before)
    share = np.divide(met, length, out=inside.astype(float), where=length > 0)
    return np.asarray(np.where(length > HOURS_A_WEEK, before[-1] / HOURS_A_WEEK, share))


def hour_shares(spans: pl.DataFrame) -> Floats:
    """Return the share of each incident's span that lies in each hour of the week.

    ``spans``: n rows with ``start`` and ``end``. Returns (n, 168), 0 to 1, each row
    summing to 1.
    """
    begin, length = _begin_length(spans)
    hours = np.arange(HOURS_A_WEEK)
    known = length == 0
    first, last = begin[:, None], (begin + length)[:, None]
    span = np.maximum(length, 1e-12)[:, None]
    shares = np.zeros((len(begin), HOURS_A_WEEK))
    for turn in (0, HOURS_A_WEEK):
        low = hours[None, :] + turn
        shares += np.clip(np.minimum(last, low + 1) - np.maximum(first, low), 0, 1)
    shares /= span
    at = np.floor(begin).astype(int) % HOURS_A_WEEK
    shares[known] = at[known, None] == hours[None, :]
    shares[length > HOURS_A_WEEK] = 1 / HOURS_A_WEEK
    return shares


def clock_text(hour: float) -> str:
    """Return an hour of the day as a clock shows it.

    Examples
    --------
    >>> clock_text(19.5)
    '19:30'
    """
    minutes = round(60 * hour)
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def _begin_length(spans: pl.DataFrame) -> tuple[Floats, Floats]:
    """Hours since Monday 00:00 of the incident's own week, and length in hours."""
    first, last = (
        spans[name].cast(pl.Datetime("us")).to_physical().to_numpy().astype(np.int64)
        for name in ("start", "end")
    )
    begin = (first - MONDAY_US) % WEEK_US / HOUR_US
    return begin, np.maximum(0, last - first) / HOUR_US
