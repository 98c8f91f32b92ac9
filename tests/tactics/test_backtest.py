"""The back-test against a double loop, and resamples."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from town import sample_town

from hotspots.core.errors import TooFewError
from hotspots.core.intervals import wilson
from hotspots.core.window import Window
from hotspots.model.incidents import Incidents
from hotspots.tactics.backtest import (
    MIN_TRAINING_DAYS,
    Choose,
    Covers,
    Trial,
    back_test,
    resample_weights,
)
from hotspots.tactics.context import PlanningContext
from hotspots.workflow import Dataset

FIRST = dt.date(2024, 1, 1)
DAY = dt.date(2025, 3, 1)
N_DAYS = (DAY - FIRST).days
PLACES = ((-0.89, 52.76), (-0.88, 52.77), (-0.87, 52.78))


@cache
def dataset() -> Dataset:
    return sample_town()


def context(
    events: list[tuple[int, int]], precision: str = "minute"
) -> PlanningContext:
    """A context of incidents: minutes after the first day, and a place each."""
    midnight = dt.datetime.combine(FIRST, dt.time())
    rows = pl.DataFrame(
        {
            "lon": [PLACES[place][0] for _, place in events],
            "lat": [PLACES[place][1] for _, place in events],
            "start": [midnight + dt.timedelta(minutes=m) for m, _ in events],
            "category": ["Burglary" if m % 2 else "Robbery" for m, _ in events],
        }
    )
    return PlanningContext(
        dataset=dataset(),
        incidents=Incidents.from_located(rows, time_precision=precision),  # type: ignore[arg-type]
        window=Window(start=FIRST, end=DAY),
        day=DAY,
    )


def at(incidents: Incidents) -> np.ndarray:
    """Which of PLACES each incident is at, by its longitude."""
    lon = incidents.places["lon"].to_numpy()[incidents.frame["place"].to_numpy()]
    away = np.abs(lon[:, None] - np.array(PLACES)[:, 0])
    return np.asarray(np.argmin(away, axis=1))


def busiest(training: Incidents, _day: dt.date) -> Covers:
    counts = np.bincount(at(training), minlength=3)
    top = int(np.argmax(counts))
    return Covers(lambda later: at(later) == top, 1 / 3)


def last_place(_training: Incidents, _day: dt.date) -> Covers:
    return Covers(lambda later: at(later) == 2, 0.5)


def trial(choose: Choose, **options: Any) -> Trial:
    return Trial(choose=choose, baselines={"the last": last_place}, **options)


EVENT = st.tuples(st.integers(0, N_DAYS * 1440 - 1), st.integers(0, 2))


@given(st.lists(EVENT, min_size=1, max_size=60))
@settings(max_examples=60, deadline=None)
def test_it_equals_a_double_loop(events: list[tuple[int, int]]) -> None:
    found = back_test(context(events), trial(busiest))
    captured = of = baseline_captured = folds = 0
    first_day = FIRST + dt.timedelta(days=min(m for m, _ in events) // 1440)
    for fold in range(6):
        end = DAY - dt.timedelta(days=56 * fold)
        day = end - dt.timedelta(days=56)
        if (day - first_day).days < MIN_TRAINING_DAYS:
            break
        before = [p for m, p in events if FIRST + dt.timedelta(days=m // 1440) < day]
        after = [
            p for m, p in events if day <= FIRST + dt.timedelta(days=m // 1440) < end
        ]
        if not after:
            continue
        counts = Counter(before)
        top = min(range(3), key=lambda p: (-counts[p], p))
        captured += sum(p == top for p in after)
        baseline_captured += sum(p == 2 for p in after)
        of, folds = of + len(after), folds + 1
    assert (found.captured, found.of, found.baseline_captured) == (
        captured,
        of,
        baseline_captured,
    )
    assert found.n_folds == folds
    assert (found.low, found.high) == wilson(captured, of)


@given(st.lists(EVENT, min_size=20, max_size=60), st.lists(EVENT, max_size=20))
@settings(max_examples=40, deadline=None)
def test_a_choice_never_sees_what_comes_later(
    events: list[tuple[int, int]], later: list[tuple[int, int]]
) -> None:
    """What is added on or after a choice's day changes nothing that it was given."""
    events = [*events, (0, 0), (N_DAYS * 1440 - 1, 1)]
    day = DAY - dt.timedelta(days=56)
    edge = (day - FIRST).days * 1440
    more = [(edge + m % (N_DAYS * 1440 - edge), p) for m, p in later]
    seen: list[dict[dt.date, list[tuple[dt.datetime, int]]]] = []
    for each in (events, [*events, *more]):
        given_to: dict[dt.date, list[tuple[dt.datetime, int]]] = {}

        def choose(
            training: Incidents,
            on: dt.date,
            log: dict[dt.date, list[tuple[dt.datetime, int]]] = given_to,
        ) -> Covers:
            start = training.frame["start"].to_list()
            assert all(moment.date() < on for moment in start)
            log[on] = sorted(zip(start, at(training).tolist(), strict=True))

            def covers(found: Incidents) -> np.ndarray:
                days = [moment.date() for moment in found.frame["start"].to_list()]
                assert all(on <= d < on + dt.timedelta(days=56) for d in days)
                return np.zeros(found.n, dtype=bool)

            return Covers(covers)

        back_test(context(each), trial(choose))
        seen.append(given_to)
    assert seen[0][day] == seen[1][day]
    for on in seen[0].keys() & seen[1].keys():
        if on <= day:
            assert seen[0][on] == seen[1][on]


def test_files_of_months_are_tested_by_whole_months_that_they_hold() -> None:
    """January is not in the files; the plan is of 28 days, the tests of months."""
    days = [d for d in range(N_DAYS) if (FIRST + dt.timedelta(days=d)).month != 1]
    place = context([(1440 * d, d % 3) for d in days], "month")
    place = replace(
        place,
        dataset=replace(
            place.dataset,
            reading=replace(place.dataset.reading, incidents=place.incidents),
        ),
    )
    assert place.exposure.by_month
    asked: list[dt.date] = []

    def choose(training: Incidents, day: dt.date) -> Covers:
        asked.append(day)
        return busiest(training, day)

    found = back_test(place, trial(choose, days=28))
    months = [dt.date(2024, month, 1) for month in (8, 9, 10, 11, 12)]
    assert sorted(asked) == [*months, dt.date(2025, 2, 1)]
    assert (found.of, found.days_covered) == (181, 31 + 30 + 31 + 30 + 31 + 28)
    assert "6 times" in found.sentence()
    assert "of 181 incidents of the next month (" in found.sentence()
    assert "of 28 in the 28 days of this plan." in found.sentence()
    asked.clear()
    assert "incidents of the next 2 months (" in (
        back_test(place, trial(choose, days=56)).sentence()
    )
    assert sorted(asked) == [dt.date(2024, 9, 1), dt.date(2024, 11, 1)]


def test_its_pai_is_the_share_captured_over_the_share_of_the_ground() -> None:
    events = [(1440 * d, 0) for d in range(N_DAYS)]
    found = back_test(context(events), trial(busiest))
    assert found.pai == pytest.approx((3.0, 0.0))
    unknown = trial(lambda _t, _d: Covers(lambda later: np.ones(later.n, bool)))
    assert np.isnan(back_test(context(events), unknown).pai[0])
    assert back_test(context(events), unknown).by_chance is None


def test_a_stretch_may_be_given() -> None:
    events = [(1440 * d, 0) for d in range(N_DAYS)]
    later = Window(start=dt.date(2024, 2, 1), end=dt.date(2024, 3, 1))
    found = back_test(context(events), trial(busiest), [later])
    assert (found.of, found.captured, found.n_folds) == (29, 29, 1)


def test_too_short_a_time_gives_no_fold() -> None:
    start = (N_DAYS - 56 - MIN_TRAINING_DAYS) * 1440
    short = [(start + 1440 + 1440 * d, 0) for d in range(200)]
    found = back_test(context(short), trial(busiest))
    assert found.n_folds == 0
    assert found.sentence() == (
        "Cannot tell: there is too little earlier data to test the choice."
    )
    found = back_test(context([(start, 0), *short]), trial(busiest))
    assert found.n_folds == 1


def test_a_day_with_too_little_to_choose_from_is_no_fold() -> None:
    events = [(1440 * d, d % 3) for d in range(N_DAYS)]

    def late(training: Incidents, day: dt.date) -> Covers:
        if day < DAY - dt.timedelta(days=60):
            raise TooFewError("too few")
        return busiest(training, day)

    found = back_test(context(events), trial(late))
    assert (found.n_folds, found.of) == (1, 56)

    def broken(_training: Incidents, _day: dt.date) -> Covers:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        back_test(context(events), trial(broken))


def test_only_what_is_relevant_is_counted_but_all_is_learnt_from() -> None:
    events = [(720 * k + k % 2, k % 3) for k in range(2 * N_DAYS)]
    place = context(events)
    trained: list[int] = []

    def choose(training: Incidents, _day: dt.date) -> Covers:
        trained.append(training.n)
        return Covers(lambda later: np.ones(later.n, dtype=bool))

    found = back_test(
        place,
        trial(
            choose,
            relevant=pl.col("category") == "Burglary",
            days=28,
            counted="burglaries",
        ),
    )
    odd = [m for m, _ in events if m % 2 and m // 1440 >= N_DAYS - 6 * 28]
    assert found.of == found.captured == len(odd)
    assert sorted(trained) == [2 * (N_DAYS - 28 * k) for k in range(6, 0, -1)]
    assert "burglaries of the next 28 days" in found.sentence()
    assert "chosen the same way" in found.sentence().lower()


def test_the_sentence_gives_both_counts_of_both_choices() -> None:
    events = [(1440 * d, d % 3) for d in range(N_DAYS)]
    found = back_test(context(events), trial(busiest))
    text = found.sentence()
    assert f"{found.captured:,} of {found.of:,} incidents" in text
    assert f"the baseline (the last) captured {found.baseline_captured:,}" in text
    assert f"{found.n_folds} times" in text


@given(st.integers(1, 60), st.integers(1, 30), st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_resamples_draw_as_many_as_there_are(n: int, times: int, seed: int) -> None:
    drawn = resample_weights(n, times, np.random.default_rng(seed))
    assert drawn.shape == (times, n)
    assert (drawn.sum(axis=1) == n).all()
    assert (drawn >= 0).all()
    assert (drawn == np.round(drawn)).all()
    again = resample_weights(n, times, np.random.default_rng(seed))
    assert (drawn == again).all()


def test_each_incident_is_drawn_once_on_average_with_the_spread_of_a_bootstrap() -> (
    None
):
    drawn = resample_weights(50, 4000, np.random.default_rng(1))
    assert drawn.mean(axis=0) == pytest.approx(np.ones(50), abs=0.08)
    assert drawn.var() == pytest.approx(1 - 1 / 50, abs=0.03)


def test_the_day_of_the_plan_ends_the_last_fold() -> None:
    events = [(1440 * d, 0) for d in range(N_DAYS)]
    place = context(events)
    asked: list[dt.date] = []

    def choose(_training: Incidents, day: dt.date) -> Covers:
        asked.append(day)
        return Covers(lambda later: np.ones(later.n, dtype=bool))

    back_test(place, trial(choose))
    assert sorted(asked) == [DAY - dt.timedelta(days=56 * k) for k in (4, 3, 2, 1)]
    asked.clear()
    earlier = replace(place, day=DAY - dt.timedelta(days=10))
    found = back_test(earlier, trial(choose, days=112))
    assert sorted(asked) == [DAY - dt.timedelta(days=days) for days in (234, 122)]
    assert found.of == 224


def test_it_says_what_to_expect_in_the_time_of_a_plan() -> None:
    events = [(1440 * d, 0) for d in range(N_DAYS)]
    found = back_test(context(events), trial(busiest))
    assert (found.captured, found.n_folds) == (224, 4)
    mean, low, high = found.expected
    assert mean == 56
    assert low < 56 - 10 < 56 + 10 < high
    assert "Expect about 56 (" in found.sentence()
    none = replace(found, captured=0, n_folds=3)
    assert none.expected[0] == none.expected[1] == 0
    assert none.expected[2] >= 1


def test_the_best_of_several_baselines_is_shown() -> None:
    events = [(1440 * d, 0) for d in range(N_DAYS)]
    several = Trial(choose=last_place, baselines={"weak": last_place, "good": busiest})
    found = back_test(context(events), several)
    assert (found.baseline, found.baseline_captured) == ("good", found.of)
    assert "the best of 2 simple choices of equal size (good)" in found.sentence()


def test_a_time_that_the_files_lack_is_no_fold() -> None:
    events = [(1440 * d, 0) for d in range(N_DAYS)]
    place = context(events)
    gap = np.arange("2024-12-01", "2025-01-01", dtype="datetime64[D]")
    days = np.arange(FIRST, DAY, dtype="datetime64[D]")
    files = replace(place.dataset.exposure, days=(np.setdiff1d(days, gap),))
    lacking = replace(place.dataset)
    lacking.__dict__["exposure"] = files
    found = back_test(replace(place, dataset=lacking), trial(busiest))
    assert found.n_folds == back_test(place, trial(busiest)).n_folds - 1
