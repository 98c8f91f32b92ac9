"""Covering greedily, then improved by local search: one site for another."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hotspots.core.budget import checkpoint
from hotspots.core.types import Bools, Floats, Ints
from hotspots.optimise.coverage.problem import CoverProblem

MAX_PASSES = 50


def choose_greedily(problem: CoverProblem, *, first: npt.ArrayLike = ()) -> Ints:
    """Take the candidate that adds the most, until the sites or the gains run out.

    References
    ----------
    Church, R. and ReVelle, C. (1974), "The maximal covering location problem", Papers
    of the Regional Science Association 32, 101-118: the greedy adding algorithm.
    """
    free = np.ones(problem.n_candidates, dtype=bool)
    left = np.full(problem.n_periods, problem.n_sites)
    open_weight = problem.weight.copy()
    chosen: list[int] = []
    for one in np.asarray(first, dtype=np.int64).tolist():
        if free[one]:
            chosen.append(one)
            _take(problem, one, free, left)
            open_weight[problem.cover[one].indices] = 0.0
    while free.any():
        checkpoint()
        gains = np.where(free, problem.cover @ open_weight, 0.0)
        best = int(np.argmax(gains))
        if gains[best] <= 0:
            break
        chosen.append(best)
        _take(problem, best, free, left)
        open_weight[problem.cover[best].indices] = 0.0
    return np.array(chosen, dtype=np.int64)


def exchange(problem: CoverProblem, chosen: npt.ArrayLike) -> Ints:
    """Exchange one chosen site for one that is not, as long as that adds weight.

    References
    ----------
    Church and ReVelle (1974), as above: greedy adding with substitution.
    """
    sites = np.asarray(chosen, dtype=np.int64).tolist()
    excluded = [problem.excluded_by(site) for site in sites]
    for _ in range(MAX_PASSES):
        checkpoint()
        changed = False
        for k in range(len(sites)):
            best, gain, now = _best_instead(problem, sites, excluded, k)
            if gain > now * (1 + 1e-12) + 1e-12:
                sites[k], excluded[k], changed = best, problem.excluded_by(best), True
        if not changed:
            break
    return np.array(sites, dtype=np.int64)


def choose_greedily_often(
    problem: CoverProblem, weights: Floats, *, n_sites: int
) -> Ints:
    """Choose greedily for many sets of weights at once, for resampling.

    ``weights``: shape (n, r). Returns (r, n_sites): -1 where nothing more could be
    gained.
    """
    left = weights.copy()
    n_sets = weights.shape[1]
    free = np.ones((problem.n_candidates, n_sets), dtype=bool)
    chosen = np.full((n_sets, n_sites), -1, dtype=np.int64)
    excluded: dict[int, Bools] = {}
    for turn in range(n_sites):
        gains = np.where(free, problem.cover @ left, 0.0)
        best = np.argmax(gains, axis=0)
        for k, site in enumerate(best.tolist()):
            if gains[site, k] <= 0:
                continue
            chosen[k, turn] = site
            left[problem.cover[site].indices, k] = 0.0
            if site not in excluded:
                excluded[site] = problem.excluded_by(site)
            free[excluded[site], k] = False
    return chosen


def _take(problem: CoverProblem, one: int, free: Bools, left: Ints) -> None:
    """Take a candidate: close what it bars, and its period once that is full."""
    free[problem.excluded_by(one)] = False
    when = problem.period[one]
    left[when] -= 1
    if left[when] == 0:
        free[problem.period == when] = False


def _best_instead(
    problem: CoverProblem, sites: list[int], excluded: list[Bools], k: int
) -> tuple[int, float, float]:
    """Return the best candidate in place of the ``k``-th, its gain and the gain now."""
    others = [site for i, site in enumerate(sites) if i != k]
    uncovered = np.where(problem.times_covered(others) > 0, 0.0, problem.weight)
    gains = problem.cover @ uncovered
    now = float(gains[sites[k]])
    allowed = problem.period == problem.period[sites[k]]
    for i, mask in enumerate(excluded):
        if i != k:
            allowed &= ~mask
    gains = np.where(allowed, gains, -1.0)
    best = int(np.argmax(gains))
    return best, float(gains[best]), now
