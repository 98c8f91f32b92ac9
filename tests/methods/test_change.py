"""Are two counts different: published figures, a naive reference, relations."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.errors import ParameterError
from hotspots.methods.change import (
    ALARM,
    clustered_test,
    compare,
    e_test,
    poisson_z,
)

# Figures that partnerships published: before, now, per cent, z.
PUBLISHED = [
    (545, 467, -14.3, -3.5),
    (194, 162, -16.5, -2.4),
    (1698, 1344, -20.8, -9.1),
    (209, 199, -4.8, -0.7),
    (23, 4, None, -5.6),
    (48, 46, None, -0.3),
]


def naive_e_test(k1: int, k2: int, n1: float, n2: float, d: float) -> float:
    """Sum over a large square of counts, one pair at a time."""

    def distance(a: int, b: int) -> float:
        if a + b == 0:
            return -1.0
        return abs(a / n1 - b / n2 - d) / math.sqrt((a + b) / (n1 + n2))

    def chance(k: int, mean: float) -> float:
        if mean == 0:
            return float(k == 0)
        return math.exp(k * math.log(mean) - mean - math.lgamma(k + 1))

    common = max(0.0, (k1 + k2) / (n1 + n2) - d * n1 / (n1 + n2))
    first = [chance(a, n1 * (common + d)) for a in range(120)]
    second = [chance(b, n2 * common) for b in range(120)]
    far = abs(k1 / n1 - k2 / n2 - d) / math.sqrt(common) - 1e-12
    return sum(
        p * q
        for a, p in enumerate(first)
        for b, q in enumerate(second)
        if distance(a, b) >= far
    )


@pytest.mark.parametrize(("before", "now", "percent", "z"), PUBLISHED)
def test_published_indicator_figures(
    before: int, now: int, percent: float | None, z: float
) -> None:
    change = compare(now, before, months=12)
    assert round(change.z, 1) == z
    if percent is not None:
        assert change.percent is not None
        assert round(change.percent, 1) == percent


@pytest.mark.parametrize(
    ("now", "before", "word"),
    [
        (467, 545, "lower"),
        (1344, 1698, "lower"),
        (199, 209, "usual"),
        (46, 48, "usual"),
        (4, 23, "lower"),
        (9, 8, "usual"),
        (30, 8, "higher"),
        (2, 1, "too few to say"),
        (0, 0, "too few to say"),
    ],
)
def test_words(now: int, before: int, word: str) -> None:
    assert compare(now, before, months=12).word == word


def test_nothing_to_compare_is_cannot_tell() -> None:
    change = compare(5, 0, months=0)
    assert change.word == "cannot tell"
    assert math.isnan(change.p_value)
    assert change.percent is None


@pytest.mark.parametrize(
    ("k1", "k2", "n1", "n2", "d"),
    [(20, 10, 1, 1, 0), (9, 8, 1, 1, 0), (20, 10, 2, 1, 0.5), (0, 6, 1, 1, 0),
     (3, 0, 12, 6, 0), (7, 7, 1, 3, 0)],
)  # fmt: skip
def test_e_test_equals_the_naive_sum(
    k1: int, k2: int, n1: float, n2: float, d: float
) -> None:
    assert e_test(k1, k2, n1, n2, d) == pytest.approx(
        naive_e_test(k1, k2, n1, n2, d), abs=1e-10
    )


@pytest.mark.parametrize(
    ("k1", "k2", "p"),
    [(0, 3, 0.08837900945), (3, 0, 0.08837900945), (6, 2, 0.17487482)],
)
def test_published_examples(k1: int, k2: int, p: float) -> None:
    """Krishnamoorthy and Thomson (2004), as reproduced by the open R package."""
    assert e_test(k1, k2) == pytest.approx(p, abs=1e-8)


def test_no_incident_at_all_is_no_difference() -> None:
    assert e_test(0, 0) == 1.0


@given(st.integers(0, 400), st.integers(0, 400))
@settings(max_examples=60, deadline=None)
def test_e_test_is_symmetric_and_a_probability(k1: int, k2: int) -> None:
    p = e_test(k1, k2)
    assert 0 <= p <= 1
    assert p == pytest.approx(e_test(k2, k1), abs=1e-9)


def test_false_alarms_are_no_more_than_promised() -> None:
    """Under one common rate the chance of an alarm stays near 2%."""
    for mean in (8, 20):
        chance = [
            math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(60)
        ]
        alarm = sum(
            chance[a] * chance[b]
            for a in range(60)
            for b in range(60)
            if chance[a] * chance[b] > 1e-6 and e_test(a, b) <= ALARM
        )
        assert alarm < 0.025


@pytest.mark.parametrize("bad", [(-1, 2), (2, -1), (math.nan, 1)])
def test_impossible_counts_are_refused(bad: tuple[float, float]) -> None:
    with pytest.raises(ParameterError, match="at least 0"):
        poisson_z(*bad)


def test_impossible_exposure_is_refused() -> None:
    with pytest.raises(ParameterError, match="greater than 0"):
        e_test(1, 1, 0, 1)
    with pytest.raises(ParameterError, match="at least 0"):
        e_test(1, 1, 1, 1, -1)


def test_counts_that_cluster_are_held_to_a_wider_split():
    # by hand: 3 of 4 or more on one side, a = b = 2 / (2 - 1), over (a)_k (b)_(4-k)
    weights = [120, 4 * 24 * 2, 6 * 6 * 6, 4 * 24 * 2, 120]
    tail = (weights[0] + weights[1]) / sum(weights)
    assert clustered_test(3, 1, dispersion=2.0) == pytest.approx(min(1, 2 * tail))
    assert clustered_test(60, 40, dispersion=1.0) == e_test(60, 40)
    p = [clustered_test(90, 60, dispersion=d) for d in (1.2, 1.5, 2.0, 3.0)]
    assert p == sorted(p)
    assert compare(90, 60, months=12).word == "higher"
    assert compare(90, 60, months=12, dispersion=2.0).word == "usual"
    assert compare(6, 0, months=12).word == "higher"
    assert compare(6, 0, months=12, dispersion=2.0).word == "too few to say"
