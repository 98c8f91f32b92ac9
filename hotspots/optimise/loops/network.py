"""The streets that a closed walk from one node can use, and the ways between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from hotspots.core.errors import PlanError
from hotspots.core.types import Floats, Ints
from hotspots.resources.walking import distances, length_matrix, shortest_edges

MAX_NODES = 2_500
"""More junctions within reach than this are refused: clip the network first."""
SLACK_M = 1e-6


class Network(Protocol):
    """What a walking network must have; ``StreetGraph`` has it."""

    @property
    def edges(self) -> Ints:
        """Two nodes a street, shape (m, 2)."""

    @property
    def length_m(self) -> Floats:
        """Length of each street, shape (m,), metres."""


@dataclass(frozen=True, kw_only=True)
class Reach:
    """The part of a network that fits into a closed walk from a root.

    ``nodes`` (n,): their numbers in the whole network; here they are 0 to n - 1.
    ``root``: number here.
    ``edges`` (m, 2): ends of each street, by their numbers here.
    ``edge_ids`` (m,): numbers of the streets in the whole network.
    ``length_m``, ``prize``: shape (m,).
    ``between_m`` (n, n), metres: shortest way between two nodes.
    ``before`` (n, n): the node before ``v`` on the shortest way from ``u``.
    ``max_m``: metres.
    """

    nodes: Ints
    root: int
    edges: Ints
    edge_ids: Ints
    length_m: Floats
    prize: Floats
    between_m: Floats
    before: npt.NDArray[np.int32]
    max_m: float
    _ways: dict[tuple[int, int], tuple[int, ...]] = field(default_factory=dict)
    _shortest: dict[tuple[int, int], int] = field(default_factory=dict)

    def way(self, start: int, end: int) -> tuple[int, ...]:
        """Return the streets of the shortest way between two nodes, in order."""
        known = self._ways.get((start, end))
        if known is None:
            if not self._shortest:
                for edge in shortest_edges(self.edges, self.length_m).tolist():
                    a, b = self.edges[edge].tolist()
                    self._shortest[a, b] = self._shortest[b, a] = edge
            steps: list[int] = []
            at = end
            while at != start:
                came_from = int(self.before[start, at])
                steps.append(self._shortest[came_from, at])
                at = came_from
            known = self._ways[start, end] = tuple(reversed(steps))
        return known

    def knapsack_bound(self) -> float:
        """Return what no loop can exceed: the best metres, wherever they are."""
        order = np.argsort(-self.prize / self.length_m, kind="stable")
        left_m = self.max_m - np.concatenate([[0], np.cumsum(self.length_m[order])])
        share = np.clip(left_m[:-1] / self.length_m[order], 0, 1)
        return float((share * self.prize[order]).sum())


def reach(network: Network, prize: Floats, *, root: int, max_m: float) -> Reach:
    """Return the streets that a closed walk from ``root`` can use.

    ``prize``: shape (m,). ``max_m`` (metres): longest walk. Raises PlanError if more
    junctions than can be planned for are within reach.
    """
    edges, length_m = network.edges, network.length_m
    n_nodes = max(int(edges.max(initial=-1)), root) + 1
    matrix = length_matrix(edges, length_m, n_nodes)
    from_root = distances(matrix, np.array([root]), limit_m=max_m / 2 + SLACK_M)[0]
    round_m = from_root[edges].sum(axis=1) + length_m
    usable = np.flatnonzero(round_m <= max_m + SLACK_M)
    nodes, flat = np.unique(np.append(edges[usable], root), return_inverse=True)
    if len(nodes) > MAX_NODES:
        raise PlanError(
            f"a loop is planned among at most {MAX_NODES:,} junctions; {len(nodes):,} "
            f"are within reach of a walk of {max_m:,.0f} m. Clip the network to the "
            "patrol area or allow a shorter walk."
        )
    local = flat[:-1].reshape(-1, 2).astype(np.int64)
    between_m, before = _all_ways(local, length_m[usable], len(nodes))
    return Reach(
        nodes=nodes.astype(np.int64),
        root=int(flat[-1]),
        edges=local,
        edge_ids=usable.astype(np.int64),
        length_m=length_m[usable],
        prize=prize[usable],
        between_m=between_m,
        before=before,
        max_m=max_m,
    )


def _all_ways(
    edges: Ints, length_m: Floats, n_nodes: int
) -> tuple[Floats, npt.NDArray[np.int32]]:
    from scipy.sparse.csgraph import dijkstra

    matrix = length_matrix(edges, length_m, n_nodes)
    between_m, before = dijkstra(matrix, directed=True, return_predecessors=True)
    return np.asarray(between_m), np.asarray(before, dtype=np.int32)


def closed_walk(reach: Reach, streets: list[int]) -> list[int]:
    """Return streets, repeats and all, in the order of one closed walk from the root.

    References
    ----------
    Hierholzer, C. (1873), Mathematische Annalen 6, 30-32.
    """
    beside: dict[int, list[int]] = {}
    for copy, street in enumerate(streets):
        for node in reach.edges[street].tolist():
            beside.setdefault(node, []).append(copy)
    used = [False] * len(streets)
    trail, stack = [], [(reach.root, -1)]
    while stack:
        node, came_by = stack[-1]
        around = beside.get(node, [])
        while around and used[around[-1]]:
            around.pop()
        if around:
            copy = around.pop()
            used[copy] = True
            a, b = reach.edges[streets[copy]].tolist()
            stack.append((b if a == node else a, streets[copy]))
        else:
            stack.pop()
            if came_by >= 0:
                trail.append(came_by)
    return trail[::-1]
