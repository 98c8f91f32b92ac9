"""Thresholds only go up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotspots.core.errors import ParameterError
from hotspots.disclosure import Policy, check_audience

FLOORS = {"min_count": 5, "round_to": 5, "min_addresses": 8}


@given(name=st.sampled_from(sorted(FLOORS)), value=st.integers(-5, 30))
def test_a_threshold_below_its_floor_is_refused_and_any_above_is_taken(
    name: str, value: int
) -> None:
    if value < FLOORS[name]:
        with pytest.raises(ParameterError, match="raised, never lowered"):
            Policy(**{name: value})
    else:
        assert getattr(Policy(**{name: value}), name) == value


@given(
    name=st.sampled_from(sorted(FLOORS)),
    now=st.integers(8, 30),
    later=st.integers(8, 30),
)
def test_a_policy_in_use_can_be_raised_and_never_lowered(
    name: str, now: int, later: int
) -> None:
    policy = Policy(**{name: now})
    if later < now:
        with pytest.raises(ParameterError, match="stricter"):
            policy.raised(**{name: later})
    else:
        assert policy.raised(**{name: later}).at_least(policy)


def test_time_and_cells_only_get_coarser() -> None:
    assert Policy(finest_time="year").at_least(Policy(finest_time="month"))
    with pytest.raises(ParameterError, match="finer than a month"):
        Policy(finest_time="week")
    with pytest.raises(ParameterError, match="coarser"):
        Policy(finest_resolution=10)
    with pytest.raises(ParameterError, match="stricter"):
        Policy(finest_time="year").raised(finest_time="month")
    with pytest.raises(ParameterError, match="Did you mean 'min_count'"):
        Policy().raised(min_counts=9)
    with pytest.raises(ParameterError, match="whole number"):
        Policy(min_count=True)


def test_an_unknown_audience_is_told_which_there_are() -> None:
    with pytest.raises(ParameterError, match="Did you mean 'public'"):
        check_audience("publik")
