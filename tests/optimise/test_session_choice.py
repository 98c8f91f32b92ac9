"""Session columns: equal to brute force, rules kept, no credit for unmet demand."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from hotspots.core.errors import ParameterError
from hotspots.optimise.session_choice import (
    Columns,
    Rules,
    choose_columns,
    column_prices,
    greedy_columns,
)


def made_up(seed: int, n: int, *, covered: bool = False) -> Columns:
    rng = np.random.default_rng(seed)
    stops = np.full((n, 2), -1)
    stops[:, 0] = rng.integers(0, 4, n)
    second = rng.integers(-1, 4, n)
    stops[:, 1] = np.where(second == stops[:, 0], -1, second)
    covers = weights = None
    value = rng.random(n)
    if covered:
        covers = sparse.csr_array(rng.random((n, 6)) * (rng.random((n, 6)) < 0.4))
        weights, value = rng.random(6), np.zeros(n)
    return Columns(
        day=rng.integers(0, 3, n),
        hours=rng.integers(2, 4, n).astype(float),
        stops=stops,
        outside=rng.random(n) < 0.4,
        value=value,
        covers=covers,
        weights=weights,
    )


def keeps(columns: Columns, rules: Rules, picked: tuple[int, ...]) -> bool:
    """Check every rule the slow way."""
    rows = list(picked)
    stops = [int(p) for row in rows for p in columns.stops[row] if p >= 0]
    days = [int(columns.day[row]) for row in rows]
    return (
        len(rows) <= rules.n_sessions
        and sum(columns.hours[row] for row in rows) <= rules.max_hours + 1e-9
        and all(days.count(day) <= rules.per_day for day in days)
        and all(stops.count(place) <= rules.per_place for place in stops)
        and sum(columns.outside[row] for row in rows)
        >= rules.outside_share * len(rows) - 1e-9
    )


def met(columns: Columns, picked: tuple[int, ...]) -> float:
    total = sum(float(columns.value[row]) for row in picked)
    if columns.covers is not None and columns.weights is not None:
        dense = columns.covers.toarray()
        for d, weight in enumerate(columns.weights):
            total += weight * min(1.0, sum(dense[row, d] for row in picked))
    return total


def brute_force(columns: Columns, rules: Rules) -> float:
    rows = range(len(columns))
    return max(
        met(columns, picked)
        for size in range(rules.n_sessions + 1)
        for picked in combinations(rows, size)
        if keeps(columns, rules, picked)
    )


ALL_RULES = [
    Rules(n_sessions=3, max_hours=9),
    Rules(n_sessions=3, max_hours=5),
    Rules(n_sessions=3, max_hours=9, per_place=1),
    Rules(n_sessions=3, max_hours=9, outside_share=0.5),
    Rules(n_sessions=3, max_hours=9, per_day=2, per_place=3),
]


@pytest.mark.parametrize("rules", ALL_RULES)
@pytest.mark.parametrize("covered", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_the_choice_is_worth_what_brute_force_finds(
    seed: int, covered: bool, rules: Rules
) -> None:
    columns = made_up(seed, 14, covered=covered)
    found = choose_columns(columns, rules)
    assert found.value == pytest.approx(brute_force(columns, rules), abs=1e-7)
    assert met(columns, found.columns) == pytest.approx(found.value)
    assert found.gap < 1e-6
    assert keeps(columns, rules, found.columns)


@given(
    seed=st.integers(0, 10_000),
    covered=st.booleans(),
    n_sessions=st.integers(1, 5),
    max_hours=st.integers(2, 12),
    per_day=st.integers(1, 2),
    per_place=st.integers(1, 3),
    share=st.sampled_from([0.0, 0.25, 1.0]),
)
@settings(max_examples=40, deadline=None)
def test_both_ways_of_choosing_keep_every_rule(
    seed: int,
    covered: bool,
    n_sessions: int,
    max_hours: int,
    per_day: int,
    per_place: int,
    share: float,
) -> None:
    columns = made_up(seed, 30, covered=covered)
    rules = Rules(
        n_sessions=n_sessions,
        max_hours=max_hours,
        per_day=per_day,
        per_place=per_place,
        outside_share=share,
    )
    best, quick = choose_columns(columns, rules), greedy_columns(columns, rules)
    assert keeps(columns, rules, best.columns)
    assert quick.value <= best.value + 1e-7
    rules_but_share = Rules(
        n_sessions=n_sessions, max_hours=max_hours, per_day=per_day, per_place=per_place
    )
    assert keeps(columns, rules_but_share, quick.columns)


def test_a_demand_that_nobody_meets_is_worth_nothing() -> None:
    # Left without its upper bound of 0 the second demand would add its 0.21: 0.40 for
    # a week that is worth 0.19.
    columns = Columns(
        day=np.array([0]),
        hours=np.array([2.0]),
        stops=np.array([[0]]),
        outside=np.array([False]),
        value=np.array([0.0]),
        covers=sparse.csr_array(np.array([[1.0, 0.0]])),
        weights=np.array([0.19, 0.21]),
    )
    found = choose_columns(columns, Rules(n_sessions=1, max_hours=2))
    assert found.value == pytest.approx(0.19)
    assert found.bound == pytest.approx(0.19)


def test_one_session_a_day_makes_the_cover_rows_needless() -> None:
    rng = np.random.default_rng(3)
    day = rng.integers(0, 7, 40)
    dense = rng.random((40, 14)) * (np.arange(14) // 2 == day[:, None])
    weights = rng.random(14)
    base = made_up(3, 40)
    plain = replace(base, day=day, value=dense @ weights)
    full = replace(
        base,
        day=day,
        value=np.zeros(40),
        covers=sparse.csr_array(dense),
        weights=weights,
    )
    rules = Rules(n_sessions=3, max_hours=8)
    first, second = choose_columns(plain, rules), choose_columns(full, rules)
    assert first.value == pytest.approx(second.value)


def test_prices_bound_every_choice() -> None:
    for seed in range(5):
        columns = made_up(seed, 14)
        for rules in ALL_RULES[:4]:
            prices = column_prices(columns, rules, 4)
            assert prices.bound >= brute_force(columns, rules) - 1e-9


def test_nothing_to_choose_from_is_no_choice() -> None:
    empty = made_up(1, 0)
    rules = Rules(n_sessions=2, max_hours=6)
    assert choose_columns(empty, rules).columns == ()
    assert greedy_columns(empty, rules).columns == ()


def test_arrays_of_different_lengths_are_refused() -> None:
    with pytest.raises(ParameterError, match="equally long"):
        Columns(
            day=np.array([0]),
            hours=np.array([2.0]),
            stops=np.array([[0]]),
            outside=np.array([False]),
            value=np.array([0.0, 1.0]),
        )
    with pytest.raises(ParameterError, match="go together"):
        Columns(
            day=np.array([0]),
            hours=np.array([2.0]),
            stops=np.array([[0]]),
            outside=np.array([False]),
            value=np.array([0.0]),
            weights=np.array([1.0]),
        )
