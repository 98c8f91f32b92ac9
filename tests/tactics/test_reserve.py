"""The permanent reserve and the draw: published numbers, permanence, refusals."""

from __future__ import annotations

import h3
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from town import sample_town

from hotspots.core.errors import ParameterError
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.patrol import PatrolOptions
from hotspots.tactics.patrol.clock import build_clock
from hotspots.tactics.patrol.demand import build_demand
from hotspots.tactics.selection import (
    BLOCK_RESOLUTION,
    _hash,
    draw_from_top,
    in_reserve,
)

WORD = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
SPLITMIX_1234567 = (
    6457827717110365317,
    3203168211198807973,
    9817491932198370423,
    4593380528125082431,
    16408922859458223821,
)
"""The first five numbers of SplitMix64 from the state 1234567, as its author's C code
(Vigna, S., splitmix64.c) prints them."""

POINT = st.tuples(st.floats(-2.0, 0.0), st.floats(52.0, 54.0))


def naive(lon: float, lat: float, *, percent: float, seed: int) -> bool:
    """The same in whole numbers of any size, one point at a time."""
    block = int(h3.latlng_to_cell(lat, lon, BLOCK_RESOLUTION), 16)
    z = (block + seed * GOLDEN) & WORD
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & WORD
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & WORD
    z ^= z >> 31
    return (z >> 11) / 2**53 < percent / 100


def test_the_hash_gives_the_published_numbers() -> None:
    state = np.array([1234567], dtype=np.uint64)
    for turn, known in enumerate(SPLITMIX_1234567, start=1):
        assert float(_hash(state, turn)[0]) == (known >> 11) / 2**53


@given(
    st.lists(POINT, min_size=1, max_size=30),
    st.floats(0, 50),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=80, deadline=None)
def test_it_equals_the_naive_reserve(
    points: list[tuple[float, float]], percent: float, seed: int
) -> None:
    lon, lat = zip(*points, strict=True)
    found = in_reserve(lon, lat, percent=percent, seed=seed)
    assert found.tolist() == [
        naive(x, y, percent=percent, seed=seed) for x, y in points
    ]


@given(st.lists(POINT, min_size=2, max_size=20), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_a_point_is_in_it_whatever_the_others_are(
    points: list[tuple[float, float]], random: object
) -> None:
    lon, lat = np.array(points).T
    whole = in_reserve(lon, lat, percent=30, seed=5)
    order = np.array(random.sample(range(len(points)), len(points)))  # type: ignore[attr-defined]
    again = in_reserve(lon[order], lat[order], percent=30, seed=5)
    assert again.tolist() == whole[order].tolist()
    twice = in_reserve(np.tile(lon, 3), np.tile(lat, 3), percent=30, seed=5)
    assert twice.tolist() == whole.tolist() * 3


@given(POINT, st.floats(0, 50), st.floats(0, 50), st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_a_larger_reserve_holds_the_smaller(
    point: tuple[float, float], one: float, other: float, seed: int
) -> None:
    small, large = sorted((one, other))
    lon, lat = [point[0]], [point[1]]
    if in_reserve(lon, lat, percent=small, seed=seed)[0]:
        assert in_reserve(lon, lat, percent=large, seed=seed)[0]


def test_whole_blocks_are_kept_and_their_share_is_what_was_asked() -> None:
    middle = h3.latlng_to_cell(52.76, -0.89, BLOCK_RESOLUTION)
    blocks = sorted(h3.grid_disk(middle, 40))
    lat, lon = np.array([h3.cell_to_latlng(block) for block in blocks]).T
    for percent in (0, 10, 25, 50):
        held = in_reserve(lon, lat, percent=percent, seed=1)
        spread = 4 * np.sqrt(percent / 100 * (1 - percent / 100) / len(blocks))
        assert abs(held.mean() - percent / 100) <= spread
    parts = [h3.cell_to_latlng(c) for c in h3.cell_to_children(middle, 10)]
    inside = [p for p in parts if h3.latlng_to_cell(*p, BLOCK_RESOLUTION) == middle]
    lat, lon = np.array(inside).T
    assert len(set(in_reserve(lon, lat, percent=50, seed=3).tolist())) == 1


def test_another_seed_keeps_other_ground() -> None:
    disk = h3.grid_disk(h3.latlng_to_cell(52.76, -0.89, BLOCK_RESOLUTION), 20)
    lat, lon = np.array([h3.cell_to_latlng(block) for block in sorted(disk)]).T
    one = in_reserve(lon, lat, percent=50, seed=1)
    assert (one != in_reserve(lon, lat, percent=50, seed=2)).any()
    assert (one == in_reserve(lon, lat, percent=50, seed=1)).all()


def test_a_plan_keeps_the_same_ground_whatever_was_counted() -> None:
    dataset = sample_town()
    options = PatrolOptions(reserve_percent=20)
    clock = build_clock(
        dataset.incidents.frame["start"].max().date(),  # type: ignore[union-attr]
        shift_start="14:00",
        shift_hours=8,
        days="all",
        provider="police",
    )
    kept: dict[str, set[int]] = {}
    free: dict[str, set[int]] = {}
    for category in (None, ["Burglary"], ["Shoplifting"]):
        context = PlanningContext.from_dataset(dataset, categories=category)
        demand = build_demand(options, context, clock)
        name = str(category)
        kept[name] = set(demand.cells.ids[demand.reserved].tolist())
        free[name] = set(demand.cells.ids[~demand.reserved].tolist())
        assert kept[name]
    for one in kept:
        for other in free:
            assert kept[one].isdisjoint(free[other])


@pytest.mark.parametrize("percent", [-1, 50.1, float("nan")])
def test_an_impossible_share_is_refused(percent: float) -> None:
    with pytest.raises(ParameterError, match="between 0 and 50"):
        in_reserve([0.0], [52.0], percent=percent, seed=1)


@given(st.integers(1, 8), st.integers(0, 10_000))
@settings(max_examples=50, deadline=None)
def test_half_of_the_top_is_drawn_and_the_rest_compared(k: int, seed: int) -> None:
    ranked = list(range(100, 100 + 3 * k))
    chosen, others, words = draw_from_top(ranked, k, seed=seed)
    assert len(chosen) == len(others) == k
    assert sorted((*chosen, *others)) == ranked[: 2 * k]
    assert str(seed) in words.replace(",", "")
    assert draw_from_top(ranked, k, seed=seed) == (chosen, others, words)


def test_every_place_of_the_top_is_drawn_about_half_of_the_time() -> None:
    drawn = np.zeros(6)
    for seed in range(400):
        drawn[list(draw_from_top(range(9), 3, seed=seed)[0])] += 1
    assert (np.abs(drawn / 400 - 0.5) < 4 * np.sqrt(0.25 / 400)).all()


def test_too_few_places_to_draw_from_are_refused() -> None:
    with pytest.raises(ParameterError, match="needs 6 places; got 5"):
        draw_from_top(range(5), 3, seed=1)
