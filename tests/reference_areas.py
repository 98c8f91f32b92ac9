"""Compact areas by an integer program with flow: slow, exact, for checking the others.

Every area has a root that sends one unit of flow to each of its cells, so that a set
without flow between its parts is impossible.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hotspots.core.types import Floats, Ints
from hotspots.optimise.compact.shape import most_contacts
from hotspots.optimise.compact.solve import CompactAreas, Ground, ranked_areas
from hotspots.optimise.program import maximise


def flow_areas(
    ground: Ground, *, time_limit_s: float = 600.0
) -> tuple[CompactAreas, float]:
    """Return the best areas of a small ground, and the bound that was proven.

    Raises
    ------
    RuntimeError
        If no choice was found in the time.

    References
    ----------
    Connectivity by single-commodity flow: Shirabe, T. (2005), "A model of contiguity
    for spatial unit allocation", Geographical Analysis 37(1), 2-16.
    """
    n_areas = ground.n_areas
    model = _Model(
        m=len(ground.weights),
        neighbours=ground.neighbours,
        n=n_areas,
        low=ground.min_cells,
        high=ground.max_cells,
    )
    result = maximise(
        model.costs(ground.weights, ground.penalty),
        model.constraints(ground.apart),
        whole=model.integrality(),
        bounds=model.bounds(),
        time_limit=time_limit_s,
    )
    if result.x is None:
        raise RuntimeError(f"no areas were found within {time_limit_s:g} seconds")
    x = result.x[: model.m * n_areas].reshape(n_areas, model.m) > 0.5
    areas = [np.flatnonzero(row) for row in x if row.any()]
    found = ranked_areas(ground, areas, "integer program with flow")
    return found, result.bound


@dataclass(frozen=True, kw_only=True)
class _Model:
    """Where each variable stands, for ``n`` areas over ``m`` cells."""

    m: int
    neighbours: Ints
    n: int
    low: int
    high: int

    @property
    def pairs(self) -> Ints:
        rows, slots = np.nonzero(self.neighbours >= 0)
        both = np.column_stack([rows, self.neighbours[rows, slots]])
        return np.asarray(both[both[:, 0] < both[:, 1]])

    @property
    def arcs(self) -> Ints:
        return np.concatenate([self.pairs, self.pairs[:, ::-1]])

    @property
    def sizes(self) -> Ints:
        return np.arange(self.low, self.high + 1)

    def starts(self) -> dict[str, int]:
        lengths = {
            "x": self.m,
            "root": self.m,
            "pair": len(self.pairs),
            "flow": len(self.arcs),
            "size": len(self.sizes),
        }
        at, found = 0, {}
        for name, length in lengths.items():
            found[name] = at
            at += self.n * length
        found["end"] = at
        return found

    def costs(self, weights: Floats, penalty: float) -> Floats:
        at = self.starts()
        costs = np.zeros(at["end"])
        costs[: self.m * self.n] = np.tile(weights, self.n)
        costs[at["pair"] : at["flow"]] = penalty
        costs[at["size"] :] = np.tile(-penalty * most_contacts(self.sizes), self.n)
        return costs

    def integrality(self) -> Ints:
        at = self.starts()
        kinds = np.ones(at["end"], dtype=np.int64)
        kinds[at["pair"] : at["size"]] = 0
        return kinds

    def bounds(self) -> tuple[int, Floats]:
        at = self.starts()
        upper = np.ones(at["end"])
        upper[at["flow"] : at["size"]] = self.high - 1
        return 0, upper

    def constraints(self, apart: bool) -> Any:
        from scipy.optimize import LinearConstraint
        from scipy.sparse import csr_array

        at, lines = self.starts(), _Lines()
        for k in range(self.n):
            self._one_area(k, at, lines)
        for cell in range(self.m):
            lines.add({k * self.m + cell: 1.0 for k in range(self.n)}, 0, 1)
        for i, j in self.pairs if apart else ():
            for k in range(self.n):
                others = {q * self.m + j: 1.0 for q in range(self.n) if q != k}
                lines.add({k * self.m + i: 1.0, **others}, 0, 1)
        table = csr_array(
            (lines.values, (lines.rows, lines.columns)),
            shape=(len(lines.low), at["end"]),
        )
        return LinearConstraint(table, lines.low, lines.high)

    def _one_area(self, k: int, at: dict[str, int], lines: _Lines) -> None:
        x, root = k * self.m, at["root"] + k * self.m
        pair = at["pair"] + k * len(self.pairs)
        flow = at["flow"] + k * len(self.arcs)
        size = at["size"] + k * len(self.sizes)
        ones = {size + s: 1.0 for s in range(len(self.sizes))}
        counts = {size + s: -float(n) for s, n in enumerate(self.sizes)}
        lines.add(ones, 0, 1)
        lines.add({**{x + i: 1.0 for i in range(self.m)}, **counts}, 0, 0)
        roots = {root + i: 1.0 for i in range(self.m)}
        lines.add({**roots, **dict.fromkeys(ones, -1.0)}, 0, 0)
        for i in range(self.m):
            lines.add({root + i: 1.0, x + i: -1.0}, -1, 0)
        for e, (i, j) in enumerate(self.pairs):
            lines.add({pair + e: 1.0, x + i: -1.0}, -1, 0)
            lines.add({pair + e: 1.0, x + j: -1.0}, -1, 0)
        into: dict[int, dict[int, float]] = {i: {} for i in range(self.m)}
        for a, (i, j) in enumerate(self.arcs):
            lines.add({flow + a: 1.0, x + j: -(self.high - 1.0)}, -self.high, 0)
            lines.add({flow + a: 1.0, x + i: -(self.high - 1.0)}, -self.high, 0)
            into[j][flow + a] = 1.0
            into[i][flow + a] = -1.0
        for i in range(self.m):
            # a cell keeps one unit; the root may give up to high - 1 without any
            lines.add(
                {**into[i], x + i: -1.0, root + i: float(self.high)}, 0, self.high
            )


class _Lines:
    """Rows of a sparse table, written one at a time."""

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.columns: list[int] = []
        self.values: list[float] = []
        self.low: list[float] = []
        self.high: list[float] = []

    def add(self, row: dict[int, float], low: float, high: float) -> None:
        self.rows += [len(self.low)] * len(row)
        self.columns += list(row)
        self.values += list(row.values())
        self.low.append(low)
        self.high.append(high)
