"""A walk inside each area: along its streets, or from cell to cell without a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import shapely

from hotspots.core.crs import bng_to_lonlat, shapes_to_degrees, shapes_to_metres
from hotspots.core.errors import PlanError
from hotspots.core.types import Floats, Ints
from hotspots.methods.kde import density
from hotspots.model.cells import Cells
from hotspots.optimise.loops import Loop, best_loop, edge_prizes
from hotspots.resources.street_graph import StreetGraph
from hotspots.tactics.patrol.demand import Demand
from hotspots.tactics.plan import PlanLayer

BANDWIDTH_M = 100.0
MARGIN_M = 25.0
"""A street just outside the cells may be part of the walk."""
N_ROUNDS, N_BRANCHES = 20, 200
MAX_WAYPOINTS = 12


@dataclass(frozen=True, kw_only=True, eq=False)
class Route:
    """A closed walk in an area.

    ``line``: EPSG:27700.
    ``stops_m`` (s, 2), metres: in walking order; the first is where the walk begins and
    ends.
    ``streets``: the street that is entered at each stop; "" where not known.
    ``street_m``: length of all streets in the area.
    ``share``: share of the demand along those streets that the walk passes.
    ``on_streets``: false where there are no streets and the walk goes from cell to
    cell.
    """

    line: Any
    stops_m: Floats
    streets: tuple[str, ...]
    length_m: float
    street_m: float
    share: float
    on_streets: bool
    how: str

    @property
    def kind(self) -> str:
        """What the walk goes along."""
        return "streets" if self.on_streets else "from cell to cell"


def build_routes(demand: Demand, areas: Sequence[Ints]) -> tuple[Route | None, ...]:
    """Find a walk of the visit's length in each area."""
    recent = demand.context.recent
    worth = demand.worth(recent)
    used = worth > 0
    xy_m, worth = recent.xy_m[used], worth[used]
    return tuple(
        _route(demand, area, rank, xy_m, worth)
        for rank, area in enumerate(areas, start=1)
    )


def area_polygon(cells: Cells, area: Ints) -> Any:
    """Return the cells of an area dissolved.

    Returns EPSG:4326.
    """
    part = Cells.from_ids(cells.ids[area], resolution=cells.resolution)
    return shapely.union_all(part.polygons(), grid_size=1e-9)


def route_layers(
    routes: Sequence[Route | None], names: Sequence[str]
) -> dict[str, PlanLayer]:
    """Return the walks as lines and their stops as points."""
    lines, points = [], []
    geometry: list[Any] = []
    stops: list[Any] = []
    for rank, (route, name) in enumerate(zip(routes, names, strict=True), start=1):
        if route is None:
            continue
        lines.append((rank, name, round(route.length_m), round(route.share, 3)))
        geometry.append(shapes_to_degrees(route.line))
        at = np.column_stack(bng_to_lonlat(route.stops_m[:, 0], route.stops_m[:, 1]))
        for order, street in enumerate(route.streets, start=1):
            label = f"{rank}.{order} {street}".strip()
            points.append((rank, label, order, street))
        stops += list(shapely.points(at))
    line_kinds = {"rank": pl.Int64, "name": pl.String, "length_m": pl.Int64}
    stop_kinds = {"rank": pl.Int64, "name": pl.String, "order": pl.Int64}
    return {
        "loops": PlanLayer(
            frame=pl.DataFrame(
                lines, schema={**line_kinds, "share": pl.Float64}, orient="row"
            ),
            geometry=np.array(geometry, dtype=object),
        ),
        "waypoints": PlanLayer(
            frame=pl.DataFrame(
                points, schema={**stop_kinds, "street": pl.String}, orient="row"
            ),
            geometry=np.array(stops, dtype=object),
        ),
    }


def _route(
    demand: Demand,
    area: Ints,
    rank: int,
    xy_m: Floats,
    worth: Floats,
) -> Route | None:
    graph, on_streets = _ground(demand, area)
    near = shapely.box(*shapely.MultiPoint(graph.node_xy_m).bounds).buffer(BANDWIDTH_M)
    inside = shapely.contains_xy(near, xy_m[:, 0], xy_m[:, 1])

    def density_at(at_m: Floats) -> Floats:
        return density(
            xy_m[inside], at_m, bandwidth_m=BANDWIDTH_M, weights=worth[inside]
        )

    prizes = edge_prizes(graph, density_at)
    if not prizes.sum() > 0:
        prizes = graph.length_m
    try:
        loop = best_loop(
            graph,
            prizes,
            max_m=demand.options.loop_m,
            rng=demand.context.rng(f"patrol loop {rank}"),
            n_rounds=N_ROUNDS,
            exact=True,
            time_limit_s=None,
            n_nodes=N_BRANCHES,
        )
    except PlanError:
        return None
    stops, streets = _stops(graph, loop)
    return Route(
        line=loop.line(graph),
        stops_m=stops,
        streets=streets,
        length_m=loop.length_m,
        street_m=float(graph.length_m.sum()),
        share=loop.prize / float(prizes.sum()),
        on_streets=on_streets,
        how=loop.how,
    )


def _ground(demand: Demand, area: Ints) -> tuple[StreetGraph, bool]:
    streets = demand.context.resources.streets
    if streets is not None:
        shape = shapes_to_metres(area_polygon(demand.cells, area)).buffer(MARGIN_M)
        graph = streets.clip(shape)
        if graph.n_edges:
            return graph, True
    cells = Cells.from_ids(demand.cells.ids[area], resolution=demand.cells.resolution)
    return StreetGraph.from_cells(cells), False


def _stops(graph: StreetGraph, loop: Loop) -> tuple[Floats, tuple[str, ...]]:
    """Return the start and every node where another street is entered, thinned out."""
    names = [graph.names[edge] for edge in loop.edges]
    turns = [k for k in range(len(names)) if k == 0 or names[k] != names[k - 1]]
    if len(turns) < 4:
        turns = list(range(len(names)))
    if len(turns) > MAX_WAYPOINTS:
        kept = np.linspace(0, len(turns) - 1, MAX_WAYPOINTS).round().astype(int)
        turns = [turns[k] for k in kept]
    return graph.node_xy_m[loop.nodes[turns]], tuple(names[k] for k in turns)
