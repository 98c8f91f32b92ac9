"""How much more counts vary than chance alone: of each row, shrunk to all rows."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from hotspots.core.types import Floats


def shrunk_dispersions(parts: Sequence[Floats]) -> Floats:
    """Return the variance over mean of each row's counts, at least 1.

    ``parts``: sequence of (n, t), incidents; counts of n rows in t equal periods, in
    stretches that are held apart, so that a change between stretches does not count as
    dispersion.

    Returns (n,): 1 where a row cannot be told from chance, and where there are too few
    periods.

    Notes
    -----
    Pearson's chi-squared of each row against its own level and the level of each period
    over all rows (so that a season common to all is none either), over its degrees of
    freedom; then drawn to the mean of all rows, the more the less they differ beyond
    what so few periods give (moments of an inverse-gamma prior). Returned is one
    standard error above: what is not known of it counts as dispersion.

    References
    ----------
    McCullagh, P. and Nelder, J. A. (1989). Generalized Linear Models, section 6.2.3.
    Smyth, G. K. (2004). Linear models and empirical Bayes methods. Statistical
    Applications in Genetics and Molecular Biology 3(1), article 3: shrinkage.
    """
    n = len(parts[0]) if len(parts) else 0
    chi2, freedom = np.zeros(n), 0.0
    for held in parts:
        if held.shape[1] < 2 or not held.any():
            continue
        rows = held.sum(axis=1, keepdims=True)
        shares = held.sum(axis=0) / held.sum() if n > 1 else 1 / held.shape[1]
        expected = rows * shares
        known = expected > 0
        squares = (held - expected) ** 2 / np.where(known, expected, 1.0)
        chi2 += np.where(known, squares, 0.0).sum(axis=1)
        freedom += (held.shape[1] - 1) * (1 - 1 / n if n > 1 else 1.0)
    if not freedom:
        return np.ones(n)
    own, pooled = chi2 / freedom, float(chi2.sum()) / (freedom * n)
    chance = 2 * pooled**2 / freedom
    beyond = float(own.var(ddof=1)) - chance if n > 1 else 0.0
    prior = max(freedom, 2 * pooled**2 / beyond) if beyond > 0 else np.inf
    weight = freedom / (freedom + prior)
    known = min(freedom + prior, freedom * n)
    shrunk = np.asarray(weight * own + (1 - weight) * pooled)
    return np.maximum(1.0, shrunk * (1 + math.sqrt(2 / known)))
