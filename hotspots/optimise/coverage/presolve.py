"""Make a covering problem smaller without changing its best value."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_matrix

from hotspots.core.types import Bools, Floats, Ints
from hotspots.optimise.coverage.problem import CoverProblem


def presolve(problem: CoverProblem) -> tuple[CoverProblem, Ints]:
    """Merge demands, drop what covers nothing and what another candidate replaces.

    A candidate whose demands another covers as well can be left out only if the other
    may always stand for it. Under a spacing rule it may not, so nothing is left out for
    that reason; under limits only candidates of the same limits are compared.
    """
    cover, weight = merge_demands(problem.cover, problem.weight)
    merged = replace(problem, cover=cover, weight=weight)
    useful = np.diff(cover.indptr) > 0
    first, kept = keep_candidates(merged, useful)
    if problem.spacing_m > 0 or (problem.limits is not None and problem.kin is None):
        return first, kept
    kin = first.period if first.kin is None else first.kin
    second, again = keep_candidates(first, undominated(first.cover, kin))
    return second, kept[again]


def merge_demands(cover: csr_matrix, weight: Floats) -> tuple[csr_matrix, Floats]:
    """Add up the demands that exactly the same candidates cover.

    ``cover``: shape (m, n). ``weight``: shape (n,). ``cover``: shape (m, k). ``weight``
    (k,): without demands that weigh nothing or that no candidate covers.
    """
    by_demand = cover.T.tocsr()
    by_demand.sort_indices()
    useful = (np.diff(by_demand.indptr) > 0) & (weight > 0)
    by_demand, weight = by_demand[useful], weight[useful]
    group = _equal_rows(by_demand)
    n_groups = int(group.max()) + 1 if len(group) else 0
    sums = np.bincount(group, weight, minlength=n_groups)
    _, first = np.unique(group, return_index=True)
    smaller = by_demand[first].T.tocsr()
    smaller.sort_indices()
    return smaller, sums.astype(np.float64)


def undominated(cover: csr_matrix, kin: Ints) -> Bools:
    """Say which candidates no other one of the same kin can replace.

    ``cover``: shape (m, n). ``kin``: shape (m,). Returns (m,): of equal candidates the
    first is kept.
    """
    pattern = cover.astype(np.int32)
    shared = (pattern @ pattern.T).tocoo()
    size = np.diff(cover.indptr)
    row, col = shared.row, shared.col
    whole = (shared.data == size[row]) & (row != col) & (kin[row] == kin[col])
    larger = (size[col] > size[row]) | ((size[col] == size[row]) & (col < row))
    kept = np.ones(cover.shape[0], dtype=bool)
    kept[row[whole & larger]] = False
    return kept


def keep_candidates(problem: CoverProblem, keep: Bools) -> tuple[CoverProblem, Ints]:
    """Return the problem with only some of its candidates.

    ``keep``: shape (m,).
    """
    kept = np.nonzero(keep)[0]
    limits = None
    if problem.limits is not None:
        limits = problem.limits[:, kept]
        limits = limits[np.diff(limits.indptr) > 1]
    smaller = replace(
        problem,
        cover=problem.cover[kept],
        period=problem.period[kept],
        xy_m=None if problem.xy_m is None else problem.xy_m[kept],
        kin=None if problem.kin is None else problem.kin[kept],
        limits=limits,
    )
    return smaller, kept.astype(np.int64)


def _equal_rows(matrix: csr_matrix) -> Ints:
    """Give rows of the same columns the same number."""
    n, m = matrix.shape
    if not n:
        return np.zeros(0, dtype=np.int64)
    length = np.diff(matrix.indptr).astype(np.int64)
    rng = np.random.default_rng(20_250_701)
    key = rng.integers(0, 1 << 63, (m, 2), dtype=np.uint64)[matrix.indices]
    sums = np.add.reduceat(key, matrix.indptr[:-1], axis=0)
    table = np.column_stack([sums, length.astype(np.uint64)])
    _, first, group = np.unique(table, axis=0, return_index=True, return_inverse=True)
    group = group.reshape(-1)
    start_of_first = matrix.indptr[first[group]].astype(np.int64)
    offset = np.arange(len(matrix.indices)) - np.repeat(matrix.indptr[:-1], length)
    twin = matrix.indices[np.repeat(start_of_first, length) + offset]
    differs = np.add.reduceat(twin != matrix.indices, matrix.indptr[:-1]) > 0
    group[differs] = len(first) + np.arange(int(differs.sum()))
    return np.unique(group, return_inverse=True)[1].reshape(-1).astype(np.int64)
