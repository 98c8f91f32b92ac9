"""What a walk can use in an area, and what it must pass to reach every part of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import shapely

from hotspots.core.crs import shapes_to_metres
from hotspots.core.types import Bools, Floats, Ints
from hotspots.model.cells import Cells
from hotspots.resources.street_graph import StreetGraph

MARGINS_M = (0.0, 25.0, 50.0, 100.0)
"""Streets up to so far outside an area are used only if they make more of it join."""
REACHED_M = 20.0
"""Of a street in a cell: whoever walks as much has been there."""
TURN_M = 60.0
"""A walk can turn round at least every so many metres of a street."""
SHORT_M = 0.01
"""Shorter pieces of a street, at the edge of a cell, are left out."""
EDGE_M = 0.5
"""A walk keeps so far inside the edge of its area, whatever a file rounds."""
STREET_M = 5.0
"""Of a street that joins the parts of an area, so much on either side belongs to it."""
NOWHERE = shapely.Polygon()


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """The network of an area, cut at the edges of its cells.

    ``area``: EPSG:27700, its cells.
    ``edges``: of ``whole``, those that join, and that a walk can use.
    ``in_part`` (p, m): whether walking the m-th of these reaches part p.
    ``busy`` (p,): whether anything that counts happened in part p.
    ``on_streets``: false where there are no streets, but steps from cell to cell.
    """

    area: Any
    whole: StreetGraph
    edges: Ints
    in_part: Bools
    busy: Bools
    on_streets: bool

    @cached_property
    def graph(self) -> StreetGraph:
        """The streets that join."""
        return self.whole.take(self.edges)

    @cached_property
    def is_inside(self) -> Bools:
        """Whether each street of ``whole`` lies in the area, shape (m,)."""
        middle = shapely.line_interpolate_point(self.whole.lines, 0.5, normalized=True)
        return np.asarray(shapely.intersects(middle, _inner(self.area)))

    def reached(self, edges: Ints | Bools | slice) -> tuple[int, int]:
        """Return how many busy parts, and parts, a walk along some streets reaches."""
        parts = self.in_part[:, edges].any(axis=1)
        return int((parts & self.busy).sum()), int(parts.sum())

    def joining(self, edges: Ints) -> Any:
        """Return the ground of the streets that leave the cells, from their edge."""
        outer = self.graph.lines[edges][~self.is_inside[self.edges][edges]]
        ground = shapely.union_all(outer).buffer(STREET_M, quad_segs=4)
        return ground - _inner(self.area)

    @cached_property
    def tree(self) -> tuple[Ints, Ints, float]:
        """The nodes of a short way to all parts, a street in each, and its metres.

        It begins in the busy part with fewest streets, where it gets shortest.
        """
        held = self.in_part.any(axis=1)
        parts, busy = self.in_part[held], self.busy[held]
        first = parts[busy] if busy.any() else parts
        rarest = first[first.sum(axis=1).argmin()]
        starts = np.unique(self.graph.edges[rarest])
        grown = [grow_tree(self.graph, parts, busy, int(node)) for node in starts]
        return min(grown, key=lambda tree: tree[2])

    def start_and_must(self) -> tuple[int, Ints]:
        """Return the node of :attr:`tree` nearest to its streets, and the streets."""
        nodes, must, _ = self.tree
        ways = self.graph.ways_m[nodes][:, self.graph.edges[must]].min(axis=2)
        return int(nodes[ways.sum(axis=1).argmin()]), must

    def kept_inside(self) -> Ground:
        """Leave out streets outside the area that are not on the way to a part."""
        nodes = self.tree[0]
        on_way = np.isin(self.graph.edges, nodes).all(axis=1)
        return self.of(self.is_inside[self.edges] | on_way).joined()

    def joined(self) -> Ground:
        """Return the streets that join; of those that do not, those that reach most."""
        component = self.graph.component[self.graph.edges[:, 0]]
        length_m = self.graph.length_m
        parts = [component == k for k in np.unique(component)]
        return self.of(max(parts, key=lambda k: (*self.reached(k), length_m[k].sum())))

    def of(self, kept: Bools) -> Ground:
        """Return the ground of some of the streets."""
        return replace(self, edges=self.edges[kept], in_part=self.in_part[:, kept])


def grounds_of(
    cells: Cells,
    streets: StreetGraph | None,
    xy_m: Floats,
    taken: Any = NOWHERE,
) -> Iterator[Ground]:
    """Yield the streets of an area; then more around it, if more of it joins by them.

    Of streets that do not join, those that reach most are used; steps between cells
    where there are none. ``xy_m`` (n, 2): where what counts happened. ``taken``: ground
    of others, EPSG:27700, that no street outside the area may come near.
    """
    parts = shapes_to_metres(cells.polygons())
    busy = np.array([shapely.contains_xy(part, xy_m).any() for part in parts])
    joined = (0, 0)
    for margin_m in MARGINS_M:
        if streets is None:
            break
        around = _around(shapely.union_all(parts), margin_m, taken)
        ground = _within(streets, parts, busy, around)
        reached = ground.reached(slice(None))
        if reached[0] > joined[0] or (not joined[1] and reached[1]):
            joined = reached
            yield ground.kept_inside()
    if not joined[1]:
        steps = StreetGraph.from_cells(cells)
        yield _ground(steps, parts, busy, on_streets=False)


def grow_tree(
    graph: StreetGraph, parts: Bools, busy: Bools, start: int
) -> tuple[Ints, Ints, float]:
    """Lead a way from a node to the part nearest to it, again and again.

    Returns its nodes, a street in each part, busy ones first, and its length in metres.

    References
    ----------
    Takahashi, H. and Matsuyama, A. (1980). An approximate solution for the Steiner
    problem in graphs. Mathematica Japonica 24, 573-577.
    """
    ways, ends = graph.ways_m, graph.edges
    to_street = ways[:, ends].min(axis=2) + graph.length_m
    nodes, must, length_m = np.array([start]), np.empty(0, np.int64), 0.0
    for turn in (parts[busy], parts[~busy]):
        while len(left := turn[~turn[:, must].any(axis=1)]):
            far = to_street[nodes]
            far[:, np.isin(ends, nodes).all(axis=1)] = 0.0
            street = int(np.where(left.any(axis=0), far.min(axis=0), np.inf).argmin())
            at = nodes[far[:, street].argmin()]
            to = ends[street][ways[at, ends[street]].argmin()]
            on_way = ways[at] + ways[:, to] <= ways[at, to] + SHORT_M
            nodes = np.union1d(nodes, [*np.flatnonzero(on_way), *ends[street]])
            length_m += float(far[:, street].min())
            must = np.append(must, street)
    return nodes, must, length_m


def _inner(area: Any) -> Any:
    return area.buffer(-EDGE_M, join_style="mitre")


def _around(area: Any, margin_m: float, taken: Any) -> list[Any]:
    """Return the ground around an area that a walk may use, where there is any."""
    if not margin_m:
        return []
    closed = shapely.union_all([_inner(area), taken.buffer(STREET_M)])
    return [area.buffer(margin_m) - closed]


def _within(
    streets: StreetGraph, parts: Any, busy: Bools, around: Sequence[Any]
) -> Ground:
    inside = shapely.intersection(parts, _inner(shapely.union_all(parts)))
    graph = streets.cut(*inside, *around, min_m=SHORT_M).split(TURN_M)
    return _ground(graph, parts, busy, on_streets=True)


def _ground(graph: StreetGraph, parts: Any, busy: Bools, *, on_streets: bool) -> Ground:
    every = Ground(
        area=shapely.union_all(parts),
        whole=graph,
        edges=np.arange(graph.n_edges),
        in_part=_reaches(graph, parts),
        busy=busy,
        on_streets=on_streets,
    )
    return every.joined() if graph.n_edges else every


def _reaches(graph: StreetGraph, parts: Any) -> Bools:
    held = shapely.intersection(graph.lines[None, :], np.asarray(parts)[:, None])
    inside_m: Floats = shapely.length(held)
    enough = np.minimum(REACHED_M, inside_m.max(axis=1, initial=0.0))
    return np.asarray((inside_m > 0) & (inside_m >= enough[:, None] * (1 - 1e-9)))
