"""Times of any kind, and coordinates judged together."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from hotspots.crs import check_metres_together
from hotspots.effects import displacement_quotient, weighted_displacement_difference
from hotspots.errors import CrsError, ParameterError
from hotspots.methods.aoristic import week_hours
from hotspots.methods.change import e_test
from hotspots.methods.gistar import gi_star
from hotspots.methods.knox import knox_table, knox_test
from hotspots.moments import as_moments, zone_of

XY = np.array([[0.0, 0.0], [10.0, 0.0], [500.0, 500.0]])


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NaT, np.datetime64("NaT")])
def test_a_missing_date_among_dates_is_named_by_its_row(missing: object) -> None:
    days = np.array([dt.date(2025, 6, 1), missing, dt.date(2025, 6, 3)], dtype=object)
    with pytest.raises(ParameterError, match="the first in row 1"):
        knox_table(XY, days, [0, 100], [0, 7])
    with pytest.raises(ParameterError, match="first: row 1"):
        week_hours(days, days)


def test_text_dates_are_read_and_nonsense_is_refused() -> None:
    read = as_moments(np.array(["2025-06-01", "2025-06-03T12:00"]), name="days")
    assert read.tolist() == [dt.datetime(2025, 6, 1), dt.datetime(2025, 6, 3, 12)]
    with pytest.raises(ParameterError, match="must be times"):
        as_moments(np.array(["yesterday"], dtype=object), name="days")
    with pytest.raises(ParameterError):
        knox_table(XY, ["a", "b", "c"], [0, 100], [0, 7])


@pytest.mark.parametrize(
    "zoned",
    [
        ["2025-06-01T10:00+01:00"],
        ["2025-06-01T10:00Z"],
        [dt.datetime(2025, 6, 1, 10, tzinfo=dt.UTC)],
        pd.to_datetime(["2025-06-01T10:00Z"]),
    ],
)
def test_times_with_a_zone_are_refused_not_shifted(zoned: object) -> None:
    with pytest.raises(ParameterError, match="without a time zone"):
        week_hours(zoned, zoned)


def test_a_plain_date_has_no_zone() -> None:
    assert zone_of(np.array(["2025-06-01T10:00:00", "2025-06-01"])) == ""


@pytest.mark.parametrize("n", [1.5, 0, "many"])
def test_permutations_must_be_a_whole_number(n: object) -> None:
    with pytest.raises(ParameterError, match="n_permutations"):
        knox_test(XY, [0, 1, 2], [0, 100], [0, 7], n_permutations=n)  # type: ignore[arg-type]


def test_a_numpy_whole_number_of_permutations_will_do() -> None:
    test = knox_test(XY, [0, 1, 2], [0, 100], [0, 7], n_permutations=np.int64(9), rng=1)
    assert test.n_permutations == 9


def test_one_point_in_degrees_is_told_beside_others() -> None:
    place = np.array([[-0.886, 52.765]])
    with pytest.raises(CrsError, match="look like degrees"):
        check_metres_together(place, place + 0.01)
    far = np.array([[475_000.0, 319_000.0], [475_100.5, 319_000.5]])
    with pytest.raises(CrsError, match="at_m"):
        check_metres_together(far, np.concatenate([place, place + 0.001]))


def test_a_small_plan_in_metres_is_not_taken_for_degrees() -> None:
    rng = np.random.default_rng(1)
    plan = rng.uniform(0, 200, (50, 2))
    check_metres_together(plan, rng.uniform(25, 35, (8, 2)))
    check_metres_together(rng.uniform(25, 35, (8, 2)), plan)


def test_the_e_test_of_large_counts_is_quick_and_bounded_in_memory() -> None:
    p = e_test(1_000_000, 1_003_000)
    z = 3_000 / np.sqrt(2_003_000)
    assert p == pytest.approx(2 * (1 - 0.982986), rel=0.02)
    assert z == pytest.approx(2.1197, abs=1e-3)


@pytest.mark.parametrize("terms", [{"n1": np.inf}, {"n2": np.nan}, {"d": np.inf}])
def test_exposures_and_differences_must_be_finite(terms: dict[str, float]) -> None:
    with pytest.raises(ParameterError):
        e_test(3, 4, **terms)


def test_area_weights_may_be_a_series_and_must_be_a_mapping() -> None:
    sizes = {"treated": 2.0, "control": 1.0}
    plain = weighted_displacement_difference((20, 10), (20, 20), area_weights=sizes)
    series = weighted_displacement_difference(
        (20, 10),
        (20, 20),
        area_weights=pd.Series(sizes),  # type: ignore[arg-type]
    )
    assert series.estimate == plain.estimate == -5
    for wrong in ([1.0, 2.0], {"treated": "big"}, {"treated": None}):
        with pytest.raises(ParameterError):
            weighted_displacement_difference(
                (20, 10),
                (20, 20),
                area_weights=wrong,  # type: ignore[arg-type]
            )
    with pytest.raises(ParameterError, match="two counts"):
        weighted_displacement_difference("many", (20, 20))  # type: ignore[arg-type]


def test_weights_of_another_library_are_refused_with_the_way_out() -> None:
    with pytest.raises(ParameterError, match=r"weights\.sparse"):
        gi_star(np.ones(3), object())  # type: ignore[arg-type]


def test_a_quotient_is_never_minus_zero() -> None:
    quotient = displacement_quotient((100, 50), (100, 100), (100, 100))
    assert str(float(quotient)) == "0.0"
