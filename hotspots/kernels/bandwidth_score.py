"""How well a bandwidth predicts incidents that were left out, or that came later."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hotspots.core.arrays import as_numbers
from hotspots.core.errors import ParameterError, TooFewError
from hotspots.core.types import Floats
from hotspots.kernels.kernel_shape import checked_points, checked_weights, height
from hotspots.kernels.kernel_sum import Kernel, kernel_sum

CANDIDATES_M = (
    *(50.0, 75.0, 100.0, 150.0, 200.0, 250.0, 300.0, 400.0),
    *(500.0, 600.0, 800.0, 1_000.0, 1_250.0, 1_500.0, 2_000.0),
)
"""The bandwidths tried when none are given, metres."""

ANYWHERE = 0.01
"""The share of probability spread evenly, so that a surprise costs a finite score."""


def leave_one_out(
    xy_m: Floats,
    candidates_m: Sequence[float] = CANDIDATES_M,
    *,
    kernel: Kernel = "quartic",
) -> Floats:
    """Return how well each bandwidth predicts each incident from the others.

    ``xy_m`` (n, 2), metres: one row an incident.

    Returns (c,): mean log density (per m2) of an incident; more is better.

    Raises CrsError if coordinates are not finite metres; ParameterError if a bandwidth
    or the kernel is impossible; TooFewError if there are fewer than two places.

    Notes
    -----
    An incident is predicted from incidents at other places only: with repeats at the
    same place left in, as on snap points, the best bandwidth would always be 0. One
    per cent of the probability is spread over the box around the incidents.

    References
    ----------
    Habbema, J. D. F., Hermans, J. and van den Broek, K. (1974). A stepwise discriminant
    analysis program using density estimation. Compstat 1974, 101-110; Silverman (1986),
    section 3.4.4: likelihood cross-validation.
    """
    xy_m = checked_points(xy_m, name="xy_m")
    places, counts = np.unique(xy_m, axis=0, return_counts=True)
    if len(places) < 2:
        raise TooFewError(
            f"choosing a bandwidth needs at least two places; got {len(places)}."
        )
    weights, n = counts.astype(np.float64), len(xy_m)
    even = ANYWHERE / max(1.0, float(np.prod(np.ptp(places, axis=0))))
    scores = []
    for bandwidth_m in _checked_candidates(candidates_m, kernel):
        sums = kernel_sum(places, weights, places, bandwidth_m, kernel) - weights
        sums = np.where(sums > 1e-9 * weights, sums, 0.0)
        held = height(bandwidth_m, kernel) * sums / np.maximum(n - weights, 1)
        log_density = np.log((1 - ANYWHERE) * held + even)
        scores.append(float(weights @ log_density) / n)
    return np.array(scores)


def out_of_sample(
    xy_m: Floats,
    at_m: Floats,
    later_counts: npt.ArrayLike,
    candidates_m: Sequence[float] = CANDIDATES_M,
    *,
    kernel: Kernel = "quartic",
) -> Floats:
    """Return how well each bandwidth predicts in which cells later incidents fall.

    ``xy_m`` (n, 2), metres: the earlier incidents.
    ``at_m`` (m, 2), metres: centres of the cells.
    ``later_counts`` (m,): later incidents in each cell.

    Returns (c,): mean log probability of a later incident's cell; more is better.

    Raises CrsError if coordinates are not finite metres; ParameterError if a bandwidth,
    the kernel or a count is impossible; TooFewError if there are fewer than two earlier
    or no later incidents.

    Notes
    -----
    Probabilities are the densities at the cells' centres as shares of their sum, with
    one per cent spread evenly over the cells.
    """
    xy_m, at_m = checked_points(xy_m, name="xy_m"), checked_points(at_m, name="at_m")
    if len(xy_m) < 2:
        raise TooFewError(
            f"choosing a bandwidth needs at least two incidents; got {len(xy_m)}."
        )
    later = checked_weights(later_counts, len(at_m), name="later_counts")
    if not later.sum() > 0:
        raise TooFewError("there must be later incidents in the cells; got none.")
    ones, scores = np.ones(len(xy_m)), []
    for bandwidth_m in _checked_candidates(candidates_m, kernel):
        sums = kernel_sum(xy_m, ones, at_m, bandwidth_m, kernel)
        share = sums / sums.sum() if sums.sum() > 0 else np.zeros(len(at_m))
        log_share = np.log((1 - ANYWHERE) * share + ANYWHERE / len(at_m))
        scores.append(float(later @ log_share / later.sum()))
    return np.array(scores)


def _checked_candidates(candidates_m: Sequence[float], kernel: Kernel) -> list[float]:
    candidates = as_numbers(candidates_m, name="candidates_m")
    if candidates.ndim != 1 or not len(candidates):
        raise ParameterError(
            "candidates_m must be a list of at least one bandwidth; got an array of "
            f"shape {candidates.shape}."
        )
    height(candidates, kernel)
    return [float(candidate) for candidate in candidates]
