"""The word for a cell's history: hand answers, a plain rule, time turned round."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.errors import ParameterError, TooFewError
from hotspots.methods.series.cell_history import LABELS, classify, hot_cells


def word(pattern: str, trend: str = "") -> str:
    hot = np.array([[mark == "x" for mark in pattern]])
    rising, falling = (np.array([trend == name]) for name in ("rising", "falling"))
    return str(classify(hot, rising, falling)[0])


def plain_rule(pattern: str, trend: str) -> str:
    """The printed rule, read aloud."""
    n, hot = len(pattern), pattern.count("x")
    third = max(1, n // 3)
    gain = (pattern[-third:].count("x") - pattern[:third].count("x")) / third
    if hot < 2:
        return ("never hot", "one-off")[hot]
    if abs(gain) >= 0.5:
        return "emerging" if gain > 0 else "diminishing"
    if hot / n >= 0.75:
        return "persistent"
    if trend == "rising" and gain > 0:
        return "emerging"
    if trend == "falling" and gain < 0:
        return "diminishing"
    return "intermittent"


@pytest.mark.parametrize(
    ("pattern", "trend", "expected"),
    [
        ("............", "", "never hot"),
        (".....x......", "", "one-off"),
        ("...........x", "rising", "one-off"),
        ("xxxxxxxxxxxx", "", "persistent"),
        ("x.xxxxx.xxx.", "", "persistent"),
        ("xxxxxxxxxxxx", "falling", "persistent"),
        (".........xxx", "", "emerging"),
        ("..x..x..x.x.", "rising", "emerging"),
        ("xxx.x.......", "", "diminishing"),
        ("x....x......", "falling", "diminishing"),
        ("x....x......", "", "intermittent"),
        (".x..x..x..x.", "", "intermittent"),
        (".x..x..x..x.", "rising", "intermittent"),
    ],
)
def test_hand_answers(pattern: str, trend: str, expected: str) -> None:
    assert word(pattern, trend) == expected


patterns = st.text("x.", min_size=4, max_size=15)
trends = st.sampled_from(["", "rising", "falling"])


@given(patterns, trends)
def test_equals_the_rule_read_aloud(pattern: str, trend: str) -> None:
    assert word(pattern, trend) == plain_rule(pattern, trend)
    assert word(pattern, trend) in LABELS


@given(patterns, trends)
def test_turning_time_round_swaps_two_words(pattern: str, trend: str) -> None:
    turn = {"emerging": "diminishing", "diminishing": "emerging"}
    other = {"rising": "falling", "falling": "rising"}.get(trend, "")
    before = word(pattern, trend)
    assert word(pattern[::-1], other) == turn.get(before, before)


def naive_hot(counts, reach, totals, p: float, fewest: int) -> np.ndarray:
    """Binomial tails by summing; Benjamini-Hochberg by its definition."""
    m, t = counts.shape
    hot = np.zeros((m, t), dtype=bool)
    for at in range(t):
        n = int(totals[at])
        tails = [
            sum(
                math.comb(n, k) * reach[i] ** k * (1 - reach[i]) ** (n - k)
                for k in range(int(counts[i, at]), n + 1)
            )
            for i in range(m)
        ]
        passed = [k for k in range(1, m + 1) if sorted(tails)[k - 1] <= p * k / m]
        limit = sorted(tails)[max(passed) - 1] if passed else -1.0
        for i in range(m):
            hot[i, at] = tails[i] <= limit and counts[i, at] >= fewest
    return hot


@given(st.lists(st.lists(st.integers(0, 6), min_size=5, max_size=5), min_size=1))
@settings(max_examples=40, deadline=None)
def test_hot_equals_its_definition(rows: list[list[int]]) -> None:
    counts = np.array(rows[:4], dtype=float).T
    reach, totals = np.full(5, 0.2), counts.sum(axis=0)
    ours = hot_cells(counts, reach, totals, p=0.07, fewest=2)
    np.testing.assert_array_equal(ours, naive_hot(counts, reach, totals, 0.07, 2))


def test_nothing_is_hot_where_all_is_alike_or_empty() -> None:
    reach = np.full(6, 1 / 6)
    alike = np.full((6, 2), 5.0)
    assert not hot_cells(alike, reach, alike.sum(axis=0)).any()
    assert not hot_cells(alike * 0, reach, np.zeros(2)).any()


def test_refusals() -> None:
    with pytest.raises(TooFewError, match="at least 4 periods with data; got 3"):
        word("xxx")
    counts = np.ones((3, 2))
    with pytest.raises(ParameterError, match="a row for each cell"):
        hot_cells(counts, np.ones(2), np.ones(2))
    with pytest.raises(ParameterError, match="no neighbourhood can hold more"):
        hot_cells(counts, np.ones(3), np.zeros(2))
