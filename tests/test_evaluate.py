"""Accuracy of a forecast: published figures, a naive reference, relations, refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest
import reference_evaluate as reference
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.errors import ParameterError, TooFewError
from hotspots.evaluate import (
    accuracy,
    found_at,
    generalised_gini,
    gini,
    lorenz_curve,
    rri_levine,
)

COLUMNS = ["share_area", "hit_rate", "pai", "pei", "rri_ratio"]


@st.composite
def forecasts(draw: st.DrawFn) -> tuple[list[int], list[float], list[float]]:
    """Observed, predicted (all densities different) and areas of some places."""
    n = draw(st.integers(1, 12))
    observed = draw(st.lists(st.integers(0, 20), min_size=n, max_size=n))
    observed[draw(st.integers(0, n - 1))] += 1
    area = draw(st.lists(st.floats(0.1, 5), min_size=n, max_size=n))
    rank = draw(st.permutations(range(1, n + 1)))
    return observed, [k * a for k, a in zip(rank, area, strict=True)], area


def test_the_simple_check_of_ptools() -> None:
    table = accuracy([6, 3, 0], [3, 2, 1], [1, 1, 1])
    assert table["pai"].tolist() == [2, 1.5, 1]
    assert table["pei"].tolist() == [1, 1, 1]
    assert table["rri_ratio"].round(4).tolist() == [0.5, 0.5556, 0.6667]
    assert table.columns.tolist() == COLUMNS
    assert table.index.tolist() == [1, 2, 3]
    assert table.index.name == "rank"


def test_the_example_data_of_ptools() -> None:
    table = accuracy([6, 7, 3, 2, 1, 0], [8, 4, 4, 2, 1, 0], [1] * 6)
    printed = [1.89474, 2.05263, 1.68421, 1.42105, 1.2, 1]
    assert table["pai"].round(5).tolist() == printed
    assert table["pei"].round(6).tolist() == [0.857143, 1, 1, 1, 1, 1]


@given(forecasts())
@settings(max_examples=100, deadline=None)
def test_accuracy_equals_the_walk_down_the_places(case) -> None:
    table = accuracy(*case)
    expected = reference.accuracy(*case)
    for column in COLUMNS:
        assert table[column].tolist() == pytest.approx([r[column] for r in expected])


@given(forecasts())
@settings(max_examples=50, deadline=None)
def test_relations_of_accuracy(case) -> None:
    observed, predicted, area = (np.array(part, dtype=float) for part in case)
    table = accuracy(observed, predicted, area)
    assert (table["pei"] <= 1).all()
    assert table["hit_rate"].is_monotonic_increasing
    assert table.iloc[-1].tolist()[:4] == pytest.approx([1, 1, 1, 1])
    scaled = accuracy(3 * observed, 7 * predicted, 2 * area)
    assert scaled["pai"].tolist() == pytest.approx(table["pai"].tolist())
    assert scaled["pei"].tolist() == pytest.approx(table["pei"].tolist())
    perfect = accuracy(observed, observed, area)
    whole = accuracy(observed, observed, np.ones(len(observed)))
    assert perfect["rri_ratio"].iloc[-1] == pytest.approx(1)
    assert whole["pei"].tolist() == pytest.approx([1] * len(observed))


def test_ties_follow_the_id_not_the_row() -> None:
    rng = np.random.default_rng(5)
    observed, ids = rng.poisson(2, 40), np.arange(1000, 1040)
    predicted, area = rng.integers(0, 4, 40), np.full(40, 0.0133)
    for ties in ("hash", "expected"):
        table = accuracy(observed, predicted, area, ids=ids, ties=ties)
        mixed = rng.permutation(40)
        again = accuracy(
            observed[mixed], predicted[mixed], area[mixed], ids=ids[mixed], ties=ties
        )
        assert again.to_numpy() == pytest.approx(table.to_numpy(), nan_ok=True)


def test_ties_as_expectation_are_the_mean_over_orders() -> None:
    observed, predicted = [6, 7, 3, 2, 1, 0], [8, 4, 4, 2, 2, 2]
    table = accuracy(observed, predicted, [1] * 6, ties="expected")
    expected = [
        reference.mean_over_orders(observed, predicted, k) / 19 for k in range(1, 7)
    ]
    assert table["hit_rate"].tolist() == pytest.approx(expected)


def test_the_hash_takes_no_side_in_ties() -> None:
    observed = np.r_[np.ones(500), np.zeros(500)]
    table = accuracy(observed, np.ones(1000), np.ones(1000))
    assert 0.45 < table["hit_rate"].loc[500] < 0.55


def test_nothing_found_yet_is_an_infinite_ratio() -> None:
    table = accuracy([0, 1], [2, 1], [1, 1])
    assert table["rri_ratio"].tolist() == [math.inf, 3]
    assert table["pai"].tolist() == [0, 1]


def test_found_at_takes_places_in_part() -> None:
    observed, score = np.array([6.0, 3.0, 1.0]), np.array([3.0, 2.0, 1.0])
    found = found_at(observed, score, np.ones(3), [0, 1 / 6, 1 / 3, 0.5, 1])
    assert found.tolist() == pytest.approx([0, 3, 6, 7.5, 10])
    both = found_at(np.stack([observed, np.ones(3)]), score, np.ones(3), [0.5])
    assert both.ravel().tolist() == pytest.approx([7.5, 1.5])


@given(forecasts(), st.floats(0, 1))
@settings(max_examples=50, deadline=None)
def test_found_at_the_truth_is_the_most_possible(case, share) -> None:
    observed, predicted, area = (np.array(part, dtype=float) for part in case)
    most = reference.most_in(case[0], case[2], share * area.sum())
    best = found_at(observed, observed / area, area, share)[0]
    assert best == pytest.approx(most)
    assert found_at(observed, predicted, area, share)[0] <= best + 1e-9


def test_rri_levine_is_the_ratio_of_pai() -> None:
    # The published benchmark: robbery, top 1 per cent: hit rate .206, RRI .879.
    assert round(rri_levine(0.2344, 0.206), 3) == 0.879
    for before, after in ((0, 0.5), (1.2, 0.5), (0.5, -0.1), (math.nan, 0.5)):
        with pytest.raises(ParameterError):
            rri_levine(before, after)


@pytest.mark.parametrize(
    ("counts", "plain", "general"),
    [([10, 8, 2], 0.78, 0.78), ([5, 2, 1], 0.80, 0.75), ([3, 1, 1], 0.78, 0.56)],
)
def test_gini_of_bernasco_and_steenbeek(counts, plain, general) -> None:
    # The vignette prints .58 for the last; its own formula gives .56.
    ten = [*counts, *[0] * 7]
    assert round(gini(ten), 2) == plain
    assert round(generalised_gini(ten), 2) == general


@given(st.lists(st.integers(0, 9), min_size=1, max_size=15).filter(any))
@settings(max_examples=100, deadline=None)
def test_gini_equals_the_mean_difference(counts) -> None:
    assert gini(counts) == pytest.approx(reference.gini(counts), abs=1e-12)
    general = generalised_gini(counts)
    if len(counts) <= sum(counts):
        assert general == gini(counts)
    else:
        floor = reference.smallest_gini(len(counts), sum(counts))
        assert general == pytest.approx((gini(counts) - floor) / (1 - floor))
    assert -1e-12 <= general <= gini(counts) + 1e-12


def test_one_incident_a_place_is_no_concentration() -> None:
    assert generalised_gini([1, 1, 1, 0, 0, 0, 0]) == pytest.approx(0)
    assert generalised_gini([4, 4, 4]) == pytest.approx(0)


def test_lorenz_curve_ends_at_one() -> None:
    places, incidents = lorenz_curve([0, 6, 3])
    assert places.tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1])
    assert incidents.tolist() == pytest.approx([0, 2 / 3, 1, 1])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([1, 2], [1], [1, 1]), "one number for each place"),
        (([], [], []), "one number for each place"),
        (([[1]], [[1]], [[1]]), "one number for each place"),
        (([1, math.nan], [1, 1], [1, 1]), "observed must be finite"),
        (([1, 1], [1, math.inf], [1, 1]), "predicted must be finite"),
        (([1, 1], [1, 1], [1, 0]), "area must be greater than 0"),
        (([1, -1], [1, 1], [1, 1]), "observed must be counts"),
    ],
)
def test_bad_arrays_are_refused(arguments, words) -> None:
    with pytest.raises(ParameterError, match=words):
        accuracy(*arguments)


def test_other_refusals() -> None:
    with pytest.raises(TooFewError, match="at least one observed"):
        accuracy([0, 0], [1, 2], [1, 1])
    with pytest.raises(ParameterError, match="ties must be"):
        accuracy([1], [1], [1], ties="best")  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="ids must be"):
        accuracy([1], [1], [1], ids=["a"])
    with pytest.raises(ParameterError, match="shares must be"):
        found_at(np.ones(2), np.ones(2), np.ones(2), [1.5])
    with pytest.raises(ParameterError, match="measured must have"):
        found_at(np.ones(3), np.ones(2), np.ones(2), [0.5])
    for bad in ([-1, 2], [[1, 2]], [math.nan]):
        with pytest.raises(ParameterError, match="counts must be"):
            gini(bad)
    with pytest.raises(TooFewError):
        generalised_gini([0, 0])
