"""Sums of kernels whose bandwidth differs from point to point, in bounded memory.

Targets are sorted into squares, row by row, so that those near a point are one
contiguous run for each row of squares. Without numba a k-d tree finds the pairs.
"""

from __future__ import annotations

import math

import numpy as np

from hotspots.core.types import Floats
from hotspots.kernels.jit import njit, use_compiled
from hotspots.kernels.kernel_sum import Kernel

MAX_PAIRS = 4_000_000  # points and targets held at once without numba
REACH = {"quartic": 1.0, "gaussian": 9.0}  # bandwidths; a Gaussian is 3e-18 there
TARGETS_IN_A_SQUARE = 8


def adaptive_sum(
    xy_m: Floats,
    weights: Floats,
    bandwidths_m: Floats,
    at_m: Floats,
    kernel: Kernel,
) -> Floats:
    """Return the sum of ``weight * k(distance / bandwidth)`` at each target.

    Parameters
    ----------
    xy_m : ndarray of shape (n, 2), metres
    weights : ndarray of shape (n,)
    bandwidths_m : ndarray of shape (n,), metres
        Of each point.
    at_m : ndarray of shape (m, 2), metres
        The targets.

    Returns
    -------
    ndarray of shape (m,)
        Not normalised: a point of weight 1 adds 1 where it stands.
    """
    if not len(xy_m) or not len(at_m):
        return np.zeros(len(at_m))
    reach = bandwidths_m * REACH[kernel]
    if use_compiled():
        return _compiled_sum(xy_m, weights, bandwidths_m, reach, at_m, kernel)
    return _tree_sum(xy_m, weights, bandwidths_m, reach, at_m, kernel)


def _compiled_sum(
    xy_m: Floats,
    weights: Floats,
    bandwidths_m: Floats,
    reach_m: Floats,
    at_m: Floats,
    kernel: Kernel,
) -> Floats:
    corner = at_m.min(axis=0)
    width, height = (at_m.max(axis=0) - corner).tolist()
    square = math.sqrt(max(width * height, 1.0) * TARGETS_IN_A_SQUARE / len(at_m))
    square = max(square, max(width, height) / len(at_m), 1.0)
    column, row = np.floor((at_m - corner) / square).astype(np.int64).T
    n_columns, n_rows = int(column.max()) + 1, int(row.max()) + 1
    place = row * n_columns + column
    order = np.argsort(place, kind="stable")
    starts = np.searchsorted(place[order], np.arange(n_columns * n_rows + 1))
    # measured from the corner, and each point as it is reached by the squares
    moved, seen = np.ascontiguousarray(xy_m - corner), at_m[order] - corner
    points = (moved[:, 0].copy(), moved[:, 1].copy(), weights, bandwidths_m, reach_m)
    targets = (seen[:, 0].copy(), seen[:, 1].copy(), starts)
    found = np.zeros(len(at_m))
    _scatter(points, targets, 1 / square, n_columns, n_rows, kernel == "quartic", found)
    sums = np.empty(len(at_m))
    sums[order] = found
    return sums


@njit
def _scatter(points, targets, per_m, n_columns, n_rows, is_quartic, sums):  # type: ignore[no-untyped-def]
    """Add every point to the sums of the sorted targets within its reach."""
    px, py, weights, bandwidths, reaches = points
    tx, ty, starts = targets
    for k in range(len(px)):
        x, y, weight, reach = px[k], py[k], weights[k], reaches[k]
        left, right = np.floor((x - reach) * per_m), np.floor((x + reach) * per_m)
        low, high = np.floor((y - reach) * per_m), np.floor((y + reach) * per_m)
        if right < 0 or high < 0 or left >= n_columns or low >= n_rows:
            continue
        first, last = int(max(left, 0.0)), int(min(right, n_columns - 1.0))
        per_h2 = 1 / (bandwidths[k] * bandwidths[k])
        for row in range(int(max(low, 0.0)), int(min(high, n_rows - 1.0)) + 1):
            begin = starts[row * n_columns + first]
            end = starts[row * n_columns + last + 1]
            if is_quartic:
                for t in range(begin, end):
                    dx, dy = tx[t] - x, ty[t] - y
                    near = 1 - (dx * dx + dy * dy) * per_h2
                    near = near if near > 0 else 0.0
                    sums[t] += weight * near * near
            else:
                for t in range(begin, end):
                    dx, dy = tx[t] - x, ty[t] - y
                    sums[t] += weight * np.exp(-0.5 * (dx * dx + dy * dy) * per_h2)


def _tree_sum(
    xy_m: Floats,
    weights: Floats,
    bandwidths_m: Floats,
    reach_m: Floats,
    at_m: Floats,
    kernel: Kernel,
) -> Floats:
    from scipy.spatial import cKDTree

    sums, tree = np.zeros(len(at_m)), cKDTree(at_m)
    n_near = tree.query_ball_point(xy_m, reach_m, return_length=True)
    block = np.cumsum(n_near) // MAX_PAIRS
    for rows in np.split(np.arange(len(xy_m)), np.flatnonzero(np.diff(block)) + 1):
        lists = tree.query_ball_point(xy_m[rows], reach_m[rows])
        point = np.repeat(rows, [len(found) for found in lists])
        if not len(point):
            continue
        target = np.concatenate([found for found in lists if found]).astype(np.int64)
        u2 = (
            np.sum((at_m[target] - xy_m[point]) ** 2, axis=1) / bandwidths_m[point] ** 2
        )
        shape = np.exp(-u2 / 2) if kernel == "gaussian" else np.maximum(1 - u2, 0) ** 2
        sums += np.bincount(target, weights[point] * shape, minlength=len(at_m))
    return sums
