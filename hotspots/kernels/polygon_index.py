"""Which polygon each point lies in, exact, for millions of points.

A grid is laid over the polygons. A grid cell without an edge has one answer for all of
it; the others keep the few edges that pass through them, and a point counts only those
between itself and the cell's right-hand side. Points on an edge, or so near that
rounding could decide, go to GEOS, whose predicates are exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.core.errors import AreaError, ParameterError
from hotspots.core.types import Floats, Ints
from hotspots.kernels.jit import run_chunks, use_compiled
from hotspots.kernels.polygon_grid import ON_EDGE, find, rasterise

Int32s = npt.NDArray[np.int32]

CELLS_PER_EDGE = 16
MIN_CELLS, MAX_CELLS = 1 << 12, 1 << 22
FEW = 50_000  # points that GEOS has found before the compiler is loaded
AT_A_TIME = 200_000  # points that GEOS gets together


class PolygonIndex:
    """An index to find the polygon that a point lies in.

    ``polygons`` (p,), shapely Polygons or MultiPolygons: valid, in any planar
    coordinates; they may have holes, overlap and be empty.

    Raises AreaError if one of them is not a polygon.

    Notes
    -----
    A polygon contains a point inside it or on its boundary, holes' boundaries too, as
    shapely's ``covers`` says. Of several the first in the order given is the answer,
    so that a point on an edge that two polygons share goes to exactly one of them,
    whichever way round their rings run.

    Examples
    --------
    >>> squares = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]
    >>> index = PolygonIndex(np.array(squares))
    >>> index.locate(np.array([0.5, 1.0, 1.5, 9.0]), np.full(4, 0.5))
    array([ 0,  0,  1, -1], dtype=int32)
    """

    def __init__(self, polygons: npt.NDArray[np.object_]) -> None:
        self._polygons = np.atleast_1d(np.asarray(polygons, dtype=object))
        kinds = shapely.get_type_id(self._polygons)
        wrong = np.flatnonzero(~np.isin(kinds, (3, 6)))
        if len(wrong):
            raise AreaError(
                "every area must be a polygon or multipolygon; number "
                f"{int(wrong[0])} is {self._polygons[wrong[0]]!r:.60}. Remove it."
            )

    def __len__(self) -> int:
        return len(self._polygons)

    def locate(self, x: Floats, y: Floats) -> Int32s:
        """Return the first polygon that contains each point.

        Returns (n,), int32: -1 where there is none, or a coordinate is not finite.

        Raises ParameterError if there is not one ``y`` for each ``x``.
        """
        x = np.ascontiguousarray(x, dtype=np.float64)
        y = np.ascontiguousarray(y, dtype=np.float64)
        if x.ndim != 1 or x.shape != y.shape:
            raise ParameterError(
                f"there must be one y for each x; got shapes {x.shape} and {y.shape}."
            )
        if len(x) <= FEW or not use_compiled():
            return self._locate_exactly(x, y)
        found = np.full(len(x), -1, dtype=np.int32)
        if self._grid is None:
            return found
        tables = self._grid.tables

        def work(start: int, stop: int) -> None:
            find(x, y, *tables, found, start, stop)

        run_chunks(work, len(x), at_least=20_000)
        unsure = np.flatnonzero(found == ON_EDGE)
        if len(unsure):
            found[unsure] = self._locate_exactly(x[unsure], y[unsure])
        return found

    def _locate_exactly(self, x: Floats, y: Floats) -> Int32s:
        """Ask GEOS."""
        found = np.full(len(x), -1, dtype=np.int32)
        for start in range(0, len(x), AT_A_TIME):
            part = slice(start, start + AT_A_TIME)
            points = shapely.points(x[part], y[part])
            rows, polygons = self._tree.query(points, predicate="intersects")
            first = np.full(len(points), len(self), dtype=np.int64)
            np.minimum.at(first, rows, polygons)
            found[part] = np.where(first < len(self), first, -1)
        return found

    @cached_property
    def _tree(self) -> shapely.STRtree:
        shapely.prepare(self._polygons)
        return shapely.STRtree(self._polygons)

    @cached_property
    def _grid(self) -> _Grid | None:
        edges = _Edges.from_polygons(self._polygons)
        return _Grid.build(edges) if len(edges.ends) else None


@dataclass(frozen=True, kw_only=True)
class _Edges:
    """Every edge of every ring, lower end first, so that a shared edge is the same."""

    ends: Floats  # (e, 4): x and y of the lower end, x and y of the upper
    next_low: Ints  # (e,): the edge that meets this one at its lower end
    next_high: Ints
    starts: Ints  # (p + 1,): where each polygon's edges start

    @classmethod
    def from_polygons(cls, polygons: npt.NDArray[np.object_]) -> _Edges:
        parts, part_of = shapely.get_parts(polygons, return_index=True)
        rings, ring_of = shapely.get_rings(parts, return_index=True)
        xy, at_ring = shapely.get_coordinates(rings, return_index=True)
        real = (at_ring[1:] == at_ring[:-1]) & (xy[1:] != xy[:-1]).any(axis=1)
        ends = np.hstack([xy[:-1], xy[1:]])[real]
        ring = at_ring[:-1][real]
        before, after = _around_ring(ring)
        turn = (ends[:, 3] < ends[:, 1]) | (
            (ends[:, 3] == ends[:, 1]) & (ends[:, 2] < ends[:, 0])
        )
        ends[turn] = ends[turn][:, [2, 3, 0, 1]]
        polygon = part_of[ring_of[ring]] if len(ring) else ring
        return cls(
            ends=np.ascontiguousarray(ends),
            next_low=np.where(turn, after, before),
            next_high=np.where(turn, before, after),
            starts=np.searchsorted(polygon, np.arange(len(polygons) + 1)),
        )


def _around_ring(ring: Ints) -> tuple[Ints, Ints]:
    """Return the edge before and the edge after each, going round its ring."""
    n = len(ring)
    first = np.searchsorted(ring, ring, side="left")
    last = np.searchsorted(ring, ring, side="right") - 1
    here = np.arange(n)
    before = np.where(here == first, last, here - 1)
    after = np.where(here == last, first, here + 1)
    return before, after


@dataclass(frozen=True, kw_only=True)
class _Grid:
    """What the compiled search needs; see :mod:`hotspots.kernels.polygon_grid`."""

    shape: tuple[float, float, float, float, float, float, int, int]
    state: Int32s
    starts: Ints
    edge: Int32s
    polygon: Int32s
    flags: npt.NDArray[np.uint8]
    ends: Floats

    @property
    def tables(self) -> tuple[object, ...]:
        return (
            self.shape,
            self.state,
            self.starts,
            self.edge,
            self.polygon,
            self.flags,
            self.ends,
        )

    @classmethod
    def build(cls, edges: _Edges) -> _Grid:
        shape = _grid_shape(edges.ends)
        n_cells = shape[6] * shape[7]
        full = np.full(n_cells, -1, dtype=np.int32)
        cell, edge, polygon, flags = rasterise(
            edges.ends, edges.next_low, edges.next_high, edges.starts, shape, full
        )
        order = np.argsort(cell, kind="stable")
        mixed, starts = np.unique(cell[order], return_index=True)
        full[mixed] = -2 - np.arange(len(mixed))
        return cls(
            shape=shape,
            state=full,
            starts=np.append(starts, len(cell)),
            edge=edge[order],
            polygon=polygon[order],
            flags=flags[order],
            ends=edges.ends,
        )


def _grid_shape(
    ends: Floats,
) -> tuple[float, float, float, float, float, float, int, int]:
    """Return west, south, east, north, columns and rows per unit, and how many."""
    west, east = float(ends[:, 0::2].min()), float(ends[:, 0::2].max())
    south, north = float(ends[:, 1::2].min()), float(ends[:, 1::2].max())
    n_cells = int(min(max(CELLS_PER_EDGE * len(ends), MIN_CELLS), MAX_CELLS))
    width, height = max(east - west, 1e-300), max(north - south, 1e-300)
    n_columns = int(min(max(np.sqrt(n_cells * width / height), 1), n_cells))
    n_rows = max(n_cells // n_columns, 1)
    return (
        west,
        south,
        east,
        north,
        n_columns / width,
        n_rows / height,
        n_columns,
        n_rows,
    )
