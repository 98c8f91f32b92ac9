"""Patches: by hand, contiguity and budget, and the exact program as oracle."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.errors import ParameterError, PlanError
from hotspots.optimise.patches import choose_patches, grow_patch, patch_bound
from hotspots.optimise.patches.exact import prove_patch, solve_flow
from hotspots.optimise.patches.network import StreetNetwork

CHAIN = StreetNetwork(
    size=np.array([10, 10, 10, 10, 10]),
    edges=np.array([[0, 1], [1, 2], [2, 3], [3, 4]]),
)


def grid(side: int, seed: int) -> tuple[StreetNetwork, np.ndarray]:
    """Return a lattice of streets with clumped values."""
    rng = np.random.default_rng(seed)
    at = np.arange(side * side).reshape(side, side)
    across = np.column_stack([at[:, :-1].ravel(), at[:, 1:].ravel()])
    down = np.column_stack([at[:-1].ravel(), at[1:].ravel()])
    size = rng.integers(2, 20, side * side)
    value = rng.gamma(0.4, 1.0, side * side) * size
    return StreetNetwork(size=size, edges=np.vstack([across, down])), value


def brute_force(network: StreetNetwork, value: np.ndarray, budget: int) -> float:
    """Return the best connected value by trying every set: obviously right."""
    best = 0.0
    for n in range(1, len(network) + 1):
        for members in itertools.combinations(range(len(network)), n):
            fits = network.size[list(members)].sum() <= budget
            if fits and network.is_connected(members):
                best = max(best, float(value[list(members)].sum()))
    return best


@st.composite
def problems(draw: st.DrawFn) -> tuple[StreetNetwork, np.ndarray, int]:
    m = draw(st.integers(2, 9))
    size = np.array(draw(st.lists(st.integers(1, 9), min_size=m, max_size=m)))
    pairs = st.tuples(st.integers(0, m - 1), st.integers(0, m - 1))
    edges = np.array(draw(st.lists(pairs, min_size=1, max_size=14)))
    value = np.array(draw(st.lists(st.integers(0, 20), min_size=m, max_size=m)))
    budget = draw(st.integers(int(size.min()), 30))
    return StreetNetwork(size=size, edges=edges), value.astype(float), budget


def test_two_ahead_crosses_a_street_without_value() -> None:
    value = np.array([5.0, 0.0, 9.0, 0.0, 0.0])
    patch = grow_patch(CHAIN, value, 30)
    assert patch.members == (0, 1, 2)
    assert (patch.value, patch.size) == (14.0, 30)


def test_a_street_without_value_is_not_added_for_nothing() -> None:
    patch = grow_patch(CHAIN, np.array([0.0, 0.0, 9.0, 0.0, 0.0]), 50)
    assert patch.members == (2,)


def test_patches_do_not_touch() -> None:
    value = np.array([5.0, 4.0, 3.0, 2.0, 1.0])
    patches = choose_patches(CHAIN, value, 20, range(3))
    assert [p.members for p in patches] == [(0, 1), (3, 4)]
    close = choose_patches(CHAIN, value, 20, range(3), apart=False)
    assert [p.members for p in close] == [(0, 1), (2, 3), (4,)]


def test_streets_that_are_not_allowed_are_not_used() -> None:
    value = np.array([5.0, 4.0, 3.0, 2.0, 1.0])
    allowed = np.array([False, True, True, True, True])
    assert 0 not in grow_patch(CHAIN, value, 20, allowed=allowed).members


@pytest.mark.parametrize("budget", [0, 9])
def test_a_budget_below_every_street_is_refused(budget: int) -> None:
    with pytest.raises(PlanError, match="no more than"):
        grow_patch(CHAIN, np.ones(5), budget)
    with pytest.raises(PlanError, match="at most"):
        solve_flow(CHAIN, np.ones(5), budget)


def test_impossible_networks_and_values_are_refused() -> None:
    with pytest.raises(ParameterError, match="at least 1 dwelling"):
        StreetNetwork(size=np.array([1, 0]), edges=np.zeros((0, 2), int))
    with pytest.raises(ParameterError, match="streets 0 to 1"):
        StreetNetwork(size=np.array([1, 1]), edges=np.array([[0, 2]]))
    with pytest.raises(ParameterError, match="0 or more"):
        grow_patch(CHAIN, -np.ones(5), 20)


@given(problems())
@settings(max_examples=60, deadline=None)
def test_a_patch_is_connected_within_budget_and_below_its_bound(
    problem: tuple[StreetNetwork, np.ndarray, int],
) -> None:
    network, value, budget = problem
    try:
        patch = grow_patch(network, value, budget)
    except PlanError:
        assert not (value[network.size <= budget] > 0).any()
        return
    best = brute_force(network, value, budget)
    assert network.is_connected(patch.members)
    assert patch.size == network.size[list(patch.members)].sum() <= budget
    assert patch.value == pytest.approx(value[list(patch.members)].sum())
    assert patch.value <= best * (1 + 1e-9)
    assert patch_bound(network, value, budget) >= best * (1 - 1e-9)


@given(problems())
@settings(max_examples=25, deadline=None)
def test_the_exact_program_equals_brute_force(
    problem: tuple[StreetNetwork, np.ndarray, int],
) -> None:
    network, value, budget = problem
    if not (value[network.size <= budget] > 0).any():
        return
    best = brute_force(network, value, budget)
    exact, bound = solve_flow(network, value, budget)
    assert exact is not None
    assert network.is_connected(exact.members)
    assert exact.size <= budget
    assert exact.value == pytest.approx(best)
    assert bound >= best * (1 - 1e-6)
    grown = grow_patch(network, value, budget)
    proven, limit = prove_patch(network, value, budget, grown)
    assert proven.value == pytest.approx(best)
    assert limit == pytest.approx(best)


@pytest.mark.parametrize("seed", range(4))
def test_growth_is_within_one_per_cent_of_the_flow_program(seed: int) -> None:
    network, value = grid(6, seed)
    exact, _ = solve_flow(network, value, 60)
    assert exact is not None
    grown = grow_patch(network, value, 60)
    assert exact.value * 0.99 <= grown.value <= exact.value * (1 + 1e-6)


def test_more_dwellings_never_hold_less_and_the_same_input_gives_the_same() -> None:
    network, value = grid(12, 7)
    worth = [grow_patch(network, value, b).value for b in (20, 40, 80, 160)]
    assert worth == sorted(worth)
    assert grow_patch(network, value, 80) == grow_patch(network, value, 80)


def test_what_is_not_settled_keeps_its_bound() -> None:
    network, value = grid(12, 7)
    patch = grow_patch(network, value, 60)
    _, open_bound = prove_patch(network, value, 60, patch, max_heads=0)
    _, closed = prove_patch(network, value, 60, patch, max_heads=99)
    assert open_bound == pytest.approx(
        patch_bound(network, value, 60, at_least=patch.value)
    )
    assert patch.value <= closed <= open_bound
