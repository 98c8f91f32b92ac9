"""A permanent reserve of places where nothing is suggested, and the random choice.

Without places that are left alone for good, no one can ever tell what a tactic does.
The reserve is drawn once from the seed and the ground, not from counts: the same places
stay in it whatever happens there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hotspots.core.errors import ParameterError
from hotspots.effects import choose_at_random
from hotspots.model.cells import bin_points

BLOCK_RESOLUTION = 8
"""The reserve is made of whole blocks of this H3 resolution, about 0.65 km2."""


def in_reserve(
    lon: npt.ArrayLike, lat: npt.ArrayLike, *, percent: float, seed: int
) -> npt.NDArray[np.bool_]:
    """Say which points lie in the permanent reserve.

    Parameters
    ----------
    lon, lat : array-like of shape (m,), degrees

    Returns
    -------
    ndarray of bool, shape (m,)

    Raises
    ------
    ParameterError
        If ``percent`` is out of range.
    """
    if not 0 <= percent <= 50:
        raise ParameterError(
            f"reserve_percent must be between 0 and 50; got {percent!r}."
        )
    lons, lats = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    blocks = bin_points(lons, lats, resolution=BLOCK_RESOLUTION)
    return _hash(blocks, seed) < percent / 100


def draw_from_top(
    ranked: Sequence[int], k: int, *, seed: int
) -> tuple[tuple[int, ...], tuple[int, ...], str]:
    """Draw ``k`` of the ``2 k`` highest places; the others are the comparison."""
    choice = choose_at_random(list(ranked), k, seed=seed)
    return choice.chosen, choice.comparison, choice.sentence()


def _hash(blocks: npt.NDArray[np.uint64], seed: int) -> npt.NDArray[np.float64]:
    """Spread ids evenly over 0 to 1 (SplitMix64)."""
    with np.errstate(over="ignore"):
        z = blocks + np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(11)).astype(np.float64) / float(1 << 53)
