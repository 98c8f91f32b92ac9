"""From ways with shared vertices to a street graph: cut at junctions, drop repeats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.core.crs import BNG, WGS84, lonlat_to_bng, to_lonlat
from hotspots.core.errors import SourceError
from hotspots.core.sanitise import clean_text
from hotspots.core.types import Floats, Ints
from hotspots.resources.street_graph import StreetGraph

MAX_VERTICES = 20_000_000
SHORTEST_M = 0.005
_GB = "Great Britain and its waters"


@dataclass(frozen=True, kw_only=True)
class Ways:
    """Lines whose vertices are numbered, so that shared vertices are known.

    ``vertex`` (v,), int64: numbers (from 0) of the vertices of all ways, one way after
    the other.
    ``n_vertices`` (w,), int64: how many vertices each way has.
    ``xy_m`` (u, 2), metres, EPSG:27700: where each numbered vertex is.
    """

    vertex: Ints
    n_vertices: Ints
    xy_m: Floats
    names: Sequence[str]
    street_id: Sequence[str]


def to_metres(x: Floats, y: Floats, crs: int | str, *, file: str) -> Floats:
    """Bring coordinates of any system to EPSG:27700.

    ``x``, ``y`` (n,), in the units of ``crs``.

    Returns (n, 2), metres.
    """
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if not len(x):
        return np.empty((0, 2))
    try:
        is_grid = crs != WGS84 and CRS.from_user_input(crs).to_epsg() == BNG
    except CRSError:
        is_grid = False  # to_lonlat says it better
    xy_m = (
        np.column_stack([x, y])
        if is_grid
        else np.column_stack(lonlat_to_bng(*to_lonlat(x, y, crs)))
    )
    _check_places(xy_m, file)
    return xy_m


def _check_places(xy_m: Floats, file: str) -> None:
    inside = (xy_m > 0) & (xy_m < [700_000, 1_300_000])  # NaN is neither
    there: npt.NDArray[np.bool_] = np.all(inside, axis=1)
    if not there.all():
        raise SourceError(
            f"every street of {file} must lie in {_GB}; {int((~there).sum()):,} of "
            f"{len(there):,} points do not. Check its coordinate system, or cut it to "
            "the district."
        )


def build_graph(
    ways: Ways, *, source: str, attribution: str = "", notes: tuple[str, ...] = ()
) -> StreetGraph:
    """Cut ways at the vertices they share and join the pieces up.

    Raises SourceError if no street has any length.
    """
    ways = _without_repeats(ways)
    first, last = _pieces(ways)
    edges = np.column_stack([ways.vertex[first], ways.vertex[last]])
    lines = _lines(ways, first, last)
    length_m = shapely.length(lines)
    keep = length_m > SHORTEST_M
    if not keep.any():
        raise SourceError(
            f"there must be at least one street with some length in the {source}; "
            "there is none. Check that its lines were exported whole."
        )
    of_way = np.repeat(np.arange(len(ways.n_vertices)), ways.n_vertices)[first[keep]]
    used, flat = np.unique(edges[keep], return_inverse=True)
    graph = StreetGraph(
        node_xy_m=ways.xy_m[used],
        edges=flat.reshape(-1, 2).astype(np.int64),
        length_m=length_m[keep],
        names=tuple(clean_text(ways.names[way]) for way in of_way),
        street_id=tuple(clean_text(ways.street_id[way]) for way in of_way),
        lines=lines[keep],
        source=source,
        attribution=attribution,
    )
    return replace(graph, notes=(*notes, *parts_note(graph)))


def _without_repeats(ways: Ways) -> Ways:
    """Leave out vertices that repeat the one before them in the same way."""
    owner = np.repeat(np.arange(len(ways.n_vertices)), ways.n_vertices)
    again = np.zeros(len(owner), dtype=bool)
    again[1:] = (ways.vertex[1:] == ways.vertex[:-1]) & (owner[1:] == owner[:-1])
    left = np.bincount(owner[~again], minlength=len(ways.n_vertices))
    whole = (left >= 2)[owner] & ~again
    some = np.flatnonzero(left >= 2).tolist()
    return Ways(
        vertex=ways.vertex[whole],
        n_vertices=left[some].astype(np.int64),
        xy_m=ways.xy_m,
        names=[ways.names[way] for way in some],
        street_id=[ways.street_id[way] for way in some],
    )


def _pieces(ways: Ways) -> tuple[Ints, Ints]:
    """Return where in ``ways.vertex`` each piece between two cuts begins and ends."""
    end = np.cumsum(ways.n_vertices)
    start = end - ways.n_vertices
    uses = np.bincount(ways.vertex, minlength=len(ways.xy_m))
    cut = uses[ways.vertex] > 1
    cut[start] = cut[end - 1] = True
    first, last = _between(np.flatnonzero(cut), end)
    ring = ways.vertex[first] == ways.vertex[last]
    if ring.any():
        cut[(first[ring] + last[ring]) // 2] = True
        first, last = _between(np.flatnonzero(cut), end)
    return first, last


def _between(cuts: Ints, end: Ints) -> tuple[Ints, Ints]:
    inside = ~np.isin(cuts[:-1] + 1, end)
    return cuts[:-1][inside], cuts[1:][inside]


def _lines(ways: Ways, first: Ints, last: Ints) -> npt.NDArray[np.object_]:
    sizes = last - first + 1
    piece = np.repeat(np.arange(len(first)), sizes)
    offset = np.arange(len(piece)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    corners = ways.xy_m[ways.vertex[first[piece] + offset]]
    return np.asarray(shapely.linestrings(corners, indices=piece), dtype=object)


def parts_note(graph: StreetGraph) -> tuple[str, ...]:
    """Say how much of a network hangs together."""
    n_parts = int(graph.component.max()) + 1 if graph.n_nodes else 0
    if n_parts < 2:
        return ()
    main = int((graph.component[graph.edges[:, 0]] == 0).sum())
    return (
        f"The walking network falls into {n_parts:,} parts that do not meet. The "
        f"largest has {main:,} of {graph.n_edges:,} street pieces; the others are kept "
        "and nobody is sent between parts.",
    )
