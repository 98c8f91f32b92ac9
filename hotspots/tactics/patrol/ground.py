"""What a walk can use in an area, and what it must pass to reach every part of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely

from hotspots.core.crs import shapes_to_metres
from hotspots.core.types import Bools, Floats, Ints
from hotspots.model.cells import Cells
from hotspots.resources.street_graph import StreetGraph

MARGINS_M = (0.0, 25.0, 50.0)
"""Streets up to so far outside an area are used only if they make more of it join."""
REACHED_M = 20.0
"""Of a street in a cell: whoever walks as much has been there."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """The network of an area, cut off at its edge.

    ``edges``: of ``whole``, those that join, and that a walk can use.
    ``in_part`` (p, m): whether walking the m-th of these reaches part p.
    ``on_streets``: false where there are no streets, but steps from cell to cell.
    ``margin_m``: how far outside the area it may go, where its streets join only there.
    """

    area: Any
    whole: StreetGraph
    edges: Ints
    in_part: Bools
    on_streets: bool
    margin_m: float = 0.0

    @cached_property
    def graph(self) -> StreetGraph:
        """The streets that join."""
        return self.whole.take(self.edges)

    @cached_property
    def is_inside(self) -> Bools:
        """Whether each street of ``whole`` lies in the area, shape (m,)."""
        middle = shapely.line_interpolate_point(self.whole.lines, 0.5, normalized=True)
        return np.asarray(shapely.intersects(middle, self.area))

    @property
    def n_parts(self) -> int:
        """How many parts (cells) the area has."""
        return len(self.in_part)

    def n_reached(self, edges: Ints | slice) -> int:
        """Return how many parts a walk along some streets reaches."""
        return int(self.in_part[:, edges].any(axis=1).sum())

    def start_and_must(self) -> tuple[int, Ints]:
        """Return the node nearest to all parts, and the street of each nearest to it.

        A closed walk from there that passes these streets reaches every part.
        """
        ways = self.graph.walk_m(np.arange(self.graph.n_nodes))
        to_edge = ways[:, self.graph.edges].min(axis=2)
        reached = self.in_part[self.in_part.any(axis=1)]
        to_part = np.array(
            [np.where(part, to_edge, np.inf).min(axis=1) for part in reached]
        )
        start = int(to_part.sum(axis=0).argmin())
        must = np.where(reached, to_edge[start], np.inf).argmin(axis=1)
        return start, np.unique(must)


def ground_of(cells: Cells, streets: StreetGraph | None) -> Ground:
    """Return the streets of an area, or steps between its cells where it has none.

    Of streets that do not join inside the area, those that reach most parts are used.
    """
    parts = shapes_to_metres(cells.polygons())
    if streets is not None:
        tried = [_within(streets, parts, margin_m) for margin_m in MARGINS_M]
        best = max(tried, key=lambda ground: ground.n_reached(slice(None)))
        if best.in_part.any():
            return best
    return _ground(StreetGraph.from_cells(cells), parts, on_streets=False)


def _within(streets: StreetGraph, parts: Any, margin_m: float) -> Ground:
    area = shapely.union_all(parts)
    around = area.buffer(margin_m).difference(area)
    graph = streets.cut(area, around) if margin_m else streets.cut(area)
    return _ground(graph, parts, on_streets=True, margin_m=margin_m)


def _ground(
    graph: StreetGraph, parts: Any, *, on_streets: bool, margin_m: float = 0.0
) -> Ground:
    in_part = _reaches(graph, parts)
    component = graph.component[graph.edges[:, 0]]
    score = [
        (in_part[:, component == k].any(axis=1).sum(), graph.length_m[component == k])
        for k in range(int(component.max(initial=0)) + 1)
    ]
    best = max(range(len(score)), key=lambda k: (score[k][0], score[k][1].sum()))
    edges = np.flatnonzero(component == best)
    return Ground(
        area=shapely.union_all(parts),
        whole=graph,
        edges=edges,
        in_part=in_part[:, edges],
        on_streets=on_streets,
        margin_m=margin_m,
    )


def _reaches(graph: StreetGraph, parts: Any) -> Bools:
    held = shapely.intersection(graph.lines[None, :], np.asarray(parts)[:, None])
    inside_m: Floats = shapely.length(held)
    enough = np.minimum(REACHED_M, inside_m.max(axis=1, initial=0.0))
    return np.asarray((inside_m > 0) & (inside_m >= enough[:, None] * (1 - 1e-9)))
