from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import shapely

from hotspots.core.errors import OutputError
from hotspots.outputs.formats import Layer, write_gpx

GPX = "{http://www.topografix.com/GPX/1/1}"
ORDER = ["metadata", "wpt", "rte", "trk", "extensions"]


def write(path: Path, layer: Layer) -> ElementTree.Element:
    write_gpx(
        path,
        layer.frame,
        layer.geometry,
        name=layer.name,
        description=layer.description,
    )
    return ElementTree.fromstring(path.read_bytes())


def position(element: ElementTree.Element) -> tuple[float, float]:
    return float(element.get("lon")), float(element.get("lat"))


def test_gdal_reads_tracks_and_waypoints(
    tmp_path: Path, layer: Layer, count_features: Callable
) -> None:
    path = tmp_path / "a.gpx"
    write(path, layer)
    found = count_features(path)
    assert found["tracks"] == 6
    assert found["waypoints"] == 6


def test_elements_stand_in_the_order_of_the_schema(
    tmp_path: Path, layer: Layer
) -> None:
    read = write(tmp_path / "a.gpx", layer)
    tags = [child.tag.removeprefix(GPX) for child in read]
    assert tags == sorted(tags, key=ORDER.index)
    track = read.find(f"{GPX}trk")
    inner = [child.tag.removeprefix(GPX) for child in track]
    assert inner == ["name", "desc", "number", "trkseg"]


def test_waypoints_lie_inside_and_say_why(tmp_path: Path, layer: Layer) -> None:
    read = write(tmp_path / "a.gpx", layer)
    waypoints = read.findall(f"{GPX}wpt")
    for waypoint, shape, row in zip(
        waypoints, layer.geometry, layer.frame.iter_rows(named=True), strict=True
    ):
        assert shape.contains(shapely.Point(position(waypoint)))
        assert waypoint.findtext(f"{GPX}name") == f"{row['rank']}. {row['name']}"
        assert waypoint.findtext(f"{GPX}desc") == row["why"]


def test_a_track_goes_round_every_part_and_hole(tmp_path: Path, layer: Layer) -> None:
    read = write(tmp_path / "a.gpx", layer)
    second = read.findall(f"{GPX}trk")[1]
    segments = second.findall(f"{GPX}trkseg")
    assert len(segments) == 3
    for segment in segments:
        points = [position(point) for point in segment]
        assert points[0] == points[-1]
    lines = [shapely.LineString([position(p) for p in s]) for s in segments]
    drawn = shapely.MultiLineString(lines)
    assert shapely.hausdorff_distance(drawn, layer.geometry[1].boundary) < 1e-6


def test_rank_and_names_may_be_missing(tmp_path: Path, layer: Layer) -> None:
    path = tmp_path / "a.gpx"
    write_gpx(path, layer.frame.select("kind"), layer.geometry, name="wards")
    assert b"<number>" not in path.read_bytes()


def test_two_runs_give_the_same_bytes(tmp_path: Path, layer: Layer) -> None:
    write(tmp_path / "a.gpx", layer)
    write(tmp_path / "b.gpx", layer)
    assert (tmp_path / "a.gpx").read_bytes() == (tmp_path / "b.gpx").read_bytes()


def test_a_collection_is_refused(tmp_path: Path, layer: Layer) -> None:
    one = np.array([shapely.GeometryCollection([layer.geometry[0]])], dtype=object)
    with pytest.raises(OutputError, match="a GPX layer must hold points, lines"):
        write_gpx(tmp_path / "a.gpx", layer.frame[:1], one, name="a")
