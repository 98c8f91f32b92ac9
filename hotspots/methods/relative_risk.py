"""Dual kernel density: incidents against what they could have happened to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from hotspots.core.errors import ParameterError, TooFewError
from hotspots.core.options import option
from hotspots.core.tunable import Tunable
from hotspots.core.types import Floats
from hotspots.kernels.kernel_shape import (
    M2_PER_KM2,
    checked_points,
    checked_weights,
    height,
)
from hotspots.kernels.kernel_sum import Kernel, kernel_sum
from hotspots.model.cells import Cells
from hotspots.model.incidents import Incidents
from hotspots.model.surface import Surface

Comparison = Literal["ratio", "log", "difference", "sum"]

UNITS = {
    "ratio": "times the area's rate",
    "log": "natural logarithm of times the area's rate",
    "difference": "incidents per km2 more than expected",
    "sum": "incidents per km2, found and expected",
}
PLAIN_UNITS = {
    "ratio": "incidents per unit at risk",
    "log": "natural logarithm of incidents per unit at risk",
    "difference": "incidents less units at risk per km2",
    "sum": "incidents and units at risk per km2",
}


def relative_risk(
    xy_m: Floats,
    at_risk_xy_m: Floats,
    at_m: Floats,
    *,
    bandwidth_m: float,
    kernel: Kernel = "quartic",
    compare: Comparison = "ratio",
    scaled: bool = True,
    tolerance: float = 1e-9,
    weights: Floats | None = None,
    at_risk_weights: Floats | None = None,
) -> Floats:
    """Return the density of incidents against the density of what is at risk.

    ``xy_m`` (n, 2), metres: where the incidents are.
    ``at_risk_xy_m`` (p, 2), metres: where the households (or vehicles, or premises)
    are.
    ``at_m`` (m, 2), metres: where the comparison is wanted.
    ``bandwidth_m``: metres; the same for both, so that smoothing and the area's edge
    cancel in a ratio.
    ``scaled``: scale what is at risk to the number of incidents, so that it reads as
    the density expected if all were at the same risk and a ratio of 1 is the area's own
    rate. Without it the two densities are compared as they are.
    ``tolerance``: a density of at most this share of its own largest value counts as 0.
    ``weights``, ``at_risk_weights`` (n,) and (p,): how many incidents, and households,
    each point stands for.

    Returns (m,): for ``ratio`` and ``log``: NaN where both densities are 0, infinite
    where only what is at risk is 0; ``log`` is minus infinity where only incidents are
    0.

    Raises CrsError if coordinates are not finite metres; ParameterError if the
    bandwidth, the kernel, ``compare``, the tolerance or a weight is impossible, or
    nothing is at risk; TooFewError if there are fewer than two incidents.

    Notes
    -----
    With densities f of incidents and g of what is at risk, per km2, and N and M their
    totals, g is multiplied by N / M when ``scaled``; then f / g, ln(f / g), f - g or
    f + g.

    References
    ----------
    Kelsall, J. E. and Diggle, P. J. (1995). Kernel estimation of relative risk.
    Bernoulli 1, 3-16: one bandwidth for both.

    Examples
    --------
    >>> homes = np.array([[470_000.0, 310_000.0], [475_000.0, 310_000.0]])
    >>> found = {"bandwidth_m": 300.0, "weights": np.array([30.0, 10.0])}
    >>> relative_risk(homes, homes, homes, **found)
    array([1.5, 0.5])
    """
    incidents, at_risk = _densities(
        (checked_points(xy_m, name="xy_m"), weights),
        (checked_points(at_risk_xy_m, name="at_risk_xy_m"), at_risk_weights),
        checked_points(at_m, name="at_m"),
        bandwidth_m,
        kernel,
        scaled,
    )
    return _compared(incidents, at_risk, compare, tolerance)


def _densities(
    incidents: tuple[Floats, Floats | None],
    at_risk: tuple[Floats, Floats | None],
    at_m: Floats,
    bandwidth_m: float,
    kernel: Kernel,
    scaled: bool,
) -> tuple[Floats, Floats]:
    (xy, w), (risk_xy, risk_w) = incidents, at_risk
    w = checked_weights(w, len(xy))
    risk_w = checked_weights(risk_w, len(risk_xy), name="at_risk_weights")
    if w.sum() < 2:
        raise TooFewError(
            f"a relative risk needs at least two incidents; got {w.sum():,.0f}."
        )
    if not risk_w.sum() > 0:
        raise ParameterError(
            "something must be at risk; the weights at risk sum to "
            f"{risk_w.sum():g}. Give households, premises or vehicles."
        )
    if scaled:
        risk_w = risk_w * (w.sum() / risk_w.sum())
    scale = height(bandwidth_m, kernel) * M2_PER_KM2
    return (
        np.asarray(kernel_sum(xy, w, at_m, float(bandwidth_m), kernel) * scale),
        np.asarray(
            kernel_sum(risk_xy, risk_w, at_m, float(bandwidth_m), kernel) * scale
        ),
    )


def _compared(
    incidents: Floats, at_risk: Floats, compare: str, tolerance: float
) -> Floats:
    if compare not in get_args(Comparison):
        raise ParameterError(
            f"compare must be one of {', '.join(get_args(Comparison))}; got "
            f"{compare!r}."
        )
    if not 0 <= tolerance < 1:
        raise ParameterError(
            f"tolerance must be at least 0 and less than 1; got {tolerance!r}."
        )
    f, g = (
        np.where(part <= tolerance * part.max(initial=0.0), 0.0, part)
        for part in (incidents, at_risk)
    )
    if compare == "difference":
        return np.asarray(f - g)
    if compare == "sum":
        return np.asarray(f + g)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = f / g
        return np.asarray(np.log(ratio) if compare == "log" else ratio)


@dataclass(frozen=True, kw_only=True)
class RelativeRisk(Tunable):
    """Compare incidents with households, premises or vehicles around each cell.

    References
    ----------
    As for :func:`relative_risk`.
    """

    bandwidth_m: float = option(
        500.0, help="How far both are felt.", unit="metres", gt=0
    )
    kernel: Kernel = option(  # noqa: RUF009
        "quartic", help="The shape in which weight falls off with distance."
    )
    compare: Comparison = option(  # noqa: RUF009
        "ratio", help="How the two densities are compared."
    )
    scaled: bool = option(
        True, help="Scale what is at risk to the number of incidents: 1 is average."
    )
    tolerance: float = option(
        1e-9, help="A density of at most this share of its largest counts as 0.", ge=0
    )
    fewest_expected: float = option(
        1.0, help="With fewer expected incidents around it a cell is left empty.", ge=0
    )

    def __call__(
        self,
        incidents: Incidents,
        cells: Cells,
        *,
        at_risk_xy_m: Floats,
        at_risk_weights: Floats | None = None,
    ) -> Surface:
        """Return the surface ``relative_risk``.

        ``at_risk_xy_m`` (p, 2), metres: where the households (or premises, or vehicles)
        are.
        ``at_risk_weights`` (p,): how many each point stands for.

        NaN where too few are expected, or nothing is there; its notes count both.

        Raises CrsError if a place, a cell or a point at risk has no National Grid
        coordinates; ParameterError if nothing is at risk or a weight is impossible;
        TooFewError if there are fewer than two incidents.
        """
        counts = incidents.place_counts()
        used = counts > 0
        found = incidents.place_xy_m[used], counts[used].astype(np.float64)
        risk_xy = checked_points(at_risk_xy_m, name="at_risk_xy_m")
        f, g = _densities(
            found,
            (risk_xy, at_risk_weights),
            checked_points(cells.xy_m, name="the cells"),
            self.bandwidth_m,
            self.kernel,
            self.scaled,
        )
        values = _compared(f, g, self.compare, self.tolerance)
        few = self._expected(g, incidents.n, risk_xy, at_risk_weights)
        values = np.where(few < self.fewest_expected, np.nan, values)
        n_few = int((few < self.fewest_expected).sum())
        return Surface(
            values,
            cells,
            self,
            name="relative_risk",
            unit=(UNITS if self.scaled else PLAIN_UNITS)[self.compare],
            notes=(
                f"{n_few:,} of {len(cells):,} cells expect fewer than "
                f"{self.fewest_expected:g} incidents within {self.bandwidth_m:,.0f} m: "
                "too few to say.",
            ),
        )

    def _expected(
        self, g: Floats, n: int, risk_xy: Floats, risk_weights: Floats | None
    ) -> Floats:
        """Return the incidents expected in each cell's circle of the bandwidth."""
        total = checked_weights(risk_weights, len(risk_xy)).sum()
        rate = 1.0 if self.scaled else n / total
        return g * (rate * np.pi * self.bandwidth_m**2 / M2_PER_KM2)
