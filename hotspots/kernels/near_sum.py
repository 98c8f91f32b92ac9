"""Sums over all points within a radius of each target, falling off exponentially.

Points are put into horizontal strips as high as the radius and sorted along each, so
that the points near a target are three runs. Without a length of fall every point
within the radius counts in full.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from hotspots.core.errors import ParameterError
from hotspots.core.types import Floats
from hotspots.kernels.jit import njit, run_chunks, use_compiled

BLOCK = 1 << 21  # pairs that the NumPy twin holds at once
SLACK = 1e-6  # strips are this much higher than the radius, against rounding


def near_sum(
    xy_m: Floats,
    weights: Floats,
    at_m: Floats,
    *,
    radius_m: float,
    length_m: float = math.inf,
) -> Floats:
    """Return the sum of ``weight * exp(-distance / length)`` within a radius.

    ``xy_m`` (n, 2), metres: where the points are.
    ``weights`` (n,).
    ``at_m`` (m, 2), metres: the targets.
    ``radius_m``: metres; points at most so far away count.
    ``length_m``: metres; how far away a point counts 1/e; infinite for no fall.

    Returns (m,), float64.

    Raises ParameterError if the radius is not a finite number above 0 or the length not
    above 0.

    Examples
    --------
    >>> points, targets = np.zeros((1, 2)), np.array([[0.0, 0.0], [100.0, 0.0]])
    >>> near_sum(points, np.ones(1), targets, radius_m=500.0, length_m=50.0).round(3)
    array([1.   , 0.135])
    """
    if not (math.isfinite(radius_m) and radius_m > 0 and length_m > 0):
        raise ParameterError(
            "radius_m must be a finite number of metres above 0 and length_m above 0; "
            f"got {radius_m!r} and {length_m!r}."
        )
    sums = np.zeros(len(at_m))
    if not len(xy_m) or not len(at_m):
        return sums
    if use_compiled():
        points = _sorted(xy_m, weights, radius_m)

        def work(first: int, end: int) -> None:
            _gather(*points, at_m, radius_m, 1 / length_m, first, end, sums)

        run_chunks(work, len(at_m), at_least=500)
        return sums
    step = max(1, BLOCK // len(xy_m))
    for first in range(0, len(at_m), step):
        apart = at_m[first : first + step, None, :] - xy_m[None, :, :]
        distance = np.sqrt((apart * apart).sum(axis=2))
        near = np.where(distance <= radius_m, np.exp(distance * (-1 / length_m)), 0.0)
        sums[first : first + step] = near @ weights
    return sums


def _sorted(
    xy_m: Floats, weights: Floats, radius_m: float
) -> tuple[Floats, Floats, Floats, npt.NDArray[np.int64], Floats, float, float]:
    """Return x, y, weight by strip, begin and number of each strip, south, height."""
    south = float(xy_m[:, 1].min())
    height = radius_m * (1 + SLACK)
    strip = np.floor((xy_m[:, 1] - south) / height)
    order = np.lexsort((xy_m[:, 0], strip))
    x, y = np.ascontiguousarray(xy_m[order].T)
    numbers, begins = np.unique(strip[order], return_index=True)
    begins = np.append(begins, len(x))
    w = np.ascontiguousarray(weights[order], dtype=np.float64)
    return x, y, w, begins, numbers, south, height


@njit(exact=True)
def _first_at_least(values, low, high, wanted):  # type: ignore[no-untyped-def]
    """Return the first place in a rising run that holds at least ``wanted``."""
    while low < high:
        middle = (low + high) // 2
        if values[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


@njit(exact=True)
def _gather(  # type: ignore[no-untyped-def]
    x, y, w, begins, numbers, south, height, at_m, radius, per_length, first, end, sums
):
    """Fill the sums of targets ``first`` to ``end``."""
    n_strips = len(numbers)
    for target in range(first, end):
        tx, ty = at_m[target, 0], at_m[target, 1]
        row = np.floor((ty - south) / height)
        total = 0.0
        strip = _first_at_least(numbers, 0, n_strips, row - 1)
        while strip < n_strips and numbers[strip] <= row + 1:
            stop = begins[strip + 1]
            p = _first_at_least(x, begins[strip], stop, tx - radius * (1 + SLACK))
            while p < stop and x[p] - tx <= radius:
                dx, dy = x[p] - tx, y[p] - ty
                distance = np.sqrt(dx * dx + dy * dy)
                if distance <= radius:
                    total += w[p] * np.exp(-distance * per_length)
                p += 1
            strip += 1
        sums[target] = total
