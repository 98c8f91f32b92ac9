"""Sums within a radius against a loop in a loop."""

from __future__ import annotations

import math

import numpy as np
import pytest
import reference_near as reference
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.errors import ParameterError
from hotspots.kernels.near_sum import near_sum


@pytest.fixture(params=["1", "0"], ids=["compiled", "numpy"])
def twin(request, monkeypatch):
    monkeypatch.setenv("HOTSPOTS_COMPILED", request.param)


coordinate = st.integers(0, 30).map(float) | st.floats(0, 30, width=32)
places = st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=30)


@pytest.mark.usefixtures("twin")
@given(
    points=places,
    targets=places,
    radius=st.integers(1, 40).map(float),
    length=st.floats(0.5, 20) | st.just(math.inf),
)
@settings(max_examples=80, deadline=None)
def test_equals_the_naive_loop(points, targets, radius, length):
    xy, at = np.array(points), np.array(targets) - 5
    weights = np.arange(1.0, len(xy) + 1)
    expected = reference.near_sum(xy, weights, at, radius, length)
    sums = near_sum(xy, weights, at, radius_m=radius, length_m=length)
    np.testing.assert_allclose(sums, expected, rtol=1e-12, atol=1e-300)


@pytest.mark.usefixtures("twin")
def test_many_targets_and_none():
    rng = np.random.default_rng(1)
    xy, at = rng.uniform(0, 5_000, (300, 2)), rng.uniform(-900, 6_000, (2_500, 2))
    sums = near_sum(xy, np.ones(300), at, radius_m=700)
    far = np.hypot(*(at[:, None] - xy).T)
    np.testing.assert_array_equal(sums, (far <= 700).sum(axis=0))
    assert near_sum(xy, np.ones(300), at[:0], radius_m=9).shape == (0,)
    assert near_sum(xy[:0], np.ones(0), at[:2], radius_m=9).tolist() == [0, 0]


def test_what_is_refused():
    xy = np.zeros((1, 2))
    for changes in ({"radius_m": 0}, {"radius_m": math.inf}, {"length_m": 0}):
        with pytest.raises(ParameterError, match="radius_m must be a finite number"):
            near_sum(xy, np.ones(1), xy, **({"radius_m": 10.0} | changes))
