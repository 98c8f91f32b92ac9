"""A walk that ends where it began and passes as much as it can within a length.

For a visit of 15 minutes at 4 km/h the walk is at most 1,000 m; a street counts once,
however often it is walked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.core.budget import checkpoint
from hotspots.core.errors import ParameterError, PlanError
from hotspots.core.types import Floats, Ints
from hotspots.optimise.loops.exact import solve_loop
from hotspots.optimise.loops.network import Network, Reach, reach
from hotspots.optimise.loops.search import search_loop, worth_of

DEFAULT_MAX_M = 1000.0
"""15 minutes at 4 km/h."""
N_ROUNDS = 400
SAMPLE_M = 10.0
N_ROOTS, N_TRIAL_ROUNDS, N_TRIALS = 5, 24, 6
"""Starts that are tried where nobody says where to begin, and how long each."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Loop:
    """A closed walk.

    ``nodes`` (k + 1,), int64: nodes in walking order; the first is also the last.
    ``edges`` (k,), int64: streets in walking order.
    ``length_m``: metres.
    ``prize``: of the streets walked, each once.
    ``bound``: no closed walk from the same node within the same length collects more.
    ``how``: how it was found, in words.
    """

    nodes: Ints
    edges: Ints
    length_m: float
    prize: float
    bound: float
    how: str

    @property
    def gap(self) -> float:
        """By what share of the bound the walk can at most be worse than the best."""
        return max(0.0, 1 - self.prize / self.bound) if self.bound > 0 else 0.0

    def line(self, graph: Any) -> Any:
        """Return the walk on the map.

        Returns shapely LineString, EPSG:27700: closed.
        """
        forwards = graph.edges[self.edges, 0] == self.nodes[:-1]
        parts = [
            shapely.get_coordinates(line)[:: 1 if ahead else -1]
            for line, ahead in zip(graph.lines[self.edges], forwards, strict=True)
        ]
        joined = [parts[0][:1], *(part[1:] for part in parts)]
        return shapely.LineString(np.concatenate(joined))


def edge_prizes(
    graph: Network, density_at: Callable[[Floats], Floats], *, step_m: float = SAMPLE_M
) -> Floats:
    """Integrate a density along each street.

    ``step_m``: metres; at least one sample in each such length, in its middle.

    Returns (m,): incidents a km2, times km walked.

    Raises ParameterError if the step is not above 0.
    """
    if not step_m > 0:
        raise ParameterError(
            f"the step between samples must be above 0 m; got {step_m:g}. Use 10."
        )
    length_m = np.asarray(graph.length_m)
    if not len(length_m):
        return np.empty(0)
    n_samples = np.maximum(1, np.ceil(length_m / step_m)).astype(np.int64)
    edge = np.repeat(np.arange(len(length_m)), n_samples)
    first = np.repeat(np.cumsum(n_samples) - n_samples, n_samples)
    share = (np.arange(len(edge)) - first + 0.5) / n_samples[edge]
    lines = graph.lines[edge]  # type: ignore[attr-defined]
    points = shapely.line_interpolate_point(lines, share, normalized=True)
    values = np.asarray(density_at(shapely.get_coordinates(points)), dtype=np.float64)
    mean = np.bincount(edge, values, minlength=len(length_m)) / n_samples
    return np.asarray(mean * length_m / 1000)


def best_loop(
    graph: Network,
    prizes: npt.ArrayLike,
    *,
    max_m: float = DEFAULT_MAX_M,
    root: int | None = None,
    rng: np.random.Generator | None = None,
    exact: bool = False,
    time_limit_s: float | None = 10.0,
    n_nodes: int | None = None,
    n_rounds: int = N_ROUNDS,
) -> Loop:
    """Find a closed walk that collects the most prize within a length.

    ``prizes``: array-like of shape (m,); what it is worth to walk each street, 0 or
    more; see :func:`edge_prizes`.
    ``max_m``: metres; longest walk.

    References
    ----------
    As :func:`hotspots.optimise.loops.search.search_loop` and
    :func:`hotspots.optimise.loops.exact.solve_loop`.
    """
    prize = _checked(graph, prizes, max_m=max_m, root=root)
    rng = np.random.default_rng(1) if rng is None else rng
    if root is None:
        area = _best_start(graph, prize, max_m=max_m, rng=rng)
    else:
        area = reach(graph, prize, root=root, max_m=max_m)
    _check_any(area)
    streets = search_loop(area, rng=rng, n_rounds=n_rounds)
    bound = area.knapsack_bound()
    how = f"heuristic (insertion, then {n_rounds} rounds of ruin and recreate)"
    if exact:
        solved = solve_loop(area, time_limit_s=time_limit_s, n_nodes=n_nodes)
        bound = min(bound, solved.bound)
        if solved.streets is not None and worth_of(area, solved.streets) > worth_of(
            area, streets
        ):
            streets = solved.streets
        how = _how(solved.proven, worth_of(area, streets), bound)
    if root is None:
        how += f"; the start is the best of {N_ROOTS} tried"
    return _loop(area, streets, bound=bound, how=how)


def _how(proven: bool, worth: float, bound: float) -> str:
    if proven or worth >= bound * (1 - 1e-6):
        return "proven best from its start (mixed-integer program)"
    return (
        f"best found, at most {1 - worth / bound:.1%} below the best from its start "
        "(mixed-integer program, not proven: it was stopped)"
    )


def _checked(
    graph: Network, prizes: npt.ArrayLike, *, max_m: float, root: int | None
) -> Floats:
    prize = np.asarray(prizes, dtype=np.float64)
    if prize.shape != graph.length_m.shape:
        raise ParameterError(
            f"prizes must be one for each of the {len(graph.length_m):,} streets; got "
            f"an array of shape {prize.shape}. Make them with edge_prizes."
        )
    if not (np.isfinite(prize) & (prize >= 0)).all():
        raise ParameterError(
            "prizes must be finite numbers, 0 or more; some are not. Make them with "
            "edge_prizes."
        )
    if not (np.isfinite(max_m) and max_m > 0):
        raise ParameterError(
            f"the longest walk must be above 0 m; got {max_m:g}. 1,000 m is 15 minutes."
        )
    if not len(prize):
        raise PlanError(
            "a loop needs streets; the network has none here. Use a larger area or "
            "another street file."
        )
    known = getattr(graph, "n_nodes", 0)
    n_nodes = max(int(graph.edges.max()) + 1, int(known))
    if root is not None and not 0 <= root < n_nodes:
        raise ParameterError(
            f"the root must be a node from 0 to {n_nodes - 1}; got {root}. Find it "
            "with nearest_node."
        )
    return prize


def _check_any(area: Reach) -> None:
    if not (area.prize > 0).any():
        raise PlanError(
            "a loop must pass at least one street with a prize; none can be walked "
            f"there and back within {area.max_m:,.0f} m. Allow a longer walk, begin "
            "elsewhere or use a larger area."
        )


def _loop(area: Reach, streets: list[int], *, bound: float, how: str) -> Loop:
    """Return the walk in the numbers of the whole network."""
    nodes = [area.root]
    for street in streets:
        a, b = area.edges[street].tolist()
        nodes.append(b if a == nodes[-1] else a)
    return Loop(
        nodes=area.nodes[nodes],
        edges=area.edge_ids[streets],
        length_m=float(area.length_m[streets].sum()),
        prize=worth_of(area, streets),
        bound=bound,
        how=how,
    )


def _best_start(
    graph: Network, prize: Floats, *, max_m: float, rng: np.random.Generator
) -> Reach:
    """Return what is within reach of the best of a few starts, briefly searched."""
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
        checkpoint()
        node = int(np.argmax(score))
        if score[node] <= 0:
            break
        chosen.append(node)
        beside = np.concatenate([a[b == node], b[a == node], [node]])
        score[beside] = 0
    return chosen
