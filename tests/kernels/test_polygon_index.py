"""Point in polygon: every answer must be shapely's."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import first_covering

from hotspots.core.errors import AreaError, ParameterError
from hotspots.kernels import polygon_index as module
from hotspots.kernels.polygon_index import PolygonIndex


@pytest.fixture(autouse=True, scope="module")
def compiled_however_few():
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "FEW", -1)
        yield


@pytest.fixture(params=["1", "0"], ids=["compiled", "geos"])
def twin(request, monkeypatch):
    monkeypatch.setenv("HOTSPOTS_COMPILED", request.param)


def many(polygons):
    return np.array(polygons, dtype=object)


def check(polygons, x, y):
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    found = PolygonIndex(many(polygons)).locate(x, y)
    assert found.dtype == np.int32
    np.testing.assert_array_equal(found, first_covering(polygons, x, y))
    return found


whole = st.integers(0, 9).map(float)
number = whole | st.floats(0, 9, width=32)
corners = st.lists(st.tuples(number, number), min_size=3, max_size=9)


@st.composite
def valid_polygons(draw):
    shape = shapely.make_valid(shapely.Polygon(draw(corners)))
    if draw(st.booleans()):
        west, south = draw(whole), draw(whole)
        shape = shape.difference(shapely.box(west, south, west + 3, south + 2))
    parts = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon"]
    polygon = shapely.MultiPolygon(parts)
    if not polygon.is_valid:
        polygon = shapely.Polygon()
    return shapely.reverse(polygon) if draw(st.booleans()) else polygon


@given(
    polygons=st.lists(valid_polygons(), min_size=1, max_size=5),
    points=st.lists(st.tuples(number, number), min_size=1, max_size=60),
)
@settings(max_examples=300, deadline=None)
def test_equals_shapely_on_any_polygons(polygons, points):
    corner = shapely.get_coordinates(many(polygons))
    middles = (corner[:-1] + corner[1:]) / 2
    check(polygons, *np.vstack([np.array(points), corner, middles]).T)


@pytest.mark.parametrize("cells_per_edge", [0.01, 1, 500])
def test_the_grid_changes_no_answer(cells_per_edge, monkeypatch):
    monkeypatch.setattr(module, "CELLS_PER_EDGE", cells_per_edge)
    monkeypatch.setattr(module, "MIN_CELLS", 1)
    rng = np.random.default_rng(6)
    angle = np.sort(rng.uniform(0, 2 * np.pi, (6, 300)), axis=1)
    reach = rng.uniform(1, 5, angle.shape)
    middle = rng.uniform(0, 8, (6, 2, 1))
    x, y = middle[:, 0] + reach * np.cos(angle), middle[:, 1] + reach * np.sin(angle)
    stars = [shapely.Polygon(np.column_stack(pair)) for pair in zip(x, y, strict=True)]
    assert all(star.is_valid for star in stars)
    check(stars, *rng.uniform(-6, 14, (2, 20_000)))


def test_rows_and_columns_of_one_grid_are_where_mistakes_would_show(monkeypatch):
    # corners, edges and points on the grid's own lines
    monkeypatch.setattr(module, "MIN_CELLS", 64)
    monkeypatch.setattr(module, "CELLS_PER_EDGE", 1)
    ring = shapely.box(0, 0, 8, 8).difference(shapely.box(2, 2, 6, 6))
    steps = shapely.Polygon(
        [(0, 0), (8, 0), (8, 8), (7, 8), (7, 1), (1, 1), (1, 8), (0, 8)]
    )
    x, y = np.meshgrid(np.arange(-1, 9.25, 0.25), np.arange(-1, 9.25, 0.25))
    check([ring], x.ravel(), y.ravel())
    check([steps, ring], x.ravel(), y.ravel())


@pytest.mark.usefixtures("twin")
def test_a_point_on_a_shared_edge_goes_to_one_polygon_whatever_the_direction():
    left, right = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)
    for first in (left, shapely.reverse(left)):
        for second in (right, shapely.reverse(right)):
            x, y = np.array([1.0, 1.0, 1.0]), np.array([0.0, 0.3, 1.0])
            assert PolygonIndex(many([first, second])).locate(x, y).tolist() == [
                0,
                0,
                0,
            ]
            assert PolygonIndex(many([second, first])).locate(x, y).tolist() == [
                0,
                0,
                0,
            ]


@pytest.mark.usefixtures("twin")
def test_hole_island_overlap_boundary_and_outside():
    ring = shapely.box(0, 0, 9, 9).difference(shapely.box(3, 3, 6, 6))
    two = shapely.MultiPolygon([shapely.box(4, 4, 5, 5), shapely.box(20, 0, 21, 1)])
    wide = shapely.box(8, 8, 12, 12)
    x = np.array([1.0, 3.5, 4.5, 20.5, 8.5, 11, 9, 3, 15, -1, np.nan, np.inf])
    y = np.array([1.0, 3.5, 4.5, 0.5, 8.5, 11, 5, 3, 15, 5, 1, 1])
    found = PolygonIndex(many([ring, two, wide])).locate(x, y)
    assert found.tolist() == [0, -1, 1, 1, 0, 2, 0, 0, -1, -1, -1, -1]


def test_close_to_a_slanting_edge_rounding_does_not_decide():
    triangle = shapely.Polygon([(0.1, 0.1), (0.7, 0.3), (0.2, 0.9)])
    other = shapely.Polygon([(0.1, 0.1), (0.7, 0.3), (0.9, -0.4)])
    t = np.linspace(0, 1, 2_000)
    x, y = 0.1 + t * (0.7 - 0.1), 0.1 + t * (0.3 - 0.1)
    for shift in (0.0, 1e-17, -1e-17, 1e-16, -1e-16, 1e-15):
        check([triangle, other], x, y + shift)


@pytest.mark.usefixtures("twin")
def test_empty_polygons_and_no_points():
    empty, square = shapely.Polygon(), shapely.box(0, 0, 1, 1)
    half = np.array([0.5])
    assert PolygonIndex(many([empty, square])).locate(half, half).tolist() == [1]
    assert PolygonIndex(many([empty])).locate(half, half).tolist() == [-1]
    assert PolygonIndex(many([square])).locate(half[:0], half[:0]).tolist() == []


def test_every_real_ward(shared_data):
    pyogrio = pytest.importorskip("pyogrio")
    _, _, wkb, _ = pyogrio.raw.read(shared_data / "boundaries/llr_wards_2013.geojson")
    wards = shapely.make_valid(shapely.from_wkb(wkb))
    rng = np.random.default_rng(4)
    west, south, east, north = shapely.total_bounds(wards)
    corner = shapely.get_coordinates(wards)
    x = np.concatenate([rng.uniform(west, east, 30_000), corner[::4, 0]])
    y = np.concatenate([rng.uniform(south, north, 30_000), corner[::4, 1]])
    found = check(list(wards), x, y)
    assert len(np.unique(found)) == len(wards) + 1


def test_refuses_what_is_no_polygon():
    with pytest.raises(AreaError, match="number 1 is <LINESTRING"):
        PolygonIndex(
            many([shapely.box(0, 0, 1, 1), shapely.LineString([(0, 0), (1, 1)])])
        )


def test_refuses_coordinates_that_do_not_pair():
    with pytest.raises(ParameterError, match="one y for each x"):
        PolygonIndex(many([shapely.box(0, 0, 1, 1)])).locate(np.zeros(2), np.zeros(1))
