"""What may be chosen: the reserve, open ground, a draw by lot, comparison places.

Without places that are left alone for good, no one can ever tell what a tactic does.
The reserve is drawn once from the seed and the ground, not from counts: the same places
stay in it whatever happens there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from hotspots.core.errors import ParameterError
from hotspots.core.types import Bools, Floats, Ints
from hotspots.effects import choose_at_random
from hotspots.model.cells import Cells, bin_points
from hotspots.tactics.context import PlanningContext

T = TypeVar("T")
BLOCK_RESOLUTION = 8
"""The reserve is made of whole blocks of this H3 resolution, about 0.65 km2."""
RINGS = 3
"""No area reaches further than so many cells from one with an incident."""


def in_reserve(
    lon: npt.ArrayLike, lat: npt.ArrayLike, *, percent: float, seed: int
) -> Bools:
    """Say which points (degrees) lie in the permanent reserve.

    Raises ParameterError if ``percent`` is out of range.
    """
    if not 0 <= percent <= 50:
        raise ParameterError(
            f"reserve_percent must be between 0 and 50; got {percent!r}."
        )
    lons, lats = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    blocks = bin_points(lons, lats, resolution=BLOCK_RESOLUTION)
    return _hash(blocks, seed) < percent / 100


def draw_from_top(
    ranked: Sequence[T], k: int, *, seed: int
) -> tuple[tuple[T, ...], tuple[T, ...], str]:
    """Draw ``k`` of the ``2 k`` highest places; the others are the comparison."""
    choice = choose_at_random(range(len(ranked)), k, seed=seed)
    chosen, others = (
        tuple(ranked[j] for j in each) for each in (choice.chosen, choice.comparison)
    )
    return chosen, others, choice.sentence()


def open_cells(
    context: PlanningContext, cells: Cells, counts: Floats, *, reserve_percent: float
) -> tuple[Ints, int]:
    """Return the cells near any count that may be chosen, and how many are reserved.

    An area is grown from cells with incidents, and a cell without any may join it; so
    the ground that is kept free has to be closed whole.
    """
    filled = np.flatnonzero(counts > 0)
    near = filled
    for _ in range(RINGS):
        around = cells.neighbour_table[near]
        near = np.union1d(near, around[around >= 0])
    lon, lat = cells.lonlat[near].T
    held = in_reserve(lon, lat, percent=reserve_percent, seed=context.seed)
    n_reserved = int(np.isin(near[held], filled).sum())
    off = context.keeps_off(cells.xy_m[near])
    return near[~held & ~off].astype(np.int64), n_reserved


def pick_controls(
    counts: npt.ArrayLike,
    chosen: Sequence[int],
    names: Sequence[str],
    *,
    excluded: Sequence[int] = (),
) -> list[tuple[str, ...]]:
    """Return for each chosen place the unchosen one nearest to it in earlier count.

    ``counts`` (m,): incidents of each candidate in the time before.
    """
    picked = nearest_controls(counts, chosen, excluded=excluded)
    return [tuple(names[k] for k in mine) for mine in picked]


def nearest_controls(
    counts: npt.ArrayLike, chosen: Sequence[int], *, excluded: Sequence[int] = ()
) -> list[list[int]]:
    """Return the positions that :func:`pick_controls` names, none of them twice."""
    values = np.asarray(counts, dtype=float)
    free = np.ones(len(values), dtype=bool)
    free[list(chosen)] = False
    free[list(excluded)] = False
    picked = []
    for place in chosen:
        order = np.argsort(np.abs(values - values[place]), kind="stable")
        mine = [int(k) for k in order if free[k]][:1]
        free[mine] = False
        picked.append(mine)
    return picked


def lasting_share(chronic: Floats, recent: Floats) -> Floats:
    """Return the lasting share of each risk, 0 to 1; nan where there is none."""
    whole = chronic + recent
    unknown = np.full(len(whole), np.nan)
    return np.asarray(np.divide(chronic, whole, out=unknown, where=whole > 0))


def _hash(blocks: npt.NDArray[np.uint64], seed: int) -> Floats:
    """Spread ids evenly over 0 to 1 (SplitMix64)."""
    with np.errstate(over="ignore"):
        z = blocks + np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(11)).astype(np.float64) / float(1 << 53)
