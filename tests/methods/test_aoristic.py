"""Hours of the week: hand answers, a minute loop, relations, real thefts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import reference_time
import toy
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.errors import ParameterError, PrecisionError, TooFewError
from hotspots.methods.aoristic import Aoristic, week_hours
from hotspots.model.incidents import Incidents

MONDAY = dt.datetime(2024, 1, 1)
minutes = st.integers(0, 60 * 24 * 400)
lengths = st.one_of(st.integers(0, 200), st.integers(0, 60 * 24 * 9))
windows = st.lists(st.tuples(minutes, lengths), max_size=6).map(
    lambda pairs: [
        (
            MONDAY + dt.timedelta(minutes=start),
            MONDAY + dt.timedelta(minutes=start + length),
        )
        for start, length in pairs
    ]
)


def hours_of(pairs: list[tuple[dt.datetime, dt.datetime]]) -> np.ndarray:
    kind = "datetime64[us]"
    return week_hours(
        np.array([p[0] for p in pairs], kind), np.array([p[1] for p in pairs], kind)
    )


def one(start: str, end: str) -> dict[int, float]:
    hours = week_hours([start], [end])
    return {int(h): round(float(hours[h]), 6) for h in np.flatnonzero(hours)}


def test_hand_answers() -> None:
    assert one("2024-01-01T01:00", "2024-01-01T01:00") == {1: 1.0}
    assert one("2024-01-01T01:59:59", "2024-01-01T01:59:59") == {1: 1.0}
    assert one("2024-01-01T01:00", "2024-01-01T02:30") == {1: 0.666667, 2: 0.333333}
    assert one("2024-01-01T01:15", "2024-01-01T01:45") == {1: 1.0}
    assert one("2024-01-01T01:00", "2024-01-01T02:00") == {1: 1.0}
    assert one("2024-01-01T01:30", "2024-01-01T04:00") == {1: 0.2, 2: 0.4, 3: 0.4}


def test_sunday_goes_on_at_monday() -> None:
    assert one("2024-01-07T23:00", "2024-01-08T01:00") == {167: 0.5, 0: 0.5}


def test_a_week_is_even_and_so_is_anything_longer() -> None:
    for end in ("2024-01-10T13:20", "2024-02-20T01:00", "2025-01-03T13:20:01"):
        hours = week_hours(["2024-01-03T13:20"], [end])
        np.testing.assert_allclose(hours, np.full(168, 1 / 168), rtol=1e-12)


def test_nights_when_the_clocks_change_still_sum_to_one() -> None:
    starts = ["2024-03-31T00:30", "2024-10-27T00:30", "2024-03-30T20:00"]
    ends = ["2024-03-31T02:30", "2024-10-27T02:30", "2024-03-31T08:00"]
    for start, end in zip(starts, ends, strict=True):
        assert week_hours([start], [end]).sum() == pytest.approx(1, abs=1e-12)
    assert one(starts[0], ends[0]) == {144: 0.25, 145: 0.5, 146: 0.25}


@given(windows)
@settings(max_examples=40, deadline=None)
def test_equals_a_walk_through_every_minute(pairs: list) -> None:
    expected = reference_time.week_hours(pairs)
    np.testing.assert_allclose(hours_of(pairs), expected, atol=1e-9)


@given(windows, st.integers(1, 167))
@settings(max_examples=40, deadline=None)
def test_shifting_the_clock_turns_the_week(pairs: list, by: int) -> None:
    moved = [tuple(t + dt.timedelta(hours=by) for t in pair) for pair in pairs]
    turned = np.roll(hours_of(pairs), by)
    np.testing.assert_allclose(hours_of(moved), turned, atol=1e-9)


@given(windows)
@settings(max_examples=40, deadline=None)
def test_sums_to_the_incidents_in_any_order(pairs: list) -> None:
    hours = hours_of(pairs)
    assert hours.sum() == pytest.approx(len(pairs), abs=1e-9)
    assert (hours >= 0).all()
    np.testing.assert_allclose(hours_of(pairs[::-1]), hours, atol=1e-12)
    np.testing.assert_allclose(hours_of(pairs * 2), hours * 2, atol=1e-9)


def test_every_kind_of_column_is_read() -> None:
    start = [dt.datetime(2024, 1, 1, 1), dt.datetime(2024, 1, 3, 4)]
    end = [dt.datetime(2024, 1, 1, 2, 30), dt.datetime(2024, 1, 5)]
    expected = week_hours(start, end)
    np.testing.assert_array_equal(
        week_hours(pl.Series(start), pl.Series(end)), expected
    )
    pd = pytest.importorskip("pandas")
    for unit in ("ns", "s"):
        columns = [pd.Series(pd.to_datetime(t)).dt.as_unit(unit) for t in (start, end)]
        np.testing.assert_array_equal(week_hours(*columns), expected)
    assert week_hours([], []).tolist() == [0.0] * 168


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (["2024-01-02"], ["2024-01-01"], "must not end before it starts; 1 of 1"),
        (["2024-01-02", "NaT"], ["2024-01-03"] * 2, "1 of 2 are missing, first: row 1"),
        ([MONDAY], [None], "end must have a time"),
        ([1.5], [2.5], "got numbers"),
        (["noon"], ["2024-01-02"], "must be times such as"),
        (["2024-01-02"] * 2, ["2024-01-03"], "equally many; got 2 and 1"),
        ([MONDAY.replace(tzinfo=dt.UTC)], [MONDAY], "without a time zone"),
        (pl.Series([MONDAY.replace(tzinfo=dt.UTC)]), [MONDAY], "got UTC"),
    ],
)
def test_what_is_refused(start, end, words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        week_hours(start, end)


def test_incidents_with_long_windows_are_counted() -> None:
    rows = toy.rows().with_columns(end=pl.col("start") + pl.duration(hours=3))
    line = pl.col("line")
    long = pl.when(line < 5).then(pl.col("start") + pl.duration(days=8))
    rows = rows.with_columns(end=long.when(line < 7).then("start").otherwise("end"))
    incidents = Incidents.from_located(rows)
    spread = Aoristic()(incidents)
    assert (spread.n, spread.n_known, spread.n_long) == (22, 2, 3)
    assert spread.hours.sum() == pytest.approx(22)
    assert spread.hours.min() == pytest.approx(3 / 168)
    left = Aoristic(long_windows="leave out")(incidents)
    assert left.n == 19
    assert left.hours.min() == 0
    assert "3 have a window longer than 7 days" in left.notes[1]


def test_coarse_files_and_bad_choices_are_refused() -> None:
    monthly = Incidents.from_located(toy.rows(), time_precision="month")
    daily = Incidents.from_located(toy.rows(), time_precision="day")
    for incidents, words in ((monthly, "only the month"), (daily, "only the day")):
        with pytest.raises(PrecisionError, match=words):
            Aoristic()(incidents)
    with pytest.raises(ParameterError, match="long_windows must be one of"):
        Aoristic(long_windows="drop")  # type: ignore[arg-type]
    with pytest.raises(TooFewError, match="at least one incident"):
        Aoristic()(toy.incidents().select(pl.lit(False)))


def test_real_vehicle_thefts(shared_data: Path) -> None:
    path = shared_data / "points" / "nyc_vehicle_thefts_2014_2017.csv.gz"
    thefts = pl.read_csv(path, columns=["date_start", "date_end"]).select(
        pl.all().str.to_datetime("%Y-%m-%d %H:%M", time_unit="us")
    )
    start, end = (
        thefts["date_start"],
        thefts["date_end"].fill_null(thefts["date_start"]),
    )
    forward = end >= start
    start, end = start.filter(forward), end.filter(forward)
    hours = week_hours(start, end)
    assert hours.sum() == pytest.approx(len(start), abs=1e-6)
    pairs = list(zip(start, end, strict=True))[::600]
    expected = reference_time.week_hours(pairs)
    np.testing.assert_allclose(hours_of(pairs), expected, atol=1e-9)
    clock = hours.reshape(7, 24).sum(axis=0)
    assert clock[[23, 0, 1, 2]].min() > 1.4 * clock[8:18].max()
