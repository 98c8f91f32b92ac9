"""The best closed walk by mixed-integer programming, or how far off it can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hotspots.core.types import Ints
from hotspots.optimise.loops.network import SLACK_M, Reach, closed_walk
from hotspots.optimise.program import maximise


@dataclass(frozen=True, kw_only=True)
class ExactLoop:
    """What the solver found.

    ``streets``: streets in walking order; ``None`` if no walk was found in time.
    ``bound``: no closed walk from the root collects more.
    ``proven``: whether the walk is proven best.
    """

    streets: list[int] | None
    bound: float
    proven: bool


def solve_loop(
    reach: Reach, *, time_limit_s: float | None = None, n_nodes: int | None = None
) -> ExactLoop:
    """Solve for the closed walk from the root that collects most.

    A best closed walk uses a street at most twice, and then once each way, so each of
    the two directions of a street is used or not: x in {0, 1}. A street counts once,
    z <= x + x'. As many used directions lead into a node as out of it. The flow t on a
    direction is the distance walked by its end: at every node but the root it grows
    by the length of the directions that leave, which no walk apart from the root can
    do; it is at least the shortest distance from the root and leaves enough to get
    back. The lengths together are at most ``max_m``.

    References
    ----------
    Gavish, B. and Graves, S. C. (1978). The travelling salesman problem and related
    problems. Working paper, Operations Research Center, MIT: single-commodity flow.
    Feillet, D., Dejax, P. and Gendreau, M. (2005). Traveling salesman problems with
    profits. Transportation Science 39, 188-205.
    """
    m = len(reach.edges)
    tail = np.concatenate([reach.edges[:, 0], reach.edges[:, 1]])
    head = np.concatenate([reach.edges[:, 1], reach.edges[:, 0]])
    limits = {"time_limit": time_limit_s, "node_limit": n_nodes}
    solved = maximise(
        np.concatenate([np.zeros(4 * m), reach.prize]),
        _constraints(reach, tail, head),
        whole=np.arange(5 * m) < 2 * m,
        bounds=(0, np.repeat([1.0, np.inf, 1.0], [2 * m, 2 * m, m])),
        **{name: value for name, value in limits.items() if value is not None},
    )
    bound = min(float(reach.prize.sum()), solved.bound)
    if solved.x is None:
        return ExactLoop(streets=None, bound=bound, proven=False)
    used = np.flatnonzero(solved.x[: 2 * m] > 0.5)
    streets = closed_walk(reach, (used % m).tolist())
    return ExactLoop(streets=streets, bound=bound, proven=solved.proven)


def _constraints(reach: Reach, tail: Ints, head: Ints) -> list[Any]:
    """Rows over the variables x (2m), t (2m) and z (m)."""
    from scipy.optimize import LinearConstraint
    from scipy.sparse import block_array, coo_array, csr_array, diags_array, eye_array

    m, n = len(reach.edges), len(reach.nodes)
    length_m = np.tile(reach.length_m, 2)
    from_root = reach.between_m[reach.root]
    arcs, ones = np.arange(2 * m), np.ones(2 * m)
    leaves = coo_array((ones, (tail, arcs)), (n, 2 * m)).tocsr()
    enters = coo_array((ones, (head, arcs)), (n, 2 * m)).tocsr()
    twin = eye_array(m)
    others = np.flatnonzero(np.arange(n) != reach.root)
    nothing = np.zeros(2 * m)

    def rows(x: Any, t: Any, z: Any) -> Any:
        widths = (2 * m, 2 * m, m)
        height = next(block.shape[0] for block in (x, t, z) if block is not None)
        blocks = [
            csr_array((height, width)) if block is None else block
            for block, width in zip((x, t, z), widths, strict=True)
        ]
        return block_array([blocks], format="csr")

    grows = (leaves @ diags_array(length_m)).tocsr()
    longest = reach.max_m + SLACK_M - from_root[head]
    return [
        LinearConstraint(rows(leaves - enters, None, None), 0, 0),
        LinearConstraint(rows(-grows[others], (leaves - enters)[others], None), 0, 0),
        LinearConstraint(
            rows(diags_array(-longest), eye_array(2 * m), None), -np.inf, nothing
        ),
        LinearConstraint(
            rows(diags_array(-(from_root[tail] + length_m)), eye_array(2 * m), None),
            nothing,
            np.inf,
        ),
        LinearConstraint(
            rows(-block_array([[twin, twin]]), None, twin), -np.inf, np.zeros(m)
        ),
        LinearConstraint(
            rows(csr_array(length_m[None, :]), None, None), 0, reach.max_m + SLACK_M
        ),
    ]
