"""Conditional permutation: against every arrangement there is."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
import reference_local as naive
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from hotspots.kernels.conditional import conditional_tails, conditional_z, random_orders

VALUES = [0.0, 3.0, 1.0, 0.0, 5.0, 1.0, 2.0]
LINKS = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 0), (1, 4), (0, 2), (4, 0)]


def matrix(n, links):
    held = np.zeros((n, n))
    for i, j in links:
        if i != j and max(i, j) < n:
            held[i, j] = held[j, i] = 1
    return csr_array(held)


def lists(neighbours):
    return [r.tolist() for r in np.split(neighbours.indices, neighbours.indptr[1:-1])]


@pytest.mark.parametrize("shift", [0.0, 0.1])
def test_tails_against_every_arrangement(shift):
    values = np.array(VALUES) + shift
    neighbours, n_permutations = matrix(7, LINKS), 40_000
    found = conditional_tails(
        values,
        neighbours,
        n_permutations=n_permutations,
        rng=np.random.default_rng(5),
    )
    for i in range(7):
        true = naive.tail_shares(VALUES, lists(neighbours), i)
        for drawn, share in zip(found, true, strict=True):
            error = math.sqrt(share * (1 - share) / n_permutations)
            assert abs(drawn[i] / n_permutations - share) <= 4.5 * error + 1e-12


def test_the_correction_of_hit_places_is_exact():
    # the same orders, place by place: with i taken out, the first k are its sample
    rng = np.random.default_rng(3)
    n, k = 60, 4
    ring = sum(np.roll(np.eye(n), s, axis=0) for s in (1, 2, -1, -2))
    values = rng.poisson(1.0, n).astype(float)
    neighbours = csr_array(ring)
    found = conditional_tails(
        values, neighbours, n_permutations=500, rng=np.random.default_rng(9)
    )
    orders = random_orders(n, k + 1, 500, np.random.default_rng(9))
    for i in range(n):
        sums = np.array([values[[j for j in o if j != i][:k]].sum() for o in orders])
        observed = values[neighbours.indices[neighbours.indptr[i] :][:k]].sum()
        assert found[0][i] == (sums >= observed).sum()
        assert found[1][i] == (sums <= observed).sum()


@settings(max_examples=40, deadline=None)
@given(
    values=st.lists(st.integers(0, 9), min_size=3, max_size=6),
    links=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12),
)
def test_the_score_is_that_of_all_arrangements(values, links):
    neighbours = matrix(len(values), links)
    z = conditional_z(np.array(values, dtype=float), neighbours)
    around = lists(neighbours)
    expected = [naive.conditional_score(values, around, i) for i in range(len(values))]
    np.testing.assert_allclose(z, expected, atol=1e-9)


@pytest.mark.parametrize(("n", "length"), [(4, 2), (4, 4), (40, 2)])
def test_every_order_is_equally_likely(n, length):
    orders = random_orders(n, length, 24_000, np.random.default_rng(2))
    assert orders.shape == (24_000, length)
    seen = Counter(map(tuple, orders.tolist()))
    n_possible = math.perm(n, length)
    assert len(seen) == n_possible
    expected = 24_000 / n_possible
    chi2 = sum((count - expected) ** 2 / expected for count in seen.values())
    assert chi2 < n_possible + 5 * math.sqrt(2 * n_possible)


def test_places_without_neighbours_are_never_unusual():
    found = conditional_tails(
        np.arange(4.0), csr_array((4, 4)), n_permutations=9, rng=np.random.default_rng()
    )
    assert [side.tolist() for side in found] == [[9] * 4, [9] * 4]
