"""Local Moran's I: cells that are like their neighbours, and cells that are not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.core.arrays import as_generator, as_int, as_neighbours, as_numbers
from hotspots.core.options import option
from hotspots.core.pvalues import adjust_p, normal_p, permutation_p
from hotspots.core.types import Floats, Rng
from hotspots.kernels import conditional
from hotspots.model.binned import counts_in
from hotspots.model.cells import Cells, cell_names
from hotspots.model.incidents import Incidents
from hotspots.model.surface import Surface

if TYPE_CHECKING:
    import scipy.sparse


QUADRANTS = ("high-high", "low-high", "low-low", "high-low", "no neighbours")
"""A cell's own value, then its neighbours' mean, against the mean of all cells."""


@dataclass(frozen=True, kw_only=True)
class MoranResult:
    """Local Moran's I of each place.

    ``i`` (n,).
    ``z`` (n,): score of I from its exact mean and variance under conditional
    permutation.
    ``p_value`` (n,): two-sided, not adjusted for testing many places.
    ``quadrant`` (n,): index into :data:`QUADRANTS`.
    """

    i: Floats
    z: Floats
    p_value: Floats
    quadrant: npt.NDArray[np.int64]


def local_moran(
    values: Floats,
    neighbours: scipy.sparse.csr_array,
    *,
    n_permutations: int = 999,
    rng: Rng = None,
) -> MoranResult:
    """Return local Moran's I with its scores, two-sided p-values and quadrants.

    ``values`` (n,).
    ``neighbours``: sparse csr array of shape (n, n); 1 where two places are neighbours;
    nothing on the diagonal. Each place's neighbours share a weight of 1.
    ``n_permutations``: 0 takes p-values from the normal curve instead of from
    permutations.

    Returns MoranResult: all zero with p-values of 1 where nothing varies.

    Raises ParameterError if values are not finite, ``neighbours`` does not fit them or
    ``n_permutations`` is negative.

    Notes
    -----
    ``I_i = (n - 1) d_i L_i / sum(d^2)`` with the difference d from the mean and the
    mean L of d over the neighbours. Given the place's own value, I_i is a multiple of
    its neighbours' sum, so that its score is that sum's with the sign of d_i.

    References
    ----------
    Anselin, L. (1995). Geographical Analysis 27, 93-115. Sokal, R. R., Oden, N. L. and
    Thomson, B. A. (1998). Local spatial autocorrelation in a biological model.
    Geographical Analysis 30, 331-354: conditional moments.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> in_a_row = csr_array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> local_moran(np.array([1.0, 1.0, 4.0]), in_a_row, n_permutations=0).i.round(3)
    array([ 0.333, -0.167, -0.667])
    """
    values, neighbours = as_numbers(values, name="values"), as_neighbours(neighbours)
    conditional.check_neighbours(values, neighbours)
    n_permutations = as_int(n_permutations, name="n_permutations")
    own, around, scale, sizes = _differences(values, neighbours)
    z = np.sign(own) * conditional.conditional_z(values, neighbours)
    if n_permutations:
        p = _permuted(values, neighbours, n_permutations, as_generator(rng))
        p = np.where(own == 0, 1.0, p)
    else:
        p = normal_p(z)
    quadrant = np.where(own > 0, np.where(around > 0, 0, 3), np.where(around > 0, 1, 2))
    quadrant = np.where(sizes == 0, 4, quadrant).astype(np.int64)
    return MoranResult(i=scale * own * around, z=z, p_value=p, quadrant=quadrant)


def _differences(
    values: Floats, neighbours: scipy.sparse.csr_array
) -> tuple[Floats, Floats, float, Floats]:
    """Return d, its mean over neighbours, ``(n - 1) / sum(d^2)`` and neighbours."""
    sizes = np.diff(neighbours.indptr).astype(np.float64)
    if not len(values) or (values == values[0]).all():
        return np.zeros(len(values)), np.zeros(len(values)), 0.0, sizes
    own = values - values.mean()
    around = np.asarray(neighbours @ own) / np.maximum(sizes, 1)
    return own, around, float((len(values) - 1) / np.sum(own**2)), sizes


def _permuted(
    values: Floats,
    neighbours: scipy.sparse.csr_array,
    n_permutations: int,
    rng: np.random.Generator,
) -> Floats:
    """Return two-sided p-values: the same for I as for the neighbours' sum."""
    at_least, at_most = conditional.conditional_tails(
        values, neighbours, n_permutations=n_permutations, rng=rng
    )
    return permutation_p(at_least, at_most, n_permutations=n_permutations)


@dataclass(frozen=True, kw_only=True)
class LocalMoran(conditional.PermutationOptions):
    """Find clusters and lone cells: local Moran's I of the counts.

    Notes
    -----
    The cells must be the whole study area with its empty cells.

    References
    ----------
    As for :func:`local_moran`.
    """

    n_permutations: int = option(
        999, help="How many random arrangements are drawn; 0 for none.", ge=0, le=99_999
    )
    level: float = option(
        0.05, help="A cell is labelled up to this p-value.", gt=0, le=1
    )

    def __call__(
        self, incidents: Incidents, cells: Cells, *, rng: Rng = None
    ) -> Surface:
        """Return the surface ``local_moran`` with adjusted two-sided p-values.

        ``rng``: used instead of ``seed``.

        Above 0 where a cell is like its neighbours, below 0 where it is not.
        """
        found = self._find(counts_in(incidents, cells), cells, rng)
        return Surface(
            found.i,
            cells,
            self,
            name="local_moran",
            unit="local Moran's I",
            p_values=adjust_p(found.p_value, self.correction),
        )

    def table(
        self, incidents: Incidents, cells: Cells, *, rng: Rng = None
    ) -> pl.DataFrame:
        """Return a row for each cell with its label.

        Returns m rows: ``cell``, ``n_incidents``, ``i``, ``z``, ``p_value`` (adjusted),
        ``quadrant`` (one of :data:`QUADRANTS`) and ``label``: the quadrant, or "not
        significant" above ``level``.
        """
        counts = counts_in(incidents, cells)
        found = self._find(counts, cells, rng)
        quadrant = np.array(QUADRANTS)[found.quadrant]
        p_value = adjust_p(found.p_value, self.correction)
        return pl.DataFrame(
            {
                "cell": cell_names(cells.ids),
                "n_incidents": counts.astype(np.int64),
                "i": found.i,
                "z": found.z,
                "p_value": p_value,
                "quadrant": quadrant,
                "label": np.where(p_value <= self.level, quadrant, "not significant"),
            }
        )

    def _find(self, counts: Floats, cells: Cells, rng: Rng) -> MoranResult:
        return local_moran(
            counts,
            cells.neighbours,
            n_permutations=self.n_permutations,
            rng=self.seed if rng is None else rng,
        )
