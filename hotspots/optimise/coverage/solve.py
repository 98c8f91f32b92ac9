"""Maximal covering: where a few sites meet the most, and how sure that is the best."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hotspots.core.errors import PlanError
from hotspots.core.types import Ints
from hotspots.optimise.coverage.exact import adds_up, search_apart, solve_with_cuts
from hotspots.optimise.coverage.greedy import choose_greedily, exchange
from hotspots.optimise.coverage.lagrangian import bound_and_fix
from hotspots.optimise.coverage.presolve import keep_candidates, merge_demands, presolve
from hotspots.optimise.coverage.problem import CoverProblem

TIME_LIMIT_S = 20.0
MAX_APART = 6
"""With more sites the search for those far apart takes too many steps."""


@dataclass(frozen=True, kw_only=True)
class CoverResult:
    """Sites, what they cover and how far from the best that can be.

    ``chosen``: ndarray of int; candidates, by period, and in it by what each adds.
    ``value``: weight covered.
    ``upper``: nothing covers more than this.
    ``n_compared``: candidates left for the exact search.
    ``heuristic_value``: what the greedy choice with local search reached.
    """

    chosen: Ints
    value: float
    upper: float
    n_compared: int
    heuristic_value: float

    @property
    def gap(self) -> float:
        """How much more might be covered, as a share of ``value``."""
        if self.value <= 0:
            return 0.0
        gap = (self.upper - self.value) / self.value
        return gap if gap > 1e-9 else 0.0

    @property
    def proven(self) -> bool:
        """Whether nothing can cover more."""
        return self.gap == 0.0

    @property
    def how(self) -> str:
        """``"proven best"``, or how much better another choice could be."""
        if self.proven:
            return "proven best"
        return (
            f"the best found in the time; nothing can be more than {self.gap:.1%} "
            "better"
        )


def maximise_coverage(
    problem: CoverProblem, *, exact: bool = True, time_limit_s: float = TIME_LIMIT_S
) -> CoverResult:
    """Choose the sites that cover the most weight.

    Raises PlanError if no candidate covers anything.

    Notes
    -----
    Demands covered by the same sites are merged; a greedy choice with local search
    gives a choice; a Lagrangian bound leaves out what cannot be better; sites too far
    apart to see the same are searched for directly; a small mixed-integer programme
    settles the rest.

    References
    ----------
    Church, R. and ReVelle, C. (1974), "The maximal covering location problem", Papers
    of the Regional Science Association 32, 101-118.
    """
    small, candidate = presolve(problem)
    if not small.n_candidates or not len(small.weight):
        raise PlanError(
            f"at least one site must cover something; of {problem.n_candidates:,} "
            f"sites and {len(problem.weight):,} places none does. Give more sites, a "
            "longer range or other incidents."
        )
    first = exchange(small, choose_greedily(small))
    bound = bound_and_fix(small, first)
    best, upper, n_compared = bound.chosen, bound.upper, 0
    if upper > small.value(best) * (1 + 1e-10):
        tight, kept = keep_candidates(small, bound.keep)
        known = np.nonzero(np.isin(kept, best))[0]
        found, upper = _settle(tight, known, upper, exact, time_limit_s)
        best, n_compared = kept[found], tight.n_candidates
    value = small.value(best)
    return CoverResult(
        chosen=_in_order(small, best, candidate),
        value=value,
        upper=max(upper, value),
        n_compared=n_compared,
        heuristic_value=small.value(first),
    )


def _settle(
    problem: CoverProblem, known: Ints, upper: float, exact: bool, time_limit_s: float
) -> tuple[Ints, float]:
    """Search among the candidates that are left; return a choice and the bound."""
    best = known
    if problem.n_sites <= MAX_APART and adds_up(problem):
        apart = search_apart(problem, known)
        best = known if apart.chosen is None else apart.chosen
        if apart.proven:
            return best, problem.value(best)
    if not exact:
        return best, upper
    solved = solve_with_cuts(_merged(problem), time_limit_s=time_limit_s)
    found = solved.chosen
    if found is not None and problem.value(found) > problem.value(best):
        best = found
    return best, max(min(upper, solved.upper), problem.value(best))


def _merged(problem: CoverProblem) -> CoverProblem:
    """Presolve once more: with fewer candidates more demands are the same."""
    cover, weight = merge_demands(problem.cover, problem.weight)
    return replace(problem, cover=cover, weight=weight)


def _in_order(problem: CoverProblem, chosen: Ints, candidate: Ints) -> Ints:
    """Sort sites by period and, in it, by what each adds to those before it."""
    only, kept = keep_candidates(
        problem, np.isin(np.arange(problem.n_candidates), chosen)
    )
    order = choose_greedily(only)
    rest = np.setdiff1d(np.arange(only.n_candidates), order)
    order = np.concatenate([order, rest])
    by_period = np.argsort(only.period[order], kind="stable")
    return np.asarray(candidate[kept[order[by_period]]])
