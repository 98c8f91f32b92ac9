"""Chains of points, by hand and against following links one by one."""

from __future__ import annotations

import numpy as np

from hotspots.kernels.chains import link_chains


def followed(xy, days, radius_m, n_days):
    """Number chains by walking from each point that has none yet."""
    chain = [0] * len(xy)
    for start in range(len(xy)):
        if chain[start]:
            continue
        chain[start], to_visit = max(chain) + 1, [start]
        while to_visit:
            i = to_visit.pop()
            for j in range(len(xy)):
                far, long = np.hypot(*(xy[i] - xy[j])), abs(days[i] - days[j])
                if not chain[j] and far <= radius_m and long < n_days:
                    chain[j] = chain[i]
                    to_visit.append(j)
    return chain


def test_equals_following_links():
    rng = np.random.default_rng(1)
    for n in (1, 2, 15, 80):
        xy, days = rng.uniform(0, 900, (n, 2)), rng.integers(0, 56, n)
        chain = link_chains(xy, days, radius_m=100, n_days=14)
        assert chain.tolist() == followed(xy, days, 100, 14)


def test_edges_and_none():
    xy, days = np.array([[0.0, 0.0], [400.0, 0.0]]), np.array([0, 28])
    assert link_chains(xy, days, radius_m=400, n_days=28).tolist() == [1, 2]
    assert link_chains(xy, days, radius_m=400, n_days=29).tolist() == [1, 1]
    assert link_chains(xy, days, radius_m=399.9, n_days=29).tolist() == [1, 2]
    assert link_chains(xy[:0], days[:0], radius_m=1, n_days=1).shape == (0,)
