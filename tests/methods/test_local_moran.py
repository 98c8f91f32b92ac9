"""Local Moran's I: by hand, as esda, as the formula, its labels, what is refused."""

from __future__ import annotations

import warnings

import h3
import numpy as np
import pytest
import reference_local as naive
import toy
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from hotspots.core.errors import ParameterError
from hotspots.methods.gi_permutation import gi_permutation
from hotspots.methods.local_moran import QUADRANTS, LocalMoran, local_moran
from hotspots.model.cells import Cells

IN_A_ROW = csr_array(np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], dtype=float))


def town():
    return Cells.from_polygon(toy.town(), resolution=10)


def lists(matrix):
    return [row.tolist() for row in np.split(matrix.indices, matrix.indptr[1:-1])]


def test_three_places_in_a_row_by_hand():
    # differences -1, -1, 2; their squares sum to 6; means around: -1, 0.5, -1
    found = local_moran(np.array([1.0, 1.0, 4.0]), IN_A_ROW, n_permutations=0)
    assert found.i.tolist() == pytest.approx([2 / 6, -1 / 6, -4 / 6])
    quadrants = [QUADRANTS[q] for q in found.quadrant]
    assert quadrants == ["low-low", "low-high", "high-low"]


def esda_of(values, neighbours, **given):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        esda = pytest.importorskip("esda")
        weights = pytest.importorskip("libpysal.weights")
        w = weights.W(dict(enumerate(lists(neighbours))), silence_warnings=True)
        return esda.Moran_Local(values, w, transformation="r", **given)


def test_equals_esda():
    cells = town()
    values = np.random.default_rng(0).negative_binomial(1, 0.3, len(cells)) * 1.0
    theirs = esda_of(values, cells.neighbours, permutations=0)
    ours = local_moran(values, cells.neighbours, n_permutations=0)
    np.testing.assert_allclose(ours.i, theirs.Is, rtol=1e-9, atol=1e-12)
    assert (ours.quadrant + 1 == theirs.q).all()
    # esda scales these moments for sum(d^2) / n instead of sum(d^2) / (n - 1)
    n = len(values)
    z = (theirs.Is * n / (n - 1) - theirs.EIc) / np.sqrt(theirs.VIc)
    np.testing.assert_allclose(ours.z, z, rtol=1e-6, atol=1e-6)


@pytest.mark.slow
def test_p_values_agree_with_esda_up_to_chance():
    cells = town()
    values = np.random.default_rng(0).lognormal(0, 1, len(cells))
    given = {"permutations": 4999, "seed": 5, "keep_simulations": False}
    theirs = esda_of(values, cells.neighbours, **given).p_sim.astype(float)
    ours = local_moran(values, cells.neighbours, n_permutations=4999, rng=2)
    error = np.sqrt(theirs * (1 - theirs) / 5000)
    gap = np.abs(np.minimum(ours.p_value / 2, 0.5) - theirs)
    assert (gap <= 5 * np.sqrt(2) * error + 2 / 5000).all()


@given(
    values=st.lists(st.integers(0, 30), min_size=3, max_size=9),
    links=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=25),
)
def test_equals_the_formula(values, links):
    n = len(values)
    held = np.zeros((n, n))
    for i, j in links:
        if i != j and max(i, j) < n:
            held[i, j] = held[j, i] = 1
    neighbours = csr_array(held)
    found = local_moran(np.array(values, dtype=float), neighbours, n_permutations=0)
    expected = naive.moran(values, lists(neighbours))
    np.testing.assert_allclose(found.i, expected, rtol=1e-9, atol=1e-9)


def test_the_same_evidence_as_gi():
    cells = town()
    values = np.random.default_rng(3).poisson(1.5, len(cells)).astype(float)
    moran = local_moran(values, cells.neighbours, rng=8)
    gi = gi_permutation(values, cells.neighbours, rng=8)
    own = values - values.mean()
    np.testing.assert_allclose(moran.z, np.sign(own) * gi.z)
    assert moran.p_value.tolist() == gi.p_value.tolist()


def test_flat_values_and_lone_places():
    flat = local_moran(np.full(3, 0.1), IN_A_ROW, rng=0)
    assert (flat.i == 0).all()
    assert (flat.p_value == 1).all()
    alone = local_moran(np.array([1.0, 2.0, 5.0]), csr_array((3, 3)), rng=0)
    assert [QUADRANTS[q] for q in alone.quadrant] == ["no neighbours"] * 3
    assert (alone.p_value == 1).all()
    assert len(local_moran(np.empty(0), csr_array((0, 0)), rng=0).i) == 0


def test_the_toy_town_has_one_cluster_and_a_lone_cell():
    counts = dict.fromkeys(sorted(h3.grid_disk(toy.A, 1)), 20) | {toy.D: 12}
    method = LocalMoran(n_permutations=9_999)
    table = method.table(toy.incidents(counts), town())
    at = {row["cell"]: row for row in table.iter_rows(named=True)}
    labels = {at[cell]["label"] for cell in h3.grid_disk(toy.A, 1)}
    assert labels == {"high-high"}
    assert (at[toy.D]["quadrant"], at[toy.D]["label"]) == (
        "high-low",
        "not significant",
    )
    assert {at[cell]["quadrant"] for cell in h3.grid_ring(toy.A, 2)} == {"low-high"}
    assert table["n_incidents"].sum() == 152
    surface = method(toy.incidents(counts), town())
    assert surface.values.tolist() == table["i"].to_list()
    assert surface.p_values.tolist() == table["p_value"].to_list()


def test_what_is_refused():
    with pytest.raises(ParameterError, match="n_permutations must be at least 0"):
        local_moran(np.arange(3.0), IN_A_ROW, n_permutations=-1)
    with pytest.raises(ParameterError, match="1 not finite"):
        local_moran(np.array([1, np.nan, 3]), IN_A_ROW)
    with pytest.raises(ParameterError, match="level must be at most 1"):
        LocalMoran(level=5.0)
