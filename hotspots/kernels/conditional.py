"""Sums over neighbours when the values of all other places change seats.

Conditional permutation holds the value of place i and spreads the values of the other
n - 1 places at random over all other seats, so that its k neighbours get k of those
values without replacement. One random order of all n places serves every place
exactly: with i taken out of it, what is left is a random order of the others, so the
first k of them are the sample. If i is not among the first k of the order, its sum is
that of the first k; if it is, the sum of the first k + 1 less the value of i. One
sorted table of sums for each k and a correction for the few places that are hit
replace a draw for every place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from hotspots.core.errors import ParameterError
from hotspots.core.options import option
from hotspots.core.pvalues import Correction
from hotspots.core.tunable import Tunable
from hotspots.core.types import Floats, Ints

if TYPE_CHECKING:
    import scipy.sparse


MAX_HELD = 4_000_000  # numbers in memory at once where whole orders are drawn


@dataclass(frozen=True, kw_only=True)
class PermutationOptions(Tunable):
    """How many arrangements are drawn, from which seed, and how p is adjusted."""

    n_permutations: int = option(
        999, help="How many random arrangements are drawn.", ge=99, le=99_999
    )
    correction: Correction = option(  # noqa: RUF009
        "bh",
        help="How p-values are adjusted for testing every cell: Benjamini-Hochberg, "
        "Benjamini-Yekutieli, or not at all.",
    )
    seed: int = option(1, help="Starts the random numbers.", ge=0)


def conditional_z(values: Floats, neighbours: scipy.sparse.csr_array) -> Floats:
    """Return the score of each neighbours' sum under conditional permutation.

    ``values`` (n,).
    ``neighbours``: sparse csr array of shape (n, n); 1 where two places are neighbours;
    nothing on the diagonal.

    Returns (n,): 0 where the sum cannot vary.

    Notes
    -----
    The sum of k of the n - 1 other values, drawn without replacement, has mean
    ``k m`` and variance ``k s^2 (n - 1 - k) / (n - 2)``, with the mean m and the
    variance s^2 (divided by n - 1) of those others. No draw is needed for them.
    """
    n = len(values)
    if n < 3 or (values == values[0]).all():
        return np.zeros(n)
    centred = values - values.mean()
    sizes = np.diff(neighbours.indptr).astype(np.float64)
    sums = np.asarray(neighbours @ centred)
    mean, total = -centred / (n - 1), np.sum(centred**2)
    variance = (total - centred**2) / (n - 1) - mean**2
    # what is left of a variance of 0 after rounding
    variance = np.where(variance > 1e-13 * total, variance, 0.0)
    spread = np.sqrt(variance * sizes * (n - 1 - sizes) / (n - 2))
    flat = ~(spread > 0)
    score = np.where(flat, 0.0, sums - sizes * mean) / np.where(flat, 1.0, spread)
    return np.asarray(score)


def conditional_tails(
    values: Floats,
    neighbours: scipy.sparse.csr_array,
    *,
    n_permutations: int,
    rng: np.random.Generator,
) -> tuple[Ints, Ints]:
    """Return how many permuted sums are at least, and at most, the observed one.

    ``values`` (n,).
    ``neighbours``: sparse csr array of shape (n, n).

    Returns ``n_at_least, n_at_most`` (n,): sums that differ by rounding only count in
    both.

    Notes
    -----
    Every place's sample is exact. Places share the orders, as they do in other
    software, so that the errors of their p-values are not independent.
    """
    sizes = np.diff(neighbours.indptr).astype(np.int64)
    observed = np.asarray(neighbours @ values, dtype=np.float64)
    widest = int(sizes.max(initial=0))
    nearly = 16 * np.finfo(float).eps * (widest + 1) * np.abs(values).max(initial=0.0)
    low, high = observed - nearly, observed + nearly
    at_least = np.full(len(values), n_permutations, dtype=np.int64)
    at_most = at_least.copy()
    if widest == 0:
        return at_least, at_most
    orders = random_orders(len(values), widest + 1, n_permutations, rng)
    sums = np.cumsum(values[orders], axis=1)
    for k in np.unique(sizes[sizes > 0]).tolist():
        table, here = np.sort(sums[:, k - 1]), np.flatnonzero(sizes == k)
        at_least[here] -= np.searchsorted(table, low[here], side="left")
        at_most[here] = np.searchsorted(table, high[here], side="right")
        row, column = np.nonzero(sizes[orders[:, :k]] == k)
        hit = orders[row, column]
        counted, true = sums[row, k - 1], sums[row, k] - values[hit]
        more = (true >= low[hit]).astype(np.int64) - (counted >= low[hit])
        less = (true <= high[hit]).astype(np.int64) - (counted <= high[hit])
        np.add.at(at_least, hit, more)
        np.add.at(at_most, hit, less)
    return at_least, at_most


def random_orders(
    n: int, length: int, n_orders: int, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Return the beginnings of random orders of ``range(n)``.

    Returns (n_orders, length): each row distinct numbers, every such row equally
    likely.
    """
    if length * length > n:
        return _from_whole_orders(n, length, n_orders, rng)
    orders = rng.integers(0, n, (n_orders, length))
    again = np.arange(n_orders)
    while len(again):
        ranked = np.sort(orders[again], axis=1)
        again = again[(ranked[:, 1:] == ranked[:, :-1]).any(axis=1)]
        orders[again] = rng.integers(0, n, (len(again), length))
    return orders


def _from_whole_orders(
    n: int, length: int, n_orders: int, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    orders = np.empty((n_orders, length), dtype=np.int64)
    step = max(1, MAX_HELD // n)
    for first in range(0, n_orders, step):
        part = orders[first : first + step]
        whole = np.tile(np.arange(n), (len(part), 1))
        part[:] = rng.permuted(whole, axis=1)[:, :length]
    return orders


def check_neighbours(values: Floats, neighbours: scipy.sparse.csr_array) -> None:
    """Refuse values that are not finite and neighbours that do not fit them.

    ``values`` (n,).
    ``neighbours``: sparse csr array of shape (n, n).

    Raises ParameterError if values are not finite, or ``neighbours`` is not a square
    0/1 csr matrix of the same size with an empty diagonal.
    """
    n = len(values)
    if values.ndim != 1 or not np.isfinite(values).all():
        raise ParameterError(
            "values must be one finite number for each place; got shape "
            f"{values.shape} with {int((~np.isfinite(values)).sum()):,} not finite."
        )
    if neighbours.shape != (n, n):
        raise ParameterError(
            f"neighbours must be a matrix of shape ({n}, {n}), as there are {n:,} "
            f"values; got {neighbours.shape}."
        )
    if neighbours.format != "csr" or (neighbours.data != 1).any():
        raise ParameterError(
            "neighbours must be a csr matrix of ones; got format "
            f"{neighbours.format!r}. Use Cells.neighbours."
        )
    if neighbours.diagonal().any():
        raise ParameterError(
            "neighbours must not hold a place itself: its diagonal must be empty."
        )
