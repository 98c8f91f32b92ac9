"""Gi* by conditional permutation: esda, size under chance, seeds, what is refused."""

from __future__ import annotations

import warnings

import h3
import numpy as np
import pytest
import toy
from scipy.sparse import csr_array

from hotspots.core.errors import ParameterError
from hotspots.methods.gi_permutation import GiPermutation, gi_permutation
from hotspots.methods.gistar import gi_star
from hotspots.model.cells import Cells


def town():
    return Cells.from_polygon(toy.town(), resolution=10)


def patchy(cells, seed=0):
    rng = np.random.default_rng(seed)
    xy = cells.xy_m - cells.xy_m.mean(axis=0)
    bump = 6 * np.exp(-np.sum((xy - [200, 100]) ** 2, axis=1) / 2 / 250**2)
    return rng.poisson(0.8 + bump).astype(float)


def test_the_score_is_that_of_gi():
    cells = town()
    values = patchy(cells)
    found = gi_permutation(values, cells.neighbours, n_permutations=9, rng=0)
    expected = gi_star(values, cells.neighbours, star=False)
    np.testing.assert_allclose(found.z, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.slow
def test_agrees_with_esda_up_to_chance():
    cells = town()
    noise = np.random.default_rng(1).normal(0, 0.3, len(cells))  # no ties
    values = np.exp(noise) * (1 + patchy(cells))
    around = np.split(cells.neighbours.indices, cells.neighbours.indptr[1:-1])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        esda = pytest.importorskip("esda")
        weights = pytest.importorskip("libpysal.weights")
        w = weights.W({k: row.tolist() for k, row in enumerate(around)})
        given = {"transform": "B", "permutations": 4999, "star": True, "seed": 7}
        theirs = esda.G_Local(values, w, **given).p_sim
    ours = gi_permutation(values, cells.neighbours, n_permutations=4999, rng=3)
    # esda gives the smaller side, which is half of two sides
    error = np.sqrt(theirs * (1 - theirs) / 5000)
    gap = np.abs(np.minimum(ours.p_value / 2, 0.5) - theirs)
    assert (gap <= 5 * np.sqrt(2) * error + 2 / 5000).all()
    # and the rounding of sums in another order breaks no tie
    assert np.corrcoef(ours.p_value, theirs)[0, 1] > 0.999


def test_two_sides_are_twice_the_smaller():
    cells = town()
    p = {
        side: gi_permutation(
            patchy(cells), cells.neighbours, alternative=side, rng=3
        ).p_value
        for side in ("greater", "less", "two-sided")
    }
    smaller = np.minimum(p["greater"], p["less"])
    assert p["two-sided"].tolist() == np.minimum(1, 2 * smaller).tolist()
    assert (p["greater"] + p["less"] >= 1).all()


def test_under_chance_p_values_are_not_too_small():
    cells = town()
    rng = np.random.default_rng(11)
    shares = []
    for _ in range(60):
        values = rng.poisson(4.0, len(cells)).astype(float)
        p = gi_permutation(values, cells.neighbours, n_permutations=199, rng=rng)
        shares.append((p.p_value <= 0.1).mean())
    assert 0.06 < np.mean(shares) < 0.105


def test_a_seed_gives_the_same_and_relations_hold():
    cells = town()
    values = patchy(cells)
    first = gi_permutation(values, cells.neighbours, rng=4).p_value
    again = gi_permutation(values, cells.neighbours, rng=4).p_value
    scaled = gi_permutation(values * 8 + 16, cells.neighbours, rng=4).p_value
    negative = gi_permutation(-values, cells.neighbours, rng=4).p_value
    assert first.tolist() == again.tolist() == scaled.tolist() == negative.tolist()


def test_a_constant_surface_has_p_one():
    cells = town()
    found = gi_permutation(np.full(len(cells), 0.1), cells.neighbours, rng=0)
    assert (found.z == 0).all()
    assert (found.p_value == 1).all()


def test_the_method_finds_the_toy_town_and_says_what_it_could():
    counts = dict.fromkeys(sorted(h3.grid_disk(toy.A, 1)), 20) | {toy.D: 2}
    method = GiPermutation(n_permutations=9_999, seed=2)
    surface = method(toy.incidents(counts), town())
    assert (surface.name, surface.unit) == ("gi_z", "standard deviations")
    hot = surface.p_values < 0.05
    assert 0 < hot.sum() < 40
    assert (surface.values[hot] > 0).all()
    assert "two-sided" in surface.notes[0]
    assert "no p-value is below 0.0002" in surface.notes[0]
    assert surface.notes[1].endswith(f"before adjustment, {hot.sum()} after.")
    again = method(toy.incidents(counts), town(), rng=np.random.default_rng(2))
    assert (again.p_values == surface.p_values).all()
    plain = GiPermutation(correction="none")(toy.incidents(counts), town())
    assert "after" not in plain.notes[0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"values": np.array([1, np.inf, 2])}, "1 not finite"),
        ({"values": np.ones(4)}, r"got \(3, 3\)"),
        ({"neighbours": csr_array(np.eye(3))}, "diagonal must be empty"),
        ({"neighbours": csr_array(np.full((3, 3), 0.5))}, "matrix of ones"),
        ({"n_permutations": 0}, "n_permutations must be at least 1; got 0"),
        ({"alternative": "up"}, "alternative must be one of"),
    ],
)
def test_what_is_refused(changes, message):
    row = csr_array(np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], dtype=float))
    given = {"values": np.arange(3.0), "neighbours": row, "rng": 0} | changes
    values, neighbours = given.pop("values"), given.pop("neighbours")
    with pytest.raises(ParameterError, match=message):
        gi_permutation(values, neighbours, **given)


def test_the_method_refuses():
    with pytest.raises(ParameterError, match="n_permutations must be at least 99"):
        GiPermutation(n_permutations=10)
    with pytest.raises(ParameterError, match="two-sided, greater, less; got 'hot'"):
        GiPermutation(alternative="hot")
