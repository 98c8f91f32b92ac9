"""What a walk can use in an area, and what it must pass: cells and streets by hand."""

from __future__ import annotations

import h3
import numpy as np
import pytest
import shapely
from shapely.ops import substring

from hotspots.core.crs import shapes_to_metres
from hotspots.model.cells import Cells
from hotspots.resources.street_build import Ways, build_graph
from hotspots.resources.street_graph import StreetGraph
from hotspots.tactics.patrol.ground import Ground, grounds_of

MIDDLE = h3.latlng_to_cell(52.7644, -0.8864, 10)


@pytest.fixture(scope="module")
def cells() -> Cells:
    """Three cells in a row."""
    west, east = sorted(
        h3.grid_ring(MIDDLE, 1), key=lambda cell: h3.cell_to_latlng(cell)[1]
    )[:: len(h3.grid_ring(MIDDLE, 1)) - 1]
    ids = np.array([int(cell, 16) for cell in (west, MIDDLE, east)], dtype=np.uint64)
    return Cells.from_ids(ids, resolution=10)


def streets(*lines: list[tuple[float, float]]) -> StreetGraph:
    return build_graph(
        Ways(
            vertex=np.arange(sum(map(len, lines))),
            n_vertices=np.array([len(line) for line in lines]),
            xy_m=np.array([xy for line in lines for xy in line], dtype=float),
            names=[f"Street {k}" for k in range(len(lines))],
            street_id=[str(k) for k in range(len(lines))],
        ),
        source="by hand",
    )


def grounds(cells: Cells, given: StreetGraph | None, *busy: int) -> list[Ground]:
    """The grounds where something happened in the middle of some cells."""
    return list(grounds_of(cells, given, cells.xy_m[[*busy] or slice(None)]))


def test_a_street_through_all_cells_is_cut_at_the_edge_and_reaches_each(
    cells: Cells,
) -> None:
    area = shapely.union_all(shapes_to_metres(cells.polygons()))
    west, _, east, _ = area.bounds
    y = float(cells.xy_m[:, 1].mean())
    (ground,) = grounds(cells, streets([(west - 300, y), (east + 300, y)]))
    assert ground.on_streets
    assert ground.joining(np.arange(ground.graph.n_edges)).is_empty
    assert shapely.union_all(ground.graph.lines).within(area.buffer(-0.4))
    assert ground.graph.length_m.max() <= 60
    assert ground.reached(slice(None)) == (3, 3)
    start, must = ground.start_and_must()
    assert 0 <= start < ground.graph.n_nodes
    assert ground.reached(must) == (3, 3)
    middle = cells.xy_m[:, 0].argsort()[1]
    assert abs(ground.graph.node_xy_m[start][0] - cells.xy_m[middle][0]) < 80


@pytest.fixture
def joined_outside(cells: Cells) -> StreetGraph:
    """Streets into the outer cells that join only outside, and one that leads away."""
    area = shapely.union_all(shapes_to_metres(cells.polygons()))
    around = area.buffer(15).exterior
    ends = cells.xy_m[cells.xy_m[:, 0].argsort()][[0, -1]]
    along = substring(around, *sorted(around.project(shapely.points(ends))))
    away = shapely.distance(shapely.points(ends), along.boundary.geoms[0])
    first, last = ends[away.argsort()]
    x, y = along.coords[1]
    return streets(
        [tuple(first), *along.coords, tuple(last)], [(x, y), (x, y + np.sign(y) * 9)]
    )


def test_streets_that_join_only_outside_are_used_where_something_happened(
    cells: Cells, joined_outside: StreetGraph
) -> None:
    west, _, east = cells.xy_m[:, 0].argsort().tolist()
    inside, wider = grounds(cells, joined_outside, west, east)
    assert (inside.reached(slice(None))[0], wider.reached(slice(None))[0]) == (1, 2)
    assert inside.joining(np.arange(inside.graph.n_edges)).is_empty
    every = np.arange(wider.graph.n_edges)
    joining = wider.joining(every)
    assert (wider.area | joining).covers(shapely.union_all(wider.graph.lines))
    assert shapely.hausdorff_distance(joining, wider.area.exterior) > 15
    outside_m = (shapely.union_all(wider.graph.lines) - wider.area).length
    assert joining.area == pytest.approx(10 * outside_m, rel=0.1)
    # The way there and nothing else outside.
    nodes, must, length_m = wider.tree
    outer = ~wider.is_inside[wider.edges]
    assert np.isin(wider.graph.edges[outer], nodes).all()
    assert length_m >= wider.graph.length_m[outer].sum()
    assert wider.reached(must)[0] == 2


def test_no_walk_leaves_an_area_for_a_cell_without_incidents(
    cells: Cells, joined_outside: StreetGraph
) -> None:
    (ground,) = grounds(cells, joined_outside, int(cells.xy_m[:, 0].argmin()))
    assert ground.reached(slice(None))[0] == ground.busy.sum() == 1
    assert ground.is_inside[ground.edges].all()


def test_without_streets_steps_stay_in_the_cells(cells: Cells) -> None:
    far = streets([(0, 0), (100, 0)])
    area = shapely.union_all(shapes_to_metres(cells.polygons()))
    for given in (None, far):
        (ground,) = grounds(cells, given)
        assert not ground.on_streets
        assert shapely.union_all(ground.graph.lines).within(area)
        assert ground.reached(slice(None)) == (3, 3)


def test_no_street_on_the_ground_of_others_joins_an_area(
    cells: Cells, joined_outside: StreetGraph
) -> None:
    west, _, east = cells.xy_m[:, 0].argsort().tolist()
    taken = shapely.Point(*joined_outside.node_xy_m.mean(axis=0)).buffer(200)
    (ground,) = grounds_of(cells, joined_outside, cells.xy_m[[west, east]], taken)
    assert ground.reached(slice(None))[0] == 1
