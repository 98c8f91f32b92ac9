"""Maximal covering: where a few sites meet the most, and how sure that is the best.

For the bound, the rows that tie a demand to its sites are relaxed with multipliers.
What is left separates by site, so a bound costs one product with the cover matrix;
candidates that could be no part of anything better are then left out for good.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hotspots.core.errors import PlanError
from hotspots.core.types import Bools, Floats, Ints
from hotspots.optimise.coverage.exact import adds_up, search_apart, solve_with_cuts
from hotspots.optimise.coverage.greedy import choose_greedily, exchange
from hotspots.optimise.coverage.presolve import keep_candidates, merge_demands, presolve
from hotspots.optimise.coverage.problem import CoverProblem

N_STEPS = 500
PATIENCE = 12
START_STEP = 1.5
IMPROVE_EVERY = 60


@dataclass(frozen=True, kw_only=True)
class Bound:
    """What the relaxation found.

    ``upper``: nothing covers more than this.
    ``keep`` (m,): candidates that may be part of something better than ``chosen``.
    ``chosen``: the best choice known, at least as good as the one that was given.
    """

    upper: float
    keep: Bools
    chosen: Ints


def bound_and_fix(
    problem: CoverProblem, chosen: Ints, *, n_steps: int = N_STEPS
) -> Bound:
    """Bound what can be covered and leave out candidates that cannot matter.

    With multipliers ``0 <= l_i <= w_i`` the bound is ``sum(w_i - l_i)`` plus, for each
    period, the ``n_sites`` largest ``c_j = sum of l_i over what j covers``, at most one
    of each set. Taking another candidate costs the last of them, or the one of its own
    set, and adds its own ``c_j``; if that falls to the value of a known choice, it is
    never needed.

    References
    ----------
    Galvao, R. D. and ReVelle, C. (1996), "A Lagrangean heuristic for the maximal
    covering location problem", European Journal of Operational Research 88, 114-123.
    Held, M., Wolfe, P. and Crowder, H. P. (1974), "Validation of subgradient
    optimization", Mathematical Programming 6, 62-88: the step.
    """
    cells = _Cells.of_problem(problem)
    best = _Best(chosen=chosen, value=problem.value(chosen))
    keep = np.ones(problem.n_candidates, dtype=bool)
    by_demand = problem.cover.T.tocsr()
    cost = problem.weight / 2
    upper, step, stale = np.inf, START_STEP, 0
    best_cost = cost
    for turn in range(n_steps):
        bound, top, keep_now = _evaluate(problem, cells, cost, best.value)
        keep &= keep_now
        if bound < upper * (1 - 1e-6):
            upper, stale, best_cost = bound, 0, cost
        else:
            upper, stale = min(upper, bound), stale + 1
        if turn % IMPROVE_EVERY == IMPROVE_EVERY - 1:
            best = best.or_better(problem, top)
        if upper <= best.value * (1 + 1e-10) or step < 1e-4:
            break
        if stale >= PATIENCE:
            step, stale, cost = step * 0.6, 0, best_cost
            continue
        mark = np.zeros(problem.n_candidates)
        mark[top] = 1.0
        slope = by_demand @ mark - 1.0
        slope[(cost <= 0) & (slope > 0)] = 0.0
        slope[(cost >= problem.weight) & (slope < 0)] = 0.0
        size = float(slope @ slope)
        if size == 0:
            break
        length = step * max(bound - best.value, 1e-9) / size
        cost = np.clip(cost - length * slope, 0.0, problem.weight)
    _, _, keep_now = _evaluate(problem, cells, best_cost, best.value)
    keep &= keep_now
    keep[best.chosen] = True
    return Bound(upper=max(upper, best.value), keep=keep, chosen=best.chosen)


@dataclass(frozen=True)
class _Best:
    chosen: Ints
    value: float

    def or_better(self, problem: CoverProblem, sites: Ints) -> _Best:
        tried = exchange(problem, choose_greedily(problem, first=sites))
        value = problem.value(tried)
        return _Best(chosen=tried, value=value) if value > self.value else self


@dataclass(frozen=True)
class _Cells:
    """Disjoint sets of candidates, sorted by set."""

    order: Ints
    starts: Ints
    period: Ints
    of: Ints

    @classmethod
    def of_problem(cls, problem: CoverProblem) -> _Cells:
        labels = problem.cells()
        if labels is None:
            labels = np.arange(problem.n_candidates)
        _, first, of = np.unique(labels, return_index=True, return_inverse=True)
        of = of.reshape(-1)
        order = np.argsort(of, kind="stable")
        starts = np.searchsorted(of[order], np.arange(len(first)))
        return cls(order=order, starts=starts, period=problem.period[first], of=of)


def _evaluate(
    problem: CoverProblem, cells: _Cells, cost: Floats, known: float
) -> tuple[float, Ints, Bools]:
    """Return the bound, the sites that reach it and the candidates that can matter."""
    worth = np.asarray(problem.cover @ cost)
    if not len(worth):
        return 0.0, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
    bound = float((problem.weight - cost).sum())
    highest = np.maximum.reduceat(worth[cells.order], cells.starts)
    price, taken = np.zeros(len(highest)), []
    for when in range(problem.n_periods):
        mine = np.nonzero(cells.period == when)[0]
        p = min(problem.n_sites, len(mine))
        if not p:
            continue
        top = mine[np.argpartition(-highest[mine], p - 1)[:p]]
        bound += float(highest[top].sum())
        last = float(highest[top].min()) if p == problem.n_sites else 0.0
        price[mine] = last
        price[top] = highest[top]
        taken.append(top)
    chosen = np.concatenate(taken)
    is_highest = worth == highest[cells.of]
    best_of = np.full(len(highest), -1, dtype=np.int64)
    rows = np.nonzero(is_highest)[0][::-1]
    best_of[cells.of[rows]] = rows
    sites = best_of[chosen]
    swap_in = np.minimum(worth - price[cells.of], 0.0)
    keep = bound + swap_in > known * (1 + 1e-10)
    return bound, sites[np.argsort(-worth[sites], kind="stable")], keep


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
