"""Pairs in space and time, written to be obviously right and not to be fast."""

from __future__ import annotations

import math

import numpy as np


def inside(value: float, low: float, high: float, closed: str) -> bool:
    """Say whether a value lies in a band."""
    if closed == "left":
        return low <= value < high
    return low < value <= high or (low == 0 and value == 0)


def knox_table(xy_m, days, distance_bands, time_bands, metric, closed):
    """Count unordered pairs one by one."""
    table = np.zeros((len(distance_bands) - 1, len(time_bands) - 1), dtype=int)
    for i in range(len(xy_m)):
        for j in range(i):
            dx, dy = xy_m[i][0] - xy_m[j][0], xy_m[i][1] - xy_m[j][1]
            far = abs(dx) + abs(dy)
            if metric == "euclidean":
                far = math.sqrt(dx * dx + dy * dy)
            long = abs(days[i] - days[j])
            for a in range(len(table)):
                for b in range(len(table[0])):
                    near = inside(far, *distance_bands[a : a + 2], closed)
                    soon = inside(long, *time_bands[b : b + 2], closed)
                    table[a, b] += near and soon
    return table


def near_sum(xy_m, weights, at_m, radius_m, length_m):
    """Sum weights of the points within the radius, each by its fall."""
    sums = np.zeros(len(at_m))
    for t, (tx, ty) in enumerate(at_m):
        for (x, y), weight in zip(xy_m, weights, strict=True):
            far = math.sqrt((x - tx) ** 2 + (y - ty) ** 2)
            if far <= radius_m:
                sums[t] += weight * math.exp(-far / length_m)
    return sums
