"""The best connected patch, proven, by single-commodity flow.

:func:`hotspots.optimise.patches.grow_patch` finds patches; :func:`prove_patch` settles
the few neighbourhoods where a better one could still hide. :func:`solve_flow` can also
be given the whole district at once, which is slow: the yardstick of tests and
benchmarks.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import LinearConstraint

from hotspots.core.errors import PlanError
from hotspots.core.types import Bools, Floats
from hotspots.optimise.patches.network import Patch, StreetNetwork
from hotspots.optimise.patches.solve import open_heads, patch_of
from hotspots.optimise.program import INFEASIBLE, maximise

SAME = 1e-9
SCALE = 1000.0
"""Of the largest value, so that the solver's absolute tolerances do not matter."""


def prove_patch(
    network: StreetNetwork,
    value: Floats,
    budget: int,
    patch: Patch,
    *,
    allowed: Bools | None = None,
    max_heads: int = 4,
    max_streets: int = 120,
    n_nodes: int = 200,
) -> tuple[Patch, float]:
    """Look where a patch better than this one could be, and bound what is not settled.

    Notes
    -----
    See :func:`hotspots.optimise.patches.patch_bound` for why the head, the street of
    most value, leaves few neighbourhoods.
    """
    bound, solved = patch.value, 0
    for head, reach, limit in open_heads(
        network, value, budget, allowed=allowed, above=patch.value
    ):
        if limit <= patch.value:
            continue
        if solved < max_heads and len(reach) <= max_streets:
            solved += 1
            inside = np.zeros(len(network), dtype=bool)
            inside[reach] = True
            other, proven = solve_flow(
                network,
                value,
                budget,
                inside,
                entrance=head,
                above=patch.value,
                node_limit=n_nodes,
            )
            limit = min(limit, proven)
            patch = max(patch, other or patch, key=lambda p: p.value)
        bound = max(bound, limit)
    close = bound <= patch.value * (1 + SAME)
    return patch, patch.value if close else max(bound, patch.value)


def solve_flow(
    network: StreetNetwork,
    value: Floats,
    budget: int,
    allowed: Bools | None = None,
    *,
    entrance: int | None = None,
    above: float = 0.0,
    **limits: float,
) -> tuple[Patch | None, float]:
    """Return the best patch worth more than ``above``, if any, and a bound.

    ``value``: shape (m,). ``allowed``: shape (m,). Raises PlanError if no street that
    may be used is within the budget.

    Each chosen street takes one unit of a flow that enters the patch at one street and
    passes only between chosen streets that meet, so that every chosen street hangs on
    the entrance. Solved by HiGHS as a mixed-integer program.

    References
    ----------
    Conrad, J., Gomes, C. P., van Hoeve, W.-J., Sabharwal, A. and Suter, J. F. (2007),
    "Connections in networks: hardness of feasibility versus optimality", CPAIOR, LNCS
    4510, 16-28: connected subgraphs by single-commodity flow.
    """
    keep = np.asarray(network.size <= budget)
    if allowed is not None:
        keep &= allowed
    rows = np.flatnonzero(keep)
    if not len(rows):
        raise PlanError(
            f"a patch needs a street of at most {budget:,} dwellings that may be used; "
            "there is none."
        )
    new = np.full(len(network), -1)
    new[rows] = np.arange(len(rows))
    pairs = new[network.edges.reshape(-1, 2)]
    pairs = np.unique(np.sort(pairs[(pairs >= 0).all(axis=1)], axis=1), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    arcs = np.vstack([pairs, pairs[:, ::-1]])
    sizes, values = network.size[rows], np.asarray(value, dtype=np.float64)[rows]
    root = None if entrance is None else int(new[entrance])
    rules, upper = _rules(sizes, arcs, budget)
    lower = np.zeros(len(upper))
    if root is not None:
        lower[[root, len(rows) + root]] = 1
    scale = SCALE / max(float(values.max()), 1e-300)
    worth = np.concatenate([values * scale, np.zeros(len(upper) - len(rows))])
    if above > 0:
        rules.append(LinearConstraint(worth[None, :], above * scale * (1 + SAME)))
    found = maximise(
        worth,
        rules,
        whole=np.arange(len(upper)) < 2 * len(rows),
        bounds=(lower, upper),
        **limits,
    )
    if found.x is None:
        return None, above if found.status == INFEASIBLE else np.inf
    members = rows[found.x[: len(rows)] > 0.5]
    return patch_of(network, value, members.tolist()), found.bound / scale


def _rules(
    sizes: npt.NDArray[np.int64], arcs: npt.NDArray[np.int64], budget: int
) -> tuple[list[LinearConstraint], Floats]:
    """Variables: street chosen, street is the entrance, inflow there, flow on arcs."""
    n, a = len(sizes), len(arcs)
    most = max(int(np.searchsorted(np.cumsum(np.sort(sizes)), budget, "right")), 1)
    eye, none = sparse.identity(n, format="csr"), sparse.csr_matrix((n, n))
    ones, at = np.ones(a), np.arange(a)
    into = sparse.csr_matrix((ones, (arcs[:, 1], at)), shape=(n, a))
    out = sparse.csr_matrix((ones, (arcs[:, 0], at)), shape=(n, a))
    meets = sparse.csr_matrix((ones, (arcs[:, 0], arcs[:, 1])), shape=(n, n))
    no_arcs = sparse.csr_matrix((n, a))
    one = sparse.csr_matrix(np.concatenate([np.zeros(n), np.ones(n), np.zeros(n + a)]))
    dwellings = sparse.csr_matrix(np.concatenate([sizes, np.zeros(2 * n + a)]))
    blocks = [
        ([-eye, none, eye, into - out], 0, 0),  # each chosen street takes one unit
        ([none, -most * eye, eye, no_arcs], -np.inf, 0),  # inflow at the entrance only
        ([-most * eye, none, none, into], -np.inf, 0),  # flow into chosen streets only
        ([-eye, eye, none, no_arcs], -np.inf, 0),  # the entrance is chosen
        ([eye - meets, -eye, none, no_arcs], -np.inf, 0),  # others meet a chosen one
        ([one], 1, 1),
        ([dwellings], 0, budget),
    ]
    rules = [
        LinearConstraint(sparse.hstack(block, format="csr"), low, high)
        for block, low, high in blocks
    ]
    upper = np.concatenate([np.ones(2 * n), np.full(n + a, float(most))])
    return rules, upper
