"""Periods: weeks, months, quarters and years, by the calendar."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotspots.brief.period import Period
from hotspots.core.errors import ParameterError

days = st.dates(dt.date(2001, 1, 1), dt.date(2099, 12, 31))


@pytest.mark.parametrize(
    ("text", "kind", "first", "last"),
    [
        ("2025-W24", "weekly", "2025-06-09", "2025-06-15"),
        ("2020-W53", "weekly", "2020-12-28", "2021-01-03"),
        ("2025-06", "monthly", "2025-06-01", "2025-06-30"),
        ("2024-02", "monthly", "2024-02-01", "2024-02-29"),
        ("2025-Q2", "quarterly", "2025-04-01", "2025-06-30"),
        ("2025-Q4", "quarterly", "2025-10-01", "2025-12-31"),
        ("2025", "annual", "2025-01-01", "2025-12-31"),
        ("2024/25", "annual", "2024-04-01", "2025-03-31"),
        ("1999/00", "annual", "1999-04-01", "2000-03-31"),
    ],
)
def test_a_name_is_a_span(text: str, kind: str, first: str, last: str) -> None:
    period = Period.from_text(text)
    assert period.kind == kind
    assert period.window.start.isoformat() == first
    assert period.window.last_day.isoformat() == last


@pytest.mark.parametrize(
    "text", ["2025-W54", "2025-W00", "2025-13", "2025-Q5", "June", "", "2024/26", "25"]
)
def test_what_is_no_period_is_refused_with_what_is(text: str) -> None:
    with pytest.raises(ParameterError, match=r"2025-W24|ISO weeks|2024/25"):
        Period.from_text(text)


@given(days)
def test_a_week_is_monday_to_sunday_and_28_days_end_with_it(day: dt.date) -> None:
    week = Period.weekly(day)
    assert week.window.contains(day)
    assert week.window.start.weekday() == 0
    assert week.window.days == 7
    assert week.counted.days == 28
    assert week.counted.end == week.window.end
    assert week.a_year_before.start.weekday() == week.counted.start.weekday()
    assert (week.counted.start - week.a_year_before.start).days == 364


@given(days)
def test_the_period_before_ends_where_one_starts(day: dt.date) -> None:
    for text in (f"{day:%Y-%m}", f"{day.year}-Q{(day.month + 2) // 3}", f"{day.year}"):
        period = Period.from_text(text)
        assert period.previous.window.end == period.window.start
        assert period.previous.kind == period.kind
        assert Period.from_text(period.previous.text) == period.previous
    week = Period.weekly(day)
    assert week.previous.window.end == week.window.start
    assert Period.from_text(week.text) == week


def test_the_financial_year_before() -> None:
    assert Period.from_text("2024/25").previous.text == "2023/24"
    assert Period.from_text("2000/01").previous.text == "1999/00"


def test_periods_in_words() -> None:
    assert str(Period.from_text("2025-06")) == "June 2025"
    assert str(Period.from_text("2025-Q2")) == "April to June 2025"
    assert str(Period.from_text("2024/25")) == "financial year 2024/25"
