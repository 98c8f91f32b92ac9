"""Choose from a list of areas those that are worth most and do not conflict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hotspots.core.types import Floats, Ints


@dataclass(frozen=True, kw_only=True)
class Packed:
    """What was chosen from a list of areas.

    Parameters
    ----------
    chosen : ndarray of int64
        Positions in the list.
    used_dummy : bool
        Whether the best uses the column that stands for what is not listed.
    cost : ndarray of shape (c,)
        What choosing each column would lose in the relaxation.
    late : bool
        Whether the branches ran out before the best was proven.
    """

    chosen: Ints
    bound: float
    used_dummy: bool
    cost: Floats
    late: bool = False


@dataclass(frozen=True, kw_only=True)
class Packing:
    """At most ``n_areas`` columns, no two in one conflict, worth the most.

    Parameters
    ----------
    values : ndarray of shape (c,)
    conflicts : sparse matrix of shape (r, c)
    """

    values: Floats
    conflicts: Any
    n_areas: int

    def solve(self, dummy: float, known: float, n_nodes: int) -> Packed:
        """Choose columns; also the bound, and whether the dummy column was used."""
        from scipy.optimize import linprog

        n = len(self.values)
        if not n:
            return self._packed(np.empty(0, int), self.n_areas * dummy, True, n)
        loose = linprog(
            -np.r_[self.values, dummy],
            A_ub=self._table(np.arange(n)),
            b_ub=self._limits(),
            bounds=(0, None),
            method="highs-ds",
            options={"presolve": False},  # some 30 pivots: presolving takes longer
        )
        if loose.x is None:
            return self._packed(np.empty(0, int), float("inf"), False, n)
        cost = np.asarray(loose.lower.marginals[:n])
        whole = np.abs(loose.x - np.round(loose.x)).max() < 1e-7
        if whole:
            chosen = np.flatnonzero(loose.x[:n] > 0.5)
            return Packed(
                chosen=chosen,
                bound=float(-loose.fun),
                used_dummy=bool(loose.x[n] > 0.5),
                cost=cost,
            )
        rounded = self._rounded(loose.x[:n], cost)
        if not n_nodes:
            return Packed(
                chosen=rounded,
                bound=float(-loose.fun),
                used_dummy=False,
                cost=cost,
                late=True,
            )
        known = max(known, float(self.values[rounded].sum()))
        slack = -loose.fun - known
        kept = np.flatnonzero(cost <= slack + 1e-9)
        chosen, bound, used, late = self._solve_whole(
            kept, dummy, float(-loose.fun), n_nodes
        )
        if self.values[chosen].sum() < self.values[rounded].sum():
            chosen = rounded
        return Packed(chosen=chosen, bound=bound, used_dummy=used, cost=cost, late=late)

    def _rounded(self, part: Floats, cost: Floats) -> Ints:
        """Take columns by their share in the relaxation, then by reduced cost."""
        order = np.lexsort((cost, -np.round(part, 6)))
        columns = self.conflicts.tocsc()
        touched = np.zeros(columns.shape[0], dtype=bool)
        chosen: list[int] = []
        free = np.ones(len(order), dtype=bool)
        while len(chosen) < self.n_areas and free.any():
            best = int(order[np.argmax(free[order])])
            chosen.append(best)
            at = slice(columns.indptr[best], columns.indptr[best + 1])
            touched[columns.indices[at]] = True
            free &= np.asarray(columns.T @ touched.astype(float)) == 0
        return np.array(sorted(chosen), dtype=np.int64)

    @staticmethod
    def _packed(chosen: Ints, bound: float, used_dummy: bool, n: int) -> Packed:
        return Packed(
            chosen=chosen, bound=bound, used_dummy=used_dummy, cost=np.zeros(n)
        )

    def _solve_whole(
        self, kept: Ints, dummy: float, loose: float, n_nodes: int
    ) -> tuple[Ints, float, bool, bool]:
        from scipy.optimize import Bounds, LinearConstraint, milp

        n = len(kept)
        result = milp(
            -np.r_[self.values[kept], dummy],
            constraints=LinearConstraint(self._table(kept), ub=self._limits()),
            integrality=np.ones(n + 1),
            bounds=Bounds(0, np.r_[np.ones(n), self.n_areas]),
            options={"mip_rel_gap": 1e-7, "node_limit": n_nodes},
        )
        if result.x is None:
            return np.empty(0, dtype=np.int64), loose, False, True
        left = result.mip_dual_bound
        bound = loose if left is None else min(loose, float(-left))
        late = result.status != 0
        return kept[result.x[:n] > 0.5], bound, bool(result.x[n] > 0.5), late

    def _table(self, kept: Ints) -> Any:
        from scipy.sparse import csr_array, hstack, vstack

        lines = self.conflicts[:, kept]
        empty = csr_array((lines.shape[0], 1))
        total = csr_array(np.ones((1, len(kept) + 1)))
        return vstack([hstack([lines, empty]), total]).tocsr()

    def _limits(self) -> Floats:
        ones = np.ones(self.conflicts.shape[0])
        return np.append(ones, float(self.n_areas))
