"""Choose the same way on earlier data and count what came after, beside baselines.

Also resampling: how often the same places are chosen again from resampled incidents.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from hotspots.core.errors import HotspotsError
from hotspots.core.intervals import wilson
from hotspots.core.types import Bools, Floats
from hotspots.core.window import Window, add_months
from hotspots.model.incidents import Incidents
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.rationale import Backtest


@dataclass(frozen=True)
class Covers:
    """What a choice would have captured.

    ``met``: says which incidents it would have captured.
    ``share``: of the ground searched (and of the hours, where it keeps to some) or of
    the homes that it takes, 0 to 1; NaN where that is not known.
    """

    met: Callable[[Incidents], Bools]
    share: float = float("nan")


Choose = Callable[[Incidents, dt.date], Covers]
"""Makes a choice from the incidents before a day."""

MIN_TRAINING_DAYS = 180
MIN_COVERED = 0.5
"""Of a stretch of time that the files hold less of, too little can be said."""
N_FOLDS = 6
MONTHS_BACK, DAYS_A_MONTH = 36, 30.4375


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


def back_test(
    context: PlanningContext, trial: Trial, stretches: Sequence[Window] | None = None
) -> Backtest:
    """Repeat a choice on earlier data and count what the time of a plan brought.

    ``stretches``: what is counted, each after a choice of its own; default the last
    times as long as the plan (whole months, where the files state only months).
    """
    known = context.incidents if trial.among is None else trial.among
    incidents = known
    if trial.relevant is not None:
        incidents = incidents.select(trial.relevant)
    length, usual = _folds(context, incidents, trial.days)
    folds = usual if stretches is None else stretches
    with ThreadPoolExecutor(2) as pool:  # solvers leave the interpreter lock
        done = pool.map(lambda fold: _fold(trial, known, incidents, fold), folds)
        pairs = zip(folds, done, strict=True)
        found = [(fold, each) for fold, each in pairs if each is not None]
    none = np.zeros(len(trial.choices))
    captured, *others = sum((each.met for _, each in found), none).astype(int).tolist()
    by_chance, *weaker = sum((each.by_chance for _, each in found), none).tolist()
    of = sum(each.of for _, each in found)
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
        n_folds=len(found),
        horizon_days=trial.days,
        days_covered=sum(context.exposure.n_days(fold) for fold, _ in found),
        length=length,
        counted=trial.counted,
        by_chance=_known(by_chance),
        baseline_by_chance=_known(weaker[best]),
    )


def _known(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)


def _folds(
    context: PlanningContext, incidents: Incidents, days: int
) -> tuple[str, list[Window]]:
    """Return how long each is, and those that the files cover long enough."""
    exposure = context.exposure
    if not exposure.by_month:
        ends = (context.day - dt.timedelta(days=days * k) for k in range(N_FOLDS))
        tried = [Window(start=end - dt.timedelta(days=days), end=end) for end in ends]
        length, share = f"{days} days", MIN_COVERED
    else:
        n = max(1, round(days / DAYS_A_MONTH))
        last = context.day.replace(day=1)
        tried = [
            Window(start=add_months(last, -n * (k + 1)), end=add_months(last, -n * k))
            for k in range(MONTHS_BACK // n)
        ]
        length, share = "month" if n == 1 else f"{n} months", 1.0
    if not incidents.n:
        return length, []
    first = incidents.frame["start"].min()
    assert isinstance(first, dt.datetime)
    found = [
        later
        for later in tried
        if exposure.n_days(later) >= share * later.days
        and _known_days(context, first.date(), later.start) >= MIN_TRAINING_DAYS
    ]
    return length, found[:N_FOLDS]


def _known_days(context: PlanningContext, first: dt.date, day: dt.date) -> int:
    if day <= first:
        return 0
    return context.exposure.n_days(Window(start=first, end=day))


@dataclass(frozen=True, kw_only=True)
class _Fold:
    """How many came, and of each choice what it met and would have met by chance."""

    of: int
    met: Floats
    by_chance: Floats


def _fold(
    trial: Trial, known: Incidents, incidents: Incidents, later: Window
) -> _Fold | None:
    start, end = (dt.datetime.combine(d, dt.time()) for d in (later.start, later.end))
    training = known.select(pl.col("start") < start)
    came = incidents.select(pl.col("start").is_between(start, end, closed="left"))
    if not came.n:
        return None
    try:
        made = [choose(training, later.start) for choose in trial.choices]
    except HotspotsError:
        return None  # too little to choose from so early: not a fold
    return _Fold(
        of=came.n,
        met=np.array([float(each.met(came).sum()) for each in made]),
        by_chance=came.n * np.array([each.share for each in made]),
    )


def resample_weights(n: int, n_resamples: int, rng: np.random.Generator) -> Floats:
    """Return how often each of ``n`` incidents is drawn in each resample.

    Returns (n_resamples, n): each row sums to ``n``.
    """
    return rng.multinomial(n, np.full(n, 1 / n), size=n_resamples).astype(np.float64)
