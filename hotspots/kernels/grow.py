"""Grow contiguous clusters of cells around peaks: the kernel under hotspots."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from hotspots.core.types import Ints
from hotspots.kernels.jit import njit, use_compiled


def grow_clusters(
    counts: npt.NDArray[np.float64],
    neighbours: Ints,
    seeds: Ints,
    *,
    n_clusters: int,
    min_cells: int,
    max_cells: int,
    n_tried: int,
    least_gain: float,
    gap: bool,
) -> Ints:
    """Return up to ``n_clusters`` sets of adjoining cells with the largest counts.

    Each round grows a cluster from each of the ``n_tried`` highest free seeds, adding
    the free neighbour with the largest count (ties: the one that touches most cells
    already in, then the lower position) among those that touch the seed or two cells
    already in, so that the shape stays compact, until
    ``max_cells``, or from ``min_cells`` on until the best neighbour would add less than
    ``least_gain`` of what is there. The cluster with the largest total is kept (ties:
    the smaller, then the earlier seed) and its cells, and with ``gap`` their
    neighbours, are closed.

    ``counts`` (m,).
    ``neighbours`` (m, 6), int64: positions, -1 where there is none.
    ``seeds`` (s,), int64: positions to start from, largest count first.

    Returns (n_clusters, max_cells), int64: positions, -1 where there is none.
    """
    work: Any = _grow if use_compiled() else _grow_python
    return np.asarray(
        work(
            np.ascontiguousarray(counts, dtype=np.float64),
            neighbours,
            seeds,
            n_clusters,
            min_cells,
            max_cells,
            n_tried,
            least_gain,
            gap,
        )
    )


def _grow_python(
    counts: Any,
    neighbours: Any,
    seeds: Any,
    n_clusters: int,
    min_cells: int,
    max_cells: int,
    n_tried: int,
    least_gain: float,
    gap: bool,
) -> Any:
    n_near = neighbours.shape[1]
    closed = np.zeros(len(counts), dtype=np.bool_)
    member = np.zeros(len(counts), dtype=np.int64)
    result = np.full((n_clusters, max_cells), -1, dtype=np.int64)
    trial = np.empty(max_cells, dtype=np.int64)
    best = np.empty(max_cells, dtype=np.int64)
    stamp = 0
    for cluster in range(n_clusters):
        best_total, best_size, tried = 0.0, 0, 0
        for s in range(len(seeds)):
            if tried == n_tried:
                break
            if closed[seeds[s]]:
                continue
            tried += 1
            stamp += 1
            trial[0] = seeds[s]
            member[seeds[s]] = stamp
            size, total = 1, counts[seeds[s]]
            while size < max_cells:
                chosen, gain, held = -1, -1.0, 0
                for k in range(size):
                    for j in range(n_near):
                        cell = neighbours[trial[k], j]
                        if cell < 0 or closed[cell] or member[cell] == stamp:
                            continue
                        if counts[cell] < gain:
                            continue
                        touching = 0
                        by_seed = False
                        for i in range(n_near):
                            near = neighbours[cell, i]
                            if near >= 0 and member[near] == stamp:
                                touching += 1
                                by_seed = by_seed or near == trial[0]
                        if touching < 2 and not by_seed:
                            continue
                        closer = touching > held or (touching == held and cell < chosen)
                        if counts[cell] > gain or closer:
                            chosen, gain, held = cell, counts[cell], touching
                if chosen < 0:
                    break
                if size >= min_cells and (gain <= 0 or gain < least_gain * total):
                    break
                trial[size] = chosen
                member[chosen] = stamp
                total += gain
                size += 1
            fewer = total == best_total and size < best_size
            if size >= min_cells and (total > best_total or fewer):
                best_total, best_size = total, size
                best[:size] = trial[:size]
        if best_size == 0:
            break
        result[cluster, :best_size] = best[:best_size]
        for k in range(best_size):
            closed[best[k]] = True
        if gap:
            for k in range(best_size):
                for j in range(n_near):
                    if neighbours[best[k], j] >= 0:
                        closed[neighbours[best[k], j]] = True
    return result


_grow = njit(_grow_python)
