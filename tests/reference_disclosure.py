"""The rule of complementary suppression, plainly: sets of figures, nothing remembered.

Slow on purpose. Where the package keeps tables of what is free and looks many figures
up at once, this asks again every time.
"""

from __future__ import annotations

import math

import numpy as np

from hotspots.core.errors import OutputError
from hotspots.disclosure.figures import Figures, round_counts
from hotspots.disclosure.policy import Policy

Move = tuple[int | None, int | None]
"""The cell that gains an incident and the one that loses one."""


class PlainSuppression:
    """What is withheld of some figures, and a move that hides each small one."""

    def __init__(self, figures: Figures, policy: Policy) -> None:
        n = figures.n
        self.figures, self.n = figures, n
        self.base = figures.base.tolist()
        self.lane = figures.lane.tolist()
        self.stage = figures.stage.tolist()
        self.whole = figures.whole.tolist()
        self.rows = [[a for a in row if a < n] for row in figures.ancestors.tolist()]
        self.of: list[list[int]] = [[] for _ in range(n)]
        for cell, row in enumerate(self.rows):
            for figure in row:
                self.of[figure].append(cell)
        self.counts = [sum(self.base[cell] for cell in cells) for cells in self.of]
        small = [count < policy.min_count for count in self.counts]
        self.primary = [s or h for s, h in zip(small, figures.hidden, strict=True)]
        self.shown = [not p for p in self.primary]
        _, low, high = round_counts(np.array(self.counts), policy)
        limit = [policy.min_count - 1 if s else math.inf for s in small]
        self.low = np.where(self.primary, 0, low).tolist()
        self.high = np.where(self.primary, limit, high).tolist()
        self.witness: dict[int, Move] = {}
        self.now = -1

    def run(self) -> PlainSuppression:
        """Release every stage."""
        some = [f for f in range(self.n) if self.primary[f] and self.counts[f] > 0]
        for stage in sorted(set(self.stage)):
            self.now = stage
            for figure in sorted(some, key=lambda f: (self.stage[f], f)):
                if self.stage[figure] <= self.now and not self.out_of_reach(figure):
                    known = self.witness.get(figure)
                    if known is None or self.in_way(known):
                        self.secure(figure, known)
        return self

    def may(self, figure: int, change: int) -> bool:
        """Say whether a figure could differ by one without being seen to."""
        other = self.counts[figure] + change
        out = self.stage[figure] <= self.now
        return not out or bool(self.low[figure] <= other <= self.high[figure])

    def in_way(self, move: Move) -> list[int]:
        """Return the figures that forbid a move."""
        plus, minus = move
        gains = set() if plus is None else set(self.rows[plus])
        losses = set() if minus is None else set(self.rows[minus])
        return [f for f in gains - losses if not self.may(f, 1)] + [
            f for f in losses - gains if not self.may(f, -1)
        ]

    def out_of_reach(self, figure: int) -> bool:
        return self.whole[figure] >= 0 and not self.shown[self.whole[figure]]

    def by_size(self, figure: int) -> list[int]:
        return sorted(self.of[figure], key=lambda cell: (-self.base[cell], cell))

    def usable(self, figure: int, cell: int, other: int, *, gains: bool) -> bool:
        """Say whether one cell may make up for a change in another."""
        small = {f for f in self.rows[cell] if self.primary[f]}
        elsewhere = self.lane[other] not in {self.lane[c] for c in self.of[figure]}
        holds_some = self.base[other] > 0 or not gains
        return holds_some and (elsewhere or not small & set(self.rows[other]))

    def search(self, figure: int) -> Move | None:
        """Look for a move that nothing forbids."""
        cells = self.of[figure]
        alone: list[Move] = [(cell, None) for cell in cells]
        alone += [(None, cell) for cell in cells if self.base[cell] > 0]
        for move in alone:
            if not self.in_way(move):
                return move
        for cell in self.by_size(figure)[:48]:
            for gains in (False, True):
                if not gains and self.base[cell] == 0:
                    continue
                for other in range(len(self.base)):
                    move = (cell, other) if gains else (other, cell)
                    if (
                        other not in cells
                        and not self.in_way(move)
                        and self.usable(figure, cell, other, gains=gains)
                    ):
                        return move
        return None

    def price(self, move: Move) -> float:
        """Return how many incidents must be withheld to allow a move."""
        total = 0.0
        for figure in self.in_way(move):
            if not self.shown[figure]:
                total += 1e9
            else:
                late = self.stage[figure] != self.now
                total += math.inf if late else self.counts[figure]
        return total

    def cheapest(self, figure: int) -> Move | None:
        """Return the move of least price; of equals the first."""
        best, found = math.inf, None
        for cell in self.by_size(figure)[:8]:
            for gains in (True, False):
                if not gains and self.base[cell] == 0:
                    continue
                change = 1 if gains else -1
                tight = {f for f in self.rows[cell] if not self.may(f, change)}
                others: list[int | None] = [None]
                others += [
                    other
                    for other in range(len(self.base))
                    if tight & set(self.rows[other])
                    and self.usable(figure, cell, other, gains=gains)
                ]
                for other in others:
                    move = (cell, other) if gains else (other, cell)
                    if (price := self.price(move)) < best:
                        best, found = price, move
        return found

    def secure(self, figure: int, known: Move | None) -> None:
        """Find a move that hides a figure, withholding others until there is one."""
        found = self.search(figure)
        if found is None:
            move = self.cheapest(figure) or known or self.earlier(figure)
            while found is None and self.in_way(move):
                self.clear_way(figure, move)
                if self.out_of_reach(figure):
                    self.witness.pop(figure, None)
                    return
                found = self.search(figure)
            found = found or move
        self.witness[figure] = found

    def earlier(self, figure: int) -> Move:
        """Return the move of a part in the same lanes, or a loss."""
        held = [cell for cell in self.of[figure] if self.base[cell] > 0]
        lanes = {self.lane[cell] for cell in self.of[figure]}
        for part in sorted({f for cell in held for f in self.rows[cell]}):
            inside = set(self.of[part]) <= set(self.of[figure])
            same = {self.lane[cell] for cell in self.of[part]} == lanes
            if part in self.witness and inside and same:
                return self.witness[part]
        return None, held[0]

    def clear_way(self, figure: int, move: Move) -> None:
        """Withhold the smallest figure in the way."""
        tight = [
            f
            for f in self.in_way(move)
            if not self.shown[f] or self.stage[f] == self.now
        ]
        whole = self.whole[figure]
        if not tight and whole >= 0 and self.stage[whole] == self.now:
            tight = [whole]
        if not tight:
            raise OutputError("no figure that may be withheld is in the way")
        first = min(tight, key=lambda f: (not self.shown[f], self.counts[f], f))
        self.shown[first] = False
        self.low[first], self.high[first] = 0, math.inf
