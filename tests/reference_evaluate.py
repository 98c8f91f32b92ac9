"""Naive references for evaluation and effects: loops, every order, every draw."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np


def accuracy(observed, predicted, area) -> list[dict[str, float]]:
    """Walk down the places; the best possible is filled up place by place.

    Predicted densities must differ.
    """
    places = list(zip(observed, predicted, area, strict=True))
    places.sort(key=lambda place: -place[1] / place[2])
    everything, whole = sum(observed), sum(area)
    rows, n, a, p = [], 0.0, 0.0, 0.0
    for happened, forecast, size in places:
        n, a, p = n + happened, a + size, p + forecast
        rows.append(
            {
                "share_area": a / whole,
                "hit_rate": n / everything,
                "pai": (n / everything) / (a / whole),
                "pei": n / most_in(observed, area, a),
                "rri_ratio": p / n if n else math.inf,
            }
        )
    return rows


def most_in(observed, area, budget: float) -> float:
    """Fill an area with the densest places, the last one in part."""
    held = 0.0
    for happened, size in sorted(
        zip(observed, area, strict=True), key=lambda place: -place[0] / place[1]
    ):
        part = min(1.0, budget / size)
        held, budget = held + part * happened, budget - part * size
        if budget <= 1e-12:
            break
    return held


def mean_over_orders(observed, score, k: int) -> float:
    """Average what the first k places hold over every order of equal scores."""
    totals = []
    for order in itertools.permutations(range(len(score))):
        if all(score[a] >= score[b] for a, b in itertools.pairwise(order)):
            totals.append(sum(observed[place] for place in order[:k]))
    return sum(totals) / len(totals)


def gini(counts: Sequence[float]) -> float:
    """Half the mean absolute difference between two places, over the mean."""
    n, mean = len(counts), sum(counts) / len(counts)
    gaps = sum(abs(a - b) for a in counts for b in counts)
    return gaps / (2 * n * n * mean)


def smallest_gini(n_places: int, n_incidents: int) -> float:
    """Deal the incidents out one by one, as evenly as they go."""
    counts = [0] * n_places
    for k in range(n_incidents):
        counts[k % n_places] += 1
    return gini(counts)


def wdd(pairs, weights) -> tuple[float, float]:
    """Estimate and standard error; pairs and weights in the order T, C, D, E."""
    signs = (1, -1, 1, -1)
    estimate = variance = 0.0
    for sign, (before, after), (w0, w1) in zip(signs, pairs, weights, strict=True):
        estimate += sign * (after / w1 - before / w0)
        variance += before / w0**2 + after / w1**2
    return estimate, math.sqrt(variance)


def log_ratio(treated, control) -> float:
    """Log of the ratio of ratios of sums, half an incident added where one is 0."""
    sums = [
        sum(site[side] for site in group)
        for group in (treated, control)
        for side in (0, 1)
    ]
    if 0 in sums:
        sums = [value + 0.5 for value in sums]
    t0, t1, c0, c1 = sums
    return math.log((t1 / t0) / (c1 / c0))


def permutation_p(treated, control) -> float:
    """Try every way of choosing the treated sites."""
    sites = [*treated, *control]
    observed = abs(log_ratio(treated, control))
    far = total = 0
    for chosen in itertools.combinations(range(len(sites)), len(treated)):
        first = [sites[i] for i in chosen]
        rest = [site for i, site in enumerate(sites) if i not in chosen]
        total += 1
        far += abs(log_ratio(first, rest)) >= observed - 1e-9
    return far / total


def rolling_counts(rows, cells, months, train_months: int) -> np.ndarray:
    """Hits of the plain count in the top cell, month by month, ties averaged.

    ``rows`` are (month number, cell number).
    """
    hits = []
    for month in months:
        before = [c for m, c in rows if month - train_months <= m < month]
        now = [c for m, c in rows if m == month]
        score = [before.count(cell) for cell in cells]
        top = [cell for cell in cells if score[cell] == max(score)]
        hits.append(sum(now.count(cell) for cell in top) / len(top))
    return np.array(hits)
