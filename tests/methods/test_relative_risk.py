"""Incidents against households: by hand, by the loop, 0 / 0, what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
import reference_kernels as naive
import toy

from hotspots.core.errors import CrsError, ParameterError, TooFewError
from hotspots.methods.relative_risk import RelativeRisk, relative_risk
from hotspots.model.cells import Cells

CORNER = np.array([470_000.0, 310_000.0])
A, B, C = (CORNER + np.array([x, 0.0]) for x in (0.0, 5_000.0, 10_000.0))
PLACES = np.array([A, B])


def some(n, seed=0):
    return CORNER + np.random.default_rng(seed).normal(2_500, 500, (n, 2))


@pytest.mark.parametrize(
    ("compare", "scaled", "expected"),
    [
        # 12 incidents on 300 homes at A, 4 on 500 at B: 16 on 800, 1 in 50
        ("ratio", True, [2.0, 0.4]),
        ("ratio", False, [0.04, 0.008]),
        ("log", True, [math.log(2), math.log(0.4)]),
        ("difference", True, [6.0, -6.0]),
        ("sum", True, [18.0, 14.0]),
        ("difference", False, [-288.0, -496.0]),
        ("sum", False, [312.0, 504.0]),
    ],
)
def test_two_places_by_hand(compare, scaled, expected):
    found = relative_risk(
        PLACES,
        PLACES,
        PLACES,
        bandwidth_m=400.0,
        weights=np.array([12.0, 4.0]),
        at_risk_weights=np.array([300.0, 500.0]),
        compare=compare,
        scaled=scaled,
    )
    if compare in ("difference", "sum"):
        found = found / (3 / (math.pi * 0.4**2))
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_what_nothing_divided_by_nothing_is():
    given = {"bandwidth_m": 400.0, "weights": np.array([2.0, 0.0])}
    homes, at = np.array([B, B]), np.array([A, B, C])
    ratio = relative_risk(PLACES, homes, at, **given)
    assert ratio[0] == math.inf
    assert ratio[1] == 0
    assert math.isnan(ratio[2])
    log = relative_risk(PLACES, homes, at, compare="log", **given)
    assert log[:2].tolist() == [math.inf, -math.inf]
    assert math.isnan(log[2])
    gap = relative_risk(PLACES, homes, at, compare="difference", **given)
    assert gap[2] == 0
    # a Gaussian is nowhere 0, and far off only the tolerance says that nothing is there
    given["kernel"] = "gaussian"
    assert np.isnan(relative_risk(PLACES, homes, at, **given)[2])
    far = C - np.array([2_000.0, 0.0])
    loose = relative_risk(PLACES, homes, np.array([far, B]), tolerance=0.0, **given)
    assert 0 <= loose[0] < math.inf


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
def test_equals_the_naive_loop(kernel):
    xy, homes, at = some(40), some(90, 1), some(30, 2)
    risk = np.random.default_rng(3).integers(1, 9, 90).astype(float)
    found = relative_risk(
        xy, homes, at, bandwidth_m=500.0, kernel=kernel, at_risk_weights=risk
    )
    f = naive.density(xy, np.ones(40), np.full(40, 500.0), at, kernel)
    g = naive.density(homes, risk, np.full(90, 500.0), at, kernel)
    g *= 40 / risk.sum()
    f, g = (np.where(part <= 1e-9 * part.max(), 0, part) for part in (f, g))
    with np.errstate(divide="ignore", invalid="ignore"):
        np.testing.assert_allclose(found, f / g, rtol=1e-9)


def test_relations():
    xy, homes, at = some(60), some(90, 1), some(30, 2)
    base = relative_risk(xy, homes, at, bandwidth_m=900.0)
    more = relative_risk(
        xy, homes, at, bandwidth_m=900.0, at_risk_weights=np.full(90, 7.0)
    )
    np.testing.assert_allclose(more, base)
    same = relative_risk(homes, homes, homes, bandwidth_m=900.0)
    np.testing.assert_allclose(same, 1)
    log = relative_risk(xy, homes, at, bandwidth_m=900.0, compare="log")
    np.testing.assert_allclose(np.exp(log), base)


def test_the_method_says_where_too_few_are_expected():
    counts = {toy.A: 60, toy.B: 20, toy.D: 20}
    incidents = toy.incidents(counts)
    cells = Cells.from_polygon(toy.town(), resolution=10)
    homes, weights = incidents.place_xy_m, np.full(3, 100.0)
    given = {"at_risk_xy_m": homes, "at_risk_weights": weights}
    surface = RelativeRisk(bandwidth_m=150.0)(incidents, cells, **given)
    shown = np.isfinite(surface.values)
    assert 0 < shown.sum() < len(cells) / 4
    assert surface.values[shown].max() == pytest.approx(1.8, rel=0.2)
    assert surface.unit == "times the area's rate"
    n_few = int((~shown).sum())
    assert surface.notes[0].startswith(f"{n_few:,} of {len(cells):,} cells expect")
    strict = RelativeRisk(bandwidth_m=150.0, fewest_expected=30.0)
    assert np.isfinite(strict(incidents, cells, **given).values).sum() < shown.sum()
    plain = RelativeRisk(bandwidth_m=150.0, scaled=False)
    surface = plain(incidents, cells, **given)
    assert (np.isfinite(surface.values) == shown).all()
    assert surface.unit == "incidents per unit at risk"


def test_what_is_refused():
    given = {"bandwidth_m": 300.0}
    with pytest.raises(TooFewError, match="at least two incidents; got 1"):
        relative_risk(PLACES[:1], PLACES, PLACES, **given)
    with pytest.raises(ParameterError, match="weights at risk sum to 0"):
        relative_risk(PLACES, PLACES, PLACES, at_risk_weights=np.zeros(2), **given)
    with pytest.raises(ParameterError, match="at_risk_weights must be finite"):
        relative_risk(
            PLACES, PLACES, PLACES, at_risk_weights=np.array([1, -1.0]), **given
        )
    with pytest.raises(ParameterError, match="ratio, log, difference, sum; got 'per'"):
        relative_risk(PLACES, PLACES, PLACES, compare="per", **given)
    with pytest.raises(ParameterError, match="tolerance must be at least 0"):
        relative_risk(PLACES, PLACES, PLACES, tolerance=1.0, **given)
    with pytest.raises(ParameterError, match="above 0; got -1"):
        relative_risk(PLACES, PLACES, PLACES, bandwidth_m=-1.0)
    degrees = np.array([[-0.886, 52.765], [-0.887, 52.766]])
    with pytest.raises(CrsError, match="at_risk_xy_m must be in a projected system"):
        relative_risk(PLACES, degrees, PLACES, **given)
    with pytest.raises(ParameterError, match="fewest_expected must be at least 0"):
        RelativeRisk(fewest_expected=-1)
