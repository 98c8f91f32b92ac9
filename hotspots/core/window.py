"""A span of time: from a moment to a moment, the end left out."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from hotspots.core.errors import ParameterError

WEEKDAYS, MONTHS = tuple(calendar.day_name), tuple(calendar.month_name)[1:]


FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Years beside which a date is a slip: whoever adds months to one stays in range."""


def month_start(day: dt.date) -> dt.date:
    """Return the first day of a date's month."""
    return day.replace(day=1)


def add_months(day: dt.date, months: int) -> dt.date:
    """Return the date some months later or earlier, kept inside its month.

    Raises ParameterError if it lies in no year that anybody plans or counts in.

    Examples
    --------
    >>> add_months(dt.date(2025, 3, 31), -1)
    datetime.date(2025, 2, 28)
    """
    count = day.year * 12 + day.month - 1 + months
    if not FIRST_YEAR * 12 <= count < (LAST_YEAR + 1) * 12 + 12:
        raise ParameterError(
            f"a period must lie between {FIRST_YEAR} and {LAST_YEAR}; got {months:,} "
            f"months from {day.isoformat()}."
        )
    first = dt.date(count // 12, count % 12 + 1, 1)
    following = dt.date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first.replace(day=min(day.day, (following - first).days))


def in_words(day: dt.date) -> str:
    """Return a date as people write it.

    Examples
    --------
    >>> in_words(dt.date(2025, 6, 14))
    '14 June 2025'
    """
    return f"{day.day} {day:%B %Y}"


@dataclass(frozen=True, kw_only=True)
class Window:
    """Days from ``start`` up to, not including, ``end``.

    ``start``, ``end``: ``end`` is the first day that is not in the window.

    Raises ParameterError if ``end`` is not after ``start``.

    Examples
    --------
    >>> print(Window.from_text("2024-01:2025-06"))
    1 January 2024 to 30 June 2025
    """

    start: dt.date
    end: dt.date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ParameterError(
                "a window must end after it starts; got "
                f"{self.start.isoformat()} to {self.end.isoformat()} (end left out)."
            )

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days

    @property
    def last_day(self) -> dt.date:
        """The last day inside it."""
        return self.end - dt.timedelta(days=1)

    @classmethod
    def from_text(cls, text: str) -> Window:
        """Read ``FROM:TO``, both inclusive, each a day or a month.

        ``text``: for instance ``2024-01:2025-06`` or ``2025-03-01:2025-03-28``.

        Raises ParameterError if it is not two dates or the second comes before the
        first.
        """
        first, colon, last = text.partition(":")
        if not colon:
            raise ParameterError(
                "a window must be FROM:TO, each a month (2025-06) or a day "
                f"(2025-06-14); got {text!r}."
            )
        return cls(start=_first_day(first.strip()), end=_day_after(last.strip()))

    @property
    def moments(self) -> tuple[dt.datetime, dt.datetime]:
        """Midnight at its start and at its end, which is left out."""
        midnight = dt.time()
        return (
            dt.datetime.combine(self.start, midnight),
            dt.datetime.combine(self.end, midnight),
        )

    def contains(self, day: dt.date) -> bool:
        """Say whether a day is inside."""
        return self.start <= day < self.end

    def __str__(self) -> str:
        return f"{in_words(self.start)} to {in_words(self.last_day)}"


def check_year(day: dt.date) -> None:
    """Refuse a day of a year that nobody plans or counts in.

    Raises ParameterError if its year is before 1900 or after 2200.
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ParameterError(
            f"a year must be from {FIRST_YEAR} to {LAST_YEAR}; got {day.isoformat()}."
        )


def _first_day(text: str) -> dt.date:
    return _parse(text)[0]


def _day_after(text: str) -> dt.date:
    day, is_month = _parse(text)
    return add_months(day, 1) if is_month else day + dt.timedelta(days=1)


def _parse(text: str) -> tuple[dt.date, bool]:
    for pattern, is_month in (("%Y-%m", True), ("%Y-%m-%d", False)):
        try:
            day = dt.datetime.strptime(text, pattern).date()
        except ValueError:
            continue
        check_year(day)
        return day, is_month
    raise ParameterError(
        f"a date must be a month (2025-06) or a day (2025-06-14); got {text!r}."
    )


def joined_windows(windows: Iterable[Window]) -> list[Window]:
    """Return windows with those that follow one another made one."""
    joined: list[Window] = []
    for window in windows:
        if joined and joined[-1].end == window.start:
            joined[-1] = Window(start=joined[-1].start, end=window.end)
        else:
            joined.append(window)
    return joined
