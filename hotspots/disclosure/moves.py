"""The search for another world in which the same figures would be published.

Another world differs from the true one by a move: one incident more, one fewer, or one
in another base cell. Sets are looked up in tables of true and false, one place for
each figure, cell or lane.
"""

from __future__ import annotations

import numpy as np

from hotspots.core.types import Bools, Floats, Ints
from hotspots.disclosure.figures import Figures
from hotspots.disclosure.policy import Policy
from hotspots.disclosure.worlds import NO_CELL, Worlds

_TRIED_CELLS = 48
_PRICED_CELLS = 8
_LAST_RESORT = 1e9
"""Price of no longer taking the reader to know that a withheld figure is small."""

_NEVER = 1e13
"""Price of a figure that is out: above any sum of others, and still exact in sums."""


class Moves(Worlds):
    """The moves that change a figure and nothing that a reader could see."""

    def __init__(self, figures: Figures, policy: Policy) -> None:
        super().__init__(figures, policy)
        self._n_lanes = int(figures.lane.max(initial=0)) + 1
        self._small = np.append(self.primary, False)

    def search(self, figure: int) -> list[int] | None:
        """Look for one incident more, one fewer, or one moved across the edge."""
        cells = self.cells_of(figure)
        up, down = cells[self.free_up[cells]], cells[self.free_down[cells]]
        if up.size:
            return [int(up[0]), NO_CELL]
        if down.size:
            return [NO_CELL, int(down[0])]
        base = self.figures.base
        ways = [gains for gains in (False, True) if self._may(figure, gains)]
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

    def _may(self, figure: int, gains: bool) -> bool:
        """Say whether a figure could be one more, or one fewer, itself."""
        return bool((self.up if gains else self.down)[figure])

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
        self,
        mine: Ints,
        inside: Floats,
        outside: Floats,
        gains: bool,
        own: Bools,
    ) -> tuple[Ints, Floats]:
        """Return what a change alone, and with each partner, would cost to allow."""
        tight = mine[inside[mine] > 0]
        pool = self._usable(self.cells_of_any(tight), mine, gains, own)
        alone = inside[mine].sum()
        added = outside.copy()
        added[mine] = -inside[mine]
        cost = alone + added[self.figures.ancestors[pool]].sum(axis=1)
        return np.append(NO_CELL, pool), np.append(alone, cost)
