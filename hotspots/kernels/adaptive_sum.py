"""Sums of kernels whose bandwidth differs from point to point, in bounded memory."""

from __future__ import annotations

import numpy as np

from hotspots.core.types import Floats
from hotspots.kernels.kernel_sum import Kernel

MAX_PAIRS = 4_000_000  # points and targets held at once
REACH = {"quartic": 1.0, "gaussian": 9.0}  # bandwidths; a Gaussian is 3e-18 there


def adaptive_sum(
    xy_m: Floats, weights: Floats, bandwidths_m: Floats, at_m: Floats, kernel: Kernel
) -> Floats:
    """Return the sum of ``weight * k(distance / bandwidth)`` at each target.

    ``xy_m`` (n, 2), metres.
    ``weights`` (n,).
    ``bandwidths_m`` (n,), metres: of each point.
    ``at_m`` (m, 2), metres: the targets.

    Returns (m,): not normalised: a point of weight 1 adds 1 where it stands.
    """
    if not len(xy_m) or not len(at_m):
        return np.zeros(len(at_m))
    from scipy.spatial import cKDTree

    reach_m = bandwidths_m * REACH[kernel]
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
