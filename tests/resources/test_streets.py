from __future__ import annotations

import itertools
import json
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.crs import bng_to_lonlat
from hotspots.core.errors import ParameterError, SourceError
from hotspots.model.cells import Cells
from hotspots.resources import geojson_lines
from hotspots.resources.street_build import Ways, build_graph
from hotspots.resources.street_graph import StreetGraph
from hotspots.resources.streets import read_streets

CORNER = np.array([475_000.0, 319_000.0])


def at(*offsets: list[float]) -> np.ndarray:
    """Return places so many metres east and north of a corner."""
    return np.add(CORNER, offsets)


def square() -> StreetGraph:
    """Four streets of 100 m around a square, a diagonal, and one street far off."""
    corner = at([0, 0], [100, 0], [100, 100], [0, 100], [900, 900], [950, 900])
    ways = Ways(
        vertex=np.array([0, 1, 2, 3, 0, 0, 2, 4, 5]),
        n_vertices=np.array([5, 2, 2]),
        xy_m=corner,
        names=["Ring", "Cut", "Far"],
        street_id=["r", "c", "f"],
    )
    return build_graph(ways, source="by hand")


def test_ways_are_cut_where_they_meet() -> None:
    graph = square()
    assert graph.n_nodes == 4  # corners 1 and 3 are only bends
    assert sorted(graph.length_m.round(2)) == [50, 141.42, 200, 200]
    assert sorted(graph.names) == ["Cut", "Far", "Ring", "Ring"]
    assert "falls into 2 parts" in graph.notes[0]
    assert "3 of 4 street pieces" in graph.notes[0]


def test_a_closed_way_on_its_own_is_cut_in_its_middle() -> None:
    ways = Ways(
        vertex=np.array([0, 1, 2, 0]),
        n_vertices=np.array([4]),
        xy_m=at([0, 0], [30, 0], [0, 40]),
        names=[""],
        street_id=[""],
    )
    graph = build_graph(ways, source="by hand")
    assert graph.n_edges == 2
    assert sorted(graph.length_m) == [30.0, 90.0]
    assert graph.walk_m([0], [1])[0, 0] == 30.0


def test_walking_distances_are_the_hand_computed_ones() -> None:
    graph = square()
    a, c, f = graph.nearest_node(at([1, 2], [99, 98], [949, 901]))
    assert graph.walk_m([a], [c])[0, 0] == pytest.approx(100 * 2**0.5)
    assert np.isinf(graph.walk_m([a], [f])[0, 0])
    assert np.isinf(graph.walk_m([a], [c], limit_m=100)[0, 0])
    assert graph.walk_m([]).shape == (0, 4)
    assert graph.nearest_node(at([949, 901]), main_part=True)[0] == c


def test_streets_are_cut_at_the_edge_and_joined_across_it() -> None:
    graph = square()
    left, right = (
        shapely.box(*at([low, -10])[0], *at([high, 110])[0])
        for low, high in ((-10, 60), (60, 110))
    )
    inside = graph.cut(left)
    assert shapely.union_all(inside.lines).within(left.buffer(1e-6))
    assert inside.length_m.sum() == pytest.approx(100 + 60 + 60 + 60 * 2**0.5)
    assert sorted(set(inside.names)) == ["Cut", "Ring"]
    assert inside.component.max() == 0
    both = graph.cut(left, right)
    assert both.length_m.sum() == pytest.approx(400 + 100 * 2**0.5)
    assert both.component.max() == 0
    nothing = graph.cut(shapely.box(0, 0, 1, 1))
    assert (nothing.n_nodes, nothing.n_edges) == (0, 0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"names": ("a",)}, "one for each street"),
        ({"edges": np.array([[0, 9]] * 4)}, "join nodes 0 to 3"),
        ({"length_m": np.array([1.0, 0.0, 2.0, 3.0])}, "length above 0 m"),
    ],
)
def test_a_network_that_does_not_fit_is_refused(
    change: dict[str, object], message: str
) -> None:
    parts = {name: getattr(square(), name) for name in StreetGraph.__annotations__}
    with pytest.raises(ParameterError, match=message):
        StreetGraph(**{**parts, **change})  # type: ignore[arg-type]


def test_a_node_that_is_not_there_is_refused() -> None:
    with pytest.raises(ParameterError, match="nodes must be from 0 to 3; got 7"):
        square().walk_m([7])


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(2, 12), m=st.integers(1, 25))
def test_distances_equal_networkx_with_parallel_streets(
    seed: int, n: int, m: int
) -> None:
    rng = np.random.default_rng(seed)
    xy = CORNER + rng.uniform(0, 500, (n, 2))
    pairs = rng.integers(0, n, (m, 2))
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    length = rng.uniform(1, 100, len(pairs))
    blank = ("",) * len(pairs)
    lines = np.asarray(shapely.linestrings(xy[pairs]), dtype=object)
    graph = StreetGraph(
        node_xy_m=xy, edges=pairs, length_m=length, names=blank, street_id=blank,
        lines=lines, source="random",
    )  # fmt: skip
    naive = nx.MultiGraph()
    naive.add_nodes_from(range(n))
    for (a, b), metres in zip(pairs.tolist(), length, strict=True):
        naive.add_edge(a, b, weight=metres)
    walk_m = graph.walk_m(range(n))
    for a, b in itertools.product(range(n), repeat=2):
        if nx.has_path(naive, a, b):
            want = nx.dijkstra_path_length(naive, a, b)
            assert walk_m[a, b] == pytest.approx(want)
        else:
            assert np.isinf(walk_m[a, b])
    parts = sorted(nx.connected_components(naive), key=len, reverse=True)
    assert np.bincount(graph.component).tolist() == [len(part) for part in parts]
    some = rng.integers(0, n, 3)
    assert graph.walk_m(range(n), some) == pytest.approx(walk_m[:, some])


def test_cells_stand_in_for_streets_and_it_is_said() -> None:
    cells = Cells.from_polygon(shapely.box(-0.9, 52.75, -0.88, 52.77), resolution=10)
    graph = StreetGraph.from_cells(cells)
    assert graph.n_nodes == len(cells)
    assert graph.n_edges == cells.neighbours.nnz // 2
    assert 115 < graph.length_m.min() <= graph.length_m.max() < 140
    assert "no street file" in graph.notes[0]
    assert "not streets" in graph.source
    near = cells.neighbours[[0]].nonzero()[1]
    crow = np.hypot(*(cells.xy_m[near] - cells.xy_m[0]).T)
    assert graph.walk_m([0], near)[0] == pytest.approx(crow)


def as_geojson(path: Path, lines: list[np.ndarray], **extra: list[str]) -> Path:
    features = []
    for k, line in enumerate(lines):
        lon, lat = bng_to_lonlat(*(CORNER + line).T)
        spots = np.column_stack([lon, lat]).round(8).tolist()
        fields = {name: values[k] for name, values in extra.items()}
        shape = {"type": "LineString", "coordinates": spots}
        features.append({"type": "Feature", "properties": fields, "geometry": shape})
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_lines_join_at_ends_within_half_a_metre_only(tmp_path: Path) -> None:
    main = np.array([[0.0, 0], [50, 0], [100, 0]])
    near, far = [50.0, 0.4], [50.0, -0.7]
    lines = [main, np.array([near, [50, 60]]), np.array([far, [50, -60]])]
    crossing = np.array([[20.0, -30], [20, 30]])  # a bridge: no vertex on the other
    path = as_geojson(
        tmp_path / "a.geojson", [*lines, crossing], name=["Main", "N", "S", "Bridge"]
    )
    graph = read_streets(path)
    assert sorted(graph.names) == ["Bridge", "Main", "Main", "N", "S"]
    assert np.bincount(graph.component).tolist() == [4, 2, 2]
    ends = graph.nearest_node(at([0, 0], [50, 60]))
    assert graph.walk_m([ends[0]], [ends[1]])[0, 0] == pytest.approx(109.8, abs=0.6)


def test_highway_tags_in_a_line_file_are_heeded(tmp_path: Path) -> None:
    line = np.array([[0.0, 0], [100, 0]])
    path = as_geojson(
        tmp_path / "r.geojson",
        [line, np.add(line, [0, 50]), np.add(line, [0, 90])],
        highway=["residential", "motorway", "trunk"],
        osm_id=["7", "8", "9"],
    )
    graph = read_streets(path)
    assert graph.street_id == ("7",)
    assert "OpenStreetMap" in graph.attribution
    assert any("2 of 3 features" in note for note in graph.notes)


def test_road_links_of_another_maker_are_read(tmp_path: Path) -> None:
    line = np.array([[0.0, 0], [100, 0]])
    path = as_geojson(
        tmp_path / "links.geojson",
        [line, np.add(line, [100, 0])],
        road_classification=["Unclassified", "Motorway"],
        name_1=["Mill Lane", "M1"],
        identifier=["A1", "B2"],
    )
    graph = read_streets(path)
    assert (graph.names, graph.street_id) == (("Mill Lane",), ("A1",))
    assert graph.attribution == ""


def test_the_sample_streets_are_one_network(root: Path) -> None:
    path = root / "boundaries" / "simulated_streets.geojson"
    features = json.loads(path.read_text())["features"]
    graph = read_streets(path)
    assert graph.n_edges == len(features)
    assert set(graph.street_id) == {f["properties"]["street_id"] for f in features}
    assert graph.component.max() == 0
    assert graph.notes == ()
    assert graph.source == "simulated streets, simulated_streets.geojson"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.dwg", b"\0", "must be one of"),
        ("a.geojson", b"PK\3\4", "must be GeoJSON"),
        ("a.geojson", b'{"type": "\xdfx"}', "must be text in UTF-8"),
        ("a.geojson", b'{"type": "\xc3', "must be text in UTF-8"),
        ("a.geojson", b"{}", "must be a readable .geojson file"),
        ("a.osm.pbf", b"<osm></osm>", "must be an OpenStreetMap extract in PBF"),
        ("a.graphml", b"<gpx></gpx>", "must be GraphML"),
        ("a.graphml", b"<graphml><node", "must be whole XML"),
        ("a.graphml.gz", b"no gzip", "must be a readable file"),
    ],
)
def test_a_wrong_file_is_refused_in_words(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=message):
        read_streets(tmp_path / name)


def test_a_missing_file_and_one_of_points_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="must be there"):
        read_streets(tmp_path / "none.geojson")
    spot = {"type": "Point", "coordinates": [-0.9, 52.7]}
    feature = {"type": "Feature", "properties": {"a": 1}, "geometry": spot}
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    (tmp_path / "points.geojson").write_text(text)
    with pytest.raises(SourceError, match="walkable lines"):
        read_streets(tmp_path / "points.geojson")


def test_lines_without_length_are_refused(tmp_path: Path) -> None:
    dot = np.array([[5.0, 5], [5, 5]])
    path = as_geojson(tmp_path / "dots.geojson", [dot], name=["Dot"])
    with pytest.raises(SourceError, match="at least one street with some length"):
        read_streets(path)


@pytest.mark.parametrize(
    ("limit", "message"),
    [("MAX_BYTES", "at most 1 GB"), ("MAX_VERTICES", "1 to 4 points")],
)
def test_lines_beyond_the_limits_are_refused(
    root: Path, monkeypatch: pytest.MonkeyPatch, limit: str, message: str
) -> None:
    monkeypatch.setattr(geojson_lines, limit, 4)
    with pytest.raises(SourceError, match=message):
        read_streets(root / "boundaries" / "simulated_streets.geojson")


def test_a_place_abroad_is_refused(tmp_path: Path) -> None:
    shape = {"type": "LineString", "coordinates": [[2.35, 48.85], [2.36, 48.86]]}
    feature = {"type": "Feature", "properties": {"name": "x"}, "geometry": shape}
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    (tmp_path / "paris.geojson").write_text(text)
    with pytest.raises(SourceError, match="must lie in Great Britain"):
        read_streets(tmp_path / "paris.geojson")


def test_rutland_as_lines_and_as_extract_agree(shared_data: Path) -> None:
    extract = read_streets(shared_data / "osm" / "rutland-latest_2018-02-27.osm.pbf")
    lines = read_streets(shared_data / "osm" / "rutland_roads.geojson.gz")
    assert extract.n_nodes > 5_000
    assert 1_100_000 < extract.length_m.sum() < 1_400_000
    known = set(extract.street_id) & set(lines.street_id)
    assert len(known) > 0.95 * len(set(extract.street_id))
    ours, theirs = (
        sum(m for m, way in zip(g.length_m, g.street_id, strict=True) if way in known)
        for g in (extract, lines)
    )
    assert ours == pytest.approx(theirs, rel=0.005)  # the lines end at the boundary


def test_oakham_as_graph_and_as_extract_agree(shared_data: Path) -> None:
    graph = read_streets(shared_data / "osm" / "oakham_walk.graphml")
    assert (graph.n_nodes, graph.n_edges) == (1204, 1467)
    assert graph.component.max() == 0
    whole = read_streets(shared_data / "osm" / "rutland-latest_2018-02-27.osm.pbf")
    near, far = (whole.nearest_node(graph.node_xy_m), np.arange(graph.n_nodes))
    apart = np.hypot(*(whole.node_xy_m[near] - graph.node_xy_m).T)
    same = apart < 4  # the graph was projected without the surveyed grid
    assert same.mean() > 0.9
    rng = np.random.default_rng(3)
    pick = rng.choice(np.flatnonzero(same), 80, replace=False)
    ours = whole.walk_m(near[pick[:40]], near[pick[40:]])
    theirs = graph.walk_m(far[pick[:40]], far[pick[40:]])
    there = np.isfinite(ours) & (theirs > 50)
    assert there.mean() > 0.7
    assert np.median(ours[there] / theirs[there]) == pytest.approx(1, abs=0.01)
