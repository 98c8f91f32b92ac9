"""Exposure: the days that the files really cover, by source.

A rate is a count over the days on which it could have been counted. Files lack months,
start late and end early; a window says what was asked for, not what is there.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.core.types import Bools, Floats, Ints
from hotspots.core.window import Window, in_words
from hotspots.model.incidents import Incidents

Days = npt.NDArray[np.datetime64]
DayRule = Callable[[Days], Bools]
"""Says which days count, for instance those in school term."""

GAP_DAYS, GAP_EXPECTED = 7, 7.0
"""An empty stretch is missing, not quiet, from so many days on, in which at least so
many incidents would be expected (by chance it is empty less than once in 1,000)."""
SAME_SOURCE_OVERLAP = 0.1
MOST_SPANS = 3
DAY = "datetime64[D]"
ONE_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True, kw_only=True, eq=False)
class Exposure:
    """The days that each source covers.

    ``days``: days covered by each source, ascending.
    ``source_of_file``: source of each input file.
    ``by_month``: whether the files state only months, so that whole months are covered
    or not.
    """

    days: tuple[Days, ...]
    source_of_file: Ints
    by_month: bool = False

    @classmethod
    def of(cls, incidents: Incidents, names: Sequence[str] = ()) -> Exposure:
        """Find the days covered, from every incident that was read.

        ``incidents``: all of the files: a selection is empty on more days than the
        files.
        ``names``: of the input files. Files whose names differ only in digits are one
        source, and so are files of the same categories that follow one another in time.

        Notes
        -----
        Files that state only months cover a month from its first to its last day where
        they hold any incident of it. Others cover the days from the first to the last
        incident, without stretches of :data:`GAP_DAYS` or more in which at least
        :data:`GAP_EXPECTED` incidents would be expected.
        """
        frame = incidents.calendar
        source = _sources(frame, names)
        of_row = source[frame["file"].to_numpy()]
        day, n = frame["day"].to_numpy().astype(DAY), frame["n"].to_numpy()
        by_month = incidents.time_precision == "month"
        find = _months_covered if by_month else _days_covered
        each = [of_row == k for k in range(source.max() + 1)]
        covered = tuple(find(day[mine], int(n[mine].sum())) for mine in each)
        return cls(days=covered, source_of_file=source, by_month=by_month)

    def per_day(
        self, incidents: Incidents, window: Window, counts: DayRule | None = None
    ) -> Floats:
        """Return the rate that each incident of a window stands for.

        Returns (n,), incidents a day: one over the days of the window that its source
        covers; the sum over the incidents of a place is its rate.
        """
        covered = [len(self._inside(days, window, counts)) for days in self.days]
        each = 1 / np.maximum(np.array(covered, dtype=float), 1.0)
        return np.asarray(each[self.sources_of(incidents)])

    def by_source(
        self, incidents: Incidents, window: Window
    ) -> Iterator[tuple[Bools, float]]:
        """Yield which incidents are of each source, and the days that it covers."""
        sources = self.sources_of(incidents)
        for k, days in enumerate(self.covered_by_source(window)):
            mine = sources == k
            if mine.any():
                yield mine, max(1.0, float(len(days)))

    def covered_by_source(self, window: Window) -> tuple[Days, ...]:
        """Return the days of a window that each source covers, ascending."""
        return tuple(self._inside(days, window, None) for days in self.days)

    def sources_of(self, incidents: Incidents) -> Ints:
        """Return the source of each incident, shape (n,)."""
        return np.asarray(
            self.source_of_file[incidents.frame["file"].fill_null(0).to_numpy()]
        )

    def covered(self, window: Window, counts: DayRule | None = None) -> Days:
        """Return the days of a window that any source covers, ascending."""
        every = np.unique(np.concatenate(self.days))
        return self._inside(every, window, counts)

    def n_days(self, window: Window, counts: DayRule | None = None) -> int:
        """Return how many days of a window any source covers."""
        return len(self.covered(window, counts))

    def covers(self, window: Window) -> bool:
        """Say whether every day of a window is covered."""
        return self.n_days(window) == window.days

    def n_months(self, window: Window) -> int:
        """Return how many months the days covered make, to the nearest; at least 1."""
        return max(1, round(self.n_days(window) / 30.4375))

    def spans(self, window: Window) -> tuple[Window, ...]:
        """Return the stretches of a window that are covered, in order."""
        days = self.covered(window)
        if not len(days):
            return ()
        cut = np.flatnonzero(np.diff(days) > ONE_DAY) + 1
        return tuple(
            Window(start=part[0].item(), end=(part[-1] + ONE_DAY).item())
            for part in np.split(days, cut)
        )

    def last_before(self, day: dt.date, n_days: int) -> Window | None:
        """Return the last stretch of so many days before a day that is covered."""
        whole = Window(start=dt.date(1900, 1, 1), end=day)
        for span in reversed(self.spans(whole)):
            if span.days >= n_days:
                return Window(start=span.end - dt.timedelta(days=n_days), end=span.end)
        return None

    @property
    def last_day(self) -> dt.date:
        """The last day covered."""
        return max(days[-1] for days in self.days if len(days)).item()  # type: ignore[no-any-return]

    def words(self, window: Window) -> str:
        """Return the time covered in words: the window, or the parts of it there are.

        Examples
        --------
        ``1 July 2023 to 30 June 2025``, or ``1 January 2024 to 30 April 2024 and 1
        January 2025 to 30 June 2025 (10 months of data)``.
        """
        spans = self.spans(window)
        if not spans or spans == (window,):
            return str(window)
        if len(spans) > MOST_SPANS:
            shown = f"{in_words(spans[0].start)} to {in_words(spans[-1].last_day)}"
        else:
            shown = " and ".join(str(span) for span in spans)
        many = self.n_months(window)
        return f"{shown} ({many} month{'s' * (many != 1)} of data)"

    @staticmethod
    def _inside(days: Days, window: Window, counts: DayRule | None) -> Days:
        ends = np.array([window.start, window.end], dtype=DAY)
        first, last = np.searchsorted(days, ends)
        part = days[first:last]
        return part if counts is None else part[counts(part)]


def _months_covered(day: Days, _n: int) -> Days:
    months = np.unique(day.astype("datetime64[M]"))
    edges = [(each.astype(DAY), (each + 1).astype(DAY)) for each in months]
    return _ranges(edges)


def _days_covered(day: Days, n: int) -> Days:
    """Leave out the stretches that are too long to be quiet."""
    if not len(day):
        return day
    seen = np.unique(day)
    gap = np.diff(seen).astype(int) - 1
    span = int((seen[-1] - seen[0]).astype(int)) + 1
    missing = np.zeros(len(gap), dtype=bool)
    while True:
        rate = n / (span - gap[missing].sum())
        more = (gap >= GAP_DAYS) & (rate * gap >= GAP_EXPECTED)
        if (more == missing).all():
            break
        missing = more
    starts = seen[np.append(True, missing)]
    ends = seen[np.append(missing, True)] + ONE_DAY
    return _ranges(zip(starts, ends, strict=True))


def _ranges(edges: Iterable[tuple[np.datetime64, np.datetime64]]) -> Days:
    parts = [np.arange(first, end, dtype=DAY) for first, end in edges]
    return np.concatenate([np.empty(0, dtype=DAY), *parts])


def _sources(frame: pl.DataFrame, names: Sequence[str]) -> Ints:
    """Return the source of each file; see :meth:`Exposure.of`."""
    n_files = max(len(names), int(frame["file"].max() or 0) + 1)  # type: ignore[arg-type]
    labels = [_stem(names[k]) if k < len(names) else "" for k in range(n_files)]
    label = pl.Series("label", labels).gather(frame["file"].cast(pl.Int64))
    held = (
        frame.with_columns(label=label)
        .group_by("label")
        .agg(
            pl.col("day").min().alias("first"),
            pl.col("day").max().alias("last"),
            pl.col("category").cast(pl.String).unique(),
        )
        .sort("first", "last", "label")
    )
    source: dict[str, int] = {}
    groups: list[tuple[dt.date, dt.date, set[str]]] = []
    for name, first, last, categories in held.iter_rows():
        found = _followed_by(groups, first, last, set(categories))
        if found == len(groups):
            groups.append((first, last, set(categories)))
        else:
            a, b, kinds = groups[found]
            groups[found] = (a, max(b, last), kinds | set(categories))
        source[name] = found
    return np.array([source.get(name, 0) for name in labels], dtype=np.int64)


def _followed_by(
    groups: Sequence[tuple[dt.date, dt.date, set[str]]],
    first: dt.date,
    last: dt.date,
    categories: set[str],
) -> int:
    """Return the group that a file carries on, or the number of groups."""
    for k, (_, end, kinds) in enumerate(groups):
        shared = ((min(end, last) - first).days + 1) / ((last - first).days + 1)
        if shared <= SAME_SOURCE_OVERLAP and kinds & categories:
            return k
    return len(groups)


def _stem(name: str) -> str:
    return re.sub(r"\d+", "", PurePath(name).name.lower())
