"""Compact areas: contiguous, within size, disjoint, and against exact answers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_areas import flow_areas

from hotspots.core.errors import ParameterError
from hotspots.optimise.compact import Ground, best_areas, grow_areas
from hotspots.optimise.compact.listing import list_areas
from hotspots.optimise.compact.proof import choose_again, prove_areas
from hotspots.optimise.compact.shape import (
    area_values,
    most_contacts,
    polsby_popper,
)

STEPS = ((0, 1), (0, -1), (1, 0), (-1, 0), (1, -1), (-1, 1))


def hexagons(rows: int, columns: int) -> np.ndarray:
    """Return the neighbour table of a parallelogram of hexagons."""
    at = {
        cell: k for k, cell in enumerate(itertools.product(range(rows), range(columns)))
    }
    return np.array(
        [[at.get((r + dr, c + dc), -1) for dr, dc in STEPS] for r, c in at],
        dtype=np.int64,
    )


def is_connected(area: np.ndarray, neighbours: np.ndarray) -> bool:
    cells, seen, queue = set(area.tolist()), {int(area[0])}, [int(area[0])]
    while queue:
        for near in neighbours[queue.pop()].tolist():
            if near in cells and near not in seen:
                seen.add(near)
                queue.append(near)
    return seen == cells


def naive_value(area, weights, neighbours, penalty) -> float:  # type: ignore[no-untyped-def]
    contacts = sum(
        b in neighbours[a] for a, b in itertools.combinations(area.tolist(), 2)
    )
    most = max(0, int(most_contacts(len(area))))
    return float(weights[area].sum() - penalty * (most - contacts))


def check(areas, neighbours, low, high, apart) -> None:  # type: ignore[no-untyped-def]
    taken: set[int] = set()
    for area in areas:
        assert low <= len(area) <= high
        assert is_connected(area, neighbours)
        assert not taken & set(area.tolist())
        taken |= set(area.tolist())
        if apart:
            taken |= set(neighbours[area].ravel().tolist()) - {-1}


def test_contacts_are_those_of_harary_and_harborth() -> None:
    assert most_contacts(np.arange(1, 11)).tolist() == [
        0,
        1,
        3,
        5,
        7,
        9,
        12,
        14,
        16,
        19,
    ]


def test_a_row_is_less_compact_than_a_clump() -> None:
    neighbours = hexagons(5, 5)
    row = np.array([0, 1, 2, 3, 4])
    clump = np.array([6, 7, 8, 11, 12])
    assert polsby_popper(row, neighbours) == pytest.approx(0.3373, abs=1e-3)
    assert polsby_popper(clump, neighbours) == pytest.approx(0.6377, abs=1e-3)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    n_areas=st.integers(1, 4),
    high=st.integers(3, 6),
    apart=st.booleans(),
    penalty=st.sampled_from([0.0, 0.5, 3.0]),
)
def test_areas_keep_every_rule_and_are_valued_right(
    seed: int, n_areas: int, high: int, apart: bool, penalty: float
) -> None:
    rng = np.random.default_rng(seed)
    neighbours = hexagons(8, 8)
    weights = np.where(rng.random(64) < 0.5, rng.poisson(4, 64), 0).astype(float)
    excluded = rng.random(64) < 0.1
    ground = Ground(
        weights=weights,
        neighbours=neighbours,
        n_areas=n_areas,
        max_cells=high,
        penalty=penalty,
        apart=apart,
        excluded=excluded,
    )
    found = best_areas(ground, n_tries=4, rng=rng)
    proof = prove_areas(found, ground)
    for result in (found, proof.found):
        check(result.areas, neighbours, 3, high, apart)
        assert len(result.areas) <= n_areas
        assert not any(excluded[area].any() for area in result.areas)
        naive = [naive_value(a, weights, neighbours, penalty) for a in result.areas]
        assert result.values == pytest.approx(np.array(naive))
    assert proof.bound >= proof.found.value - 1e-6
    assert proof.found.value >= found.value - 1e-9


@pytest.mark.parametrize(
    ("seed", "apart", "penalty"),
    [(1, True, 0.0), (2, False, 0.0), (3, True, 1.0), (4, False, 1.0)],
)
def test_the_proof_equals_the_flow_program(
    seed: int, apart: bool, penalty: float
) -> None:
    rng = np.random.default_rng(seed)
    neighbours = hexagons(5, 5)
    weights = rng.poisson(3, 25).astype(float)
    ground = Ground(
        weights=weights,
        neighbours=neighbours,
        n_areas=2,
        max_cells=4,
        penalty=penalty,
        apart=apart,
    )
    exact, bound = flow_areas(ground)
    found = best_areas(ground, rng=rng)
    proof = prove_areas(found, ground)
    check(exact.areas, neighbours, 3, 4, apart)
    assert bound == pytest.approx(exact.value)
    assert proof.gap < 1e-6
    assert proof.found.value == pytest.approx(exact.value)
    assert found.value >= 0.85 * exact.value
    assert "Proven best" in proof.sentence()


def test_the_list_holds_every_set_above_the_threshold() -> None:
    neighbours = hexagons(4, 4)
    weights = np.random.default_rng(7).poisson(2, 16).astype(float)
    excluded = np.zeros(16, bool)
    excluded[5] = True
    ground = Ground(
        weights=weights,
        neighbours=neighbours,
        n_areas=1,
        max_cells=4,
        penalty=0.5,
        excluded=excluded,
    )
    rows = list_areas(ground, 7.0)
    assert rows is not None
    listed = {tuple(row[row >= 0].tolist()) for row in rows}
    wanted = {
        cells
        for size in (3, 4)
        for cells in itertools.combinations(range(16), size)
        if 5 not in cells
        and is_connected(np.array(cells), neighbours)
        and naive_value(np.array(cells), weights, neighbours, 0.5) >= 7.0
    }
    assert listed == wanted
    assert len(listed) == len(rows)


def test_choosing_again_with_the_same_weights_gives_the_same_value() -> None:
    neighbours = hexagons(8, 8)
    rng = np.random.default_rng(5)
    weights = rng.poisson(3, 64).astype(float)
    ground = Ground(weights=weights, neighbours=neighbours, n_areas=3, penalty=0.3)
    proof = prove_areas(best_areas(ground, rng=rng), ground)
    (again,) = choose_again(proof, ground, [weights])
    values = [naive_value(area, weights, neighbours, 0.3) for area in again]
    assert sum(values) == pytest.approx(proof.found.value)


def test_growth_alone_is_never_better_and_runs_repeat() -> None:
    neighbours = hexagons(12, 12)
    weights = np.random.default_rng(3).poisson(2, 144).astype(float)
    ground = Ground(weights=weights, neighbours=neighbours, n_areas=4)
    grown = grow_areas(ground)
    one, two = (best_areas(ground, rng=np.random.default_rng(9)) for _ in range(2))
    assert one.value >= grown.value
    assert [a.tolist() for a in one.areas] == [a.tolist() for a in two.areas]


def test_many_areas_are_valued_at_once() -> None:
    neighbours = hexagons(4, 4)
    weights = np.arange(16.0)
    rows = np.array([[0, 1, 2, -1], [4, 5, 8, 9]])
    values = area_values(rows, weights, neighbours, 2.0)
    naive = [naive_value(row[row >= 0], weights, neighbours, 2.0) for row in rows]
    assert values.tolist() == naive


def test_impossible_values_are_refused() -> None:
    neighbours = hexagons(3, 3)
    with pytest.raises(ParameterError, match="min_cells"):
        Ground(weights=np.ones(9), neighbours=neighbours, n_areas=1, min_cells=6)
    with pytest.raises(ParameterError, match="n_areas"):
        Ground(weights=np.ones(9), neighbours=neighbours, n_areas=0)
    with pytest.raises(ParameterError, match="0 or more"):
        Ground(weights=np.full(9, -1.0), neighbours=neighbours, n_areas=1)
    with pytest.raises(ParameterError, match="penalty"):
        Ground(weights=np.ones(9), neighbours=neighbours, n_areas=1, penalty=-1)
