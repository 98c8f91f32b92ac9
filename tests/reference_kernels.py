"""Naive references for kernels: a loop in a loop, a fine grid, plain definitions."""

from __future__ import annotations

import math

import numpy as np
import shapely


def kernel(d_m: float, bandwidth_m: float, shape: str) -> float:
    """The kernel per m2 at a distance, with volume 1."""
    u2 = (d_m / bandwidth_m) ** 2
    if shape == "gaussian":
        return math.exp(-u2 / 2) / (2 * math.pi * bandwidth_m**2)
    return 3 / (math.pi * bandwidth_m**2) * (1 - u2) ** 2 if u2 <= 1 else 0.0


def density(xy_m, weights, bandwidths_m, at_m, shape: str) -> np.ndarray:
    """Incidents per km2, each point with its own bandwidth."""
    found = np.zeros(len(at_m))
    for k, target in enumerate(at_m):
        for point, weight, width in zip(xy_m, weights, bandwidths_m, strict=True):
            found[k] += weight * kernel(math.dist(point, target), width, shape) * 1e6
    return found


def share_inside(at, polygon, bandwidth_m: float, shape: str, step_m: float) -> float:
    """The kernel summed over the middles of small squares inside a polygon."""
    reach = bandwidth_m * (1 if shape == "quartic" else 6)
    side = np.arange(-reach, reach, step_m) + step_m / 2
    x, y = (part.ravel() for part in np.meshgrid(side + at[0], side + at[1]))
    inside = shapely.contains_xy(polygon, x, y)
    d = np.hypot(x - at[0], y - at[1])[inside]
    return sum(kernel(value, bandwidth_m, shape) for value in d) * step_m**2


def nth_nearest(xy_m, n: int) -> list[float]:
    """For each row the distance to its n-th nearest other row."""
    found = []
    for i, point in enumerate(xy_m):
        others = [math.dist(point, other) for j, other in enumerate(xy_m) if j != i]
        found.append(sorted(others)[n - 1])
    return found


def abramson(xy_m, bandwidth_m: float, shape: str, widest: float) -> list[float]:
    """Abramson's square-root law, row by row."""
    pilot = [
        sum(kernel(math.dist(a, b), bandwidth_m, shape) for b in xy_m) for a in xy_m
    ]
    typical = math.exp(sum(map(math.log, pilot)) / len(pilot))
    return [bandwidth_m * min(widest, math.sqrt(typical / value)) for value in pilot]


def left_out_score(xy_m, bandwidth_m: float, shape: str, anywhere: float) -> float:
    """Mean log density of each row from the rows at other places."""
    xs, ys = zip(*xy_m, strict=True)
    box = max(1.0, (max(xs) - min(xs)) * (max(ys) - min(ys)))
    total = 0.0
    for a in xy_m:
        others = [b for b in xy_m if tuple(b) != tuple(a)]
        held = sum(kernel(math.dist(a, b), bandwidth_m, shape) for b in others)
        total += math.log((1 - anywhere) * held / len(others) + anywhere / box)
    return total / len(xy_m)
