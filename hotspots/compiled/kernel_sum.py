"""Sums of a kernel over all points near each target, exact, in bounded memory.

Points are put into horizontal strips and, inside a strip, into narrow columns, so that
the points near a target are a few contiguous runs; equal coordinates become one point
with the sum of their weights. The loop over a run has no branch: a point beyond the
bandwidth adds nothing by itself.

References
----------
Silverman, B. W. (1986). Density Estimation for Statistics and Data Analysis, ch. 4:
the two-dimensional kernels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from hotspots.compiled.jit import njit, run_chunks, use_compiled
from hotspots.compiled.kernel_sum_numpy import numpy_sum
from hotspots.errors import ParameterError

__all__ = ["GAUSSIAN_CUT", "MAX_ALL_PAIRS", "Kernel", "kernel_sum"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Kernel = Literal["quartic", "gaussian"]

MAX_ALL_PAIRS = 10**8
"""Up to so many pairs the Gaussian kernel is summed over all of them."""
GAUSSIAN_CUT = 10.0
"""Beyond that the Gaussian kernel ends here, in bandwidths, where it is 2e-22."""

STRIPS = 2  # strips in a radius
COLUMNS = 8  # columns in a radius
PAD = 32  # empty points after each strip, so that runs are whole vectors
FAR = 1e30
LOG2_E = 1.4426950408889634
LN_2 = 0.6931471805599453
POWERS_OF_2 = 2.0 ** np.arange(-1074, 1)


def kernel_sum(
    xy_m: Floats, weights: Floats, at_m: Floats, bandwidth_m: float, kernel: Kernel
) -> Floats:
    """Return the sum of ``weight * k(distance)`` at each target.

    Parameters
    ----------
    xy_m : ndarray of shape (n, 2), metres
        Where the points are.
    weights : ndarray of shape (n,)
    at_m : ndarray of shape (m, 2), metres
        The targets.
    bandwidth_m : float, metres
        Radius h of the quartic kernel, standard deviation h of the Gaussian.
    kernel : {"quartic", "gaussian"}
        ``(1 - d**2 / h**2)**2`` for d <= h, or ``exp(-d**2 / (2 * h**2))``.

    Returns
    -------
    ndarray of shape (m,), float64
        Not normalised: a point of weight 1 adds 1 where it stands.

    Raises
    ------
    ParameterError
        If the kernel is not one of the two or the bandwidth is not above 0.

    Notes
    -----
    The quartic sum is exact to rounding. The Gaussian sum is exact to rounding up to
    ``MAX_ALL_PAIRS`` pairs; with more, points beyond ``GAUSSIAN_CUT`` bandwidths may
    be left out, which changes a sum by less than 2e-22 of all weights.

    Examples
    --------
    >>> points, targets = np.zeros((1, 2)), np.array([[0.0, 0.0], [50.0, 0.0]])
    >>> kernel_sum(points, np.ones(1), targets, 100.0, "quartic")
    array([1.    , 0.5625])
    """
    _check(bandwidth_m, kernel)
    xy_m = np.ascontiguousarray(xy_m, dtype=np.float64)
    at_m = np.ascontiguousarray(at_m, dtype=np.float64)
    weights = np.ascontiguousarray(weights, dtype=np.float64)
    if not len(xy_m) or not len(at_m):
        return np.zeros(len(at_m))
    radius = _radius(xy_m, at_m, bandwidth_m, kernel)
    if use_compiled():
        grid = _Grid.around(xy_m, radius)
        return _compiled_sum(grid, xy_m, weights, at_m, bandwidth_m, kernel)
    return numpy_sum(xy_m, weights, at_m, bandwidth_m, kernel, radius)


def _check(bandwidth_m: float, kernel: str) -> None:
    if kernel not in get_args(Kernel):
        raise ParameterError(
            f"kernel must be one of {', '.join(get_args(Kernel))}; got {kernel!r}."
        )
    if not (np.isfinite(bandwidth_m) and bandwidth_m > 0):
        raise ParameterError(
            f"bandwidth_m must be a finite number of metres above 0; got {bandwidth_m!r}."
        )


def _radius(xy_m: Floats, at_m: Floats, bandwidth_m: float, kernel: Kernel) -> float:
    """Return the distance beyond which no point is looked for."""
    if kernel == "quartic":
        return bandwidth_m
    if len(xy_m) * len(at_m) > MAX_ALL_PAIRS:
        return GAUSSIAN_CUT * bandwidth_m
    low = np.minimum(xy_m.min(axis=0), at_m.min(axis=0))
    high = np.maximum(xy_m.max(axis=0), at_m.max(axis=0))
    return float(np.hypot(*(high - low))) + bandwidth_m


@dataclass(frozen=True, kw_only=True)
class _Grid:
    """Strips and columns over the points; ``radius`` reaches from any target."""

    x0: float
    y0: float
    n_strips: int
    n_columns: int
    strip_m: float
    column_m: float
    radius: float

    @classmethod
    def around(cls, xy_m: Floats, radius: float) -> _Grid:
        """Make a grid that has no more than about four columns for each point."""
        x0, y0 = xy_m.min(axis=0).tolist()
        width, height = (xy_m.max(axis=0) - (x0, y0)).tolist()
        limit = max(65_536, 4 * len(xy_m))
        strip, column = radius / STRIPS, radius / COLUMNS
        while (width / column + 1) * (height / strip + 1) > limit:
            strip, column = 2 * strip, 2 * column
        return cls(
            x0=x0,
            y0=y0,
            n_strips=int(height / strip) + 1,
            n_columns=int(width / column) + 1,
            strip_m=strip,
            column_m=column,
            radius=radius,
        )

    @property
    def shape(self) -> tuple[float, float, float, float, int, int, float]:
        """What the compiled kernels need."""
        return (
            self.x0,
            self.y0,
            1 / self.strip_m,
            1 / self.column_m,
            self.n_strips,
            self.n_columns,
            self.radius,
        )


def _compiled_sum(
    grid: _Grid,
    xy_m: Floats,
    weights: Floats,
    at_m: Floats,
    bandwidth_m: float,
    kernel: Kernel,
) -> Floats:
    x, y, w, starts = _sorted_points(xy_m, weights, grid.shape)
    sums = np.empty(len(at_m))
    shape, gaussian = grid.shape, kernel == "gaussian"

    def work(start: int, stop: int) -> None:
        strip = np.floor((at_m[start:stop, 1] - grid.y0) / grid.strip_m)
        column = np.floor((at_m[start:stop, 0] - grid.x0) / grid.column_m)
        order = np.argsort(strip * (2.0 * grid.n_columns) + column)
        if gaussian:
            _gather_gaussian(x, y, w, starts, shape, at_m, order, start, bandwidth_m, sums)
        else:
            _gather_quartic(x, y, w, starts, shape, at_m, order, start, bandwidth_m, sums)

    run_chunks(work, len(at_m), at_least=2_000)
    return sums


@njit(exact=True)
def _sorted_points(xy_m, weights, shape):  # type: ignore[no-untyped-def]
    """Return distinct points by strip and column, and where each column starts."""
    x0, y0, per_strip, per_column, n_strips, n_columns, _ = shape
    n = len(xy_m)
    cell = np.empty(n, np.int32)
    starts = np.zeros(n_strips * n_columns + 1, np.int64)
    for k in range(n):
        row = min(int((xy_m[k, 1] - y0) * per_strip), n_strips - 1)
        column = min(int((xy_m[k, 0] - x0) * per_column), n_columns - 1)
        cell[k] = row * n_columns + column
        starts[cell[k] + 1] += 1
    for c in range(n_strips * n_columns):
        starts[c + 1] += starts[c]
    at = starts[:-1].copy()
    order = np.empty(n, np.int64)
    for k in range(n):
        order[at[cell[k]]] = k
        at[cell[k]] += 1
    total = n + (n_strips + 1) * PAD
    x, y, w = np.full(total, FAR), np.zeros(total), np.zeros(total)
    seats = np.full(2 * n, -1, np.int64)
    filled = 0
    for c in range(n_strips * n_columns):
        first, last = starts[c], starts[c + 1]
        starts[c] = filled
        filled = _merge_equal(xy_m, weights, order, first, last, seats, x, y, w, filled)
        if (c + 1) % n_columns == 0:
            at[c] = filled  # where the strip's points end
            filled += PAD
    starts[n_strips * n_columns] = filled
    ends = np.empty(n_strips * n_columns, np.int64)
    for c in range(n_strips * n_columns):
        ends[c] = at[c] if (c + 1) % n_columns == 0 else starts[c + 1]
    return x, y, w, (starts, ends)


@njit(exact=True)
def _merge_equal(xy_m, weights, order, first, last, seats, x, y, w, filled):  # type: ignore[no-untyped-def]
    """Append the distinct points of one column; return how many there are so far."""
    n_seats = 2 * (last - first)
    for k in range(first, last):
        px, py = xy_m[order[k], 0], xy_m[order[k], 1]
        seat = 0
        if n_seats > 2:
            mixed = np.int64((px * 7919.0 + py) * 1000.0) * np.int64(0x9E3779B97F4A7C1)
            seat = ((mixed >> 20) & 0xFFFFFFFFFF) % n_seats
        while True:
            found = seats[2 * first + seat]
            if found < 0:
                seats[2 * first + seat] = filled
                x[filled], y[filled], w[filled] = px, py, weights[order[k]]
                filled += 1
                break
            if x[found] == px and y[found] == py:
                w[found] += weights[order[k]]
                break
            seat = (seat + 1) % n_seats
    return filled


@njit(exact=True)
def _run(starts, shape, row, tx, ty):  # type: ignore[no-untyped-def]
    """Return the run of points of one strip that can be within the radius."""
    x0, y0, per_strip, per_column, _, n_columns, radius = shape
    low, high = y0 + row / per_strip, y0 + (row + 1) / per_strip
    away = max(max(low - ty, ty - high), 0.0)
    half = np.sqrt(max(radius * radius - away * away, 0.0)) + 1e-3 * radius
    first = (tx - half - x0) * per_column
    last = (tx + half - x0) * per_column
    if last < 0 or first >= n_columns:
        return 0, 0
    left = row * n_columns + int(max(first, 0.0))
    right = row * n_columns + int(min(last, n_columns - 1.0))
    return starts[0][left], starts[1][right]


@njit(exact=True)
def _rows(shape, ty):  # type: ignore[no-untyped-def]
    """Return the first strip within the radius of ``ty`` and the one after the last."""
    _, y0, per_strip, _, n_strips, _, radius = shape
    first = (ty - radius * 1.001 - y0) * per_strip
    last = (ty + radius * 1.001 - y0) * per_strip
    if last < 0 or first >= n_strips:
        return 0, 0
    return int(max(first, 0.0)), int(min(last, n_strips - 1.0)) + 1


@njit
def _gather_quartic(x, y, w, starts, shape, at_m, order, start, bandwidth_m, sums):  # type: ignore[no-untyped-def]
    per_h2 = 1 / (bandwidth_m * bandwidth_m)
    for k in range(len(order)):
        target = start + order[k]
        tx, ty = at_m[target, 0], at_m[target, 1]
        total = 0.0
        first_row, end_row = _rows(shape, ty)
        for row in range(first_row, end_row):
            first, end = _run(starts, shape, row, tx, ty)
            whole = (end - first + PAD - 1) // PAD * PAD
            xs, ys, ws = x[first:], y[first:], w[first:]
            for p in range(whole):
                dx, dy = xs[p] - tx, ys[p] - ty
                near = 1 - (dx * dx + dy * dy) * per_h2
                near = near if near > 0 else 0.0
                total += ws[p] * near * near
        sums[target] = total


@njit
def _gather_gaussian(x, y, w, starts, shape, at_m, order, start, bandwidth_m, sums):  # type: ignore[no-untyped-def]
    scale = -0.5 * LOG2_E / (bandwidth_m * bandwidth_m)
    for k in range(len(order)):
        target = start + order[k]
        tx, ty = at_m[target, 0], at_m[target, 1]
        total = 0.0
        first_row, end_row = _rows(shape, ty)
        for row in range(first_row, end_row):
            first, end = _run(starts, shape, row, tx, ty)
            whole = (end - first + PAD - 1) // PAD * PAD
            xs, ys, ws = x[first:], y[first:], w[first:]
            for p in range(whole):
                dx, dy = xs[p] - tx, ys[p] - ty
                total += ws[p] * _power_of_2((dx * dx + dy * dy) * scale)
        sums[target] = total


@njit
def _power_of_2(z):  # type: ignore[no-untyped-def]
    """Return 2**z for z <= 0 to 13 digits, by a Taylor series that runs on vectors."""
    z = max(z, -1074.0)
    whole = np.floor(z + 0.5)
    t = (z - whole) * LN_2
    series = 1 + t / 10 * (1 + t / 11 * (1 + t / 12 * (1 + t / 13)))
    series = 1 + t / 6 * (1 + t / 7 * (1 + t / 8 * (1 + t / 9 * series)))
    series = 1 + t * (1 + t / 2 * (1 + t / 3 * (1 + t / 4 * (1 + t / 5 * series))))
    return series * POWERS_OF_2[np.int64(whole) + 1074]
