"""Getis-Ord Gi*: cells whose neighbourhood holds more than chance would put there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from hotspots.cells import Cells
from hotspots.errors import ParameterError
from hotspots.incidents import Incidents
from hotspots.params import check_fields, option
from hotspots.surface import Surface, count_per_cell

if TYPE_CHECKING:
    import scipy.sparse

__all__ = ["GiStar", "adjust_p", "gi_star", "two_sided_p"]

Floats = npt.NDArray[np.float64]


def gi_star(
    values: Floats, neighbours: scipy.sparse.csr_array, *, star: bool = True
) -> Floats:
    """Return the z-score of Gi* or Gi at each place.

    Parameters
    ----------
    values : ndarray of shape (n,)
        What was counted at each place.
    neighbours : sparse array of shape (n, n)
        1 where two places are neighbours; nothing on the diagonal.
    star : bool
        Whether a place belongs to its own neighbourhood (Gi*); without it (Gi) the
        mean and the variance leave the place itself out.

    Returns
    -------
    ndarray of shape (n,)
        Standard normal under no association. 0 where nothing varies, and for Gi at a
        place without neighbours; Gi* of such a place compares its own value alone.

    Raises
    ------
    ParameterError
        If values are not finite, or ``neighbours`` is not a square 0/1 matrix of the
        same size with an empty diagonal.

    Notes
    -----
    For a neighbourhood of k places with sum S, ``z = (S - m k) / (s sqrt((n k - k^2) /
    (n - 1)))`` with the mean m and ``s^2 = sum(x^2) / n - m^2`` of all n places. For
    Gi, n, m and s are those of the n - 1 other places.

    References
    ----------
    Ord, J. K. and Getis, A. (1995). Local spatial autocorrelation statistics.
    Geographical Analysis 27, 286-306, equations 5 and 14.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> in_a_row = csr_array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> gi_star(np.array([1.0, 1.0, 4.0]), in_a_row).round(3)
    array([-1.414,  0.   ,  0.707])
    """
    values = np.asarray(values, dtype=np.float64)
    _check(values, neighbours)
    n = len(values)
    if n < 3 or (values == values[0]).all():
        return np.zeros(n)
    sums = np.asarray(neighbours @ values, dtype=np.float64)
    sizes = np.diff(neighbours.indptr).astype(np.float64)
    # sums of differences from the mean: nothing is lost when the mean is large
    mean = values.mean()
    centred = values - mean
    sums = sums - sizes * mean
    if star:
        return _z(sums + centred, sizes + 1, np.zeros(n), np.mean(centred**2), n)
    mean_others = -centred / (n - 1)
    others = (np.sum(centred**2) - centred**2) / (n - 1) - mean_others**2
    return _z(sums, sizes, mean_others, others, n - 1)


def _z(sums: Floats, sizes: Floats, mean: Floats, variance: Floats, n: int) -> Floats:
    spread = np.sqrt(np.maximum(variance, 0) * (n * sizes - sizes**2) / (n - 1))
    flat = ~(spread > 0)
    return np.asarray(
        np.where(flat, 0.0, sums - mean * sizes) / np.where(flat, 1, spread)
    )


def _check(values: Floats, neighbours: scipy.sparse.csr_array) -> None:
    n = len(values)
    if values.ndim != 1 or not np.isfinite(values).all():
        raise ParameterError(
            "values must be one finite number for each place; got shape "
            f"{values.shape} with {int((~np.isfinite(values)).sum()):,} not finite."
        )
    if neighbours.shape != (n, n):
        raise ParameterError(
            f"neighbours must be a matrix of shape ({n}, {n}), as there are {n:,} "
            f"values; got {neighbours.shape}."
        )
    if neighbours.format != "csr" or (neighbours.data != 1).any():
        raise ParameterError(
            "neighbours must be a csr matrix of ones; got format "
            f"{neighbours.format!r}. Use Cells.neighbours."
        )
    if neighbours.diagonal().any():
        raise ParameterError(
            "neighbours must not hold a place itself (its diagonal must be empty); "
            "use star=True to count each place with its own neighbourhood."
        )


def two_sided_p(z: Floats) -> Floats:
    """Return the two-sided p-value of standard normal scores.

    Parameters
    ----------
    z : ndarray of shape (n,)

    Returns
    -------
    ndarray of shape (n,)

    Examples
    --------
    >>> two_sided_p(np.array([0.0, 1.959963984540054])).round(6)
    array([1.  , 0.05])
    """
    from scipy.special import ndtr

    return np.asarray(2 * ndtr(-np.abs(z)))


def adjust_p(p: Floats, method: Literal["bh", "by"] = "bh") -> Floats:
    """Adjust p-values so that a cut at q keeps the false discovery rate below q.

    Parameters
    ----------
    p : ndarray of shape (n,)
    method : {"bh", "by"}
        Benjamini and Hochberg, for independent or positively dependent tests, as of
        overlapping neighbourhoods; or Benjamini and Yekutieli, for any dependence.

    Returns
    -------
    ndarray of shape (n,)
        At most 1, in the order of ``p``.

    Raises
    ------
    ParameterError
        If a p-value is not from 0 to 1 or the method is not one of the two.

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
    p = np.asarray(p, dtype=np.float64)
    _check_p(p, method)
    n = len(p)
    order = np.argsort(p)[::-1]
    factor = n if method == "bh" else n * np.sum(1 / np.arange(1, n + 1))
    raised = np.minimum.accumulate(p[order] * (factor / np.arange(n, 0, -1)))
    adjusted = np.empty(n)
    adjusted[order] = np.minimum(raised, 1)
    return adjusted


def _check_p(p: Floats, method: str) -> None:
    if method not in ("bh", "by"):
        raise ParameterError(f"method must be one of bh, by; got {method!r}.")
    if p.ndim != 1 or not ((p >= 0) & (p <= 1)).all():
        raise ParameterError(
            "p-values must be numbers from 0 to 1 in one dimension; got shape "
            f"{p.shape} with {int((~((p >= 0) & (p <= 1))).sum()):,} outside."
        )


@dataclass(frozen=True, kw_only=True)
class GiStar:
    """Score each cell's neighbourhood (itself and ring 1) against the whole area.

    Parameters
    ----------
    correction : {"bh", "by", "none"}
        How p-values are adjusted for testing every cell.

    Raises
    ------
    ParameterError
        If the correction is not one of those.

    Notes
    -----
    The cells must be the whole study area with its empty cells: a mean over cells
    with incidents only would hide hotspots.

    References
    ----------
    As for :func:`gi_star` and :func:`adjust_p`.
    """

    correction: str = option(
        "bh",
        help="How p-values are adjusted for testing every cell: Benjamini-Hochberg, "
        "Benjamini-Yekutieli, or not at all.",
        choices=("bh", "by", "none"),
    )

    def __post_init__(self) -> None:
        check_fields(self)

    def __call__(self, incidents: Incidents, cells: Cells) -> Surface:
        """Return the surface ``gi_z`` with adjusted two-sided p-values.

        Parameters
        ----------
        incidents : Incidents
        cells : Cells, m of them
            The whole study area.

        Returns
        -------
        Surface
            In standard deviations; above 0 where there is more than chance explains.
        """
        counts, _ = count_per_cell(incidents, cells)
        z = gi_star(counts, cells.neighbours)
        p = two_sided_p(z)
        if self.correction in ("bh", "by"):
            p = adjust_p(p, "by" if self.correction == "by" else "bh")
        return Surface(
            values=z,
            name="gi_z",
            unit="standard deviations",
            cells=cells,
            method=self,
            p_values=p,
        )
