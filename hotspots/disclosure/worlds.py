"""What a reader of the figures that are out knows, and what agrees with it."""

from __future__ import annotations

import numpy as np

from hotspots.core.types import Bools, Ints
from hotspots.disclosure.figures import Figures, round_counts
from hotspots.disclosure.policy import Policy

NO_CELL = -1
"""Stands for no cell that gains, or loses, an incident."""

UNBOUNDED = np.iinfo(np.int64).max // 4


class Worlds:
    """What a reader knows of each figure, and whether another world agrees with it."""

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
