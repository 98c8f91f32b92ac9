"""House plots along streets: both sides, numbered odd and even."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotspots.core.types import Floats, Ints, Strings
from hotspots.samples.geography import CENTRE, near_river, zone_of
from hotspots.samples.rng import Rng
from hotspots.samples.streets import Streets

_FRONTAGE_M = {
    "centre": 8.5,
    "estate north": 8.5,
    "estate south": 8.5,
    "suburb": 13.6,
    "village": 15.6,
    "rural": 900.0,
    "retail": 55.0,
    "industrial": 42.0,
    "park": 9_999.0,
}


@dataclass(frozen=True, kw_only=True)
class Plots:
    """Plots along the streets, in the order of the streets and their numbers.

    ``xy_m`` (n, 2), metres of the National Grid: where the building stands.
    ``front_m`` (n, 2), metres of the National Grid: the point of the street before it.
    ``edge``: shape (n,).
    ``number``: shape (n,).
    ``zone``: shape (n,).
    """

    xy_m: Floats
    front_m: Floats
    edge: Ints
    number: Ints
    zone: Strings


def points_along(
    lines: list[Floats], edge: Ints, at_m: Floats
) -> tuple[Floats, Floats]:
    """Return points on lines and the direction of the line there.

    ``lines``: shape (k, 2), metres. ``edge``: shape (n,). ``at_m``: shape (n,), metres
    from each line's start. ``xy_m``: shape (n, 2), metres. ``way``: shape (n, 2).
    """
    import shapely

    line = np.array([shapely.linestrings(part) for part in lines])[edge]
    here = shapely.get_coordinates(shapely.line_interpolate_point(line, at_m))
    before = shapely.line_interpolate_point(line, np.maximum(at_m - 3, 0))
    after = shapely.line_interpolate_point(line, at_m + 3)
    way = shapely.get_coordinates(after) - shapely.get_coordinates(before)
    return here, way / np.maximum(np.hypot(*way.T), 1e-9)[:, None]


def line_lengths(lines: list[Floats]) -> Floats:
    """Return the length of each line in metres."""
    return np.array([np.hypot(*np.diff(line, axis=0).T).sum() for line in lines])


def dense_points(streets: Streets, step_m: float) -> tuple[Floats, Ints]:
    """Return points along every edge, so far apart, with the edge of each."""
    length = line_lengths(streets.lines_m)
    n = np.floor(length / step_m).astype(np.int64) + 1
    edge = np.repeat(np.arange(len(n)), n)
    at = (np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n)) * step_m
    return points_along(streets.lines_m, edge, at)[0], edge


def build_plots(rng: Rng, streets: Streets) -> Plots:
    """Lay plots along every street that houses stand on."""
    zone = _edge_zone(streets)
    edge, at, side = _rows(rng, streets, zone)
    front, way = points_along(streets.lines_m, edge, at)
    back = np.where(zone[edge] == "village", 14.0, 11.5) + rng.uniform(len(edge), 0, 3)
    back = np.where(np.isin(zone[edge], ("retail", "industrial")), 26.0, back)
    across = np.column_stack((-way[:, 1], way[:, 0])) * (side * back)[:, None]
    xy = np.round(front + across)
    free = np.flatnonzero(_free(xy, edge, streets))
    number = _numbers(edge[free], side[free], at[free], streets)
    order = np.lexsort((number, edge[free]))
    rows = free[order]
    return Plots(
        xy_m=xy[rows],
        front_m=np.round(front[rows]),
        edge=edge[rows],
        number=number[order],
        zone=zone[edge[rows]],
    )


def _edge_zone(streets: Streets) -> Strings:
    """Return the zone of each edge; villages and the countryside have their own."""
    middle = np.array([line[len(line) // 2] for line in streets.lines_m])
    zone = zone_of(middle - np.array(CENTRE))
    zone = np.where(streets.place == "town", zone, "village")
    return np.where(streets.place == "rural", "rural", zone)


def _rows(rng: Rng, streets: Streets, zone: Strings) -> tuple[Ints, Floats, Ints]:
    """Return edge, distance along it and side (1 left, -1 right) of each plot."""
    frontage = np.array([_FRONTAGE_M[name] for name in zone.tolist()])
    frontage = frontage * rng.uniform(len(zone), 0.85, 1.3)
    length = line_lengths(streets.lines_m)
    n = np.floor(np.maximum(length - 22, 0) / frontage).astype(np.int64)
    n[(streets.kind == "footpath")] = 0
    n = np.repeat(n, 2)
    row = np.repeat(np.arange(len(n)), n)
    step = np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n)
    edge, side = row // 2, np.where(row % 2 == 0, 1, -1)
    at = 11 + (step + 0.5) * (length[edge] - 22) / n[row]
    return edge, at, side


def _free(xy: Floats, edge: Ints, streets: Streets) -> npt.NDArray[np.bool_]:
    """Say which plots are clear of other streets, of each other and of the river."""
    from scipy.spatial import cKDTree

    dense, owner = dense_points(streets, 4.0)
    away, near = cKDTree(dense).query(xy, k=4, distance_upper_bound=9.0)
    owner = np.append(owner, -1)
    other = (owner[near] != edge[:, None]) & np.isfinite(away)
    clear = ~other.any(axis=1) & ~near_river(xy - np.array(CENTRE), 35)
    pairs = cKDTree(xy).query_pairs(6.0, output_type="ndarray")
    clear[pairs.max(axis=1)] = False
    return np.asarray(clear)


def _numbers(edge: Ints, side: Ints, at: Floats, streets: Streets) -> Ints:
    """Return house numbers: odd on the left of the street, even on the right."""
    _, name = np.unique(
        np.char.add(np.char.add(streets.place, "|"), streets.name), return_inverse=True
    )
    street = name[edge] * 2 + (side < 0)
    order = np.lexsort((at, streets.along[edge], streets.stroke[edge], street))
    first = np.flatnonzero(np.diff(street[order], prepend=-1))
    n = np.diff(np.append(first, len(order)))
    step = np.arange(len(order)) - np.repeat(first, n)
    number = np.empty(len(order), dtype=np.int64)
    number[order] = 2 * step + np.where(side[order] > 0, 1, 2)
    return number
