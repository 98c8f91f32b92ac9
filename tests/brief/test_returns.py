"""The indicator return: the published figures, and properties of every one."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from hotspots.brief.returns import indicator_return
from hotspots.core.errors import ParameterError

counts = st.integers(0, 400)


@pytest.mark.parametrize(
    ("before", "now", "percent", "z", "word"),
    [
        (545, 467, -14.3, -3.5, "fell"),
        (194, 162, -16.5, -2.4, "possible fall"),
        (1698, 1344, -20.8, -9.1, "fell"),
        (209, 199, -4.8, -0.7, "cannot tell"),
        (23, 4, -82.6, -5.6, "fell"),
        (48, 46, -4.2, -0.3, "cannot tell"),
    ],
)
def test_the_figures_that_partnerships_published(
    before: int, now: int, percent: float, z: float, word: str
) -> None:
    found = indicator_return(now, before)
    assert found.percent is not None
    assert round(found.percent, 1) == percent
    assert round(found.z, 1) == z
    assert found.word == word
    assert found.small_base == (before < 50)


@settings(max_examples=60, deadline=None)
@given(counts, counts)
def test_the_interval_is_where_the_split_is_not_surprising(
    now: int, before: int
) -> None:
    found = indicator_return(now, before)
    assert found.ratio_low <= found.ratio_high
    if now:
        share = found.ratio_low / (1 + found.ratio_low)
        at_least = binom.sf(now - 1, now + before, share)
        assert math.isclose(at_least, 0.025, abs_tol=1e-6)
    if before:
        share = found.ratio_high / (1 + found.ratio_high)
        at_most = binom.cdf(now, now + before, share)
        assert math.isclose(at_most, 0.025, abs_tol=1e-6)
        assert found.ratio_low <= now / before <= found.ratio_high


@settings(max_examples=60, deadline=None)
@given(counts, counts)
def test_a_rise_is_a_fall_the_other_way(now: int, before: int) -> None:
    up, down = indicator_return(now, before), indicator_return(before, now)
    assert math.isclose(up.z, -down.z)
    assert math.isclose(up.p, down.p, abs_tol=1e-12)
    assert up.word == down.word.replace("fell", "rose").replace("fall", "rise") or (
        down.word == up.word.replace("fell", "rose").replace("fall", "rise")
    )
    if up.word in ("fell", "rose"):
        assert abs(up.z) >= 3
        assert up.p <= 0.02


def test_a_few_are_too_few_and_no_base_is_no_percentage() -> None:
    assert indicator_return(3, 0).percent is None
    assert indicator_return(3, 0).word == "too few to say"
    assert indicator_return(0, 0).word == "too few to say"
    assert indicator_return(3, 0).percent is None
    assert indicator_return(3, 0).ratio_high == math.inf


def test_what_is_no_count_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"whole number.*got -1"):
        indicator_return(-1, 4)
    with pytest.raises(ParameterError, match=r"got 2\.5"):
        indicator_return(3, 2.5)  # type: ignore[arg-type]
