from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.errors import ParameterError, PlanError
from hotspots.methods.kde import density
from hotspots.model.cells import Cells
from hotspots.optimise.loops import Loop, best_loop, edge_prizes
from hotspots.optimise.loops.network import reach
from hotspots.optimise.loops.search import without_third_times
from hotspots.resources.street_graph import StreetGraph
from hotspots.resources.streets import read_streets


@dataclass(frozen=True)
class Toy:
    """A network of streets and lengths."""

    edges: np.ndarray
    length_m: np.ndarray


def toy(seed: int, *, n: int, m: int) -> tuple[Toy, np.ndarray]:
    rng = np.random.default_rng(seed)
    edges = rng.integers(0, n, (m, 2))
    edges[0] = [0, 1]
    prize = rng.integers(0, 6, m).astype(float)
    prize[0] = 1.0
    return Toy(edges, rng.integers(1, 9, m).astype(float)), prize


def naive_best(network: Toy, prize: np.ndarray, root: int, max_m: float) -> float:
    """Follow every walk from the root that uses a street at most once each way."""
    out: dict[int, list[tuple[int, int, int]]] = {}
    for street, (a, b) in enumerate(network.edges.tolist()):
        out.setdefault(a, []).append((b, street, 0))
        out.setdefault(b, []).append((a, street, 1))
    best, seen = 0.0, set()
    todo = [(root, frozenset[tuple[int, int]](), 0.0)]
    while todo:
        node, used, metres = todo.pop()
        if (node, used) in seen:
            continue
        seen.add((node, used))
        if node == root:
            best = max(best, sum(prize[street] for street in {s for s, _ in used}))
        for there, street, way in out.get(node, []):
            further = metres + network.length_m[street]
            if (street, way) not in used and further <= max_m:
                todo.append((there, used | {(street, way)}, further))
    return best


def check_walk(network: Toy | StreetGraph, prize: np.ndarray, loop: Loop) -> None:
    assert loop.nodes[0] == loop.nodes[-1]
    assert len(loop.nodes) == len(loop.edges) + 1
    for k, street in enumerate(loop.edges):
        step = {int(loop.nodes[k]), int(loop.nodes[k + 1])}
        assert step == set(network.edges[street].tolist())
    assert loop.length_m == pytest.approx(network.length_m[loop.edges].sum())
    assert loop.prize == pytest.approx(prize[np.unique(loop.edges)].sum())
    assert loop.prize <= loop.bound * (1 + 1e-6)
    assert 0 <= loop.gap <= 1


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    n=st.integers(2, 6),
    m=st.integers(1, 8),
    max_m=st.integers(2, 30),
)
def test_exact_equals_every_walk_tried(seed: int, n: int, m: int, max_m: int) -> None:
    network, prize = toy(seed, n=n, m=m)
    best = naive_best(network, prize, 0, max_m)
    if best == 0:
        area = reach(network, prize, root=0, max_m=max_m)
        assert not (area.prize > 0).any()
        with pytest.raises(PlanError, match="at least one street with a prize"):
            best_loop(network, prize, root=0, max_m=max_m, exact=True)
        return
    loop = best_loop(network, prize, root=0, max_m=max_m, exact=True, n_rounds=2)
    check_walk(network, prize, loop)
    assert loop.prize == pytest.approx(best)
    assert loop.bound == pytest.approx(best)
    assert loop.how.startswith("proven best")
    assert loop.length_m <= max_m + 1e-6


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(3, 15), m=st.integers(3, 30))
def test_heuristic_walks_are_closed_and_within_the_length(
    seed: int, n: int, m: int
) -> None:
    network, prize = toy(seed, n=n, m=m)
    max_m = 2.0 * float(network.length_m[0]) + 12.0
    loop = best_loop(network, prize, root=0, max_m=max_m, n_rounds=20)
    check_walk(network, prize, loop)
    assert loop.nodes[0] == 0
    assert 0 < loop.length_m <= max_m + 1e-6
    anywhere = best_loop(network, prize, max_m=max_m, n_rounds=20)
    check_walk(network, prize, anywhere)
    for walk in (loop, anywhere):
        assert max(Counter(walk.edges.tolist()).values()) <= 2


def test_a_walk_does_not_pass_a_street_a_third_time() -> None:
    # A long stem with three twigs at its end; whoever goes back for each passes it 6x.
    edges = np.array([[0, 1], [1, 2], [1, 3], [1, 4]])
    network = Toy(edges, np.array([10.0, 1, 1, 1]))
    area = reach(network, np.array([0.0, 1, 1, 1]), root=0, max_m=100)
    tidy = without_third_times(area, [0, 1, 1, 0, 0, 2, 2, 0, 0, 3, 3, 0])
    assert sorted(Counter(tidy).items()) == [(0, 2), (1, 2), (2, 2), (3, 2)]
    assert tidy[0] == tidy[-1] == 0
    assert without_third_times(area, [0, 1, 1, 0]) == [0, 1, 1, 0]


def test_a_worked_case() -> None:
    # A square of 100 m sides (worth 1 each) and a spur of 150 m worth 3 at the root.
    edges = np.array([[0, 1], [1, 2], [2, 3], [3, 0], [0, 4]])
    network = Toy(edges, np.array([100.0, 100, 100, 100, 150]))
    prize = np.array([1.0, 1, 1, 1, 3])
    worth = {
        max_m: best_loop(network, prize, root=0, max_m=max_m, exact=True).prize
        for max_m in (200, 300, 399, 400, 500, 699, 700)
    }
    # 400 m: all four sides; 500 m: as much for the spur and one side there and back.
    assert worth == {200: 1, 300: 3, 399: 3, 400: 4, 500: 4, 699: 4, 700: 7}


def test_the_same_seed_gives_the_same_walk() -> None:
    network, prize = toy(5, n=30, m=60)
    one, two = (
        best_loop(network, prize, max_m=25, rng=np.random.default_rng(4))
        for _ in range(2)
    )
    assert one.edges.tolist() == two.edges.tolist()
    assert "the best of" in one.how


def test_prizes_twice_as_high_do_not_change_what_is_best() -> None:
    network, prize = toy(8, n=8, m=14)
    once = best_loop(network, prize, root=0, max_m=20, exact=True)
    twice = best_loop(network, 2 * prize, root=0, max_m=20, exact=True)
    assert twice.prize == pytest.approx(2 * once.prize)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"prizes": [1.0]}, ParameterError, "one for each of the 2 streets"),
        ({"prizes": [1.0, -1.0]}, ParameterError, "0 or more"),
        ({"prizes": [1.0, np.nan]}, ParameterError, "0 or more"),
        ({"max_m": 0}, ParameterError, "above 0 m"),
        ({"root": 3}, ParameterError, "from 0 to 2; got 3"),
        ({"max_m": 10, "root": 0}, PlanError, "within 10 m"),
        ({"max_m": 10}, PlanError, "within 10 m"),
        ({"prizes": [0.0, 0.0]}, PlanError, "none has a prize"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    change: dict[str, object], error: type[Exception], message: str
) -> None:
    network = Toy(np.array([[0, 1], [1, 2]]), np.array([50.0, 60.0]))
    given_values: dict[str, object] = {"prizes": [1.0, 1.0], **change}
    with pytest.raises(error, match=message):
        best_loop(network, **given_values)  # type: ignore[arg-type]


def test_an_empty_network_is_refused() -> None:
    network = Toy(np.empty((0, 2), dtype=np.int64), np.empty(0))
    with pytest.raises(PlanError, match="the network has none here"):
        best_loop(network, [])


def test_too_many_junctions_are_refused(shared_data: Path) -> None:
    graph = read_streets(shared_data / "osm" / "rutland-latest_2018-02-27.osm.pbf")
    with pytest.raises(PlanError, match="at most 2,500 junctions"):
        best_loop(graph, graph.length_m, root=10, max_m=60_000)


def test_time_running_out_is_said(root: Path) -> None:
    graph = read_streets(root / "boundaries" / "simulated_streets.geojson")
    prize = graph.length_m * np.random.default_rng(1).uniform(0, 1, graph.n_edges)
    middle = int(graph.nearest_node(graph.node_xy_m.mean(axis=0)[None])[0])
    loop = best_loop(
        graph, prize, root=middle, max_m=3000, exact=True, time_limit_s=0.05,
        n_rounds=40,
    )  # fmt: skip
    check_walk(graph, prize, loop)
    assert "not proven" in loop.how
    assert loop.gap > 0


def test_prizes_integrate_a_density_along_the_streets(root: Path) -> None:
    graph = read_streets(root / "boundaries" / "simulated_streets.geojson")
    flat = edge_prizes(graph, lambda at_m: np.full(len(at_m), 7.0))
    assert flat == pytest.approx(7 * graph.length_m / 1000)
    # A density that rises linearly along x integrates to length times that at the mean.
    west = float(graph.node_xy_m[:, 0].min())
    slope = edge_prizes(graph, lambda at_m: at_m[:, 0] - west, step_m=1.0)
    middle = shapely.line_interpolate_point(graph.lines, 0.5, normalized=True)
    straight = shapely.length(graph.lines) < 1.0001 * np.hypot(
        *(graph.node_xy_m[graph.edges[:, 1]] - graph.node_xy_m[graph.edges[:, 0]]).T
    )
    want = (shapely.get_x(middle) - west) * graph.length_m / 1000
    assert straight.sum() > 50
    assert slope[straight] == pytest.approx(want[straight], rel=1e-3)
    with pytest.raises(ParameterError, match="above 0 m"):
        edge_prizes(graph, lambda at_m: at_m[:, 0], step_m=0)


def test_the_line_of_a_loop_is_closed_and_as_long(root: Path) -> None:
    graph = read_streets(root / "boundaries" / "simulated_streets.geojson")
    places = graph.node_xy_m[::50]
    prize = edge_prizes(graph, lambda at_m: density(places, at_m, bandwidth_m=150.0))
    loop = best_loop(graph, prize, rng=np.random.default_rng(2), n_rounds=60)
    check_walk(graph, prize, loop)
    line = loop.line(graph)
    assert line.is_closed
    assert line.length == pytest.approx(loop.length_m)
    assert 700 < line.length <= 1000
    start = shapely.get_coordinates(line)[0]
    assert start == pytest.approx(graph.node_xy_m[loop.nodes[0]])


def test_cells_can_be_walked_round() -> None:
    cells = Cells.from_polygon(shapely.box(-0.9, 52.75, -0.89, 52.76), resolution=10)
    graph = StreetGraph.from_cells(cells)
    loop = best_loop(graph, np.ones(graph.n_edges), max_m=1000, n_rounds=40)
    check_walk(graph, np.ones(graph.n_edges), loop)
    assert loop.prize == 8  # steps of 119 to 130 m, each new: no more than 8 fit


@pytest.mark.parametrize("at", [0, 60])
def test_in_oakham_the_heuristic_comes_within_a_tenth(
    shared_data: Path, at: int
) -> None:
    graph = read_streets(shared_data / "osm" / "oakham_walk.graphml")
    rng = np.random.default_rng(2)
    places = graph.node_xy_m[rng.choice(graph.n_nodes, 150)]
    places = places + rng.normal(0, 40, (150, 2))
    prize = edge_prizes(graph, lambda at_m: density(places, at_m, bandwidth_m=100.0))
    ends = np.bincount(graph.edges.ravel(), np.repeat(prize, 2))
    root = int(np.argsort(-ends)[at])
    loop = best_loop(graph, prize, root=root)
    best = best_loop(graph, prize, root=root, exact=True, n_rounds=1, time_limit_s=600)
    check_walk(graph, prize, loop)
    assert best.how.startswith("proven best")
    assert 0.9 * best.prize <= loop.prize <= best.prize * (1 + 1e-6)
    assert loop.bound >= best.prize
