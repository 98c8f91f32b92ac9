"""Compact areas: a few sets of adjoining cells that hold as much demand as they can.

The same unit as a hotspot (three to five cells of H3 resolution 10, 4 to 7 ha), grown
by the same kernel, then improved: a cell is added, dropped or swapped, or a whole area
moved, as long as the demand met, less a penalty for a ragged outline, rises.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from hotspots.core.budget import checkpoint
from hotspots.core.errors import ParameterError
from hotspots.core.types import Bools, Floats, Ints
from hotspots.kernels.grow import grow_clusters
from hotspots.optimise.compact.shape import area_values, connected

N_TRIED = 24
RINGS_NEAR = 5
CLOSED = -2.0
"""The kernel never takes a cell of this weight: its search starts from -1."""


@dataclass(frozen=True, kw_only=True)
class CompactAreas:
    """Disjoint areas of adjoining cells, the most valuable first.

    ``areas``: tuple of ndarray of int64; positions of the cells of each area, rising.
    ``values`` (k,): demand of each area less its penalty.
    ``how``: how they were found, in words.
    """

    areas: tuple[Ints, ...]
    values: Floats
    how: str

    @property
    def value(self) -> float:
        """Sum of the values."""
        return float(self.values.sum())


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What areas are made of and what they must keep to; checked once.

    ``weights`` (m,): demand of each cell, 0 or more, in any unit.
    ``neighbours`` (m, 6), int64: positions of adjoining cells, -1 where there is none.
    ``n_areas``: at most so many areas.
    ``penalty``: lost for each contact that an area has fewer than the most compact of
    its size.
    ``apart``: keep at least one cell between areas.
    ``excluded``: ndarray of bool, shape (m,); cells that no area may hold; default
    none.

    Raises ParameterError if numbers, sizes, penalty or weights are impossible.
    """

    weights: Floats
    neighbours: Ints
    n_areas: int
    min_cells: int = 3
    max_cells: int = 5
    penalty: float = 0.0
    apart: bool = True
    excluded: Bools = field(default_factory=lambda: np.zeros(0, dtype=bool))

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", np.asarray(self.weights, dtype=np.float64))
        if not len(self.excluded):
            object.__setattr__(
                self, "excluded", np.zeros(len(self.weights), dtype=bool)
            )
        if self.n_areas < 1:
            raise ParameterError(f"n_areas must be at least 1; got {self.n_areas}.")
        if not 1 <= self.min_cells <= self.max_cells:
            raise ParameterError(
                "min_cells must be at least 1 and at most max_cells; got "
                f"{self.min_cells} and {self.max_cells}."
            )
        bad = ~np.isfinite(self.weights) | (self.weights < 0)
        if bad.any() or len(self.weights) != len(self.neighbours):
            raise ParameterError(
                "weights must be one finite number, 0 or more, for each of the "
                f"{len(self.neighbours):,} cells; got {len(self.weights):,}, "
                f"{int(bad.sum()):,} of them impossible."
            )
        if not (math.isfinite(self.penalty) and self.penalty >= 0):
            raise ParameterError(f"penalty must be at least 0; got {self.penalty!r}.")

    def closed_by(self, areas: list[Ints]) -> Bools:
        """Say which cells a further area may not hold."""
        closed = self.excluded.copy()
        for area in areas:
            closed[area] = True
            if self.apart:
                near = self.neighbours[area].ravel()
                closed[near[near >= 0]] = True
        return closed

    def values(self, rows: Ints) -> Floats:
        """Return demand less penalty of many areas, shape (c,); -1 fills a row up."""
        return area_values(rows, self.weights, self.neighbours, self.penalty)

    def value_of(self, area: Ints) -> float:
        """Return demand less penalty of one area."""
        return float(self.values(area[None, :])[0])


def best_areas(
    ground: Ground, *, n_tries: int = 20, rng: np.random.Generator
) -> CompactAreas:
    """Return up to ``n_areas`` compact areas that together hold the most demand.

    Notes
    -----
    Grow, then improve by adding, dropping and swapping cells and by moving one area at
    a time, until nothing helps; then ruin and recreate. A heuristic: see
    :func:`hotspots.optimise.compact.proof.prove_areas` for a proof.

    References
    ----------
    The boundary penalty stands for the Polsby-Popper ratio of area to squared outline:
    among sets of as many hexagons the outline shrinks by two sides a contact. The most
    contacts of n hexagons: Harary, F. and Harborth, H. (1976), "Extremal animals",
    Journal of Combinatorics, Information and System Sciences 1, 1-8.
    """
    best = _grow(ground, ground.weights, ground.n_areas, ground.excluded)
    best = _improve(ground, best)
    for _ in range(n_tries if best else 0):
        checkpoint()
        areas = _ruined(ground, best, rng)
        if _total(ground, areas) > _total(ground, best) + 1e-9:
            best = areas
    how = f"grow and swap, {n_tries} times partly grown again"
    return ranked_areas(ground, best, how)


def grow_areas(ground: Ground) -> CompactAreas:
    """Return areas by growth alone, one after the other: fast, for resamples."""
    areas = _grow(ground, ground.weights, ground.n_areas, ground.excluded)
    return ranked_areas(ground, areas, "grown one after the other")


def _grow(ground: Ground, weights: Floats, n: int, closed: Bools) -> list[Ints]:
    free = np.where(closed, CLOSED, weights)
    filled = np.flatnonzero(free > 0)
    order = filled[np.lexsort((filled, -free[filled]))]
    rows = grow_clusters(
        free,
        ground.neighbours,
        order[: n * ground.max_cells * 7 + N_TRIED],
        n_clusters=n,
        min_cells=ground.min_cells,
        max_cells=ground.max_cells,
        n_tried=N_TRIED,
        least_gain=0.0,
        gap=ground.apart,
    )
    return [np.sort(row[row >= 0]) for row in rows if row[0] >= 0]


def _ruined(ground: Ground, areas: list[Ints], rng: np.random.Generator) -> list[Ints]:
    """Take away one to three areas near to each other, grow again, improve."""
    first = int(rng.integers(len(areas)))
    reach = areas[first]
    for _ in range(RINGS_NEAR):
        reach = _around(ground.neighbours, reach)
    near = [k for k in range(len(areas)) if np.isin(areas[k], reach).any()]
    gone = set(rng.permutation(near)[: rng.integers(1, 4)].tolist())
    kept = [area for k, area in enumerate(areas) if k not in gone]
    lift = 1 + 0.5 * rng.random(len(ground.weights))
    closed = ground.closed_by(kept)
    fresh = _grow(ground, ground.weights * lift, ground.n_areas - len(kept), closed)
    return _improve(ground, kept + fresh)


def _around(neighbours: Ints, cells: Ints) -> Ints:
    near = np.unique(np.concatenate([cells, neighbours[cells].ravel()]))
    return np.asarray(near[near >= 0])


def _total(ground: Ground, areas: list[Ints]) -> float:
    return sum(ground.value_of(area) for area in areas)


def _improve(ground: Ground, areas: list[Ints]) -> list[Ints]:
    """Swap and move until nothing helps, or twenty rounds."""
    for _ in range(20):
        before = _total(ground, areas)
        for k in range(len(areas)):
            others = areas[:k] + areas[k + 1 :]
            closed = ground.closed_by(others)
            areas[k] = _swapped(ground, areas[k], closed)
            for moved in _grow(ground, ground.weights, 1, closed):
                moved = _swapped(ground, moved, closed)
                if ground.value_of(moved) > ground.value_of(areas[k]) + 1e-9:
                    areas[k] = moved
        if len(areas) < ground.n_areas:
            more = _grow(ground, ground.weights, 1, ground.closed_by(areas))
            areas = areas + more
        if _total(ground, areas) <= before + 1e-9:
            break
    return areas


def _swapped(ground: Ground, area: Ints, closed: Bools) -> Ints:
    """Add, drop or swap one cell at a time while the value rises."""
    value = ground.value_of(area)
    while True:
        checkpoint()
        rows = _moves(ground, area, closed)
        rows = rows[connected(rows, ground.neighbours)] if len(rows) else rows
        if not len(rows):
            return area
        values = ground.values(rows)
        best = int(np.argmax(values))
        if values[best] <= value + 1e-9:
            return area
        area, value = np.sort(rows[best][rows[best] >= 0]), float(values[best])


def _moves(ground: Ground, area: Ints, closed: Bools) -> Ints:
    """Return every set one step away, shape (c, max_cells), filled up with -1."""
    n = len(area)
    near = np.unique(ground.neighbours[area])
    near = near[(near >= 0) & ~closed[np.maximum(near, 0)] & ~np.isin(near, area)]
    without = np.array([np.delete(area, k) for k in range(n)]).reshape(n, n - 1)
    found = []
    if n > ground.min_cells:
        found.append(without)
    if len(near):
        left = np.repeat(without, len(near), axis=0)
        found.append(np.column_stack([left, np.tile(near, n)]))
        if n < ground.max_cells:
            found.append(np.column_stack([np.tile(area, (len(near), 1)), near]))
    rows = np.full((sum(map(len, found)), ground.max_cells), -1, dtype=np.int64)
    start = 0
    for part in found:
        rows[start : start + len(part), : part.shape[1]] = part
        start += len(part)
    return rows


def ranked_areas(ground: Ground, areas: list[Ints], how: str) -> CompactAreas:
    """Return areas in order of their value."""
    values = [ground.value_of(area) for area in areas]
    order = sorted(range(len(areas)), key=lambda k: (-values[k], int(areas[k][0])))
    return CompactAreas(
        areas=tuple(areas[k] for k in order),
        values=np.array([values[k] for k in order], dtype=np.float64),
        how=how,
    )
