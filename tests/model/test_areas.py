"""Areas: exact location, shared edges, repair said aloud, dates, coverage."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.errors import AreaError, ParameterError
from hotspots.model.areas import Areas

LEFT = shapely.box(-0.90, 52.70, -0.85, 52.80)
RIGHT = shapely.box(-0.85, 52.70, -0.80, 52.80)
BOW_TIE = shapely.Polygon([(-0.9, 52.7), (-0.8, 52.8), (-0.8, 52.7), (-0.9, 52.8)])


def pair() -> Areas:
    return Areas.from_polygons([LEFT, RIGHT], codes=["L", "R"], kind="ward")


def locate(areas: Areas, *points: tuple[float, float]) -> list[int]:
    lon, lat = np.array(points, dtype=float).T
    return areas.locate(lon, lat).tolist()


def test_inside_outside_and_on_the_shared_edge() -> None:
    found = locate(pair(), (-0.87, 52.75), (-0.82, 52.75), (-0.7, 52.75))
    assert found == [0, 1, -1]
    on_edge = locate(pair(), (-0.85, 52.75))
    assert on_edge in ([0], [1]), "exactly one of the two, never both or none"
    turned = Areas.from_polygons(
        [shapely.reverse(LEFT), shapely.reverse(RIGHT)], codes=["L", "R"], kind="ward"
    )
    assert locate(turned, (-0.85, 52.75)) == on_edge, "whatever way the ring runs"


def test_the_outer_edge_belongs_to_the_area() -> None:
    corners = [(-0.9, 52.7), (-0.9, 52.8), (-0.8, 52.7), (-0.8, 52.8), (-0.88, 52.8)]
    assert locate(pair(), *corners) == [0, 0, 1, 1, 0]


def test_where_areas_overlap_the_first_wins() -> None:
    areas = Areas.from_polygons([LEFT, LEFT.buffer(0.01)], codes=["a", "b"])
    assert locate(areas, (-0.87, 52.75)) == [0]
    assert locate(areas, (-0.905, 52.75)) == [1]


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_random_partitions_equal_shapely(seed: int) -> None:
    random = np.random.default_rng(seed)
    seeds = shapely.MultiPoint(random.uniform((-1, 52), (-0.5, 52.5), (12, 2)))
    frame = shapely.box(-1, 52, -0.5, 52.5)
    parts = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=frame))
    wards = shapely.intersection(parts, frame)
    areas = Areas.from_polygons(wards, codes=[str(k) for k in range(len(wards))])
    points = random.uniform((-1.1, 51.9), (-0.4, 52.6), (300, 2))
    found = areas.locate(points[:, 0], points[:, 1])
    for (lon, lat), row in zip(points, found, strict=True):
        covering = np.flatnonzero(shapely.covers(wards, shapely.Point(lon, lat)))
        assert (row == -1) == (len(covering) == 0)
        assert row == -1 or row in covering


def test_invalid_polygons_are_repaired_and_said() -> None:
    areas = Areas.from_polygons([LEFT, BOW_TIE], codes=["ok", "E01013619"])
    assert shapely.is_valid(areas.geometry).all()
    assert "1 of 2 polygons were invalid" in areas.notes[0]
    assert "E01013619" in areas.notes[0]


def test_what_cannot_be_an_area_is_refused() -> None:
    with pytest.raises(AreaError, match="valid polygon"):
        Areas.from_polygons([shapely.Point(0, 0)], codes=["p"])
    with pytest.raises(AreaError, match="at least one polygon"):
        Areas.from_polygons([], codes=[])
    with pytest.raises(AreaError, match="longitude and latitude"):
        Areas.from_polygons([shapely.box(470000, 3e5, 480000, 4e5)], codes=["g"])
    with pytest.raises(ParameterError, match="must be one of ward"):
        Areas.from_polygons([LEFT], codes=["a"], kind="parish")


def test_only_areas_valid_on_the_day_are_used() -> None:
    dated = pair().frame.with_columns(
        valid_from=pl.Series([dt.date(2015, 1, 1), None]),
        valid_to=pl.Series([dt.date(2023, 4, 30), None]),
    )
    areas = replace(pair(), frame=dated, _indexes={})
    assert len(areas.valid_on(dt.date(2020, 1, 1))) == 2
    assert len(areas.valid_on(dt.date(2023, 4, 30))) == 2, "the last day is valid"
    later = areas.valid_on(dt.date(2023, 5, 1))
    assert later.frame["code"].to_list() == ["R"]
    assert "1 areas were left out" in later.notes[-1]
    assert locate(later, (-0.87, 52.75), (-0.82, 52.75)) == [-1, 0]
    with pytest.raises(AreaError, match="at least one area must be valid"):
        replace(areas, frame=dated[:1], geometry=areas.geometry[:1]).valid_on(
            dt.date(2024, 1, 1)
        )


def test_overlaps_and_gaps_are_reported() -> None:
    assert pair().coverage_notes == ()
    ring = shapely.difference(LEFT, shapely.box(-0.88, 52.74, -0.87, 52.76))
    crossing = shapely.box(-0.86, 52.7, -0.8, 52.8)
    notes = Areas.from_polygons(
        [ring, crossing], codes=["a", "b"], kind="ward"
    ).coverage_notes
    assert "1 pairs" in notes[0]
    assert "1 gaps" in notes[1]


def test_true_area_of_a_degree_box() -> None:
    # A box of 0.05 by 0.1 degrees at 52.75 N: 3.377 km by 11.13 km.
    assert pair().area_km2[0] == pytest.approx(3.377 * 11.129, rel=0.002)
