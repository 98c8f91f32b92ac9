"""Edges of bands: what is read, refused and printed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hotspots.core.errors import ParameterError
from hotspots.kernels.bands import Bands, check_closed


@pytest.mark.parametrize(
    "edges", ["0, 100,200", [0, 100, 200], np.array([0, 100, 200])]
)
def test_numbers_and_text_give_the_same(edges):
    assert Bands(edges) == (0.0, 100.0, 200.0)
    assert Bands(Bands(edges)) == Bands(edges)


@pytest.mark.parametrize(
    "edges",
    [
        "",
        "7",
        "7,7",
        "9,7",
        "-1,7",
        "a,b",
        [],
        [0],
        [0, math.nan],
        [math.inf, math.inf],
    ],
)
def test_edges_that_do_not_rise_are_refused(edges):
    with pytest.raises(ParameterError, match="at least two edges that rise from 0"):
        Bands(edges)


def test_labels_say_which_edge_belongs():
    bands = Bands([0, 0.5, 100, math.inf])
    assert bands.labels("left", "m") == ["[0, 0.5) m", "[0.5, 100) m", "[100, inf) m"]
    assert bands.labels("right", "m") == ["[0, 0.5] m", "(0.5, 100] m", "(100, inf] m"]
    assert Bands([7, 14]).labels("right", "days") == ["(7, 14] days"]


def test_limits_are_exact():
    bands = Bands([0, 100, math.inf])
    assert bands.limits("left").tolist() == [0, 100, math.inf]
    low, middle, high = bands.limits("right").tolist()
    assert (low, high) == (0, math.inf)
    assert 100 < middle == np.nextafter(100, 101)
    with pytest.raises(ParameterError, match="closed must be one of left, right"):
        check_closed("both")
