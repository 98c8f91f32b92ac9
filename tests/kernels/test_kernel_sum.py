"""Kernel sums against a loop in a loop, and relations that must hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.errors import ParameterError
from hotspots.kernels import HAVE_NUMBA
from hotspots.kernels import kernel_sum as module
from hotspots.kernels.kernel_sum import kernel_sum

KERNELS = ("quartic", "gaussian")


@pytest.fixture(autouse=True, scope="module")
def compiled_however_few():
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "FEW", -1)
        yield


@pytest.fixture(params=["1", "0"], ids=["compiled", "numpy"])
def twin(request, monkeypatch):
    monkeypatch.setenv("HOTSPOTS_COMPILED", request.param)


def town(n, seed=0, size=5_000.0):
    """Clusters, some scatter and exact repeats, like real incidents."""
    rng = np.random.default_rng(seed)
    centres = rng.uniform(0, size, (12, 2))
    xy = centres[rng.integers(0, 12, n)] + rng.normal(0, size / 40, (n, 2))
    xy[: n // 10] = rng.uniform(0, size, (n // 10, 2))
    xy[3 * n // 4 :] = xy[: n - 3 * n // 4]
    return xy + np.array([470_000, 310_000]), rng.uniform(0, 3, n)


@pytest.mark.usefixtures("twin")
@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("bandwidth_m", [1.0, 60.0, 300.0, 1_000.0, 40_000.0])
def test_equals_the_naive_loop(kernel, bandwidth_m):
    xy, weights = town(400)
    at = np.vstack([town(60, seed=9)[0], xy[:20]])
    expected = reference.kernel_sum(xy, weights, at, bandwidth_m, kernel)
    sums = kernel_sum(xy, weights, at, bandwidth_m, kernel)
    np.testing.assert_allclose(sums, expected, rtol=1e-9, atol=1e-290)


coordinate = st.integers(0, 40).map(float) | st.floats(0, 40, width=32)
places = st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=40)


@pytest.mark.parametrize("kernel", KERNELS)
@given(points=places, targets=places, bandwidth_m=st.floats(0.5, 60), data=st.data())
@settings(max_examples=150, deadline=None)
def test_equals_the_naive_loop_on_any_points(
    kernel, points, targets, bandwidth_m, data
):
    size = len(points)
    some = st.lists(st.floats(0, 5), min_size=size, max_size=size)
    weights = np.array(data.draw(some))
    xy, at = np.array(points), np.array(targets)
    expected = reference.kernel_sum(xy, weights, at, bandwidth_m, kernel)
    sums = kernel_sum(xy, weights, at, bandwidth_m, kernel)
    np.testing.assert_allclose(sums, expected, rtol=1e-9, atol=1e-13)


@pytest.mark.usefixtures("twin")
@pytest.mark.parametrize("kernel", KERNELS)
def test_relations(kernel):
    xy, weights = town(300, seed=4)
    at = town(50, seed=5)[0]
    sums = kernel_sum(xy, weights, at, 400.0, kernel)
    order = np.random.default_rng(1).permutation(len(xy))
    shuffled = kernel_sum(xy[order], weights[order], at, 400.0, kernel)
    moved = kernel_sum(xy + 1_024, weights, at + 1_024, 400.0, kernel)
    larger = kernel_sum(xy * 2, weights, at * 2, 800.0, kernel)
    doubled = kernel_sum(np.vstack([xy, xy]), np.tile(weights, 2), at, 400.0, kernel)
    np.testing.assert_allclose(shuffled, sums, rtol=1e-12)
    np.testing.assert_allclose(moved, sums, rtol=1e-9)
    np.testing.assert_allclose(larger, sums, rtol=1e-12)
    np.testing.assert_allclose(doubled, 2 * sums, rtol=1e-12)


@pytest.mark.usefixtures("twin")
@pytest.mark.parametrize(
    ("kernel", "half_way"), [("quartic", 0.5625), ("gaussian", math.exp(-1 / 8))]
)
def test_hand_figures(kernel, half_way):
    at = np.array([[0.0, 0.0], [50.0, 0.0], [0.0, 100.0], [1e6, 0.0]])
    sums = kernel_sum(np.zeros((1, 2)), np.array([2.0]), at, 100.0, kernel)
    end = 0.0 if kernel == "quartic" else math.exp(-1 / 2)
    assert sums.tolist() == pytest.approx([2, 2 * half_way, 2 * end, 0.0])


@pytest.mark.parametrize("kernel", KERNELS)
def test_targets_all_around_and_far_from_the_points(kernel):
    at = np.array([[x, y] for x in (-1e7, 0, 1e7) for y in (-1e7, 0, 1e7)], dtype=float)
    sums = kernel_sum(np.zeros((5, 2)), np.ones(5), at, 300.0, kernel)
    assert sums.tolist() == [0, 0, 0, 0, 5, 0, 0, 0, 0]


@pytest.mark.parametrize("kernel", KERNELS)
def test_points_in_a_line_a_corner_and_at_the_ends_of_the_country(kernel):
    rng = np.random.default_rng(2)
    line = np.column_stack([rng.uniform(0, 1e6, 200), np.zeros(200)])
    xy = np.vstack([line, line[:, ::-1], [[7e5, 1.2e6]], rng.uniform(0, 9, (50, 2))])
    at = np.vstack([xy[::10], rng.uniform(0, 1e6, (20, 2))])
    weights = np.ones(len(xy))
    for bandwidth_m in (0.5, 20.0, 5_000.0):
        sums = kernel_sum(xy, weights, at, bandwidth_m, kernel)
        expected = reference.kernel_sum(xy, weights, at, bandwidth_m, kernel)
        np.testing.assert_allclose(sums, expected, rtol=1e-9, atol=1e-290)


@pytest.mark.usefixtures("twin")
def test_a_cut_gaussian_lacks_less_than_it_says(monkeypatch):
    xy, weights = town(500, seed=7)
    at = town(80, seed=8)[0]
    whole = kernel_sum(xy, weights, at, 100.0, "gaussian")
    monkeypatch.setattr(module, "MAX_ALL_PAIRS", 0)
    cut = kernel_sum(xy, weights, at, 100.0, "gaussian")
    assert np.abs(cut - whole).max() <= 2e-22 * weights.sum() + 1e-9 * whole.max()
    np.testing.assert_allclose(cut, whole, rtol=1e-9, atol=2e-22 * weights.sum())


@pytest.mark.usefixtures("twin")
@pytest.mark.parametrize("kernel", KERNELS)
def test_nothing_to_sum(kernel):
    none, one = np.empty((0, 2)), np.ones((1, 2))
    assert kernel_sum(none, np.empty(0), one, 10.0, kernel).tolist() == [0.0]
    assert kernel_sum(one, np.ones(1), none, 10.0, kernel).shape == (0,)


@pytest.mark.skipif(not HAVE_NUMBA, reason="numba is not installed")
def test_equal_points_are_one_with_the_sum_of_weights():
    xy = np.repeat(town(50)[0], 7, axis=0)
    grid = module._Grid.around(xy, 300.0)
    _, _, w, begins, ends = module._distinct_points(xy, np.ones(350), grid)
    n_distinct = len(np.unique(xy, axis=0))
    assert (ends - begins).sum() == n_distinct
    assert w.sum() == 350


@pytest.mark.parametrize("bandwidth_m", [0.0, -1.0, math.nan, math.inf])
def test_refuses_an_impossible_bandwidth(bandwidth_m):
    with pytest.raises(ParameterError, match=r"bandwidth_m must be .* above 0; got"):
        kernel_sum(
            np.zeros((1, 2)), np.ones(1), np.zeros((1, 2)), bandwidth_m, "quartic"
        )


def test_refuses_an_unknown_kernel():
    with pytest.raises(ParameterError, match="one of quartic, gaussian; got 'box'"):
        kernel_sum(np.zeros((1, 2)), np.ones(1), np.zeros((1, 2)), 1.0, "box")
