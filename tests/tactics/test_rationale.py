"""The lines that all tactics share: counts, controls, tests declared before, stubs."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from functools import cache

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.window import Window
from hotspots.effects import minimum_detectable_effect
from hotspots.model.incidents import Incidents
from hotspots.samples import sample_paths
from hotspots.tactics import rationale
from hotspots.tactics.catalogue import TACTICS
from hotspots.tactics.context import PlanningContext
from hotspots.workflow import load

KINDS = ["Burglary", "Robbery", "Vehicle crime", "Drugs", "Other theft"]


@cache
def town() -> PlanningContext:
    incidents, areas = sample_paths()
    return PlanningContext.from_dataset(load([incidents], areas))


def incidents(kinds: list[str]) -> Incidents:
    n, first = len(kinds), dt.datetime(2025, 1, 1)
    return Incidents.from_located(
        pl.DataFrame(
            {
                "lon": [-0.89] * n,
                "lat": [52.76] * n,
                "start": [first + dt.timedelta(days=d) for d in range(n)],
                "category": kinds,
            }
        )
    )


@given(
    st.lists(st.sampled_from(KINDS), min_size=1, max_size=40),
    st.lists(st.sampled_from(KINDS), max_size=20),
)
@settings(max_examples=40, deadline=None)
def test_drivers_are_the_commonest_categories_with_both_counts(
    here: list[str], elsewhere: list[str]
) -> None:
    found = rationale.drivers(
        incidents(here), incidents([*here, *elsewhere]), where="here"
    )
    local, whole = Counter(here), Counter([*here, *elsewhere])
    expected = sorted(local, key=lambda kind: (-local[kind], kind))[:3]
    assert [d.what for d in found] == [f"{kind} here" for kind in expected]
    assert [d.count for d in found] == [local[kind] for kind in expected]
    assert [d.of for d in found] == [whole[kind] for kind in expected]
    assert all(d.sentence().endswith(f"the district's {d.of:,}") for d in found)


@pytest.mark.parametrize("tactic", TACTICS)
def test_every_tactic_has_its_evidence_and_its_stubs(tactic: str) -> None:
    rating = rationale.rating(tactic)
    assert rating.words.strip()
    assert rating.found
    assert rating.null, "a tactic without a null study must say that none is known"
    assert rationale.dpia(tactic).startswith("To be completed")
    assert rationale.equality(tactic).startswith("To be completed")


def test_the_smallest_effect_is_that_of_the_effects_module() -> None:
    said = rationale.detectable(40, weeks=12, control_times=2)
    known = minimum_detectable_effect(40, 80)
    assert said == f"In 12 weeks, w{known.sentence()[1:]}"
    assert f"{known.share:.0%}" in said
    alone = minimum_detectable_effect(40, 40)
    assert known.share < alone.share
    assert rationale.detectable(40, weeks=12) == f"In 12 weeks, w{alone.sentence()[1:]}"


@pytest.mark.parametrize("expected", [0, -1])
def test_where_nothing_is_expected_nothing_can_be_told(expected: float) -> None:
    said = rationale.detectable(expected, weeks=8)
    assert "no incident is expected here in 8 weeks" in said
    assert "Judge by what was delivered" in said


@given(st.dates(dt.date(2024, 1, 1), dt.date(2030, 1, 1)), st.integers(1, 52))
@settings(max_examples=40, deadline=None)
def test_the_declared_test_compares_the_same_weekdays_a_year_before(
    start: dt.date, weeks: int
) -> None:
    said = rationale.success_test("Incidents here", weeks=weeks, start=start)
    before = start - dt.timedelta(days=364)
    assert before.weekday() == start.weekday()
    for day in (
        start,
        start + dt.timedelta(days=7 * weeks - 1),
        before,
        before + dt.timedelta(days=7 * weeks - 1),
    ):
        assert f"{day.day} {day:%B %Y}" in said
    assert before + dt.timedelta(days=7 * weeks - 1) < start
    assert "'cannot tell'" in said


def test_a_place_judged_by_the_time_it_was_chosen_on_says_so() -> None:
    start = dt.date(2025, 7, 1)
    two_years = Window(start=dt.date(2023, 7, 1), end=start)
    said = rationale.same_window_caution(two_years, weeks=12, start=start)
    assert "chosen for being high falls by itself" in said
    lately = Window(start=dt.date(2025, 1, 1), end=start)
    assert rationale.same_window_caution(lately, weeks=12, start=start) == ""
    touching = Window(start=dt.date(2024, 9, 24), end=start)
    assert rationale.same_window_caution(touching, weeks=12, start=start) == ""
    one_day = Window(start=dt.date(2024, 9, 23), end=start)
    assert rationale.same_window_caution(one_day, weeks=12, start=start)


COUNTS = st.lists(st.integers(0, 30), min_size=1, max_size=15)


@given(COUNTS, st.data())
@settings(max_examples=80, deadline=None)
def test_controls_equal_the_naive_choice(
    counts: list[int], data: st.DataObject
) -> None:
    rows = list(range(len(counts)))
    chosen = data.draw(st.lists(st.sampled_from(rows), unique=True))
    barred = data.draw(st.lists(st.sampled_from(rows), unique=True))
    n_each = data.draw(st.integers(1, 3))
    names = [f"place {k}" for k in rows]
    found = rationale.pick_controls(counts, chosen, names, n_each=n_each, barred=barred)
    left = [k for k in rows if k not in chosen and k not in barred]
    expected = []
    for place in chosen:
        left.sort(key=lambda k: (abs(counts[k] - counts[place]), k))
        mine, left = left[:n_each], left[n_each:]
        expected.append(tuple(names[k] for k in mine))
    assert found == expected
    used = [name for each in found for name in each]
    assert len(used) == len(set(used))
    assert not {names[k] for k in (*chosen, *barred)} & set(used)


def test_coverage_says_how_many_rows_could_be_used() -> None:
    place = town()
    reading = place.dataset.reading
    used = place.recent
    said = rationale.coverage(place, used)
    wide = sum(
        (end - start) > dt.timedelta(hours=4)
        for start, end in used.frame.select("start", "end").iter_rows()
    )
    assert f"{place.dataset.incidents.n:,} of {reading.rows_read:,} rows" in said
    assert f"{used.n:,} incidents chose this, {wide:,} of them" in said
    assert said.endswith("locations are as recorded.")
    assert 0 < wide < used.n


def test_the_data_end_on_the_last_day_before_the_plan() -> None:
    place = town()
    assert rationale.cut_off(place) == dt.date(2025, 6, 30)
    assert rationale.cut_off(place) < place.day
    earlier = PlanningContext.from_dataset(place.dataset, day=dt.date(2024, 9, 2))
    assert rationale.cut_off(earlier) == dt.date(2024, 9, 1)


def test_a_stub_is_never_empty_and_promises_nothing() -> None:
    for tactic in TACTICS:
        text = f"{rationale.dpia(tactic)} {rationale.equality(tactic)}".lower()
        assert not np.any([word in text for word in ("compliant", "approved")])
