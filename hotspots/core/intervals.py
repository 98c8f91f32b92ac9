"""Intervals of what was counted."""

from __future__ import annotations

import math


def wilson(n: int, of: int) -> tuple[float, float]:
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
    from scipy.special import ndtri  # scipy.stats takes half a second to load

    z = float(ndtri(0.975))
    whole, share = 2 * (of + z**2), n / of
    centre = (2 * of * share + z**2) / whole
    reach = z / whole * math.sqrt(4 * of * share * (1 - share) + z**2)
    return (
        centre - reach if n else 0.0,
        centre + reach if n < of else 1.0,
    )
