"""The streets of the villages, and the lanes from place to place."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hotspots.core.types import Floats, Ints
from hotspots.samples.geography import Village
from hotspots.samples.names import VILLAGE_STREETS
from hotspots.samples.network import Network, build_network, gabriel, lattice
from hotspots.samples.rng import Rng
from hotspots.samples.strokes import Part, bent, build_strokes, street_names


def build_village(rng: Rng, village: Village) -> tuple[Part, Floats]:
    """Build the streets of one village.

    ``nodes`` (n, 2), metres from the market place: the junctions, where lanes can join.
    """
    radius = 15 * np.sqrt(village.n_dwellings)
    paths = [_street(1.3 * radius + 70, 0.0)]
    if village.n_dwellings > 90:
        paths.append(_street(0.9 * radius + 40, 1.45))
    points = lattice(rng, 1.3 * radius, 86)
    inside = (points[:, 0] / 1.2) ** 2 + (points[:, 1] / 0.85) ** 2 < radius**2
    net = build_network(rng, paths, points[inside], gap_m=74, keep=0.3)
    turned = _turn(net.nodes, village.bearing) + np.array((village.x, village.y))
    strokes = build_strokes(turned, net.edges, net.path)
    kind = np.where(net.path == 0, "main", "residential")
    part = Part(
        lines=bent(rng, turned, strokes.edges),
        name=_names(rng, net, strokes.stroke),
        kind=kind,
        place=village.name,
        stroke=strokes.stroke,
        along=strokes.along,
    )
    return part, turned[np.unique(net.edges)]


def _street(half_m: float, bearing: float) -> Floats:
    """Return the points of a gently curved street through the middle of a village."""
    n = max(int(half_m / 78), 1)
    at = np.linspace(-half_m, half_m, 2 * n + 1)
    return _turn(np.column_stack((at, 18 * np.sin(at / 120))), bearing)


def _turn(points: Floats, angle: float) -> Floats:
    c, s = np.cos(angle), np.sin(angle)
    return np.asarray(points @ np.array([(c, s), (-s, c)]))


def _names(rng: Rng, net: Network, stroke: Ints) -> npt.NDArray[np.str_]:
    """Name the main street first, then the others from the list, then invent."""
    names: dict[int, str] = {}
    spare = [VILLAGE_STREETS[1 + i] for i in rng.order(len(VILLAGE_STREETS) - 1)]
    used = set(VILLAGE_STREETS)
    for edge, number in enumerate(stroke.tolist()):
        if net.path[edge] == 0:
            names[number] = VILLAGE_STREETS[0]
        elif number not in names:
            names[number] = (
                spare.pop()
                if spare
                else street_names(rng, "suburb", close=False, used=used)
            )
    return np.array([names[number] for number in stroke.tolist()])


def build_lanes(
    rng: Rng, villages: tuple[Village, ...], joints: list[Floats], gateways: Floats
) -> Part:
    """Join the villages and the town with winding lanes.

    ``joints`` (n, 2), metres from the market place: where a lane can join each village.
    ``gateways`` (g, 2), metres from the market place: where a lane can join the town.
    """
    sites = np.vstack(([(v.x, v.y) for v in villages], gateways))
    joints = [*joints, *gateways[:, None, :]]
    pairs = _links(sites, len(villages))
    lines = [_lane(rng, joints[a], joints[b], sites[b]) for a, b in pairs]
    to_town = [b >= len(villages) for _, b in pairs]
    named = [villages[a].name for a, _ in pairs]
    ends = [" Road" if main else " Lane" for main in to_town]
    return Part(
        lines=lines,
        name=np.array([name + end for name, end in zip(named, ends, strict=True)]),
        kind=np.where(to_town, "main", "lane"),
        place="rural",
        stroke=np.arange(len(pairs)),
        along=np.zeros(len(pairs), dtype=np.int64),
    )


def _links(sites: Floats, n_villages: int) -> list[tuple[int, int]]:
    """Return which places a lane joins: neighbours, and each gateway to a village."""
    pairs = [(int(a), int(b)) for a, b in gabriel(sites, 9_000)]
    links = {(a, b) for a, b in pairs if a < n_villages and not _by_town(sites, a, b)}
    for gateway in range(n_villages, len(sites)):
        way = sites[:n_villages] - sites[gateway]
        cost = np.hypot(*way.T) - 0.5 * (way @ sites[gateway]) / np.hypot(
            *sites[gateway]
        )
        links.add((int(np.argmin(cost)), gateway))
    return sorted(links)


def _by_town(sites: Floats, a: int, b: int) -> bool:
    """Say whether the straight line between two places runs through the town."""
    at = sites[a] + np.linspace(0, 1, 21)[1:-1, None] * (sites[b] - sites[a])
    return bool((np.hypot(*at.T) < 1_750).any())


def _lane(rng: Rng, first: Floats, last: Floats, there: Floats) -> Floats:
    """Draw a winding lane between the nearest junctions of two places."""
    start = first[np.argmin(np.hypot(*(first - there).T))]
    stop = last[np.argmin(np.hypot(*(last - start).T))]
    start = first[np.argmin(np.hypot(*(first - stop).T))]
    length = float(np.hypot(*(stop - start)))
    n = max(int(length / 330), 2)
    at = np.linspace(0, 1, n + 1)[:, None]
    across = np.array([start[1] - stop[1], stop[0] - start[0]]) / max(length, 1)
    wave = np.cumsum(rng.normal(n + 1))[:, None] * 45
    sway = (wave - wave[0] - at * (wave[-1] - wave[0])) * across
    return np.asarray(start + at * (stop - start) + sway)
