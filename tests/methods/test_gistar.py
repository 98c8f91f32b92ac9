"""Gi*: by hand, as esda, as the formula place by place; and false discovery rates."""

from __future__ import annotations

import math
import warnings

import h3
import numpy as np
import pytest
import reference
import toy
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.stats import binom

from hotspots.core.errors import ParameterError
from hotspots.core.pvalues import adjust_p, normal_p
from hotspots.methods.gistar import GiStar, gi_star, neighbourhood_p
from hotspots.model.cells import Cells

IN_A_ROW = csr_array(np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], dtype=float))


def town():
    return Cells.from_polygon(toy.town(), resolution=10)


def lists(matrix):
    return [row.tolist() for row in np.split(matrix.indices, matrix.indptr[1:-1])]


def test_three_places_in_a_row_by_hand():
    # values 1, 1, 4: mean 2, variance 2; the first neighbourhood holds 1 + 1
    z = gi_star(np.array([1.0, 1.0, 4.0]), IN_A_ROW)
    spread = math.sqrt(2 * (3 * 2 - 4) / 2)
    assert z.tolist() == pytest.approx([(2 - 4) / spread, 0, (5 - 4) / spread])


@pytest.mark.parametrize("star", [True, False])
def test_equals_esda(star):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        esda = pytest.importorskip("esda")
        weights = pytest.importorskip("libpysal.weights")
        cells = town()
        values = np.random.default_rng(0).poisson(2.0, len(cells)) ** 2.0
        w = weights.W(dict(enumerate(lists(cells.neighbours))), silence_warnings=True)
        theirs = esda.G_Local(values, w, transform="B", permutations=0, star=star).Zs
    z = gi_star(values, cells.neighbours, star=star)
    np.testing.assert_allclose(z, theirs, rtol=1e-9, atol=1e-9)


@given(
    values=st.lists(st.integers(0, 30), min_size=3, max_size=12),
    links=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=40),
    star=st.booleans(),
)
def test_equals_the_formula(values, links, star):
    n = len(values)
    matrix = np.zeros((n, n))
    for i, j in links:
        if i != j and max(i, j) < n:
            matrix[i, j] = matrix[j, i] = 1
    neighbours = csr_array(matrix)
    z = gi_star(np.array(values, dtype=float), neighbours, star=star)
    expected = reference.gi(values, lists(neighbours), star=star)
    np.testing.assert_allclose(z, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("star", [True, False])
@pytest.mark.parametrize("value", [0.0, 7.0, 0.1])
def test_a_constant_surface_has_no_hotspots(value, star):
    cells = town()
    z = gi_star(np.full(len(cells), value), cells.neighbours, star=star)
    assert (z == 0).all()


def test_where_the_others_are_alike_nothing_varies():
    neighbours = csr_array([[0, 1, 0], [1, 0, 0], [0, 0, 0]])
    assert gi_star(np.array([0.0, 5.0, 0.0]), neighbours, star=False)[1] == 0


def test_a_shift_or_another_unit_changes_nothing():
    cells = town()
    values = np.random.default_rng(1).poisson(3.0, len(cells)).astype(float)
    z = gi_star(values, cells.neighbours)
    np.testing.assert_allclose(gi_star(values + 1e6, cells.neighbours), z, rtol=1e-6)
    np.testing.assert_allclose(gi_star(values * 40, cells.neighbours), z, rtol=1e-9)
    np.testing.assert_allclose(gi_star(-values, cells.neighbours), -z, rtol=1e-9)


def test_a_place_without_neighbours():
    alone = csr_array((4, 4))
    values = np.array([0.0, 0.0, 0.0, 8.0])
    assert (gi_star(values, alone, star=False) == 0).all()
    standard = (values - values.mean()) / values.std()
    assert gi_star(values, alone).tolist() == pytest.approx(standard.tolist())


def test_too_few_places_to_compare():
    assert gi_star(np.array([1.0, 5.0]), csr_array((2, 2))).tolist() == [0.0, 0.0]
    assert gi_star(np.empty(0), csr_array((0, 0))).tolist() == []


@pytest.mark.parametrize(
    ("values", "neighbours", "message"),
    [
        (np.array([1, np.nan, 2]), IN_A_ROW, "1 not finite"),
        (np.ones((3, 1)), IN_A_ROW, "one finite number for each place"),
        (np.ones(4), IN_A_ROW, r"shape \(4, 4\), as there are 4 values; got \(3, 3\)"),
        (np.arange(3), IN_A_ROW * 0.5, "csr matrix of ones"),
        (np.arange(3), csr_array(np.eye(3)), "diagonal must be empty"),
    ],
)
def test_what_is_refused(values, neighbours, message):
    with pytest.raises(ParameterError, match=message):
        gi_star(values, neighbours)


def test_two_sided_p_against_the_error_function():
    z = np.array([-8.0, -1.0, 0.0, 0.5, 1.959963984540054, 30.0])
    expected = [math.erfc(abs(value) / math.sqrt(2)) for value in z]
    np.testing.assert_allclose(normal_p(z), expected, rtol=1e-12)


def test_the_example_of_benjamini_and_hochberg():
    # 1995, section 3.2: 15 p-values; at 0.05 the procedure rejects the first four
    small = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    p = np.array([*small, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0])
    assert (adjust_p(p) <= 0.05).sum() == 4
    assert adjust_p(p)[:4].tolist() == pytest.approx([0.0015, 0.003, 0.0095, 0.035625])


chances = st.lists(st.floats(0, 1), max_size=25)


@given(p=chances, method=st.sampled_from(["bh", "by"]))
def test_adjusted_p_against_its_meaning(p, method):
    expected = reference.benjamini(p, dependent=method == "by")
    ours = adjust_p(np.array(p, dtype=float), method)
    np.testing.assert_allclose(ours, expected, rtol=1e-12, atol=1e-300)


@given(p=chances)
def test_adjusted_p_is_never_smaller_and_keeps_the_order(p):
    p = np.array(p, dtype=float)
    adjusted = adjust_p(p)
    assert (adjusted >= p).all()
    assert (np.diff(adjusted[np.argsort(p)]) >= 0).all()
    assert (adjust_p(p, "by") >= adjusted).all()


def test_adjust_p_refuses():
    with pytest.raises(ParameterError, match=r"from 0 to 1 .* 2 outside"):
        adjust_p(np.array([0.5, -0.1, np.nan]))
    with pytest.raises(ParameterError, match="one of bh, by, none; got 'holm'"):
        adjust_p(np.array([0.5]), "holm")


def test_the_toy_town():
    surface = GiStar()(toy.incidents(), town())
    # no neighbourhood holds more than that of B: itself, A and C, 18 incidents
    at_b = surface.cells.index_of(np.array([h3.str_to_int(toy.B)], dtype=np.uint64))
    assert surface.values[at_b[0]] == surface.values.max()
    assert (surface.name, surface.unit) == ("gi_z", "standard deviations")
    hot = surface.p_values < 0.05
    assert 0 < hot.sum() < 60
    assert (surface.values[hot] > 0).all()


def test_the_p_value_is_the_exact_count_of_the_neighbourhood():
    values, sizes = np.array([3.0, 0.0, 1.0]), np.array([1.0, 2.0, 1.0])
    p = neighbourhood_p(values, IN_A_ROW, sizes)
    chance = [binom(4, 0.75), binom(4, 1.0), binom(4, 0.75)]
    expected = [
        min(1.0, 2 * min(one.sf(k - 1), one.cdf(k)))
        for one, k in zip(chance, [3, 4, 1], strict=True)
    ]
    assert p == pytest.approx(expected)


def test_where_nothing_is_no_cell_is_hot():
    """At a rural density the normal curve called a hundred cells unlikely by chance."""
    cells = town()
    rng = np.random.default_rng(4)
    false = 0
    for _ in range(40):
        share = cells.area_km2 / cells.area_km2.sum()
        counts = rng.multinomial(int(0.08 * len(cells)), share).astype(float)
        p = neighbourhood_p(counts, cells.neighbours, cells.area_km2)
        false += int((adjust_p(p) <= 0.05).sum())
    assert false <= 8


def test_corrections_differ_as_they_should():
    p = {
        name: GiStar(correction=name)(toy.incidents(), town()).p_values
        for name in ("none", "bh", "by")
    }
    assert (p["none"] <= p["bh"]).all()
    assert (p["bh"] <= p["by"]).all()
    with pytest.raises(ParameterError, match="correction must be one of bh, by, none"):
        GiStar(correction="holm")


def test_stored_zeros_are_no_neighbours() -> None:
    stored = IN_A_ROW.copy().tolil()
    stored = stored.tocsr()
    stored.setdiag(0)
    values = np.array([1.0, 1.0, 4.0])
    assert gi_star(values, stored) == pytest.approx(gi_star(values, IN_A_ROW))
