"""Kernel density: ours, and scikit-learn's KernelDensity.

scikit-learn has no quartic kernel; its Epanechnikov has the same support and less to
calculate, and is timed in its place. The Gaussian is the same in both and compared.

    python benchmarks/bench_kde.py [--quick]
"""

from __future__ import annotations

import math
import resource
import time

import numpy as np
from sklearn.neighbors import KernelDensity
from table import (
    Row,
    clustered_town,
    parse_quick,
    print_machine,
    print_table,
    square_grid,
    timed,
    worst_ratio,
)

from hotspots.methods.kde import density

SAMPLED = 2_000  # targets at which the peer is timed where all would take hours
CHECKED = 200  # targets at which the quartic is checked pair by pair


def every_pair(xy: np.ndarray, at: np.ndarray, bandwidth_m: float) -> np.ndarray:
    values = np.empty(len(at))
    for k, target in enumerate(at):
        u2 = ((xy - target) ** 2).sum(axis=1) / bandwidth_m**2
        values[k] = (np.maximum(1 - u2, 0) ** 2).sum()
    return values * 3e6 / (math.pi * bandwidth_m**2)


def with_sklearn(xy: np.ndarray, at: np.ndarray, bandwidth_m: float, kernel: str):
    model = KernelDensity(bandwidth=bandwidth_m, kernel=kernel).fit(xy)
    return np.exp(model.score_samples(at)) * len(xy) * 1e6


def compare_quartic(n: int, at: np.ndarray, bandwidth_m: float, *, peer: bool) -> None:
    xy = clustered_town(n, seed=2)
    ours, seconds = timed(lambda: density(xy, at, bandwidth_m=bandwidth_m), repeat=3)
    some = np.linspace(0, len(at) - 1, CHECKED).astype(int)
    checked = every_pair(xy, at[some], bandwidth_m)
    exact = worst_ratio(ours[some], checked) + " from every pair"
    rows = [Row(name="ours, quartic", seconds=seconds, agrees=exact)]
    if peer:
        _, seconds = timed(lambda: with_sklearn(xy, at, bandwidth_m, "epanechnikov"))
        name = "scikit-learn, epanechnikov"
        rows.append(Row(name=name, seconds=seconds, agrees="another kernel"))
    print_table(f"{n:,} incidents, {len(at):,} targets, {bandwidth_m:,.0f} m", rows)


def compare_gaussian(n: int, at: np.ndarray, bandwidth_m: float) -> None:
    xy = clustered_town(n, seed=3)
    given = {"bandwidth_m": bandwidth_m, "kernel": "gaussian"}
    ours, seconds = timed(lambda: density(xy, at, **given), repeat=3)
    rows = [Row(name="ours, gaussian", seconds=seconds)]
    theirs, seconds = timed(lambda: with_sklearn(xy, at, bandwidth_m, "gaussian"))
    agrees = worst_ratio(ours, theirs)
    rows.append(Row(name="scikit-learn, gaussian", seconds=seconds, agrees=agrees))
    print_table(f"{n:,} incidents, {len(at):,} targets, {bandwidth_m:,.0f} m", rows)


def england(n: int, n_cells: int, *, side_m: float = 590_000.0) -> None:
    """All of England at 100 m: ours whole, the peer on few targets and scaled up."""
    xy = clustered_town(n, seed=4, side_m=side_m)
    at = square_grid(n_cells, side_m=side_m)
    ours, seconds = timed(lambda: density(xy, at, bandwidth_m=300.0))
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    some = np.linspace(0, len(at) - 1, SAMPLED).astype(int)
    start = time.perf_counter()
    model = KernelDensity(bandwidth=300.0, kernel="epanechnikov").fit(xy)
    built = time.perf_counter() - start
    _, few = timed(lambda: model.score_samples(at[some]))
    scaled = built + few * len(at) / SAMPLED
    checked = every_pair(xy, at[some[:: SAMPLED // 20]], 300.0)
    exact = worst_ratio(ours[some[:: SAMPLED // 20]], checked)
    rows = [
        Row(name="ours, quartic", seconds=seconds, agrees=f"{exact}; {peak_gb:.1f} GB"),
        Row(
            name=f"scikit-learn, {SAMPLED:,} targets scaled up",
            seconds=scaled,
            agrees="another kernel",
        ),
    ]
    print_table(f"{n:,} incidents, {len(at):,} targets, 300 m", rows)


def main() -> None:
    quick = parse_quick(__doc__)
    at = square_grid(25_000 if quick else 250_000)
    few = clustered_town(10, seed=1)
    for kernel in ("quartic", "gaussian"):
        density(few, few, bandwidth_m=300.0, kernel=kernel)  # compile
    print_machine()
    for bandwidth_m in (300.0, 1_000.0):
        compare_quartic(10_000 if quick else 100_000, at, bandwidth_m, peer=True)
        if not quick:
            compare_quartic(1_000_000, at, bandwidth_m, peer=False)
    if not quick:
        england(10_000_000, 35_000_000)
    compare_gaussian(2_000 if quick else 10_000, at[::10], 300.0)


if __name__ == "__main__":
    main()
