from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pyogrio
import pytest
import shapely

from hotspots.core.errors import OutputError
from hotspots.outputs.formats import Layer, write_kml

KML = "{http://www.opengis.net/kml/2.2}"


def write(path: Path, layer: Layer) -> ElementTree.Element:
    write_kml(
        path,
        layer.frame,
        layer.geometry,
        name=layer.name,
        description=layer.description,
    )
    return ElementTree.fromstring(path.read_bytes())


def test_one_placemark_a_row_with_hostile_names_as_text(
    tmp_path: Path, layer: Layer
) -> None:
    found = write(tmp_path / "a.kml", layer).findall(f".//{KML}Placemark")
    names = [mark.findtext(f"{KML}name") for mark in found]
    assert names == [f"{k + 1}. {n}" for k, n in enumerate(layer.frame["name"])]
    for mark, why in zip(found, layer.frame["why"], strict=True):
        shown = mark.findtext(f"{KML}description")
        assert "<" not in shown
        assert html.unescape(shown) == why
        data = {
            d.get("name"): d.findtext(f"{KML}value") for d in mark.iter(f"{KML}Data")
        }
        assert data["why"] == why


def test_the_drawing_follows_the_rank(tmp_path: Path, layer: Layer) -> None:
    read = write(tmp_path / "a.kml", layer)
    used = [mark.text for mark in read.iter(f"{KML}styleUrl")]
    assert used == ["#top", "#top", "#top", "#middle", "#middle", "#middle"]
    assert {f"#{style.get('id')}" for style in read.iter(f"{KML}Style")} >= set(used)


@pytest.mark.parametrize("driver", ["KML", "LIBKML"])
def test_gdal_reads_it(
    tmp_path: Path, layer: Layer, count_features: Callable, driver: str
) -> None:
    path = tmp_path / "a.kml"
    write(path, layer)
    if driver == "LIBKML" and "LIBKML" not in pyogrio.list_drivers():
        pytest.skip("this GDAL has no LIBKML")
    assert count_features(path) == {"hotspots": 6}


def test_geometry_comes_back(tmp_path: Path, layer: Layer) -> None:
    path = tmp_path / "a.kml"
    write(path, layer)
    _, table = pyogrio.read_arrow(path)
    shapes = shapely.force_2d(shapely.from_wkb(table[meta_geometry(table)].to_pylist()))
    assert (shapely.hausdorff_distance(shapes, layer.geometry) < 1e-6).all()
    assert [s.geom_type for s in shapes] == [s.geom_type for s in layer.geometry]


def meta_geometry(table: object) -> str:
    return table.column_names[-1]


def test_control_characters_do_not_break_the_xml(tmp_path: Path, layer: Layer) -> None:
    path = tmp_path / "a.kml"
    write_kml(path, layer.frame, layer.geometry, name="a\x00\x0bb", description="\x1f")
    assert ElementTree.fromstring(path.read_bytes()).findtext(f".//{KML}name") == "ab"


def test_rank_name_and_why_may_be_missing(tmp_path: Path, layer: Layer) -> None:
    path = tmp_path / "a.kml"
    write_kml(path, layer.frame.select("kind"), layer.geometry, name="wards")
    read = ElementTree.fromstring(path.read_bytes())
    assert {mark.text for mark in read.iter(f"{KML}styleUrl")} == {"#plain"}


def test_two_runs_give_the_same_bytes(tmp_path: Path, layer: Layer) -> None:
    write(tmp_path / "a.kml", layer)
    write(tmp_path / "b.kml", layer)
    assert (tmp_path / "a.kml").read_bytes() == (tmp_path / "b.kml").read_bytes()


def test_a_collection_is_refused(tmp_path: Path, layer: Layer) -> None:
    one = np.array([shapely.GeometryCollection([layer.geometry[0]])], dtype=object)
    with pytest.raises(OutputError, match="a KML layer must hold points, lines"):
        write_kml(tmp_path / "a.kml", layer.frame[:1], one, name="a")
