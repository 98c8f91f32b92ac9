"""Kernel density: how many incidents a square kilometre around each place."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotspots.core.arrays import as_number, as_numbers, rising
from hotspots.core.crs import FARTHEST_M, as_metres, check_metres_together
from hotspots.core.errors import ParameterError
from hotspots.core.options import check_fields, option
from hotspots.core.types import Floats
from hotspots.kernels.kernel_shape import KernelOptions, checked_weights, height
from hotspots.kernels.kernel_sum import Kernel, kernel_sum
from hotspots.model.cells import Cells
from hotspots.model.incidents import Incidents
from hotspots.model.surface import Surface

M2_PER_KM2 = 1e6
REACH = {"quartic": 1.0, "gaussian": 4.0}
"""How far the edge correction looks, in bandwidths: 0.03% of a Gaussian lies beyond."""


def density(
    xy_m: Floats,
    at_m: Floats,
    *,
    bandwidth_m: float,
    kernel: Kernel = "quartic",
    weights: Floats | None = None,
) -> Floats:
    """Return the kernel density of points at targets.

    ``xy_m`` (n, 2), metres: where the incidents are.
    ``at_m`` (m, 2), metres: where the density is wanted.
    ``bandwidth_m``: metres; radius of the quartic kernel; standard deviation of the
    Gaussian.
    ``weights`` (n,): how many incidents each point stands for; 1 each when left out.

    Returns (m,), incidents per km2.

    Raises CrsError if coordinates are not finite metres; ParameterError if the
    bandwidth or the kernel is impossible, or weights are not one finite number, 0 or
    more, for each point.

    Notes
    -----
    An incident at distance d adds ``3 / (pi h^2) * (1 - d^2 / h^2)^2`` within the
    radius h, or ``1 / (2 pi h^2) * exp(-d^2 / (2 h^2))``: each integrates to one
    incident over the plane. The sum is exact to rounding.

    References
    ----------
    Silverman, B. W. (1986). Density Estimation for Statistics and Data Analysis,
    equations 4.3 and 4.5.

    Examples
    --------
    >>> place = np.array([[475_000.0, 319_000.0]])
    >>> density(place, place, bandwidth_m=300.0).round(3)
    array([10.61])
    """
    xy_m, at_m = as_metres(xy_m), as_metres(at_m, name="at_m")
    check_metres_together(xy_m, at_m)
    _check_kernel(bandwidth_m, kernel)
    if weights is not None:
        weights = as_numbers(weights, name="weights")
    weights = checked_weights(weights, len(xy_m))
    sums = kernel_sum(xy_m, weights, at_m, float(bandwidth_m), kernel)
    return np.asarray(sums * (height(bandwidth_m, kernel) * M2_PER_KM2))


def _check_kernel(bandwidth_m: float, kernel: str) -> None:
    as_number(bandwidth_m, name="bandwidth_m")
    check_fields(
        Kde(bandwidth_m=bandwidth_m, kernel=str(kernel))  # type: ignore[arg-type]
    )
    if not 1e-6 <= bandwidth_m <= FARTHEST_M:
        raise ParameterError(
            f"bandwidth_m must be within 1e-06 to {FARTHEST_M:.0e} metres; got "
            f"{bandwidth_m!r}."
        )


@dataclass(frozen=True, kw_only=True)
class Kde(KernelOptions):
    """Estimate the density of incidents at the centre of each cell.

    Notes
    -----
    The cells must then be the whole study area, not only those with incidents.

    References
    ----------
    Silverman, B. W. (1986), as for :func:`density`. Diggle, P. (1985). A kernel method
    for smoothing point process data. Applied Statistics 34, 138-147: edge correction.
    """

    edge: str = option(
        "target",
        help="Whether cells near the edge of the area are corrected for what is "
        "not known beyond it.",
        choices=("target", "none"),
    )

    def __call__(self, incidents: Incidents, cells: Cells) -> Surface:
        """Return the surface ``kde_per_km2``.

        In incidents per km2, over the whole time that the incidents span.

        Raises CrsError if a place or a cell has no National Grid coordinates.
        """
        counts = incidents.place_counts()
        used = counts > 0
        values = density(
            incidents.place_xy_m[used],
            cells.xy_m,
            bandwidth_m=self.bandwidth_m,
            kernel=self.kernel,
            weights=counts[used].astype(np.float64),
        )
        raised = 0
        if self.edge == "target" and len(cells):
            share = share_inside(
                cells, bandwidth_m=self.bandwidth_m, kernel=self.kernel
            )
            values = values / share
            raised = int((share < 1).sum())
        return self.surface_of(values, cells, raised)

    def surface_of(self, values: Floats, cells: Cells, raised: int) -> Surface:
        """Return values as a surface; ``raised``: cells corrected for the edge."""
        return Surface(
            values,
            cells,
            self,
            name="kde_per_km2",
            unit="incidents per km2",
            notes=(_edge_note(raised),) if raised else (),
        )


def share_inside(
    cells: Cells, *, bandwidth_m: float, kernel: Kernel = "quartic"
) -> Floats:
    """Return the share of the kernel around each cell that lies inside the cells.

    Returns (m,): above 0; exactly 1 for a cell with no edge within reach.

    Notes
    -----
    The integral is a sum over cells of area times kernel, divided by the same sum over
    the cells and those around them, so that what the sum makes of a hexagon cancels.
    What is left is an error at the area's edge, measured against exact areas: at most
    0.04 with a quartic bandwidth of two distances between neighbouring cells (300 m
    at resolution 10 is 2.4), 0.015 with three and 0.005 with five, but 0.25 with one.
    A Gaussian bandwidth counts double, and is looked at up to four times its length.

    Raises CrsError if a cell has no National Grid coordinates.
    """
    around = ids_around(cells, rings_of(cells, bandwidth_m, kernel))
    beyond = Cells.from_ids(around, resolution=cells.resolution)
    options = KernelOptions(bandwidth_m=bandwidth_m, kernel=kernel)
    return share_at(cells.xy_m, cells, beyond, options)


def share_at(
    at_m: Floats, inside: Cells, beyond: Cells, options: KernelOptions
) -> Floats:
    """Return the share of the kernel at targets that cells hold beside those beyond."""
    known = np.isfinite(beyond.xy_m).all(axis=1)
    share = np.ones(len(at_m))
    if not known.any():
        return share
    over = (options.bandwidth_m, options.kernel)
    lost = kernel_sum(beyond.xy_m[known], beyond.area_km2[known], at_m, *over)
    edge = np.flatnonzero(lost)
    held = kernel_sum(inside.xy_m, inside.area_km2, at_m[edge], *over)
    share[edge] = held / (held + lost[edge])
    return share


def rings_of(cells: Cells, bandwidth_m: float, kernel: Kernel) -> int:
    """Return how many rings of cells a kernel reaches, for certain."""
    spacing_m = 1e3 * math.sqrt(float(cells.area_km2.min()) * 2 / math.sqrt(3))
    return math.ceil(1.1 * REACH[kernel] * bandwidth_m / spacing_m)


def ids_around(cells: Cells, n_rings: int) -> npt.NDArray[np.uint64]:
    """Return the cells outside ``cells`` within some rings of them, rising."""
    from h3ronpy import grid_disk

    frontier, seen = cells.ids, np.empty(0, dtype=np.uint64)
    for _ in range(n_rings):
        reached = rising(np.asarray(grid_disk(frontier, 1, flatten=True)))
        outside = reached[cells.index_of(reached) < 0]
        frontier = np.setdiff1d(outside, seen, assume_unique=True)
        seen = rising(np.concatenate([seen, frontier]))
    return seen


def _edge_note(n_cells: int) -> str:
    return (
        f"The density of {n_cells:,} cells near the edge of the study area was raised "
        "for the part of the kernel that lies outside it."
    )
