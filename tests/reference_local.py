"""Naive references for local statistics: every arrangement, one after another."""

from __future__ import annotations

import itertools
import math


def conditional_sums(values, i: int, k: int) -> list[float]:
    """Sums of k of the others, one for every ordered choice: all equally likely."""
    others = [value for j, value in enumerate(values) if j != i]
    return [sum(chosen) for chosen in itertools.permutations(others, k)]


def tail_shares(values, neighbours, i: int) -> tuple[float, float]:
    """Shares of all arrangements whose sum is at least, at most, the observed one."""
    observed = sum(values[j] for j in neighbours[i])
    sums = conditional_sums(values, i, len(neighbours[i]))
    at_least = sum(s >= observed for s in sums) / len(sums)
    return at_least, sum(s <= observed for s in sums) / len(sums)


def conditional_score(values, neighbours, i: int) -> float:
    """How many standard deviations the observed sum is from the mean of all."""
    sums = conditional_sums(values, i, len(neighbours[i]))
    mean = sum(sums) / len(sums)
    spread = math.sqrt(sum((s - mean) ** 2 for s in sums) / len(sums))
    observed = sum(values[j] for j in neighbours[i])
    return (observed - mean) / spread if spread > 1e-9 else 0.0


def moran(values, neighbours) -> list[float]:
    """Local Moran's I as Anselin (1995) writes it, place by place."""
    n = len(values)
    mean = sum(values) / n
    total = sum((value - mean) ** 2 for value in values)
    found = []
    for i in range(n):
        if total == 0 or not neighbours[i]:
            found.append(0.0)
            continue
        lag = sum(values[j] - mean for j in neighbours[i]) / len(neighbours[i])
        found.append((n - 1) * (values[i] - mean) * lag / total)
    return found
