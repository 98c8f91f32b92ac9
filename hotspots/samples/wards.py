"""A gap-free, overlap-free partition of the district into wards.

The district is covered with hexagons, every hexagon goes to one ward, and the shared
sides are smoothed as shared vertices: neighbours cannot come apart.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotspots.core.types import Floats, Ints
from hotspots.samples.geography import CENTRE, Village, outline_radius, town_radius
from hotspots.samples.names import TOWN_WARDS

_SPACING_M = 230.0
_RURAL_SEEDS = 8


@dataclass(frozen=True, kw_only=True)
class Ward:
    """A ward: code, name and its ring, counter-clockwise, whole metres, open."""

    code: str
    name: str
    ring_m: Floats


def build_wards(villages: tuple[Village, ...]) -> tuple[Ward, ...]:
    """Divide the district into eight town wards and eight rural ones."""
    hexes = _hexes_inside()
    label = _joined(_label(hexes), hexes)
    corners, where = _corners(hexes)
    sides = _boundary(corners, label)
    where = _smoothed(where, sides)
    kept = _kept(sides, len(where))
    names = (*TOWN_WARDS, *_rural_names(hexes, label, villages))
    return tuple(
        Ward(
            code=f"SIM-W{number + 1:02d}",
            name=name,
            ring_m=_ring(sides[number], kept, where),
        )
        for number, name in enumerate(names)
    )


def _hexes_inside() -> Floats:
    """Return the centres of the hexagons within the outline, from the market place."""
    n = 90
    row, column = np.mgrid[-n : n + 1, -n : n + 1]
    x = _SPACING_M * (column + 0.5 * (row % 2)).ravel()
    y = _SPACING_M * np.sqrt(3) / 2 * row.ravel()
    inside = np.hypot(x, y) < outline_radius(np.arctan2(y, x))
    return np.asarray(np.column_stack((x, y))[inside])


def _label(hexes: Floats) -> Ints:
    """Give each hexagon to the nearest seed, on a map bent by slow waves."""
    x, y = hexes.T
    far, angle = np.hypot(x, y), np.arctan2(y, x)
    bend = 1 + np.clip((far - 2_000) / 4_000, 0, 1) * 7
    wx = x + bend * 75 * (np.sin(y / 690 + 1) + 0.5 * np.sin(x / 310))
    wy = y + bend * 75 * (np.sin(x / 610) + 0.5 * np.sin(y / 290 + 2))
    n_round = len(TOWN_WARDS) - 1  # clockwise from the north-west
    town_angles = 2.1 - np.arange(n_round) * 2 * np.pi / n_round
    in_town = far < 1.17 * town_radius(angle)
    town = _nearest(wx, wy, 1_250 * _unit(town_angles)) + 1
    town[np.hypot(wx, wy) < 620] = 0
    rural_angles = 0.25 + np.arange(_RURAL_SEEDS) * 2 * np.pi / _RURAL_SEEDS
    reach = np.array([7_000, 8_400, 6_800, 7_600, 7_100, 8_300, 6_500, 7_900.0])
    rural = _nearest(wx, wy, reach[:, None] * _unit(rural_angles)) + len(TOWN_WARDS)
    return np.where(in_town, town, rural)


def _unit(angle: Floats) -> Floats:
    return np.column_stack((np.cos(angle), np.sin(angle)))


def _nearest(x: Floats, y: Floats, seeds: Floats) -> Ints:
    squared = (x[:, None] - seeds[:, 0]) ** 2 + (y[:, None] - seeds[:, 1]) ** 2
    return np.asarray(np.argmin(squared, axis=1), dtype=np.int64)


def _joined(label: Ints, hexes: Floats) -> Ints:
    """Give the detached pieces of a ward to the ward that surrounds them."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    pairs = cKDTree(hexes).query_pairs(1.2 * _SPACING_M, output_type="ndarray")
    pairs = pairs[np.lexsort(pairs.T)]
    for _ in range(5):
        same = pairs[label[pairs[:, 0]] == label[pairs[:, 1]]]
        graph = coo_array((np.ones(len(same)), same.T), shape=(len(label),) * 2)
        piece = connected_components(graph, directed=False)[1]
        size = np.bincount(piece)
        largest = np.zeros(label.max() + 1, dtype=np.int64)
        np.maximum.at(largest, label, size[piece])
        loose = size[piece] < largest[label]
        if not loose.any():
            break
        for a, b in np.vstack((pairs, pairs[:, ::-1])):
            if loose[a] and not loose[b]:
                label[a], loose[a] = label[b], False
    return label


def _corners(hexes: Floats) -> tuple[Ints, Floats]:
    """Return each hexagon's six corner numbers and where the corners are."""
    turn = np.pi / 6 + np.arange(6) * np.pi / 3
    around = _SPACING_M / np.sqrt(3) * _unit(turn)
    every = (hexes[:, None, :] + around[None, :, :]).reshape(-1, 2)
    _, first, number = np.unique(
        np.round(every).astype(np.int64), axis=0, return_index=True, return_inverse=True
    )
    return number.reshape(-1, 6).astype(np.int64), every[first]


def _boundary(corners: Ints, label: Ints) -> list[Ints]:
    """Return, for each ward, its directed sides (from corner, to corner)."""
    start, stop = corners.ravel(), np.roll(corners, -1, axis=1).ravel()
    owner = np.repeat(label, 6)
    n = int(corners.max()) + 1
    code, back = start * n + stop, stop * n + start
    order = np.argsort(code)
    at = np.minimum(np.searchsorted(code[order], back), len(code) - 1)
    found = code[order][at] == back
    other = np.where(found, owner[order][at], -1)
    outer = other != owner
    sides = np.column_stack((start, stop))
    return [sides[outer & (owner == ward)] for ward in range(int(label.max()) + 1)]


def _neighbours(sides: list[Ints]) -> dict[int, list[int]]:
    """Return the corners that each boundary corner is joined to."""
    joined: dict[int, set[int]] = defaultdict(set)
    for a, b in np.vstack(sides).tolist():
        joined[a].add(b)
        joined[b].add(a)
    return {corner: sorted(others) for corner, others in sorted(joined.items())}


def _smoothed(where: Floats, sides: list[Ints], times: int = 4) -> Floats:
    """Pull each corner that two sides meet in towards the middle of its neighbours."""
    pairs = {c: o for c, o in _neighbours(sides).items() if len(o) == 2}
    corner = np.array(list(pairs), dtype=np.int64)
    others = np.array(list(pairs.values()), dtype=np.int64)
    for _ in range(times):
        middle = where[others].mean(axis=1)
        where = where.copy()
        where[corner] = 0.5 * where[corner] + 0.5 * middle
    return np.asarray(np.round(where + np.array(CENTRE)))


def _kept(sides: list[Ints], n: int) -> npt.NDArray[np.bool_]:
    """Drop every other corner of a boundary, the same for both its wards."""
    keep = np.ones(n, dtype=bool)
    for corner, others in _neighbours(sides).items():
        keep[corner] = len(others) > 2 or not all(keep[other] for other in others)
    return keep


def _ring(sides: Ints, kept: npt.NDArray[np.bool_], where: Floats) -> Floats:
    """Chain one ward's sides into its ring, from its lowest corner number."""
    following = dict(sides.tolist())
    corner = first = min(c for c in following if kept[c])
    ring: list[int] = []
    while not ring or corner != first:
        ring.append(corner)
        corner = following[corner]
    chain = np.array(ring, dtype=np.int64)
    return where[chain[kept[chain]]]


def _rural_names(
    hexes: Floats, label: Ints, villages: tuple[Village, ...]
) -> list[str]:
    """Name each rural ward after its two largest villages."""
    at = np.array([(village.x, village.y) for village in villages])
    ward = label[_nearest(at[:, 0], at[:, 1], hexes)]
    names = []
    for number in range(len(TOWN_WARDS), len(TOWN_WARDS) + _RURAL_SEEDS):
        inside = [v.name for v, w in zip(villages, ward, strict=True) if w == number]
        names.append(" and ".join(inside[:2]) or f"Far Vale {number}")
    return names
