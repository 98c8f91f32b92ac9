"""Prove that compact areas are the best there are: every area that could matter.

An area of up to six cells has few shapes, so all that are worth at least a threshold
can be listed; choosing among them is a small set-packing problem. One more column
stands for every area below the threshold, so that the answer bounds them too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from hotspots.core.budget import checkpoint
from hotspots.core.types import Floats, Ints
from hotspots.optimise.compact.listing import LARGEST_LISTED, conflict_table, list_areas
from hotspots.optimise.compact.solve import CompactAreas, Ground
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


ROUNDS = 8
LOWER = 0.85
NEAR = 0.1
"""A rival loses at most this share of the least chosen area's value."""


@dataclass(frozen=True, kw_only=True)
class Proof:
    """The best areas that are known and how much better any others could be.

    ``found``: the areas given, or better ones.
    ``bound``: no choice is worth more; infinite where nothing could be proven.
    ``n_columns``: areas that were compared.
    ``rivals`` (c, n): areas that come near to being chosen, the chosen included: enough
    to choose again when demand changes a little. Empty where nothing was listed.
    """

    found: CompactAreas
    bound: float
    n_columns: int
    rivals: Ints

    @classmethod
    def none(cls, found: CompactAreas, ground: Ground) -> Proof:
        """Return areas of which nothing is proven."""
        rivals = np.empty((0, ground.max_cells), dtype=np.int64)
        return cls(found=found, bound=float("inf"), n_columns=0, rivals=rivals)

    @property
    def gap(self) -> float:
        """Share by which the best could be better, 0 where proven, may be infinite."""
        if self.found.value <= 0:
            return 0.0 if self.bound <= 0 else float("inf")
        return max(0.0, self.bound / self.found.value - 1)

    def sentence(self) -> str:
        """Return the result for people."""
        if not np.isfinite(self.bound):
            return f"Heuristic ({self.found.how}); the gap to the best is not known."
        if self.gap < 1e-6:
            return (
                f"Proven best for the demand and limits given ({self.n_columns:,} "
                "possible areas compared)."
            )
        return (
            f"Heuristic ({self.found.how}); the best possible is at most "
            f"{self.gap:.1%} better."
        )


def prove_areas(found: CompactAreas, ground: Ground, *, n_nodes: int = 100) -> Proof:
    """Return the best areas with a proof, starting from good ones.

    Notes
    -----
    Columns are all areas worth at least a threshold T; a dummy column of value T
    without any conflict stands for all others. If the optimum does not use it, no
    choice is better. Else T is lowered and the problem solved again. The linear
    relaxation is solved first; where it is not whole, columns whose reduced cost shows
    that they cannot beat what is known are left out of the integer program. With
    ``apart`` the rows are the corners where three cells meet (any two areas that touch
    one corner adjoin or overlap), else the cells.
    """
    if ground.max_cells > LARGEST_LISTED or not len(found.areas):
        return Proof.none(found, ground)
    threshold = float(found.values.min()) * (1.0 if ground.n_areas <= 5 else LOWER)
    best = Proof.none(found, ground)
    for _ in range(ROUNDS):
        checkpoint()
        least = max(threshold, 1e-9)
        rows = list_areas(ground, least)
        if rows is None:
            break
        packing = Packing.of_rows(rows, ground)
        packed = packing.solve(least, best.found.value, n_nodes)
        better = _better(best.found, rows, packing.values, packed.chosen)
        best = Proof(
            found=better,
            bound=max(min(packed.bound, best.bound), better.value),
            n_columns=len(rows),
            rivals=rows[packed.cost <= NEAR * float(better.values.min())],
        )
        if best.gap < 1e-6 or packed.late or not packed.used_dummy:
            break
        threshold *= LOWER
    return best


def choose_again(
    proof: Proof, ground: Ground, many_weights: Iterable[Floats]
) -> Iterator[tuple[Ints, ...]]:
    """Choose among a proof's rivals for other weights: fast, for resamples."""
    rows = proof.rivals
    packing = Packing.of_rows(rows, ground)
    there = rows >= 0
    lost = -replace(ground, weights=np.zeros(len(ground.weights))).values(rows)
    for weights in many_weights:
        values = np.where(there, weights[rows], 0.0).sum(axis=1) - lost
        chosen = replace(packing, values=values).solve(0.0, -np.inf, 0).chosen
        yield tuple(row[row >= 0] for row in rows[chosen])


def _better(
    known: CompactAreas, rows: Ints, values: Floats, chosen: Ints
) -> CompactAreas:
    """Return the chosen columns where they are worth more than what is known."""
    if not len(chosen) or values[chosen].sum() <= known.value + 1e-9:
        return known
    order = chosen[np.lexsort((rows[chosen, 0], -values[chosen]))]
    return CompactAreas(
        areas=tuple(row[row >= 0] for row in rows[order]),
        values=values[order],
        how="chosen from the list of all areas worth considering",
    )
