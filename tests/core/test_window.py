"""Windows and dates."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotspots.core.errors import ParameterError
from hotspots.core.window import Window, add_months, in_words

dates = st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1))


def test_months_and_days_are_both_included() -> None:
    assert Window.from_text("2024-02:2024-02").days == 29
    assert Window.from_text("2025-06-14:2025-06-14").days == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2024-02", "must be FROM:TO"),
        ("2024-13:2024-14", "a month"),
        ("14/06/2025:15/06/2025", "a month"),
        ("2025-06:2025-01", "end after it starts"),
    ],
)
def test_bad_windows_say_what_must_hold(text: str, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        Window.from_text(text)


def test_dates_as_people_write_them() -> None:
    assert in_words(dt.date(2025, 6, 14)) == "14 June 2025"


@given(dates, st.integers(-300, 300))
def test_months_there_and_back_stay_in_the_month(day: dt.date, months: int) -> None:
    there = add_months(day, months)
    assert (there.year - day.year) * 12 + there.month - day.month == months
    assert add_months(there.replace(day=1), -months) == day.replace(day=1)


@pytest.mark.parametrize(
    "text", ["0001-01:2025-01", "2025-01:9999-12", "1899-12-31:1900-01-01"]
)
def test_a_year_that_is_a_slip_is_refused(text: str) -> None:
    with pytest.raises(ParameterError, match="from 1900 to 2200"):
        Window.from_text(text)


@pytest.mark.parametrize("months", [10**300, -(10**300), 12 * 300, -12 * 300])
def test_months_that_lead_nowhere_are_refused(months: int) -> None:
    with pytest.raises(ParameterError, match="between 1900 and 2200"):
        add_months(dt.date(2025, 6, 14), months)
