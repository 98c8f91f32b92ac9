"""The two kernels: their height, their reach, and the points they are laid over."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import get_args

import numpy as np
import numpy.typing as npt

from hotspots.core.arrays import as_number, as_numbers
from hotspots.core.crs import FARTHEST_M, as_metres, check_metres
from hotspots.core.errors import ParameterError
from hotspots.core.options import option
from hotspots.core.tunable import Tunable
from hotspots.core.types import Floats
from hotspots.kernels.kernel_sum import Kernel

M2_PER_KM2 = 1e6


@dataclass(frozen=True, kw_only=True)
class KernelOptions(Tunable):
    """The shape and the width of the kernel, for every method that lays one."""

    bandwidth_m: float = option(
        300.0,
        help="How far an incident is felt: the radius of the quartic kernel, the "
        "standard deviation of the Gaussian.",
        unit="metres",
        gt=0,
    )
    kernel: Kernel = option(  # noqa: RUF009
        "quartic",
        help="The shape in which an incident's weight falls off with distance.",
    )


def height(bandwidth_m: float | Floats, kernel: Kernel) -> float | Floats:
    """Return the height of a kernel at its middle, so that its volume is 1.

    ``bandwidth_m``: float or ndarray, metres; radius of the quartic kernel; standard
    deviation of the Gaussian.

    Raises ParameterError if the kernel is not one of the two or a bandwidth is not
    above 0.

    References
    ----------
    Silverman, B. W. (1986). Density Estimation for Statistics and Data Analysis,
    equations 4.3 and 4.5.
    """
    if str(kernel) not in get_args(Kernel):
        raise ParameterError(
            f"kernel must be one of {', '.join(get_args(Kernel))}; got {kernel!r}."
        )
    if not isinstance(bandwidth_m, np.ndarray):
        bandwidth_m = as_number(bandwidth_m, name="bandwidth_m")
    metres = as_numbers([bandwidth_m], name="bandwidth_m")
    good = (metres > 0) & (metres <= FARTHEST_M)
    if not np.all(good):
        raise ParameterError(
            f"bandwidth_m must be metres, at most {FARTHEST_M:.0e} and above 0; got "
            f"{metres[~good].min()!s}."
        )
    factor = 3.0 if kernel == "quartic" else 0.5
    return factor / (math.pi * bandwidth_m**2)


def checked_points(xy_m: npt.ArrayLike, *, name: str) -> Floats:
    """Return coordinates as an array of metres.

    ``xy_m``: array of shape (n, 2), metres.

    Returns (n, 2).
    """
    xy_m = as_metres(xy_m, name=name)
    check_metres(xy_m, name=name)
    return xy_m


def checked_weights(
    weights: npt.ArrayLike | None, n: int, *, name: str = "weights"
) -> Floats:
    """Return weights as an array; 1 each when left out.

    ``weights``: array of shape (n,).

    Returns (n,).

    Raises ParameterError if they are not one finite number, 0 or more, for each point.
    """
    if weights is None:
        return np.ones(n)
    weights = as_numbers(weights, name=name)
    if weights.shape != (n,):
        raise ParameterError(
            f"{name} must be one number for each of {n:,} points; got an array of "
            f"shape {weights.shape}."
        )
    good = np.isfinite(weights) & (weights >= 0)
    if not good.all():
        row = int(np.argmin(good))
        raise ParameterError(
            f"{name} must be finite numbers, 0 or more; weight {row} is "
            f"{weights[row]}. Leave such points out or give them a weight."
        )
    return weights
