"""The walkable network: streets of the town and the villages, lanes between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hotspots.core.types import Floats, Ints, Strings
from hotspots.samples.countryside import build_lanes, build_village
from hotspots.samples.geography import CENTRE, Village
from hotspots.samples.rng import Rng
from hotspots.samples.strokes import Part
from hotspots.samples.townplan import build_town


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
