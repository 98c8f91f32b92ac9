"""From counts to places: hand answers on the toy town, and a slow reference."""

from __future__ import annotations

import h3
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy import COUNTS, A, B, C, D

from hotspots.analysis.finder import HotspotRule
from hotspots.core.errors import ParameterError
from hotspots.kernels.grow import grow_clusters
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
    """Grow with sets and h3-py's neighbours, one step at a time."""
    at = {f"{cell:x}": k for k, cell in enumerate(cells.ids.tolist())}
    next_to = {
        k: {at[n] for n in h3.grid_ring(name, 1) if n in at} for name, k in at.items()
    }
    closed: set[int] = set()
    found = []
    seeds = sorted(np.flatnonzero(counts > 0), key=lambda k: (-counts[k], k))
    for _ in range(rule.n_hotspots):
        best, best_total = None, 0.0
        for seed in [s for s in seeds if s not in closed][:24]:
            cluster = [seed]
            while len(cluster) < rule.max_cells:
                edge = {n for c in cluster for n in next_to[c]} - set(cluster) - closed
                edge = {
                    n
                    for n in edge
                    if n in next_to[seed] or len(next_to[n] & set(cluster)) >= 2
                }
                if not edge:
                    break
                inside = set(cluster)
                cell = min(
                    edge, key=lambda k: (-counts[k], -len(next_to[k] & inside), k)
                )
                total = counts[cluster].sum()
                enough = len(cluster) >= 3
                if enough and (
                    counts[cell] == 0 or counts[cell] < rule.least_gain * total
                ):
                    break
                cluster.append(cell)
            total = counts[cluster].sum()
            fewer = best is not None and len(cluster) < len(best)
            if len(cluster) >= 3 and (
                total > best_total or (total == best_total and fewer)
            ):
                best, best_total = cluster, total
        if best is None:
            break
        found.append(set(best))
        closed |= set(best)
        if rule.apart:
            closed |= {n for c in best for n in next_to[c]}
    return found


def test_toy_town_by_hand() -> None:
    cells = around()
    places = HotspotRule().find(counts_on(cells, COUNTS), cells)
    first = places[0]
    assert first.total == 9 + 6 + 3
    assert names(cells, first.positions) >= {A, B, C}
    assert len(first.positions) == 3, "a cell without incidents adds nothing"
    assert places[1].total == 4
    assert D in names(cells, places[1].positions)
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


@given(st.integers(0, 2**32 - 1), st.booleans(), st.integers(3, 6))
@settings(max_examples=25, deadline=None)
def test_equals_the_slow_reference(seed: int, apart: bool, max_cells: int) -> None:
    cells = around(6)
    random = np.random.default_rng(seed)
    counts = random.poisson(0.4, len(cells)) * random.integers(1, 6, len(cells))
    rule = HotspotRule(
        n_hotspots=4, max_cells=max_cells, apart=apart, resamples=0, least_gain=0.1
    )
    found = rule.find(counts.astype(float), cells)
    expected = slow_grow(counts.astype(float), cells, rule)
    got = {frozenset(p.positions.tolist()) for p in found}
    assert got == {frozenset(int(k) for k in cluster) for cluster in expected}


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_places_are_contiguous_apart_and_ranked(seed: int) -> None:
    cells = around(10)
    counts = np.random.default_rng(seed).poisson(0.5, len(cells)).astype(float)
    places = HotspotRule(resamples=0).find(counts, cells)
    taken: set[str] = set()
    totals = [p.total for p in places]
    assert totals == sorted(totals, reverse=True)
    for place in places:
        here = names(cells, place.positions)
        assert 3 <= len(here) <= 5
        reached, frontier = set(), {min(here)}
        while frontier:
            reached |= frontier
            frontier = {
                n for c in frontier for n in h3.grid_ring(c, 1) if n in here
            } - reached
        assert reached == here, "cells of a place are connected"
        buffer = {n for c in here for n in h3.grid_disk(c, 1)}
        assert not buffer & taken, "places are at least one cell apart"
        taken |= here


def test_compiled_and_plain_python_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = around(8)
    counts = np.random.default_rng(3).poisson(0.6, len(cells)).astype(float)
    seeds = np.argsort(-counts, kind="stable")[:60]
    options = {
        "n_clusters": 5,
        "min_cells": 3,
        "max_cells": 5,
        "n_tried": 24,
        "least_gain": 0.05,
        "gap": True,
    }
    fast = grow_clusters(counts, cells.neighbour_table, seeds, **options)
    monkeypatch.setenv("HOTSPOTS_COMPILED", "0")
    plain = grow_clusters(counts, cells.neighbour_table, seeds, **options)
    assert (fast == plain).all()


def test_the_size_band_is_four_to_seven_hectares() -> None:
    bands = {r: HotspotRule().size_band(r) for r in (8, 9, 10, 11)}
    assert bands == {8: (1, 1), 9: (1, 1), 10: (3, 5), 11: (21, 37)}


def test_wrong_shapes_and_bands_are_refused() -> None:
    with pytest.raises(ParameterError, match="one count for each"):
        HotspotRule().find(np.ones(3), around(2))
    with pytest.raises(ParameterError, match="at least min_cells"):
        HotspotRule(min_cells=4, max_cells=3)
    with pytest.raises(ParameterError, match="n_hotspots must be at least 1"):
        HotspotRule(n_hotspots=0)
