"""From counts to places: hand answers on the toy town, and a slow reference."""

from __future__ import annotations

import h3
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy import COUNTS, A, B, C, D

from hotspots.analysis import finder
from hotspots.analysis.finder import (
    HotspotRule,
    PlaceRule,
    WalkableRule,
    price_of_shape,
)
from hotspots.core.errors import ParameterError
from hotspots.model.cells import Cells


def around(rings: int = 14) -> Cells:
    ids = [int(c, 16) for c in h3.grid_disk(A, rings)]
    return Cells.from_ids(np.array(ids, dtype=np.uint64), resolution=10)


def counts_on(cells: Cells, counts: dict[str, int]) -> np.ndarray:
    values = np.zeros(len(cells))
    ids = np.array([int(c, 16) for c in counts], dtype=np.uint64)
    values[cells.index_of(ids)] = list(counts.values())
    return values


def names(cells: Cells, positions: np.ndarray) -> set[str]:
    return {f"{cell:x}" for cell in cells.ids[positions]}


def slow_grow(counts: np.ndarray, cells: Cells, rule: HotspotRule) -> list[set[int]]:
    """Take cells one by one with sets and h3-py's neighbours, as the rule says it."""
    at = {f"{cell:x}": k for k, cell in enumerate(cells.ids.tolist())}
    next_to = {
        k: {at[n] for n in h3.grid_ring(name, 1) if n in at} for name, k in at.items()
    }
    fullest = sorted(counts, reverse=True)
    places: list[set[int]] = []
    while True:
        taken = set().union(*places)

        def homes(k: int) -> list[set[int]]:
            return [p for p in places if len(p) < rule.max_cells and p & next_to[k]]

        free = [int(k) for k in np.flatnonzero(counts > 0) if k not in taken]
        beside = [k for k in free if homes(k)]
        may_begin = len(places) < rule.n_hotspots
        allowed = free if may_begin else beside
        if not allowed:
            return places
        cell = min(allowed, key=lambda k: (-counts[k], k not in beside, k))
        held = counts[[*taken, cell]].sum()
        best = sum(fullest[: len(taken) + 1])
        if not may_begin and held < (1 - rule.max_price) * best - 1e-9:
            return places
        if around := homes(cell):
            max(around, key=lambda p: (counts[list(p)].sum(), -places.index(p))).add(
                cell
            )
        else:
            places.append({cell})


def test_toy_town_by_hand() -> None:
    cells = around()
    places = HotspotRule().find(counts_on(cells, COUNTS), cells)
    first = places[0]
    assert first.total == 9 + 6 + 3
    assert names(cells, first.positions) >= {A, B, C}
    assert len(first.positions) == 3, "a cell without incidents adds nothing"
    assert places[1].total == 4
    assert D in names(cells, places[1].positions)
    assert len(places[1].positions) == 1, "empty cells are never added"
    assert len(places) == 2


def test_a_clear_place_is_stable_and_a_seed_repeats() -> None:
    cells = around()
    counts = counts_on(cells, {A: 90, B: 60, C: 30, D: 40})
    one = HotspotRule().find(counts, cells, rng=np.random.default_rng(7))
    two = HotspotRule().find(counts, cells, rng=np.random.default_rng(7))
    assert one[0].stability == 1.0
    assert [p.stability for p in one] == [p.stability for p in two]


def test_a_place_among_equals_is_not_stable() -> None:
    cells = around(40)
    lone = [c for k, c in enumerate(sorted(h3.grid_ring(A, 36))) if k % 9 == 0][:24]
    counts = counts_on(cells, dict.fromkeys(lone, 3))
    places = HotspotRule().find(counts, cells)
    assert len(places) == 10
    assert max(p.stability for p in places) < 0.9


@pytest.mark.parametrize("rule", [HotspotRule(), WalkableRule()])
def test_cells_that_no_resample_tells_apart_are_drawn_together(
    monkeypatch: pytest.MonkeyPatch, rule: PlaceRule
) -> None:
    cells = around(60)
    random = np.random.default_rng(5)
    counts = random.poisson(4, len(cells)).astype(float)
    peaks = cells.index_of(around(17).ids)
    counts[peaks] += random.integers(100, 200, len(peaks))
    every = np.flatnonzero(counts)
    assert rule._drawn_apart(counts, cells, every) is every, "few cells are each drawn"
    whole = rule.find(counts, cells)
    monkeypatch.setattr(finder, "MANY", 0)
    assert 500 < len(rule._drawn_apart(counts, cells, every)) < 0.8 * len(every)
    found = rule.find(counts, cells)
    assert [p.positions.tolist() for p in found] == [
        p.positions.tolist() for p in whole
    ]
    apart = [a.stability - b.stability for a, b in zip(found, whole, strict=True)]
    assert np.abs(apart).max() < 0.15
    assert abs(np.mean(apart)) < 0.05


@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 6),
    st.sampled_from([0.0, 0.02, 0.2, 1.0]),
)
@settings(max_examples=40, deadline=None)
def test_equals_the_slow_reference(seed: int, max_cells: int, max_price: float) -> None:
    cells = around(6)
    random = np.random.default_rng(seed)
    counts = random.poisson(0.4, len(cells)) * random.integers(1, 6, len(cells))
    rule = HotspotRule(
        n_hotspots=4, max_cells=max_cells, max_price=max_price, resamples=0
    )
    found = rule.find(counts.astype(float), cells)
    expected = slow_grow(counts.astype(float), cells, rule)
    got = {frozenset(p.positions.tolist()) for p in found}
    assert got == {frozenset(cluster) for cluster in expected}


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_places_are_contiguous_ranked_and_cost_next_to_nothing(seed: int) -> None:
    cells = around(10)
    counts = np.random.default_rng(seed).poisson(0.5, len(cells)).astype(float)
    places = HotspotRule(resamples=0).find(counts, cells)
    taken: set[str] = set()
    totals = [p.total for p in places]
    assert totals == sorted(totals, reverse=True)
    for place in places:
        here = names(cells, place.positions)
        assert 1 <= len(here) <= 5
        assert (counts[place.positions] > 0).all(), "no cell is empty"
        reached, frontier = set(), {min(here)}
        while frontier:
            reached |= frontier
            frontier = {
                n for c in frontier for n in h3.grid_ring(c, 1) if n in here
            } - reached
        assert reached == here, "cells of a place are connected"
        assert not here & taken
        taken |= here
    assert 0 <= price_of_shape(counts, [p.positions for p in places]) <= 0.01 + 1e-9


def test_the_price_of_the_shape_by_hand() -> None:
    counts = np.array([9.0, 1.0, 8.0, 6.0])
    assert price_of_shape(counts, [np.array([0, 1]), np.array([2])]) == 1 - 18 / 23
    assert price_of_shape(counts, [np.array([0, 2])]) == 0
    assert price_of_shape(counts, []) == 0


def test_a_place_is_at_most_seven_hectares() -> None:
    most = {r: HotspotRule().most_cells(r) for r in (8, 9, 10, 11)}
    assert most == {8: 1, 9: 1, 10: 5, 11: 37}


def test_wrong_shapes_and_bands_are_refused() -> None:
    with pytest.raises(ParameterError, match="one count for each"):
        HotspotRule().find(np.ones(3), around(2))
    with pytest.raises(ParameterError, match="n_hotspots must be at least 1"):
        HotspotRule(n_hotspots=0)
