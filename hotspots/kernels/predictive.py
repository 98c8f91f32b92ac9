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
N_DRAWN = 16
"""Dispersions over which chances are averaged."""


@dataclass(frozen=True, kw_only=True)
class UsualRange:
    """What past periods lead one to expect, and what can be said of the count now.

    Parameters
    ----------
    expected : float
        What the past leads one to expect of a period as long as this one.
    low, high : int
        Counts outside ``low`` to ``high`` are an alarm; -1 without a range.
    dispersion : float
        Variance over mean of the past periods; 1 at least.
    p_high, p_low : float
        Chance of a count of ``now`` or more, and of ``now`` or fewer.
    n_periods : int
        How many past periods it rests on.
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
    overdispersed: bool = True,
    level: float = ALARM,
) -> UsualRange:
    """Return the usual range from past periods, and a word for the count now.

    Parameters
    ----------
    days, past_days : float and k floats, days
        How long this period and each past one is; all alike when left out.
    ago : k floats, periods
        How long ago each past period was; then a steady rise or decline is followed.

    Raises
    ------
    ParameterError
        If counts are not whole numbers, 0 or more, a length or ``level`` is impossible,
        or there is not one length and one time for each past period.

    Notes
    -----
    With X past incidents in total over e times the length of this period, the rate is
    gamma with shape X + 0.5 (Jeffreys' prior), so that the count to come is negative
    binomial with mean ``m = (X + 0.5) / e`` and variance ``m (1 + 1 / e)``. With
    ``ago`` the logarithm of the rate is a straight line in time, its slope normal
    around 0 with a standard deviation of 3% a period, which a large count overcomes.

    The variance is multiplied by the dispersion. As that is known from few periods, the
    chances are the mean over its distribution: Pearson's chi-squared of the past counts
    over a chi-squared variable of k - 1 degrees of freedom, at least 1.

    References
    ----------
    Held, L. and Sabanes Bove, D. (2014). Applied Statistical Inference, section 9.3:
    the Poisson-gamma prediction. McCullagh, P. and Nelder, J. A. (1989). Generalized
    Linear Models, section 6.2.3: dispersion.

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
    if times.shape != counts.shape or not np.isfinite(times).all():
        raise ParameterError("ago must be a finite number for each past period.")
    if len(counts) < FEWEST_PERIODS:
        return _cannot_tell(now, counts, sizes)
    future, dispersion = _predicted(counts, sizes, times, overdispersed)
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


def _predicted(
    past: Floats, sizes: Floats, times: Floats, overdispersed: bool
) -> tuple[_Future, float]:
    """Return the count to come, and the dispersion of the past."""
    from scipy.special import gammaincinv

    mean, spread, fitted = _trend(past, sizes, times, 1.0)
    freedom, dispersions, dispersion = len(past) - 1, np.ones(1), 1.0
    if overdispersed and past.any():
        dispersion = max(1.0, _chi2(past, fitted) / freedom)
        mean, spread, fitted = _trend(past, sizes, times, dispersion)
        drawn = 2 * gammaincinv(freedom / 2, (np.arange(N_DRAWN) + 0.5) / N_DRAWN)
        dispersions = np.maximum(1.0, _chi2(past, fitted) / drawn)
        dispersion = max(1.0, _chi2(past, fitted) / freedom)
    variance = dispersions * (mean + mean**2 * spread)
    return _Future(mean=mean, sizes=mean**2 / (variance - mean)), dispersion


def _trend(
    past: Floats, sizes: Floats, times: Floats, dispersion: float
) -> tuple[float, float, Floats]:
    """Return the mean to come, the variance of its logarithm, and the fitted past."""
    exposure, total = float(sizes.sum()), float(past.sum()) + 0.5
    if not times.any():
        return total / exposure, 1 / total, sizes * (float(past.sum()) / exposure)
    middle = float(sizes @ times) / exposure
    step, held = times - middle, past + 0.5 * sizes / exposure
    level, slope = math.log(total / exposure), 0.0
    for _ in range(8):
        fitted = sizes * np.exp(level + slope * step)
        curve = np.array(
            [
                [fitted.sum(), fitted @ step],
                [fitted @ step, fitted @ step**2 + dispersion / SLOPE_SD**2],
            ]
        )
        pull = held - fitted
        push = np.array([pull.sum(), pull @ step - slope * dispersion / SLOPE_SD**2])
        change = np.linalg.solve(curve, push)
        level, slope = level + change[0], float(np.clip(slope + change[1], -0.5, 0.5))
    ahead = np.array([1.0, -middle])
    spread = float(ahead @ np.linalg.solve(curve, ahead))
    return math.exp(level - slope * middle), spread, fitted


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
