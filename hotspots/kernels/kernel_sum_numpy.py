"""The NumPy twin of the compiled kernel sums: every near pair, a portion at a time."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from hotspots.core.types import Floats, Ints

MAX_PAIRS = 500_000
"""Held at once, about 30 MB; more where a single run of points is longer."""


@dataclass(frozen=True, kw_only=True)
class NearRuns:
    """Which points may be near which targets, as runs of points in order of squares.

    ``order``: of the points, by squares of side ``radius``.
    ``target``, ``first``, ``length`` (r,): the runs, rising by target.
    """

    order: Ints
    target: Ints
    first: Ints
    length: Ints

    @classmethod
    def of(cls, xy_m: Floats, at_m: Floats, radius: float) -> NearRuns:
        """Find the runs: a target's square, and those around it, are three of them."""
        origin = np.minimum(xy_m.min(axis=0), at_m.min(axis=0)) - radius
        east = max(xy_m[:, 0].max(), at_m[:, 0].max()) - origin[0]
        n_columns = int(east / radius) + 3
        square = _squares(xy_m, origin, radius, n_columns)
        order = np.argsort(square, kind="stable")
        there, of = np.unique(
            _squares(at_m, origin, radius, n_columns), return_inverse=True
        )
        rows = there[:, None] + np.array([-n_columns, 0, n_columns])
        first = np.searchsorted(square[order], rows - 1, side="left")
        length = np.searchsorted(square[order], rows + 1, side="right") - first
        used = np.flatnonzero(length[of])
        return cls(
            order=order,
            target=used // 3,
            first=first[of].ravel()[used],
            length=length[of].ravel()[used],
        )

    @property
    def n_pairs(self) -> int:
        """How many pairs of a target and a point that may be near it."""
        return int(self.length.sum())

    def sum(
        self,
        xy_m: Floats,
        weights: Floats,
        at_m: Floats,
        bandwidth_m: float,
        kernel: str,
    ) -> Floats:
        """Return the sum of ``weight * k(distance)`` at each target."""
        x, y, w = xy_m[self.order, 0], xy_m[self.order, 1], weights[self.order]
        sums = np.zeros(len(at_m))
        portion = np.cumsum(self.length) // MAX_PAIRS
        edges = np.flatnonzero(np.diff(portion, prepend=-1, append=-1))
        for a, b in pairwise(edges.tolist()):
            target, point = self._pairs(a, b)
            u2 = (at_m[target, 0] - x[point]) ** 2 + (at_m[target, 1] - y[point]) ** 2
            values = _kernel(u2 / bandwidth_m**2, kernel) * w[point]
            low = target[0]
            sums[low : target[-1] + 1] += np.bincount(target - low, values)
        return sums

    def _pairs(self, a: int, b: int) -> tuple[Ints, Ints]:
        """Return the target and the point of every pair of some runs."""
        length = self.length[a:b]
        skipped = self.first[a:b] - (np.cumsum(length) - length)
        point = np.arange(length.sum()) + np.repeat(skipped, length)
        return np.repeat(self.target[a:b], length), point


def _squares(xy_m: Floats, origin: Floats, radius: float, n_columns: int) -> Ints:
    """Return the number of the square of side ``radius`` in which each point is."""
    column, row = np.floor((xy_m - origin) / radius).astype(np.int64).T
    return np.asarray(row * n_columns + column)


def _kernel(u2: Floats, kernel: str) -> Floats:
    """Return k for squared distances in bandwidths."""
    if kernel == "gaussian":
        return np.exp(-0.5 * u2)
    return np.maximum(1 - u2, 0) ** 2
