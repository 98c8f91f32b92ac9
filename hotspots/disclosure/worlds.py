"""The search for another world in which the same figures would be published."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hotspots.disclosure.figures import Figures, round_counts
from hotspots.disclosure.policy import Policy

__all__ = ["NO_CELL", "UNBOUNDED", "Worlds"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

NO_CELL = -1
"""Stands for no cell that gains, or loses, an incident."""

UNBOUNDED = np.iinfo(np.int64).max // 4

_TRIED_CELLS = 48
_PRICED_CELLS = 8
_LAST_RESORT = 1e9
"""Price of no longer taking the reader to know that a withheld figure is small."""


class Worlds:
    """What a reader knows of each figure, and the moves that agree with it.

    Parameters
    ----------
    figures : Figures
    policy : Policy
    """

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

    def set_slack(self) -> None:
        """Note which figures could be one more or one fewer without showing it."""
        self.up = np.append(self.counts + 1 <= self.high, True)
        self.down = np.append(self.counts - 1 >= self.low, True)
        rows = self.figures.ancestors
        self.free_up: Mask = np.asarray(self.up[rows].all(axis=1))
        self.free_down: Mask = self.down[rows].all(axis=1) & (self.figures.base > 0)

    def holds(self, plus: int, minus: int) -> bool:
        """Say whether a move leaves every figure inside what is published."""
        rows = self.figures.ancestors
        gains = set(rows[plus].tolist()) if plus != NO_CELL else set()
        losses = set(rows[minus].tolist()) if minus != NO_CELL else set()
        return all(self.up[a] for a in gains - losses) and all(
            self.down[a] for a in losses - gains
        )

    def search(self, figure: int) -> list[int] | None:
        """Look for one incident more, one fewer, or one moved across the edge."""
        cells = self.cells_of(figure)
        up, down = cells[self.free_up[cells]], cells[self.free_down[cells]]
        if up.size:
            return [int(up[0]), NO_CELL]
        if down.size:
            return [NO_CELL, int(down[0])]
        order = np.argsort(-self.figures.base[cells], kind="stable")
        for cell in cells[order][:_TRIED_CELLS].tolist():
            for gains in (False, True):
                if not gains and self.figures.base[cell] == 0:
                    continue
                other = self._partner(figure, cell, gains)
                if other is not None:
                    return [cell, other] if gains else [other, cell]
        return None

    def _usable(self, figure: int, mine: Ints, pool: Ints, gains: bool) -> Mask:
        """Say which cells may make up for a change in one whose ancestors are given.

        In another lane, or else outside every small figure that holds the changed cell,
        so that those over longer spans change with it.
        """
        small = mine[np.append(self.primary, False)[mine]]
        theirs = self.figures.ancestors[pool]
        lanes = self.figures.lane[self.cells_of(figure)]
        usable: Mask = ~np.isin(self.figures.lane[pool], lanes)
        usable |= ~np.isin(theirs, small).any(axis=1)
        return usable & (self.figures.base[pool] > 0) if gains else usable

    def _partner(self, figure: int, cell: int, gains: bool) -> int | None:
        """Return a cell outside the figure that makes up for a change in one inside."""
        mine = self.figures.ancestors[cell]
        here, there = (self.up, self.down) if gains else (self.down, self.up)
        tight = mine[~here[mine]]
        if figure in tight:
            return None
        pool = min((self.cells_of(int(a)) for a in tight), key=len)
        theirs = self.figures.ancestors[pool]
        usable = self._usable(figure, mine, pool, gains)
        for ancestor in tight:
            usable &= (theirs == ancestor).any(axis=1)
        usable &= (np.isin(theirs, mine) | there[theirs]).all(axis=1)
        found = np.flatnonzero(usable)
        return int(pool[found[0]]) if found.size else None

    def cheapest(self, figure: int, stage: int) -> tuple[int, int] | None:
        """Return the move that needs the fewest incidents withheld, if one can be."""
        mutable = np.append(~self.shown | (self.figures.stage == stage), True)
        price = np.append(np.where(self.shown, self.counts, _LAST_RESORT), 0.0)
        price = np.where(mutable, price, np.inf)
        gain, loss = np.where(self.up, 0, price), np.where(self.down, 0, price)
        rows, base = self.figures.ancestors, self.figures.base
        cells = self.cells_of(figure)
        best, found = np.inf, None
        for cell in cells[np.argsort(-base[cells], kind="stable")][:_PRICED_CELLS]:
            for inside, outside, gains in ((gain, loss, True), (loss, gain, False)):
                if not gains and base[cell] == 0:
                    continue
                others, cost = self._prices(figure, rows[cell], inside, outside, gains)
                position = int(np.argmin(cost))
                if cost[position] < best:
                    best, other = cost[position], int(others[position])
                    found = (int(cell), other) if gains else (other, int(cell))
        return found

    def _prices(
        self,
        figure: int,
        mine: Ints,
        inside: npt.NDArray[np.float64],
        outside: npt.NDArray[np.float64],
        gains: bool,
    ) -> tuple[Ints, npt.NDArray[np.float64]]:
        """Return what a change alone, and with each partner, would cost to allow."""
        tight = mine[inside[mine] > 0]
        pool = np.unique(np.concatenate([self.cells_of(int(a)) for a in tight]))
        pool = pool[self._usable(figure, mine, pool, gains)]
        theirs = self.figures.ancestors[pool]
        cost = np.where(np.isin(theirs, mine), 0, outside[theirs]).sum(axis=1)
        for ancestor in tight:
            cost += np.where((theirs == ancestor).any(axis=1), 0, inside[ancestor])
        alone = inside[mine].sum()
        return np.append(NO_CELL, pool), np.append(alone, cost)
