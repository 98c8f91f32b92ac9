"""Seeded draws that are the same on every machine and with every NumPy.

Only the bit stream of PCG64 is promised never to change, so every draw here is made
from its uniform numbers and not from NumPy's distributions.
"""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt

from hotspots.core.types import Floats, Ints


class Rng:
    """A named stream of random numbers.

    ``seed``: the seed of the whole sample.
    ``name``: what the draws are for: parts with other names draw independently, so a
    change in one leaves the others as they were.

    Examples
    --------
    >>> Rng(1, "streets").uniform(2).tolist() == Rng(1, "streets").uniform(2).tolist()
    True
    """

    def __init__(self, seed: int, name: str) -> None:
        bits = np.random.PCG64([seed, zlib.crc32(name.encode())])
        self._random = np.random.Generator(bits).random

    def uniform(self, n: int, low: float = 0.0, high: float = 1.0) -> Floats:
        """Return ``n`` numbers between ``low`` and ``high``."""
        return low + (high - low) * self._random(n)

    def happens(self, n: int, chance: float | Floats) -> npt.NDArray[np.bool_]:
        """Return ``n`` yes-or-no draws of the given chance."""
        return np.asarray(self._random(n) < chance)

    def whole(self, n: int, low: int, high: int) -> Ints:
        """Return ``n`` whole numbers from ``low`` up to and not including ``high``."""
        drawn = np.floor(self._random(n) * (high - low))
        return np.asarray(low + drawn, dtype=np.int64)

    def choose(self, weights: Floats, n: int) -> Ints:
        """Return ``n`` positions, each with a chance in proportion to its weight."""
        edges = np.cumsum(weights)
        drawn = np.searchsorted(edges, self._random(n) * edges[-1], side="right")
        return np.asarray(np.minimum(drawn, len(edges) - 1), dtype=np.int64)

    def exponential(self, n: int, mean: float) -> Floats:
        """Return ``n`` waiting times of the given mean."""
        return np.asarray(-mean * np.log1p(-self._random(n)))

    def normal(self, n: int) -> Floats:
        """Return ``n`` draws of the standard normal distribution (Box and Muller)."""
        radius = np.sqrt(-2 * np.log1p(-self._random(n)))
        return np.asarray(radius * np.cos(2 * np.pi * self._random(n)))

    def pareto(self, n: int, power: float, cap: float) -> Floats:
        """Return ``n`` heavy-tailed factors ``u ** -power``, no more than ``cap``."""
        return np.asarray(np.minimum((1 - self._random(n)) ** -power, cap))

    def order(self, n: int) -> Ints:
        """Return the positions 0 to ``n - 1`` shuffled."""
        return np.asarray(np.argsort(self._random(n), kind="stable"), dtype=np.int64)
