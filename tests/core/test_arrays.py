"""Times of any kind, and coordinates judged together."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from hotspots.core.arrays import as_datetimes, as_int, zone_of
from hotspots.core.crs import check_metres_together
from hotspots.core.errors import CrsError, HotspotsError, ParameterError
from hotspots.core.options import build
from hotspots.effects import (
    assess_effect,
    choose_at_random,
    displacement_quotient,
    minimum_detectable_effect,
    rate_ratio,
    weighted_displacement_difference,
)
from hotspots.evaluate import accuracy, found_at, generalised_gini, rri_levine
from hotspots.kernels.adaptive_bandwidth import abramson_bandwidths
from hotspots.kernels.predictive import usual_range
from hotspots.methods.aoristic import week_hours
from hotspots.methods.bandwidth import choose_bandwidth
from hotspots.methods.change import compare, e_test
from hotspots.methods.gi_permutation import gi_permutation
from hotspots.methods.gistar import gi_star
from hotspots.methods.kde import density
from hotspots.methods.knox import Knox, knox_table, knox_test
from hotspots.methods.local_moran import local_moran
from hotspots.methods.near_repeat import zone_risk
from hotspots.methods.prospective import recent_density
from hotspots.methods.repeats.table import chance_of_repeats

XY = np.array([[0.0, 0.0], [10.0, 0.0], [500.0, 500.0]])


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NaT, np.datetime64("NaT")])
def test_a_missing_date_among_dates_is_named_by_its_row(missing: object) -> None:
    days = np.array([dt.date(2025, 6, 1), missing, dt.date(2025, 6, 3)], dtype=object)
    with pytest.raises(ParameterError, match="the first in row 1"):
        knox_table(XY, days, [0, 100], [0, 7])
    with pytest.raises(ParameterError, match="first: row 1"):
        week_hours(days, days)


def test_text_dates_are_read_and_nonsense_is_refused() -> None:
    read = as_datetimes(np.array(["2025-06-01", "2025-06-03T12:00"]), name="days")
    assert read.tolist() == [dt.datetime(2025, 6, 1), dt.datetime(2025, 6, 3, 12)]
    with pytest.raises(ParameterError, match="must be times"):
        as_datetimes(np.array(["yesterday"], dtype=object), name="days")
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
    n: int = np.int64(9)  # type: ignore[assignment]
    test = knox_test(XY, [0, 1, 2], [0, 100], [0, 7], n_permutations=n, rng=1)
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
        area_weights=pd.Series(sizes),
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
        gi_star(np.ones(3), object())


def test_a_quotient_is_never_minus_zero() -> None:
    quotient = displacement_quotient((100, 50), (100, 100), (100, 100))
    assert str(float(quotient)) == "0.0"


NONSENSE: tuple[object, ...] = (
    None,
    "abc",
    ["a", "b"],
    [[1, 2], [3]],
    {},
    5,
    np.array([[1j, 2]]),
    np.ma.masked_array(XY, mask=np.eye(3, 2, dtype=bool)),
    np.full((3, 2), 1e300),
    np.zeros((3, 2), "datetime64[D]"),
    pd.DataFrame(XY).astype("Float64").mask(pd.DataFrame(XY) > 400),
)


@pytest.mark.parametrize("xy_m", NONSENSE, ids=lambda value: type(value).__name__)
def test_what_is_no_coordinate_is_refused_in_words(xy_m: object) -> None:
    at_m = XY + 1
    with pytest.raises(HotspotsError, match="xy_m must"):
        density(xy_m, at_m, bandwidth_m=100)  # type: ignore[arg-type]
    with pytest.raises(HotspotsError):
        density(at_m, xy_m, bandwidth_m=100)  # type: ignore[arg-type]
    with pytest.raises(HotspotsError):
        knox_table(xy_m, [1, 2, 3], [0, 100], [0, 7])  # type: ignore[arg-type]
    with pytest.raises(HotspotsError):
        recent_density(xy_m, [1, 2, 3], at_m)  # type: ignore[arg-type]
    with pytest.raises(HotspotsError):
        zone_risk(xy_m, [1, 2, 3], at_m)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "values",
    [None, "abc", ["a"], [[1], [2, 3]], {}, 5, np.ma.masked_equal([1, 2, 3], 2)],
)
def test_what_is_no_list_of_numbers_is_refused_in_words(values: object) -> None:
    line = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    ones = np.ones(3)
    for refused in (
        lambda: generalised_gini(values),  # type: ignore[arg-type]
        lambda: accuracy(values, ones, ones),  # type: ignore[arg-type]
        lambda: accuracy(ones, values, ones),  # type: ignore[arg-type]
        lambda: accuracy(ones, ones, values),  # type: ignore[arg-type]
        lambda: found_at(values, ones, ones, 0.5),  # type: ignore[arg-type]
        lambda: found_at(ones, values, ones, 0.5),  # type: ignore[arg-type]
        lambda: gi_star(values, line),  # type: ignore[arg-type]
        lambda: recent_density(XY, values, XY + 1),  # type: ignore[arg-type]
    ):
        with pytest.raises(HotspotsError):
            refused()


@pytest.mark.parametrize("value", [None, "x", "3", [1], np.array([1.0, 2]), 1j, np.nan])
def test_what_is_no_number_is_refused_in_words(value: object) -> None:
    for refused in (
        lambda: e_test(value, 3),  # type: ignore[arg-type]
        lambda: e_test(2, 3, n1=value),  # type: ignore[arg-type]
        lambda: e_test(2, 3, d=value),  # type: ignore[arg-type]
        lambda: rri_levine(value, 0.5),  # type: ignore[arg-type]
        lambda: recent_density(XY, [1, 2, 3], XY, length_m=value),  # type: ignore[arg-type]
        lambda: recent_density(XY, [1, 2, 3], XY, length_days=value),  # type: ignore[arg-type]
        lambda: weighted_displacement_difference(
            (10, 5),
            (9, 9),
            confidence=value,  # type: ignore[arg-type]
        ),
    ):
        with pytest.raises(ParameterError):
            refused()


def test_values_too_small_or_large_to_compute_with_are_refused() -> None:
    for bandwidth_m in (1e-300, 1e300):
        with pytest.raises(ParameterError, match="bandwidth_m must be within"):
            density(XY, XY, bandwidth_m=bandwidth_m)
    with pytest.raises(ParameterError, match="must be greater than 0"):
        weighted_displacement_difference(
            (10, 5), (9, 9), area_weights={"treated": 1e-300}
        )
    with pytest.raises(ParameterError, match="two counts"):
        weighted_displacement_difference((1e308, 1e308), (9, 9))
    with pytest.raises(ParameterError, match="values must be within"):
        gi_star([1e200, 0, 0], np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]]))  # type: ignore[arg-type]


def test_digits_are_no_dates_and_text_is_no_pair() -> None:
    with pytest.raises(ParameterError, match="days must be times"):
        knox_table(XY, ["1", "2", "3"], [0, 100], [0, 7])
    with pytest.raises(ParameterError, match="two counts"):
        weighted_displacement_difference("12", (9, 9))  # type: ignore[arg-type]


@pytest.mark.parametrize("rng", [-1, "x", 1.5, np.array([1.5])])
def test_what_is_no_seed_is_refused_in_words(rng: object) -> None:
    with pytest.raises(ParameterError, match="rng must be"):
        knox_test(XY, [1, 2, 3], [0, 100], [0, 7], rng=rng)  # type: ignore[arg-type]


@pytest.mark.parametrize("bands", [None, 5])
def test_bands_that_are_no_list_are_refused_in_words(bands: object) -> None:
    with pytest.raises(ParameterError, match="rising edges"):
        knox_table(XY, [1, 2, 3], bands, [0, 7])  # type: ignore[arg-type]


def test_dates_in_a_time_zone_are_as_far_apart_as_they_are() -> None:
    days = pd.date_range("2025-03-29 12:00", periods=3, freq="D", tz="Europe/London")
    plain = knox_table(XY, days.tz_convert(None), [0, 1000], [0, 0.97, 1.1, 3])
    assert knox_table(XY, days, [0, 1000], [0, 0.97, 1.1, 3]).tolist() == plain.tolist()


LINE = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])


@pytest.mark.parametrize("neighbours", [None, "abc", 5, object(), np.ones((2, 2))])
def test_what_is_no_matrix_of_neighbours_is_refused_in_words(
    neighbours: object,
) -> None:
    for method in (gi_star, gi_permutation, local_moran):
        with pytest.raises(ParameterError, match="neighbours must be"):
            method(np.arange(3.0), neighbours)


def test_stored_zeros_and_dense_neighbours_are_as_meant() -> None:
    for method in (gi_permutation, local_moran):
        found = method([1.0, 2, 7], LINE, n_permutations=np.int64(99), rng=1)
        again = method(np.array([1.0, 2, 7]), csr_array(LINE), n_permutations=99, rng=1)
        assert found.z.tolist() == again.z.tolist()
        assert found.p_value.tolist() == again.p_value.tolist()


@pytest.mark.parametrize("number", [True, 2.5, 10**400, 1e300, -1, None, "9", np.nan])
def test_what_is_no_whole_number_in_reach_is_refused_in_words(number: object) -> None:
    ones = np.ones((2, 2))
    for refused in (
        lambda: as_int(number, name="n"),
        lambda: gi_permutation([1.0, 2, 7], LINE, n_permutations=number),
        lambda: knox_test(XY, [1, 2, 3], [0, 100], [0, 7], n_permutations=number),
        lambda: rate_ratio(ones, ones, n_permutations=number),
        lambda: choose_at_random("abcd", 2, seed=number if number is not None else -1),
        lambda: compare(3, 4, months=number),
        lambda: chance_of_repeats(number, 10),
        lambda: Knox(n_permutations=number),
    ):
        with pytest.raises(ParameterError):
            refused()
    with pytest.raises(ParameterError):
        build(Knox, {"n_permutations": "9" * 400})


@pytest.mark.parametrize("pair", [{1: 5, 2: 6}, {3, 4}, np.ma.masked_equal([4, 9], 9)])
def test_keys_members_and_masked_counts_are_no_pair(pair: object) -> None:
    with pytest.raises(ParameterError, match="two counts"):
        assess_effect(pair, (9, 9))
    with pytest.raises(ParameterError, match="two counts"):
        displacement_quotient((9, 4), (9, 9), pair)


@pytest.mark.parametrize("dispersion", [None, "2", 0.9, 1e300, 10**400, np.nan])
def test_a_dispersion_that_no_count_has_is_refused(dispersion: object) -> None:
    difference = weighted_displacement_difference((9, 4), (9, 9))
    for refused in (
        lambda: assess_effect((9, 4), (9, 9), dispersion=dispersion),
        lambda: rate_ratio((9, 4), (9, 9), dispersion=dispersion),
        lambda: minimum_detectable_effect(9, 9, dispersion=dispersion),
        lambda: difference.with_dispersion(dispersion),
    ):
        with pytest.raises(ParameterError, match="dispersion"):
            refused()


def test_masked_dates_and_days_are_missing_not_read() -> None:
    days = np.ma.masked_array([1.0, 2, 3], mask=[False, True, False])
    with pytest.raises(ParameterError, match="1 of 3 have none"):
        knox_table(XY, days, [0, 100], [0, 7])
    times = np.ma.masked_array(np.array(["2025-01-01"] * 3, "M8[D]"), mask=[0, 0, 1])
    with pytest.raises(ParameterError, match="1 of 3"):
        knox_table(XY, times, [0, 100], [0, 7])
    with pytest.raises(ParameterError, match="1 of 3 are missing"):
        week_hours(times, times)
    with pytest.raises(ParameterError, match="missing"):
        week_hours([pd.NA, "2025-01-01"], ["2025-01-01", "2025-01-01"])


@pytest.mark.parametrize("values", [None, "abc", [[1], [2, 3]], 5, {}, np.array([1j])])
def test_the_other_methods_refuse_what_is_no_array_too(values: object) -> None:
    for refused in (
        lambda: abramson_bandwidths(values, bandwidth_m=100),
        lambda: abramson_bandwidths(XY, bandwidth_m=-5 if values == 5 else values),
        lambda: choose_bandwidth(values),
        lambda: choose_bandwidth(XY, candidates_m=values),
        lambda: usual_range(3, values),
        lambda: usual_range(3, [1, 2, 3], past_days=1 if values is None else values),
    ):
        with pytest.raises(HotspotsError):
            refused()
