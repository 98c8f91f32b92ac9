from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import gpxpy
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from schemas import check_schema

from hotspots.core.errors import OutputError
from hotspots.outputs.formats import FieldFile, Layer, Mark, write_gpx
from hotspots.outputs.formats.field import distinct_names

GPX = "{http://www.topografix.com/GPX/1/1}"
ORDER = ["metadata", "wpt", "rte", "trk", "extensions"]
AT = shapely.Point(-0.88, 52.76)
WALK = shapely.LineString([(-0.88, 52.76), (-0.87, 52.77)])


@pytest.fixture
def content(layer: Layer, to_marks: Callable) -> FieldFile:
    return to_marks(layer)


def write(path: Path, content: FieldFile) -> ElementTree.Element:
    write_gpx(path, content)
    return ElementTree.fromstring(path.read_bytes())


def position(element: ElementTree.Element) -> tuple[float, float]:
    return float(element.get("lon")), float(element.get("lat"))


def names(read: ElementTree.Element) -> list[str]:
    parts = (*read.findall(f"{GPX}wpt"), *read.findall(f"{GPX}trk"))
    return [part.findtext(f"{GPX}name") for part in parts]


def test_gdal_reads_tracks_and_waypoints(
    tmp_path: Path, content: FieldFile, count_features: Callable
) -> None:
    path = tmp_path / "a.gpx"
    write(path, content)
    found = count_features(path)
    assert found["tracks"] == 6
    assert found["waypoints"] == 6


def test_elements_stand_in_the_order_of_the_schema(
    tmp_path: Path, content: FieldFile
) -> None:
    read = write(tmp_path / "a.gpx", content)
    tags = [child.tag.removeprefix(GPX) for child in read]
    assert tags == sorted(tags, key=ORDER.index)
    for part, wanted in (
        ("wpt", ["name", "cmt", "desc", "sym", "type"]),
        ("trk", ["name", "cmt", "desc", "number", "type", "trkseg"]),
    ):
        inner = [child.tag.removeprefix(GPX) for child in read.find(f"{GPX}{part}")]
        assert inner == wanted


def test_waypoints_lie_inside_and_say_all(
    tmp_path: Path, content: FieldFile, layer: Layer
) -> None:
    read = write(tmp_path / "a.gpx", content)
    rows = layer.frame.iter_rows(named=True)
    for waypoint, shape, row in zip(
        read.findall(f"{GPX}wpt"), layer.geometry, rows, strict=True
    ):
        assert shape.contains(shapely.Point(position(waypoint)))
        said = waypoint.findtext(f"{GPX}desc")
        assert said == f"{row['rank']} {row['name']}\n{row['why']}\nOFFICIAL"
        assert waypoint.findtext(f"{GPX}type") == "hotspot"


def test_names_have_twelve_characters_and_differ(
    tmp_path: Path, content: FieldFile
) -> None:
    found = names(write(tmp_path / "a.gpx", content))
    assert found[2] == "3 area =cmd|"
    assert all(0 < len(name) <= 12 for name in found)
    assert len({name.casefold() for name in found}) == len(found) == 12


@given(st.lists(st.text(alphabet="aA1 b", max_size=14), max_size=40))
def test_any_names_come_apart(given_names: list[str]) -> None:
    found = distinct_names(given_names)
    assert all(len(name) <= 12 for name in found)
    assert len({name.casefold() for name in found}) == len(given_names)


def test_what_is_held_for_comparison_stays_at_the_office(tmp_path: Path) -> None:
    marks = (
        Mark(number="1", place="Mill Lane", geometry=WALK, words=("start", "streets")),
        Mark(number="1", place="Elm Row", geometry=WALK, comparison=True),
    )
    read = write(tmp_path / "a.gpx", FieldFile(title="t", marks=marks))
    assert names(read) == ["1 start Mill", "1 streets Mi"]


def test_a_view_has_no_waypoint_of_its_own(tmp_path: Path) -> None:
    seen = Mark(
        number="1", place="LC1", geometry=AT.buffer(0.001), words=(None, "view")
    )
    read = write(tmp_path / "a.gpx", FieldFile(title="t", marks=(seen,)))
    assert names(read) == ["1 view LC1"]


@pytest.mark.parametrize(
    ("shape", "n_waypoints", "n_segments"),
    [
        (AT, 1, 0),
        (shapely.MultiPoint([(-0.88, 52.76), (-0.87, 52.77)]), 2, 0),
        (WALK, 1, 1),
        (shapely.MultiLineString([WALK.coords, [(-0.8, 52.7), (-0.81, 52.71)]]), 1, 2),
    ],
)
def test_gpxpy_reads_points_lines_and_parts(
    tmp_path: Path, shape: shapely.Geometry, n_waypoints: int, n_segments: int
) -> None:
    path = tmp_path / "a.gpx"
    mark = Mark(number="2", place="Place", geometry=shape)
    write_gpx(path, FieldFile(title="t", marks=(mark,)))
    read = gpxpy.parse(path.read_text("utf-8"))
    assert len(read.waypoints) == n_waypoints
    assert sum(len(track.segments) for track in read.tracks) == n_segments
    first = tuple(shapely.get_coordinates(shape)[0])
    assert (read.waypoints[0].longitude, read.waypoints[0].latitude) == first


def test_a_track_goes_round_every_part_and_hole(
    tmp_path: Path, content: FieldFile, layer: Layer
) -> None:
    read = write(tmp_path / "a.gpx", content)
    segments = read.findall(f"{GPX}trk")[1].findall(f"{GPX}trkseg")
    assert len(segments) == 3
    for segment in segments:
        points = [position(point) for point in segment]
        assert points[0] == points[-1]
    lines = [shapely.LineString([position(p) for p in s]) for s in segments]
    drawn = shapely.MultiLineString(lines)
    assert shapely.hausdorff_distance(drawn, layer.geometry[1].boundary) < 1e-6


def test_numbers_and_places_may_be_missing(tmp_path: Path, content: FieldFile) -> None:
    bare = tuple(replace(mark, number="", place="") for mark in content.marks)
    found = names(write(tmp_path / "a.gpx", replace(content, marks=bare)))
    assert len(set(found)) == 12


def test_two_runs_give_the_same_bytes(tmp_path: Path, content: FieldFile) -> None:
    write(tmp_path / "a.gpx", content)
    write(tmp_path / "b.gpx", content)
    assert (tmp_path / "a.gpx").read_bytes() == (tmp_path / "b.gpx").read_bytes()


def test_a_collection_is_refused() -> None:
    with pytest.raises(OutputError, match="a point, a line or an area"):
        Mark(number="1", place="a", geometry=shapely.GeometryCollection([AT]))


def test_it_is_valid_by_the_schema(tmp_path: Path, content: FieldFile) -> None:
    path = tmp_path / "a.gpx"
    write(path, content)
    check_schema(path)
    path.write_text(path.read_text("utf-8").replace("desc>", "words>"), "utf-8")
    with pytest.raises(AssertionError, match="words"):
        check_schema(path)
