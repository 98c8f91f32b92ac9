"""What the public is told of a change holds for the counts that were rounded."""

from __future__ import annotations

import inspect

from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.brief.public import sure_change
from hotspots.methods.change import e_test, poisson_z

counts = st.integers(5, 400)


def rounded(n: int) -> int:
    return 5 * round(n / 5)


@settings(max_examples=200, deadline=None)
@given(counts, counts)
def test_a_word_is_true_of_the_counts_before_rounding(now: int, before: int) -> None:
    word = sure_change(rounded(now), rounded(before), by=5)
    if word == "no clear change":
        return
    z, p = poisson_z(now, before), e_test(now, before)
    assert word == ("higher" if z > 0 else "lower")
    assert abs(z) >= 3
    assert p <= 0.02


def test_only_what_is_published_decides_the_word() -> None:
    """A function of the rounded counts tells no more than they do."""
    assert list(inspect.signature(sure_change).parameters) == ["now", "before", "by"]
    assert sure_change(100, 20, by=5) == "higher"
    assert sure_change(20, 100, by=5) == "lower"
    assert sure_change(None, 100, by=5) is None
    assert sure_change(100, None, by=5) is None


@given(counts, counts)
def test_coarser_rounding_is_never_surer(now: int, before: int) -> None:
    fine, coarse = (sure_change(now, before, by=by) for by in (5, 25))
    assert coarse in (fine, "no clear change")
