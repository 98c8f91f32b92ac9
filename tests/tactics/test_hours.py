"""Shares of a span in hours of the week, against the aoristic method and by minutes."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.methods.aoristic import week_hours
from hotspots.tactics.hours import hour_shares, share_in, week_mask
from hotspots.tactics.youth.school_year import in_holiday, read_holidays, usual_holidays

MONDAY = dt.datetime(2024, 1, 1)


def spans(minutes: list[tuple[int, int]]) -> pl.DataFrame:
    start = [MONDAY + dt.timedelta(minutes=first) for first, _ in minutes]
    end = [
        begin + dt.timedelta(minutes=length)
        for begin, (_, length) in zip(start, minutes, strict=True)
    ]
    kinds = {"start": pl.Datetime("us"), "end": pl.Datetime("us")}
    return pl.DataFrame({"start": start, "end": end}, schema=kinds)


WEEK_MINUTES = 7 * 24 * 60
SPAN = st.tuples(
    st.integers(-2 * WEEK_MINUTES, 2 * WEEK_MINUTES),
    st.sampled_from([0, 1, 45, 600, 3000, WEEK_MINUTES, WEEK_MINUTES + 1, 40_000]),
)


@given(st.lists(SPAN, min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_hours_add_up_to_the_aoristic_method(minutes: list[tuple[int, int]]) -> None:
    times = spans(minutes)
    shares = hour_shares(times)
    assert shares.sum(axis=1) == pytest.approx(np.ones(len(minutes)))
    assert shares.sum(axis=0) == pytest.approx(
        week_hours(times["start"], times["end"]), abs=1e-9
    )


@given(
    st.lists(SPAN, min_size=1, max_size=12),
    st.sets(st.integers(0, 6)),
    st.integers(0, 23),
    st.integers(0, 24),
)
@settings(max_examples=60, deadline=None)
def test_a_share_is_the_sum_of_its_hours(
    minutes: list[tuple[int, int]], days: set[int], first: int, last: int
) -> None:
    times = spans(minutes)
    mask = week_mask(days, first, last)
    whole = hour_shares(times)[:, mask].sum(axis=1)
    assert share_in(times, mask) == pytest.approx(whole, abs=1e-9)


def test_hours_over_midnight_belong_to_the_day_they_begin_on() -> None:
    mask = week_mask([4], 21, 3).reshape(7, 24)
    assert np.flatnonzero(mask[4]).tolist() == [21, 22, 23]
    assert np.flatnonzero(mask[5]).tolist() == [0, 1, 2]
    assert mask.sum() == 6


def test_easter_and_the_bank_holiday_move() -> None:
    spring = [usual_holidays(year)[2] for year in (2022, 2024, 2025)]
    assert [
        span.contains(day)
        for span, day in zip(
            spring,
            [dt.date(2022, 4, 17), dt.date(2024, 3, 31), dt.date(2025, 4, 20)],
            strict=True,
        )
    ] == [True, True, True]
    days = np.array(["2025-05-28", "2025-06-04", "2025-08-15", "2025-12-31"])
    assert in_holiday(days.astype("datetime64[D]")).tolist() == [
        True,
        False,
        True,
        True,
    ]


def test_the_councils_own_dates_replace_the_usual_ones() -> None:
    own = read_holidays("2025-07-11:2025-08-26, 2025-10-13:2025-10-17")
    days = np.array(["2025-07-12", "2025-08-28"], dtype="datetime64[D]")
    assert in_holiday(days, own).tolist() == [True, False]
    assert in_holiday(days).tolist() == [False, True]
