"""Points and lines in every format, and QGIS's style in a GeoPackage."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import polars as pl
import pyogrio
import pytest
import shapely

from hotspots.outputs.formats import Layer, write_geopackage
from hotspots.outputs.formats.plan_layers import by_dimension
from hotspots.outputs.formats.qgis import qgis_style

SHAPES: dict[str, list[shapely.Geometry]] = {
    "points": [shapely.Point(-0.88, 52.76), shapely.Point(-0.87, 52.77)],
    "multipoints": [
        shapely.MultiPoint([(-0.88, 52.76), (-0.87, 52.77)]),
        shapely.Point(-0.86, 52.75),
    ],
    "lines": [
        shapely.LineString([(-0.88, 52.76), (-0.87, 52.77)]),
        shapely.LineString([(-0.86, 52.76), (-0.85, 52.77), (-0.84, 52.75)]),
    ],
    "multilines": [
        shapely.MultiLineString(
            [[(-0.88, 52.76), (-0.87, 52.77)], [(-0.8, 52.7), (-0.81, 52.71)]]
        ),
        shapely.LineString([(-0.86, 52.76), (-0.85, 52.77)]),
    ],
}


def make(kind: str, name: str = "places") -> Layer:
    geometry = np.empty(2, dtype=object)
    geometry[:] = SHAPES[kind]
    frame = pl.DataFrame({"rank": [1, 2], "name": ["A & b", "<c>"], "why": ["x", "y"]})
    return Layer(name=name, frame=frame, geometry=geometry, description="d")


@pytest.mark.parametrize(
    ("kind", "stored"),
    [
        ("points", "Point"),
        ("multipoints", "MultiPoint"),
        ("lines", "LineString"),
        ("multilines", "MultiLineString"),
    ],
)
def test_a_geopackage_layer_has_one_kind(
    tmp_path: Path, kind: str, stored: str
) -> None:
    layer, path = make(kind), tmp_path / "a.gpkg"
    write_geopackage(path, [layer])
    assert pyogrio.read_info(path)["geometry_type"] == stored
    _, table = pyogrio.read_arrow(path)
    shapes = shapely.from_wkb(table["geom"].to_pylist())
    assert shapely.equals(shapes, layer.geometry).all()


def test_qgis_finds_a_default_style_for_each_layer(
    tmp_path: Path, count_features: Callable
) -> None:
    path = tmp_path / "a.gpkg"
    layers = [make("points"), make("lines", "walks")]
    write_geopackage(path, layers, symbols=[0, 1])
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute(
            "select f_table_name, f_geometry_column, useAsDefault, styleQML, "
            "update_time from layer_styles order by id"
        ).fetchall()
        listed = database.execute(
            "select data_type from gpkg_contents where table_name = 'layer_styles'"
        ).fetchall()
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
    assert listed == [("attributes",)]
    assert [row[:3] for row in rows] == [("places", "geom", 1), ("walks", "geom", 1)]
    assert {row[4] for row in rows} == {"2000-01-01T00:00:00.000Z"}
    kinds = [
        ElementTree.fromstring(row[3]).find(".//symbol").get("type") for row in rows
    ]
    assert kinds == ["marker", "line"]
    assert count_features(path)["places"] == 2


def test_styled_files_are_equal_byte_by_byte(tmp_path: Path) -> None:
    first, second = tmp_path / "a.gpkg", tmp_path / "b.gpkg"
    write_geopackage(first, [make("points")], symbols=[0])
    time.sleep(1.1)
    write_geopackage(second, [make("points")], symbols=[0])
    assert first.read_bytes() == second.read_bytes()


def test_each_order_has_its_own_symbol_and_only_the_first_is_labelled() -> None:
    styles = [qgis_style(make("points"), order) for order in range(5)]
    assert len(set(styles)) == 5
    assert ["fieldName=" in style for style in styles] == [True, *[False] * 4]
    assert [style.count('name="Place"') for style in styles] == [1] * 5


def test_a_mixture_comes_apart_and_together() -> None:
    geometry = np.array([SHAPES["lines"][0], SHAPES["points"][0]], dtype=object)
    mixed = Layer(name="m", frame=pl.DataFrame({"rank": [1, 2]}), geometry=geometry)
    points, lines = by_dimension(mixed)
    assert (points.name, lines.name) == ("m_points", "m_lines")
    assert points.frame["rank"].to_list() == [2]
    assert by_dimension(points) == (points,)
