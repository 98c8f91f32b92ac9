"""Shuffles are fair, and counting through 16-bit counters loses nothing."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from hotspots.kernels import knox_permutations as module
from hotspots.kernels.knox_permutations import count_below, pairs_below, shuffled
from hotspots.kernels.near_pairs import NearPairs


@pytest.fixture(params=["1", "0"], ids=["compiled", "numpy"])
def twin(request, monkeypatch):
    monkeypatch.setenv("HOTSPOTS_COMPILED", request.param)


def seeds(n, seed=1):
    return np.random.default_rng(seed).integers(0, 2**64, n, dtype=np.uint64)


@pytest.mark.usefixtures("twin")
@pytest.mark.parametrize("kind", [np.uint16, np.float64])
def test_every_order_is_equally_likely(kind):
    lanes = shuffled(np.arange(4).astype(kind), seeds(48_000))
    orders, counts = np.unique(lanes, axis=1, return_counts=True)
    assert orders.T.tolist() == [list(p) for p in itertools.permutations(range(4))]
    # 24 orders, 2,000 each: the sum follows chi-squared with 23 degrees of freedom
    assert ((counts - 2_000) ** 2 / 2_000).sum() < 56  # p = 0.0001


def test_twins_shuffle_alike(monkeypatch):
    days = np.random.default_rng(1).uniform(0, 300, 77)
    answers = []
    for setting in ("1", "0"):
        monkeypatch.setenv("HOTSPOTS_COMPILED", setting)
        answers.append(shuffled(days, seeds(130)))
    np.testing.assert_array_equal(*answers)
    np.testing.assert_array_equal(np.sort(answers[0], axis=0)[:, 5], np.sort(days))


@pytest.mark.usefixtures("twin")
@pytest.mark.parametrize("step", [1, 0.3])
def test_counts_of_shuffles_against_the_shuffles(step):
    rng = np.random.default_rng(4)
    xy, days = rng.uniform(0, 50, (60, 2)), rng.integers(0, 40, 60) * step - 9
    pairs = NearPairs(xy_m=xy, limits_m=np.array([0.0, 5.0, 20.0]))
    limits = np.array([0.0, 1.0, 2.5, 11 * step, 39 * step, 500.0, np.inf])
    counts = count_below(pairs, days, limits, seeds(140))
    dealt = shuffled(days[pairs.order], seeds(140))
    (portion,) = pairs.portions()
    seat = np.repeat(np.arange(len(portion.starts) - 1), np.diff(portion.starts))
    apart = np.abs(dealt[seat // 2] - dealt[portion.others])
    for band, (k, limit) in itertools.product(range(2), enumerate(limits)):
        expected = (apart[seat % 2 == band] < limit).sum(axis=0)
        np.testing.assert_array_equal(counts[:, band, k], expected)


def test_counters_that_fill_up_are_emptied_in_time(monkeypatch):
    monkeypatch.setenv("HOTSPOTS_COMPILED", "1")
    lanes = np.array([[0, 9], [3, 3]], dtype=np.uint16)
    starts = np.array([0, 200_000, 200_010, 200_010, 200_020])
    others = np.ones(200_020, dtype=np.uint32)
    counts = np.zeros((2, 2, 2), dtype=np.int64)
    module._add_pairs(0, 2, starts, others, lanes, np.array([4.0, 7.0]), counts)
    assert counts.tolist() == [[[200_000, 0], [200_000, 200_000]], [[20, 10], [20, 20]]]


@pytest.mark.parametrize("step", [1, 0.1])
def test_all_pairs_by_time(step):
    days = np.random.default_rng(6).integers(-20, 20, 90) * step
    limits = np.array([0, 1, 3 * step, 0.7, 12 * step, 39 * step, 40 * step, np.inf])
    apart = np.abs(days[:, None] - days)[np.triu_indices(90, 1)]
    expected = [(apart < limit).sum() for limit in limits]
    np.testing.assert_array_equal(pairs_below(days, limits), expected)


def test_long_spans_and_few_lanes():
    days = np.array([0.0, 32_768.0, 32_769.0])
    pairs = NearPairs(xy_m=np.zeros((3, 2)), limits_m=np.array([0.0, 1.0]))
    counts = count_below(pairs, days, np.array([2.0, 32_769.0, 32_770.0]))
    assert counts.tolist() == [[[1, 2, 3]]]
    assert module._n_lanes(100) == 128
    assert module._n_lanes(500_000) == 64
    assert module._n_lanes(10**8) == 32
