"""The three words for an effect, and the normal quantile behind its interval."""

from __future__ import annotations

from typing import Literal

Word = Literal["fell more than comparison", "cannot tell", "rose more than comparison"]


def word_of(low: float, high: float) -> Word:
    """Return what an interval of an effect says: which side of 0 it lies on.

    ``low``, ``high``: below 0 is a fall against comparison.

    One of :data:`Word`.

    Examples
    --------
    >>> word_of(-12.0, 3.0)
    'cannot tell'
    """
    if high < 0:
        return "fell more than comparison"
    return "rose more than comparison" if low > 0 else "cannot tell"


def normal_quantile(p: float) -> float:
    """Return the value below which a standard normal falls with probability ``p``.

    ``p``: between 0 and 1.

    Examples
    --------
    >>> round(normal_quantile(0.975), 2)
    1.96
    """
    from scipy.special import ndtri

    return float(ndtri(p))
