"""The period of a brief: a week, a month, a quarter or a year, read from its name."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hotspots.core.errors import ParameterError
from hotspots.core.window import Window, add_months

Kind = Literal["weekly", "monthly", "quarterly", "annual"]

TABLES = Path(__file__).with_name("tables.toml")
"""Titles and headings."""
SPAN_DAYS = 28
FORMS = (
    "a week (2025-W24), a month (2025-06), a quarter (2025-Q2, of the calendar year), "
    "a calendar year (2025) or a financial year (2024/25)"
)


@dataclass(frozen=True, kw_only=True)
class Period:
    """The time that a brief reports on.

    ``kind``: {"weekly", "monthly", "quarterly", "annual"}.
    ``text``: as it is asked for, such as ``2025-W24``.

    Examples
    --------
    >>> print(Period.from_text("2025-W24"))
    week 24 of 2025, Monday 9 June 2025 to Sunday 15 June 2025
    >>> Period.from_text("2025-W01").previous.text
    '2024-W52'
    >>> print(Period.from_text("2025-Q2").window)
    1 April 2025 to 30 June 2025
    """

    kind: Kind
    text: str
    window: Window

    @classmethod
    def from_text(cls, text: str) -> Period:
        """Read a period from its name.

        Raises ParameterError if it is none of these, or there is no such week.
        """
        word = text.strip()
        for pattern, make in _FORMS:
            if found := re.fullmatch(pattern, word):
                numbers = [int(group) for group in found.groups()]
                return make(word, *numbers)
        raise ParameterError(f"a period must be {FORMS}; got {text!r}.")

    @classmethod
    def weekly(cls, day: dt.date) -> Period:
        """Return the ISO week that holds a day."""
        year, week, _ = day.isocalendar()
        return _week(f"{year}-W{week:02d}", year, week)

    @classmethod
    def from_days(cls, first: dt.date, last: dt.date) -> Period:
        """Return the period of a first and a last day.

        Raises ParameterError if no period has them.

        Examples
        --------
        >>> Period.from_days(dt.date(2025, 4, 1), dt.date(2026, 3, 31)).text
        '2025/26'
        """
        year = first.year
        texts = (f"{year}-Q{(first.month + 2) // 3}", f"{year}")
        financial = f"{year}/{(year + 1) % 100:02d}"
        every = [cls.weekly(first), cls.monthly(first)]
        every += [cls.from_text(text) for text in (*texts, financial)]
        for each in every:
            if (each.window.start, each.window.last_day) == (first, last):
                return each
        raise ParameterError(
            f"a period must be {FORMS}; none is from {first} to {last}."
        )

    @classmethod
    def monthly(cls, day: dt.date) -> Period:
        """Return the month that holds a day."""
        return _month(f"{day:%Y-%m}", day.year, day.month)

    @property
    def previous(self) -> Period:
        """The period before."""
        day = self.window.start - dt.timedelta(days=1)
        if self.kind == "weekly":
            return Period.weekly(day)
        if self.kind == "monthly":
            return Period.monthly(day)
        if self.kind == "quarterly":
            quarter = (day.month + 2) // 3
            return _quarter(f"{day.year}-Q{quarter}", day.year, quarter)
        if "/" in self.text:
            first = self.window.start.year - 1
            return _financial(f"{first}/{(first + 1) % 100:02d}", first, 0)
        return _year(f"{day.year}", day.year)

    @property
    def counted(self) -> Window:
        """What "now" is: the 28 days that end with a week's Sunday, or the period."""
        if self.kind != "weekly":
            return self.window
        end = self.window.end
        return Window(start=end - dt.timedelta(days=SPAN_DAYS), end=end)

    @property
    def before(self) -> Window:
        """The equal time before what is counted."""
        if self.kind != "weekly":
            return self.previous.window
        start = self.counted.start
        return Window(start=start - dt.timedelta(days=SPAN_DAYS), end=start)

    def steps(self, n: int) -> tuple[Window, ...]:
        """Return the last n spans of 28 days, else the last n months, in order."""
        end, made = self.counted.end, []
        for _ in range(n):
            weekly = self.kind == "weekly"
            back = dt.timedelta(days=SPAN_DAYS)
            start = end - back if weekly else add_months(end, -1)
            made.append(Window(start=start, end=end))
            end = start
        return tuple(made[::-1])

    @property
    def a_year_before(self) -> Window:
        """The same time last year: 364 days earlier for weeks, else 12 months."""
        now = self.counted
        if self.kind == "weekly":
            back = dt.timedelta(days=13 * SPAN_DAYS)
            return Window(start=now.start - back, end=now.end - back)
        return Window(start=add_months(now.start, -12), end=add_months(now.end, -12))

    @property
    def span_words(self) -> str:
        """What is counted, as it reads after "in the"."""
        return {
            "weekly": "28 days",
            "monthly": "month",
            "quarterly": "quarter",
            "annual": "year",
        }[self.kind]

    @property
    def words(self) -> dict[str, str]:
        """What headings say of it: ``this``, ``span``, ``many``, ``counted``."""
        weekly = self.kind == "weekly"
        return {
            "this": f"Latest {self.span_words}"
            if weekly
            else f"This {self.span_words}",
            "span": self.span_words,
            "many": "periods" if weekly else "months",
            "counted": str(self.counted),
        }

    def __str__(self) -> str:
        start, last = self.window.start, self.window.last_day
        if self.kind == "weekly":
            year, week, _ = start.isocalendar()
            days = f"Monday {_words(start)} to Sunday {_words(last)}"
            return f"week {week} of {year}, {days}"
        if self.kind == "monthly":
            return f"{start:%B %Y}"
        if self.kind == "quarterly":
            return f"{start:%B} to {last:%B %Y}"
        if "/" in self.text:
            return f"financial year {self.text}"
        return f"calendar year {self.text}"


def _words(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"


def _week(text: str, year: int, week: int) -> Period:
    try:
        start = dt.date.fromisocalendar(year, week, 1)
    except ValueError as error:
        raise ParameterError(
            f"a week must be one of the ISO weeks of its year (01 to 52, in some years "
            f"53); got {text!r}."
        ) from error
    return _made("weekly", text, start, start + dt.timedelta(days=7))


def _month(text: str, year: int, month: int) -> Period:
    start = _first(text, year, month)
    return _made("monthly", text, start, add_months(start, 1))


def _quarter(text: str, year: int, quarter: int) -> Period:
    start = _first(text, year, 3 * quarter - 2)
    return _made("quarterly", text, start, add_months(start, 3))


def _year(text: str, year: int) -> Period:
    start = _first(text, year, 1)
    return _made("annual", text, start, add_months(start, 12))


def _financial(text: str, year: int, _end: int) -> Period:
    if text[-2:] != f"{(year + 1) % 100:02d}":
        raise ParameterError(
            f"a financial year must be two years that follow, such as 2024/25; got "
            f"{text!r}."
        )
    start = _first(text, year, 4)
    return _made("annual", text, start, add_months(start, 12))


def _first(text: str, year: int, month: int) -> dt.date:
    if not (1 <= month <= 12 and 1900 <= year <= 2200):
        raise ParameterError(f"a period must be {FORMS}; got {text!r}.")
    return dt.date(year, month, 1)


def _made(kind: Kind, text: str, start: dt.date, end: dt.date) -> Period:
    return Period(kind=kind, text=text, window=Window(start=start, end=end))


_FORMS = (
    (r"(\d{4})-W(\d{2})", _week),
    (r"(\d{4})-(\d{2})", _month),
    (r"(\d{4})-Q([1-4])", _quarter),
    (r"(\d{4})", _year),
    (r"(\d{4})/(\d{2})", _financial),
)
