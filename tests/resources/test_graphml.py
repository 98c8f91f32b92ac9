from __future__ import annotations

import gzip
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import shapely

from hotspots.core.errors import SourceError
from hotspots.intake import graphmlparse
from hotspots.intake.inputs import InputFile
from hotspots.resources.graphml import read_graphml

X, Y = 475_000.0, 319_000.0


def small(*, directed: bool = False) -> nx.MultiGraph:
    graph = nx.MultiDiGraph() if directed else nx.MultiGraph()
    graph.add_node("a", x=X, y=Y)
    graph.add_node("b", x=X + 100, y=Y)
    graph.add_node("c", x=X + 100, y=Y + 50)
    graph.add_edge("a", "b", length=100.0, name="High Street", osmid="1")
    graph.add_edge("b", "c", osmid="2")
    return graph


def written(path: Path, graph: nx.Graph) -> Path:
    nx.write_graphml(graph, path)
    return path


def test_names_lengths_and_straight_lines(tmp_path: Path) -> None:
    graph = read_graphml(written(tmp_path / "g.graphml", small()))
    assert graph.length_m.tolist() == [100.0, 50.0]  # the second from its line
    assert graph.names == ("High Street", "")
    assert graph.node_xy_m.tolist() == [[X, Y], [X + 100, Y], [X + 100, Y + 50]]
    assert "OpenStreetMap" in graph.attribution


def test_a_directed_graph_counts_a_street_once(tmp_path: Path) -> None:
    two_ways = small(directed=True)
    two_ways.add_edge("b", "a", length=100.0, name="High Street", osmid="1")
    graph = read_graphml(written(tmp_path / "g.graphml", two_ways))
    assert graph.street_id == ("1", "2")


def test_drawn_lines_are_turned_and_wrong_ones_not_used(tmp_path: Path) -> None:
    graph = small()
    graph.edges["a", "b", 0]["wkt"] = (
        f"LINESTRING ({X + 100} {Y}, {X + 50} {Y + 9}, {X} {Y})"
    )
    graph.edges["b", "c", 0]["wkt"] = "LINESTRING (1000 1000, 2000 2000)"
    read = read_graphml(written(tmp_path / "g.graphml", graph))
    first, second = (shapely.get_coordinates(line).tolist() for line in read.lines)
    assert first == [[X, Y], [X + 50, Y + 9], [X + 100, Y]]
    assert second == [[X + 100, Y], [X + 100, Y + 50]]


def test_degrees_are_projected_with_or_without_a_stated_system(tmp_path: Path) -> None:
    graph = nx.Graph()
    graph.add_node(0, x=-0.90, y=52.76)
    graph.add_node(1, x=-0.899, y=52.76)
    graph.add_edge(0, 1)
    silent = read_graphml(written(tmp_path / "a.graphml", graph))
    graph.graph["crs"] = "epsg:4326"
    stated = read_graphml(written(tmp_path / "b.graphml", graph))
    assert silent.length_m == pytest.approx([67.6], abs=0.3)
    assert (silent.node_xy_m == stated.node_xy_m).all()
    assert silent.attribution == ""


def test_lists_of_names_read_as_names(tmp_path: Path) -> None:
    graph = small()
    graph.edges["a", "b", 0]["name"] = str(["High Street", "St Mary's Way"])
    graph.edges["a", "b", 0]["osmid"] = str([12, 34])
    read = read_graphml(written(tmp_path / "g.graphml", graph))
    assert read.names[0] == "High Street / St Mary's Way"
    assert read.street_id[0] == "12 / 34"


def test_a_document_type_is_refused(tmp_path: Path) -> None:
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE g [<!ENTITY a SYSTEM "file:///etc/hostname">'
        '<!ENTITY b "&a;&a;">]><graphml><graph><node id="&b;"/></graph></graphml>'
    )
    (tmp_path / "x.graphml").write_text(bomb)
    with pytest.raises(SourceError, match="without a document type"):
        read_graphml(tmp_path / "x.graphml")


def test_compressed_is_the_same(tmp_path: Path) -> None:
    plain = written(tmp_path / "g.graphml", small())
    packed = tmp_path / "g.graphml.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    one, two = read_graphml(plain), read_graphml(packed)
    assert np.array_equal(one.edges, two.edges)
    assert np.array_equal(one.length_m, two.length_m)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace('target="b"', 'target="zz"'), "'a' and 'zz'"),
        (lambda text: text.replace(f">{X}<", ">nowhere<"), "1 of 3 have not"),
        (lambda text: text.replace(f">{X}<", ">9e9<"), "Great Britain"),
    ],
)
def test_edges_and_nodes_that_are_not_whole(
    tmp_path: Path, change: object, message: str
) -> None:
    path = written(tmp_path / "g.graphml", small())
    path.write_text(change(path.read_text()))  # type: ignore[operator]
    with pytest.raises(SourceError, match=message):
        read_graphml(path)


@pytest.mark.parametrize(
    ("limit", "message"),
    [("MAX_BYTES", "at most 512 MB"), ("MAX_ITEMS", "nodes and edges; it holds more")],
)
def test_a_file_beyond_the_limits_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, message: str
) -> None:
    monkeypatch.setattr(graphmlparse, limit, 4)
    path = written(tmp_path / "g.graphml", small())
    with pytest.raises(SourceError, match=message):
        list(graphmlparse.graphml(InputFile.at(path)))


def test_a_graph_without_streets_is_refused(tmp_path: Path) -> None:
    graph = small()
    graph.remove_edges_from(list(graph.edges))
    with pytest.raises(SourceError, match="at least one street"):
        read_graphml(written(tmp_path / "g.graphml", graph))
