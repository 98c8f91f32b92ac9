"""Does a series of counts rise or fall? The Mann-Kendall test, many series at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hotspots.core.errors import ParameterError, TooFewError
from hotspots.core.pvalues import normal_p
from hotspots.core.types import Floats

FEWEST = 4
"""With three periods even a perfect rise has a p-value above 0.2."""


@dataclass(frozen=True, kw_only=True)
class Trend:
    """Trends of m series.

    ``s`` (m,): pairs of periods that rise less those that fall.
    ``variance`` (m,): of ``s`` without a trend, ties allowed for.
    ``z`` (m,), standard deviations: with a continuity correction; 0 for a flat series.
    ``p_value`` (m,): two-sided, not corrected for testing many series.
    """

    s: Floats
    variance: Floats
    z: Floats
    p_value: Floats


def mann_kendall(series: Floats) -> Trend:
    """Test whether series rise or fall steadily.

    ``series`` (m, t) or (t,): values in the order of time. Leave missing periods out of
    all series: only the order counts, not the spacing.

    Raises TooFewError if there are fewer than 4 periods; ParameterError if a value is
    not finite.

    Notes
    -----
    ``S`` is the sum over pairs i < j of ``sign(x_j - x_i)``; its variance is
    ``(n (n-1) (2n+5) - sum over ties of t (t-1) (2t+5)) / 18``, and
    ``z = (S - sign(S)) / sqrt(variance)``. Periods are taken as independent: a series
    that remembers itself, as one with seasons does, shows trends more easily than the
    p-value says.

    References
    ----------
    Mann, H. B. (1945). Nonparametric tests against trend. Econometrica 13, 245-259.
    Kendall, M. G. (1975). Rank Correlation Methods, 4th edition. Gilbert, R. O.
    (1987). Statistical Methods for Environmental Pollution Monitoring, section 16.4.

    Examples
    --------
    >>> trend = mann_kendall(np.array([1, 2, 2, 4, 6, 9]))
    >>> int(trend.s[0]), trend.z.round(3)
    (14, array([2.487]))
    """
    x = np.atleast_2d(np.asarray(series, dtype=np.float64))
    n = x.shape[-1]
    if x.ndim != 2 or n < FEWEST:
        raise TooFewError(
            f"a trend needs at least {FEWEST} periods; got an array of shape {x.shape}."
        )
    if not np.isfinite(x).all():
        raise ParameterError(
            f"a trend needs finite values; {int((~np.isfinite(x)).sum()):,} are not. "
            "Leave missing periods out."
        )
    s, variance = _statistic(x)
    spread = np.sqrt(np.where(variance > 0, variance, 1))
    z = np.where(variance > 0, (s - np.sign(s)) / spread, 0.0)
    return Trend(s=s, variance=variance, z=z, p_value=normal_p(z))


def _statistic(x: Floats) -> tuple[Floats, Floats]:
    m, n = x.shape
    s = np.zeros(m)
    alike = np.ones((m, n))
    for at in range(n - 1):
        step = x[:, at + 1 :] - x[:, at : at + 1]
        s += np.sign(step).sum(axis=1)
        same = step == 0
        alike[:, at] += same.sum(axis=1)
        alike[:, at + 1 :] += same
    ties = ((alike - 1) * (2 * alike + 5)).sum(axis=1)
    return s, (n * (n - 1) * (2 * n + 5) - ties) / 18
