"""Gi* judged by conditional permutation: no normal curve is assumed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hotspots.core.arrays import as_generator, as_int, as_neighbours, as_numbers
from hotspots.core.options import option
from hotspots.core.pvalues import Alternative, adjust_p, permutation_p
from hotspots.core.types import Floats, Rng
from hotspots.kernels import conditional
from hotspots.model.binned import counts_in
from hotspots.model.cells import Cells
from hotspots.model.incidents import Incidents
from hotspots.model.surface import Surface

if TYPE_CHECKING:
    import scipy.sparse


@dataclass(frozen=True, kw_only=True)
class PermutedGi:
    """What conditional permutation says of each place.

    ``z`` (n,): score from the exact mean and variance under conditional permutation.
    ``p_value`` (n,): not adjusted for testing many places.
    """

    z: Floats
    p_value: Floats


def gi_permutation(
    values: Floats,
    neighbours: scipy.sparse.csr_array,
    *,
    n_permutations: int = 999,
    alternative: Alternative = "two-sided",
    rng: Rng = None,
) -> PermutedGi:
    """Return scores and p-values of Gi* under conditional permutation.

    ``values`` (n,): what was counted at each place.
    ``neighbours``: sparse csr array of shape (n, n); 1 where two places are neighbours;
    nothing on the diagonal.
    ``alternative``: {"two-sided", "greater", "less"}; two sides are twice the smaller
    tail. ``greater`` asks for hotspots only.
    ``rng``: int or None; a generator or a seed; None draws a new seed.

    Returns PermutedGi: ``z`` is 0 and ``p_value`` 1 where the neighbours' sum cannot
    vary.

    Raises ParameterError if values are not finite, ``neighbours`` does not fit them, or
    ``n_permutations`` or ``alternative`` is impossible.

    Notes
    -----
    The value of a place is held and the others are permuted over its neighbours
    without replacement. The place's own value adds the same to every permutation, so
    Gi* and Gi have the same p-value, and the score is that of Gi: it says how unusual
    the neighbours are, given the place. The draws are exact for each place and shared
    between places (see ``hotspots.kernels.conditional``).

    References
    ----------
    Anselin, L. (1995). Local indicators of spatial association. Geographical Analysis
    27, 93-115: conditional permutation. Ord, J. K. and Getis, A. (1995). Geographical
    Analysis 27, 286-306.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> ring = np.roll(np.eye(40), 1, axis=0) + np.roll(np.eye(40), -1, axis=0)
    >>> values = np.zeros(40)
    >>> values[:3] = 9
    >>> found = gi_permutation(values, csr_array(ring), rng=1)
    >>> found.z[[1, 20]].round(2), found.p_value[[1, 20]].round(3)
    (array([ 6.16, -0.41]), array([0.008, 1.   ]))
    """
    values, neighbours = as_numbers(values, name="values"), as_neighbours(neighbours)
    conditional.check_neighbours(values, neighbours)
    n_permutations = as_int(n_permutations, name="n_permutations", minimum=1)
    at_least, at_most = conditional.conditional_tails(
        values, neighbours, n_permutations=n_permutations, rng=as_generator(rng)
    )
    p_value = permutation_p(
        at_least, at_most, n_permutations=n_permutations, alternative=alternative
    )
    return PermutedGi(z=conditional.conditional_z(values, neighbours), p_value=p_value)


@dataclass(frozen=True, kw_only=True)
class GiPermutation(conditional.PermutationOptions):
    """Test each cell's neighbourhood against random arrangements of the other cells.

    Notes
    -----
    The cells must be the whole study area with its empty cells.

    References
    ----------
    As for :func:`gi_permutation`; Benjamini, Y. and Hochberg, Y. (1995). Journal of
    the Royal Statistical Society B 57, 289-300.
    """

    alternative: Alternative = option(  # noqa: RUF009
        "two-sided", help="Whether hot and cold places are tested, or one of them."
    )

    def __call__(
        self, incidents: Incidents, cells: Cells, *, rng: Rng = None
    ) -> Surface:
        """Return the surface ``gi_z`` with adjusted permutation p-values.

        ``rng``: used instead of ``seed``.

        In standard deviations; its notes say how small a p-value can be.
        """
        found = gi_permutation(
            counts_in(incidents, cells),
            cells.neighbours,
            n_permutations=self.n_permutations,
            alternative=self.alternative,
            rng=self.seed if rng is None else rng,
        )
        adjusted = adjust_p(found.p_value, self.correction)
        before, after = (int((p <= 0.05).sum()) for p in (found.p_value, adjusted))
        return Surface(
            found.z,
            cells,
            self,
            name="gi_z",
            unit="standard deviations",
            p_values=adjusted,
            notes=(
                self._note(len(cells)),
                f"{before:,} of {len(cells):,} cells are at 5% before adjustment, "
                f"{after:,} after.",
            ),
        )

    def _note(self, n_cells: int) -> str:
        sides = 2 if self.alternative == "two-sided" else 1
        smallest = sides / (self.n_permutations + 1)
        text = (
            f"{self.n_permutations:,} conditional permutations, {self.alternative}: "
            f"no p-value is below {smallest:.2g} before adjustment."
        )
        if self.correction == "none":
            return text
        harmonic = np.sum(1 / np.arange(1, n_cells + 1))
        factor = harmonic if self.correction == "by" else 1.0
        needed = max(1, int(np.ceil(n_cells * factor * smallest / 0.05)))
        return (
            f"{text} At 5% after adjustment at least {needed:,} of {n_cells:,} cells "
            "must reach that before any stands out; draw more permutations if fewer do."
        )
