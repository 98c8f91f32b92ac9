"""A walk in each area that stays inside it and reaches every part of it.

It goes along the area's streets, cut off at its edge, or from cell to cell where there
are none. A part that is reached counts more than all demand along the streets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import shapely

from hotspots.core.crs import lonlat_of, shapes_to_degrees, shapes_to_metres
from hotspots.core.errors import PlanError
from hotspots.core.types import Floats, Ints
from hotspots.methods.kde import density
from hotspots.model.cells import Cells
from hotspots.optimise.loops import Loop, best_loop, edge_prizes
from hotspots.resources.street_graph import StreetGraph
from hotspots.tactics.patrol.demand import Demand
from hotspots.tactics.patrol.ground import Ground, grounds_of
from hotspots.tactics.plan import PlanLayer

BANDWIDTH_M = 100.0
N_ROUNDS, N_BRANCHES = 20, 200
MAX_WAYPOINTS = 12
UNPROVEN = "best found, not proven best (mixed-integer program, stopped)"


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
    ``parts``: how many cells of the area in which something happened it reaches, and
    how many there are.
    ``cells``: the same of all its cells.
    ``joining``: EPSG:27700, the ground of the streets outside the cells by which it
    gets from one of them to another; it belongs to the area.
    """

    line: Any
    stops_m: Floats
    streets: tuple[str, ...]
    length_m: float
    street_m: float
    share: float
    on_streets: bool
    parts: tuple[int, int]
    cells: tuple[int, int]
    joining: Any
    how: str

    @property
    def kind(self) -> str:
        """What the walk goes along."""
        return "streets" if self.on_streets else "from cell to cell"


def build_routes(
    demand: Demand, areas: Sequence[Ints], others: Sequence[Ints]
) -> tuple[Route | None, ...]:
    """Find a walk of the visit's length in each area, off the ground of the others.

    ``others``: areas where nothing is done.
    """
    every = [shapes_to_metres(cells_of(demand, area)) for area in (*areas, *others)]
    routes = []
    for rank, area in enumerate(areas, start=1):
        taken = shapely.union_all(every[: rank - 1] + every[rank:])
        route = _route(demand, area, rank, taken)
        if route is not None:
            every[rank - 1] |= route.joining
        routes.append(route)
    return tuple(routes)


def cells_of(demand: Demand, area: Ints) -> Any:
    """Return the cells of an area dissolved, EPSG:4326."""
    cells = demand.cells
    part = Cells.from_ids(cells.ids[area], resolution=cells.resolution)
    return shapely.union_all(part.polygons(), grid_size=1e-9)


def area_polygon(demand: Demand, area: Ints, joining: Any) -> Any:
    """Return an area as it is drawn, with what joins its parts, EPSG:4326."""
    cells = cells_of(demand, area)
    if joining.is_empty:
        return cells
    return shapes_to_degrees(shapes_to_metres(cells) | joining)


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
        at = lonlat_of(route.stops_m)
        for order, street in enumerate(route.streets, start=1):
            label = f"{rank}.{order} {street}".strip()
            points.append((rank, label, order, street))
        stops += list(shapely.points(at))
    line_kinds = {"rank": pl.Int64, "name": pl.String, "length_m": pl.Int64}
    stop_kinds = {"rank": pl.Int64, "name": pl.String, "order": pl.Int64}
    return {
        "walks": PlanLayer(
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


def _route(demand: Demand, area: Ints, rank: int, taken: Any) -> Route | None:
    cells = Cells.from_ids(demand.cells.ids[area], resolution=demand.cells.resolution)
    best: tuple[tuple[float, ...], Route] | None = None
    xy_m, worth = demand.counted
    options, streets = demand.options, demand.context.resources.streets
    for ground in grounds_of(cells, streets, xy_m, taken):
        prizes = _prizes(ground, xy_m, worth)
        there_and_back = 2 * ground.tree[2]
        for max_m in options.walks_m(there_and_back):
            rng = demand.context.rng(f"patrol loop {rank}")
            loop = _loop(ground, prizes, max_m, rng)
            if loop is None:
                continue
            route = _route_of(ground, prizes, loop)
            good = (route.parts[0], -route.joining.area, route.cells[0])
            if best is None or good > best[0]:
                best = good, route
            if ground.busy.sum() == route.parts[0]:
                return best[1]
            if ground.reached(slice(None))[0] == route.parts[0]:
                break
    return None if best is None else best[1]


def _prizes(ground: Ground, xy_m: Floats, worth: Floats) -> Floats:
    """Return what each street of the area is worth; outside it nothing is."""
    whole = ground.whole
    near = shapely.box(*shapely.MultiPoint(whole.node_xy_m).bounds).buffer(BANDWIDTH_M)
    inside = shapely.contains_xy(near, xy_m[:, 0], xy_m[:, 1])

    def density_at(at_m: Floats) -> Floats:
        return density(
            xy_m[inside], at_m, bandwidth_m=BANDWIDTH_M, weights=worth[inside]
        )

    prizes = np.where(ground.is_inside, edge_prizes(whole, density_at), 0)
    if prizes[ground.edges].sum() > 0:
        return prizes
    return np.where(ground.is_inside, whole.length_m, 0)


def _loop(
    ground: Ground, prizes: Floats, max_m: float, rng: np.random.Generator
) -> Loop | None:
    start, must = ground.start_and_must()
    wanted = prizes[ground.edges]
    counts = ground.busy @ ground.in_part[:, must]
    wanted[must] += prizes.sum() * np.where(counts > 0, len(must) + 1, 1)
    try:
        return best_loop(
            ground.graph,
            wanted,
            root=start,
            max_m=max_m,
            rng=rng,
            n_rounds=N_ROUNDS,
            exact=True,
            time_limit_s=None,
            n_nodes=N_BRANCHES,
        )
    except PlanError:
        return None


def _route_of(ground: Ground, prizes: Floats, loop: Loop) -> Route:
    walked = np.unique(loop.edges)
    stops, streets = _stops(ground.graph, loop)
    parts, cells = ground.reached(walked)
    return Route(
        line=loop.line(ground.graph),
        stops_m=stops,
        streets=streets,
        length_m=loop.length_m,
        street_m=float(ground.whole.length_m[ground.is_inside].sum()),
        share=float(prizes[ground.edges][walked].sum() / prizes.sum()),
        on_streets=ground.on_streets,
        parts=(parts, int(ground.busy.sum())),
        cells=(cells, len(ground.busy)),
        joining=ground.joining(walked),
        how=loop.how if loop.how.startswith("proven") else UNPROVEN,
    )


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
