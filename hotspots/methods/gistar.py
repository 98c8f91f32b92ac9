"""Getis-Ord Gi*: cells whose neighbourhood holds more than chance would put there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hotspots.core.arrays import as_neighbours, as_numbers
from hotspots.core.errors import ParameterError
from hotspots.core.options import option
from hotspots.core.pvalues import adjust_p
from hotspots.core.tunable import Tunable
from hotspots.core.types import Floats
from hotspots.kernels.conditional import check_neighbours
from hotspots.model.cells import Cells
from hotspots.model.incidents import Incidents
from hotspots.model.surface import Surface, count_per_cell

if TYPE_CHECKING:
    import scipy.sparse


LARGEST = 1e100
"""The squares of larger values cannot be summed."""


def gi_star(
    values: Floats, neighbours: scipy.sparse.csr_array, *, star: bool = True
) -> Floats:
    """Return the z-score of Gi* or Gi at each place.

    ``values`` (n,): what was counted at each place.
    ``neighbours``: sparse array of shape (n, n); 1 where two places are neighbours;
    nothing on the diagonal.
    ``star``: whether a place belongs to its own neighbourhood (Gi*); without it (Gi)
    the mean and the variance leave the place itself out.

    Returns (n,): standard normal under no association. 0 where nothing varies, and for
    Gi at a place without neighbours; Gi* of such a place compares its own value alone.

    Raises ParameterError if values are not finite, or ``neighbours`` is not a square
    0/1 matrix of the same size with an empty diagonal.

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
    values, neighbours = as_numbers(values, name="values"), as_neighbours(neighbours)
    check_neighbours(values, neighbours)
    if not isinstance(star, bool | np.bool_):
        raise ParameterError(f"star must be True or False; got {star!r}.")
    n = len(values)
    if n < 3 or (values == values[0]).all():
        return np.zeros(n)
    if np.abs(values).max() > LARGEST:
        raise ParameterError(
            f"values must be within -{LARGEST:g} to {LARGEST:g}; the largest is "
            f"{np.abs(values).max():g}. Give them in a larger unit."
        )
    sums = np.asarray(neighbours @ values, dtype=np.float64)
    sizes = np.diff(neighbours.indptr).astype(np.float64)
    # sums of differences from the mean: nothing is lost when the mean is large
    mean = values.mean()
    centred = values - mean
    sums = sums - sizes * mean
    if star:
        return z_of_sums(sums + centred, sizes + 1, np.zeros(n), np.mean(centred**2), n)
    mean_others = -centred / (n - 1)
    total = np.sum(centred**2)
    others = (total - centred**2) / (n - 1) - mean_others**2
    others[others < 8 * np.finfo(float).eps * total] = 0  # what rounding leaves of none
    return z_of_sums(sums, sizes, mean_others, others, n - 1)


def z_of_sums(
    sums: Floats, sizes: Floats, mean: Floats, variance: Floats, n: int
) -> Floats:
    """Return the score of sums over neighbourhoods of so many of n places."""
    spread = np.sqrt(np.maximum(variance, 0) * (n * sizes - sizes**2) / (n - 1))
    flat = ~(spread > 0)
    return np.asarray(
        np.where(flat, 0.0, sums - mean * sizes) / np.where(flat, 1, spread)
    )


def neighbourhood_p(
    values: Floats, neighbours: scipy.sparse.csr_array, sizes: Floats
) -> Floats:
    """Return how often chance alone puts as many incidents around each place.

    ``values`` (n,), incidents: whole numbers.
    ``neighbours``: sparse csr array of shape (n, n); 1 where two places are neighbours;
    nothing on the diagonal.
    ``sizes`` (n,): how likely an incident is to fall on each place, for instance its
    area.

    Returns (n,): two-sided: twice the smaller tail, at most 1.

    Notes
    -----
    Of N incidents that fall anywhere, each by itself, a neighbourhood (the place and
    its neighbours) with the share q of all sizes holds a binomial number of N and q.
    No normal curve is assumed: where a neighbourhood expects half an incident, the
    score of Gi* is far from normal, and a hundred cells of a rural district would be
    called hot where nothing is.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> in_a_row = csr_array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> neighbourhood_p(np.array([0.0, 0.0, 4.0]), in_a_row, np.ones(3)).round(3)
    array([0.025, 1.   , 0.395])
    """
    around = np.asarray(neighbours @ values) + values
    share = (neighbours @ sizes + sizes) / sizes.sum()
    return count_p(around, share, round(float(values.sum())))


def count_p(around: Floats, share: Floats, total: int) -> Floats:
    """Return two-sided p of so many of ``total`` where a share of them is expected."""
    from scipy.special import bdtr, bdtrc

    share = np.minimum(share, 1.0)
    as_many = np.where(around > 0, bdtrc(np.maximum(around, 1) - 1, total, share), 1.0)
    as_few = np.where(around < total, bdtr(around, total, share), 1.0)
    return np.asarray(np.minimum(1.0, 2 * np.minimum(as_many, as_few)))


@dataclass(frozen=True, kw_only=True)
class GiStar(Tunable):
    """Score each cell's neighbourhood (itself and ring 1) against the whole area.

    Raises ParameterError if the correction is not one of those.

    Notes
    -----
    The cells must be the whole study area with its empty cells: a mean over cells
    with incidents only would hide hotspots. The score is :func:`gi_star`; its p-value
    is the exact count of :func:`neighbourhood_p`.

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

    def __call__(self, incidents: Incidents, cells: Cells) -> Surface:
        """Return the surface ``gi_z`` with adjusted two-sided p-values.

        In standard deviations; above 0 where there is more than chance explains.
        """
        counts, _ = count_per_cell(incidents, cells)
        z = gi_star(counts, cells.neighbours)
        p = neighbourhood_p(counts, cells.neighbours, cells.area_km2)
        return self.surface_of(z, self.adjusted(p), cells)

    def adjusted(self, p: Floats) -> Floats:
        """Return p-values adjusted for testing every cell of the study area."""
        if self.correction in ("bh", "by"):
            return adjust_p(p, "by" if self.correction == "by" else "bh")
        return p

    def surface_of(self, z: Floats, p: Floats, cells: Cells) -> Surface:
        """Return scores and adjusted p-values as a surface."""
        return Surface(
            z, cells, self, name="gi_z", unit="standard deviations", p_values=p
        )
