"""Periods of a window that have data, and incidents by cell and period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from hotspots.core.errors import TooFewError
from hotspots.core.window import Window, add_months, month_start
from hotspots.model.binned import place_cells
from hotspots.model.cells import Cells
from hotspots.model.incidents import Incidents

Period = Literal["month", "28 days"]
DAYS = 28


def covered_periods(
    incidents: Incidents,
    *,
    window: Window | None = None,
    period: Period = "month",
    covered: Sequence[dt.date] | None = None,
) -> tuple[tuple[Window, ...], tuple[Window, ...]]:
    """Return the periods of a window that have data, and those that have none.

    ``window``: default from the first to the last day of the incidents, where periods
    are months from the first to the last month.
    ``period``: {"month", "28 days"}; calendar months that lie in the window as a whole;
    or 28 days each, counted back from its end.
    ``covered``: days with data; default those of the incidents.

    Returns ``with_data, without``: in the order of time.

    Raises TooFewError if there is no incident; PrecisionError if snapped places lie on
    both sides of July 2022, or 28 days are asked of files that state only the month.
    """
    days = sorted(set(incidents.frame["start"].dt.date().to_list()))
    if not days:
        raise TooFewError("comparing periods needs incidents; there is none.")
    if period == "28 days":
        incidents.check_moments("Comparing periods of 28 days")
    if window is None:
        window = _span(days, period)
    first = max(window.start, days[0])
    last = min(window.end, days[-1] + dt.timedelta(days=1))
    incidents.check_same_snap_points(first, last)
    steps = _months(window) if period == "month" else _back(window)
    ordinals = np.sort([d.toordinal() for d in (covered if covered else days)])
    return _split(steps, ordinals)


def _span(days: list[dt.date], period: Period) -> Window:
    if period == "month":
        return Window(
            start=month_start(days[0]), end=add_months(month_start(days[-1]), 1)
        )
    return Window(start=days[0], end=days[-1] + dt.timedelta(days=1))


def _months(window: Window) -> list[Window]:
    start = month_start(window.start)
    start = start if start == window.start else add_months(start, 1)
    months = []
    while (end := add_months(start, 1)) <= window.end:
        months.append(Window(start=start, end=end))
        start = end
    return months


def _back(window: Window) -> list[Window]:
    ends = [
        window.end - dt.timedelta(days=DAYS * k) for k in range(window.days // DAYS)
    ]
    return [Window(start=e - dt.timedelta(days=DAYS), end=e) for e in reversed(ends)]


def _split(
    steps: list[Window], ordinals: npt.NDArray[np.int64]
) -> tuple[tuple[Window, ...], tuple[Window, ...]]:
    edges = [(s.start.toordinal(), s.end.toordinal()) for s in steps]
    low, high = (np.searchsorted(ordinals, [e[k] for e in edges]) for k in (0, 1))
    there = (high > low).tolist()
    pairs = list(zip(steps, there, strict=True))
    return tuple(s for s, t in pairs if t), tuple(s for s, t in pairs if not t)


def period_counts(
    incidents: Incidents, cells: Cells, periods: Sequence[Window]
) -> npt.NDArray[np.float64]:
    """Return how many incidents start in each cell in each period.

    ``periods``: t of them; in the order of time, not overlapping.

    Returns (m, t): incidents outside the cells or the periods are not counted.
    """
    n = len(periods)
    starts = np.array([w.start for w in periods], dtype="datetime64[D]")
    ends = np.array([w.end for w in periods], dtype="datetime64[D]")
    day = incidents.frame["start"].dt.date().to_numpy().astype("datetime64[D]")
    at = np.searchsorted(starts, day, side="right") - 1
    cell = place_cells(incidents, cells)[incidents.frame["place"].to_numpy()]
    inside = (at >= 0) & (cell >= 0)
    inside &= day < ends[np.maximum(at, 0)] if n else False
    flat = cell[inside] * n + at[inside]
    counts = np.bincount(flat, minlength=len(cells) * n)
    return counts.reshape(len(cells), n).astype(np.float64)
