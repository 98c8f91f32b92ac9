"""The street plan of the town: roads out, a ring, collectors, and lanes between."""

from __future__ import annotations

import numpy as np

from hotspots.core.types import Floats, Strings
from hotspots.samples.geography import (
    GATEWAYS,
    RIVER,
    Village,
    near_river,
    town_radius,
    zone_of,
)
from hotspots.samples.network import Network, build_network, lattice
from hotspots.samples.rng import Rng
from hotspots.samples.strokes import Part, bent, build_strokes, street_names

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
