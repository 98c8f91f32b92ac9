"""The covering problem solved exactly: by a programme, or a search where sums add up.

The mixed-integer programme gets spacing rows when they are needed. Sites so far apart
that no two see the same demand need none of it: what each covers then adds up, and a
search by largest worth with a bound takes a few dozen steps where the programme needs
seconds.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import LinearConstraint
from scipy.sparse import csr_matrix, hstack, identity, vstack

from hotspots.core.budget import checkpoint
from hotspots.core.types import Floats, Ints
from hotspots.optimise.coverage.problem import CoverProblem
from hotspots.optimise.program import maximise

MIN_SECONDS = 0.05
MAX_ROUNDS = 200
MAX_NODES = 500
"""Of the search for sites far apart."""


@dataclass(frozen=True, kw_only=True)
class Solved:
    """What the solver said.

    ``chosen``: the best known; None where nothing was found in the time.
    ``upper``: nothing covers more than this; infinite where it cannot tell.
    ``proven``: whether ``chosen`` is the best.
    """

    chosen: Ints | None
    upper: float
    proven: bool


def solve_exactly(
    problem: CoverProblem, *, cuts: Sequence[Ints] = (), time_limit_s: float = 20.0
) -> Solved:
    """Solve the programme; spacing counts only as far as ``cuts`` say so.

    Maximise ``sum w_i y_i`` with ``y_i <= sum of x_j that cover i``, ``sum x_j <= p``
    in each period, ``x`` binary and ``y`` between 0 and 1: ``y`` need not be whole,
    because it is at its upper end in every best solution. Demand that nobody covers has
    no row, so its upper end is set to 0; left at 1 it would count for nothing done.

    References
    ----------
    Church, R. and ReVelle, C. (1974), "The maximal covering location problem", Papers
    of the Regional Science Association 32, 101-118.
    """
    m, n = problem.cover.shape
    by_demand = problem.cover.T.tocsr()
    covered = np.diff(by_demand.indptr) > 0
    rows = hstack([-by_demand[covered], identity(n, format="csr")[covered]])
    ones, sites = np.ones(m), np.arange(m)
    full = csr_matrix((ones, (problem.period, sites)), (problem.n_periods, m))
    most_one = _rows_of(cuts, m)
    if problem.limits is not None:
        most_one = vstack([most_one, problem.limits])
    sides = vstack([full, most_one])
    sides = hstack([sides, csr_matrix((sides.shape[0], n))])
    upper = np.concatenate(
        [
            np.zeros(rows.shape[0]),
            np.full(problem.n_periods, float(problem.n_sites)),
            np.ones(most_one.shape[0]),
        ]
    )
    # Whole weights of about 1 keep the solver's absolute tolerances meaningful.
    scale = max(float(problem.weight.max(initial=0.0)), 1e-300)
    found = maximise(
        np.concatenate([np.zeros(m), problem.weight / scale]),
        LinearConstraint(vstack([rows, sides]).tocsr(), -np.inf, upper),
        whole=np.arange(m + n) < m,
        bounds=(0, np.concatenate([np.ones(m), covered.astype(float)])),
        time_limit=max(time_limit_s, MIN_SECONDS),
    )
    limit = found.bound * scale
    if found.x is None:
        return Solved(chosen=None, upper=limit, proven=False)
    chosen = np.nonzero(found.x[:m] > 0.5)[0].astype(np.int64)
    value = problem.value(chosen)
    upper_value = value if found.proven else max(value, limit)
    return Solved(chosen=chosen, upper=upper_value, proven=found.proven)


def solve_with_cuts(problem: CoverProblem, *, time_limit_s: float = 20.0) -> Solved:
    """Solve the programme, adding spacing rows only where a solution breaks them.

    The search starts with one row for each set of :meth:`CoverProblem.cells`. For each
    pair that stands too near, rows are added: the pair, and all candidates within half
    the spacing of the point between them and of each of the two. Any two of such a set
    are nearer than the spacing, so at most one of them can be chosen.
    """
    deadline = time.monotonic() + time_limit_s
    cuts = _cells(problem)
    upper = np.inf
    for _ in range(MAX_ROUNDS):
        checkpoint()
        left = deadline - time.monotonic()
        if left <= 0:
            break
        solved = solve_exactly(problem, cuts=cuts, time_limit_s=left)
        upper = min(upper, solved.upper)
        if solved.chosen is None:
            break
        close = problem.too_close(solved.chosen)
        if not close:
            return Solved(chosen=solved.chosen, upper=upper, proven=solved.proven)
        for pair in close:
            cuts += _cliques(problem, *pair)
    return Solved(chosen=None, upper=upper, proven=False)


def _cells(problem: CoverProblem) -> list[Ints]:
    """Return the sets of the spacing rule that hold several candidates."""
    cells = problem.cells() if problem.spacing_m > 0 else None
    if cells is None or not len(cells):
        return []
    order = np.argsort(cells, kind="stable")
    edges = np.nonzero(np.diff(cells[order]))[0] + 1
    return [part for part in np.split(order, edges) if len(part) > 1]


def _cliques(problem: CoverProblem, a: int, b: int) -> list[Ints]:
    """Return sets around a pair of which only one can be chosen, and the pair."""
    assert problem.xy_m is not None
    xy, half = problem.xy_m, problem.spacing_m / 2
    sets = [np.array(sorted((a, b)), dtype=np.int64)]
    same = problem.period == problem.period[a]
    for middle in ((xy[a] + xy[b]) / 2, xy[a], xy[b]):
        inside = np.hypot(*(xy - middle).T) < half * (1 - 1e-9)
        members = np.nonzero(inside & same)[0]
        if len(members) > 1:
            sets.append(members)
    return sets


def _rows_of(sets: Sequence[Ints], m: int) -> csr_matrix:
    """Return the 0-1 matrix whose rows are the sets."""
    lengths = [len(one) for one in sets]
    columns = np.concatenate(sets) if lengths else np.zeros(0, dtype=np.int64)
    rows = np.repeat(np.arange(len(lengths)), lengths)
    return csr_matrix((np.ones(len(columns)), (rows, columns)), (len(lengths), m))


def adds_up(problem: CoverProblem) -> bool:
    """Say whether no two candidates that may be combined cover the same demand."""
    if problem.xy_m is None or problem.spacing_m <= 0:
        return False
    if problem.n_periods > 1 or problem.limits is not None:
        return False
    shared = (problem.cover @ problem.cover.T).tocoo()
    away = np.hypot(*(problem.xy_m[shared.row] - problem.xy_m[shared.col]).T)
    return bool((away < problem.spacing_m).all())


def search_apart(
    problem: CoverProblem, chosen: Ints, *, max_nodes: int = MAX_NODES
) -> Solved:
    """Search for the choice of largest sum, the worthiest candidates first.

    Branch and bound over candidates in the order of what they cover. The bound of the
    rest is the sum of the largest of sets of which only one can be chosen: all within
    half the spacing of the worthiest candidate, then of the worthiest one left.

    References
    ----------
    Carraghan, R. and Pardalos, P. M. (1990), "An exact algorithm for the maximum clique
    problem", Operations Research Letters 9(6), 375-382: the search in order.
    """
    assert problem.xy_m is not None
    worth = np.asarray(problem.cover @ problem.weight)
    order = np.argsort(-worth, kind="stable")
    search = _Search(
        worth=worth[order],
        xy_m=problem.xy_m[order],
        spacing_m=problem.spacing_m,
        known=problem.value(chosen),
        max_nodes=max_nodes,
    )
    proven = search.run(0.0, np.arange(len(order)), problem.n_sites, [])
    best = chosen if search.found is None else order[search.found]
    return Solved(
        chosen=np.asarray(best, dtype=np.int64),
        upper=search.known if proven else np.inf,
        proven=proven,
    )


@dataclass(kw_only=True)
class _Search:
    """The state of one search: the best value known and the steps taken."""

    worth: Floats
    xy_m: Floats
    spacing_m: float
    known: float
    max_nodes: int
    nodes: int = 0
    found: list[int] | None = None

    def run(self, value: float, open_: Ints, k: int, chosen: list[int]) -> bool:
        """Try every choice of ``k`` more open candidates that could be better."""
        if k == 0 or not len(open_):
            self._keep(value, chosen)
            return True
        while len(open_):
            if value + self._bound(open_, k) <= self.known * (1 + 1e-10):
                return True
            self.nodes += 1
            if self.nodes > self.max_nodes:
                return False
            one, rest = int(open_[0]), open_[1:]
            free = rest[self._away(rest, one) >= self.spacing_m]
            more = value + float(self.worth[one])
            if not self.run(more, free, k - 1, [*chosen, one]):
                return False
            open_ = rest
        return True

    def _keep(self, value: float, chosen: list[int]) -> None:
        if value > self.known * (1 + 1e-10):
            self.known, self.found = value, chosen

    def _bound(self, open_: Ints, k: int) -> float:
        total, left = 0.0, open_
        for turn in range(k):
            if not len(left):
                break
            one = int(left[0])
            total += float(self.worth[one])
            if turn < k - 1:
                left = left[self._away(left, one) >= self.spacing_m / 2 * (1 - 1e-9)]
        return total

    def _away(self, rows: Ints, one: int) -> Floats:
        return np.asarray(np.hypot(*(self.xy_m[rows] - self.xy_m[one]).T))
