"""Several periods in one covering problem, with rest for a zone that had a site."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import block_diag, csr_matrix

from hotspots.core.errors import PlanError
from hotspots.core.types import Floats, Ints
from hotspots.optimise.coverage.problem import CoverProblem


def square_zones(xy_m: Floats, *, side_m: float) -> Ints:
    """Give each point the number of the grid square that it stands in.

    ``xy_m``: shape (m, 2), metres. Returns (m,): from 0.
    """
    square = np.floor(xy_m / side_m).astype(np.int64)
    _, zone = np.unique(square, axis=0, return_inverse=True)
    return np.asarray(zone.reshape(-1), dtype=np.int64)


def build_rotation(
    cover: csr_matrix,
    weight: Floats,
    *,
    n_sites: int,
    xy_m: Floats,
    spacing_m: float = 0.0,
    zone: npt.ArrayLike,
    rest_periods: int,
) -> CoverProblem:
    """Return the covering problem of several periods.

    ``cover``: shape (m, n). ``weight`` (t, n): of each period. ``xy_m``: shape (m, 2),
    metres. ``zone``: shape (m,). Raises PlanError if there are too few zones for every
    period to have its sites.
    """
    n_periods, m = len(weight), cover.shape[0]
    zones = np.asarray(zone, dtype=np.int64)
    period = np.repeat(np.arange(n_periods), m)
    limits = kin = None
    if rest_periods > 0 and n_periods > 1:
        n_zones = int(zones.max()) + 1
        together = min(n_periods, rest_periods + 1)
        if n_zones < n_sites * together:
            raise PlanError(
                f"{n_sites} sites in each of {n_periods} periods with {rest_periods} "
                f"periods of rest need {n_sites * together} zones that see anything; "
                f"there are {n_zones}. Give fewer sites, less rest or smaller zones."
            )
        limits = _windows(zones, n_zones, n_periods, together)
        kin = period * n_zones + np.tile(zones, n_periods)
    return CoverProblem(
        cover=csr_matrix(block_diag([cover] * n_periods, format="csr")),
        weight=np.concatenate(list(weight)),
        n_sites=n_sites,
        period=period,
        xy_m=np.tile(xy_m, (n_periods, 1)),
        spacing_m=spacing_m,
        limits=limits,
        kin=kin,
    )


def _windows(zones: Ints, n_zones: int, n_periods: int, together: int) -> csr_matrix:
    """Return one row for each zone and each run of periods of which one may be used."""
    m = len(zones)
    rows, columns = [], []
    for start in range(n_periods - together + 1):
        for when in range(start, start + together):
            rows.append(start * n_zones + zones)
            columns.append(when * m + np.arange(m))
    row, column = np.concatenate(rows), np.concatenate(columns)
    shape = ((n_periods - together + 1) * n_zones, n_periods * m)
    return csr_matrix((np.ones(len(row)), (row, column)), shape)
