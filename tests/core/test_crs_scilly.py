"""The hole that the grid of ``convertbng`` has over Hugh Town is filled."""

from __future__ import annotations

import numpy as np
import shapely

from hotspots.core.crs import lonlat_to_bng, shapes_to_degrees, shapes_to_metres


def test_the_isles_of_scilly_have_coordinates() -> None:
    # Hugh Town stands at SV 902 105, St Mary's airport at SV 919 104
    x, y = lonlat_to_bng(np.array([-6.3169, -6.2917]), np.array([49.9151, 49.9133]))
    np.testing.assert_allclose(x, [90_200, 91_950], atol=150)
    np.testing.assert_allclose(y, [10_600, 10_350], atol=150)


def test_the_sea_has_none() -> None:
    x, _ = lonlat_to_bng(np.array([-6.9]), np.array([49.9]))
    assert np.isnan(x).all()


def test_shapes_may_reach_out_to_sea() -> None:
    box = shapely.box(-8, 50, 2, 60.5)
    moved = shapes_to_metres(box)
    assert shapely.is_valid(moved)
    np.testing.assert_allclose(
        shapely.get_coordinates(shapes_to_degrees(moved)),
        shapely.get_coordinates(box),
        atol=0.005,
    )
