"""The share of a kernel that lies inside polygons, exact, by a walk along their edges.

Green's theorem turns the integral of a round kernel k over a polygon into a sum over
its edges: with ``g(r) = integral of k(s) s ds from 0 to r``, an edge that is passed
with the polygon on its left adds ``integral of g(r) / r^2 (x dy - y dx)``. For the
quartic kernel g(r) / r^2 is a polynomial of r^2 inside the radius and a multiple of
the angle that the edge subtends outside it, so nothing is approximated.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import shapely

from hotspots.core.types import Floats

MAX_PAIRS = 1_000_000  # of targets and edges held at once
REACH = {"quartic": 1.0, "gaussian": 6.0}  # bandwidths; 2e-8 of a Gaussian is beyond
STEP = 1.0  # longest piece of an edge for the Gaussian, in bandwidths
QUARTIC_NODES, GAUSSIAN_NODES = 3, 8


def edges_of(polygon: Any) -> Floats:
    """Return the edges of a polygon with its inside on their left.

    ``polygon``: shapely Polygon or MultiPolygon, metres.

    Returns (e, 4), metres: x and y of the start, x and y of the end; holes run the
    other way round.
    """
    polygon = shapely.orient_polygons(shapely.normalize(polygon))
    edges = []
    for part in shapely.get_parts(polygon):
        for ring in shapely.get_rings(part):
            xy = shapely.get_coordinates(ring)
            edges.append(np.hstack([xy[:-1], xy[1:]]))
    return np.concatenate(edges) if edges else np.empty((0, 4))


def kernel_share(
    at_m: Floats, edges_m: Floats, *, bandwidth_m: float, kernel: str = "quartic"
) -> Floats:
    """Return the share of the kernel around each point that lies inside polygons.

    ``at_m`` (n, 2), metres.
    ``edges_m`` (e, 4), metres: from :func:`edges_of`.
    ``bandwidth_m``: metres; radius of the quartic kernel; standard deviation of the
    Gaussian.

    Returns (n,): from 0 to 1.

    Notes
    -----
    The quartic is exact to rounding. The Gaussian is integrated along the edges by
    Gauss-Legendre steps, to about 1e-9.

    Examples
    --------
    >>> half_plane = edges_of(shapely.box(0, -9_000, 9_000, 9_000))
    >>> at = np.array([[0.0, 0.0], [150.0, 0.0]])
    >>> kernel_share(at, half_plane, bandwidth_m=300.0).round(4)
    array([0.5   , 0.9148])
    """
    pieces = edges_m / bandwidth_m
    if kernel == "gaussian":
        pieces = _cut(pieces)
    at = np.asarray(at_m, dtype=np.float64) / bandwidth_m
    shares = np.empty(len(at))
    step = max(1, MAX_PAIRS // max(1, len(pieces)))
    walk = _gaussian if kernel == "gaussian" else _quartic
    for first in range(0, len(at), step):
        part = at[first : first + step, None]
        start, end = pieces[:, :2] - part, pieces[:, 2:] - part
        shares[first : first + step] = walk(start, end).sum(axis=1)
    return np.clip(shares, 0.0, 1.0)


def _cut(edges: Floats) -> Floats:
    """Cut edges into pieces of at most ``STEP``."""
    length = np.hypot(edges[:, 2] - edges[:, 0], edges[:, 3] - edges[:, 1])
    n = np.maximum(1, np.ceil(length / STEP)).astype(np.int64)
    row = np.repeat(np.arange(len(edges)), n)
    k = np.arange(len(row)) - np.repeat(np.cumsum(n) - n, n)
    low, high = (k / n[row])[:, None], ((k + 1) / n[row])[:, None]
    start, step = edges[row, :2], edges[row, 2:] - edges[row, :2]
    return np.hstack([start + low * step, start + high * step])


def _cross(a: Floats, b: Floats) -> Floats:
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])


def _quartic(start: Floats, end: Floats) -> Floats:
    """Return what each edge adds, for a kernel of radius 1 around the origin."""
    low, high = _inside_circle(start, end)
    step = end - start
    enter, leave = start + low[..., None] * step, start + high[..., None] * step
    total = _angle(start, enter) + _angle(leave, end)
    nodes, weights = np.polynomial.legendre.leggauss(QUARTIC_NODES)
    cross = _cross(enter, leave)
    for node, weight in zip(nodes, weights, strict=True):
        at = enter + (0.5 + 0.5 * node) * (leave - enter)
        r2 = np.sum(at**2, axis=-1)
        total += 0.5 * weight * cross * (3 - 3 * r2 + r2**2)
    return np.asarray(total / (2 * math.pi))


def _inside_circle(start: Floats, end: Floats) -> tuple[Floats, Floats]:
    """Return between which shares of its length each edge is in the unit circle."""
    step = end - start
    a = np.maximum(np.sum(step**2, axis=-1), np.finfo(float).tiny)
    middle = -np.sum(start * step, axis=-1) / a
    nearest2 = np.sum((start + middle[..., None] * step) ** 2, axis=-1)
    half = np.sqrt(np.maximum(1 - nearest2, 0) / a)
    low, high = np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)
    return np.asarray(low), np.asarray(high)


def _angle(a: Floats, b: Floats) -> Floats:
    """Return the angle from a to b seen from the origin."""
    return np.asarray(np.arctan2(_cross(a, b), np.sum(a * b, axis=-1)))


def _gaussian(start: Floats, end: Floats) -> Floats:
    """Return what each piece adds, for a kernel of standard deviation 1."""
    nodes, weights = np.polynomial.legendre.leggauss(GAUSSIAN_NODES)
    cross, total = _cross(start, end), np.zeros(start.shape[:-1])
    for node, weight in zip(nodes, weights, strict=True):
        half_r2 = 0.5 * np.sum((start + (0.5 + 0.5 * node) * (end - start)) ** 2, -1)
        small = half_r2 < 1e-8
        share = -np.expm1(-half_r2) / np.where(small, 1.0, 2 * half_r2)
        total += 0.5 * weight * cross * np.where(small, 0.5 - half_r2 / 4, share)
    return np.asarray(total / (2 * math.pi))
