"""Every small compact area worth at least a threshold, and which exclude which."""

from __future__ import annotations

from typing import Any

import numpy as np

from hotspots.core.types import Floats, Ints
from hotspots.optimise.compact.solve import Ground

LARGEST_LISTED = 6
"""Cells in an area that can still be listed."""
MAX_COLUMNS = 60_000


def list_areas(ground: Ground, threshold: float) -> Ints | None:
    """Return every set of adjoining cells worth at least a threshold.

    Returns (c, max_cells): rising positions, then -1; None where there are more than
    60,000.

    Each set is grown from its heaviest cell (ties: the lower position) and given up
    once even its best completion stays below the threshold.
    """
    weights, neighbours = ground.weights, ground.neighbours
    max_cells = ground.max_cells
    usable = np.where(ground.excluded, -1.0, weights)
    first = np.flatnonzero(usable * max_cells >= threshold)
    rows, kept = first[:, None], []
    near_most = [np.maximum(usable, 0.0)]
    for _ in range(max_cells - 1):
        near_most.append(_widened(near_most[-1], neighbours))
    for size in range(1, max_cells + 1):
        left = max_cells - size
        heaviest = weights[rows].max(axis=1) if len(rows) else np.zeros(0)
        reach = near_most[left][rows].max(axis=1) if len(rows) else np.zeros(0)
        most = weights[rows].sum(axis=1) + left * np.minimum(heaviest, reach)
        rows = rows[most >= threshold]
        if size >= ground.min_cells and len(rows):
            worth = ground.values(rows) >= threshold
            full = np.full((int(worth.sum()), max_cells), -1, dtype=np.int64)
            full[:, :size] = rows[worth]
            kept.append(full)
        if sum(map(len, kept)) + len(rows) > MAX_COLUMNS:
            return None
        if size < max_cells:
            rows = _grown(rows, usable, neighbours)
    return np.concatenate(kept) if kept else np.empty((0, max_cells), dtype=np.int64)


def _widened(values: Floats, neighbours: Ints) -> Floats:
    """Return the largest value of each cell and those around it."""
    around = np.where(neighbours >= 0, values[neighbours], 0.0)
    return np.asarray(np.maximum(values, around.max(axis=1)))


def _grown(rows: Ints, usable: Floats, neighbours: Ints) -> Ints:
    """Return each set with one more adjoining cell, none heavier than its heaviest."""
    n = rows.shape[1]
    if not len(rows):
        return np.empty((0, n + 1), dtype=np.int64)
    near = neighbours[rows].reshape(len(rows), -1)
    at = np.repeat(np.arange(len(rows)), near.shape[1])
    more = near.ravel()
    top = usable[rows].max(axis=1)
    lead = np.where(usable[rows] == top[:, None], rows, len(usable)).min(axis=1)
    weight = usable[more]
    lighter = (weight < top[at]) | ((weight == top[at]) & (more > lead[at]))
    good = (more >= 0) & (weight >= 0) & lighter
    good &= ~(rows[at] == more[:, None]).any(axis=1)
    sets = np.sort(np.column_stack([rows[at[good]], more[good]]), axis=1)
    return _distinct(sets)


def _distinct(sets: Ints) -> Ints:
    if not len(sets):
        return sets
    order = np.lexsort(sets.T[::-1])
    sets = sets[order]
    new = np.r_[True, (sets[1:] != sets[:-1]).any(axis=1)]
    return np.asarray(sets[new])


def conflict_table(rows: Ints, neighbours: Ints, *, apart: bool) -> Any:
    """Return one row for each cell, or corner, that at most one area may touch.

    ``rows`` (c, n): as :func:`list_areas` gives them. ``neighbours``: shape (m, 6).
    Returns (r, c): 1 where the area touches.
    """
    from scipy.sparse import csr_array

    column, slot = np.nonzero(rows >= 0)
    cell = rows[column, slot]
    if apart:
        corners = _corners(np.unique(cell), neighbours)
        order = np.argsort(corners.ravel(), kind="stable")
        sorted_cells = corners.ravel()[order]
        low = np.searchsorted(sorted_cells, cell, "left")
        high = np.searchsorted(sorted_cells, cell, "right")
        count = high - low
        step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        line = order[np.repeat(low, count) + step] // 3
        column = np.repeat(column, count)
    else:
        line = cell
    used = np.flatnonzero(np.bincount(line))
    line = np.searchsorted(used, line)
    shape = (len(used), len(rows))
    table = csr_array((np.ones(len(line)), (line, column)), shape=shape)
    table.sum_duplicates()  # an area can touch a corner with two of its cells
    table.data[:] = 1.0
    return table


def _corners(cells: Ints, neighbours: Ints) -> Ints:
    """Return the triples of mutually adjoining cells, and pairs that are in none."""
    at, slot = np.nonzero(neighbours[cells] >= 0)
    one, two = cells[at], neighbours[cells[at], slot]
    shared = neighbours[one][:, :, None] == neighbours[two][:, None, :]
    shared &= neighbours[one][:, :, None] >= 0
    edge, first, _ = np.nonzero(shared)
    triples = np.column_stack([one[edge], two[edge], neighbours[one[edge], first]])
    alone = ~np.isin(np.arange(len(one)), edge)
    pairs = np.column_stack([one[alone], two[alone], two[alone]])
    single = np.column_stack([cells, cells, cells])
    return _distinct(np.sort(np.concatenate([triples, pairs, single]), axis=1))
