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
from town import sample_planning

from hotspots.core.window import Window
from hotspots.effects import minimum_detectable_effect
from hotspots.model.exposure import Exposure
from hotspots.model.incidents import Incidents
from hotspots.tactics import rationale
from hotspots.tactics.catalogue import TACTICS
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.rationale import Judged
from hotspots.tactics.selection import pick_controls
from hotspots.tactics.words import words_of

KINDS = ["Burglary", "Robbery", "Vehicle crime", "Drugs", "Other theft"]


@cache
def town() -> PlanningContext:
    return sample_planning()


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
    words = TACTICS[tactic].text
    assert words_of(tactic) == words
    assert words.rating.words.strip()
    assert words.rating.found
    assert words.rating.null, "one without a null study must say that none is known"
    assert words.dpia.startswith("To be completed")
    assert words.equality.startswith("To be completed")


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


def exposure(first: str, last: str, *, by_month: bool = False) -> Exposure:
    days = np.arange(first, last, dtype="datetime64[D]")
    return Exposure(days=(days,), source_of_file=np.zeros(1, int), by_month=by_month)


@given(st.dates(dt.date(2024, 1, 1), dt.date(2030, 1, 1)), st.integers(1, 52))
@settings(max_examples=40, deadline=None)
def test_the_declared_test_compares_the_same_weekdays_a_year_before(
    start: dt.date, weeks: int
) -> None:
    files = exposure("2020-01-01", "2032-01-01")
    judged = Judged.of(files, weeks=weeks, start=start)
    assert judged.before is not None
    assert judged.before.start.weekday() == start.weekday()
    assert judged.before.start == start - dt.timedelta(days=364)
    assert judged.after.days == judged.before.days == 7 * weeks
    assert judged.before.end <= start
    said = judged.sentence("Incidents here")
    assert str(judged.before) in said
    assert str(judged.after) in said
    assert "'cannot tell'" in said


def test_a_test_never_compares_with_a_time_that_the_files_lack() -> None:
    start = dt.date(2025, 7, 1)
    judged = Judged.of(exposure("2025-01-01", "2025-07-01"), weeks=12, start=start)
    assert str(judged.before) == "8 April 2025 to 30 June 2025"
    assert "so the season differs" in judged.sentence("Incidents")
    short = Judged.of(exposure("2025-06-01", "2025-07-01"), weeks=12, start=start)
    assert short.before is None
    assert "no test can be declared" in short.sentence("Incidents")
    assert short.caution(Window(start=dt.date(2025, 6, 1), end=start)) == ""


def test_files_of_months_are_judged_by_months() -> None:
    files = exposure("2025-01-01", "2025-07-01", by_month=True)
    judged = Judged.of(files, weeks=12, start=dt.date(2025, 7, 1))
    assert str(judged.after) == "1 July 2025 to 30 September 2025"
    assert str(judged.before) == "1 April 2025 to 30 June 2025"
    assert judged.length == "3 months"
    whole = exposure("2024-01-01", "2025-07-01", by_month=True)
    judged = Judged.of(whole, weeks=12, start=dt.date(2025, 7, 2))
    assert str(judged.after) == "1 August 2025 to 31 October 2025"
    assert str(judged.before) == "1 August 2024 to 31 October 2024"
    assert judged.same_season


def test_a_place_judged_by_the_time_it_was_chosen_on_says_so() -> None:
    start = dt.date(2025, 7, 1)
    judged = Judged.of(exposure("2023-07-01", "2025-07-01"), weeks=12, start=start)
    two_years = Window(start=dt.date(2023, 7, 1), end=start)
    assert "chosen for being high falls by itself" in judged.caution(two_years)
    assert judged.caution(Window(start=dt.date(2025, 1, 1), end=start)) == ""
    assert judged.caution(Window(start=dt.date(2024, 9, 24), end=start)) == ""
    assert judged.caution(Window(start=dt.date(2024, 9, 23), end=start))


COUNTS = st.lists(st.integers(0, 30), min_size=1, max_size=15)


@given(COUNTS, st.data())
@settings(max_examples=80, deadline=None)
def test_controls_equal_the_naive_choice(
    counts: list[int], data: st.DataObject
) -> None:
    rows = list(range(len(counts)))
    chosen = data.draw(st.lists(st.sampled_from(rows), unique=True))
    excluded = data.draw(st.lists(st.sampled_from(rows), unique=True))
    names = [f"place {k}" for k in rows]
    found = pick_controls(counts, chosen, names, excluded=excluded)
    left = [k for k in rows if k not in chosen and k not in excluded]
    expected = []
    for place in chosen:
        left.sort(key=lambda k: (abs(counts[k] - counts[place]), k))
        mine, left = left[:1], left[1:]
        expected.append(tuple(names[k] for k in mine))
    assert found == expected
    used = [name for each in found for name in each]
    assert len(used) == len(set(used))
    assert not {names[k] for k in (*chosen, *excluded)} & set(used)


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
    assert place.cut_off == dt.date(2025, 6, 30)
    assert place.cut_off < place.day
    earlier = PlanningContext.from_dataset(place.dataset, day=dt.date(2024, 9, 2))
    assert earlier.cut_off == dt.date(2024, 9, 1)


def test_a_stub_is_never_empty_and_promises_nothing() -> None:
    for tactic in TACTICS.values():
        text = f"{tactic.text.dpia} {tactic.text.equality}".lower()
        assert not np.any([word in text for word in ("compliant", "approved")])
