"""Wilson's interval against print, against SciPy, and by its own equation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from hotspots.core.intervals import wilson

PUBLISHED = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0, 0.1611),
    (1, 29, 0.0061, 0.1718),
]
"""Newcombe, R. G. (1998), "Two-sided confidence intervals for the single proportion:
comparison of seven methods", Statistics in Medicine 17, 857-872, table I, method 3."""


@pytest.mark.parametrize(("captured", "of", "low", "high"), PUBLISHED)
def test_the_interval_is_the_published_one(
    captured: int, of: int, low: float, high: float
) -> None:
    assert [round(x, 4) for x in wilson(captured, of)] == [low, high]


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@settings(max_examples=80, deadline=None)
def test_the_interval_equals_scipy_and_solves_wilsons_equation(
    case: tuple[int, int],
) -> None:
    captured, of = case
    low, high = wilson(captured, of)
    known = binomtest(captured, of).proportion_ci(0.95, method="wilson")
    assert (low, high) == pytest.approx((known.low, known.high), abs=1e-6)
    assert low - 1e-12 <= captured / of <= high + 1e-12
    for end in (low, high):
        if 1e-9 < end < 1 - 1e-9:
            error = abs(captured / of - end) / np.sqrt(end * (1 - end) / of)
            assert error == pytest.approx(1.959964, abs=1e-6)
    mirrored = wilson(of - captured, of)
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-12)
    more = wilson(10 * captured, 10 * of)
    assert more[1] - more[0] < high - low


def test_nothing_counted_tells_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
