"""The ground of the town for its maps: river, parks, woods, railway, shops, names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
import shapely

from hotspots.core.crs import shapes_to_degrees
from hotspots.core.types import Floats
from hotspots.samples.geography import CENTRE, RIVER, SITES, ZONES, Village

Piece = tuple[str, str, str, Any]
"""Kind, class, name, and a shape in metres from the market place."""

WOODS = (
    ("Ploverholme Wood", -5_200, 3_900, 620, 380),
    ("Hempsthorpe Covert", 4_300, -4_600, 480, 300),
    ("Tarnsby Spinney", -2_900, -3_300, 330, 240),
    ("Osier Plantation", 3_100, 3_000, 420, 260),
    ("Fox Holt", 6_700, 1_300, 360, 420),
)
GREENS = (
    ("Weavers Mead Play Area", 830, -900, 70, 55),
    ("Leisure Centre fields", 640, -520, 120, 80),
    ("Academy fields", 700, 1_060, 130, 90),
    ("Kestrel Rise Green", -720, 1_100, 80, 60),
)
RAILWAY = np.array(
    (
        *((-9_500, -2_600), (-4_000, -1_500), (-1_200, -640), (-120, -490)),
        *((900, -470), (4_200, 400), (9_500, 900)),
    ),
    dtype=np.float64,
)
RIVER_M = 14.0
"""Half the width of the river."""
SHOPS = ("supermarket",)


def build_ground(villages: tuple[Village, ...], premises: pl.DataFrame) -> list[Piece]:
    """Return everything that lies on the ground, what is underneath first."""
    return list(_pieces(villages, premises))


def ground_features(pieces: list[Piece]) -> list[dict[str, Any]]:
    """Return the ground as features of GeoJSON, to six decimals of a degree."""
    shapes = np.array([shape for *_, shape in pieces], dtype=object)
    moved = shapely.transform(shapes, lambda xy: np.round(xy + np.array(CENTRE), 1))
    degrees = shapely.transform(shapes_to_degrees(moved), lambda at: np.round(at, 6))
    return [
        {
            "type": "Feature",
            "properties": {
                "kind": kind,
                "class": of_class,
                "name": name,
                "simulated": True,
            },
            "geometry": shapely.geometry.mapping(shape),
        }
        for (kind, of_class, name, _), shape in zip(pieces, degrees, strict=True)
    ]


def _pieces(villages: tuple[Village, ...], premises: pl.DataFrame) -> Iterator[Piece]:
    river = _smooth(_downstream(RIVER))
    water = river.buffer(RIVER_M, quad_segs=3)
    park = _ellipse(*ZONES["park"]).difference(water)
    yield "built", "retail", "Heronsgate Retail Park", _ellipse(*ZONES["retail"])
    yield "built", "industrial", "Westlands Estate", _ellipse(*ZONES["industrial"])
    yield "green", "park", "Riverside Park", park
    for name, *oval in GREENS:
        yield "green", "recreation_ground", name, _ellipse(*oval)
    for name, x, y, width, height in WOODS:
        yield "wood", "", name, _ellipse(x, y, width, height, waves=0.12)
    yield "water", "", "River Brindle", water
    yield "rail", "", "", _smooth(RAILWAY)
    for site in SITES:
        if site.kind == "railway station":
            yield "poi", "station", site.name, shapely.Point(site.x, site.y)
    shops = premises.filter(pl.col("kind").is_in(SHOPS))
    for x, y in shops.select("easting", "northing").cast(pl.Float64).rows():
        yield "poi", "shop", "", shapely.Point(x - CENTRE[0], y - CENTRE[1])
    yield "place", "town", "Brindleford", shapely.Point(0, 0)
    for each in villages:
        yield "place", "village", each.name, shapely.Point(each.x, each.y)


def _downstream(course: Floats) -> Floats:
    """Let the river come from and go on beyond the town."""
    before, after = course[0] + (-5_500, -1_700), course[-1] + (5_500, 2_100)
    return np.vstack((before, course, after))


def _smooth(points: Floats) -> Any:
    """Cut corners twice (Chaikin 1974)."""
    for _ in range(2):
        first, second = points[:-1], points[1:]
        cut = np.stack((0.75 * first + 0.25 * second, 0.25 * first + 0.75 * second), 1)
        points = np.vstack((points[:1], cut.reshape(-1, 2), points[-1:]))
    return shapely.LineString(points)


def _ellipse(
    x: float, y: float, width: float, height: float, waves: float = 0.04
) -> Any:
    angle = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    wave = 1 + waves * np.cos(5 * angle + x) + waves / 2 * np.sin(7 * angle + y)
    ring = (x + width * wave * np.cos(angle), y + height * wave * np.sin(angle))
    return shapely.Polygon(np.column_stack(ring))
