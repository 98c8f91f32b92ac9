"""Cells against h3-py, one at a time."""

from __future__ import annotations

import h3
import numpy as np
import pytest
import shapely
import toy
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.errors import AreaError, ParameterError
from hotspots.model.cells import RESOLUTIONS, Cells, bin_points, cell_names


@given(
    st.lists(
        st.tuples(st.floats(-8, 1.9), st.floats(49.9, 60.8)), min_size=1, max_size=40
    ),
    st.sampled_from(RESOLUTIONS),
)
@settings(max_examples=60, deadline=None)
def test_binning_equals_h3(points: list[tuple[float, float]], resolution: int) -> None:
    lon, lat = np.array(points).T
    expected = [h3.latlng_to_cell(y, x, resolution) for x, y in points]
    assert cell_names(bin_points(lon, lat, resolution=resolution)) == expected


@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_finer_cells_sum_to_the_coarser(resolution: int) -> None:
    random = np.random.default_rng(1)
    lon, lat = random.uniform(-1, -0.9, 500), random.uniform(52.7, 52.75, 500)
    fine = cell_names(bin_points(lon, lat, resolution=11))
    coarse = cell_names(bin_points(lon, lat, resolution=resolution))
    centres = [h3.cell_to_parent(cell, resolution) for cell in fine]
    # A point near an edge may fall in a finer cell whose parent is the next cell.
    assert np.mean([a == b for a, b in zip(centres, coarse, strict=True)]) > 0.8


def test_area_centres_and_neighbours_equal_h3() -> None:
    names = sorted(h3.grid_disk(toy.A, 3))
    cells = Cells.from_ids(
        np.array([int(c, 16) for c in names], dtype=np.uint64), resolution=10
    )
    names = cell_names(cells.ids)
    for k, name in enumerate(names):
        lat, lon = h3.cell_to_latlng(name)
        assert cells.lonlat[k] == pytest.approx((lon, lat), abs=1e-9)
        area = h3.cell_area(name, unit="km^2")
        assert cells.area_km2[k] == pytest.approx(area, rel=1e-9)
        expected = {names.index(n) for n in h3.grid_ring(name, 1) if n in names}
        row = cells.neighbours[[k]].toarray()[0]
        assert set(np.flatnonzero(row)) == expected
        table = cells.neighbour_table[k]
        assert set(table[table >= 0]) == expected


def test_cells_cover_the_study_area() -> None:
    town = toy.town()
    cells = Cells.from_polygon(town, resolution=10)
    together = shapely.union_all(cells.polygons()).buffer(1e-9)
    assert together.covers(town)
    assert all(shapely.intersects(cells.polygons(), town.buffer(1e-9)))


def test_positions_of_ids() -> None:
    cells = Cells.from_ids(np.array([9, 5, 7, 5], dtype=np.uint64), resolution=10)
    wanted = np.array([5, 6, 9, 10], dtype=np.uint64)
    assert cells.index_of(wanted).tolist() == [0, -1, 2, -1]


def test_impossible_cells_are_refused() -> None:
    with pytest.raises(ParameterError, match="must be one of 8, 9, 10, 11"):
        bin_points(np.zeros(1), np.zeros(1), resolution=7)
    with pytest.raises(ParameterError, match="distinct, rising"):
        Cells(ids=np.array([2, 1], dtype=np.uint64))
    with pytest.raises(AreaError, match="empty"):
        Cells.from_polygon(shapely.Polygon(), resolution=10)
    with pytest.raises(AreaError, match="stray corner"):
        Cells.from_polygon(shapely.box(-8, 50, 2, 60), resolution=11)


def test_areas_read_off_a_surface_are_those_measured() -> None:
    box = shapely.box(-1.3, 52.5, -0.9, 52.8)
    cells = Cells.from_polygon(box, resolution=10)
    near = Cells(ids=cells.ids, resolution=10)
    near.read_areas_off()
    np.testing.assert_allclose(near.area_km2, cells.area_km2, rtol=1e-10)
    assert not np.array_equal(near.area_km2, cells.area_km2)  # not each was measured


def test_a_polygon_is_covered_in_tiles_as_at_once() -> None:
    from h3ronpy import ContainmentMode
    from h3ronpy.vector import wkb_to_cells

    island = shapely.Point(-1.0, 52.6).buffer(0.9) - shapely.box(-1.1, 52.5, -0.6, 52.7)
    at_once = wkb_to_cells(
        [shapely.to_wkb(island)],
        8,
        containment_mode=ContainmentMode.Covers,
        flatten=True,
    )
    cells = Cells.from_polygon(island, resolution=8)
    assert np.array_equal(cells.ids, np.unique(np.asarray(at_once)))
