"""Shortest ways on a network given as arrays of streets and lengths."""

from __future__ import annotations

from typing import Any

import numpy as np

from hotspots.core.types import Floats, Ints


def shortest_edges(edges: Ints, length_m: Floats) -> Ints:
    """Return the shortest of the streets between each two nodes that have one.

    ``edges`` (m, 2), int64.
    ``length_m`` (m,), metres.
    """
    low, high = edges.min(axis=1), edges.max(axis=1)
    order = np.lexsort((length_m, high, low))
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)
    first &= low[order] != high[order]
    return np.asarray(order[first], dtype=np.int64)


def length_matrix(edges: Ints, length_m: Floats, n_nodes: int) -> Any:
    """Return a network as a matrix for ``scipy.sparse.csgraph``.

    ``edges`` (m, 2), int64.
    ``length_m`` (m,), metres.

    Returns csr_array of shape (n, n): symmetric: the length in metres of the shortest
    street between two nodes.
    """
    from scipy.sparse import csr_array

    best = shortest_edges(edges, length_m)
    a, b, length = edges[best, 0], edges[best, 1], length_m[best]
    both = (np.concatenate([a, b]), np.concatenate([b, a]))
    return csr_array((np.concatenate([length, length]), both), shape=(n_nodes, n_nodes))


def distances(matrix: Any, nodes: Ints, *, limit_m: float = np.inf) -> Floats:
    """Return the shortest distances from some nodes to all.

    ``matrix``: csr_array of shape (n, n); see :func:`length_matrix`.
    ``nodes`` (k,), int64: may repeat.
    ``limit_m``: metres; nothing farther is looked for.

    Returns (k, n), metres: infinite where there is no way within the limit.

    References
    ----------
    Dijkstra, E. W. (1959). A note on two problems in connexion with graphs.
    Numerische Mathematik 1, 269-271.
    """
    from scipy.sparse.csgraph import dijkstra

    if not len(nodes):
        return np.empty((0, matrix.shape[0]))
    distinct, at = np.unique(nodes, return_inverse=True)
    # The matrix is symmetric: as a directed one it need not be turned round again.
    found = dijkstra(matrix, directed=True, indices=distinct, limit=float(limit_m))
    return np.asarray(found[at.ravel()])
