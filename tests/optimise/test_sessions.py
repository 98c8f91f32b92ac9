"""All possible sessions: times, worth, and the exact choice out of all of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.errors import PlanError
from hotspots.optimise.session_choice import Rules, choose_columns
from hotspots.optimise.sessions import best_sessions, build_session_space


def town(seed: int, n: int = 5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return made-up minutes between places, reports by hour, and who is outside."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 2000, (n, 2))
    minutes = np.sqrt(((xy[:, None] - xy[None]) ** 2).sum(axis=2)) / 4000 * 60
    weights = rng.exponential(size=(n, 1)) * rng.gamma(0.3, size=(n, 168))
    return minutes, weights, np.arange(n) >= n - 2


def test_the_walk_is_taken_from_the_next_stop() -> None:
    minutes = np.array([[0.0, 12.0], [12.0, 0.0]])
    space = build_session_space(minutes, days=[0], lengths=[2], earliest=18, latest=20)
    row = int(np.flatnonzero((space.orders[:, :2] == [0, 1]).all(axis=1))[0])
    assert space.arrive_min[2][row, :2].tolist() == [0.0, 72.0]
    assert space.leave_min[2][row, :2].tolist() == [60.0, 120.0]
    weights = np.zeros((2, 168))
    weights[0, 18], weights[0, 19] = 1.0, 10.0
    weights[1, 18], weights[1, 19] = 100.0, 1000.0
    # Place 0 for the whole of the first hour, place 1 for 48 of 60 minutes of the next.
    assert space.values(weights)[row, 0] == pytest.approx(1.0 + 800.0)


def test_worth_is_the_same_as_minute_by_minute() -> None:
    minutes, weights, _ = town(4, 4)
    space = build_session_space(minutes, days=[2, 5], earliest=17, latest=21)
    values = space.values(weights)
    for row, order in enumerate(space.orders):
        for column, (day, start, length) in enumerate(space.slots.tolist()):
            if not np.isfinite(values[row, column]):
                continue
            total = 0.0
            for at, stop in enumerate(order):
                if stop < 0:
                    continue
                for minute in range(60 * length):
                    # The middle of each tenth of a minute.
                    tenths = minute + (np.arange(10) + 0.5) / 10
                    there = (tenths >= space.arrive_min[length][row, at]) & (
                        tenths < space.leave_min[length][row, at]
                    )
                    hour = 24 * day + start + minute // 60
                    total += weights[stop, hour] * there.mean() / 60
            assert values[row, column] == pytest.approx(total, abs=2e-2)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("seed", range(4))
def test_pruned_and_priced_equals_all_columns(seed: int, share: float) -> None:
    minutes, weights, outside = town(seed)
    space = build_session_space(minutes, days=[1, 4, 5], earliest=17, latest=21)
    values = space.values(weights)
    rules = Rules(n_sessions=3, max_hours=8, outside_share=share)
    every = np.flatnonzero(values.ravel() > 0)
    whole = choose_columns(space.columns(every, values, outside), rules)
    for keep in (1, 3, 80):
        found = best_sessions(space, values, rules, outside, keep=keep)
        assert found.value == pytest.approx(whole.value, abs=1e-9)
        assert found.proven
        assert f"best of {space.n_columns:,}" in found.sentence()


@given(
    seed=st.integers(0, 10_000),
    n_sessions=st.integers(1, 5),
    max_hours=st.integers(2, 12),
    earliest=st.integers(14, 19),
    share=st.sampled_from([0.0, 0.25, 0.5]),
)
@settings(max_examples=25, deadline=None)
def test_every_week_keeps_the_rules(
    seed: int, n_sessions: int, max_hours: int, earliest: int, share: float
) -> None:
    minutes, weights, outside = town(seed, 6)
    space = build_session_space(minutes, earliest=earliest, latest=22)
    rules = Rules(n_sessions=n_sessions, max_hours=max_hours, outside_share=share)
    found = best_sessions(space, space.values(weights), rules, outside)
    order, slot = np.divmod(found.picked, len(space.slots))
    day, start, length = space.slots[slot].T
    assert len(set(day.tolist())) == len(day) <= n_sessions
    assert length.sum() <= max_hours
    assert (start >= earliest).all()
    assert (start + length <= 22).all()
    stops = space.orders[order]
    used = np.bincount(stops[stops >= 0], minlength=6)
    assert used.max(initial=0) <= 2
    out = np.append(outside, False)[stops].any(axis=1)
    assert out.sum() >= share * len(day) - 1e-9
    for row, hours in zip(order, length, strict=True):
        spent = space.leave_min[int(hours)][row] - space.arrive_min[int(hours)][row]
        assert (spent[space.orders[row] >= 0] >= 30 - 1e-9).all()


def test_what_cannot_be_met_is_refused() -> None:
    with pytest.raises(PlanError, match="at least one session must fit"):
        build_session_space(np.zeros((2, 2)), earliest=20, latest=21)
    minutes, weights, outside = town(1)
    space = build_session_space(minutes)
    with pytest.raises(PlanError, match="one a day"):
        best_sessions(
            space,
            space.values(weights),
            Rules(n_sessions=2, max_hours=6, per_day=2),
            outside,
        )


def test_no_reports_anywhere_is_no_session() -> None:
    minutes, weights, outside = town(1)
    space = build_session_space(minutes)
    nothing = space.values(np.zeros_like(weights))
    found = best_sessions(space, nothing, Rules(n_sessions=3, max_hours=9), outside)
    assert not len(found.picked)
