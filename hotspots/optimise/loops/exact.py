"""The best closed walk by mixed-integer programming, or how far off it can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hotspots.core.types import Ints
from hotspots.optimise.loops.network import SLACK_M, Reach


@dataclass(frozen=True, kw_only=True)
class ExactLoop:
    """What the solver found.

    Parameters
    ----------
    streets : list of int, optional
        Streets in walking order; ``None`` if no walk was found in time.
    bound : float
        No closed walk from the root collects more.
    proven : bool
        Whether the walk is proven best.
    """

    streets: list[int] | None
    bound: float
    proven: bool


def solve_loop(
    reach: Reach, *, time_limit_s: float | None = None, n_nodes: int | None = None
) -> ExactLoop:
    """Solve for the closed walk from the root that collects most.

    Notes
    -----
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
    from scipy.optimize import Bounds, milp

    m = len(reach.edges)
    tail = np.concatenate([reach.edges[:, 0], reach.edges[:, 1]])
    head = np.concatenate([reach.edges[:, 1], reach.edges[:, 0]])
    result = milp(
        np.concatenate([np.zeros(4 * m), -reach.prize]),
        constraints=_constraints(reach, tail, head),
        integrality=np.concatenate([np.ones(2 * m), np.zeros(3 * m)]),
        bounds=Bounds(
            0, np.concatenate([np.ones(2 * m), np.full(2 * m, np.inf), np.ones(m)])
        ),
        options={"mip_rel_gap": 0.0, **_limits(time_limit_s, n_nodes)},
    )
    dual = result.get("mip_dual_bound")
    bound = float(reach.prize.sum()) if dual is None else -float(dual)
    if result.x is None:
        return ExactLoop(streets=None, bound=bound, proven=False)
    used = np.flatnonzero(result.x[: 2 * m] > 0.5)
    streets = _walk(used, tail, head, reach.root, m)
    return ExactLoop(streets=streets, bound=bound, proven=result.status == 0)


def _limits(time_limit_s: float | None, n_nodes: int | None) -> dict[str, float]:
    limits = {"time_limit": time_limit_s, "node_limit": n_nodes}
    return {name: value for name, value in limits.items() if value is not None}


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


def _walk(used: Ints, tail: Ints, head: Ints, root: int, m: int) -> list[int]:
    """Return the used directions as one closed walk (Hierholzer 1873)."""
    leaving: dict[int, list[int]] = {}
    for arc in used[::-1].tolist():
        leaving.setdefault(int(tail[arc]), []).append(arc)
    trail: list[int] = []
    stack: list[tuple[int, int]] = [(root, -1)]
    while stack:
        node, came_by = stack[-1]
        if leaving.get(node):
            arc = leaving[node].pop()
            stack.append((int(head[arc]), arc))
        else:
            stack.pop()
            if came_by >= 0:
                trail.append(came_by % m)
    return trail[::-1]
