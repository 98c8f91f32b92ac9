"""Policing days and shifts: hand answers and relations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.errors import ParameterError
from hotspots.core.window import WEEKDAYS
from hotspots.methods.clock import Clock, Shift, parse_shifts, peak_p

weeks = st.lists(st.floats(0, 1e6), min_size=168, max_size=168).map(np.array)


def only(*hours: int) -> np.ndarray:
    week = np.zeros(168)
    week[list(hours)] = 1.0
    return week


def test_small_hours_stand_with_the_evening_before() -> None:
    saturday_2am, friday_6am = 5 * 24 + 2, 4 * 24 + 6
    table = Clock().table(only(saturday_2am, friday_6am))
    friday = dict(zip(table["hour"], table["Friday"], strict=True))
    assert friday["02:00"] == 1
    assert friday["06:00"] == 1
    assert table["hour"][0] == "06:00"
    assert table["hour"][23] == "05:00"
    assert table["all"].sum() == 2


def test_monday_before_six_belongs_to_sunday() -> None:
    table = Clock().table(only(0))
    assert table.filter(table["Sunday"] > 0)["hour"].to_list() == ["00:00"]
    assert Clock(day_starts_hour=0).table(only(0))["Monday"][0] == 1


def test_a_night_shift_belongs_to_the_day_it_begins() -> None:
    sunday_night = [6 * 24 + 22, 0, 6]
    table = Clock().shift_table(only(*sunday_night, 7))
    night = table.filter(table["shift"] == "night")
    assert dict(zip(night["day"], night["n_incidents"], strict=True))["Sunday"] == 3
    assert night["hours"].unique().to_list() == [9]
    assert night["per_hour"].max() == pytest.approx(3 / 9)
    assert night["share"].max() == pytest.approx(0.75)


@given(weeks)
@settings(max_examples=25, deadline=None)
def test_nothing_is_lost(week: np.ndarray) -> None:
    clock = Clock(shifts="a 06-14; b 14-22; c 22-06")
    total = pytest.approx(week.sum(), rel=1e-9, abs=1e-6)
    assert clock.grid(week).sum() == total
    assert clock.shift_table(week)["n_incidents"].sum() == total
    assert clock.table(week).select(*WEEKDAYS).to_numpy().sum() == total


@given(weeks, st.integers(0, 6))
@settings(max_examples=25, deadline=None)
def test_a_day_later_is_a_row_further(week: np.ndarray, days: int) -> None:
    moved = Clock().grid(np.roll(week, 24 * days))
    np.testing.assert_array_equal(moved, np.roll(Clock().grid(week), days, axis=0))


def test_shifts_as_text() -> None:
    assert parse_shifts("late 14-24") == (Shift(name="late", start_hour=14, hours=10),)
    assert parse_shifts("all day 06-06")[0].hours == 24
    assert parse_shifts("night 22-07")[0].hours == 9
    assert [str(s) for s in parse_shifts("n 22-7")] == ["n 22:00 to 06:59"]


@pytest.mark.parametrize(
    "text", ["", "late", "late 14", "late 25-26", "24-7", "a 1-2; a 3-4", "x 24-3"]
)
def test_shifts_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ParameterError, match="shift"):
        Clock(shifts=text)


def test_busiest_stretch() -> None:
    when, share = Clock().busiest(only(118, 119, 120, 121, 3))
    assert when == "Friday 22:00 to Saturday 01:59"
    assert share == pytest.approx(0.8)
    assert Clock().busiest(only(167, 0), length_h=2)[0] == (
        "Sunday 23:00 to Monday 00:59"
    )
    assert np.isnan(Clock().busiest(np.zeros(168))[1])
    with pytest.raises(ParameterError, match="length_h must be from 1 to 24"):
        Clock().busiest(np.zeros(168), length_h=0)


def test_what_is_refused() -> None:
    for week in (np.zeros(24), np.full(168, np.nan), np.full(168, -1.0)):
        with pytest.raises(ParameterError, match="168 finite numbers"):
            Clock().grid(week)
    with pytest.raises(ParameterError, match="day_starts_hour must be at most 23"):
        Clock(day_starts_hour=24)
    with pytest.raises(ParameterError, match="last 1 to 24 hours"):
        Shift(name="x", start_hour=6, hours=25)


def test_a_week_without_pattern_has_no_peak():
    rng = np.random.default_rng(3)
    weeks = rng.multinomial(143, np.full(168, 1 / 168), 400).astype(float)
    named = [not Clock().peak(week).startswith("no hour") for week in weeks]
    assert np.mean(named) <= 0.08  # 5% and 2.5 standard errors
    fullest = np.median([Clock().busiest(week)[1] for week in weeks])
    assert fullest == pytest.approx(0.063, abs=0.004), "what chance alone shows"


def test_days_shifts_and_hours_of_a_day_are_named_as_seldom():
    rng = np.random.default_rng(4)
    weeks = rng.multinomial(143, np.full(168, 1 / 168), 400).astype(float)
    days = weeks.reshape(-1, 7, 24).sum(axis=1)
    for named in (
        [Clock().busiest_day(week) is not None for week in weeks],
        [Clock().busiest_shift(week) is not None for week in weeks],
        [peak_p(day, length_h=3) <= 0.05 for day in days],
    ):
        assert np.mean(named) <= 0.08
    nights = np.full(168, 0.5)
    nights[120:140] += 4
    assert Clock().busiest_day(nights)[0] == "Saturday"
    assert Clock(shifts="day 07-22; night 22-07").busiest_shift(nights) is None
    nights = np.tile([4.0] * 7 + [0.5] * 17, 7)
    name, share = Clock().busiest_shift(nights)
    assert (name, share) == ("night", pytest.approx(29 / 36.5))


def test_a_true_peak_is_named():
    week = np.full(168, 0.5)
    week[118:122] += 6
    assert Clock().peak(week) == (
        "the busiest four hours of the week are Friday 22:00 to Saturday 01:59 "
        "(about 26 of 108, 24%)"
    )
    assert peak_p(week) == pytest.approx(1 / 2000)
    assert Clock().peak(np.zeros(168)) == "no hour of the week stands out from chance"
    assert peak_p(np.full(168, 3.0), length_h=2) == 1.0
