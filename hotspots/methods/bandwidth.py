"""Choose a bandwidth: by a rule, or by how well it predicts incidents left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

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


By = Literal["rule", "nrd", "likelihood", "out-of-sample"]

QUARTIC_FACTOR = 460.8 ** (1 / 6)
"""The quartic radius that smooths like a Gaussian of standard deviation 1: 2.779."""


@dataclass(frozen=True, kw_only=True)
class BandwidthChoice:
    """A bandwidth and why it was chosen.

    ``by``: how it was chosen.
    ``scores``: tuple of (float, float); each bandwidth tried and its mean log score;
    empty for a rule.
    ``note``: the choice in words.
    """

    bandwidth_m: float
    by: str
    scores: tuple[tuple[float, float], ...]
    note: str


def rule_bandwidth(
    xy_m: Floats, *, kernel: Kernel = "quartic", rule: Literal["rule", "nrd"] = "rule"
) -> float:
    """Return a bandwidth from the spread of the incidents on both axes.

    ``xy_m`` (n, 2), metres: one row an incident: repeats at one place stand as often as
    they happened.

    Returns metres.

    Raises CrsError if coordinates are not finite metres; ParameterError if the kernel
    or the rule is not one of those; TooFewError if there are fewer than two incidents,
    or all are at one place.

    Notes
    -----
    With the smaller of the standard deviation and a 1.34th of the interquartile range
    on each axis, and s the mean of both axes: ``rule`` is ``s n^(-1/6)`` for the
    Gaussian, best for normal data in two dimensions, times 2.779 for the quartic.
    ``nrd`` is ``4.24 s n^(-1/5)``, as crime mapping software uses whatever the kernel:
    it is wider. Both suit one cluster and smooth several together: an upper bound.

    References
    ----------
    Silverman, B. W. (1986). Density Estimation for Statistics and Data Analysis,
    section 4.3.2. Venables, W. N. and Ripley, B. D. (2002). Modern Applied Statistics
    with S, equation 5.5 (``nrd``).

    Examples
    --------
    >>> square = np.array([[0, 0], [900, 0], [0, 900], [900, 900]]) + 400_000.0
    >>> round(rule_bandwidth(square, kernel="gaussian"), 1)
    412.4
    """
    xy_m = checked_points(xy_m, name="xy_m")
    height(1.0, kernel)
    _check_enough(xy_m)
    spread = float(np.mean([_spread(xy_m[:, axis]) for axis in (0, 1)]))
    if spread == 0:
        raise TooFewError(
            f"incidents must be at two places at least; all {len(xy_m):,} are at one."
        )
    if rule == "nrd":
        return float(4 * 1.06 * spread * len(xy_m) ** -0.2)
    if rule != "rule":
        raise ParameterError(f"rule must be one of rule, nrd; got {rule!r}.")
    factor = QUARTIC_FACTOR if kernel == "quartic" else 1.0
    return float(factor * spread * len(xy_m) ** (-1 / 6))


def _spread(values: Floats) -> float:
    low, high = np.percentile(values, [25, 75])
    deviation = float(values.std(ddof=1))
    quartiles = float(high - low) / 1.34
    return min(deviation, quartiles) if quartiles > 0 else deviation


def _check_enough(xy_m: Floats) -> None:
    if len(xy_m) < 2:
        raise TooFewError(
            f"choosing a bandwidth needs at least two incidents; got {len(xy_m)}."
        )


def choose_bandwidth(
    xy_m: Floats,
    *,
    by: By = "likelihood",
    kernel: Kernel = "quartic",
    candidates_m: Sequence[float] = CANDIDATES_M,
    at_m: Floats | None = None,
    later_counts: npt.ArrayLike | None = None,
) -> BandwidthChoice:
    """Choose a bandwidth and say how.

    ``xy_m`` (ndarray of shape (n, 2), metres): one row an incident.
    ``by`` ({"rule", "nrd", "likelihood", "out-of-sample"}): see :func:`rule_bandwidth`,
    :func:`leave_one_out`, :func:`out_of_sample`.
    ``candidates_m`` (sequence of floats, metres): the bandwidths tried; not for the
    rules.
    ``at_m``, ``later_counts`` (ndarray of shape (m, 2) and (m,)): cells and what they
    held later, for ``out-of-sample``.

    Raises CrsError if coordinates are not finite metres; ParameterError if a bandwidth,
    the kernel or ``by`` is impossible, or cells are missing; TooFewError if there are
    fewer than two incidents or places.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> xy = 400_000 + np.concatenate(
    ...     [rng.normal(middle, 400, (200, 2)) for middle in (0, 5_000)]
    ... )
    >>> print(choose_bandwidth(xy, kernel="gaussian").note)
    Bandwidth 200 m: the best of 15 from 50 to 2,000 m for predicting incidents left \
out.
    """
    if by not in get_args(By):
        raise ParameterError(
            f"by must be one of {', '.join(get_args(By))}; got {by!r}."
        )
    if by in ("rule", "nrd"):
        bandwidth_m = rule_bandwidth(
            xy_m, kernel=kernel, rule="nrd" if by == "nrd" else "rule"
        )
        note = (
            f"Bandwidth {bandwidth_m:,.0f} m: by the spread of {len(xy_m):,} incidents "
            f"on both axes ({by}); several clusters are smoothed together."
        )
        return BandwidthChoice(bandwidth_m=bandwidth_m, by=by, scores=(), note=note)
    if by == "likelihood":
        scores = leave_one_out(xy_m, candidates_m, kernel=kernel)
    elif at_m is None or later_counts is None:
        raise ParameterError(
            "choosing out of sample needs at_m (cells) and later_counts (what they "
            "held later); got none."
        )
    else:
        scores = out_of_sample(xy_m, at_m, later_counts, candidates_m, kernel=kernel)
    return _best(candidates_m, scores, by)


def _best(candidates_m: Sequence[float], scores: Floats, by: str) -> BandwidthChoice:
    best = float(candidates_m[int(np.argmax(scores))])
    low, high = min(candidates_m), max(candidates_m)
    what = "incidents left out" if by == "likelihood" else "where later incidents fall"
    note = (
        f"Bandwidth {best:,.0f} m: the best of {len(candidates_m)} from {low:,.0f} to "
        f"{high:,.0f} m for predicting {what}"
    )
    if best in (low, high) and low < high:
        note += f"; it is the {'smallest' if best == low else 'largest'} tried"
    return BandwidthChoice(
        bandwidth_m=best,
        by=by,
        scores=tuple(zip(map(float, candidates_m), scores.tolist(), strict=True)),
        note=f"{note}.",
    )
