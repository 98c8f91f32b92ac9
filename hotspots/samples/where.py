"""Where things happen: a weight for each premises, for each kind of incident.

A few places carry much of every kind (their factors are drawn from a heavy tail), the
same places stay hot for years, and five places rise or fall.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from hotspots.core.types import Floats, Strings
from hotspots.samples.geography import CENTRE
from hotspots.samples.rng import Rng

_HOME = {"dwelling": 1.0, "flat": 1.6}
_LATE = {"pub": 14.0, "nightclub": 32.0, "takeaway": 9.0, "public place": 45.0}
_LATE |= {"bus station": 30.0, "railway station": 12.0, "car park": 6.0}
_SHOP = {"shop": 1.0, "supermarket": 16.0}

MIXTURES: dict[str, dict[str, float]] = {
    # weight by kind of premises
    "homes": _HOME,
    "burglary": {"dwelling": 1.0, "flat": 0.35, "farm": 1.2},
    "drives": {"dwelling": 1.0, "flat": 0.2, "farm": 0.5, "car park": 20.0},
    "night out": {**_LATE, "dwelling": 0.004, "shop": 0.15},
    "shops": {**_SHOP, "petrol station": 4.0, "pub": 0.1},
    "youth": {
        **{"public place": 75.0, "bus station": 60.0, "school": 10.0},
        **{"leisure centre": 22.0, "supermarket": 14.0, "takeaway": 3.0},
        **{"car park": 9.0, "shop": 0.35, "dwelling": 0.02, "flat": 0.03},
        "railway station": 14.0,
    },
    "anywhere": {
        **{"dwelling": 0.75, "flat": 1.3, "shop": 4.0, "pub": 9.0, "takeaway": 6.0},
        **{"supermarket": 22.0, "public place": 60.0, "bus station": 45.0},
        **{"office": 1.5, "school": 16.0, "leisure centre": 22.0, "car park": 14.0},
        **{"railway station": 25.0, "hospital": 40.0, "public building": 12.0},
        **{"nightclub": 12.0, "farm": 1.0, "business unit": 2.0},
    },
    "schools": {"school": 1.0, "bus station": 0.6},
    "trade": {"shop": 1.0, "supermarket": 2.0, "pub": 1.5, "office": 0.8}
    | {"business unit": 2.2, "farm": 0.35, "school": 2.0, "takeaway": 1.0},
    "car parks": {"car park": 1.0, "leisure centre": 0.4},
    "rural": {"farm": 1.0, "business unit": 1.2},
    "fuel": {"petrol station": 1.0},
    "centre": {"public place": 8.0, "shop": 0.6, "pub": 1.0, "bus station": 12.0}
    | {"railway station": 18.0, "leisure centre": 6.0, "nightclub": 4.0}
    | {"dwelling": 0.006},
}

_ZONE = {
    # zone: disorder, acquisitive, home
    "centre": (2.2, 1.3, 1.6),
    "estate north": (3.0, 1.7, 2.6),
    "estate south": (2.6, 2.0, 2.4),
    "suburb": (0.8, 1.0, 0.85),
    "village": (0.75, 0.95, 0.85),
    "rural": (0.3, 1.0, 0.4),
}
_FAMILY = {"homes": 2, "burglary": 1, "drives": 1, "trade": 1, "shops": 1, "rural": 1}
_TAIL = ((0.62, 60.0), (0.36, 9.0), (0.6, 45.0))
_TRENDS = (
    # x, y from the market place, radius, families, first quarter's level, last one's
    (-590.0, 1010.0, 150.0, (0, 2), 0.55, 2.0),
    (860.0, -880.0, 160.0, (0,), 2.2, 0.5),
    (1290.0, 720.0, 250.0, (0, 1), 0.6, 1.8),
    (-560.0, -570.0, 120.0, (0,), 0.25, 2.6),
    (190.0, -170.0, 80.0, (0,), 1.7, 0.7),
)


@dataclass(frozen=True, kw_only=True)
class Places:
    """How hot each premises is, by family of incidents and by quarter of a year.

    ``kind``: shape (n,).
    ``heat`` (3, n): for disorder, acquisitive crime, and what happens at home.
    ``trend`` (3, 12, n): the level in each quarter.
    """

    kind: Strings
    heat: Floats
    trend: Floats

    def weights(self, mixture: str, quarter: int) -> Floats:
        """Return the weight of each premises for one kind of incident.

        Returns
        -------
        ndarray of shape (n,)
        """
        family = _FAMILY.get(mixture, 0)
        base = np.zeros(len(self.kind))
        for kind, weight in MIXTURES[mixture].items():
            base[self.kind == kind] = weight
        return np.asarray(base * self.heat[family] * self.trend[family, quarter])


def build_places(rng: Rng, premises: pl.DataFrame) -> Places:
    """Draw how hot each premises is."""
    n = premises.height
    zone, kind = premises["zone"].to_numpy(), premises["kind"].to_numpy().astype(str)
    _, street = np.unique(premises["street_id"].to_numpy(), return_inverse=True)
    heat = np.ones((3, n))
    for family, (power, cap) in enumerate(_TAIL):
        by_zone = np.array([_ZONE.get(name, (1.0,) * 3)[family] for name in zone])
        own = rng.pareto(n, power, cap)
        own = np.where(np.isin(kind, ("dwelling", "flat", "farm")), own, own**0.5)
        by_street = rng.pareto(int(street.max()) + 1, 0.45, 12.0)[street]
        heat[family] = by_zone * own * by_street
    return Places(kind=kind, heat=heat, trend=_trends(premises))


def _trends(premises: pl.DataFrame) -> Floats:
    """Return the level of each premises in each quarter."""
    xy = premises.select("front_x", "front_y").to_numpy() - np.array(CENTRE)
    trend = np.ones((3, 12, len(xy)))
    for x, y, radius, families, first, last in _TRENDS:
        near = np.hypot(xy[:, 0] - x, xy[:, 1] - y) < radius
        level = np.linspace(first, last, 12)
        for family in families:
            trend[family][:, near] = level[:, None]
    return trend
