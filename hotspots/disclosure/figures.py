"""Figures, the base cells they add up, and the interval that rounding leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from hotspots.disclosure.policy import Policy

__all__ = ["Figures", "round_counts", "with_differences"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Figures and the base cells that they add up.

    Parameters
    ----------
    base : int array (cells,)
        True counts of the base cells.
    ancestors : int array (cells, width)
        The figures that each cell is part of; padded with ``n``.
    n : int
        How many figures there are.
    hidden : bool array (n,)
        Never published, whatever they are, for instance areas of too few addresses.
    stage : int array (n,)
        When each figure is released; one of an earlier stage is never withdrawn.
    lane : int array (cells,)
        What a cell keeps from one stage to the next: its area and category. A witness
        moves incidents between lanes, so that it changes a figure over any span.
    whole : int array (n,)
        For a difference of figures, the figure it is taken from; -1 for others.
    """

    base: Ints
    ancestors: Ints
    n: int
    hidden: Mask
    stage: Ints
    lane: Ints
    whole: Ints

    @property
    def counts(self) -> Ints:
        """True counts of the figures, shape (n,)."""
        return self.totals_of(self.base)

    def index_cells(self) -> Callable[[int], Ints]:
        """Return a quick way from a figure to its base cells.

        Returns
        -------
        callable
            ``cells_of(figure)``, cells in ascending order.
        """
        flat = self.ancestors.ravel()
        order = np.argsort(flat, kind="stable")
        cell = order // self.ancestors.shape[1]
        start = np.searchsorted(flat[order], np.arange(self.n + 2))
        return lambda figure: cell[start[figure] : start[figure + 1]]

    def totals_of(self, base: Ints) -> Ints:
        """Return the figures that other base counts would give.

        Parameters
        ----------
        base : int array (cells,)

        Returns
        -------
        int array (n,)
        """
        width = self.ancestors.shape[1]
        sums = np.bincount(
            self.ancestors.ravel(),
            weights=np.repeat(base, width).astype(float),
            minlength=self.n + 1,
        )
        return np.rint(sums[: self.n]).astype(np.int64)


def round_counts(counts: Ints, policy: Policy) -> tuple[Ints, Ints, Ints]:
    """Round counts of at least the minimum, with the interval each stands for.

    Parameters
    ----------
    counts : int array
    policy : Policy

    Returns
    -------
    rounded, low, high : int array
        A reader of ``rounded`` knows ``low <= count <= high``, ends included.

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
    """Add what a reader gets by taking figures from one another.

    Parameters
    ----------
    figures : Figures
    policy : Policy

    Returns
    -------
    Figures
        With hidden figures at the end: every large figure less one large part of it,
        and less all its large parts, where the difference is small and not zero.
    """
    counts, cells_of = figures.counts, figures.index_cells()
    added: list[Ints] = []
    wholes: list[int] = []
    for whole, parts in _parts(figures, policy).items():
        cells = cells_of(whole)
        near = [p for p in parts if 0 < counts[whole] - counts[p] < policy.min_count]
        rests = [np.setdiff1d(cells, cells_of(part)) for part in near]
        if (figures.base[cells] < policy.min_count).any():
            listed = np.concatenate([cells_of(part) for part in parts])
            rests.append(np.setdiff1d(cells, listed))
        for rest in rests:
            if 0 < figures.base[rest].sum() < policy.min_count:
                added.append(rest)
                wholes.append(whole)
    return _with_hidden(figures, added, wholes)


def _parts(figures: Figures, policy: Policy) -> dict[int, list[int]]:
    """Return the large figures strictly inside each large figure."""
    large = np.append(figures.counts >= policy.min_count, False)
    size = np.bincount(figures.ancestors.ravel(), minlength=figures.n + 1)
    pairs = []
    for first in figures.ancestors.T:
        for second in figures.ancestors.T:
            fit = large[first] & large[second] & (size[first] > size[second])
            pairs.append(first[fit] * (figures.n + 1) + second[fit])
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
    rows = [row[row < figures.n].tolist() for row in figures.ancestors]
    for position, cells in enumerate(added):
        for cell in cells.tolist():
            rows[cell].append(figures.n + position)
    width = max(len(row) for row in rows)
    ancestors = np.full((len(rows), width), n, dtype=np.int64)
    for cell, row in enumerate(rows):
        ancestors[cell, : len(row)] = row
    return replace(
        figures,
        n=n,
        ancestors=ancestors,
        hidden=np.append(figures.hidden, np.ones(len(added), dtype=bool)),
        stage=np.append(figures.stage, figures.stage[wholes]),
        whole=np.append(figures.whole, wholes),
    )
