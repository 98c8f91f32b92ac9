"""What every benchmark shares: timing, made-up incidents, and a table with ratios."""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a table: who, how long, and how its answer differs from ours."""

    name: str
    seconds: float
    agrees: str = ""


def parse_quick(description: str | None) -> bool:
    """Read ``--quick`` from the command line: smaller sizes, for a try."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="smaller sizes")
    return bool(parser.parse_args().quick)


def timed(run: Callable[[], Any], *, repeat: int = 1) -> tuple[Any, float]:
    """Return what ``run`` gives and the shortest of some wall times, in seconds."""
    best = float("inf")
    for _ in range(repeat):
        start = time.perf_counter()
        result = run()
        best = min(best, time.perf_counter() - start)
    return result, best


def print_table(title: str, rows: list[Row]) -> None:
    """Print rows with the ratio of each to the first, which is ours."""
    width = max(len(row.name) for row in rows)
    print(f"\n{title}")
    print(f"{'':{width}}  {'seconds':>10}  {'x ours':>8}  answers")
    for row in rows:
        ratio = row.seconds / rows[0].seconds
        print(f"{row.name:{width}}  {row.seconds:10.4f}  {ratio:8.1f}  {row.agrees}")


def print_machine() -> None:
    """Print what the figures were measured on."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
    print(f"{platform.platform()}, Python {platform.python_version()}, {cores} cores")


def clustered_town(n: int, *, seed: int, side_m: float = 50_000.0) -> np.ndarray:
    """Return ``n`` made-up incidents, shape (n, 2), metres on the National Grid.

    600 clusters of log-normal weight, a tenth of the incidents anywhere, a fifth exact
    repeats and a twentieth near repeats of others.
    """
    rng = np.random.default_rng(seed)
    centres = rng.uniform(0, side_m, (600, 2))
    weight = rng.lognormal(0, 1, 600)
    spread_m = rng.uniform(100, 600, 600)
    of = rng.choice(600, n, p=weight / weight.sum())
    xy = centres[of] + rng.normal(0, 1, (n, 2)) * spread_m[of, None]
    kind = rng.random(n)
    anywhere, same, near = kind < 0.10, kind > 0.80, (kind > 0.75) & (kind <= 0.80)
    xy[anywhere] = rng.uniform(0, side_m, (int(anywhere.sum()), 2))
    xy[same] = xy[rng.integers(0, n, int(same.sum()))]
    other = xy[rng.integers(0, n, int(near.sum()))]
    xy[near] = other + rng.normal(0, 50, other.shape)
    return np.clip(xy, 0, side_m) + np.array([430_000.0, 280_000.0])


def square_grid(n: int, *, side_m: float = 50_000.0) -> np.ndarray:
    """Return about ``n`` targets in rows over the same square, shape (n, 2), metres."""
    side = round(n**0.5)
    at = (np.arange(side) + 0.5) * (side_m / side)
    x, y = np.meshgrid(at + 430_000.0, at + 280_000.0)
    return np.column_stack([x.ravel(), y.ravel()])


def worst_ratio(ours: np.ndarray, theirs: np.ndarray) -> str:
    """Say by how much two surfaces differ, as a share of the peak."""
    error = np.abs(ours - theirs).max() / np.abs(theirs).max()
    return f"largest difference {error:.0e} of the peak"
