"""Naive references: slow, short and plainly right. Fast code must equal them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import shapely


def kernel_sum(xy_m, weights, at_m, bandwidth_m: float, kernel: str) -> np.ndarray:
    """Sum over every pair, with a loop in a loop."""
    sums = np.zeros(len(at_m))
    for k, (tx, ty) in enumerate(at_m):
        for (x, y), weight in zip(xy_m, weights, strict=True):
            u2 = ((x - tx) ** 2 + (y - ty) ** 2) / bandwidth_m**2
            if kernel == "gaussian":
                sums[k] += weight * math.exp(-u2 / 2)
            elif u2 <= 1:
                sums[k] += weight * (1 - u2) ** 2
    return sums


def h3_cells(lon, lat, resolution: int) -> np.ndarray:
    """Ask h3-py, point by point."""
    import h3

    cells = [
        h3.str_to_int(h3.latlng_to_cell(y, x, resolution))
        for x, y in zip(lon, lat, strict=True)
    ]
    return np.array(cells, dtype=np.uint64)


def first_covering(polygons: Sequence[object], x, y) -> np.ndarray:
    """Ask shapely of every pair; -1 where no polygon covers the point."""
    points = shapely.points(x, y)
    found = np.full(len(points), -1)
    for number in reversed(range(len(polygons))):
        found[shapely.covers(polygons[number], points)] = number
    return found


def gi(values, neighbours: Sequence[Sequence[int]], *, star: bool) -> np.ndarray:
    """Gi* or Gi as Ord and Getis (1995) write it, place by place."""
    n = len(values)
    z = np.zeros(n)
    for i in range(n):
        around = [*neighbours[i], i] if star else list(neighbours[i])
        others = [values[j] for j in range(n) if star or j != i]
        m, k = len(others), len(around)
        mean = sum(others) / m
        variance = sum((value - mean) ** 2 for value in others) / m
        spread = math.sqrt(variance * (m * k - k**2) / (m - 1))
        if spread > 0:
            z[i] = (sum(values[j] for j in around) - k * mean) / spread
    return z


def benjamini(p: Sequence[float], *, dependent: bool) -> list[float]:
    """The smallest level q at which each test is among the discoveries."""
    n = len(p)
    extra = sum(1 / k for k in range(1, n + 1)) if dependent else 1.0
    ranked = sorted(p)
    adjusted = []
    for value in p:
        levels = [
            ranked[k - 1] * n * extra / k
            for k in range(1, n + 1)
            if ranked[k - 1] >= value
        ]
        adjusted.append(min(1.0, *levels))
    return adjusted
