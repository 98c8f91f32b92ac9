"""How much the counts of a brief vary from month to month beyond chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from hotspots.brief.scope import Scope
from hotspots.core.types import Floats
from hotspots.core.window import Window, add_months, month_start

N_PAIRS, FEWEST_PAIRS = 12, 3
UNKNOWN = 2.0
"""What is taken where too few months are known: real wards vary 1.4 to 2.5 times."""
YEAR_DAYS = 300


def variations(scope: Scope, masks: Sequence[npt.NDArray[np.bool_]]) -> Floats:
    """Return variance over mean of the monthly counts of some incidents, at least 1.

    ``masks``: m of shape (n,), which incidents each counts. Returns (m,).

    Notes
    -----
    Twelve months stand beside the same a year before, so that neither a season nor a
    change from year to year is taken for variation: Pearson's chi-squared of that table
    over its degrees of freedom. Half of it is each one's own, half the mean of all, and
    it is taken one standard error above. In simulated towns without a change 0.5 to
    1.1% of the indicators rise or fall, at a variance of 1, 1.5 and 2 times the mean.
    """
    pairs = [
        (now, before)
        for now, before in _months(scope)
        if scope.covers(now) and scope.covers(before)
    ]
    if not masks or len(pairs) < FEWEST_PAIRS:
        return np.full(len(masks), UNKNOWN)
    within = [[scope.within(window) for window in pair] for pair in pairs]
    own = np.array([_own(mask, within) for mask in masks])
    above = 1 + math.sqrt(2 / (len(pairs) - 1))
    return np.asarray(np.maximum(1.0, (own + own.mean()) / 2 * above))


def _months(scope: Scope) -> list[tuple[Window, Window]]:
    """Return the months before what is counted, or of it where it is a year."""
    counted = scope.period.counted
    whole = counted.days > YEAR_DAYS
    end = counted.end if whole else month_start(counted.start)
    return [
        (_month(end, -k - 1), _month(end, -k - 1 - N_PAIRS)) for k in range(N_PAIRS)
    ]


def _month(end: Any, step: int) -> Window:
    return Window(start=add_months(end, step), end=add_months(end, step + 1))


def _own(mask: npt.NDArray[np.bool_], within: list[list[Any]]) -> float:
    counts = np.array([[(mask & part).sum() for part in pair] for pair in within])
    total = counts.sum()
    expected = counts.sum(1, keepdims=True) * counts.sum(0) / max(total, 1)
    known = expected > 0
    squares = (counts - expected) ** 2 / np.where(known, expected, 1.0)
    return float(np.where(known, squares, 0.0).sum() / (len(within) - 1))
