"""P-values: from scores, from permutations, and adjusted for many tests at once."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from hotspots.core.arrays import as_numbers
from hotspots.core.errors import ParameterError
from hotspots.core.types import Floats, Ints

Alternative = Literal["two-sided", "greater", "less"]
Correction = Literal["bh", "by", "none"]


def normal_p(z: Floats) -> Floats:
    """Return the two-sided p-value of standard normal scores.

    ``z``: shape (n,). Returns shape (n,).

    Examples
    --------
    >>> normal_p(np.array([0.0, 1.959963984540054])).round(6)
    array([1.  , 0.05])
    """
    from scipy.special import ndtr

    return np.asarray(2 * ndtr(-np.abs(z)))


def permutation_p(
    n_at_least: Ints,
    n_at_most: Ints,
    *,
    n_permutations: int,
    alternative: Alternative = "two-sided",
) -> Floats:
    """Return p-values from how many permutations were at least, or at most, as large.

    ``n_at_least``, ``n_at_most`` (n,): of the permutations, ties counted in both.
    ``alternative``: {"two-sided", "greater", "less"}. Returns (n,): never 0: the
    smallest is ``1 / (n_permutations + 1)``, or twice that for two sides. Raises
    ParameterError if the alternative is not one of the three.

    One side is ``(count + 1) / (n_permutations + 1)``: the observed arrangement is one
    of those possible. Two sides are twice the smaller of the two, at most 1.

    References
    ----------
    Phipson, B. and Smyth, G. K. (2010). Permutation p-values should never be zero.
    Statistical Applications in Genetics and Molecular Biology 9(1), article 39.

    Examples
    --------
    >>> permutation_p(np.array([0, 999]), np.array([999, 4]), n_permutations=999)
    array([0.002, 0.01 ])
    """
    if alternative not in get_args(Alternative):
        raise ParameterError(
            f"alternative must be one of two-sided, greater, less; got {alternative!r}."
        )
    greater = (n_at_least + 1) / (n_permutations + 1)
    less = (n_at_most + 1) / (n_permutations + 1)
    if alternative == "greater":
        return np.asarray(greater)
    if alternative == "less":
        return np.asarray(less)
    return np.asarray(np.minimum(1.0, 2 * np.minimum(greater, less)))


def adjust_p(p: Floats, method: Correction = "bh") -> Floats:
    """Adjust p-values so that a cut at q keeps the false discovery rate below q.

    ``p``: shape (n,). ``method`` ({"bh", "by", "none"}): Benjamini and Hochberg, for
    independent or positively dependent tests; Benjamini and Yekutieli, for any
    dependence; or unchanged. Returns (n,): at most 1, in the order of ``p``. Raises
    ParameterError if a p-value is not from 0 to 1 or the method is not one of the
    three.

    References
    ----------
    Benjamini, Y. and Hochberg, Y. (1995). Journal of the Royal Statistical Society B
    57, 289-300. Benjamini, Y. and Yekutieli, D. (2001). Annals of Statistics 29,
    1165-1188.

    Examples
    --------
    >>> adjust_p(np.array([0.01, 0.04, 0.03, 0.5])).round(4)
    array([0.04  , 0.0533, 0.0533, 0.5   ])
    """
    p = as_numbers(p, name="p-values")
    _check_p(p, str(method))
    if method == "none":
        return p
    n = len(p)
    order = np.argsort(p)[::-1]
    factor = n if method == "bh" else n * np.sum(1 / np.arange(1, n + 1))
    raised = np.minimum.accumulate(p[order] * (factor / np.arange(n, 0, -1)))
    adjusted = np.empty(n)
    adjusted[order] = np.minimum(raised, 1)
    return adjusted


def _check_p(p: Floats, method: str) -> None:
    if method not in get_args(Correction):
        raise ParameterError(f"method must be one of bh, by, none; got {method!r}.")
    outside = ~((p >= 0) & (p <= 1))
    if p.ndim != 1 or outside.any():
        raise ParameterError(
            "p-values must be numbers from 0 to 1 in one dimension; got shape "
            f"{p.shape} with {int(outside.sum()):,} outside."
        )
