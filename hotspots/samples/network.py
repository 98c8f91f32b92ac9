"""Street networks that look grown: paths first, then lanes that fill the gaps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hotspots.core.types import Bools, Floats, Ints
from hotspots.samples.rng import Rng


@dataclass(frozen=True, kw_only=True)
class Network:
    """Junctions and the edges between them.

    ``nodes``: shape (n, 2), metres.
    ``edges``: shape (m, 2).
    ``path`` (m,): number of the given path that an edge belongs to, -1 for a lane.
    """

    nodes: Floats
    edges: Ints
    path: Ints


def lattice(rng: Rng, reach_m: float, spacing_m: float) -> Floats:
    """Return jittered points of a triangular lattice within a square."""
    n = int(reach_m / spacing_m) + 1
    row, column = np.mgrid[-n : n + 1, -n : n + 1]
    x = spacing_m * (column + 0.5 * (row % 2)).ravel()
    y = spacing_m * np.sqrt(3) / 2 * row.ravel()
    jitter = 0.27 * spacing_m
    return np.column_stack(
        (
            x + rng.uniform(x.size, -jitter, jitter),
            y + rng.uniform(x.size, -jitter, jitter),
        )
    )


def build_network(
    rng: Rng,
    paths: list[Floats],
    points: Floats,
    *,
    gap_m: float,
    keep: float,
    barrier: Floats | None = None,
) -> Network:
    """Join given paths and free points into one connected network.

    ``paths`` (k, 2), metres: roads that must be there; where they meet they share a
    junction. ``points`` (n, 2), metres: places that lanes may join. ``gap_m`` (metres):
    junctions stand at least about this far apart. ``barrier`` (k, 2), metres: a line
    that no lane crosses; paths do.
    """
    nodes, fixed, path = _lay(paths, 0.6 * gap_m)
    nodes = _fill(nodes, points, gap_m)
    lanes = gabriel(nodes, 3.2 * gap_m)
    known = {tuple(edge) for edge in fixed.tolist()}
    lanes = lanes[[tuple(edge) not in known for edge in lanes.tolist()]]
    lanes = lanes[~_crosses(nodes[lanes], nodes[fixed])]
    if barrier is not None:
        lanes = lanes[~_crosses(nodes[lanes], np.stack((barrier[:-1], barrier[1:]), 1))]
    lanes = lanes[_thinned(rng, nodes, fixed, lanes, keep)]
    edges = np.vstack((fixed, lanes))
    path = np.concatenate((path, np.full(len(lanes), -1)))
    whole = _reached(len(nodes), edges)
    return Network(nodes=nodes, edges=edges[whole], path=path[whole])


def _reached(n: int, edges: Ints) -> Bools:
    """Say which edges are connected with the first node."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(edges)), edges.T), shape=(n, n))
    piece = connected_components(graph, directed=False)[1]
    return np.asarray(piece[edges[:, 0]] == piece[0])


def _lay(paths: list[Floats], snap_m: float) -> tuple[Floats, Ints, Ints]:
    """Turn paths into junctions and edges, sharing junctions that lie close."""
    nodes: list[Floats] = []
    edges: dict[tuple[int, int], int] = {}
    for number, path in enumerate(paths):
        last = -1
        for point in path:
            here = _near(nodes, point, snap_m)
            if here < 0:
                nodes.append(point)
                here = len(nodes) - 1
            if last not in (-1, here):
                edges.setdefault((min(last, here), max(last, here)), number)
            last = here
    pairs = np.array(list(edges), dtype=np.int64).reshape(-1, 2)
    return np.array(nodes), pairs, np.array(list(edges.values()), dtype=np.int64)


def _near(nodes: list[Floats], point: Floats, snap_m: float) -> int:
    if not nodes:
        return -1
    away = np.hypot(*(np.array(nodes) - point).T)
    nearest = int(np.argmin(away))
    return nearest if away[nearest] < snap_m else -1


def _fill(nodes: Floats, points: Floats, gap_m: float) -> Floats:
    """Add the free points that are not too close to a junction of a path."""
    from scipy.spatial import cKDTree

    away, _ = cKDTree(nodes).query(points)
    return np.vstack((nodes, points[away > 0.75 * gap_m]))


def gabriel(nodes: Floats, longest_m: float) -> Ints:
    """Return the Gabriel graph: pairs with no third node in the circle between them.

    ``nodes``: shape (n, 2), metres. ``longest_m`` (metres): longer edges are left out.
    Returns (m, 2): rows of ``nodes``, the lower first, sorted.

    References
    ----------
    Gabriel and Sokal (1969), A new statistical approach to geographic variation
    analysis, Systematic Zoology 18.
    """
    from scipy.spatial import cKDTree

    tree = cKDTree(nodes)
    pairs = tree.query_pairs(longest_m, output_type="ndarray").astype(np.int64)
    pairs = np.sort(pairs, axis=1)
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    middle = nodes[pairs].mean(axis=1)
    half = np.hypot(*(nodes[pairs[:, 0]] - nodes[pairs[:, 1]]).T) / 2
    nearest, _ = tree.query(middle)
    return np.asarray(pairs[nearest > half - 1e-6])


def _crosses(first: Floats, second: Floats) -> Bools:
    """Say which of the first segments cross one of the second, ends apart."""
    import shapely

    lines, others = shapely.linestrings(first), shapely.linestrings(second)
    at, _ = shapely.STRtree(others).query(lines, predicate="crosses")
    crosses = np.zeros(len(lines), dtype=bool)
    crosses[at] = True
    return crosses


def _thinned(rng: Rng, nodes: Floats, fixed: Ints, lanes: Ints, keep: float) -> Bools:
    """Keep the lanes that connect (a random spanning tree) and a share of the rest."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import minimum_spanning_tree

    n = len(nodes)
    length = np.hypot(*(nodes[lanes[:, 0]] - nodes[lanes[:, 1]]).T)
    cost = length * rng.uniform(len(lanes), 0.5, 1.5)
    every = np.vstack((fixed, lanes))
    weight = np.concatenate((np.full(len(fixed), 1e-3), cost))
    tree = minimum_spanning_tree(coo_array((weight, every.T), shape=(n, n)).tocsr())
    code = {(int(a), int(b)) for a, b in zip(*tree.tocoo().coords, strict=True)}
    needed = np.array(
        [(a, b) in code or (b, a) in code for a, b in lanes.tolist()], dtype=bool
    )
    return np.asarray(needed | rng.happens(len(lanes), keep))
