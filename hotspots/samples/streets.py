"""The walkable network: streets of the town and the villages, lanes between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotspots.core.types import Floats, Ints, Strings
from hotspots.samples.geography import (
    CENTRE,
    GATEWAYS,
    RIVER,
    Village,
    near_river,
    town_radius,
    zone_of,
)
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


_RING = len(GATEWAYS)
_CENTRE_M = 370.0


def build_town(rng: Rng, villages: tuple[Village, ...]) -> tuple[Part, Floats]:
    """Build the streets of the town.

    ``gateways`` (6, 2), metres from the market place: where the roads out leave the
    streets.
    """
    roads = [_road_out(k, bearing) for k, bearing in enumerate(GATEWAYS)]
    paths = [*roads, _ring(), _collector(0.9, 3.0), _collector(3.9, 6.6)]
    net = build_network(
        rng, paths, _free_points(rng), gap_m=74, keep=0.42, barrier=RIVER
    )
    kinds = _kinds(rng, net)
    return _named(rng, net, kinds, villages), _ends(net, roads)


def _road_out(number: int, bearing: float) -> Floats:
    """Return the points of one road from the market place to the town's edge."""
    reach = 1.02 * float(town_radius(np.array([bearing]))[0])
    far = np.arange(0, reach, 78.0)
    angle = bearing + 0.1 * np.sin(far / 430 + number) * np.clip(far / 400, 0, 1)
    return np.column_stack((far * np.cos(angle), far * np.sin(angle)))


def _ring() -> Floats:
    angle = np.linspace(0, 2 * np.pi, 27)
    wave = 1 + 0.07 * np.cos(3 * angle + 1)
    return np.column_stack((370 * wave * np.cos(angle), 235 * wave * np.sin(angle)))


def _collector(start: float, stop: float) -> Floats:
    angle = np.arange(start, stop, 0.075)
    reach = 0.63 * town_radius(angle) * (1 + 0.05 * np.sin(4 * angle))
    return np.column_stack((reach * np.cos(angle), reach * np.sin(angle)))


def _free_points(rng: Rng) -> Floats:
    """Return the junctions that lanes may use, closer together near the centre."""
    points = lattice(rng, 2_600, 97)
    far = np.hypot(*points.T)
    points = points * (0.63 + 0.37 * np.minimum(far / 1_500, 1))[:, None]
    far, angle = np.hypot(*points.T), np.arctan2(points[:, 1], points[:, 0])
    zone = zone_of(points)
    open_land = np.isin(zone, ("retail", "industrial", "park"))
    wanted = ~open_land | rng.happens(len(points), 0.45)
    built = (far < town_radius(angle)) & ~near_river(points, 55)
    return np.asarray(points[built & wanted])


def _kinds(rng: Rng, net: Network) -> Strings:
    """Return the class of each edge."""
    middle = net.nodes[net.edges].mean(axis=1)
    alley = rng.happens(len(middle), 0.06) | (zone_of(middle) == "park")
    kind = np.where(alley, "footpath", "residential").astype("<U11")
    kind[net.path >= 0] = "residential"
    kind[(net.path >= 0) & (net.path <= _RING)] = "main"
    return kind


def _named(
    rng: Rng, net: Network, kind: Strings, villages: tuple[Village, ...]
) -> Part:
    """Chain the edges into streets and name them."""
    middle = net.nodes[net.edges].mean(axis=1)
    central = np.hypot(*middle.T) < _CENTRE_M
    group = (net.path + 1) * 4 + central * 2 + (kind == "footpath")
    strokes = build_strokes(net.nodes, net.edges, group)
    zone, names, used = zone_of(middle), {}, set(_road_names(villages))
    for edge in np.argsort(strokes.stroke, kind="stable").tolist():
        stroke = int(strokes.stroke[edge])
        if stroke in names:
            continue
        out = 0 <= net.path[edge] < _RING and not central[edge]
        names[stroke] = (
            _road_names(villages)[net.path[edge]]
            if out
            else street_names(
                rng,
                _sort_of(str(zone[edge])),
                close=bool(strokes.dead_end[stroke]),
                used=used,
            )
        )
    name = np.array([names[s] for s in strokes.stroke.tolist()])
    name[np.hypot(*middle.T) < 62] = "Market Place"
    return Part(
        lines=bent(rng, net.nodes, strokes.edges),
        name=name,
        kind=kind,
        place="town",
        stroke=strokes.stroke,
        along=strokes.along,
    )


def _sort_of(zone: str) -> str:
    if zone.startswith("estate"):
        return "estate"
    return "centre" if zone == "centre" else "suburb"


def _road_names(villages: tuple[Village, ...]) -> list[str]:
    """Name each road out after a village that lies in its direction."""
    names: list[str] = []
    for bearing in GATEWAYS:
        way = np.array([np.cos(bearing), np.sin(bearing)])
        cost = [
            np.hypot(v.x, v.y) - 1.4 * float(way @ (v.x, v.y)) - 3 * v.n_dwellings
            for v in villages
        ]
        ranked = [f"{villages[i].name} Road" for i in np.argsort(cost).tolist()]
        names.append(next(name for name in ranked if name not in names))
    return names


def _ends(net: Network, roads: list[Floats]) -> Floats:
    """Return the last junction of each road out."""
    ends = np.array([road[-1] for road in roads])
    away = np.hypot(*(net.nodes[:, None, :] - ends[None, :, :]).transpose(2, 0, 1))
    return np.asarray(net.nodes[np.argmin(away, axis=0)])


@dataclass(frozen=True, kw_only=True)
class Streets:
    """Edges of the walkable network, one row each.

    ``lines_m``: shape (k, 2), metres of the National Grid.
    ``name``: shape (m,).
    ``kind`` (m,): ``main``, ``residential``, ``lane`` or ``footpath``.
    ``place`` (m,): ``town``, a village's name, or ``rural``.
    ``stroke`` (m,): edges of one continuous street share a number.
    ``along`` (m,): position of the edge within its stroke.
    """

    lines_m: list[Floats]
    name: Strings
    kind: Strings
    place: Strings
    stroke: Ints
    along: Ints

    @property
    def street_id(self) -> Strings:
        """Return an id for each edge."""
        return np.array([f"S{n + 1:05d}" for n in range(len(self.lines_m))])


def build_streets(rng: Rng, villages: tuple[Village, ...]) -> Streets:
    """Build the whole network."""
    town, gateways = build_town(rng, villages)
    built = [build_village(rng, village) for village in villages]
    lanes = build_lanes(rng, villages, [nodes for _, nodes in built], gateways)
    return _together([town, *(part for part, _ in built), lanes])


def _together(parts: list[Part]) -> Streets:
    """Lay the parts end to end."""
    first = np.cumsum([0] + [int(part.stroke.max()) + 1 for part in parts])
    strokes = [part.stroke + start for part, start in zip(parts, first, strict=False)]
    return Streets(
        lines_m=[
            np.round(li + np.array(CENTRE)) for part in parts for li in part.lines
        ],
        name=np.concatenate([part.name for part in parts]),
        kind=np.concatenate([part.kind for part in parts]),
        place=np.concatenate([np.full(len(p.lines), p.place) for p in parts]),
        stroke=np.concatenate(strokes),
        along=np.concatenate([part.along for part in parts]),
    )
