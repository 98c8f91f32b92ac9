"""Choose from a list of areas those that are worth most and do not conflict."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hotspots.core.types import Floats, Ints
from hotspots.optimise.compact.listing import conflict_table
from hotspots.optimise.compact.solve import Ground
from hotspots.optimise.program import Solved, maximise


@dataclass(frozen=True, kw_only=True)
class Packed:
    """What was chosen from a list of areas.

    ``chosen``: positions in the list.
    ``used_dummy``: whether the best uses the column that stands for what is not listed.
    ``cost`` (c,): what choosing each column would lose in the relaxation.
    ``late``: whether the branches ran out before the best was proven.
    """

    chosen: Ints
    bound: float
    used_dummy: bool = False
    cost: Floats = field(default_factory=lambda: np.zeros(0))
    late: bool = False


@dataclass(frozen=True, kw_only=True)
class Packing:
    """At most ``n_areas`` columns, no two in one conflict, worth the most.

    ``values``: shape (c,).
    ``conflicts``: shape (r, c).
    """

    values: Floats
    conflicts: Any
    n_areas: int

    @classmethod
    def of_rows(cls, rows: Ints, ground: Ground) -> Packing:
        """Pack areas as :func:`list_areas` gives them."""
        conflicts = conflict_table(rows, ground.neighbours, apart=ground.apart)
        return cls(
            values=ground.values(rows), conflicts=conflicts, n_areas=ground.n_areas
        )

    def solve(self, dummy: float, known: float, n_nodes: int) -> Packed:
        """Choose columns; also the bound, and whether the dummy column was used."""
        n = len(self.values)
        none = np.empty(0, dtype=np.int64)
        if not n:
            return Packed(chosen=none, bound=self.n_areas * dummy, used_dummy=True)
        loose = self._relaxed(dummy)
        if loose.x is None:
            return Packed(chosen=none, bound=float("inf"), cost=np.zeros(n))
        part, bound = loose.x[:n], float(-loose.fun)
        cost = np.asarray(loose.lower.marginals[:n])
        if np.abs(loose.x - np.round(loose.x)).max() < 1e-7:
            used = bool(loose.x[n] > 0.5)
            chosen = np.flatnonzero(part > 0.5)
            return Packed(chosen=chosen, bound=bound, used_dummy=used, cost=cost)
        rounded = self._rounded(part, cost)
        if not n_nodes:
            return Packed(chosen=rounded, bound=bound, cost=cost, late=True)
        known = max(known, float(self.values[rounded].sum()))
        kept = np.flatnonzero(cost <= bound - known + 1e-9)
        whole = self._whole(kept, dummy, n_nodes)
        best = rounded
        if whole.x is not None:
            chosen = kept[whole.x[:-1] > 0.5]
            if self.values[chosen].sum() >= self.values[rounded].sum():
                best = chosen
        return Packed(
            chosen=best,
            bound=min(bound, whole.bound),
            used_dummy=whole.x is not None and bool(whole.x[-1] > 0.5),
            cost=cost,
            late=not whole.proven,
        )

    def _relaxed(self, dummy: float) -> Any:
        from scipy.optimize import linprog

        return linprog(
            -np.r_[self.values, dummy],
            A_ub=self._table(np.arange(len(self.values))),
            b_ub=self._limits(),
            bounds=(0, None),
            method="highs-ds",
            options={"presolve": False},  # some 30 pivots: presolving takes longer
        )

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

    def _whole(self, kept: Ints, dummy: float, n_nodes: int) -> Solved:
        from scipy.optimize import LinearConstraint

        n = len(kept)
        return maximise(
            np.r_[self.values[kept], dummy],
            LinearConstraint(self._table(kept), ub=self._limits()),
            whole=np.ones(n + 1),
            bounds=(0, np.r_[np.ones(n), self.n_areas]),
            mip_rel_gap=1e-7,
            node_limit=n_nodes,
        )

    def _table(self, kept: Ints) -> Any:
        from scipy.sparse import csr_array, hstack, vstack

        lines = self.conflicts[:, kept]
        empty = csr_array((lines.shape[0], 1))
        total = csr_array(np.ones((1, len(kept) + 1)))
        return vstack([hstack([lines, empty]), total]).tocsr()

    def _limits(self) -> Floats:
        ones = np.ones(self.conflicts.shape[0])
        return np.append(ones, float(self.n_areas))
