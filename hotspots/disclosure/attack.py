"""The attack that every release must stand: what its reader knows, and could work out.

A figure is safe while there is another world in which the same would be published. That
world differs from the true one by a move: one incident more, one fewer, or one in
another base cell. Sets are looked up in tables of true and false, one place for each
figure, cell or lane.
"""

from __future__ import annotations

import numpy as np

from hotspots.core.types import Bools, Floats, Ints
from hotspots.disclosure.figures import Figures, round_counts
from hotspots.disclosure.policy import Policy

NO_CELL = -1
"""Stands for no cell that gains, or loses, an incident."""

UNBOUNDED = np.iinfo(np.int64).max // 4

_TRIED_CELLS = 48
_PRICED_CELLS = 8
_LAST_RESORT = 1e9
"""Price of no longer taking the reader to know that a withheld figure is small."""

_NEVER = 1e13
"""Price of a figure that is out: above any sum of others, and still exact in sums."""


class Attack:
    """What a reader knows of each figure, and the moves that he would not see."""

    def __init__(self, figures: Figures, policy: Policy) -> None:
        self.figures = figures
        self.counts = figures.counts
        counts = self.counts
        small = counts < policy.min_count
        self.primary = small | figures.hidden
        _, low, high = round_counts(counts, policy)
        nothing, anything = np.zeros_like(low), np.full_like(high, UNBOUNDED)
        self.low = np.where(self.primary, nothing, low)
        self.high = np.where(
            self.primary, np.where(small, policy.min_count - 1, anything), high
        )
        self.shown = ~self.primary
        self.cells_of = figures.index_cells()
        self.n_loosened = 0
        self.up = np.ones(figures.n + 1, dtype=bool)
        self.down = self.up.copy()
        self.free_up = np.ones(len(figures.base), dtype=bool)
        self.free_down: Bools = figures.base > 0
        self._n_lanes = int(figures.lane.max(initial=0)) + 1
        self._small = np.append(self.primary, False)

    def publish(self, stage: int) -> None:
        """Let the reader have the figures of a stage: few can then differ unseen.

        Figures could be one more (``up``) or one fewer (``down``); cells, if all their
        figures could (``free_up``, ``free_down``).
        """
        new = np.flatnonzero(self.figures.stage == stage)
        self.up[new] = self.counts[new] + 1 <= self.high[new]
        self.down[new] = self.counts[new] - 1 >= self.low[new]
        self._set_free(self.cells_of_any(new))

    def loosen(self, figure: int) -> None:
        """Let a figure be any whole number from the reader's point of view."""
        self.n_loosened += 1
        self.low[figure], self.high[figure] = 0, UNBOUNDED
        self.up[figure], self.down[figure] = True, self.counts[figure] > 0
        self._set_free(self.cells_of(figure))

    def _set_free(self, cells: Ints) -> None:
        rows = self.figures.ancestors[cells]
        self.free_up[cells] = self.up[rows].all(axis=1)
        self.free_down[cells] = self.down[rows].all(axis=1)
        self.free_down[cells] &= self.figures.base[cells] > 0

    def cells_of_any(self, figures: Ints) -> Ints:
        """Return the base cells of some figures, in ascending order."""
        within = np.zeros(len(self.figures.base), dtype=bool)
        for figure in figures.tolist():
            within[self.cells_of(figure)] = True
        return np.flatnonzero(within)

    def crossed(self, plus: int, minus: int) -> tuple[Ints, Ints]:
        """Return the figures that a move raises and those that it lowers.

        Each is as long as a row of ancestors, and padded like one.
        """
        n, rows = self.figures.n, self.figures.ancestors
        nothing = np.full(rows.shape[1], n, dtype=np.int64)
        if plus == NO_CELL or minus == NO_CELL:
            return (
                nothing if plus == NO_CELL else rows[plus],
                nothing if minus == NO_CELL else rows[minus],
            )
        gains, losses = rows[plus], rows[minus]
        both = gains[self.marked(losses)[gains]]
        shared = self.marked(both)
        return np.where(shared[gains], n, gains), np.where(shared[losses], n, losses)

    def holds(self, plus: int, minus: int) -> bool:
        """Say whether a move leaves every figure inside what is published."""
        gains, losses = self.crossed(plus, minus)
        return bool(self.up[gains].all() and self.down[losses].all())

    def marked(self, figures: Ints) -> Bools:
        """Return a table to look figures up in: those given, and no padding."""
        marked = np.zeros(self.figures.n + 1, dtype=bool)
        marked[figures] = True
        marked[-1] = False
        return marked

    def search(self, figure: int) -> list[int] | None:
        """Look for one incident more, one fewer, or one moved across the edge."""
        cells = self.cells_of(figure)
        up, down = cells[self.free_up[cells]], cells[self.free_down[cells]]
        if up.size:
            return [int(up[0]), NO_CELL]
        if down.size:
            return [NO_CELL, int(down[0])]
        base = self.figures.base
        may = {False: self.down[figure], True: self.up[figure]}
        ways = [gains for gains, could in may.items() if could]
        if not ways:
            return None
        own = self._lanes_of(cells)
        order = np.argsort(-base[cells], kind="stable")
        for cell in cells[order][:_TRIED_CELLS].tolist():
            for gains in ways:
                if not gains and base[cell] == 0:
                    continue
                other = self._partner(cell, gains, own)
                if other is not None:
                    return [cell, other] if gains else [other, cell]
        return None

    def _lanes_of(self, cells: Ints) -> Bools:
        """Return a table to look lanes up in: those of given cells."""
        lanes = np.zeros(self._n_lanes, dtype=bool)
        lanes[self.figures.lane[cells]] = True
        return lanes

    def _usable(self, pool: Ints, mine: Ints, gains: bool, own: Bools) -> Ints:
        """Return the cells that may make up for a change in one of given ancestors."""
        if gains:
            pool = pool[self.figures.base[pool] > 0]
        small = self.marked(mine[self._small[mine]])
        usable = ~own[self.figures.lane[pool]]
        near = pool[~usable]
        usable[~usable] = ~small[self.figures.ancestors[near]].any(axis=1)
        return pool[usable]

    def _partner(self, cell: int, gains: bool, own: Bools) -> int | None:
        """Return a cell outside the figure that makes up for a change in one inside."""
        mine = self.figures.ancestors[cell]
        here, there = (self.up, self.down) if gains else (self.down, self.up)
        tight = mine[~here[mine]]
        pool = min((self.cells_of(a) for a in tight.tolist()), key=len)
        allowed = there.copy()
        allowed[mine] = True
        pool = pool[allowed[self.figures.ancestors[pool]].all(axis=1)]
        if pool.size:
            held = self.marked(tight)[self.figures.ancestors[pool]].sum(axis=1)
            pool = self._usable(pool[held == tight.size], mine, gains, own)
        return int(pool[0]) if pool.size else None

    def cheapest(self, figure: int, stage: int) -> tuple[int, int] | None:
        """Return the move that needs the fewest incidents withheld, if one can be."""
        mutable = ~self.shown | (self.figures.stage == stage)
        price = np.where(self.shown, self.counts, _LAST_RESORT)
        price = np.append(np.where(mutable, price, _NEVER), 0.0)
        gain, loss = np.where(self.up, 0, price), np.where(self.down, 0, price)
        rows, base = self.figures.ancestors, self.figures.base
        cells = self.cells_of(figure)
        own = self._lanes_of(cells)
        best, found = _NEVER, None
        for cell in cells[np.argsort(-base[cells], kind="stable")][:_PRICED_CELLS]:
            for inside, outside, gains in ((gain, loss, True), (loss, gain, False)):
                if not gains and base[cell] == 0:
                    continue
                others, cost = self._prices(rows[cell], inside, outside, gains, own)
                position = int(np.argmin(cost))
                if cost[position] < best:
                    best, other = float(cost[position]), int(others[position])
                    found = (int(cell), other) if gains else (other, int(cell))
        return found

    def _prices(
        self, mine: Ints, inside: Floats, outside: Floats, gains: bool, own: Bools
    ) -> tuple[Ints, Floats]:
        """Return what a change alone, and with each partner, would cost to allow."""
        tight = mine[inside[mine] > 0]
        pool = self._usable(self.cells_of_any(tight), mine, gains, own)
        alone = inside[mine].sum()
        added = outside.copy()
        added[mine] = -inside[mine]
        cost = alone + added[self.figures.ancestors[pool]].sum(axis=1)
        return np.append(NO_CELL, pool), np.append(alone, cost)
