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
from hotspots.tactics.patrol.ground import ground_of

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


def test_a_street_through_all_cells_is_cut_at_the_edge_and_reaches_each(
    cells: Cells,
) -> None:
    area = shapely.union_all(shapes_to_metres(cells.polygons()))
    west, _, east, _ = area.bounds
    y = float(cells.xy_m[:, 1].mean())
    ground = ground_of(cells, streets([(west - 300, y), (east + 300, y)]))
    assert ground.on_streets
    assert ground.margin_m == 0
    assert shapely.union_all(ground.graph.lines).within(area.buffer(1e-6))
    assert ground.n_reached(slice(None)) == ground.n_parts == 3
    start, must = ground.start_and_must()
    assert 0 <= start < ground.graph.n_nodes
    assert ground.n_reached(must) == 3


def test_streets_that_join_only_outside_are_used_within_the_margin(
    cells: Cells,
) -> None:
    area = shapely.union_all(shapes_to_metres(cells.polygons()))
    around = area.buffer(15).exterior
    ends = cells.xy_m[cells.xy_m[:, 0].argsort()][[0, -1]]
    along = substring(around, *sorted(around.project(shapely.points(ends))))
    away = shapely.distance(shapely.points(ends), along.boundary.geoms[0])
    first, last = ends[away.argsort()]
    ground = ground_of(cells, streets([tuple(first), *along.coords, tuple(last)]))
    assert ground.margin_m > 0
    assert ground.n_reached(slice(None)) >= 2
    assert 0 < ground.is_inside.sum() < len(ground.is_inside)


def test_without_streets_steps_stay_in_the_cells(cells: Cells) -> None:
    far = streets([(0, 0), (100, 0)])
    area = shapely.union_all(shapes_to_metres(cells.polygons()))
    for given in (None, far):
        ground = ground_of(cells, given)
        assert not ground.on_streets
        assert shapely.union_all(ground.graph.lines).within(area)
        assert ground.n_reached(slice(None)) == 3
