"""A bandwidth for each incident, by a pilot density or by its nearest others."""

from __future__ import annotations

import numpy as np

from hotspots.core.errors import ParameterError, TooFewError
from hotspots.core.types import Floats
from hotspots.kernels.kernel_shape import checked_points, checked_weights, height
from hotspots.kernels.kernel_sum import Kernel, kernel_sum


def abramson_bandwidths(
    xy_m: Floats,
    *,
    bandwidth_m: float,
    kernel: Kernel = "quartic",
    weights: Floats | None = None,
    widest: float = 5.0,
) -> Floats:
    """Return bandwidths that fall with the square root of a pilot density.

    ``xy_m`` (n, 2), metres.
    ``bandwidth_m``: metres; of the pilot density, and of an incident at the typical
    density.
    ``weights`` (n,).

    Returns (n,), metres.

    Raises CrsError if coordinates are not finite metres; ParameterError if the
    bandwidth, the kernel, ``widest`` or a weight is impossible; TooFewError if there
    are fewer than two incidents.

    Notes
    -----
    ``h_i = h (f(x_i) / g)^(-1/2)`` with the pilot density f at each incident and its
    geometric mean g over the incidents.

    References
    ----------
    Abramson, I. S. (1982). On bandwidth variation in kernel estimates: a square root
    law. Annals of Statistics 10, 1217-1223.
    """
    xy_m = checked_points(xy_m, name="xy_m")
    weights = checked_weights(weights, len(xy_m))
    _check_enough(weights, "an adaptive bandwidth")
    height(bandwidth_m, kernel)
    if not widest >= 1:
        raise ParameterError(f"widest must be at least 1; got {widest!r}.")
    used = weights > 0
    pilot = np.full(len(xy_m), np.inf)
    pilot[used] = kernel_sum(xy_m[used], weights[used], xy_m[used], bandwidth_m, kernel)
    typical = np.exp(np.sum(weights[used] * np.log(pilot[used])) / weights.sum())
    factor = np.ones(len(xy_m))
    factor[used] = np.sqrt(typical / pilot[used])
    return np.asarray(bandwidth_m * np.minimum(factor, widest))


def nearest_bandwidths(
    xy_m: Floats, *, n_nearest: int, narrowest_m: float, weights: Floats | None = None
) -> Floats:
    """Return for each incident the distance to its n-th nearest other incident.

    ``xy_m`` (n, 2), metres.
    ``narrowest_m``: metres; no bandwidth is less, as repeats at one place are 0 m
    apart.
    ``weights`` (n,): whole numbers: how many incidents each point stands for.

    Returns (n,), metres.

    Raises CrsError if coordinates are not finite metres; ParameterError if
    ``n_nearest``, ``narrowest_m`` or a weight is impossible; TooFewError if there are
    not more incidents than ``n_nearest``.

    References
    ----------
    Breiman, L., Meisel, W. and Purcell, E. (1977). Variable kernel estimates of
    multivariate densities. Technometrics 19, 135-144.
    """
    from scipy.spatial import cKDTree

    xy_m = checked_points(xy_m, name="xy_m")
    weights = checked_weights(weights, len(xy_m))
    if (weights != np.round(weights)).any():
        raise ParameterError(
            "weights must be whole numbers to count nearest incidents."
        )
    if n_nearest < 1 or not narrowest_m > 0:
        raise ParameterError(
            "n_nearest must be at least 1 and narrowest_m above 0; got "
            f"{n_nearest!r} and {narrowest_m!r}."
        )
    if weights.sum() <= n_nearest:
        raise TooFewError(
            f"there must be more than {n_nearest} incidents to look for the "
            f"{n_nearest} nearest others; got {weights.sum():,.0f}."
        )
    used = weights > 0
    held = weights[used]
    k = min(n_nearest + 1, int(used.sum()))
    distance, near = cKDTree(xy_m[used]).query(xy_m[used], k=np.arange(1, k + 1))
    enough = np.cumsum(held[near], axis=1) - 1 >= n_nearest
    bandwidths = np.full(len(xy_m), float(narrowest_m))
    at = np.argmax(enough, axis=1)[:, None]
    nth = np.take_along_axis(distance, at, axis=1)[:, 0]
    bandwidths[used] = np.maximum(nth, narrowest_m)
    return bandwidths


def _check_enough(weights: Floats, what: str) -> None:
    if weights.sum() < 2:
        raise TooFewError(
            f"{what} needs at least two incidents; got {weights.sum():,.0f}."
        )
