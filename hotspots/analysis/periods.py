"""Which months the files cover, and which pairs of months can be compared.

Months are missing in real files, so "the previous month" is never the neighbour row:
counts are compared only over months that both periods have.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl

from hotspots.core.errors import ParameterError
from hotspots.core.window import Window, add_months, joined_windows
from hotspots.model.incidents import SNAP_CHANGE, Incidents


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Months now and the same months a year before, both covered by the files.

    ``now``, ``before``: steps of one month, paired; equally many.
    """

    now: tuple[Window, ...]
    before: tuple[Window, ...]

    @property
    def months(self) -> int:
        """How many months each side has."""
        return len(self.now)

    @classmethod
    def of_last_year(
        cls, incidents: Incidents, window: Window, *, same_places: bool
    ) -> Comparison:
        """Pair the last 12 months of a window with the 12 before."""
        covered = set(_steps_covered(incidents, window.end))
        pairs = []
        for step in range(12):
            now, before = _step(window.end, step), _step(window.end, step + 12)
            if step not in covered or step + 12 not in covered:
                continue
            if before.start < window.start:
                continue  # only incidents of the window are counted
            crosses = before.start < SNAP_CHANGE <= now.start
            if same_places and incidents.snapped and crosses:
                continue
            pairs.append((now, before))
        pairs.reverse()
        return cls(now=tuple(p[0] for p in pairs), before=tuple(p[1] for p in pairs))

    def side(self, start: pl.Expr) -> pl.Expr:
        """Return an expression: 1 now, 0 before, null neither."""
        return (
            pl.when(_in_any(start, self.now))
            .then(pl.lit(1, dtype=pl.Int8))
            .when(_in_any(start, self.before))
            .then(pl.lit(0, dtype=pl.Int8))
        )

    def sentence(self) -> str:
        """Return how the comparison was made, in words."""
        if not self.months:
            return (
                "No month of the window has the same month a year before in it too, so "
                "nothing is compared: a window of 24 months compares a year."
            )
        first, last = self.now[0], self.now[-1]
        span = Window(start=first.start, end=last.end)
        many = "month" if self.months == 1 else "months"
        return (
            f"Counts of {self.months} {many} in {span} are compared with the same "
            f"{many} a year before; only months that the files cover on both sides are "
            "used."
        )


def choose_window(
    incidents: Incidents, *, text: str | None, months: int, same_places: bool = True
) -> tuple[Window, tuple[str, ...]]:
    """Return the window to analyse and what was chosen automatically.

    Raises ParameterError if the text is no window or no incident lies in it;
    PrecisionError if snapped places would be mixed across July 2022.
    """
    first, end = _span(incidents)
    if text and text != "all":
        window = Window.from_text(text)
        if window.end <= first or window.start >= end:
            there = Window(start=first, end=end)
            raise ParameterError(
                f"the window must overlap the incidents, which run from {there}; got "
                f"{window}."
            )
        if same_places:
            incidents.check_same_snap_points(
                max(window.start, first), min(window.end, end)
            )
        if window.start.day != 1 or window.end.day != 1:
            incidents.check_moments(f"A window by days ({window})")
        return window, ()
    if text == "all":
        if same_places:
            incidents.check_same_snap_points(first, end)
        return Window(start=first, end=end), ()
    window = Window(start=add_months(end, -months), end=end)
    notes = [f"The window is the last {_months(months)} of the files: {window}."]
    snapped = same_places and incidents.snapped
    if snapped and window.start < SNAP_CHANGE < window.end:
        window = Window(start=SNAP_CHANGE, end=end)
        notes.append(
            "The window starts in July 2022, when data.police.uk drew new snap points: "
            "exact places must not be mixed across that month."
        )
    return window, tuple(notes)


def _months(n: int) -> str:
    return "month" if n == 1 else f"{n} months"


def _span(incidents: Incidents) -> tuple[dt.date, dt.date]:
    first, last = incidents.days[0], incidents.days[-1]
    if incidents.time_precision == "month":
        return first, add_months(last.replace(day=1), 1)
    return first, last + dt.timedelta(days=1)


def _step(end: dt.date, step: int) -> Window:
    return Window(start=add_months(end, -step - 1), end=add_months(end, -step))


def _steps_covered(incidents: Incidents, end: dt.date) -> list[int]:
    """Return which monthly steps back from ``end`` hold any incident."""
    days = incidents.days
    first: dt.date = days[0]
    edges, step = [], 0
    while (window := _step(end, step)).end > first:
        edges.append((step, window))
        step += 1
    there = days.to_list()
    return [s for s, w in edges if any(w.contains(d) for d in there)]


def _in_any(start: pl.Expr, windows: tuple[Window, ...]) -> pl.Expr:
    inside = start.is_null() & start.is_not_null()  # a column, however few windows
    for window in joined_windows(windows):
        inside = inside | start.is_between(*window.moments, closed="left")
    return inside
