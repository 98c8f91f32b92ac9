"""Kernel density corrected at the event: no incident's weight leaves the area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from hotspots.core.crs import shapes_to_metres
from hotspots.core.errors import AreaError, ParameterError
from hotspots.core.types import Floats
from hotspots.kernels.kernel_shape import (
    M2_PER_KM2,
    KernelOptions,
    checked_points,
    checked_weights,
    height,
)
from hotspots.kernels.kernel_share import REACH, edges_of, kernel_share
from hotspots.kernels.kernel_sum import Kernel, kernel_sum
from hotspots.model.cells import Cells
from hotspots.model.incidents import Incidents
from hotspots.model.surface import Surface


def share_of_kernel(
    at_m: Floats, area: Any, *, bandwidth_m: float, kernel: Kernel = "quartic"
) -> Floats:
    """Return the share of the kernel around each point that lies inside an area.

    ``at_m`` (n, 2), metres.
    ``area``: shapely Polygon or MultiPolygon, metres.
    ``bandwidth_m``: metres; radius of the quartic kernel; standard deviation of the
    Gaussian.

    Returns (n,): 1 for a point with no edge of the area within reach.

    Raises AreaError if the area is empty; CrsError if coordinates are not finite
    metres; ParameterError if the bandwidth or the kernel is impossible.

    Notes
    -----
    Exact for any polygon with the quartic kernel; to about 1e-7 with the Gaussian.

    Examples
    --------
    >>> half_plane = shapely.box(0, -9_000, 9_000, 9_000)
    >>> share_of_kernel(np.array([[0.0, 0.0]]), half_plane, bandwidth_m=300.0)
    array([0.5])
    """
    at_m = checked_points(at_m, name="at_m")
    height(bandwidth_m, kernel)
    if area is None or area.is_empty:
        raise AreaError("the study area must be a polygon; got an empty one.")
    shapely.prepare(area)
    points = shapely.points(at_m)
    near = shapely.dwithin(area.boundary, points, REACH[kernel] * bandwidth_m)
    shares = shapely.contains(area, points).astype(np.float64)
    shares[near] = kernel_share(
        at_m[near], edges_of(area), bandwidth_m=bandwidth_m, kernel=kernel
    )
    return np.asarray(shares)


def density_event_edge(
    xy_m: Floats,
    at_m: Floats,
    area: Any,
    *,
    bandwidth_m: float,
    kernel: Kernel = "quartic",
    weights: Floats | None = None,
) -> Floats:
    """Return the kernel density with the edge corrected at each incident.

    ``xy_m`` (n, 2), metres: where the incidents are; all inside the area.
    ``at_m`` (m, 2), metres: where the density is wanted; 0 outside the area.
    ``area``: shapely Polygon or MultiPolygon, metres.
    ``weights`` (n,).

    Returns (m,), incidents per km2.

    Raises AreaError if the area is empty; CrsError if coordinates are not finite
    metres; ParameterError if an incident lies outside the area, or the bandwidth, the
    kernel or a weight is impossible.

    Notes
    -----
    ``sum w_i K(x - x_i) / p(x_i)`` with the share p of an incident's kernel inside the
    area: over the area it integrates to the number of incidents. Corrected at the
    target instead, ``sum w_i K(x - x_i) / p(x)``, it is right on average where density
    is flat, but its volume is not the number of incidents.

    References
    ----------
    Diggle, P. (1985). A kernel method for smoothing point process data. Applied
    Statistics 34, 138-147. Jones, M. C. (1993). Simple boundary correction for kernel
    density estimation. Statistics and Computing 3, 135-146: the two are compared.

    Examples
    --------
    >>> half_plane = shapely.box(0, -9_000, 9_000, 9_000)
    >>> at_edge = np.array([[0.0, 0.0]])
    >>> given = {"bandwidth_m": 300.0}
    >>> density_event_edge(at_edge, at_edge, half_plane, **given).round(3)
    array([21.221])
    """
    xy_m, at_m = checked_points(xy_m, name="xy_m"), checked_points(at_m, name="at_m")
    weights = checked_weights(weights, len(xy_m))
    share = share_of_kernel(xy_m, area, bandwidth_m=bandwidth_m, kernel=kernel)
    outside = ~shapely.covers(area, shapely.points(xy_m))
    if outside.any():
        row = int(np.argmax(outside))
        raise ParameterError(
            "every incident must lie inside the area to be corrected at the event; "
            f"{int(outside.sum()):,} of {len(xy_m):,} do not (first: row {row}, "
            f"{xy_m[row].tolist()}). Leave them out first."
        )
    sums = kernel_sum(xy_m, weights / share, at_m, float(bandwidth_m), kernel)
    inside = shapely.covers(area, shapely.points(at_m))
    scale = height(bandwidth_m, kernel) * M2_PER_KM2
    return np.asarray(np.where(inside, sums * scale, 0.0))


def outline_of(cells: Cells) -> Any:
    """Return the cells dissolved into one area in metres.

    Returns shapely Polygon or MultiPolygon, EPSG:27700.

    Raises AreaError if there are no cells.
    """
    from h3ronpy.vector import cells_to_wkb_polygons

    if not len(cells):
        raise AreaError("the study area must hold at least one cell; it has none.")
    linked = cells_to_wkb_polygons(cells.ids, link_cells=True)
    parts = shapely.from_wkb(np.asarray(linked.to_numpy()))
    area = parts[0] if len(parts) == 1 else shapely.union_all(parts)
    return shapes_to_metres(area)


@dataclass(frozen=True, kw_only=True)
class EventEdgeKde(KernelOptions):
    """Estimate density in each cell, with the area's edge corrected at the incidents.

    Notes
    -----
    The cells must be the whole study area. Incidents outside it are left out.

    References
    ----------
    As for :func:`density_event_edge`.
    """

    def __call__(self, incidents: Incidents, cells: Cells) -> Surface:
        """Return the surface ``density_per_km2``.

        In incidents per km2; its notes say how many incidents were left out.

        Raises AreaError if there are no cells; CrsError if a place or a cell has no
        National Grid coordinates.
        """
        area, counts = outline_of(cells), incidents.place_counts()
        inside = shapely.covers(area, shapely.points(incidents.place_xy_m))
        used = inside & (counts > 0)
        values = density_event_edge(
            incidents.place_xy_m[used],
            cells.xy_m,
            area,
            bandwidth_m=self.bandwidth_m,
            kernel=self.kernel,
            weights=counts[used].astype(np.float64),
        )
        n_out = int(counts[~inside].sum())
        notes = [f"{n_out:,} incidents lie outside the area: left out"] if n_out else []
        return Surface(
            values,
            cells,
            self,
            name="density_per_km2",
            unit="incidents per km2",
            notes=(*notes, "corrected for the area's edge at each incident"),
        )
