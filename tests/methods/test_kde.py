"""Density: scikit-learn, mass, units, the edge of the area, what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
import reference
import shapely
import toy

from hotspots.core.crs import lonlat_to_bng
from hotspots.core.errors import CrsError, ParameterError
from hotspots.methods.kde import Kde, density, share_inside
from hotspots.model.cells import Cells

KERNELS = ("quartic", "gaussian")
CORNER = np.array([470_000.0, 310_000.0])


def town(n, seed=0):
    rng = np.random.default_rng(seed)
    return CORNER + rng.normal(2_500, 600, (n, 2))


@pytest.mark.parametrize("kernel", KERNELS)
def test_the_volume_under_the_surface_is_the_number_of_incidents(kernel):
    step_m = 25.0
    side = np.arange(-2_000, 7_000, step_m)
    at = CORNER + np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    values = density(town(40), at, bandwidth_m=250.0, kernel=kernel)
    assert values.sum() * (step_m / 1e3) ** 2 == pytest.approx(40, rel=2e-5)


@pytest.mark.parametrize(
    ("kernel", "peak"),
    [("quartic", 3 / (math.pi * 0.3**2)), ("gaussian", 1 / (2 * math.pi * 0.3**2))],
)
def test_one_incident_by_hand(kernel, peak):
    values = density(CORNER[None], CORNER[None], bandwidth_m=300.0, kernel=kernel)
    assert values[0] == pytest.approx(peak, rel=1e-12)


@pytest.mark.parametrize("kernel", KERNELS)
def test_equals_the_naive_loop_with_weights(kernel):
    xy, at = town(200), town(30, seed=1)
    weights = np.random.default_rng(2).integers(1, 9, 200).astype(float)
    sums = reference.kernel_sum(xy, weights, at, 400.0, kernel)
    factor = 3 if kernel == "quartic" else 0.5
    values = density(xy, at, bandwidth_m=400.0, kernel=kernel, weights=weights)
    np.testing.assert_allclose(values, sums * factor / math.pi / 0.4**2, rtol=1e-9)


def test_scikit_learn_agrees_on_the_gaussian():
    neighbors = pytest.importorskip("sklearn.neighbors")
    xy, at = town(500), town(100, seed=1)
    weights = np.random.default_rng(3).integers(1, 5, 500).astype(float)
    theirs = neighbors.KernelDensity(bandwidth=300.0, rtol=0, atol=0)
    theirs.fit(xy, sample_weight=weights)
    expected = np.exp(theirs.score_samples(at)) * weights.sum() * 1e6
    ours = density(xy, at, bandwidth_m=300.0, kernel="gaussian", weights=weights)
    np.testing.assert_allclose(ours, expected, rtol=1e-9)


@pytest.mark.parametrize("kernel", KERNELS)
def test_relations(kernel):
    xy, at = town(100), town(20, seed=1)
    values = density(xy, at, bandwidth_m=300.0, kernel=kernel)
    twice = density(xy, at, bandwidth_m=300.0, kernel=kernel, weights=np.full(100, 2.0))
    moved = density(xy + 512, at + 512, bandwidth_m=300.0, kernel=kernel)
    apart = density(xy[:40], at, bandwidth_m=300.0, kernel=kernel)
    apart += density(xy[40:], at, bandwidth_m=300.0, kernel=kernel)
    np.testing.assert_allclose(twice, 2 * values, rtol=1e-12)
    np.testing.assert_allclose(moved, values, rtol=1e-9)
    np.testing.assert_allclose(apart, values, rtol=1e-12)


def refused(message, error=ParameterError, **changes):
    given = {"bandwidth_m": 300.0, "kernel": "quartic", "weights": None} | changes
    xy, at = given.pop("xy", town(3)), given.pop("at", town(3))
    with pytest.raises(error, match=message):
        density(xy, at, **given)


def test_what_is_refused():
    refused("bandwidth_m must be greater than 0 metres; got 0", bandwidth_m=0)
    refused("bandwidth_m must be a finite number", bandwidth_m=math.nan)
    refused("bandwidth_m must be a finite number", bandwidth_m=math.inf)
    refused("kernel must be one of quartic, gaussian; got 'box'", kernel="box")
    refused(r"each of 3 points; got an array of shape \(2,\)", weights=np.ones(2))
    refused("weight 1 is nan", weights=np.array([1, np.nan, 1]))
    refused("weight 2 is -1.0", weights=np.array([1.0, 1.0, -1.0]))
    degrees = np.array([[-0.886, 52.765], [-0.883, 52.761]])
    refused("xy_m must be in a projected system", CrsError, xy=degrees)
    refused("at_m must be in a projected system", CrsError, at=degrees)
    refused("row 0 is", CrsError, xy=np.array([[np.nan, 1.0]]))


def test_the_method_checks_its_fields():
    with pytest.raises(ParameterError, match="edge must be one of target, none"):
        Kde(edge="source")
    with pytest.raises(ParameterError, match="bandwidth_m must be greater than 0"):
        Kde(bandwidth_m=-1)


def square(resolution=10):
    shape = shapely.box(-0.90, 52.75, -0.88, 52.762)
    return Cells.from_polygon(shape, resolution=resolution)


def drawn_in_metres(cells):
    """Return the cells as one polygon in the National Grid."""

    def project(lonlat):
        return np.column_stack(lonlat_to_bng(*np.ascontiguousarray(lonlat.T)))

    hexagons = shapely.transform(cells.polygons(), project)
    return shapely.union_all(shapely.buffer(hexagons, 0.01))


def exact_share(area, centre, bandwidth_m, kernel):
    """Integrate the kernel over rings, each by the part of it that is in the area."""
    reach_m = bandwidth_m * (1 if kernel == "quartic" else 4)
    outer = np.linspace(0, reach_m, 81)[1:]
    middle = outer - outer[0] / 2
    u2 = (middle / bandwidth_m) ** 2
    height = (1 - u2) ** 2 if kernel == "quartic" else np.exp(-u2 / 2)
    discs = shapely.buffer(shapely.Point(centre), outer, quad_segs=32)
    whole = np.diff(shapely.area(discs), prepend=0)
    inside = np.diff(shapely.area(shapely.intersection(discs, area)), prepend=0)
    return (height * inside).sum() / (height * whole).sum()


@pytest.mark.parametrize(
    ("kernel", "bandwidth_m", "error"),
    [
        ("quartic", 300.0, 0.03),
        ("quartic", 650.0, 0.005),
        ("gaussian", 150.0, 0.012),
        ("gaussian", 320.0, 0.004),
    ],
)
def test_share_inside_against_exact_areas(kernel, bandwidth_m, error):
    cells = square()
    area = drawn_in_metres(cells)
    share = share_inside(cells, bandwidth_m=bandwidth_m, kernel=kernel)
    for k in range(0, len(cells), 6):
        exact = exact_share(area, cells.xy_m[k], bandwidth_m, kernel)
        assert share[k] == pytest.approx(exact, abs=error)


@pytest.mark.parametrize("kernel", KERNELS)
def test_share_inside_against_every_pair(kernel):
    # the same sum, over a far larger area than the kernel reaches
    cells = square(9)
    wide = shapely.box(-0.99, 52.70, -0.79, 52.812)
    everywhere = Cells.from_polygon(wide, resolution=9).union(cells.ids)
    share = share_inside(cells, bandwidth_m=500.0, kernel=kernel)
    sums = [
        reference.kernel_sum(c.xy_m, c.area_km2, cells.xy_m, 500.0, kernel)
        for c in (cells, everywhere)
    ]
    error = 1e-12 if kernel == "quartic" else 4e-4
    np.testing.assert_allclose(share, sums[0] / sums[1], rtol=error)


def test_inside_the_area_the_share_is_exactly_1():
    cells = square(11)
    share = share_inside(cells, bandwidth_m=150.0)
    centre = drawn_in_metres(cells)
    edge_m = shapely.distance(shapely.points(cells.xy_m), centre.boundary)
    assert (share[edge_m > 200] == 1).all()
    assert (edge_m > 200).sum() > 100
    assert (share[edge_m < 20] < 0.8).all()
    assert share.min() > 0.2


def test_an_even_spread_looks_even_up_to_the_edge():
    cells = square(11)
    even = toy.incidents({f"{cell:x}": 1 for cell in cells.ids.tolist()})
    corrected = Kde(bandwidth_m=200.0)(even, cells)
    plain = Kde(bandwidth_m=200.0, edge="none")(even, cells)
    expected = 1 / cells.area_km2.mean()
    assert corrected.values == pytest.approx(expected, rel=0.01)
    assert plain.values.min() < 0.6 * expected
    raised = int((plain.values < corrected.values).sum())
    assert f"{raised:,} cells near the edge" in corrected.notes[0]
    assert (corrected.name, corrected.unit) == ("kde_per_km2", "incidents per km2")


def test_places_carry_their_counts():
    cells = Cells.from_polygon(toy.town(), resolution=10)
    incidents = toy.incidents()
    surface = Kde(edge="none")(incidents, cells)
    expected = density(incidents.xy_m, cells.xy_m, bandwidth_m=300.0)
    np.testing.assert_allclose(surface.values, expected, rtol=1e-12)
    assert surface.top(1)[0][0] in (toy.A, toy.B)


def test_no_incidents_and_no_cells():
    cells = Cells.from_polygon(toy.town(), resolution=9)
    nothing = toy.incidents().select(toy.incidents().frame["line"] < 0)
    assert (Kde()(nothing, cells).values == 0).all()
    empty = Cells(ids=np.empty(0, dtype=np.uint64), resolution=9)
    assert Kde()(toy.incidents(), empty).values.shape == (0,)
