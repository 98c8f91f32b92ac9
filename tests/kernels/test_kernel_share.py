"""Kernel mass inside polygons: half planes, strips, discs, small squares."""

from __future__ import annotations

import math

import numpy as np
import pytest
import reference_kernels as naive
import shapely

from hotspots.kernels.kernel_share import edges_of, kernel_share

TOWN = shapely.Polygon(
    [(0, 0), (1000, 50), (900, 700), (500, 300), (100, 800)],
    [[(300, 150), (500, 150), (500, 220), (300, 220)]],
)
FAR = 50_000.0


def share(at, polygon, bandwidth_m=300.0, kernel="quartic"):
    edges = edges_of(polygon)
    at = np.atleast_2d(np.asarray(at, dtype=float))
    return kernel_share(at, edges, bandwidth_m=bandwidth_m, kernel=kernel)


@pytest.mark.parametrize("u", [-1.5, -0.7, 0.0, 0.2, 0.5, 0.99, 1.0, 4.0])
def test_a_half_plane(u):
    plane = shapely.box(-FAR, -FAR, u * 300, FAR)
    x = min(max(u, -1), 1)
    # integral of 16 / (5 pi) (1 - x^2)^(5/2), the quartic seen from the side
    inner = x * (33 - 26 * x**2 + 8 * x**4) * math.sqrt(1 - x**2) / 48
    exact = 0.5 + 16 / (5 * math.pi) * (inner + 5 / 16 * math.asin(x))
    assert share([0, 0], plane)[0] == pytest.approx(exact, abs=1e-12)
    exact = 0.5 * (1 + math.erf(u / math.sqrt(2)))
    assert share([0, 0], plane, kernel="gaussian")[0] == pytest.approx(exact, abs=1e-9)


def test_a_rectangle_under_a_gaussian():
    def part(low, high):
        low, high = (math.erf(value / 300 / math.sqrt(2)) for value in (low, high))
        return (high - low) / 2

    box = shapely.box(-100, 50, 700, 480)
    exact = part(-100, 700) * part(50, 480)
    assert share([0, 0], box, kernel="gaussian")[0] == pytest.approx(exact, abs=1e-9)


@pytest.mark.parametrize("radius", [60.0, 150.0, 299.0, 600.0])
def test_a_disc_around_the_point(radius):
    disc = shapely.Point(7.0, 9.0).buffer(radius, quad_segs=2_000)
    u2 = min(radius / 300, 1) ** 2
    exact = 1 - (1 - u2) ** 3
    assert share([7, 9], disc)[0] == pytest.approx(exact, abs=1e-6)


@pytest.mark.parametrize(("kernel", "width"), [("quartic", 300.0), ("gaussian", 90.0)])
def test_a_town_with_a_hole_against_small_squares(kernel, width):
    at = np.random.default_rng(0).uniform(-100, 1_000, (6, 2))
    expected = [naive.share_inside(p, TOWN, width, kernel, 6.0) for p in at]
    np.testing.assert_allclose(share(at, TOWN, width, kernel), expected, atol=6e-3)


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
def test_parts_add_up(kernel):
    at = np.random.default_rng(1).uniform(-100, 1_000, (30, 2))
    left, right = (
        TOWN.intersection(shapely.box(low, -FAR, high, FAR))
        for low, high in ((-FAR, 410), (410, FAR))
    )
    both = share(at, left, kernel=kernel) + share(at, right, kernel=kernel)
    np.testing.assert_allclose(both, share(at, TOWN, kernel=kernel), atol=1e-9)
    moved = shapely.affinity.translate(TOWN, 470_000, 310_000)
    there = share(at + np.array([470_000, 310_000]), moved, kernel=kernel)
    np.testing.assert_allclose(there, share(at, TOWN, kernel=kernel), atol=1e-8)


def test_points_on_the_edge_and_at_corners():
    box = shapely.box(0, 0, FAR, FAR)
    assert share([[0, 0], [0, 9_000]], box).tolist() == pytest.approx([0.25, 0.5])
    assert edges_of(shapely.Polygon()).shape == (0, 4)
