"""Where things lie in the simulated district: its outline, its zones, its villages.

Everything is measured in metres of the National Grid. The place is invented; its
position in the Vale of Belvoir only makes it pass through the same code as real data.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotspots.core.types import Floats, Strings
from hotspots.samples.names import VILLAGES
from hotspots.samples.rng import Rng

CENTRE = (475_200.0, 319_100.0)
"""Easting and northing of the market place."""

GATEWAYS = (0.35, 1.45, 2.35, 3.3, 4.3, 5.4)
"""Bearings, in radians from the east, of the six roads that leave the town."""

ZONES: dict[str, tuple[float, float, float, float]] = {
    # zone: x, y from the market place, half width, half height (ellipses)
    "park": (-430.0, -520.0, 260.0, 170.0),
    "retail": (1290.0, 720.0, 230.0, 170.0),
    "industrial": (-1180.0, -480.0, 280.0, 300.0),
    "estate north": (-640.0, 1020.0, 330.0, 300.0),
    "estate south": (860.0, -830.0, 340.0, 290.0),
    "centre": (0.0, 0.0, 430.0, 350.0),
}
"""First match wins; what is in none of them is ``suburb``, ``village`` or ``rural``."""

RIVER = np.array(
    (
        *((-2400, -900), (-1500, -820), (-900, -330), (-330, -300), (140, -420)),
        *((620, -250), (1150, 60), (1700, 130), (2500, 420)),
    ),
    dtype=np.float64,
)
"""The river's course from the market place; only the roads of the plan cross it."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """One premises that is not made from a street's frontage."""

    name: str
    kind: str
    x: float
    y: float


SITES = (
    Site(name="Brindleford Police Station", kind="police station", x=330, y=250),
    Site(name="Brindleford Hospital", kind="hospital", x=-900, y=330),
    Site(name="Brindleford Railway Station", kind="railway station", x=-120, y=-470),
    Site(name="Bus Station", kind="bus station", x=190, y=-170),
    Site(name="Market Place", kind="public place", x=15, y=10),
    Site(name="Riverside Park bandstand", kind="public place", x=-400, y=-480),
    Site(name="Riverside Park skate ramps", kind="public place", x=-560, y=-570),
    Site(name="Fleece Lane Car Park", kind="car park", x=240, y=160),
    Site(name="Priory Car Park", kind="car park", x=-260, y=130),
    Site(name="Station Car Park", kind="car park", x=-50, y=-520),
    Site(name="Leisure Centre", kind="leisure centre", x=520, y=-420),
    Site(name="Leisure Centre Car Park", kind="car park", x=560, y=-460),
    Site(name="Heronsgate Retail Park Car Park", kind="car park", x=1290, y=720),
    Site(name="Library", kind="public building", x=-140, y=-90),
    Site(name="Brindleford Academy", kind="school", x=620, y=960),
    Site(name="Westlands School", kind="school", x=-1350, y=420),
    Site(name="Kestrel Rise Primary School", kind="school", x=-780, y=900),
    Site(name="Weavers Mead Primary School", kind="school", x=980, y=-700),
    Site(name="Millbrook Primary School", kind="school", x=60, y=-1050),
    Site(name="Eastfield Primary School", kind="school", x=1100, y=-120),
    Site(name="Northmead Filling Station", kind="petrol station", x=190, y=1290),
    Site(name="Heronsgate Filling Station", kind="petrol station", x=1120, y=480),
    Site(name="Westlands Filling Station", kind="petrol station", x=-1010, y=30),
    Site(name="Kestrel Rise Parade", kind="public place", x=-590, y=1010),
    Site(name="Weavers Mead Play Area", kind="public place", x=830, y=-900),
)


@dataclass(frozen=True, kw_only=True)
class Village:
    """A village: its name, where it is, how many dwellings it should have."""

    name: str
    x: float
    y: float
    n_dwellings: int
    bearing: float


def outline_radius(angle: Floats) -> Floats:
    """Return how far the district reaches from the market place.

    ``angle``: shape (n,). Returns shape (n,), metres.
    """
    waves = 0.16 * np.cos(2 * (angle - 0.6)) + 0.07 * np.cos(3 * angle + 1.0)
    ripples = 0.03 * np.cos(9 * angle + 0.5) + 0.022 * np.sin(17 * angle)
    waves = waves + ripples + 0.012 * np.cos(29 * angle)
    return np.asarray(12_250 * (1 + waves + 0.045 * np.cos(5 * angle + 2.2)))


def town_radius(angle: Floats) -> Floats:
    """Return how far the streets of the town reach, in metres, by bearing."""
    waves = 0.09 * np.cos(2 * angle - 0.8) + 0.06 * np.cos(3 * angle + 0.4)
    return np.asarray(1_700 * (1 + waves + 0.04 * np.cos(7 * angle)))


def near_river(xy_m: Floats, within_m: float) -> npt.NDArray[np.bool_]:
    """Say which points, measured from the market place, lie near the river."""
    import shapely

    river = shapely.linestrings(RIVER)
    return np.asarray(shapely.distance(shapely.points(xy_m), river) < within_m)


def zone_of(xy_m: Floats) -> Strings:
    """Return the zone of each point.

    ``xy_m``: shape (n, 2), metres from the market place. Returns shape (n,).
    """
    zone = np.full(len(xy_m), "suburb", dtype="<U12")
    for name, (x, y, width, height) in reversed(ZONES.items()):
        inside = ((xy_m[:, 0] - x) / width) ** 2 + ((xy_m[:, 1] - y) / height) ** 2 < 1
        zone[inside] = name
    return zone


def priority_ring(zone: str) -> Floats:
    """Return the corners of a priority neighbourhood around an estate.

    Returns shape (m, 2), metres of the National Grid.
    """
    x, y, width, height = ZONES[zone]
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    wave = 1.06 + 0.07 * np.cos(3 * angle + x) + 0.05 * np.sin(5 * angle + y)
    ring = np.column_stack(
        (x + width * wave * np.cos(angle), y + height * wave * np.sin(angle))
    )
    return np.asarray(np.round(ring + np.array(CENTRE)))


def build_villages(rng: Rng, n_dwellings: int) -> tuple[Village, ...]:
    """Place the villages, none close to the town, the edge or one another."""
    places: list[tuple[float, float]] = []
    while len(places) < len(VILLAGES):
        x, y = rng.uniform(2, -15_000, 15_000).tolist()
        far = float(np.hypot(x, y))
        reach = float(outline_radius(np.array([np.arctan2(y, x)]))[0])
        apart = all(np.hypot(x - a, y - b) > 2_050 for a, b in places)
        if 3_400 < far < 0.92 * reach and apart:
            places.append((round(x), round(y)))
    size = 1 / (np.arange(len(VILLAGES)) + 2.2)
    size = np.maximum(np.round(size / size.sum() * n_dwellings), 30).astype(int)
    bearing = rng.uniform(len(VILLAGES), 0, np.pi)
    return tuple(
        Village(name=name, x=x, y=y, n_dwellings=int(n), bearing=float(b))
        for name, (x, y), n, b in zip(VILLAGES, places, size, bearing, strict=True)
    )
