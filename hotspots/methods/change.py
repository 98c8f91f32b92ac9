"""Say whether two counts differ by more than chance.

At eleven crimes a day most differences are noise, so the answer is a word backed by an
exact test, and "too few to say" is one of the words.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from hotspots.core.arrays import as_int, as_number
from hotspots.core.errors import ParameterError
from hotspots.core.types import Floats, Ints
from hotspots.model.hotspot import Change

ALARM = 0.02
"""Two-sided level of an alarm: 1% each way."""

BLOCK = 2_000_000
"""Pairs of counts looked at together: what bounds the memory of the E-test."""

MIN_BASE_FOR_PERCENT = 50
"""A percentage on a smaller base is shown greyed."""


def poisson_z(now: float, before: float) -> float:
    """Return the Poisson z of two counts over equal time.

    ``2 (sqrt(now) - sqrt(before))``: the square root makes the spread of a Poisson
    count nearly constant. It is the form partnerships publish, against a level taken as
    known; where both counts are uncertain its spread is sqrt(2), which is why alarms
    rest on :func:`e_test` and the headline asks for 3.

    ``now``, ``before``: counts, at least 0.

    Raises ParameterError if a count is negative or not finite.

    References
    ----------
    Wheeler, A. P. (2016), "Tables and graphs for monitoring temporal crime trends",
    International Journal of Police Science & Management 18(3), 159-172.

    Examples
    --------
    >>> round(poisson_z(467, 545), 1)
    -3.5
    """
    _check_counts(now, before)
    return 2 * (math.sqrt(now) - math.sqrt(before))


def e_test(k1: int, k2: int, n1: float = 1, n2: float = 1, d: float = 0) -> float:
    """Return the two-sided p value that two Poisson rates differ by ``d`` (E-test).

    Sums, over every pair of counts that the estimated common rate could give, the
    probability of those at least as far from ``d`` as the observed pair. More powerful
    than the conditional binomial test for small counts.

    ``k1``, ``k2``: counts, at least 0.
    ``n1``, ``n2``: exposures (for instance months), greater than 0.
    ``d``: difference of the rates under the hypothesis, at least 0.

    Between 0 and 1; 1 where both counts are 0.

    Notes
    -----
    The distance of a pair is ``|x1/n1 - x2/n2 - d|`` over the square root of the pooled
    rate; that of the observed pair uses the rate estimated under the hypothesis,
    ``(k1 + k2)/(n1 + n2) - d n1/(n1 + n2)``, as the open implementations do. The pair
    of two zeros has no spread and is left out of the sum.

    Raises ParameterError if a count is negative, an exposure not positive or ``d``
    negative.

    References
    ----------
    Krishnamoorthy, K., and J. Thomson (2004), "A more powerful test for comparing two
    Poisson means", Journal of Statistical Planning and Inference 119(1), 23-35.

    Examples
    --------
    >>> round(e_test(3, 3), 3)
    0.998
    >>> round(e_test(20, 10, 1, 1), 4)
    0.0688
    """
    _check_counts(k1, k2)
    n1, n2 = as_number(n1, name="exposure n1"), as_number(n2, name="exposure n2")
    if not (n1 > 0 and n2 > 0):
        raise ParameterError(f"exposures must be greater than 0; got {n1} and {n2}.")
    if not as_number(d, name="the difference d") >= 0:
        raise ParameterError(f"the difference d must be at least 0; got {d}.")
    if k1 + k2 == 0:
        return 1.0
    common = max((k1 + k2) / (n1 + n2) - d * n1 / (n1 + n2), 0.0)
    spread = common or (k1 + k2) / (n1 + n2)
    observed = abs(k1 / n1 - k2 / n2 - d) / math.sqrt(spread)
    x1, p1 = _poisson_support(n1 * (common + d))
    x2, p2 = _poisson_support(n2 * common)
    tails = _tail_by_search if d == 0 else _tail_by_pairs
    total = float(p1 @ tails((x1, x2, p2), (n1, n2, d), observed - 1e-12))
    return min(1.0, total)


def _tail_by_pairs(
    support: tuple[Floats, Floats, Floats],
    terms: tuple[float, float, float],
    observed: float,
) -> Floats:
    """Return, per first count, the probability of second counts as far from ``d``."""
    x1, x2, p2 = support
    n_rows = max(1, BLOCK // len(x2))
    return np.concatenate(
        [
            (_distance(x1[k : k + n_rows, None], x2[None, :], *terms) >= observed) @ p2
            for k in range(0, len(x1), n_rows)
        ]
    )


def _tail_by_search(
    support: tuple[Floats, Floats, Floats],
    terms: tuple[float, float, float],
    observed: float,
) -> Floats:
    """Return the same where ``d`` is 0, by search: the distance falls, then rises."""
    x1, x2, p2 = support
    n1, n2, _ = terms
    below = np.concatenate([[0.0], np.cumsum(p2)])
    above = np.concatenate([np.cumsum(p2[::-1])[::-1], [0.0]])
    turn = np.searchsorted(x2, x1 * (n2 / n1))  # from here on the second rate is higher

    def first(low: Ints, high: Ints, *, rising: bool) -> Ints:
        """Return the first position whose distance has, or has not, reached."""
        while (low < high).any():
            middle = (low + high) // 2
            at = x2[np.minimum(middle, len(x2) - 1)]
            far = _distance(x1, at, *terms) >= observed
            stop = far if rising else ~far
            open_ = low < high
            high = np.where(open_ & stop, middle, high)
            low = np.where(open_ & ~stop, middle + 1, low)
        return low

    zero, end = np.zeros_like(turn), np.full_like(turn, len(x2))
    left = first(zero, turn, rising=False)
    right = first(turn, end, rising=True)
    return np.asarray(below[left] + above[right])


def clustered_test(now: int, before: int, *, dispersion: float) -> float:
    """Return the two-sided p value of two counts that vary more than chance gives.

    Notes
    -----
    Two negative binomial counts of one rate, whose variance is ``dispersion`` times the
    mean, split their total as a beta-binomial of ``a = b = mean / (dispersion - 1)``.
    Twice the smaller tail, the observed split included, at most 1. At a dispersion of 1
    it is the :func:`e_test`.

    Examples
    --------
    >>> round(clustered_test(60, 40, dispersion=1.0), 3)
    0.046
    >>> round(clustered_test(60, 40, dispersion=2.0), 3)
    0.178
    """
    from scipy.special import betaln, gammaln

    total = now + before
    if dispersion <= 1 or not total:
        return e_test(now, before)
    a = total / 2 / (dispersion - 1)
    fewer = np.arange(min(now, before) + 1)
    ways = gammaln(total + 1) - gammaln(fewer + 1) - gammaln(total - fewer + 1)
    chance = np.exp(ways + betaln(fewer + a, total - fewer + a) - betaln(a, a))
    return min(1.0, 2 * float(chance.sum()))


def compare(now: int, before: int, *, months: int, dispersion: float = 1.0) -> Change:
    """Compare two counts over equal time and say in a word what can be said.

    ``months``: how many months each count covers; 0 where nothing can be compared.
    ``dispersion``: variance over mean of such counts where nothing changes, at least 1.

    Returns Change: ``word`` is "higher" or "lower" at 1% each way, "usual" where the
    difference is what chance gives, "too few to say" where even the most lopsided split
    of so few incidents would not have been an alarm, "cannot tell" without a
    comparison.

    Raises ParameterError if a count is negative.
    """
    _check_counts(now, before)
    months = as_int(months, name="months")
    if months == 0:
        nothing = float("nan")
        return Change(
            now=now,
            before=before,
            months=0,
            p_value=nothing,
            z=nothing,
            word="cannot tell",
        )
    p_value = clustered_test(now, before, dispersion=dispersion)
    return Change(
        now=now,
        before=before,
        months=months,
        p_value=p_value,
        z=poisson_z(now, before),
        word=_word(now, before, p_value, dispersion),
    )


def _word(now: int, before: int, p_value: float, dispersion: float) -> str:
    if now + before < _fewest_that_can_alarm(math.ceil(dispersion * 10) / 10):
        return "too few to say"
    if p_value > ALARM:
        return "usual"
    return "higher" if now > before else "lower"


@lru_cache(maxsize=64)
def _fewest_that_can_alarm(dispersion: float) -> int:
    """Return the smallest total whose most lopsided split is an alarm."""
    total = 1
    while clustered_test(total, 0, dispersion=dispersion) > ALARM:
        total += 1
    return total


def _distance(
    x1: np.ndarray, x2: np.ndarray, n1: float, n2: float, d: float
) -> np.ndarray:
    """Return how far each pair is from ``d``, in pooled standard deviations."""
    pooled = (x1 + x2) / (n1 + n2)
    gap = np.abs(x1 / n1 - x2 / n2 - d)
    return np.where(pooled > 0, gap / np.sqrt(np.where(pooled > 0, pooled, 1.0)), -1.0)


def _poisson_support(mean: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the counts that hold all but about 1e-15 of a Poisson's probability."""
    from scipy.special import gammaln

    reach = 9 * math.sqrt(mean) + 12
    low = max(0, math.floor(mean - reach))
    counts = np.arange(low, math.ceil(mean + reach) + 1, dtype=np.float64)
    log_mean = math.log(mean) if mean > 0 else -math.inf
    with np.errstate(invalid="ignore"):
        log_p = np.where(counts > 0, counts * log_mean, 0.0) - mean
    return counts, np.exp(log_p - gammaln(counts + 1))


def _check_counts(*counts: float) -> None:
    for count in counts:
        if not as_number(count, name="a count, at least 0,") >= 0:
            raise ParameterError(f"a count must be at least 0; got {count!r}.")
