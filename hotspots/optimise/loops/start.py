"""Where a closed walk had best begin, when nobody says."""

from __future__ import annotations

import numpy as np

from hotspots.core.errors import PlanError
from hotspots.core.types import Floats
from hotspots.optimise.loops.network import Network, Reach, reach
from hotspots.optimise.loops.search import search_loop, worth_of

N_ROOTS = 5
N_TRIAL_ROUNDS = 24
N_TRIALS = 6


def best_start(
    graph: Network, prize: Floats, *, max_m: float, rng: np.random.Generator
) -> Reach:
    """Return what can be reached from the best of a few starts, each briefly searched.

    Parameters
    ----------
    prize : ndarray of shape (m,)
    max_m : float, metres

    Raises
    ------
    PlanError
        If no street with a prize fits into a walk of that length.
    """
    best, most = None, -1.0
    for root in _promising(graph, prize):
        area = reach(graph, prize, root=root, max_m=max_m)
        if not (area.prize > 0).any():
            continue
        streets = search_loop(area, rng=rng, n_rounds=N_TRIAL_ROUNDS, n_starts=N_TRIALS)
        found = worth_of(area, streets)
        if found > most:
            best, most = area, found
    if best is None:
        raise PlanError(
            "a loop must pass at least one street with a prize; no street is short "
            f"enough to walk there and back within {max_m:,.0f} m, or none has a "
            "prize. Allow a longer walk or use a larger area."
        )
    return best


def _promising(graph: Network, prize: Floats) -> list[int]:
    """Return a few nodes with much prize for the metres around them, none adjacent."""
    a, b = graph.edges[:, 0], graph.edges[:, 1]
    n_nodes = int(graph.edges.max(initial=-1)) + 1
    rate, metres = prize, np.asarray(graph.length_m)
    for _ in range(3):  # streets, the streets next to them, and once more
        at_node = [
            np.bincount(a, values, n_nodes) + np.bincount(b, values, n_nodes)
            for values in (rate, metres)
        ]
        rate, metres = (node[a] + node[b] for node in at_node)
    score = at_node[0] / np.maximum(at_node[1], 1e-9)
    chosen: list[int] = []
    for _ in range(N_ROOTS):
        node = int(np.argmax(score))
        if score[node] <= 0:
            break
        chosen.append(node)
        beside = np.concatenate([a[b == node], b[a == node], [node]])
        score[beside] = 0
    return chosen
