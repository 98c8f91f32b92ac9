"""The range of counts that past periods lead one to expect of the next."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotspots.core.arrays import as_number, as_numbers
from hotspots.core.errors import ParameterError
from hotspots.core.types import Floats

ALARM = 0.01
"""One-sided level of an alarm."""
MAXIMUM = 1e15
FEWEST_PERIODS = 3
"""With fewer past periods there is no usual range."""
SLOPE_SD = 0.03
"""A steady change of more than 6% a period is seldom; 3% is a third in a year."""
SEASON_SD = 0.15
"""Of the cosine and the sine of the year: seasons are mostly within 20% of the mean."""
PERIODS_A_YEAR = 13.0
N_STEPS = 12
N_DRAWN = 16
"""Dispersions over which chances are averaged."""


@dataclass(frozen=True, kw_only=True)
class UsualRange:
    """What past periods lead one to expect, and what can be said of the count now.

    ``expected``: what the past leads one to expect of a period as long as this one.
    ``low``, ``high``: counts outside ``low`` to ``high`` are an alarm; -1 without a
    range.
    ``dispersion``: variance over mean of the past periods; 1 at least.
    ``p_high``, ``p_low``: chance of a count of ``now`` or more, and of ``now`` or
    fewer.
    ``n_periods``: how many past periods it rests on.
    """

    now: int
    expected: float
    low: int
    high: int
    dispersion: float
    p_high: float
    p_low: float
    n_periods: int
    word: str


def usual_range(
    now: int,
    past: Sequence[float] | npt.NDArray[np.int64],
    *,
    days: float = 1.0,
    past_days: Sequence[float] | Floats | None = None,
    ago: Sequence[float] | Floats | None = None,
    year: float = PERIODS_A_YEAR,
    overdispersed: bool = True,
    level: float = ALARM,
) -> UsualRange:
    """Return the usual range from past periods, and a word for the count now.

    ``days``, ``past_days``: float and k floats, days; how long this period and each
    past one is; all alike when left out.
    ``ago``: k floats, periods; how long ago each past period was; then a steady rise or
    decline and a season are followed.
    ``year``: periods; how many make a year.

    Raises ParameterError if counts are not whole numbers, 0 or more, a length, ``year``
    or ``level`` is impossible, or there is not one length and one time for each past
    period.

    Notes
    -----
    With X past incidents in total over e times the length of this period, the rate is
    gamma with shape X + 0.5 (Jeffreys' prior), so that the count to come is negative
    binomial with mean ``m = (X + 0.5) / e`` and variance ``m (1 + 1 / e)``. With
    ``ago`` the logarithm of the rate is a straight line in time and one wave a year,
    its slope normal around 0 with a standard deviation of 3% a period, its cosine and
    sine of 15%, which large counts overcome (penalised likelihood, whose curvature
    gives the variance). What few periods cannot show of a season widens the range.

    The variance is multiplied by the dispersion. As that is known from few periods, the
    chances are the mean over its distribution: Pearson's chi-squared of the past counts
    over a chi-squared variable of as many degrees of freedom as are left, at least 1.

    References
    ----------
    Held, L. and Sabanes Bove, D. (2014). Applied Statistical Inference, section 9.3:
    the Poisson-gamma prediction. McCullagh, P. and Nelder, J. A. (1989). Generalized
    Linear Models, section 6.2.3: dispersion. Hastie, T. and Tibshirani, R. (1990),
    Generalized Additive Models, section 3.5: degrees of freedom of a penalised fit.

    Examples
    --------
    >>> found = usual_range(9, [8, 6, 10, 7, 9, 8, 8, 6, 10, 8, 9, 7, 8])
    >>> found.low, found.high, found.word
    (2, 16, 'usual')
    """
    counts = as_numbers(past, name="past")
    sizes = _sizes(len(counts), days, past_days)
    times = np.zeros(len(counts)) if ago is None else -as_numbers(ago, name="ago")
    _check(now, counts, sizes, level)
    if not 1 <= as_number(year, name="year") <= MAXIMUM:
        raise ParameterError(f"year must be at least 1 period; got {year!r}.")
    if times.shape != counts.shape or not np.isfinite(times).all():
        raise ParameterError("ago must be a finite number for each past period.")
    if len(counts) < FEWEST_PERIODS:
        return _cannot_tell(now, counts, sizes)
    past_course = _Course.through(counts, sizes, times, float(year))
    future, dispersion = _predicted(past_course, overdispersed)
    low = _first(lambda count: future.at_most(count) > level)
    high = _first(lambda count: future.at_least(count + 1) <= level)
    return UsualRange(
        now=int(now),
        expected=future.mean,
        low=low,
        high=high,
        dispersion=dispersion,
        p_high=future.at_least(int(now)),
        p_low=future.at_most(int(now)),
        n_periods=len(counts),
        word=_word(int(now), low, high),
    )


@dataclass(frozen=True, kw_only=True)
class _Future:
    """The count to come: negative binomials of one mean, each as likely."""

    mean: float
    sizes: Floats

    def at_least(self, count: int) -> float:
        from scipy.special import betainc

        share = self.mean / (self.sizes + self.mean)
        return 1.0 if count <= 0 else float(betainc(count, self.sizes, share).mean())

    def at_most(self, count: int) -> float:
        from scipy.special import betainc

        share = self.sizes / (self.sizes + self.mean)
        return float(betainc(self.sizes, count + 1, share).mean())


@dataclass(frozen=True, kw_only=True)
class _Fit:
    """The mean to come, the variance of its logarithm, and how the past departs."""

    mean: float
    spread: float
    chi2: float
    freedom: float

    @property
    def dispersion(self) -> float:
        return max(1.0, self.chi2 / self.freedom)


@dataclass(frozen=True, kw_only=True)
class _Course:
    """Past counts as a course in time: a level, a slope and a wave a year.

    ``shape`` (k, p) and ``ahead`` (p,): what each part adds to the logarithm of the
    rate in the past and now; ``stiffness`` (p,): one over its prior variance.
    """

    past: Floats
    sizes: Floats
    shape: Floats
    ahead: Floats
    stiffness: Floats

    @classmethod
    def through(
        cls, past: Floats, sizes: Floats, times: Floats, year: float
    ) -> _Course:
        """Lay it out over ``times`` (k,), now being 0."""
        points = np.append(times, 0.0)
        columns = [np.ones_like(points)]
        stiffness = [0.0]
        if times.any():
            turn = 2 * np.pi * points / year
            middle = sizes @ times / sizes.sum()
            columns += [points - middle, np.cos(turn), np.sin(turn)]
            stiffness += [SLOPE_SD**-2, SEASON_SD**-2, SEASON_SD**-2]
        shape = np.column_stack(columns)
        return cls(
            past=past,
            sizes=sizes,
            shape=shape[:-1],
            ahead=shape[-1],
            stiffness=np.array(stiffness),
        )

    def fit(self, dispersion: float) -> _Fit:
        """Fit by Newton's steps, the past scaled to what such a dispersion tells."""
        exposure, total = float(self.sizes.sum()), float(self.past.sum()) + 0.5
        held = self.past + 0.5 * self.sizes / exposure
        hold = dispersion * self.stiffness
        parts = np.zeros(len(self.ahead))
        parts[0] = math.log(total / exposure)
        for _ in range(N_STEPS):
            fitted = self.sizes * np.exp(self.shape @ parts)
            told = self.shape.T @ (fitted[:, None] * self.shape)
            curve = told + np.diag(hold)
            push = self.shape.T @ (held - fitted) - hold * parts
            parts = parts + np.clip(np.linalg.solve(curve, push), -0.5, 0.5)
        fitted *= (total - 0.5) / total
        chi2 = _chi2(self.past, fitted) if self.past.any() else 0.0
        used = float(np.trace(np.linalg.solve(curve, told)))
        return _Fit(
            mean=math.exp(self.ahead @ parts),
            spread=float(self.ahead @ np.linalg.solve(curve, self.ahead)),
            chi2=chi2,
            freedom=max(1.0, len(self.past) - used),
        )


def _predicted(course: _Course, overdispersed: bool) -> tuple[_Future, float]:
    """Return the count to come, and the dispersion of the past."""
    from scipy.special import gammaincinv

    fit, dispersions = course.fit(1.0), np.ones(1)
    if overdispersed:
        fit = course.fit(fit.dispersion)
        drawn = 2 * gammaincinv(fit.freedom / 2, (np.arange(N_DRAWN) + 0.5) / N_DRAWN)
        dispersions = np.maximum(1.0, fit.chi2 / drawn)
    variance = dispersions * (fit.mean + fit.mean**2 * fit.spread)
    future = _Future(mean=fit.mean, sizes=fit.mean**2 / (variance - fit.mean))
    return future, fit.dispersion if overdispersed else 1.0


def _chi2(past: Floats, fitted: Floats) -> float:
    return float(np.sum((past - fitted) ** 2 / fitted))


def _first(holds: Callable[[int], bool]) -> int:
    """Return the smallest count from which on ``holds`` is true."""
    high = 1
    while not holds(high - 1):
        high *= 2
    low = 0
    high -= 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def _word(now: int, low: int, high: int) -> str:
    if now > high:
        return "higher"
    if now < low:
        return "lower"
    return "too few to say" if low == 0 else "usual"


def _cannot_tell(now: int, past: Floats, sizes: Floats) -> UsualRange:
    nothing = float("nan")
    exposure = float(sizes.sum())
    return UsualRange(
        now=int(now),
        expected=float(past.sum()) / exposure if exposure > 0 else nothing,
        low=-1,
        high=-1,
        dispersion=nothing,
        p_high=nothing,
        p_low=nothing,
        n_periods=len(past),
        word="cannot tell",
    )


def _sizes(n: int, days: float, past_days: Sequence[float] | Floats | None) -> Floats:
    if past_days is None:
        return np.ones(n)
    lengths, days = (
        as_numbers(past_days, name="past_days"),
        as_number(days, name="days"),
    )
    if lengths.shape != (n,) or not (np.append(lengths, days) > 0).all():
        raise ParameterError(
            f"days and each of past_days must be above 0, one for each of {n} "
            f"periods; got {days!r} and {lengths.tolist()}."
        )
    return lengths / days


def _check(now: float, past: Floats, sizes: Floats, level: float) -> None:
    counts = np.append(past, as_number(now, name="now"))
    if past.ndim != 1 or (counts > MAXIMUM).any():
        raise ParameterError(
            f"past must be one list of counts up to {MAXIMUM:.0e}; got an array of "
            f"shape {past.shape}."
        )
    whole = np.isfinite(counts) & (counts >= 0) & (counts == np.round(counts))
    if not whole.all():
        raise ParameterError(
            "counts must be whole numbers, 0 or more; got "
            f"{counts[~whole][0]!s}. Leave periods without data out."
        )
    if not np.isfinite(sizes).all():
        raise ParameterError("the length of every period must be finite.")
    if not 0 < as_number(level, name="level") < 0.5:
        raise ParameterError(
            f"level must be above 0 and below 0.5 (one-sided); got {level!r}."
        )
