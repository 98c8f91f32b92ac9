"""Knox: hand counts, a naive loop, every permutation, another program's output."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import reference_near as reference
import toy
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.errors import CrsError, ParameterError, PrecisionError, TooFewError
from hotspots.core.options import build
from hotspots.core.spread import InTurn
from hotspots.kernels import pair_table
from hotspots.methods.knox import Knox, knox_table, knox_test

INF = math.inf
METRICS, CLOSED = ("euclidean", "manhattan"), ("left", "right")


@pytest.fixture(params=["1", "0"], ids=["compiled", "numpy"])
def twin(request, monkeypatch):
    monkeypatch.setenv("HOTSPOTS_COMPILED", request.param)


def town(n, seed=0):
    """Incidents on whole metres with exact repeats, some soon after another."""
    rng = np.random.default_rng(seed)
    xy = np.round(rng.normal(0, 300, (n, 2))) + np.array([470_000.0, 310_000.0])
    days = rng.integers(0, 200, n)
    xy[: n // 4] = xy[n // 4 : 2 * (n // 4)]
    days[: n // 8] = days[n // 4 : n // 4 + n // 8] + 2
    return xy, days


THREE = np.array([[0.0, 0.0], [30.0, 40.0], [30.0, 40.0]])


@pytest.mark.usefixtures("twin")
@pytest.mark.parametrize(
    ("metric", "closed", "expected"),
    [
        # pairs: 50 m and 7 days, 50 m and 14 days, 0 m and 7 days
        ("euclidean", "left", [[0, 1], [0, 1]]),
        ("euclidean", "right", [[2, 1], [0, 0]]),
        # 70 m as a taxi drives
        ("manhattan", "left", [[0, 1], [0, 1]]),
        ("manhattan", "right", [[1, 0], [1, 1]]),
    ],
)
def test_edges_by_hand(metric, closed, expected):
    bands = ([0, 50, 100], [0, 7, 14])
    table = knox_table(THREE, [0, 7, 14], *bands, metric=metric, closed=closed)
    assert table.tolist() == expected


whole = st.integers(0, 6).map(float)
real = st.floats(0, 6, width=32)
points = st.lists(st.tuples(whole | real, whole | real, st.integers(0, 9)), min_size=2)
edges = st.lists(
    st.integers(0, 9).map(float) | st.sampled_from([0.1, 2.5, INF]),
    min_size=2,
    max_size=5,
    unique=True,
).map(sorted)


@pytest.mark.usefixtures("twin")
@given(points=points, far=edges, long=edges, whole_days=st.booleans())
@settings(max_examples=60, deadline=None)
def test_equals_the_naive_loop(points, far, long, whole_days):
    xy = np.array([p[:2] for p in points]) * 50 + 1_000
    days = np.array([p[2] * (1 if whole_days else 0.3) for p in points])
    far = [edge * 50 for edge in far]
    for metric, closed in itertools.product(METRICS, CLOSED):
        expected = reference.knox_table(xy, days, far, long, metric, closed)
        table = knox_table(xy, days, far, long, metric=metric, closed=closed)
        np.testing.assert_array_equal(table, expected)


@pytest.mark.usefixtures("twin")
@pytest.mark.parametrize("closed", CLOSED)
def test_equals_the_naive_loop_in_a_town(closed):
    xy, days = town(120)
    bands = ([0, 1, 100, 200, 400, INF], [0, 7, 14, 28, 56, INF])
    expected = reference.knox_table(xy, days, *bands, "euclidean", closed)
    table = knox_table(xy, days, *bands, closed=closed)
    np.testing.assert_array_equal(table, expected)
    assert table.sum() == 120 * 119 / 2


@pytest.mark.usefixtures("twin")
def test_the_expected_table_is_the_mean_over_every_permutation():
    xy = np.array([[0, 0], [3, 4], [0, 5], [60, 0], [60, 5], [500, 500]]) + 1000.0
    days = np.array([0, 1, 5, 9, 9, 30])
    bands = ([2, 6, 70, INF], [1, 5, 10, INF])
    every = [
        reference.knox_table(xy, days[list(order)], *bands, "euclidean", "left")
        for order in itertools.permutations(range(6))
    ]
    test = knox_test(xy, days, *bands, n_permutations=9)
    np.testing.assert_allclose(test.expected, np.mean(every, axis=0), rtol=1e-12)


def test_p_values_and_medians_approach_those_of_every_permutation():
    xy = np.array([[0, 0], [3, 4], [0, 5], [60, 0], [60, 5], [500, 500]]) + 1000.0
    days = np.array([0, 1, 5, 9, 9, 30])
    bands = ([0, 6, 70], [0, 5, 10])
    every = np.array(
        [
            reference.knox_table(xy, days[list(order)], *bands, "euclidean", "left")
            for order in itertools.permutations(range(6))
        ]
    )
    rng = np.random.default_rng(5)
    test = knox_test(xy, days, *bands, n_permutations=19_999, rng=rng)
    np.testing.assert_allclose(
        test.p_value, (every >= test.observed).mean(axis=0), atol=0.015
    )
    np.testing.assert_array_equal(test.median, np.median(every, axis=0))


def test_one_seed_gives_one_answer_with_and_without_compiled_help(monkeypatch):
    xy, days = town(150)
    bands = ([0, 1, 100, 400, INF], [0, 7, 28, INF])
    for dates in (days, days + 0.25 * (days % 3)):
        answers = []
        for setting in ("1", "1", "0"):
            monkeypatch.setenv("HOTSPOTS_COMPILED", setting)
            answers.append(knox_test(xy, dates, *bands, n_permutations=150, rng=7))
        rng = np.random.default_rng(7)
        answers.append(knox_test(xy, dates, *bands, n_permutations=150, rng=rng))
        for other in answers[1:]:
            np.testing.assert_array_equal(other.p_value, answers[0].p_value)
            np.testing.assert_array_equal(other.median, answers[0].median)


def test_what_was_planted_is_found_and_chance_is_not():
    rng = np.random.default_rng(3)
    bands = ([0, 200], [0, 14])
    homes = rng.uniform(0, 4_000, (400, 2)) + 300_000
    days = rng.integers(0, 365, 400)
    quiet = knox_test(homes, days, *bands, rng=rng)
    homes[:60], days[:60] = homes[60:120] + 30, days[60:120] + 3
    planted = knox_test(homes, days, *bands, rng=rng)
    assert planted.p_value[0, 0] == 0.001
    assert planted.ratio_mean[0, 0] > 2
    words = f"where chance gives {planted.expected[0, 0]:.1f}, so "
    assert words in planted.in_words()
    assert planted.in_words().endswith(
        "times as many (p 0.001 over all cells, 999 shuffles)."
    )
    assert quiet.p_value[0, 0] > 0.05
    said = "No more pairs near in space and time than chance gives (p 0."
    assert quiet.in_words().startswith(said)


def test_p_values_are_even_where_dates_are_random():
    rng = np.random.default_rng(11)
    p_values = []
    for _ in range(300):
        xy, days = rng.uniform(0, 900, (60, 2)), rng.uniform(0, 90, 60)
        test = knox_test(xy, days, [0, 200], [0, 14], n_permutations=99, rng=rng)
        p_values.append(test.p_value[0, 0])
    assert np.mean(np.array(p_values) <= 0.1) == pytest.approx(0.1, abs=0.05)
    assert np.mean(np.array(p_values) <= 0.5) == pytest.approx(0.5, abs=0.09)


@pytest.mark.parametrize("metric", METRICS)
def test_relations(metric):
    xy, days = town(200)
    far, long = [0, 100, 200, 400], [0, 7, 14, 28]
    table = knox_table(xy, days, far, long, metric=metric)
    order = np.random.default_rng(1).permutation(200)
    same = [
        knox_table(xy[order], days[order], far, long, metric=metric),
        knox_table(xy + 5_000, days - 77, far, long, metric=metric),
        knox_table(xy[:, ::-1], -days, far, long, metric=metric),
        knox_table(xy * 2, days * 3, np.array(far) * 2, np.array(long) * 3)
        if metric == "euclidean"
        else table,
    ]
    for other in same:
        np.testing.assert_array_equal(other, table)
    coarse = knox_table(xy, days, [0, 400], [0, 28], metric=metric)
    assert coarse[0, 0] == table.sum()
    whole_days = np.datetime64("2024-02-27") + days.astype("timedelta64[D]")
    dates = [dt.date(2024, 2, 27) + dt.timedelta(days=int(d)) for d in days]
    for given_dates in (whole_days, dates):
        again = knox_table(xy, given_dates, far, long, metric=metric)
        np.testing.assert_array_equal(again, table)


def test_ratios_where_chance_gives_nothing():
    xy = np.array([[0.0, 0.0], [1000.0, 0.0], [2000.0, 0.0]]) + 9
    test = knox_test(xy, [0, 1, 100], [0, 10, 1500], [0, 7], n_permutations=9)
    assert math.isnan(test.ratio_mean[0, 0])
    assert math.isnan(test.ratio_median[0, 0])
    assert test.ratio_mean[1, 0] == pytest.approx(1.5)
    assert test.in_words() == "Too few incidents near each other to say."


def read_calculator_output(path):
    """Return the tables that the Near Repeat Calculator printed, blank for 0."""
    lines = path.read_text(encoding="utf-8").splitlines()
    titles = (
        "Observed over mean expected frequencies",
        "Statistical significant table",
        "Observed frequencies distribution",
    )
    tables = []
    for title in titles:
        first = lines.index(title) + 3
        rows = [line.split(",")[2:6] for line in lines[first : first + 5]]
        tables.append([[float(text or 0) for text in row] for row in rows])
    return (np.array(table) for table in tables)


def test_the_near_repeat_calculator_on_chicago_arson(shared_data):
    # Near Repeat Calculator 1.3 keeps coordinates in single precision, measures along
    # the street grid, and labels its bands one too high: "1 to 200" is [0.1, 200) m
    # and "2 to 2" is [1, 2) days.
    folder = shared_data / "points"
    rows = np.genfromtxt(
        folder / "chicago_arson_2016.csv", delimiter=",", dtype=None, encoding="utf-8"
    )
    xy = np.column_stack([rows["f0"], rows["f1"]]).astype(np.float32)
    days = rows["f2"].astype("datetime64[D]")
    ratio, p_value, observed = read_calculator_output(
        folder / "chicago_arson_2016_NRC_reference_output.csv"
    )
    bands = ([0, 0.1, 200, 400, 600, INF], [0, 1, 2, 3, INF])
    rng = np.random.default_rng(1)
    test = knox_test(xy, days, *bands, metric="manhattan", rng=rng)
    np.testing.assert_array_equal(test.observed, observed)
    # theirs: 99 shuffles, ratio to their mean
    enough = test.expected > 50
    np.testing.assert_allclose(test.ratio_mean[enough], ratio[enough], rtol=0.01)
    np.testing.assert_allclose(test.p_value, p_value, atol=0.12)


def test_the_table_that_pointpats_prints_of_burkitts_lymphoma():
    # the example in the documentation of pointpats.Knox: 20 distances, 5 days, both
    # edges included; 99 shuffles gave p = 0.21
    examples = pytest.importorskip("libpysal").examples
    pyogrio = pytest.importorskip("pyogrio")
    frame = pyogrio.read_dataframe(examples.get_path("burkitt.shp"))
    xy, days = frame[["X", "Y"]].to_numpy(dtype=float), frame["T"].to_numpy()
    bands = ([0, 20, INF], [0, 5, INF])
    rng = np.random.default_rng(1)
    test = knox_test(xy, days, *bands, closed="right", rng=rng)
    assert test.observed.tolist() == [[13, 3416], [39, 14110]]
    printed = [[1.01438161e01, 3.41885618e03], [4.18561839e01, 1.41071438e04]]
    np.testing.assert_allclose(test.expected, printed, rtol=5e-9)
    assert test.p_value[0, 0] == pytest.approx(0.21, abs=0.1)


def refused(message, error=ParameterError, **changes):
    asked = {
        "xy_m": town(5)[0],
        "days": np.arange(5),
        "distance_bands_m": [0, 100],
        "time_bands_days": [0, 7],
    } | changes
    with pytest.raises(error, match=message):
        knox_test(**asked)


def test_what_is_refused():
    refused("at least two incidents; got 1", TooFewError, xy_m=town(5)[0][:1])
    refused("at least two incidents; got 0", TooFewError, xy_m=np.empty((0, 2)))
    degrees = np.array([[-0.886, 52.765], [-0.883, 52.761]])
    refused("must be in a projected system", CrsError, xy_m=degrees)
    refused("finite numbers of metres", CrsError, xy_m=np.full((5, 2), np.nan))
    refused("1 of 5 have none, the first in row 3", days=[0, 1, 2, math.nan, 4])
    not_a_time = np.array(["2024-01-01", "NaT", "2024-01-02"] + ["NaT"] * 2, "M8[D]")
    refused("3 of 5 have none, the first in row 1", days=not_a_time)
    refused("one number for each of 5 incidents", days=[1, 2])
    for bands in ([0], [0, 100, 100], [100, 0], [-1, 5], [0, math.nan], "0,near", []):
        refused("at least two edges that rise", distance_bands_m=bands)
        refused("at least two edges that rise", time_bands_days=bands)
    refused("metric must be one of euclidean, manhattan", metric="road")
    refused("closed must be one of left, right", closed="both")
    refused("n_permutations must be at least 1; got 0", n_permutations=0)


def test_the_method_from_text_and_from_numbers():
    asked = build(Knox, {"distance_bands_m": "0, 50,inf", "closed": "right"})
    assert asked == Knox(distance_bands_m=[0, 50, INF], closed="right")
    assert asked.distance_bands_m.labels("right", "m") == ["[0, 50] m", "(50, inf] m"]
    with pytest.raises(ParameterError, match="got '5,1'"):
        Knox(time_bands_days="5,1")


def test_the_method_on_incidents():
    incidents = toy.incidents()  # one a day: 9 in A, then 6 in B, 3 in C, 4 in D
    test = Knox(n_permutations=99)(incidents, rng=np.random.default_rng(2))
    frame = test.to_frame()
    assert frame.columns[:3] == ["distance", "time", "observed"]
    first = frame.row(0, named=True)
    # pairs less than 7 days apart in 9, 6, 3 and 4 days running: 33 + 15 + 3 + 6
    assert (first["distance"], first["time"]) == ("[0, 1) m", "[0, 7) days")
    assert (first["observed"], first["p_value"]) == (57, 0.01)
    assert test.in_words().startswith("Pairs [0, 1) m and [0, 7) days apart: 57 where")


def test_an_incident_is_dated_by_the_middle_of_its_span():
    incidents = toy.incidents({toy.A: 2})
    days = pl.int_range(pl.len()) * dt.timedelta(days=20)
    wide = replace(
        incidents, frame=incidents.frame.with_columns(end=pl.col("start") + days)
    )
    for given_incidents, expected in ((incidents, [1, 0]), (wide, [0, 1])):
        test = Knox(distance_bands_m="0,1", time_bands_days="0,7,14", n_permutations=1)(
            given_incidents
        )
        assert test.observed.tolist() == [expected]


def test_months_and_snap_points_are_refused():
    for changes in ({"time_precision": "month"}, {"snapped": True}):
        with pytest.raises(PrecisionError, match="near-repeat analysis needs"):
            Knox()(replace(toy.incidents(), **changes))


@pytest.mark.parametrize("unit", ["h", "s", "ms", "us", "ns"])
def test_spans_of_time_are_days_whatever_their_unit(unit: str) -> None:
    days = np.array([0, 48], dtype="m8[h]").astype(f"m8[{unit}]")
    table = knox_table(np.array([[0.0, 0.0], [1.0, 1.0]]), days, [0, 5], [0, 1, 3, 90])
    assert table.tolist() == [[0, 1, 0]]


def test_dates_may_be_text() -> None:
    days = ["2024-03-12", "2024-03-14"]
    table = knox_table(np.array([[0.0, 0.0], [1.0, 1.0]]), days, [0, 5], [0, 1, 3, 90])
    assert table.tolist() == [[0, 1, 0]]


def test_clustering_is_claimed_of_files_without_any_as_seldom_as_said():
    """Sixteen cells at 5% each gave a claim in a third of such files."""
    rng = np.random.default_rng(12)
    bands = ([0, 100, 200, 400, 800], [0, 7, 14, 28, 56])
    claimed, alone = [], []
    for _ in range(120):
        xy = rng.uniform(0, 6_000, (200, 2))
        test = knox_test(
            xy, rng.integers(0, 365, 200), *bands, n_permutations=199, rng=rng
        )
        claimed.append("times as many" in test.in_words())
        alone.append((test.p_value <= 0.05).any())
    assert np.mean(claimed) <= 0.05 + 0.05  # 2.5 standard errors
    assert np.mean(alone) > 0.2


def test_the_largest_cell_by_hand():
    xy = np.repeat([[0.0, 0.0], [900.0, 0.0]], 5, axis=0)
    days = [0, 1, 2, 3, 4, 200, 201, 202, 203, 204]
    test = knox_test(xy, days, [0, 100, np.inf], [0, 7, np.inf], rng=1)
    assert np.isnan(test.score[1]).all(), "a band without end is not tested"
    assert np.isnan(test.score[:, 1]).all()
    assert test.p_overall == test.p_value[0, 0], "one cell tested: its own p"


@pytest.mark.usefixtures("twin")
@pytest.mark.parametrize("distances", [[0, 1, 100, 400], [30, 400, INF], [0, INF]])
@pytest.mark.parametrize("metric", METRICS)
def test_squares_of_the_plane_count_what_the_whole_does(distances, metric, monkeypatch):
    monkeypatch.setattr(pair_table, "SQUARE_M", 90.0)
    monkeypatch.setattr(pair_table, "REACHES", 1)
    xy, days = town(400, seed=3)
    given = (xy, days, distances, [0, 7, 28, INF])
    how = {"metric": metric, "n_permutations": 150, "rng": 5}
    whole, parts = knox_test(*given, **how), knox_test(*given, **how, engine=InTurn())
    for name in ("observed", "expected", "median", "p_value", "score"):
        np.testing.assert_array_equal(getattr(parts, name), getattr(whole, name))
    assert parts.p_overall == whole.p_overall


def test_a_table_without_end_is_refused_with_its_size() -> None:
    edges = list(range(300))
    with pytest.raises(ParameterError, match="at most 10,000,000; they are 89,401,000"):
        knox_test(np.zeros((3, 2)), [1, 2, 3], edges, edges, n_permutations=1_000)
