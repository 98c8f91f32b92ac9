"""The range of counts that past periods lead one to expect of the next."""

from __future__ import annotations

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


@dataclass(frozen=True, kw_only=True)
class UsualRange:
    """What past periods lead one to expect, and what can be said of the count now.

    Parameters
    ----------
    expected : float
        Mean of the past for a period as long as this one.
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
    overdispersed: bool = True,
    level: float = ALARM,
) -> UsualRange:
    """Return the usual range from past periods, and a word for the count now.

    Notes
    -----
    With X past incidents in total over e times the length of this period, the rate is
    gamma with shape X + 0.5 (Jeffreys' prior), so that the count to come is negative
    binomial with mean ``m = (X + 0.5) / e`` and variance ``m (1 + 1 / e)``. The
    variance is multiplied by the dispersion, Pearson's chi-squared of the past counts
    over its k - 1 degrees of freedom, where that is above 1.

    The rate is taken as steady: season and trend are part of the dispersion.

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
    _check(now, counts, sizes, level)
    if len(counts) < FEWEST_PERIODS:
        return _cannot_tell(now, counts, sizes)
    mean, size, dispersion = _predicted(counts, sizes, overdispersed)
    low, high = _range(mean, size, level)
    p_high, p_low = _upper(now, mean, size), _lower(now, mean, size)
    return UsualRange(
        now=int(now),
        expected=mean,
        low=low,
        high=high,
        dispersion=dispersion,
        p_high=p_high,
        p_low=p_low,
        n_periods=len(counts),
        word=_word(int(now), low, high),
    )


def _predicted(
    past: Floats, sizes: Floats, overdispersed: bool
) -> tuple[float, float, float]:
    """Return the mean and the size of the negative binomial, and the dispersion."""
    total, exposure = float(past.sum()), float(sizes.sum())
    mean = (total + 0.5) / exposure
    dispersion = 1.0
    if overdispersed and total > 0:
        fitted = sizes * total / exposure
        chi2 = float(np.sum((past - fitted) ** 2 / fitted))
        dispersion = max(1.0, chi2 / (len(past) - 1))
    variance = dispersion * mean * (1 + 1 / exposure)
    return mean, mean**2 / (variance - mean), dispersion


def _upper(count: int, mean: float, size: float) -> float:
    from scipy.special import betainc

    return 1.0 if count <= 0 else float(betainc(count, size, mean / (size + mean)))


def _lower(count: int, mean: float, size: float) -> float:
    from scipy.special import betainc

    return float(betainc(size, count + 1, size / (size + mean)))


def _range(mean: float, size: float, level: float) -> tuple[int, int]:
    """Return the smallest and the largest count that is no alarm."""
    low = _first(lambda count: _lower(count, mean, size) > level)
    high = _first(lambda count: _upper(count + 1, mean, size) <= level)
    return low, high


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
