"""Chains of points: each near the next in space and in time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hotspots.core.types import Ints


def link_chains(
    xy_m: npt.NDArray[np.float64], days: Ints, *, radius_m: float, n_days: int
) -> Ints:
    """Return the chain that each point belongs to.

    ``xy_m`` (n, 2), metres.
    ``days`` (n,), days.
    ``radius_m``: metres; two points at most so far apart.

    Returns (n,): the number of its chain, from 1, as chains first appear.

    Examples
    --------
    >>> places = np.array([[0.0, 0.0], [900.0, 0.0], [300.0, 0.0]])
    >>> link_chains(places, np.array([0, 5, 9]), radius_m=400, n_days=28)
    array([1, 2, 1])
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    n = len(xy_m)
    if not n:
        return np.empty(0, np.int64)
    first, second = cKDTree(xy_m).query_pairs(radius_m, output_type="ndarray").T
    linked = np.abs(days[first] - days[second]) < n_days
    link = (np.ones(linked.sum()), (first[linked], second[linked]))
    _, chain = connected_components(coo_array(link, shape=(n, n)), directed=False)
    _, appears, number = np.unique(chain, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(appears)) + 1
    return np.asarray(rank[number.reshape(-1)], dtype=np.int64)
