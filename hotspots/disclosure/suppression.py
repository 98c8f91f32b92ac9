"""Which counts must be withheld so that no small one can be worked out.

Published figures are sums of base cells (for instance ward x category x month). A
figure is shown rounded, or withheld. The reader is taken to know every shown figure
with its rounding interval, which base cells every figure sums, and even which of the
withheld figures are small. A small count is safe when a second set of whole base
counts, none negative, agrees with all of that and gives the figure another value: its
*witness*. Figures are withheld until each small count has one. A witness stays valid
when more is withheld, so one pass proves the whole release.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hotspots.core.budget import checkpoint
from hotspots.core.errors import OutputError
from hotspots.core.types import Bools, Ints
from hotspots.disclosure.attack import NO_CELL, Attack
from hotspots.disclosure.figures import Figures
from hotspots.disclosure.policy import Policy


@dataclass(frozen=True, kw_only=True)
class Suppressed:
    """What may be published, and why that is safe.

    ``primary``: withheld for being small or hidden; the rest withheld are
    complementary.
    ``low``, ``high``: what a reader can take each figure to be between, from itself
    alone.
    ``protected``: figures whose true value nobody may work out.
    ``witness``: for each, the base cell that gains an incident and the one that loses
    one in another world with the same publication; -1 for none.
    """

    shown: Bools
    primary: Bools
    low: Ints
    high: Ints
    protected: Ints
    witness: Ints


def suppress(figures: Figures, policy: Policy) -> Suppressed:
    """Choose what to withhold: small figures, then those that would give them away.

    Released in order of ``stage``; within one, small figures are protected in their
    given order and the smallest figure in the way is withheld, so that the answer
    depends on the records alone. The search for a witness tries one incident more,
    one fewer and one moved; it may miss one, which withholds too much, never too
    little.

    References
    ----------
    L. H. Cox (1980), "Suppression methodology and statistical disclosure control",
    Journal of the American Statistical Association 75(370), on complementary
    suppression; M. Fischetti and J. J. Salazar (2001), "Solving the cell suppression
    problem on tabular data with linear constraints", Management Science 47(7), on
    auditing by alternative tables.
    """
    return _Release(figures, policy).run()


class _Release(Attack):
    """The figures published so far, with a witness for each small one."""

    def __init__(self, figures: Figures, policy: Policy) -> None:
        super().__init__(figures, policy)
        small = self.primary & (self.counts > 0) & self._has_cells()
        protected = np.flatnonzero(small)
        order = np.argsort(figures.stage[protected], kind="stable")
        self.protected = protected[order]
        self.witness = np.full((len(self.protected), 2), NO_CELL, dtype=np.int64)
        width = figures.ancestors.shape[1]
        self.crossings = np.full((len(protected), 2, width), figures.n, dtype=np.int64)

    def _has_cells(self) -> Bools:
        """Say which figures hold at least one incident that could be elsewhere."""
        some = np.zeros(self.figures.n + 1, dtype=bool)
        some[self.figures.ancestors[self.figures.base > 0]] = True
        return some[: self.figures.n]

    def run(self) -> Suppressed:
        """Release stage after stage."""
        for stage in np.unique(self.figures.stage).tolist():
            self.publish(stage)
            self._protect_stage(stage)
        reached = (self.witness != NO_CELL).any(axis=1)
        return Suppressed(
            shown=self.shown,
            primary=self.primary,
            low=self.low,
            high=self.high,
            protected=self.protected[reached],
            witness=self.witness[reached],
        )

    def _protect_stage(self, stage: int) -> None:
        """Give each figure that is out and not safe another witness."""
        stages = self.figures.stage[self.protected]
        released = int(np.searchsorted(stages, stage, side="right"))
        waiting = self._unsafe_of(np.arange(released))
        while waiting.size:
            checkpoint()
            position, waiting = int(waiting[0]), waiting[1:]
            before = self.n_loosened
            found = self._secure(position, stage)
            self.witness[position] = found
            self.crossings[position] = self.crossed(*found)
            if self.n_loosened > before:
                waiting = self._unsafe_of(waiting)

    def _unsafe_of(self, positions: Ints) -> Ints:
        """Return which protected figures are within reach, no witness holding."""
        known = (self.witness[positions] != NO_CELL).any(axis=1)
        gains, losses = self.crossings[positions].swapaxes(0, 1)
        known &= self.up[gains].all(axis=1) & self.down[losses].all(axis=1)
        whole = self.figures.whole[self.protected[positions]]
        unsafe: Ints = positions[~known & ((whole < 0) | self.shown[whole])]
        return unsafe

    def _out_of_reach(self, figure: int) -> bool:
        """Say whether a difference is of a figure that is itself withheld."""
        whole = int(self.figures.whole[figure])
        return whole >= 0 and not self.shown[whole]

    def _secure(self, position: int, stage: int) -> list[int]:
        """Find a witness, withholding the smallest figure in its way until one is."""
        figure = int(self.protected[position])
        found = self.search(figure)
        if found is not None:
            return found
        plus, minus = self.witness[position].tolist()
        cheapest = self.cheapest(figure, stage)
        if cheapest is not None:
            plus, minus = cheapest
        elif (plus, minus) == (NO_CELL, NO_CELL):
            plus, minus = self._earlier_witness(figure)
        while not self.holds(plus, minus):
            checkpoint()
            self._clear_way(figure, plus, minus, stage)
            if self._out_of_reach(figure):
                return [NO_CELL, NO_CELL]
            found = self.search(figure)
            if found is not None:
                return found
        return [plus, minus]

    def _earlier_witness(self, figure: int) -> tuple[int, int]:
        """Return the witness of an earlier part in the same lanes, or a loss."""
        cells = self.cells_of(figure)
        lanes = np.unique(self.figures.lane[cells])
        held = cells[self.figures.base[cells] > 0]
        for ancestor in np.unique(self.figures.ancestors[held]).tolist():
            known = np.flatnonzero(self.protected == ancestor)
            if not known.size or not (self.witness[known[0]] != NO_CELL).any():
                continue
            part = self.cells_of(ancestor)
            if np.isin(part, cells).all() and np.array_equal(
                np.unique(self.figures.lane[part]), lanes
            ):
                plus, minus = self.witness[known[0]].tolist()
                return plus, minus
        return NO_CELL, int(held[0])

    def _clear_way(self, figure: int, plus: int, minus: int, stage: int) -> None:
        """Withhold the smallest shown figure of this stage that forbids a move."""
        gains, losses = self.crossed(plus, minus)
        tight = [*gains[~self.up[gains]].tolist(), *losses[~self.down[losses]].tolist()]
        mine = [a for a in tight if not self.shown[a] or self.figures.stage[a] == stage]
        whole = int(self.figures.whole[figure])
        if not mine and whole >= 0 and self.figures.stage[whole] == stage:
            mine = [whole]
        if not mine:
            raise OutputError(
                "every small figure must be protected when its month is released; a "
                "later total would give one away and an earlier figure is already "
                "out. Publish each month's smallest areas before their totals."
            )
        self._withhold(min(mine, key=lambda a: (not self.shown[a], self.counts[a], a)))

    def _withhold(self, figure: int) -> None:
        self.shown[figure] = False
        self.loosen(figure)
