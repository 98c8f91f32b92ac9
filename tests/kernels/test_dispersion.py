"""Dispersion of rows, shrunk to all rows: by hand, and how often words are false."""

from __future__ import annotations

import numpy as np
import pytest

from hotspots.kernels.dispersion import shrunk_dispersions
from hotspots.methods.change import ALARM, compare


def clustered(rng, means, dispersion, shape):
    if dispersion == 1:
        return rng.poisson(means, shape).astype(float)
    size = np.broadcast_to(means, shape) / (dispersion - 1)
    return rng.negative_binomial(size, 1 / dispersion).astype(float)


def test_one_row_by_hand() -> None:
    # mean 10: (25 + 25) / 10 over 2 degrees of freedom
    # 2.5 of 2 degrees of freedom, and as much again for its standard error
    assert shrunk_dispersions([np.array([[5.0, 15.0, 10.0]])]) == pytest.approx([5.0])
    assert shrunk_dispersions([np.array([[5.0]])]).tolist() == [1.0]
    assert shrunk_dispersions([np.zeros((3, 4))]).tolist() == [1.0, 1.0, 1.0]


def test_neither_a_season_nor_a_change_between_stretches_is_dispersion() -> None:
    season = np.outer([20.0, 40.0, 80.0], [1.0, 2.0, 3.0, 2.0])
    found = shrunk_dispersions([season, np.array([[3.0], [1.0], [0.5]]) * season])
    assert found == pytest.approx([1, 1, 1])


@pytest.mark.parametrize("dispersion", [1.0, 1.5, 2.0])
def test_the_words_of_areas_are_false_as_seldom_as_they_say(dispersion: float) -> None:
    """Two per cent are promised; pure chance as the measure gave 6 and 11%."""
    rng = np.random.default_rng(9)
    false = compared = 0
    for _ in range(60):
        means = rng.gamma(2, 8, size=(16, 1)) + 0.5
        years = [clustered(rng, means, dispersion, (16, 12)) for _ in range(2)]
        phi = shrunk_dispersions(years)
        pairs = zip(*(year.sum(axis=1).astype(int) for year in years), phi, strict=True)
        words = [compare(a, b, months=12, dispersion=p).word for a, b, p in pairs]
        false += sum(word in ("higher", "lower") for word in words)
        compared += len(words)
    assert false / compared <= ALARM + 0.011  # 2.5 standard errors
