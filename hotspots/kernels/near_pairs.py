"""Every pair of points less than some distance apart, by distance band, each once.

Points are put into horizontal strips as high as the longest distance and sorted along
each strip, so that the partners of a point are one run of its own strip and one of the
next. Pairs come in portions of bounded size, and only those that are near are kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from hotspots.core.budget import checkpoint
from hotspots.core.errors import ParameterError
from hotspots.core.types import Floats, Ints
from hotspots.kernels.jit import njit, run_chunks, use_compiled

Metric = Literal["euclidean", "manhattan"]

MAX_PAIRS = 1 << 26
"""How many pairs a portion has at most, unless one point has more: 256 MB."""

SLACK = 1e-6  # strips are this much higher than the reach, against rounding
ROWS_FOR_A_THREAD = 4_000


def check_metric(metric: str) -> None:
    """Refuse a metric that is not offered.

    Raises ParameterError if it is not "euclidean" or "manhattan".
    """
    if metric not in get_args(Metric):
        raise ParameterError(
            f"metric must be one of {', '.join(get_args(Metric))}; got {metric!r}."
        )


@dataclass(frozen=True, kw_only=True)
class Portion:
    """The pairs of the points of some rows with points of later rows.

    ``first_row``, ``end_row``: ``end_row`` is the first row that is not in it.
    ``starts`` (n_rows * n_bands + 1,), int64: where the partners of a row in a band
    begin, row by row.
    ``others`` (n_pairs,), uint32: the row of each partner.
    """

    first_row: int
    end_row: int
    starts: Ints
    others: npt.NDArray[np.uint32]


@dataclass(frozen=True, kw_only=True)
class NearPairs:
    """Pairs of points by distance band.

    ``xy_m`` (n, 2), metres: fewer than 2**32 points.
    ``limits_m`` (n_bands + 1,), metres: finite and rising. Band b holds the pairs with
    ``limits_m[b] <= distance < limits_m[b + 1]``.
    ``metric``: {"euclidean", "manhattan"}; ``sqrt(dx**2 + dy**2)`` or ``abs(dx) +
    abs(dy)``, compared as rounded.

    Notes
    -----
    Points are renumbered: row k is point ``order[k]``, and neighbours in space are
    neighbours in number, which keeps what is looked up per point in the cache.

    Examples
    --------
    >>> square = np.array([[0.0, 0.0], [0.0, 10.0], [10.0, 0.0], [10.0, 10.0]])
    >>> NearPairs(xy_m=square, limits_m=np.array([0.0, 12.0, 15.0])).totals
    array([4, 2])
    """

    xy_m: Floats
    limits_m: Floats
    metric: Metric = "euclidean"

    def __post_init__(self) -> None:
        check_metric(self.metric)

    @property
    def n_bands(self) -> int:
        """How many distance bands."""
        return len(self.limits_m) - 1

    @cached_property
    def _strip(self) -> Ints:
        y_m = self.xy_m[:, 1]
        reach_m, extent_m = float(self.limits_m[-1]), float(np.ptp(y_m))
        height_m = max(reach_m * (1 + SLACK), extent_m * 1e-9, 1e-6)
        return np.asarray(np.floor((y_m - y_m.min()) / height_m), dtype=np.int64)

    @cached_property
    def order(self) -> Ints:
        """The point that each row stands for, shape (n,)."""
        x_m, y_m = self.xy_m.T
        return np.asarray(np.lexsort((y_m, x_m, self._strip)))

    @cached_property
    def _rows(self) -> tuple[Floats, Floats, Ints, Ints, Ints]:
        """Coordinates by row, strip of each row, begin of each strip, its number."""
        x, y = np.ascontiguousarray(self.xy_m[self.order].T)
        numbers, begins, of = np.unique(
            self._strip[self.order], return_index=True, return_inverse=True
        )
        return x, y, of.reshape(-1), np.append(begins, len(x)), numbers

    @cached_property
    def counts(self) -> Ints:
        """How many partners each row has in each band, shape (n, n_bands)."""
        n, counts = len(self.xy_m), np.zeros((len(self.xy_m), self.n_bands), np.int64)
        if self.n_bands == 0:
            return counts
        if not use_compiled():
            rows, _, band = _numpy_pairs(self)
            np.add.at(counts, (rows, band), 1)
            return counts
        none, nowhere = np.empty(0, np.uint32), np.zeros(1, np.int64)

        def work(first: int, end: int) -> None:
            part = counts[first:end]
            given = (self.limits_m, self.metric == "manhattan", first, end)
            _visit(*self._rows, *given, part, nowhere, none)

        run_chunks(work, n, at_least=ROWS_FOR_A_THREAD)
        return counts

    @cached_property
    def totals(self) -> Ints:
        """How many pairs there are in each band, shape (n_bands,)."""
        return np.asarray(self.counts.sum(axis=0))

    def portions(self, most: int = MAX_PAIRS) -> Iterator[Portion]:
        """Yield all pairs in portions."""
        if self.n_bands == 0:
            return
        reached = np.cumsum(self.counts.sum(axis=1))
        first, n = 0, len(reached)
        while first < n:
            checkpoint()
            before = reached[first - 1] if first else 0
            end = int(np.searchsorted(reached, before + most, side="right"))
            end = max(end, first + 1)
            yield self._portion(first, end)
            first = end

    def _portion(self, first_row: int, end_row: int) -> Portion:
        starts = np.append(0, np.cumsum(self.counts[first_row:end_row]))
        others = np.empty(starts[-1], np.uint32)
        if use_compiled():
            self._fill(first_row, end_row, starts, others)
        else:
            rows, partners, band = _numpy_pairs(self)
            inside = (rows >= first_row) & (rows < end_row)
            rows, partners, band = rows[inside], partners[inside], band[inside]
            others[:] = partners[np.lexsort((partners, band, rows))]
        return Portion(
            first_row=first_row, end_row=end_row, starts=starts, others=others
        )

    def _fill(
        self, first_row: int, end_row: int, starts: Ints, others: npt.NDArray[np.uint32]
    ) -> None:
        def work(first: int, end: int) -> None:
            filled = np.zeros((end - first, self.n_bands), np.int64)
            rows = (first_row + first, first_row + end)
            given = (self.limits_m, self.metric == "manhattan", *rows, filled)
            _visit(*self._rows, *given, starts[first * self.n_bands :], others)

        run_chunks(work, end_row - first_row, at_least=ROWS_FOR_A_THREAD)


def distance_m(dx_m: Floats, dy_m: Floats, metric: Metric) -> Floats:
    """Return lengths of differences, rounded as :class:`NearPairs` compares them.

    ``dx_m``, ``dy_m`` (n,), metres.

    Returns (n,), metres.
    """
    if metric == "manhattan":
        return np.asarray(np.abs(dx_m) + np.abs(dy_m))
    return np.asarray(np.sqrt(dx_m * dx_m + dy_m * dy_m))


def _numpy_pairs(pairs: NearPairs) -> tuple[Ints, Ints, Ints]:
    """Return lower row, higher row and band of every pair, without compiled help."""
    from scipy.spatial import cKDTree

    xy_m = pairs.xy_m[pairs.order]
    reach_m = float(pairs.limits_m[-1]) * (1 + SLACK)
    p = 1 if pairs.metric == "manhattan" else 2
    found = cKDTree(xy_m).query_pairs(reach_m, p=p, output_type="ndarray")
    first, second = found.min(axis=1), found.max(axis=1)
    dx_m, dy_m = (xy_m[first] - xy_m[second]).T
    apart_m = distance_m(dx_m, dy_m, pairs.metric)
    band = np.searchsorted(pairs.limits_m, apart_m, side="right") - 1
    inside = (band >= 0) & (band < pairs.n_bands)
    return first[inside], second[inside], band[inside]


@njit(exact=True)
def _visit(  # type: ignore[no-untyped-def]
    x, y, of, begins, numbers, limits_m, manhattan, first, end, counts, starts, others
):
    """Count the partners of some rows, and note them where ``others`` has room."""
    reach_m = limits_m[-1] * (1 + SLACK)
    shape = (limits_m, manhattan, first)
    for row in range(first, end):
        strip = of[row]
        stop = begins[strip + 1]
        _run(x, y, row, row + 1, stop, reach_m, shape, counts, starts, others)
        if strip + 1 < len(numbers) and numbers[strip + 1] == numbers[strip] + 1:
            low, high = stop, begins[strip + 2]
            while low < high:
                middle = (low + high) // 2
                if x[middle] < x[row] - reach_m:
                    low = middle + 1
                else:
                    high = middle
            stop = begins[strip + 2]
            _run(x, y, row, low, stop, reach_m, shape, counts, starts, others)


@njit(exact=True)
def _run(x, y, row, low, stop, reach_m, shape, counts, starts, others):  # type: ignore[no-untyped-def]
    """Count one run of partners, until they are too far east."""
    limits_m, manhattan, first = shape
    n_bands = len(limits_m) - 1
    mine = counts[row - first]
    for other in range(low, stop):
        dx, dy = x[other] - x[row], y[other] - y[row]
        if dx > reach_m:
            return
        apart = abs(dx) + abs(dy) if manhattan else np.sqrt(dx * dx + dy * dy)
        if apart < limits_m[0] or apart >= limits_m[n_bands]:
            continue
        band = 0
        while apart >= limits_m[band + 1]:
            band += 1
        if len(others):
            others[starts[(row - first) * n_bands + band] + mine[band]] = other
        mine[band] += 1
