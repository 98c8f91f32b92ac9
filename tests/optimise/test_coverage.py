"""Maximal covering against brute force, spopt, and the bugs that it must not have."""

from __future__ import annotations

import itertools
import warnings
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from hotspots.core.errors import ParameterError, PlanError
from hotspots.optimise.coverage import CoverProblem, cover_sets, maximise_coverage
from hotspots.optimise.coverage.exact import (
    adds_up,
    search_apart,
    solve_exactly,
    solve_with_cuts,
)
from hotspots.optimise.coverage.greedy import (
    choose_greedily,
    choose_greedily_often,
    exchange,
)
from hotspots.optimise.coverage.presolve import merge_demands, presolve, undominated
from hotspots.optimise.coverage.rotation import build_rotation, square_zones
from hotspots.optimise.coverage.solve import bound_and_fix


def random_problem(
    seed: int, *, m: int = 9, n: int = 14, p: int = 3, spacing_m: float = 0.0
) -> CoverProblem:
    rng = np.random.default_rng(seed)
    sites, demand = rng.uniform(0, 400, (m, 2)), rng.uniform(0, 400, (n, 2))
    return CoverProblem(
        cover=cover_sets(sites, demand, range_m=110),
        weight=rng.choice([0.25, 0.5, 1.0, 3.0], n),
        n_sites=p,
        period=np.zeros(m, dtype=np.int64),
        xy_m=sites,
        spacing_m=spacing_m,
    )


def allowed(problem: CoverProblem, chosen: tuple[int, ...]) -> bool:
    per_period = np.bincount(problem.period[list(chosen)], minlength=1)
    if len(chosen) and per_period.max() > problem.n_sites:
        return False
    if problem.too_close(chosen):
        return False
    if problem.limits is None:
        return True
    used = np.zeros(problem.n_candidates)
    used[list(chosen)] = 1
    return bool((problem.limits @ used <= 1).all())


def brute_force(problem: CoverProblem) -> float:
    """Every choice there is, each looked at on its own."""
    dense = problem.cover.toarray() > 0
    best = 0.0
    most = problem.n_sites * problem.n_periods
    for k in range(1, most + 1):
        for chosen in itertools.combinations(range(problem.n_candidates), k):
            if allowed(problem, chosen):
                seen = dense[list(chosen)].any(axis=0)
                best = max(best, float(problem.weight[seen].sum()))
    return best


@given(
    seed=st.integers(0, 10_000),
    p=st.integers(1, 4),
    spacing_m=st.sampled_from([0.0, 60.0, 150.0, 250.0]),
)
@settings(max_examples=40, deadline=None)
def test_the_best_is_what_trying_everything_finds(
    seed: int, p: int, spacing_m: float
) -> None:
    problem = random_problem(seed, p=p, spacing_m=spacing_m)
    if not problem.cover.nnz:
        return
    result = maximise_coverage(problem)
    assert result.proven
    assert result.value == pytest.approx(brute_force(problem))
    assert problem.value(result.chosen) == pytest.approx(result.value)
    assert allowed(problem, tuple(result.chosen.tolist()))


@given(seed=st.integers(0, 10_000), rest=st.integers(0, 2))
@settings(max_examples=15, deadline=None)
def test_a_rotation_is_the_best_and_lets_zones_rest(seed: int, rest: int) -> None:
    rng = np.random.default_rng(seed)
    one = random_problem(seed, m=5, n=10, p=1)
    assert one.xy_m is not None
    zone = np.array([0, 0, 1, 2, 3])
    problem = build_rotation(
        one.cover,
        rng.choice([0.0, 1.0, 2.0], (3, 10)),
        n_sites=1,
        xy_m=one.xy_m,
        zone=zone,
        rest_periods=rest,
    )
    if not (problem.cover @ problem.weight).any():
        return
    result = maximise_coverage(problem)
    assert result.proven
    assert result.value == pytest.approx(brute_force(problem))
    used = [(int(c // 5), int(zone[c % 5])) for c in result.chosen.tolist()]
    for (a, za), (b, zb) in itertools.combinations(used, 2):
        assert za != zb or abs(a - b) > rest or rest == 0


def test_demand_that_nobody_covers_counts_nothing() -> None:
    """Without a row its variable must be held at 0, or the value is too high."""
    cover = csr_matrix(np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]))
    problem = CoverProblem(
        cover=cover,
        weight=np.array([2.0, 1.0, 50.0]),
        n_sites=1,
        period=np.zeros(2, dtype=np.int64),
    )
    solved = solve_exactly(problem)
    assert solved.upper == pytest.approx(2.0)
    assert solved.chosen is not None
    assert solved.chosen.tolist() == [0]
    assert maximise_coverage(problem).value == 2.0


@given(seed=st.integers(0, 10_000), p=st.integers(1, 4))
@settings(max_examples=25, deadline=None)
def test_presolve_keeps_the_best_value(seed: int, p: int) -> None:
    problem = random_problem(seed, m=12, n=20, p=p)
    small, candidate = presolve(problem)
    if not small.n_candidates:
        return
    full, less = solve_exactly(problem), solve_exactly(small)
    assert full.chosen is not None
    assert less.chosen is not None
    assert small.value(less.chosen) == pytest.approx(problem.value(full.chosen))
    assert problem.value(candidate[less.chosen]) == pytest.approx(
        small.value(less.chosen)
    )


def test_demands_of_the_same_sites_are_added_up() -> None:
    dense = np.array([[1, 1, 0, 1, 0], [1, 1, 0, 0, 0], [0, 0, 0, 1, 1]], dtype=float)
    cover, weight = merge_demands(csr_matrix(dense), np.array([1.0, 2, 9, 4, 8]))
    assert sorted(weight.tolist()) == [3, 4, 8]
    assert cover.shape == (3, 3)
    kept = undominated(csr_matrix(dense), np.zeros(3, dtype=np.int64))
    assert kept.tolist() == [True, False, True]
    apart = undominated(csr_matrix(dense), np.array([0, 1, 0]))
    assert apart.all()


def test_nothing_is_left_out_for_another_under_spacing() -> None:
    problem = random_problem(3, m=30, n=20, spacing_m=50)
    useful = int((np.diff(problem.cover.indptr) > 0).sum())
    assert presolve(problem)[0].n_candidates == useful
    assert presolve(replace(problem, spacing_m=0.0))[0].n_candidates < useful


@given(seed=st.integers(0, 10_000), spacing_m=st.sampled_from([0.0, 120.0]))
@settings(max_examples=25, deadline=None)
def test_the_bound_holds_and_leaves_out_nothing_better(
    seed: int, spacing_m: float
) -> None:
    problem = random_problem(seed, m=10, n=30, spacing_m=spacing_m)
    if not problem.cover.nnz:
        return
    best = brute_force(problem)
    bound = bound_and_fix(problem, choose_greedily(problem), n_steps=60)
    assert bound.upper >= best - 1e-9
    kept = replace(
        problem, cover=csr_matrix(problem.cover.multiply(bound.keep[:, None]))
    )
    kept.cover.eliminate_zeros()
    assert brute_force(kept) == pytest.approx(best)


@given(seed=st.integers(0, 10_000), spacing_m=st.sampled_from([0.0, 120.0]))
@settings(max_examples=25, deadline=None)
def test_exchanges_only_gain_and_keep_the_spacing(seed: int, spacing_m: float) -> None:
    problem = random_problem(seed, m=25, n=40, p=4, spacing_m=spacing_m)
    greedy = choose_greedily(problem)
    better = exchange(problem, greedy)
    assert problem.value(better) >= problem.value(greedy) - 1e-9
    assert allowed(problem, tuple(better.tolist()))
    assert problem.value(greedy) <= solve_with_cuts(problem).upper + 1e-9


@given(seed=st.integers(0, 10_000), spacing_m=st.sampled_from([225.0, 300.0]))
@settings(max_examples=30, deadline=None)
def test_sites_far_apart_are_searched_to_the_end(seed: int, spacing_m: float) -> None:
    problem = random_problem(seed, m=14, n=30, p=3, spacing_m=spacing_m)
    assert adds_up(problem)
    greedy = choose_greedily(problem)
    found = search_apart(problem, greedy)
    assert found.proven
    assert problem.value(found.chosen) == pytest.approx(brute_force(problem))
    assert allowed(problem, tuple(found.chosen.tolist()))
    stopped = search_apart(problem, greedy, max_nodes=0)
    assert problem.value(stopped.chosen) >= problem.value(greedy)


def test_sites_that_share_demand_do_not_add_up() -> None:
    problem = random_problem(2, m=30, n=60, spacing_m=100)
    assert not adds_up(problem)
    assert not adds_up(replace(problem, spacing_m=0.0))


def test_many_greedy_choices_at_once_are_each_the_greedy_choice() -> None:
    problem = random_problem(5, m=30, n=50, p=4, spacing_m=80)
    rng = np.random.default_rng(2)
    weights = problem.weight[:, None] * rng.poisson(1.0, (50, 12))
    chosen = choose_greedily_often(problem, weights, n_sites=4)
    for k in range(12):
        alone = choose_greedily(replace(problem, weight=weights[:, k]))
        assert [c for c in chosen[k].tolist() if c >= 0] == alone.tolist()


def test_spopt_finds_the_same_value() -> None:
    import pulp
    from spopt.locate import MCLP

    rng = np.random.default_rng(8)
    sites, demand = rng.uniform(0, 900, (60, 2)), rng.uniform(0, 900, (90, 2))
    weight = rng.integers(1, 6, 90).astype(float)
    away = np.hypot(*(demand[:, None] - sites[None]).transpose(2, 0, 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = MCLP.from_cost_matrix(away, weight, 100, p_facilities=5)
        theirs = theirs.solve(pulp.PULP_CBC_CMD(msg=False))
    ours = maximise_coverage(
        CoverProblem(
            cover=cover_sets(sites, demand, range_m=100),
            weight=weight,
            n_sites=5,
            period=np.zeros(60, dtype=np.int64),
        )
    )
    assert ours.proven
    assert ours.value == pytest.approx(theirs.problem.objective.value())


def test_stopped_by_the_clock_the_gap_is_said() -> None:
    problem = random_problem(4, m=400, n=900, p=12, spacing_m=60)
    result = maximise_coverage(problem, exact=False)
    best = maximise_coverage(problem)
    assert result.value <= best.value <= result.upper + 1e-9
    assert ("nothing can be more than" in result.how) == (not result.proven)


def test_what_cannot_be_is_refused() -> None:
    problem = random_problem(1)
    with pytest.raises(PlanError, match="none does"):
        maximise_coverage(replace(problem, weight=np.zeros(14)))
    with pytest.raises(ParameterError, match="at least 1"):
        replace(problem, n_sites=0)
    with pytest.raises(ParameterError, match="coordinates"):
        replace(problem, xy_m=None, spacing_m=10.0)
    with pytest.raises(ParameterError, match="at least 0"):
        replace(problem, weight=-problem.weight)
    with pytest.raises(PlanError, match="zones"):
        build_rotation(
            problem.cover,
            np.ones((2, 14)),
            n_sites=3,
            xy_m=np.zeros((9, 2)),
            zone=square_zones(np.zeros((9, 2)), side_m=200),
            rest_periods=1,
        )


def test_the_edge_of_the_range_is_inside() -> None:
    sites, demand = np.array([[0.0, 0.0]]), np.array([[100.0, 0.0], [100.1, 0.0]])
    assert cover_sets(sites, demand, range_m=100).toarray().tolist() == [[1.0, 0.0]]
    same = cover_sets(sites, sites, range_m=100)
    assert same.toarray().tolist() == [[1.0]]
