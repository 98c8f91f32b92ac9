"""Sites, what each would cover and what must not be combined: a problem to solve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

from hotspots.core.errors import ParameterError
from hotspots.core.types import Bools, Floats, Ints


@dataclass(frozen=True, kw_only=True)
class CoverProblem:
    """Choose at most ``n_sites`` candidates in each period to cover the most weight.

    ``cover``: csr_matrix of shape (m, n); 1 where candidate ``i`` covers demand ``j``,
    else not stored.
    ``weight`` (n,): at least 0.
    ``n_sites``: in each period.
    ``period`` (m,): from 0. A candidate of several periods is there several times, and
    so is the demand: what one period covers counts nothing in another.
    ``xy_m`` (m, 2), metres: needed for spacing.
    ``spacing_m``: two sites of one period are at least this far apart; 0 is no limit.
    ``limits``: csr_matrix of shape (k, m); at most one candidate of each row may be
    chosen.
    ``kin`` (m,): candidates of one number have the same limits, so that one may stand
    for the other. Default: the period, where there are no limits.

    Raises ParameterError if shapes do not agree, a weight is negative or no number, or
    spacing is asked for without coordinates.
    """

    cover: csr_matrix
    weight: Floats
    n_sites: int
    period: Ints
    xy_m: Floats | None = None
    spacing_m: float = 0.0
    limits: csr_matrix | None = None
    kin: Ints | None = None

    def __post_init__(self) -> None:
        m, n = self.cover.shape
        if self.weight.shape != (n,) or self.period.shape != (m,):
            raise ParameterError(
                f"{m:,} candidates and {n:,} demands need one period and one weight "
                f"each; got {self.period.shape} and {self.weight.shape}."
            )
        if not (np.isfinite(self.weight).all() and (self.weight >= 0).all()):
            raise ParameterError(
                "every weight must be a number of at least 0; the smallest is "
                f"{self.weight.min() if n else 0!r}."
            )
        if self.n_sites < 1:
            raise ParameterError(f"n_sites must be at least 1; got {self.n_sites!r}.")
        if self.spacing_m > 0 and self.xy_m is None:
            raise ParameterError("spacing needs the coordinates of the candidates.")

    @property
    def n_candidates(self) -> int:
        """How many candidates, over all periods."""
        return int(self.cover.shape[0])

    @property
    def n_periods(self) -> int:
        """How many periods."""
        return int(self.period.max()) + 1 if len(self.period) else 1

    def value(self, chosen: npt.ArrayLike) -> float:
        """Return the weight that a choice covers."""
        return float(self.weight[self.times_covered(chosen) > 0].sum())

    def times_covered(self, chosen: npt.ArrayLike) -> Ints:
        """Return how many of the chosen cover each demand, shape (n,)."""
        rows = self.cover[np.asarray(chosen, dtype=np.int64)]
        return np.bincount(rows.indices, minlength=self.cover.shape[1])

    def excluded_by(self, one: int) -> Bools:
        """Say which candidates cannot be chosen beside one, itself among them."""
        excluded = np.zeros(self.n_candidates, dtype=bool)
        excluded[one] = True
        if self.spacing_m > 0 and self.xy_m is not None:
            away = np.hypot(*(self.xy_m - self.xy_m[one]).T)
            excluded |= (away < self.spacing_m) & (self.period == self.period[one])
        if self.limits is not None:
            rows = self.limits.T.tocsr()[one].indices
            excluded[self.limits[rows].indices] = True
        return excluded

    def cells(self) -> Ints | None:
        """Return disjoint sets of candidates of which one can be chosen, or None.

        Returns (m,), or None: number of the set of each candidate. Under spacing:
        everything within half of it of the candidate that covers most, then of the next
        one left, and so on, in each period; any two of a set are nearer than the
        spacing. Under limits: the kin.
        """
        if self.spacing_m <= 0 or self.xy_m is None:
            return self.kin if self.limits is not None else None
        label = np.full(self.n_candidates, -1, dtype=np.int64)
        left = np.argsort(-(self.cover @ self.weight), kind="stable")
        number, half = 0, self.spacing_m / 2 * (1 - 1e-9)
        while len(left):
            one = left[0]
            near = np.hypot(*(self.xy_m[left] - self.xy_m[one]).T) < half
            near &= self.period[left] == self.period[one]
            label[left[near]] = number
            left, number = left[~near], number + 1
        return label

    def too_close(self, chosen: npt.ArrayLike) -> list[tuple[int, int]]:
        """Return the chosen pairs of one period that stand too near to each other."""
        if self.spacing_m <= 0 or self.xy_m is None:
            return []
        sites = np.sort(np.asarray(chosen, dtype=np.int64))
        xy, when = self.xy_m[sites], self.period[sites]
        away = cdist(xy, xy)
        near = (away < self.spacing_m) & (when[:, None] == when[None])
        first, second = np.nonzero(np.triu(near, 1))
        return [
            (int(sites[a]), int(sites[b]))
            for a, b in zip(first.tolist(), second.tolist(), strict=True)
        ]


def cover_sets(sites_m: Floats, demand_m: Floats, *, range_m: float) -> csr_matrix:
    """Return which demand lies within range of which site.

    ``sites_m`` (m, 2), metres.
    ``demand_m`` (n, 2), metres.

    Returns csr_matrix of shape (m, n): ones, indices sorted.
    """
    shape = (len(sites_m), len(demand_m))
    if not all(shape):
        return csr_matrix(shape, dtype=np.float64)
    pairs = cKDTree(sites_m).sparse_distance_matrix(
        cKDTree(demand_m), range_m, output_type="ndarray"
    )
    ones = np.ones(len(pairs))
    cover = csr_matrix((ones, (pairs["i"], pairs["j"])), shape=shape)
    cover.sort_indices()
    return cover
