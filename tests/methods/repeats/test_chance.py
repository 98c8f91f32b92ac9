"""Repeats by chance: every arrangement counted, birthdays, limits."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotspots.core.errors import ParameterError
from hotspots.methods.repeats.table import chance_of_repeats, chance_while_followed


def every_arrangement(n: int, m: int) -> tuple[float, float, float]:
    """Average over all m**n ways in which n incidents can fall on m places."""
    hit = repeat = alone = 0
    for places in itertools.product(range(m), repeat=n):
        counts = [places.count(place) for place in range(m)]
        hit += sum(c > 0 for c in counts)
        repeat += sum(c > 1 for c in counts)
        alone += sum(c == 1 for c in counts)
    return hit / m**n, repeat / m**n, 1 - alone / n / m**n


@pytest.mark.parametrize(("n", "m"), [(1, 1), (1, 4), (2, 3), (4, 3), (5, 4), (6, 2)])
def test_equals_the_count_of_every_arrangement(n: int, m: int) -> None:
    chance = chance_of_repeats(n, m)
    hit, repeat, share = every_arrangement(n, m)
    assert chance.n_targets == pytest.approx(hit)
    assert chance.n_repeat_targets == pytest.approx(repeat)
    assert chance.share_incidents == pytest.approx(share)
    assert chance.share_targets == pytest.approx(repeat / hit)


def test_birthdays() -> None:
    """Thirty people have 365 (1 - (364/365)^30) birthdays between them: 28.84."""
    assert chance_of_repeats(30, 365).n_targets == pytest.approx(28.84, abs=0.01)


def test_many_places_are_poisson() -> None:
    chance, mean = chance_of_repeats(3_000, 17_000), 3_000 / 17_000
    poisson = 17_000 * (1 - math.exp(-mean) * (1 + mean))
    assert chance.n_repeat_targets == pytest.approx(poisson, rel=1e-3)


def test_following_everyone_alike_is_the_same_poisson() -> None:
    rate = 0.05 / 365
    chance = chance_while_followed(np.full(40, 365.0), rate_per_day=rate)
    assert chance.n_repeat_targets == pytest.approx(40 * (1 - math.exp(-0.05)))
    expected = (1 - math.exp(-0.05) + 0.05) / 1.05
    assert chance.share_incidents == pytest.approx(expected)


@given(st.lists(st.floats(0, 400), min_size=1, max_size=9), st.floats(0, 0.1))
def test_longer_followed_is_never_fewer(days: list[float], rate: float) -> None:
    some = chance_while_followed(np.array(days), rate_per_day=rate)
    more = chance_while_followed(np.array(days) + 1, rate_per_day=rate)
    assert more.n_repeat_targets >= some.n_repeat_targets
    assert 0 <= some.share_targets <= 1
    assert 0 <= some.share_incidents <= 1


def test_refusals() -> None:
    for n, m in ((0, 5), (5, 0)):
        with pytest.raises(ParameterError, match="must be at least 1"):
            chance_of_repeats(n, m)
    for days, rate in (([-1.0], 0.1), ([1.0], -0.1), ([math.nan], 0.1)):
        with pytest.raises(ParameterError, match="finite numbers, 0 or more"):
            chance_while_followed(np.array(days), rate_per_day=rate)
    assert math.isnan(chance_while_followed(np.array([]), rate_per_day=1).share_targets)
