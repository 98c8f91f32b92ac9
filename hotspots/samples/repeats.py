"""What follows a burglary: the same premises again, or a neighbour's.

Offspring are drawn as in a branching process: each event may bring one more at the same
premises (half within some two weeks) and near repeats within 400 m and 28 days.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hotspots.core.types import Floats, Ints
from hotspots.samples.clock import N_DAYS
from hotspots.samples.rng import Rng

_NEAR_M = 400.0
_NEAR_DAYS = 28.0


class Contagion(NamedTuple):
    """How catching a kind of incident is.

    ``repeat``: further events at the same premises that one brings.
    ``near``: further events at neighbours that one brings.
    ``reach_m`` (metres): scale of the distance to those neighbours.
    """

    repeat: float
    near: float
    reach_m: float


CONTAGION = {
    ("Burglary", "Residential"): Contagion(0.15, 0.34, 85.0),
    ("Burglary", "Business and community"): Contagion(0.16, 0.12, 120.0),
    ("Vehicle crime", "Theft from motor vehicle"): Contagion(0.02, 0.3, 70.0),
    ("Criminal damage and arson", "Criminal damage to vehicle"): Contagion(
        0.03, 0.25, 60.0
    ),
}


def build_offspring(
    rng: Rng, how: Contagion, moment: Ints, row: Ints, *, xy_m: Floats, weight: Floats
) -> tuple[Ints, Ints]:
    """Add two generations of repeats and near repeats.

    ``moment``: shape (n,), minutes since the first day. ``row``: shape (n,). ``xy_m``
    (p, 2), metres: where all the premises are. ``weight`` (p,): zero where such an
    incident cannot happen. ``moment, row`` (n + offspring,): the given events first.
    """
    every_moment, every_row = [moment], [row]
    for _ in range(2):
        moment, row = _next(rng, how, every_moment[-1], every_row[-1], xy_m, weight)
        every_moment.append(moment)
        every_row.append(row)
    return np.concatenate(every_moment), np.concatenate(every_row)


def _next(
    rng: Rng, how: Contagion, moment: Ints, row: Ints, xy: Floats, weight: Floats
) -> tuple[Ints, Ints]:
    """Return the offspring of one generation, those within the three years."""
    n = len(moment)
    again = rng.happens(n, how.repeat)
    soon = rng.exponential(n, 14.0)
    later = np.where(rng.happens(n, 0.72), soon, rng.uniform(n, 5, 190))
    near = rng.happens(n, how.near)
    wait = rng.exponential(n, 8.0) % _NEAR_DAYS
    days = np.concatenate((later[again], wait[near]))
    parent = np.concatenate((moment[again], moment[near]))
    shift = np.floor(rng.normal(len(days)) * 70).astype(np.int64)
    when = parent + np.floor(days).astype(np.int64) * 1_440 + shift
    neighbours = _neighbours(rng, how.reach_m, row[near], xy, weight)
    where = np.concatenate((row[again], neighbours))
    kept = (when >= 0) & (when < N_DAYS * 1_440)
    return when[kept], where[kept]


def _neighbours(
    rng: Rng, reach_m: float, row: Ints, xy: Floats, weight: Floats
) -> Ints:
    """Draw a neighbour of each premises, nearer ones sooner."""
    from scipy.spatial import cKDTree

    able = np.flatnonzero(weight > 0)
    tree = cKDTree(xy[able])
    found = []
    for premises in row.tolist():
        close = able[sorted(tree.query_ball_point(xy[premises], _NEAR_M))]
        close = close[close != premises]
        away = np.hypot(*(xy[close] - xy[premises]).T)
        pull = np.exp(-away / reach_m)
        found.append(
            int(close[rng.choose(pull, 1)[0]]) if len(close) else int(premises)
        )
    return np.array(found, dtype=np.int64)
