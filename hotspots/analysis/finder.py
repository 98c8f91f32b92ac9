"""From a count per cell to ranked, contiguous places, and how sure their rank is."""

from __future__ import annotations

import heapq
from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from hotspots.core.errors import ParameterError
from hotspots.core.options import check_fields, option
from hotspots.core.types import Floats, Ints
from hotspots.kernels.grow import grow_clusters
from hotspots.model.cells import Cells

SMALLEST_HA, LARGEST_HA = 4.0, 7.0
"""A visit of 15 minutes covers so much on foot."""
CELL_HA = {8: 65.2, 9: 9.32, 10: 1.331, 11: 0.1902}
"""Area of a cell in the middle of England, to choose how many make a place."""
TRIED = 24
"""Peaks that are tried as the beginning of each walkable place."""
MANY = 20_000
"""With more cells than that, those that no resample can tell apart are drawn as one."""
NEVER = 1e-9
"""The chance, at most, that a resample would have told one of them apart."""


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """Positions of contiguous cells, their total, and the stability of their rank."""

    positions: Ints
    total: float
    stability: float


@dataclass(frozen=True, kw_only=True)
class PlaceRule(ABC):
    """How cells become places: a rule grows them, resamples say how sure they are."""

    n_hotspots: int = option(10, help="How many places at most.", ge=1, le=100)
    resamples: int = option(200, help="Resamples for the stability.", ge=0, le=10_000)

    def __post_init__(self) -> None:
        check_fields(self)

    @abstractmethod
    def most_cells(self, resolution: int) -> int:
        """Return the most cells of a place at a resolution."""

    @abstractmethod
    def n_peaks(self, resolution: int) -> int:
        """Return how many of the fullest cells may begin a place."""

    @abstractmethod
    def grow(self, counts: Floats, cells: Cells, filled: Ints) -> list[Ints]:
        """Return the positions of each place's cells; ``filled`` are those above 0."""

    def find(
        self,
        counts: Floats,
        cells: Cells,
        *,
        rng: np.random.Generator | None = None,
        stability: bool = True,
    ) -> list[Cluster]:
        """Return the places, largest count first.

        ``counts`` (m,): incidents per cell, in the order of ``cells.ids``.
        ``stability``: whether to draw the resamples; nan without.

        Raises ParameterError if there is not one count for every cell.
        """
        if counts.shape != (len(cells),):
            raise ParameterError(
                f"there must be one count for each of {len(cells)} cells; got shape "
                f"{counts.shape}."
            )
        filled = np.flatnonzero(counts > 0)
        found = self.grow(counts, cells, filled)
        order = sorted(
            range(len(found)), key=lambda k: (-counts[found[k]].sum(), found[k][0])
        )
        places = [found[k] for k in order]
        stays = np.full(len(places), np.nan)
        if stability:
            stays = self._stability(places, counts, cells, filled, rng)
        return [
            Cluster(positions=p, total=float(counts[p].sum()), stability=float(s))
            for p, s in zip(places, stays, strict=True)
        ]

    def _stability(
        self,
        places: list[Ints],
        counts: Floats,
        cells: Cells,
        filled: Ints,
        rng: np.random.Generator | None,
    ) -> Floats:
        """Return the share of resamples in which half of each place is found again."""
        stays = np.zeros(len(places))
        total = int(counts.sum())
        if not places or not self.resamples or not total:
            return np.full(len(places), np.nan)
        random = rng or np.random.default_rng(20250614)
        apart = self._drawn_apart(counts, cells, filled)
        share = counts[apart] / counts[filled].sum()
        if len(apart) < len(filled):
            share = np.append(share, 1 - share.sum())
        drawn = np.zeros(len(cells))
        for _ in range(self.resamples):
            drawn[apart] = random.multinomial(total, share)[: len(apart)]
            top = np.zeros(len(cells), dtype=bool)
            for cluster in self.grow(drawn, cells, apart):
                top[cluster] = True
            stays += [2 * top[place].sum() >= len(place) for place in places]
        return stays / self.resamples

    def _drawn_apart(self, counts: Floats, cells: Cells, filled: Ints) -> Ints:
        """Return the cells to draw one by one: the rest together is one draw more.

        Left out is what no resample puts among the peaks or beside one. The last peak
        holds ``least``, unless half of twice as many cells are drawn a deviation low;
        how likely an emptier cell is drawn so full is bounded by Bernstein.
        """
        n = max(2 * self.n_peaks(cells.resolution), 100)
        if len(filled) <= max(MANY, n):
            return filled
        held = counts[filled]
        fullest = np.partition(held, -n)[-n]
        least = fullest - np.sqrt(fullest)
        more = np.maximum(least - held, 0)
        reached = np.exp(-(more**2) / (2 * (held + more / 3)))
        peak = reached * len(filled) * self.resamples > NEVER
        near = np.zeros(len(cells), dtype=bool)
        near[filled[peak]] = True
        for _ in range(self.most_cells(cells.resolution)):
            near[cells.neighbour_table[near]] = True  # -1: one cell too many
        return filled[near[filled]]


@dataclass(frozen=True, kw_only=True)
class HotspotRule(PlaceRule):
    """How cells become hotspots.

    The fullest cell is taken, then the next, whether it joins a place or begins one;
    once there are ``n_hotspots`` places, only what adjoins them, as long as all places
    together hold nearly as much as the fullest single cells of the same area. So no
    cell is there for the shape's sake: none is empty, a place has as few cells as
    hold its incidents, and two places may touch where one would be too large to walk.

    Raises ParameterError if a field is impossible.

    Notes
    -----
    Places of three to five cells, a cell apart, cost about a quarter of what the
    fullest single cells of the same area catch later; these cost 0 to 1%, over 491
    districts that had no part in the choice (``docs/methods/truth.md``).
    """

    max_cells: int = option(
        0, help="Most cells in a place; 0 is what makes 7 ha.", ge=0, le=50
    )
    max_price: float = option(
        0.01,
        help="Share of incidents that places may hold less than the fullest single "
        "cells of the same area.",
        ge=0,
        le=1,
    )
    floor_per_year: float = option(
        36, help="Fewer incidents a year than this is flagged.", ge=0
    )

    def most_cells(self, resolution: int) -> int:
        """Return the most cells of a place at a resolution."""
        return self.max_cells or max(1, round(LARGEST_HA / CELL_HA[resolution]))

    def n_peaks(self, resolution: int) -> int:
        """Return as many as all places together may hold, and one."""
        return self.n_hotspots * self.most_cells(resolution) + 1

    def grow(self, counts: Floats, cells: Cells, filled: Ints) -> list[Ints]:
        """Return the places, each as the cells taken into it."""
        most = self.most_cells(cells.resolution)
        order = _peaks(counts, filled, self.n_peaks(cells.resolution))
        grown = _Growth(counts, cells.neighbour_table, most)
        best = np.cumsum(counts[order])
        for n_taken in range(len(order)):
            may_begin = len(grown.places) < self.n_hotspots
            cell = grown.next_cell(order, may_begin=may_begin)
            if cell is None:
                break
            held = grown.total + counts[cell]
            if not may_begin and held < (1 - self.max_price) * best[n_taken] - 1e-9:
                break
            grown.take(cell)
        return [np.sort(np.array(place)) for place in grown.places]


@dataclass(frozen=True, kw_only=True)
class WalkableRule(PlaceRule):
    """Places that one visit on foot can cover: 4 to 7 ha, at least a cell apart.

    Seeds at peaks and grows compactly: a cell joins if it touches the seed or two cells
    already in. Such a place may hold empty cells and costs about a quarter of what the
    fullest single cells of the same area catch: it is for going there, not for ranking.
    """

    def most_cells(self, resolution: int) -> int:
        """Return the most cells of a place at a resolution."""
        return max(1, round(LARGEST_HA / CELL_HA[resolution]))

    def n_peaks(self, resolution: int) -> int:
        """Return enough for each place to have others within a cell of it."""
        return self.n_hotspots * self.most_cells(resolution) * 7 + TRIED

    def grow(self, counts: Floats, cells: Cells, filled: Ints) -> list[Ints]:
        """Return the places, as :func:`hotspots.kernels.grow.grow_clusters` does."""
        rows = grow_clusters(
            counts,
            cells.neighbour_table,
            _peaks(counts, filled, self.n_peaks(cells.resolution)),
            n_clusters=self.n_hotspots,
            min_cells=max(1, round(SMALLEST_HA / CELL_HA[cells.resolution])),
            max_cells=self.most_cells(cells.resolution),
            n_tried=TRIED,
            least_gain=0.05,
            gap=True,
        )
        return [np.sort(row[row >= 0]) for row in rows if row[0] >= 0]


class _Growth:
    """Places as they grow, and the free cells that adjoin them, fullest first."""

    def __init__(self, counts: Floats, neighbours: Ints, most: int) -> None:
        self.counts, self.neighbours, self.most = counts, neighbours, most
        self.places: list[list[int]] = []
        self.total = 0.0
        self._owner: dict[int, int] = {}
        self._beside: list[tuple[float, int]] = []
        self._at = 0

    def next_cell(self, order: Ints, *, may_begin: bool) -> int | None:
        """Return the fullest free cell that may be taken; at a tie one that joins."""
        while self._at < len(order) and int(order[self._at]) in self._owner:
            self._at += 1
        while self._beside and not self._joins(self._beside[0][1]):
            heapq.heappop(self._beside)
        joins = self._beside[0][1] if self._beside else None
        if not may_begin or self._at == len(order):
            return joins
        fullest = int(order[self._at])
        tied = joins is not None and self.counts[joins] >= self.counts[fullest]
        return joins if tied else fullest

    def take(self, cell: int) -> None:
        """Put a cell into the fullest place beside it with room, or begin one."""
        beside = self._places_beside(cell)
        home = (
            max(beside, key=lambda k: (self.counts[self.places[k]].sum(), -k))
            if beside
            else len(self.places)
        )
        if not beside:
            self.places.append([])
        self.places[home].append(cell)
        self._owner[cell] = home
        self.total += float(self.counts[cell])
        for near in self.neighbours[cell].tolist():
            if near >= 0 and near not in self._owner and self.counts[near] > 0:
                heapq.heappush(self._beside, (-float(self.counts[near]), near))

    def _joins(self, cell: int) -> bool:
        return cell not in self._owner and bool(self._places_beside(cell))

    def _places_beside(self, cell: int) -> set[int]:
        near = self.neighbours[cell].tolist()
        owners = {self._owner[other] for other in near if other in self._owner}
        return {k for k in owners if len(self.places[k]) < self.most}


def price_of_shape(counts: Floats, places: list[Ints]) -> float:
    """Return the share by which places hold less than single cells of the same area."""
    held = sum(float(counts[place].sum()) for place in places)
    n_cells = sum(len(place) for place in places)
    best = float(np.partition(counts, -n_cells)[-n_cells:].sum()) if n_cells else 0.0
    return 1 - held / best if best else 0.0


def _peaks(counts: Floats, filled: Ints, n: int) -> Ints:
    """Return the positions of the ``n`` largest counts above 0, ties by position."""
    values = counts[filled]
    if n < len(filled):
        cut = max(np.partition(values, len(values) - n)[len(values) - n], 1e-300)
        kept = np.flatnonzero(values >= cut)
    else:
        kept = np.flatnonzero(values > 0)
    order = np.lexsort((kept, -values[kept]))
    return np.asarray(filled[kept[order][:n]], dtype=np.int64)
