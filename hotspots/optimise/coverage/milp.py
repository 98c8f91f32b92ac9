"""The covering problem as a mixed-integer programme, with spacing rows when needed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix, hstack, identity, vstack

from hotspots.core.types import Ints
from hotspots.optimise.coverage.problem import CoverProblem

MIN_SECONDS = 0.05
MAX_ROUNDS = 200


@dataclass(frozen=True, kw_only=True)
class Solved:
    """What the solver said.

    Parameters
    ----------
    chosen : ndarray of int, or None
        None where it found nothing in the time.
    upper : float
        Nothing covers more than this; infinite where it cannot tell.
    proven : bool
        Whether ``chosen`` is the best.
    """

    chosen: Ints | None
    upper: float
    proven: bool


def solve_exactly(
    problem: CoverProblem, *, cuts: Sequence[Ints] = (), time_limit_s: float = 20.0
) -> Solved:
    """Solve the programme; spacing counts only as far as ``cuts`` say so.

    Notes
    -----
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
    found = milp(
        np.concatenate([np.zeros(m), -problem.weight / scale]),
        integrality=np.concatenate([np.ones(m), np.zeros(n)]),
        bounds=Bounds(0, np.concatenate([np.ones(m), covered.astype(float)])),
        constraints=LinearConstraint(vstack([rows, sides]).tocsr(), -np.inf, upper),
        options={"mip_rel_gap": 0.0, "time_limit": max(time_limit_s, MIN_SECONDS)},
    )
    dual = getattr(found, "mip_dual_bound", None)
    limit = np.inf if dual is None else -float(dual) * scale
    if found.x is None:
        return Solved(chosen=None, upper=limit, proven=False)
    chosen = np.nonzero(found.x[:m] > 0.5)[0].astype(np.int64)
    value = problem.value(chosen)
    proven = found.status == 0
    return Solved(
        chosen=chosen, upper=max(value, value if proven else limit), proven=proven
    )


def solve_with_cuts(problem: CoverProblem, *, time_limit_s: float = 20.0) -> Solved:
    """Solve the programme, adding spacing rows only where a solution breaks them.

    Notes
    -----
    The search starts with one row for each set of :meth:`CoverProblem.cells`. For each
    pair that stands too near, rows are added: the pair, and all candidates within half
    the spacing of the point between them and of each of the two. Any two of such a set
    are nearer than the spacing, so at most one of them can be chosen.
    """
    deadline = time.monotonic() + time_limit_s
    cuts = _cells(problem)
    upper = np.inf
    for _ in range(MAX_ROUNDS):
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
