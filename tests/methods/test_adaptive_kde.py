"""Own bandwidths: by the loop, by hand, mass, relations, what is refused."""

from __future__ import annotations

import numpy as np
import pytest
import reference_kernels as naive
import toy

from hotspots.core.errors import CrsError, ParameterError, TooFewError
from hotspots.kernels import adaptive_sum as engine
from hotspots.kernels.adaptive_bandwidth import abramson_bandwidths, nearest_bandwidths
from hotspots.methods.adaptive_kde import AdaptiveKde, adaptive_density
from hotspots.methods.kde import density
from hotspots.model.cells import Cells

CORNER = np.array([470_000.0, 310_000.0])
KERNELS = ("quartic", "gaussian")


def town(n, seed=0):
    rng = np.random.default_rng(seed)
    xy = rng.normal(2_500, 300, (n, 2))
    xy[::5] += rng.normal(0, 1_500, (len(xy[::5]), 2))
    return CORNER + xy


@pytest.mark.parametrize("compiled", ["0", "1"])
@pytest.mark.parametrize("kernel", KERNELS)
def test_equals_the_naive_loop(kernel, compiled, monkeypatch):
    monkeypatch.setenv("HOTSPOTS_COMPILED", compiled)
    monkeypatch.setattr(engine, "MAX_PAIRS", 50)
    rng = np.random.default_rng(1)
    xy, at = town(80), town(40, seed=2)
    at = np.concatenate([at, at[:1], xy[:3], CORNER + rng.uniform(0, 9_000, (20, 2))])
    weights = rng.integers(0, 5, 80).astype(float)
    widths = rng.uniform(60, 900, 80)
    ours = adaptive_density(xy, at, widths, kernel=kernel, weights=weights)
    expected = naive.density(xy, weights, widths, at, kernel)
    np.testing.assert_allclose(ours, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("compiled", ["0", "1"])
def test_targets_in_a_line_at_one_place_or_far_off(compiled, monkeypatch):
    monkeypatch.setenv("HOTSPOTS_COMPILED", compiled)
    xy, widths = town(30), np.full(30, 300.0)
    for at in (
        np.repeat(xy[:1], 5, axis=0),
        CORNER + np.column_stack([np.arange(0, 5_000, 50.0), np.full(100, 2_500.0)]),
        xy[:4] + 1e6,
        xy[:1],
    ):
        ours = adaptive_density(xy, at, widths)
        np.testing.assert_allclose(
            ours, naive.density(xy, np.ones(30), widths, at, "quartic"), rtol=1e-9
        )
    assert adaptive_density(xy[:0], xy, widths[:0]).tolist() == [0] * 30
    assert adaptive_density(xy, xy[:0], widths).tolist() == []


@pytest.mark.parametrize("kernel", KERNELS)
def test_one_bandwidth_for_all_is_plain_density(kernel):
    xy, at = town(200), town(50, seed=3)
    ours = adaptive_density(xy, at, np.full(200, 350.0), kernel=kernel)
    plain = density(xy, at, bandwidth_m=350.0, kernel=kernel)
    np.testing.assert_allclose(ours, plain, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("kernel", KERNELS)
def test_the_volume_is_the_number_of_incidents(kernel):
    xy = CORNER + 4_000 + np.random.default_rng(2).normal(0, 300, (30, 2))
    side = np.arange(0, 8_000, 40.0)
    at = CORNER + np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    widths = abramson_bandwidths(xy, bandwidth_m=300.0, kernel=kernel)
    values = adaptive_density(xy, at, widths, kernel=kernel)
    assert values.sum() * 1.6e-3 == pytest.approx(30, rel=1e-3)


@pytest.mark.parametrize("kernel", KERNELS)
def test_abramson_equals_the_formula_and_weights_count(kernel):
    xy = town(60)
    expected = naive.abramson(xy, 250.0, kernel, 2.0)
    ours = abramson_bandwidths(xy, bandwidth_m=250.0, kernel=kernel, widest=2.0)
    np.testing.assert_allclose(ours, expected, rtol=1e-9)
    counts = np.random.default_rng(0).integers(0, 4, 60)
    repeated = abramson_bandwidths(
        np.repeat(xy, counts, axis=0), bandwidth_m=250.0, kernel=kernel
    )
    weighted = abramson_bandwidths(
        xy, bandwidth_m=250.0, kernel=kernel, weights=counts.astype(float)
    )
    np.testing.assert_allclose(np.repeat(weighted, counts), repeated, rtol=1e-9)


def test_abramson_by_hand():
    # three at one place, one far off: densities 3 and 1, geometric mean 3 ** (3 / 4)
    xy = CORNER + np.array([[0.0, 0.0], [9_000.0, 0.0]])
    ours = abramson_bandwidths(xy, bandwidth_m=100.0, weights=np.array([3.0, 1.0]))
    typical = 3**0.75
    expected = [100 * (3 / typical) ** -0.5, 100 * typical**0.5]
    np.testing.assert_allclose(ours, expected)


def test_nearest_equals_the_loop_and_weights_count():
    xy = town(40)
    ours = nearest_bandwidths(xy, n_nearest=4, narrowest_m=1.0)
    np.testing.assert_allclose(ours, np.maximum(naive.nth_nearest(xy, 4), 1.0))
    counts = np.random.default_rng(3).integers(0, 4, 40)
    rows = np.repeat(xy, counts, axis=0)
    ours = nearest_bandwidths(
        xy, n_nearest=6, narrowest_m=50.0, weights=counts.astype(float)
    )
    expected = np.maximum(naive.nth_nearest(rows, 6), 50.0)
    np.testing.assert_allclose(np.repeat(ours, counts), expected)


def test_repeats_at_one_place_keep_the_narrowest():
    xy = np.repeat(CORNER[None], 12, axis=0)
    assert (nearest_bandwidths(xy, n_nearest=10, narrowest_m=80.0) == 80).all()
    one = nearest_bandwidths(
        CORNER[None], n_nearest=10, narrowest_m=80.0, weights=np.array([12.0])
    )
    assert one.tolist() == [80]


@pytest.mark.parametrize("rule", ["abramson", "nearest"])
def test_the_method_is_sharper_where_incidents_are_dense(rule):
    counts = {toy.A: 60, toy.B: 40, toy.C: 30, toy.D: 4}
    cells = Cells.from_polygon(toy.town(), resolution=10)
    method = AdaptiveKde(rule=rule, n_nearest=35)
    surface = method(toy.incidents(counts), cells)
    plain = density(toy.incidents(counts).xy_m, cells.xy_m, bandwidth_m=300.0)
    assert surface.values.max() > plain.max()
    assert (surface.name, surface.unit) == ("density_per_km2", "incidents per km2")
    assert "Bandwidths from" in surface.notes[0]
    assert "not corrected at the edge" in surface.notes[0]


def test_what_is_refused():
    xy = town(5)
    with pytest.raises(ParameterError, match="each of 5 points"):
        adaptive_density(xy, xy, np.ones(4))
    with pytest.raises(ParameterError, match="above 0; got -1"):
        adaptive_density(xy, xy, np.array([1, 1, -1, 1, 1.0]))
    with pytest.raises(CrsError, match="row 0"):
        adaptive_density(xy * np.nan, xy, np.ones(5))
    with pytest.raises(TooFewError, match="at least two incidents; got 1"):
        abramson_bandwidths(xy[:1], bandwidth_m=100.0)
    with pytest.raises(ParameterError, match="widest must be at least 1"):
        abramson_bandwidths(xy, bandwidth_m=100.0, widest=0.5)
    with pytest.raises(TooFewError, match="more than 5 incidents"):
        nearest_bandwidths(xy, n_nearest=5, narrowest_m=1.0)
    with pytest.raises(ParameterError, match="narrowest_m above 0"):
        nearest_bandwidths(xy, n_nearest=2, narrowest_m=0.0)
    with pytest.raises(ParameterError, match="whole numbers"):
        nearest_bandwidths(xy, n_nearest=2, narrowest_m=1.0, weights=np.full(5, 0.5))
    with pytest.raises(ParameterError, match="rule must be one of"):
        AdaptiveKde(rule="silverman")
