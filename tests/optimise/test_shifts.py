"""Shift plans: gaps, caps, crews back in time; against all plans of small cases."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.errors import ParameterError, PlanError
from hotspots.optimise.shifts import ShiftPlan, ShiftRules, plan_shift, value_bound


def town(seed: int, n: int, *, far: float = 20.0) -> tuple[np.ndarray, np.ndarray]:
    """Return values and travel minutes of n places and a base."""
    rng = np.random.default_rng(seed)
    at = rng.random((n + 1, 2)) * far
    return rng.exponential(5, n), np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))


def worth(plan: ShiftPlan, values: np.ndarray, again: float) -> float:
    total = 0.0
    for place in range(len(values)):
        n = sum(visit.place == place for visit in plan.visits)
        total += values[place] * sum(again**k for k in range(n))
    return total


def check(plan: ShiftPlan, travel: np.ndarray, rules: ShiftRules) -> None:
    """Hold a plan against every rule, whatever moment in its window a visit takes."""
    base = len(travel) - 1
    late, stay = rules.window_min, rules.visit_min
    for crew in {visit.crew for visit in plan.visits}:
        mine = [visit for visit in plan.visits if visit.crew == crew]
        now, here = 0.0, base
        for visit in mine:
            assert visit.start_min >= now + travel[here, visit.place] - 1e-9
            assert visit.start_min % rules.step_min == 0
            now, here = visit.start_min + stay, visit.place
        assert now + late + travel[here, base] <= rules.shift_min + 1e-9
    for place in range(base):
        starts = sorted(v.start_min for v in plan.visits if v.place == place)
        assert len(starts) <= rules.daily_cap
        for one, two in itertools.pairwise(starts):
            assert two - (one + late + stay) >= rules.gap_min
    assert len({v.crew for v in plan.visits}) <= rules.n_crews


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(1, 7),
    crews=st.integers(1, 3),
    shift=st.integers(180, 600),
    visit=st.integers(10, 20),
    gap=st.integers(0, 180),
    cap=st.integers(1, 4),
    window=st.integers(0, 45),
    vary=st.sampled_from([0.0, 0.1]),
)
def test_every_plan_keeps_every_rule(  # type: ignore[no-untyped-def]
    seed, n, crews, shift, visit, gap, cap, window, vary
) -> None:
    rules = ShiftRules(
        n_crews=crews,
        shift_min=shift,
        visit_min=visit,
        gap_min=gap,
        daily_cap=cap,
        window_min=window,
    )
    values, travel = town(seed, n)
    rng = np.random.default_rng(seed)
    plan = plan_shift(
        values, travel, rules, rng=rng, n_starts=32, n_rounds=3, vary=vary
    )
    check(plan, travel, rules)
    assert plan.value == pytest.approx(worth(plan, values, 0.5))
    assert plan.best_value >= plan.greedy_value - 1e-9
    assert (1 - vary) * plan.best_value - 1e-6 <= plan.value <= plan.bound + 1e-6


def every_plan(values: np.ndarray, travel: np.ndarray, rules: ShiftRules) -> float:
    """Return the best value of one crew by trying every order."""
    base, best = len(values), 0.0

    def visit(
        now: float, here: int, total: float, starts: dict[int, list[int]]
    ) -> None:
        nonlocal best
        best = max(best, total)
        for place in range(base):
            before = starts.get(place, [])
            if len(before) == rules.daily_cap:
                continue
            ready = before[-1] + rules.cycle_min if before else 0
            start = max(now + np.ceil(travel[here, place]), ready)
            start = int(-(-start // rules.step_min) * rules.step_min)
            back = start + rules.window_min + rules.visit_min
            if back + np.ceil(travel[place, base]) > rules.shift_min:
                continue
            gain = values[place] * rules.again ** len(before)
            after = {**starts, place: [*before, start]}
            visit(start + rules.visit_min, place, total + gain, after)

    visit(0, base, 0.0, {})
    return best


@pytest.mark.parametrize("seed", range(6))
def test_one_crew_equals_every_order_tried(seed: int) -> None:
    rules = ShiftRules(
        n_crews=1, shift_min=200, visit_min=15, gap_min=60, daily_cap=2, window_min=10
    )
    values, travel = town(seed, 4, far=25)
    plan = plan_shift(values, travel, rules, rng=np.random.default_rng(1), vary=0.0)
    exact = every_plan(values, travel, rules)
    assert plan.value <= exact + 1e-9
    assert plan.value >= 0.98 * exact
    whole = np.ceil(travel).astype(np.int64)
    assert value_bound(values, whole, rules) >= exact - 1e-9


def test_visits_worked_out_by_hand() -> None:
    """One place next door: at 0, 150 and 300 minutes, worth 1, a half and a quarter."""
    rules = ShiftRules(
        n_crews=1, shift_min=360, visit_min=15, gap_min=120, daily_cap=3, window_min=15
    )
    plan = plan_shift([8.0], np.zeros((2, 2)), rules, rng=np.random.default_rng(1))
    assert [visit.start_min for visit in plan.visits] == [0, 150, 300]
    assert plan.value == 8 + 4 + 2
    assert plan.bound == plan.value


def test_two_crews_share_the_gap_of_a_place() -> None:
    rules = ShiftRules(n_crews=2, shift_min=200, visit_min=15, gap_min=120, daily_cap=9)
    plan = plan_shift([1.0], np.zeros((2, 2)), rules, rng=np.random.default_rng(1))
    assert sorted(visit.start_min for visit in plan.visits) == [0]


def test_the_same_seed_gives_the_same_plan_and_another_day_another_order() -> None:
    rules = ShiftRules(n_crews=1, shift_min=480, visit_min=15, gap_min=120, daily_cap=3)
    values, travel = np.array([5.0, 4.9, 4.8, 4.7, 4.6]), np.full((6, 6), 5.0)

    def order(seed: int) -> list[int]:
        rng = np.random.default_rng(seed)
        return [v.place for v in plan_shift(values, travel, rules, rng=rng).visits]

    assert order(1) == order(1)
    assert len({tuple(order(seed)) for seed in range(6)}) > 1


def test_no_time_and_bad_shapes_are_refused() -> None:
    rules = ShiftRules(n_crews=1, shift_min=40, visit_min=15, gap_min=60, daily_cap=1)
    rng = np.random.default_rng(1)
    with pytest.raises(PlanError, match="there and back"):
        plan_shift([1.0], [[0, 10], [10, 0]], rules, rng=rng)
    with pytest.raises(ParameterError, match="travel_min"):
        plan_shift([1.0], np.zeros((3, 3)), rules, rng=rng)
    with pytest.raises(ParameterError, match="n_crews"):
        ShiftRules(n_crews=0, shift_min=40, visit_min=15, gap_min=60, daily_cap=1)
    with pytest.raises(ParameterError, match="gap_min"):
        ShiftRules(n_crews=1, shift_min=40, visit_min=15, gap_min=-1, daily_cap=1)
