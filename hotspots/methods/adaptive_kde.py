"""Kernel density with a bandwidth of its own for each incident."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from hotspots.core.arrays import as_numbers
from hotspots.core.errors import ParameterError
from hotspots.core.options import option
from hotspots.core.types import Floats
from hotspots.kernels.adaptive_bandwidth import abramson_bandwidths, nearest_bandwidths
from hotspots.kernels.adaptive_sum import adaptive_sum
from hotspots.kernels.kernel_shape import (
    M2_PER_KM2,
    KernelOptions,
    checked_points,
    checked_weights,
    height,
)
from hotspots.kernels.kernel_sum import Kernel
from hotspots.model.cells import Cells
from hotspots.model.incidents import Incidents
from hotspots.model.surface import Surface

Rule = Literal["abramson", "nearest"]


def adaptive_density(
    xy_m: Floats,
    at_m: Floats,
    bandwidths_m: Floats,
    *,
    kernel: Kernel = "quartic",
    weights: Floats | None = None,
) -> Floats:
    """Return the density at targets of points that each have their own bandwidth.

    ``xy_m`` (n, 2), metres: where the incidents are.
    ``at_m`` (m, 2), metres: where the density is wanted.
    ``bandwidths_m`` (n,), metres: radius of each quartic kernel; standard deviation of
    each Gaussian.
    ``weights`` (n,): how many incidents each point stands for; 1 each when left out.

    Returns (m,), incidents per km2.

    Raises CrsError if coordinates are not finite metres; ParameterError if a bandwidth,
    the kernel or a weight is impossible.

    Notes
    -----
    ``sum w_i / h_i^2 K((x - x_i) / h_i)``: each incident still adds one incident over
    the plane. A Gaussian ends at nine bandwidths, where it is 3e-18.

    References
    ----------
    Silverman, B. W. (1986). Density Estimation for Statistics and Data Analysis,
    section 5.3.

    Examples
    --------
    >>> place = np.array([[475_000.0, 319_000.0]])
    >>> adaptive_density(place, place, np.array([300.0])).round(3)
    array([10.61])
    """
    xy_m, at_m = checked_points(xy_m, name="xy_m"), checked_points(at_m, name="at_m")
    weights = checked_weights(weights, len(xy_m))
    bandwidths_m = as_numbers(bandwidths_m, name="bandwidths_m")
    if bandwidths_m.shape != (len(xy_m),):
        raise ParameterError(
            f"bandwidths_m must be one number for each of {len(xy_m):,} points; got "
            f"an array of shape {bandwidths_m.shape}."
        )
    scaled = weights * height(bandwidths_m, kernel) * M2_PER_KM2
    return adaptive_sum(xy_m, np.asarray(scaled), bandwidths_m, at_m, kernel)


@dataclass(frozen=True, kw_only=True)
class AdaptiveKde(KernelOptions):
    """Estimate density, fine in the town and smooth in the country.

    Notes
    -----
    Not corrected at the edge of the area.

    References
    ----------
    As for :func:`abramson_bandwidths` and :func:`nearest_bandwidths`.
    """

    rule: Rule = option(  # noqa: RUF009
        "abramson", help="How each incident's bandwidth is found."
    )
    n_nearest: int = option(
        10, help="Which nearest other incident sets the bandwidth.", ge=1
    )
    narrowest_m: float = option(
        100.0, help="No bandwidth is less than this.", unit="metres", gt=0
    )
    widest: float = option(
        5.0, help="No bandwidth is more than this many typical ones.", ge=1
    )

    def __call__(self, incidents: Incidents, cells: Cells) -> Surface:
        """Return the surface ``density_per_km2``.

        In incidents per km2; its notes give the range of the bandwidths.

        Raises CrsError if a place or a cell has no National Grid coordinates;
        TooFewError if there are fewer than two incidents, or not more than
        ``n_nearest``.
        """
        counts = incidents.place_counts()
        xy, weights = incidents.place_xy_m[counts > 0], counts[counts > 0].astype(float)
        bandwidths = self._bandwidths(xy, weights)
        low, middle, high = np.percentile(
            np.repeat(bandwidths, counts[counts > 0]), [0, 50, 100]
        )
        return Surface(
            adaptive_density(
                xy, cells.xy_m, bandwidths, kernel=self.kernel, weights=weights
            ),
            cells,
            self,
            name="density_per_km2",
            unit="incidents per km2",
            notes=(
                f"Bandwidths from {low:,.0f} to {high:,.0f} m, median {middle:,.0f} m; "
                "not corrected at the edge of the area.",
            ),
        )

    def _bandwidths(self, xy_m: Floats, weights: Floats) -> Floats:
        if self.rule == "nearest":
            found = nearest_bandwidths(
                xy_m,
                n_nearest=self.n_nearest,
                narrowest_m=self.narrowest_m,
                weights=weights,
            )
            return np.minimum(found, self.widest * self.bandwidth_m)
        found = abramson_bandwidths(
            xy_m,
            bandwidth_m=self.bandwidth_m,
            kernel=self.kernel,
            weights=weights,
            widest=self.widest,
        )
        return np.maximum(found, self.narrowest_m)
