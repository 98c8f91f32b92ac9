"""Choose the same way on earlier data and count what came after, beside baselines.

Also resampling: how often the same places are chosen again from resampled incidents.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from scipy.stats import binomtest

from hotspots.core.errors import HotspotsError
from hotspots.core.types import Bools, Floats
from hotspots.core.window import Window
from hotspots.model.incidents import Incidents
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.rationale import Backtest

Covers = Callable[[Incidents], Bools]
"""Says which incidents a choice would have captured."""
Choose = Callable[[Incidents, dt.date], Covers]
"""Makes a choice from the incidents before a day."""

MIN_TRAINING_DAYS = 180
MIN_COVERED = 0.5
"""Of a stretch of time that the files hold less of, too little can be said."""
N_FOLDS = 6
DAYS_UNKNOWN = (
    "the files state only months, so what came after the day of a choice cannot be "
    "counted"
)
TOO_LITTLE = "there is too little earlier data to test the choice"


@dataclass(frozen=True, kw_only=True)
class Trial:
    """How a choice is tested on earlier days.

    ``choose``: the choice of the plan.
    ``baselines``: simple choices of equal size, by what they are in words; the best of
    them is what the choice is held against.
    ``among``: those that choose; default all of the context's.
    ``relevant``: which of those count as captured.
    ``days``: how far each test looks ahead: the plan's own period.
    ``counted``: what is counted, in the plural.
    """

    choose: Choose
    baselines: Mapping[str, Choose]
    among: Incidents | None = None
    relevant: pl.Expr | pl.Series | None = None
    days: int = 56
    counted: str = "incidents"
    choices: tuple[Choose, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "choices", (self.choose, *self.baselines.values()))


def back_test(context: PlanningContext, trial: Trial) -> Backtest:
    """Repeat a choice on earlier data and count what the time of a plan brought."""
    known = context.incidents if trial.among is None else trial.among
    incidents = known
    if trial.relevant is not None:
        incidents = incidents.select(trial.relevant)
    dated = incidents.time_precision != "month" and incidents.n > 0
    with ThreadPoolExecutor(2) as pool:  # solvers leave the interpreter lock
        folds = list(_folds(context, incidents, trial.days)) if dated else []
        done = pool.map(lambda fold: _fold(trial, known, incidents, fold), folds)
        counts = np.array(
            [
                [context.exposure.n_days(fold), *each]
                for fold, each in zip(folds, done, strict=True)
                if each is not None
            ],
            dtype=int,
        )
    totals = counts.sum(axis=0) if len(counts) else np.zeros(3 + len(trial.baselines))
    n_days, of, captured, *others = (int(total) for total in totals)
    best = int(np.argmax(others))
    low, high = wilson(captured, of)
    return Backtest(
        captured=captured,
        of=of,
        low=low,
        high=high,
        baseline_captured=others[best],
        baseline=list(trial.baselines)[best],
        n_baselines=len(others),
        n_folds=len(counts),
        horizon_days=trial.days,
        days_covered=n_days,
        counted=trial.counted,
        why_not=DAYS_UNKNOWN if incidents.n and not dated else TOO_LITTLE,
    )


def _folds(
    context: PlanningContext, incidents: Incidents, days: int
) -> Iterator[Window]:
    """Yield the stretches before the plan's day that the files cover long enough."""
    first = incidents.frame["start"].min()
    assert isinstance(first, dt.datetime)
    for fold in range(N_FOLDS):
        end = context.day - dt.timedelta(days=days * fold)
        day = end - dt.timedelta(days=days)
        if (day - first.date()).days < MIN_TRAINING_DAYS:
            return
        later, before = Window(start=day, end=end), Window(start=first.date(), end=day)
        there = context.exposure.n_days(later) >= MIN_COVERED * days
        if there and context.exposure.n_days(before) >= MIN_TRAINING_DAYS:
            yield later


def _fold(
    trial: Trial, known: Incidents, incidents: Incidents, later: Window
) -> list[int] | None:
    """Return how many came later and how many each choice captured."""
    start, end = (dt.datetime.combine(d, dt.time()) for d in (later.start, later.end))
    training = known.select(pl.col("start") < start)
    came = incidents.select(pl.col("start").is_between(start, end, closed="left"))
    if not came.n:
        return None
    try:
        met = [choose(training, later.start)(came) for choose in trial.choices]
    except HotspotsError:
        return None  # too little to choose from so early: not a fold
    return [came.n, *(int(each.sum()) for each in met)]


def wilson(captured: int, of: int) -> tuple[float, float]:
    """Return the Wilson score interval (95%) of a share.

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
    found = binomtest(captured, of).proportion_ci(0.95, method="wilson")
    return float(found.low), float(found.high)


def resample_weights(n: int, n_resamples: int, rng: np.random.Generator) -> Floats:
    """Return how often each of ``n`` incidents is drawn in each resample.

    Returns (n_resamples, n): each row sums to ``n``.
    """
    return rng.multinomial(n, np.full(n, 1 / n), size=n_resamples).astype(np.float64)
