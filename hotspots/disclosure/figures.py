"""Figures, the base cells they add up, and the interval that rounding leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from hotspots.core.types import Bools, Ints
from hotspots.disclosure.policy import Policy


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Figures and the base cells that they add up.

    ``base``: true counts of the base cells.
    ``ancestors``: the figures that each cell is part of; padded with ``n``.
    ``n``: how many figures there are.
    ``hidden``: never published, whatever they are, for instance areas of too few
    addresses.
    ``stage``: when each figure is released; one of an earlier stage is never withdrawn.
    ``lane``: what a cell keeps from one stage to the next: its area and category. A
    witness moves incidents between lanes, so that it changes a figure over any span.
    ``whole``: for a difference of figures, the figure it is taken from; -1 for others.
    """

    base: Ints
    ancestors: Ints
    n: int
    hidden: Bools
    stage: Ints
    lane: Ints
    whole: Ints

    @property
    def counts(self) -> Ints:
        """True counts of the figures, shape (n,)."""
        return self.totals_of(self.base)

    def index_cells(self) -> Callable[[int], Ints]:
        """Return a quick way from a figure to its base cells."""
        flat = self.ancestors.ravel()
        order = np.argsort(flat, kind="stable")
        cell = order // self.ancestors.shape[1]
        start = np.searchsorted(flat[order], np.arange(self.n + 2))
        return lambda figure: cell[start[figure] : start[figure + 1]]

    def totals_of(self, base: Ints) -> Ints:
        """Return the figures that other base counts would give."""
        width = self.ancestors.shape[1]
        sums = np.bincount(
            self.ancestors.ravel(),
            weights=np.repeat(base, width).astype(float),
            minlength=self.n + 1,
        )
        return np.rint(sums[: self.n]).astype(np.int64)


def round_counts(counts: Ints, policy: Policy) -> tuple[Ints, Ints, Ints]:
    """Round counts of at least the minimum, with the interval each stands for.

    Examples
    --------
    >>> rounded, low, high = round_counts(np.array([5, 7, 8, 12]), Policy())
    >>> rounded.tolist(), low.tolist(), high.tolist()
    ([5, 5, 10, 10], [5, 5, 8, 8], [7, 7, 12, 12])
    """
    step = policy.round_to
    nearest = (2 * counts + step) // (2 * step) * step
    rounded = np.maximum(nearest, step)
    low = np.where(rounded == step, 0, rounded - step // 2)
    high = rounded + (step + 1) // 2 - 1
    # A minimum above the step starts inside an interval: the reader knows it too.
    return rounded, np.maximum(low, policy.min_count), high


def with_differences(figures: Figures, policy: Policy) -> Figures:
    """Add what a reader gets by taking figures from one another."""
    counts, cells_of = figures.counts, figures.index_cells()
    listed = np.zeros(len(figures.base), dtype=bool)
    added: list[Ints] = []
    wholes: list[int] = []
    for whole, parts in _parts(figures, policy).items():
        cells = cells_of(whole)
        rest = counts[whole] - counts[parts]
        near = (rest > 0) & (rest < policy.min_count)
        taken = [cells_of(part) for part in parts]
        rests = [_without(cells, [taken[i]], listed) for i in np.flatnonzero(near)]
        if (figures.base[cells] < policy.min_count).any():
            rests.append(_without(cells, taken, listed))
        for rest in rests:
            if 0 < figures.base[rest].sum() < policy.min_count:
                added.append(rest)
                wholes.append(whole)
    return _with_hidden(figures, added, wholes)


def _without(cells: Ints, taken: list[Ints], listed: Bools) -> Ints:
    """Return the cells that are in none of some others; ``listed`` is scratch."""
    for each in taken:
        listed[each] = True
    rest = cells[~listed[cells]]
    for each in taken:
        listed[each] = False
    return rest


def _parts(figures: Figures, policy: Policy) -> dict[int, list[int]]:
    """Return the large figures strictly inside each large figure."""
    large = np.append(figures.counts >= policy.min_count, False)
    size = np.bincount(figures.ancestors.ravel(), minlength=figures.n + 1)
    pairs = []
    for every in figures.ancestors.T:
        of_large = large[every]
        whole, parts = every[of_large, None], figures.ancestors[of_large]
        fit = large[parts] & (size[whole] > size[parts])
        pairs.append((whole * (figures.n + 1) + parts)[fit])
    codes, shared = np.unique(np.concatenate(pairs), return_counts=True)
    whole, part = np.divmod(codes, figures.n + 1)
    within = shared == size[part]
    inside: dict[int, list[int]] = {}
    for one, other in zip(whole[within].tolist(), part[within].tolist(), strict=True):
        inside.setdefault(one, []).append(other)
    return inside


def _with_hidden(figures: Figures, added: list[Ints], wholes: list[int]) -> Figures:
    if not added:
        return figures
    n = figures.n + len(added)
    cell, column = np.nonzero(figures.ancestors < figures.n)
    cells = np.concatenate([cell, *added])
    sizes = [len(each) for each in added]
    of = np.concatenate(
        [figures.ancestors[cell, column], np.repeat(np.arange(figures.n, n), sizes)]
    )
    order = np.argsort(cells, kind="stable")
    cells, of = cells[order], of[order]
    held = np.bincount(cells, minlength=len(figures.base))
    column = np.arange(len(cells)) - np.repeat(np.cumsum(held) - held, held)
    ancestors = np.full((len(held), held.max()), n, dtype=np.int64)
    ancestors[cells, column] = of
    return replace(
        figures,
        n=n,
        ancestors=ancestors,
        hidden=np.append(figures.hidden, np.ones(len(added), dtype=bool)),
        stage=np.append(figures.stage, figures.stage[wholes]),
        whole=np.append(figures.whole, wholes),
    )
