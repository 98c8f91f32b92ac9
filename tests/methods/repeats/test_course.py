"""The time course: hand answers, loops, relations, refusals."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.errors import ParameterError, TooFewError
from hotspots.methods.repeats.course import days_to_next, time_course

events = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 100)), min_size=2, max_size=12
)


def naive_gaps(target: list[int], day: list[float]) -> list[float]:
    """The least later day at the same target; equal days follow in row order."""
    order = sorted(range(len(day)), key=lambda k: (day[k], k))
    gaps = [float("inf")] * len(day)
    for at, k in enumerate(order):
        for j in order[at + 1 :]:
            if target[j] == target[k]:
                gaps[k] = day[j] - day[k]
                break
    return gaps


def naive_course(gaps, follow, bands) -> list[tuple[int, int, float]]:
    rows = []
    for low, high in pairwise(bands):
        n_next = sum(low <= g < high for g in gaps)
        at_risk = sum(g >= low and c >= low for g, c in zip(gaps, follow, strict=True))
        days = 0.0
        for g, c in zip(gaps, follow, strict=True):
            days += max(0.0, min(g, c, high) - low)
        rows.append((n_next, at_risk, days))
    return rows


def kaplan_meier(gaps, follow, before: float) -> float:
    share = 1.0
    for when in sorted({g for g in gaps if g < before}):
        n_next = sum(g == when for g in gaps)
        n_left = sum(min(g, c) >= when for g, c in zip(gaps, follow, strict=True))
        share *= 1 - n_next / n_left
    return 1 - share


@given(events)
@settings(max_examples=80, deadline=None)
def test_equals_loops(rows: list[tuple[int, int]]) -> None:
    target, day = [r[0] for r in rows], [float(r[1]) for r in rows]
    gaps = naive_gaps(target, day)
    np.testing.assert_array_equal(days_to_next(np.array(target), np.array(day)), gaps)
    bands = (0, 3, 10, 40, 90)
    follow = [101.0 - d for d in day]
    course = time_course(
        np.array(target), np.array(day), until_day=101, bands_days=bands
    )
    columns = course.select("n_next", "n_at_risk", "event_days").rows()
    for ours, theirs in zip(columns, naive_course(gaps, follow, bands), strict=True):
        assert ours == pytest.approx(theirs)
    shares = [kaplan_meier(gaps, follow, high) for high in bands[1:]]
    np.testing.assert_allclose(course["share_by_end"], shares, atol=1e-12)


def test_exposure_is_corrected() -> None:
    """Two homes, one seen for long: the naive share of gaps would say 1 in 2."""
    target, day = np.array([0, 0, 1]), np.array([0.0, 5.0, 8.0])
    course = time_course(target, day, until_day=10, bands_days=(0, 4, 8))
    assert course["n_next"].to_list() == [0, 1]
    assert course["n_at_risk"].to_list() == [3, 2]
    assert course["event_days"].to_list() == [4 + 4 + 2, 1 + 1]
    assert course["share_by_end"].to_list() == [0, pytest.approx(1 / 2)]
    assert course["per_1000_a_week"][1] == pytest.approx(7000 / 2)


def test_without_clustering_the_course_is_flat_and_at_chance() -> None:
    rng = np.random.default_rng(3)
    n, homes, days = 40_000, 8_000, 1_000.0
    course = time_course(
        rng.integers(0, homes, n),
        rng.uniform(0, days, n),
        until_day=days,
        rate_per_day=n / homes / days,
    )
    assert course["times_chance"].to_numpy() == pytest.approx(np.ones(7), abs=0.05)


@given(events, st.integers(1, 50))
@settings(max_examples=30, deadline=None)
def test_only_differences_of_days_matter(rows: list, later: int) -> None:
    target, day = (np.array([r[k] for r in rows], dtype=float) for k in (0, 1))
    one = time_course(target, day, until_day=101)
    other = time_course(target, day + later, until_day=101.0 + later)
    assert one.drop("times_chance").equals(other.drop("times_chance"))


def test_refusals() -> None:
    two = np.array([0, 0])
    with pytest.raises(TooFewError, match="at least two incidents"):
        time_course(two[:1], np.array([1.0]), until_day=9)
    for bands in ((0,), (0, 7, 7), (7, 0), (-1, 7), (0, float("inf"))):
        with pytest.raises(ParameterError, match="rising numbers of days"):
            time_course(two, np.array([1.0, 2.0]), until_day=9, bands_days=bands)
    with pytest.raises(ParameterError, match="1 lie after day 1"):
        time_course(two, np.array([1.0, 2.0]), until_day=1)
    with pytest.raises(ParameterError, match="1 not finite"):
        time_course(two, np.array([1.0, np.nan]), until_day=9)
    with pytest.raises(ParameterError, match="one target and one finite day"):
        days_to_next(two, np.array([1.0]))
