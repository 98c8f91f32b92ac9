"""The NumPy twin of the compiled kernel sums: tiles of targets against near points."""

from __future__ import annotations

import numpy as np

from hotspots.core.types import Floats, Ints

MAX_PAIRS = 2_000_000  # held at once: about 50 MB


def numpy_sum(
    xy_m: Floats,
    weights: Floats,
    at_m: Floats,
    bandwidth_m: float,
    kernel: str,
    radius: float,
) -> Floats:
    """Return the sum of ``weight * k(distance)`` at each target, as the compiled one.

    ``xy_m``, ``at_m`` (n, 2) and (m, 2), metres.
    ``weights`` (n,).
    ``radius``: metres; points farther than this from a target add nothing to it.

    Returns (m,), float64.
    """
    origin = np.minimum(xy_m.min(axis=0), at_m.min(axis=0)) - radius
    n_columns = int((max(xy_m[:, 0].max(), at_m[:, 0].max()) - origin[0]) / radius) + 3
    point_tile = _tiles(xy_m, origin, radius, n_columns)
    order = np.argsort(point_tile, kind="stable")
    point_tile, xy, w = point_tile[order], xy_m[order], weights[order]
    at_tile = _tiles(at_m, origin, radius, n_columns)
    by_tile = np.argsort(at_tile, kind="stable")
    tiles, starts = np.unique(at_tile[by_tile], return_index=True)
    rows = tiles[:, None] + np.array([-n_columns, 0, n_columns])
    first = np.searchsorted(point_tile, rows - 1, side="left")
    end = np.searchsorted(point_tile, rows + 1, side="right")
    stops = np.append(starts[1:], len(at_m))
    sums = np.zeros(len(at_m))
    for k in np.flatnonzero((end > first).any(axis=1)):
        near = np.concatenate(list(map(np.arange, first[k], end[k])))
        targets = by_tile[starts[k] : stops[k]]
        sums[targets] = _dense(xy[near], w[near], at_m[targets], bandwidth_m, kernel)
    return sums


def _tiles(xy_m: Floats, origin: Floats, radius: float, n_columns: int) -> Ints:
    """Return the number of the square of side ``radius`` in which each point is."""
    column, row = np.floor((xy_m - origin) / radius).astype(np.int64).T
    return np.asarray(row * n_columns + column)


def _dense(
    xy: Floats, w: Floats, at: Floats, bandwidth_m: float, kernel: str
) -> Floats:
    """Sum over all pairs, some targets and some points at a time."""
    sums = np.zeros(len(at))
    n_points = min(len(xy), MAX_PAIRS)
    n_targets = max(1, MAX_PAIRS // n_points)
    for a in range(0, len(at), n_targets):
        part = at[a : a + n_targets]
        for p in range(0, len(xy), n_points):
            points = xy[p : p + n_points]
            d2 = (part[:, None, 0] - points[None, :, 0]) ** 2
            d2 += (part[:, None, 1] - points[None, :, 1]) ** 2
            values = _kernel(d2 / bandwidth_m**2, kernel)
            sums[a : a + n_targets] += values @ w[p : p + n_points]
    return sums


def _kernel(u2: Floats, kernel: str) -> Floats:
    """Return k for squared distances in bandwidths."""
    if kernel == "gaussian":
        return np.exp(-0.5 * u2)
    return np.maximum(1 - u2, 0) ** 2
