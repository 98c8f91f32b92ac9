"""Binning: no point may differ from h3-py, but within nanometres of an edge."""

from __future__ import annotations

import h3
import numpy as np
import pytest
from reference import h3_cells

from hotspots.core.errors import ParameterError
from hotspots.kernels.h3_index import cells_from_lonlat

REGION = (-11.0, 49.0, 2.0, 61.5)


def random_points(n, seed=0, region=REGION):
    rng = np.random.default_rng(seed)
    west, south, east, north = region
    return rng.uniform(west, east, n), rng.uniform(south, north, n)


@pytest.mark.parametrize("resolution", range(16))
def test_equals_h3_over_the_whole_region(resolution):
    lon, lat = random_points(20_000, seed=resolution)
    cells = cells_from_lonlat(lon, lat, resolution)
    assert (cells == h3_cells(lon, lat, resolution)).all()


@pytest.mark.parametrize("resolution", [5, 8, 9, 10, 11, 15])
def test_equals_h3_beside_the_edges_of_cells(resolution):
    lon, lat = random_points(150, seed=1)
    corners = [
        np.array(h3.cell_to_boundary(h3.latlng_to_cell(y, x, resolution)))
        for x, y in zip(lon, lat, strict=True)
    ]
    edges = np.vstack([(c + np.roll(c, 1, axis=0)) / 2 for c in corners])
    points = np.vstack([np.vstack(corners), edges])
    beside = [points + shift for shift in (1e-7, -1e-7)]
    y, x = np.vstack(beside).T
    assert (cells_from_lonlat(x, y, resolution) == h3_cells(x, y, resolution)).all()


def test_the_other_side_of_the_earth():
    lon, lat = random_points(2_000, seed=8, region=(-180, -90, 180, 90))
    assert (cells_from_lonlat(lon, lat, 7) == h3_cells(lon, lat, 7)).all()


def test_coordinates_that_are_no_numbers_have_no_cell():
    bad = np.array([np.nan, -1.0, np.inf, -1.0, -1.0])
    lat = np.array([52.0, np.nan, 52.0, -np.inf, 52.0])
    cells = cells_from_lonlat(bad, lat, 9)
    assert (cells[:4] == 0).all()
    assert h3.int_to_str(int(cells[4])) == h3.latlng_to_cell(52.0, -1.0, 9)


def test_no_points_no_cells():
    assert cells_from_lonlat(np.empty(0), np.empty(0), 9).dtype == np.uint64


def test_strided_and_integer_input():
    grid = np.array([[-1, 52], [-2, 53]])
    expected = h3_cells([-1, -2], [52, 53], 9)
    assert (cells_from_lonlat(grid[:, 0], grid[:, 1], 9) == expected).all()


@pytest.mark.parametrize("resolution", [-1, 16])
def test_refuses_a_resolution_that_h3_does_not_have(resolution):
    with pytest.raises(ParameterError, match="from 0 to 15; got"):
        cells_from_lonlat(np.zeros(1), np.zeros(1), resolution)


def test_refuses_coordinates_that_do_not_pair():
    with pytest.raises(ParameterError, match="one latitude for each longitude"):
        cells_from_lonlat(np.zeros(2), np.zeros(3), 9)
