"""Choose the same way on earlier data and count what came after, beside a baseline.

Also resampling: how often the same places are chosen again from resampled incidents.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.core.errors import HotspotsError
from hotspots.model.incidents import Incidents
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.rationale import Backtest

Covers = Callable[[Incidents], npt.NDArray[np.bool_]]
"""Says which incidents a choice would have met."""
Choose = Callable[[Incidents, dt.date], Covers]
"""Makes a choice from the incidents before a day."""

MIN_TRAINING_DAYS = 180
DAYS_UNKNOWN = (
    "the files state only months, so what came after the day of a choice cannot be "
    "counted"
)


def back_test(
    context: PlanningContext,
    choose: Choose,
    baseline: Choose,
    *,
    baseline_words: str,
    relevant: pl.Expr | None = None,
    n_folds: int = 6,
    horizon_days: int = 56,
    counted: str = "incidents",
) -> Backtest:
    """Repeat a choice on earlier data and count what the next weeks brought."""
    incidents = context.incidents
    if relevant is not None:
        incidents = incidents.select(relevant)
    captured = of = baseline_captured = folds = 0
    first = incidents.frame["start"].min()
    known = incidents.time_precision != "month" and isinstance(first, dt.datetime)
    for fold in range(n_folds if known else 0):
        end = context.day - dt.timedelta(days=horizon_days * fold)
        day = end - dt.timedelta(days=horizon_days)
        assert isinstance(first, dt.datetime)
        if (day - first.date()).days < MIN_TRAINING_DAYS:
            break
        training = context.incidents.select(pl.col("start") < _midnight(day))
        later = incidents.select(
            (pl.col("start") >= _midnight(day)) & (pl.col("start") < _midnight(end))
        )
        if not later.n:
            continue
        try:
            met, plain = choose(training, day)(later), baseline(training, day)(later)
        except HotspotsError:
            continue  # too little to choose from so early: not a fold
        captured, of, folds = captured + int(met.sum()), of + later.n, folds + 1
        baseline_captured += int(plain.sum())
    low, high = wilson(captured, of)
    return Backtest(
        captured=captured,
        of=of,
        low=low,
        high=high,
        baseline_captured=baseline_captured,
        baseline=baseline_words,
        n_folds=folds,
        horizon_days=horizon_days,
        counted=counted,
        **({} if known else {"why_not": DAYS_UNKNOWN}),
    )


def wilson(captured: int, of: int, *, z: float = 1.959964) -> tuple[float, float]:
    """Return the Wilson score interval of a share.

    References
    ----------
    Wilson, E. B. (1927), "Probable inference, the law of succession, and statistical
    inference", Journal of the American Statistical Association 22, 209-212.

    Examples
    --------
    >>> [round(x, 4) for x in wilson(10, 100)]
    [0.0552, 0.1744]
    """
    if not of:
        return 0.0, 1.0
    share = captured / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    half /= 1 + z * z / of
    return max(0.0, middle - half), min(1.0, middle + half)


def resample_weights(
    n: int, n_resamples: int, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Return how often each of ``n`` incidents is drawn in each resample.

    Returns
    -------
    ndarray of shape (n_resamples, n)
        Each row sums to ``n``.
    """
    return rng.multinomial(n, np.full(n, 1 / n), size=n_resamples).astype(np.float64)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time())
