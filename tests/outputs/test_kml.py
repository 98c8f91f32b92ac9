from __future__ import annotations

import html
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pyogrio
import pytest
import shapely
from schemas import check_schema

from hotspots.outputs.formats import FieldFile, Layer, write_kml, write_kmz

KML = "{http://www.opengis.net/kml/2.2}"
SHAPES = {
    "point": shapely.Point(-0.88, 52.76),
    "points": shapely.MultiPoint([(-0.88, 52.76), (-0.87, 52.77)]),
    "line": shapely.LineString([(-0.86, 52.76), (-0.85, 52.77), (-0.84, 52.75)]),
    "lines": shapely.MultiLineString(
        [[(-0.88, 52.76), (-0.87, 52.77)], [(-0.8, 52.7), (-0.81, 52.71)]]
    ),
}


@pytest.fixture
def content(layer: Layer, to_marks: Callable) -> FieldFile:
    return to_marks(layer)


def write(path: Path, content: FieldFile) -> ElementTree.Element:
    write_kml(path, content)
    return ElementTree.fromstring(path.read_bytes())


def test_a_placemark_a_row_with_hostile_names_as_text(
    tmp_path: Path, content: FieldFile, layer: Layer
) -> None:
    places, labels = write(tmp_path / "a.kml", content).findall(f".//{KML}Folder")
    for folder in (places, labels):
        marks = folder.findall(f"{KML}Placemark")
        found = [mark.findtext(f"{KML}name") for mark in marks]
        assert found == [f"{k + 1} {n}" for k, n in enumerate(layer.frame["name"])]
    for mark, row in zip(
        places.findall(f"{KML}Placemark"), layer.frame.to_dicts(), strict=True
    ):
        balloon = mark.findtext(f"{KML}description").split("<br/>")
        assert not any("<" in line for line in balloon)
        title = f"{row['rank']} {row['name']}"
        assert [html.unescape(t) for t in balloon] == [title, row["why"], "OFFICIAL"]
        data = {
            d.get("name"): d.findtext(f"{KML}value") for d in mark.iter(f"{KML}Data")
        }
        assert data["why"] == row["why"]
        assert data["below_floor"] in ("true", "false")


def test_each_placemark_has_its_time(tmp_path: Path, content: FieldFile) -> None:
    spans = list(write(tmp_path / "a.kml", content).iter(f"{KML}TimeSpan"))
    assert len(spans) == 12
    assert spans[0].findtext(f"{KML}begin") == "2025-07-01"
    assert spans[0].findtext(f"{KML}end") == "2025-07-29"
    undated = write(tmp_path / "b.kml", replace(content, begins=None, ends=None))
    assert not list(undated.iter(f"{KML}TimeSpan"))


def test_the_drawing_follows_the_rank_and_comparison_is_grey(
    tmp_path: Path, content: FieldFile
) -> None:
    held = replace(content.marks[0], comparison=True)
    marks = (*content.marks[1:], held)
    read = write(tmp_path / "a.kml", replace(content, marks=marks))
    used = [mark.text for mark in read.iter(f"{KML}styleUrl")]
    assert used[:6] == ["#top", "#top", "#middle", "#middle", "#middle", "#comparison"]
    assert used[6:] == ["#label"] * 6
    styles = {style.get("id"): style for style in read.iter(f"{KML}Style")}
    assert {name.removeprefix("#") for name in used} <= set(styles)
    colour = styles["comparison"].findtext(f".//{KML}LineStyle/{KML}color")
    assert colour[2:4] == colour[4:6] == colour[6:8]


@pytest.mark.parametrize("driver", ["KML", "LIBKML"])
def test_gdal_reads_it(
    tmp_path: Path, content: FieldFile, count_features: Callable, driver: str
) -> None:
    path = tmp_path / "a.kml"
    write(path, content)
    if driver == "LIBKML" and "LIBKML" not in pyogrio.list_drivers():
        pytest.skip("this GDAL has no LIBKML")
    assert count_features(path) == {"hotspots": 6, "hotspots, labels": 6}


@pytest.mark.parametrize("kind", [*SHAPES, "areas"])
def test_it_is_valid_by_the_schema(
    tmp_path: Path, content: FieldFile, kind: str
) -> None:
    path = tmp_path / "a.kml"
    shape = SHAPES.get(kind, content.marks[1].geometry)
    mark = replace(content.marks[0], geometry=shape, comparison=True)
    write_kml(path, replace(content, marks=(*content.marks, mark)))
    check_schema(path)


def test_a_kmz_is_the_same_in_one_file(tmp_path: Path, content: FieldFile) -> None:
    write(tmp_path / "a.kml", content)
    for name in ("a.kmz", "b.kmz"):
        write_kmz(tmp_path / name, content)
    with zipfile.ZipFile(tmp_path / "a.kmz") as packed:
        assert packed.namelist() == ["doc.kml"]
        assert packed.read("doc.kml") == (tmp_path / "a.kml").read_bytes()
    assert (tmp_path / "a.kmz").read_bytes() == (tmp_path / "b.kmz").read_bytes()


def test_geometry_comes_back(tmp_path: Path, content: FieldFile, layer: Layer) -> None:
    path = tmp_path / "a.kml"
    write(path, content)
    shapes = read_shapes(path)
    assert (shapely.hausdorff_distance(shapes, layer.geometry) < 1e-6).all()
    assert [s.geom_type for s in shapes] == [s.geom_type for s in layer.geometry]


@pytest.mark.parametrize("kind", SHAPES)
def test_points_and_lines_come_back(
    tmp_path: Path, content: FieldFile, kind: str
) -> None:
    path = tmp_path / "a.kml"
    mark = replace(content.marks[0], geometry=SHAPES[kind], folder="walks & ways")
    write_kml(path, replace(content, marks=(mark,)))
    assert pyogrio.list_layers(path)[:, 0].tolist() == ["walks & ways"]
    assert shapely.equals(read_shapes(path)[0], SHAPES[kind])


def read_shapes(path: Path) -> list[shapely.Geometry]:
    layer = pyogrio.list_layers(path)[0, 0]
    _, table = pyogrio.read_arrow(path, layer=layer)
    geometry = table[table.column_names[-1]].to_pylist()
    return shapely.force_2d(shapely.from_wkb(geometry))


def test_control_characters_do_not_break_the_xml(
    tmp_path: Path, content: FieldFile
) -> None:
    read = write(tmp_path / "a.kml", replace(content, title="a\x00\x0bb", text="\x1f"))
    assert read.findtext(f".//{KML}name") == "ab"


def test_number_and_place_may_be_missing(tmp_path: Path, content: FieldFile) -> None:
    bare = tuple(replace(mark, number="", place="") for mark in content.marks)
    read = write(tmp_path / "a.kml", replace(content, marks=bare))
    assert {mark.text for mark in read.iter(f"{KML}styleUrl")} == {"#plain", "#label"}
