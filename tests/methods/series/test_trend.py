"""Mann-Kendall: a worked example, a naive double loop, relations, refusals."""

from __future__ import annotations

import numpy as np
import pytest
import reference_time
from hypothesis import given
from hypothesis import strategies as st

from hotspots.core.errors import ParameterError, TooFewError
from hotspots.methods.series.trend import mann_kendall

series = st.lists(st.integers(0, 6), min_size=4, max_size=14)

# "A Mann-Kendall Example (By Hand)", J. Little, College of the Holy Cross.
BY_HAND = [12.9, 14.8, 13.2, 15.7, 13.8, 15.6, 12.9]
BY_HAND += [11.0, 17.3, 15.9, 19.0, 18.3, 20.1, 21.7]


def test_the_example_worked_by_hand() -> None:
    trend = mann_kendall(np.array(BY_HAND))
    assert trend.s[0] == 54
    assert trend.variance[0] == pytest.approx(14 * 13 * 33 / 18 - 1)
    assert round(float(trend.z[0]), 4) == 2.9058
    assert trend.p_value[0] / 2 == pytest.approx(0.0018, abs=5e-5)


@given(series)
def test_equals_the_double_loop(values: list[int]) -> None:
    trend = mann_kendall(np.array(values))
    s, variance, z = reference_time.mann_kendall(values)
    assert trend.s[0] == s
    assert trend.variance[0] == pytest.approx(variance)
    assert trend.z[0] == pytest.approx(z)


@given(st.lists(series, min_size=2, max_size=4))
def test_many_series_are_each_by_itself(many: list[list[int]]) -> None:
    n = min(len(values) for values in many)
    table = np.array([values[:n] for values in many], dtype=float)
    together = mann_kendall(table)
    for k, values in enumerate(table):
        assert together.z[k] == mann_kendall(values).z[0]


@given(series)
def test_turned_round_it_changes_sign_and_stretched_nothing(values: list[int]) -> None:
    x = np.array(values, dtype=float)
    trend = mann_kendall(x)
    assert mann_kendall(x[::-1]).z[0] == pytest.approx(-trend.z[0])
    assert mann_kendall(np.exp(x)).z[0] == trend.z[0]


def test_a_flat_series_has_no_trend() -> None:
    flat = mann_kendall(np.full((2, 9), 3.0))
    assert flat.z.tolist() == [0, 0]
    assert flat.p_value.tolist() == [1, 1]


def test_agrees_with_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    values = np.random.default_rng(5).integers(0, 9, 20)
    theirs = stats.kendalltau(np.arange(20), values, method="asymptotic")
    ours = mann_kendall(values)
    plain = ours.s[0] / np.sqrt(ours.variance[0])
    assert 2 * stats.norm.sf(abs(plain)) == pytest.approx(theirs.pvalue)


def test_refusals() -> None:
    with pytest.raises(TooFewError, match="at least 4 periods"):
        mann_kendall(np.array([1, 2, 3]))
    with pytest.raises(ParameterError, match="1 are not"):
        mann_kendall(np.array([1, 2, np.nan, 3]))
