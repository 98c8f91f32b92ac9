from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from hotspots.core.errors import ParameterError
from hotspots.outputs.printing.map_frame import Frame, page_path, round_length_m


@given(st.floats(1e3, 1e5), st.floats(1e3, 1e5))
def test_the_frame_shows_all_of_its_bounds_to_one_scale(dx: float, dy: float) -> None:
    frame = Frame.around((0, 0, dx, dy), wide=1_780, high=1_000)
    corners = frame.to_page(shapely.MultiPoint([(0, 0), (dx, dy)]))
    assert frame.box.covers(corners)
    across = (frame.east - frame.west) / frame.wide
    down = (frame.north - frame.south) / frame.high
    assert across == pytest.approx(down)
    assert across == pytest.approx(frame.metres_per_unit)


def test_north_is_up() -> None:
    frame = Frame.around((0, 0, 100, 100), wide=1_000, high=1_000, margin=0)
    south_west, north_east = frame.to_page(shapely.points([[0, 0], [100, 100]]))
    assert (south_west.x, south_west.y) == (0, 1_000)
    assert (north_east.x, north_east.y) == (1_000, 0)


def test_what_is_far_outside_is_cut() -> None:
    frame = Frame.around((0, 0, 100, 100), wide=1_000, high=1_000, margin=0)
    cut = frame.to_page(shapely.LineString([(-1e5, 50), (1e5, 50)]))
    assert cut.bounds == (-20, 500, 1_020, 500)


@given(st.floats(0.5, 1e6))
def test_round_lengths(longest: float) -> None:
    found = round_length_m(longest)
    assert found <= longest * 1.000001 < found * 2.51
    assert f"{found:e}"[0] in "125"


@pytest.mark.parametrize("bounds", [(0, 0, np.nan, 1), (0, 0, np.inf, 1)])
def test_no_bounds_no_map(bounds: tuple[float, ...]) -> None:
    with pytest.raises(ParameterError, match="finite bounds"):
        Frame.around(bounds, wide=10, high=10)


def test_paths_go_round_holes_and_through_parts() -> None:
    hole = shapely.box(0, 0, 10, 10).difference(shapely.box(4, 4, 6, 6))
    assert page_path(hole).count("Z") == 2
    lines = shapely.MultiLineString([[(0, 0), (1, 1)], [(5, 5), (6, 6)]])
    assert page_path(lines) == "M0.0 0.0L1.0 1.0M5.0 5.0L6.0 6.0"
    assert page_path(shapely.GeometryCollection([hole, lines])).count("M") == 4
    assert page_path(shapely.Point(1, 1)) == ""
    assert page_path(shapely.LineString()) == ""
