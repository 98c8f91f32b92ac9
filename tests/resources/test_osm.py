from __future__ import annotations

from pathlib import Path

import osmium
import pytest
from osmium.osm.mutable import Node, Way

from hotspots.core.errors import SourceError
from hotspots.intake.walkable import is_walkable
from hotspots.resources.osm import read_osm

SPOTS = {1: (-0.90, 52.76), 2: (-0.899, 52.76), 3: (-0.898, 52.76), 4: (-0.899, 52.761)}


def extract(path: Path, ways: list[tuple[list[int], dict[str, str]]]) -> Path:
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for number, place in SPOTS.items():
            writer.add_node(Node(id=number, location=place, version=1))
        for number, (nodes, tags) in enumerate(ways, start=10):
            writer.add_way(Way(id=number, nodes=nodes, tags=tags, version=1))
    return path


def test_ways_are_cut_at_shared_nodes_and_named(tmp_path: Path) -> None:
    ways = [
        ([1, 2, 3], {"highway": "residential", "name": "High Street"}),
        ([2, 4], {"highway": "footway"}),
        ([1, 4], {"highway": "motorway"}),
        ([3, 4], {"building": "yes"}),
    ]
    graph = read_osm(extract(tmp_path / "a.osm.pbf", ways))
    assert graph.n_nodes == 4
    assert sorted(zip(graph.street_id, graph.names, strict=True)) == [
        ("10", "High Street"), ("10", "High Street"), ("11", ""),
    ]  # fmt: skip
    assert graph.attribution == "© OpenStreetMap contributors, ODbL"
    assert graph.length_m[0] == pytest.approx(67.6, abs=0.3)  # 0.001 degrees east
    assert graph.notes == ()


def test_a_way_that_leaves_the_extract_keeps_the_parts_inside(tmp_path: Path) -> None:
    ways = [([1, 2, 99, 3, 4], {"highway": "path"})]
    graph = read_osm(extract(tmp_path / "a.osm.pbf", ways))
    assert graph.n_edges == 2
    assert graph.notes[0].startswith("1 streets of a.osm.pbf leave the extract")


def test_an_extract_without_streets_and_a_torn_one_are_refused(
    tmp_path: Path, shared_data: Path
) -> None:
    none = extract(tmp_path / "n.osm.pbf", [([1, 2], {"highway": "motorway"})])
    with pytest.raises(SourceError, match="it holds 0"):
        read_osm(none)
    whole = (shared_data / "osm" / "rutland-latest_2018-02-27.osm.pbf").read_bytes()
    (tmp_path / "torn.osm.pbf").write_bytes(whole[:200_000])
    with pytest.raises(SourceError, match="copied whole"):
        read_osm(tmp_path / "torn.osm.pbf")
    (tmp_path / "bad.osm.pbf").write_bytes(whole[:5000] + b"\xff" * 900 + whole[5900:])
    with pytest.raises(SourceError, match="readable OpenStreetMap extract"):
        read_osm(tmp_path / "bad.osm.pbf")


@pytest.mark.parametrize(
    ("tags", "walks"),
    [
        ("highway=footway", True),
        ("highway=steps", True),
        ("highway=motorway foot=yes", False),
        ("highway=trunk", False),
        ("highway=trunk foot=yes", True),
        ("highway=trunk sidewalk=both", True),
        ("highway=trunk sidewalk=none", False),
        ("highway=trunk maxspeed=30", False),
        ("highway=residential access=private", False),
        ("highway=track access=private foot=permissive", True),
        ("highway=path foot=no", False),
        ("highway=service service=driveway", False),
        ("highway=service service=parking_aisle", True),
        ("highway=construction", False),
        ("highway=bus_guideway", False),
        ("building=yes", False),
    ],
)
def test_who_may_walk_where(tags: str, walks: bool) -> None:
    assert is_walkable(dict(tag.split("=") for tag in tags.split())) is walks


def test_a_trunk_road_through_a_town_is_walked() -> None:
    assert is_walkable({"highway": "trunk", "maxspeed": "30 mph"})
    assert not is_walkable({"highway": "trunk", "maxspeed": "60 mph"})
