"""The indicator return: two counts, the change, and whether chance would do it."""

from __future__ import annotations

from dataclasses import dataclass

from hotspots.core.errors import ParameterError
from hotspots.methods.change import e_test, poisson_z

HEADLINE_Z, WATCH_Z = 3.0, 2.0
WATCH_P = 0.1
ALARM = 0.02
"""Two-sided: 1% each way."""
BASE_FOR_PERCENT = 50


@dataclass(frozen=True, kw_only=True)
class Return:
    """One indicator, now and before.

    Parameters
    ----------
    now, before : int
        Incidents in equal times.
    percent : float or None
        Change in per cent of ``before``; None where that is 0.
    small_base : bool
        ``before`` is under 50: show the percentage greyed.
    z : float
        ``2 (sqrt(now) - sqrt(before))``.
    p : float
        E-test, two-sided.
    ratio_low, ratio_high : float
        95% interval of now over before, exact; ``ratio_high`` is infinite where
        before is 0.
    word : str
        "fell" or "rose" where |z| is 3 or more and the E-test agrees at 2%; "lower,
        not a headline" or "higher, not a headline" where |z| is 2 or more and p is 0.1
        or less; "too few to say" where even the most lopsided split of so few could
        not be told from chance; else "cannot tell".
    """

    now: int
    before: int
    percent: float | None
    small_base: bool
    z: float
    p: float
    ratio_low: float
    ratio_high: float
    word: str

    def sentence(self, label: str) -> str:
        """Return the change in words, both counts beside the percentage.

        Examples
        --------
        >>> indicator_return(1344, 1698).sentence("ASB")
        'ASB 1,698 -> 1,344 (-20.8%, z -9.1): fell.'
        """
        percent = "no base" if self.percent is None else f"{self.percent:+.1f}%"
        return (
            f"{label} {self.before:,} -> {self.now:,} ({percent}, z {self.z:+.1f}): "
            f"{self.word}."
        )


def indicator_return(now: int, before: int) -> Return:
    """Compare two counts of equal length as the published return does.

    Raises
    ------
    ParameterError
        If a count is negative or no whole number.

    Notes
    -----
    The interval is that of a ratio of two Poisson means: given their sum, ``now`` is
    binomial, and the Clopper-Pearson interval of its share s gives s / (1 - s).

    References
    ----------
    Wheeler, A. P. (2016), "Tables and graphs for monitoring temporal crime trends",
    International Journal of Police Science & Management 18(3), 159-172. Krishnamoorthy
    and Thomson (2004), see :func:`hotspots.methods.change.e_test`. Clopper, C. J. and
    Pearson, E. S. (1934), Biometrika 26, 404-413.

    Examples
    --------
    >>> found = indicator_return(467, 545)
    >>> round(found.percent, 1), round(found.z, 1), found.word
    (-14.3, -3.5, 'fell')
    >>> indicator_return(199, 209).word
    'cannot tell'
    """
    for count in (now, before):
        if isinstance(count, bool) or int(count) != count or count < 0:
            raise ParameterError(
                f"a count must be a whole number of 0 or more; got {count!r}."
            )
    z, p = poisson_z(now, before), e_test(now, before)
    low, high = _ratio_interval(now, before)
    return Return(
        now=now,
        before=before,
        percent=100 * (now - before) / before if before else None,
        small_base=before < BASE_FOR_PERCENT,
        z=z,
        p=p,
        ratio_low=low,
        ratio_high=high,
        word=_word(now, before, z, p),
    )


def _word(now: int, before: int, z: float, p: float) -> str:
    if abs(z) >= HEADLINE_Z and p <= ALARM:
        return "rose" if z > 0 else "fell"
    if e_test(now + before, 0) > ALARM:
        return "too few to say"
    if abs(z) >= WATCH_Z and p <= WATCH_P:
        return f"{'higher' if z > 0 else 'lower'}, not a headline"
    return "cannot tell"


def _ratio_interval(now: int, before: int, level: float = 0.95) -> tuple[float, float]:
    from scipy.stats import beta

    tail = (1 - level) / 2
    low = float(beta.ppf(tail, now, before + 1)) if now else 0.0
    high = float(beta.ppf(1 - tail, now + 1, before)) if before else 1.0
    return low / (1 - low), high / (1 - high) if high < 1 else float("inf")
