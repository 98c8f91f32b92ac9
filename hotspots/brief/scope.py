"""What a brief looks at: the incidents in the areas up to the end of its period."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.analysis.dataset import Dataset
from hotspots.brief.period import Period
from hotspots.core.errors import NoUsableRowsError, PrecisionError
from hotspots.core.window import Window, add_months, month_start
from hotspots.model.harm import excluded_reason
from hotspots.model.incidents import Incidents

EXCLUDED = (
    "Drugs, weapons, domestic, sexual and hate offences, and records at police "
    "stations, hospitals and prisons, are excluded where the files identify them."
)
NOT_SHOWN = ("domestic", "hate")
"""Qualifiers of incidents whose places are never shown."""
GRACE_DAYS = 7
"""Days of a month or of 28 days that the files may lack."""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The incidents that one brief counts.

    ``dataset``: with the areas that were valid on the last day of the period.
    ``incidents``: inside the areas and before the period ends.
    ``weights``: weights of these incidents.
    ``n_outside``, ``n_later``: incidents outside the areas, and after the period: not
    counted.
    """

    dataset: Dataset
    period: Period
    incidents: Incidents
    weights: pl.DataFrame
    n_outside: int
    n_later: int

    @classmethod
    def of(cls, dataset: Dataset, period: Period) -> Scope:
        """Return what a brief of a period looks at.

        Raises PrecisionError if a week is asked of files that state only the month;
        NoUsableRowsError if no incident lies in what is counted: the 28 days, or the
        period; AreaError if no area was valid at its end.
        """
        check_precision(dataset.incidents, period)
        dataset = dataset.valid_on(period.window.last_day)
        place = dataset.incidents.frame["place"].to_numpy()
        inside = pl.Series(dataset.area_of_place[place] >= 0)
        end = dt.datetime.combine(period.window.end, dt.time())
        early = dataset.incidents.frame["start"] < end
        scope = cls(
            dataset=dataset,
            period=period,
            incidents=dataset.incidents.select(inside & early),
            weights=dataset.weights.filter(inside & early),
            n_outside=int((~inside).sum()),
            n_later=int((inside & ~early).sum()),
        )
        if not scope.count(period.counted):
            raise NoUsableRowsError(
                f"a brief needs incidents in its period; none of "
                f"{dataset.incidents.n:,} is in the areas in {period.counted}. "
                f"{_there(dataset.incidents)}"
            )
        return scope

    @cached_property
    def days(self) -> npt.NDArray[np.datetime64]:
        """The day on which each incident started, shape (n,)."""
        days = self.incidents.frame["start"].dt.date().to_numpy()
        return np.asarray(days.astype("datetime64[D]"))

    @cached_property
    def shown(self) -> npt.NDArray[np.bool_]:
        """Whether each incident may count towards a place, shape (n,)."""
        reason = excluded_reason(self.incidents, self.weights)
        marks = self.incidents.frame["qualifiers"].cast(pl.String).fill_null("")
        private = marks.str.contains_any(list(NOT_SHOWN), ascii_case_insensitive=True)
        return (reason.is_null() & ~private).to_numpy()

    def within(self, window: Window) -> npt.NDArray[np.bool_]:
        """Return which incidents started in a window, shape (n,)."""
        start, end = np.datetime64(window.start), np.datetime64(window.end)
        return np.asarray((self.days >= start) & (self.days < end))

    def count(self, window: Window) -> int:
        """Return how many incidents started in a window."""
        return int(self.within(window).sum())

    def covers(self, window: Window) -> bool:
        """Say whether the files cover every part of a window."""
        return not self.gaps(window)

    def gaps(self, window: Window) -> tuple[Window, ...]:
        """Return the months, or the spans of 28 days, that the files do not cover.

        A part is covered where at most :data:`GRACE_DAYS` of its days are not: a quiet
        Sunday at its end is no gap. Parts are months where the window is whole months.
        """
        exposure = self.dataset.exposure
        return tuple(
            part
            for part in _parts(window)
            if part.days - exposure.n_days(part) > GRACE_DAYS
        )


def check_precision(incidents: Incidents, period: Period) -> None:
    """Refuse a week where the files state only the month, and offer the month.

    Raises PrecisionError naming the month that can be had instead.
    """
    if period.kind != "weekly" or incidents.time_precision != "month":
        return
    last = incidents.frame["start"].max()
    month = month_start(period.window.last_day)
    if isinstance(last, dt.datetime):
        month = min(month, month_start(last.date()))
    raise PrecisionError(
        "a weekly brief needs the day of each incident; these files state only the "
        f"month (data.police.uk). Ask for the monthly brief instead: {month:%Y-%m}."
    )


def _there(incidents: Incidents) -> str:
    first, last = incidents.frame["start"].min(), incidents.frame["start"].max()
    if not (isinstance(first, dt.datetime) and isinstance(last, dt.datetime)):
        return "The files hold no incident."
    span = Window(start=first.date(), end=last.date() + dt.timedelta(days=1))
    return f"The files hold incidents from {span}."


def _parts(window: Window) -> list[Window]:
    if window.start.day == 1 and window.end.day == 1:
        parts, start = [], window.start
        while start < window.end:
            end = add_months(start, 1)
            parts.append(Window(start=start, end=end))
            start = end
        return parts
    n = max(1, window.days // 28)
    ends = [window.end - dt.timedelta(days=28 * k) for k in range(n)]
    return [Window(start=end - dt.timedelta(days=28), end=end) for end in ends[::-1]]
