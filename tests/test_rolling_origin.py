"""Forecasts tested on unseen months: known towns, a naive reference, honest words."""

from __future__ import annotations

import datetime as dt

import h3
import numpy as np
import polars as pl
import pytest
import reference_evaluate as reference
import toy

from hotspots.core.errors import ParameterError, PrecisionError, TooFewError
from hotspots.core.options import build, parameters
from hotspots.core.window import Window, add_months
from hotspots.evaluate.folds import choose_folds
from hotspots.evaluate.rolling_origin import RollingOrigin
from hotspots.evaluate.verdict import BASELINE, Evaluation
from hotspots.methods.count import Count
from hotspots.methods.kde import Kde
from hotspots.methods.near_repeat import NearRepeat
from hotspots.methods.prospective import Prospective
from hotspots.model.cells import Cells
from hotspots.model.incidents import Incidents
from hotspots.model.surface import Surface

CELLS = Cells.from_ids(
    np.array([h3.str_to_int(c) for c in (toy.A, toy.B, toy.C, toy.D)], dtype=np.uint64),
    resolution=10,
)
NAMES = [h3.int_to_str(int(cell)) for cell in CELLS.ids]
START = dt.date(2023, 1, 1)


def history(monthly: np.ndarray, *, start: dt.date = START, **kinds) -> Incidents:
    """Make ``monthly[month, cell]`` incidents on the 15th of each month."""
    rows = [
        (*toy.centre(NAMES[cell]), dt.datetime.combine(month, dt.time(12)))
        for k, counts in enumerate(monthly)
        for month in [add_months(start, k) + dt.timedelta(days=14)]
        for cell, n in enumerate(counts)
        for _ in range(n)
    ]
    lon, lat, when = zip(*rows, strict=True)
    frame = pl.DataFrame({"lon": lon, "lat": lat, "start": when})
    kinds.setdefault("time_precision", "month")
    return Incidents.from_located(
        frame.with_columns(category=pl.lit(toy.CATEGORY)), **kinds
    )


@pytest.fixture(scope="module")
def monthly() -> np.ndarray:
    return np.random.default_rng(1).poisson([5, 4, 3, 2], size=(30, 4))


class Fixed:
    """Always ranks the cells in one order, and notes what it was shown."""

    def __init__(self, values: list[float]) -> None:
        self.values = np.array(values, dtype=float)
        self.seen: list[tuple[dt.datetime, dt.datetime]] = []

    def __call__(self, incidents: Incidents, cells: Cells) -> Surface:
        start = incidents.frame["start"]
        self.seen.append((start.min(), start.max()))
        return Surface(values=self.values, name="x", unit="x", cells=cells, method=self)


def test_the_plain_count_equals_the_naive_reference(monthly) -> None:
    result = RollingOrigin(n_folds=10, share_area=0.25)(history(monthly), CELLS, {})
    rows = [
        (m, c) for m, row in enumerate(monthly) for c in range(4) for _ in range(row[c])
    ]
    expected = reference.rolling_counts(rows, range(4), range(20, 30), 12)
    at = int(np.argmin(abs(result.shares - 0.25)))
    assert result.found[0, :, at] == pytest.approx(expected, abs=0.05)
    assert result.n_incidents.tolist() == monthly[20:].sum(axis=1).tolist()
    assert result.best[:, at] == pytest.approx(monthly[20:].max(axis=1), abs=0.05)
    assert [fold.test.start for fold in result.folds] == [
        add_months(START, k) for k in range(20, 30)
    ]


def test_the_whole_area_finds_everything_and_pai_is_one(monthly) -> None:
    result = RollingOrigin(share_area=1.0)(
        history(monthly), CELLS, {"kde": Kde(edge="none")}
    )
    whole = result.summary.filter(pl.col("share_area") == 1)
    assert whole["hit_rate"].to_list() == [1, 1]
    assert whole["pai"].to_list() == whole["pei"].to_list() == [1, 1]
    assert whole["rri_levine"].to_list() == [1, 1]
    assert result.found.min() >= 0
    assert (np.diff(result.found, axis=2) >= -1e-9).all()
    assert (result.found <= result.best[None] + 1e-9).all()


def test_no_method_sees_the_month_that_it_forecasts(monthly) -> None:
    spy = Fixed([1, 2, 3, 4])
    RollingOrigin(n_folds=5, train_months=6)(history(monthly), CELLS, {"spy": spy})
    for k, (first, last) in enumerate(spy.seen):
        test = add_months(START, 25 + k)
        assert first.date() >= add_months(test, -6)
        assert last.date() < test


def test_the_same_method_as_the_plain_count_is_not_better(monthly) -> None:
    result = RollingOrigin(share_area=0.25)(
        history(monthly), CELLS, {"the same": Count()}, rng=1
    )
    (verdict,) = result.verdicts
    assert (verdict.difference, verdict.word) == (0, "cannot tell")
    assert result.default == BASELINE
    assert result.sentences()[-1].startswith("Nothing tested beats it for certain")


def test_better_and_worse_are_called_so() -> None:
    rng = np.random.default_rng(2)
    monthly = rng.poisson(2, size=(30, 4))
    monthly[:17, 0] += 10  # hot for long ...
    monthly[17:, 0] = 0  # ... and gone when the tests begin
    monthly[17:, 3] += 8
    methods = {"knows": Fixed([0, 1, 2, 9]), "late": Fixed([9, 1, 2, 0])}
    result = RollingOrigin(share_area=0.25)(history(monthly), CELLS, methods, rng=3)
    knows, late = result.verdicts
    assert knows.word == "beats the plain count here"
    assert late.word == "worse than the plain count here"
    assert result.default == "knows"
    assert "Offer 'knows' as the default." in result.sentences()
    assert knows.low < knows.difference < knows.high


def test_few_months_are_too_few_to_say(monthly) -> None:
    result = RollingOrigin(n_folds=3)(history(monthly), CELLS, {"kde": Kde()}, rng=1)
    assert result.verdicts[0].word == "too few to say"
    assert result.default == BASELINE
    assert result.summary["low"].null_count() == result.summary.height
    assert "points in 100" not in result.verdicts[0].sentence


def test_same_seed_same_intervals_and_longer_blocks(monthly) -> None:
    incidents = history(monthly)
    run = RollingOrigin(block_months=3)
    first = run(incidents, CELLS, {"kde": Kde()}, rng=7)
    again = run(incidents, CELLS, {"kde": Kde()}, rng=7)
    assert first.summary.equals(again.summary)
    steps = np.diff(first.resamples[:, :3], axis=1) % 13
    assert (steps == 1).all()


def test_order_of_rows_changes_nothing(monthly) -> None:
    incidents = history(monthly)
    mixed = Incidents(
        frame=incidents.frame.sample(fraction=1, shuffle=True, seed=2),
        places=incidents.places,
        time_precision="month",
    )
    run = RollingOrigin()
    one = run(incidents, CELLS, {"kde": Kde()}, rng=7).summary
    assert one.equals(run(mixed, CELLS, {"kde": Kde()}, rng=7).summary)


def test_accuracy_per_street_km(monthly) -> None:
    streets = [2.0, 1.0, 1.0, 0.0]
    result = RollingOrigin(share_area=0.25)(
        history(monthly), CELLS, {"first": Fixed([4, 3, 2, 1])}, street_km=streets
    )
    row = result.summary.filter(method="first", share_area=0.25).row(0, named=True)
    assert row["pai_street"] == pytest.approx(row["hit_rate"] / 0.5, rel=1e-2)
    plain = RollingOrigin()(history(monthly), CELLS, {})
    assert plain.summary["pai_street"].null_count() == plain.summary.height


def test_tables_for_people(monthly) -> None:
    result = RollingOrigin(share_area=0.25)(
        history(monthly), CELLS, {"kde": Kde()}, rng=1
    )
    row = result.summary.filter(method="kde", share_area=0.25).row(0, named=True)
    assert row["low"] <= row["hit_rate"] <= row["high"]
    assert row["pai"] == pytest.approx(row["hit_rate"] / 0.25)
    area = 13 * 0.25 * CELLS.area_km2.sum()
    assert row["found_per_km2"] == pytest.approx(row["n_found"] / area)
    assert result.by_fold.height == 2 * 13
    curve = result.capture_curve
    assert set(curve["method"]) == {BASELINE, "kde", "best possible"}
    assert curve.filter(share_area=1.0)["hit_rate"].to_list() == [1, 1, 1]
    assert 0 <= result.gini < 1


def test_intervals_are_wrong_as_often_as_they_say() -> None:
    rng = np.random.default_rng(4)
    wrong = 0
    for _ in range(300):
        n = rng.poisson(60, size=13)
        found = rng.binomial(n, 0.3, size=(2, 13)).astype(float)
        cube = np.stack([found, np.broadcast_to(n, (2, 13))], axis=2).astype(float)
        evaluation = Evaluation(
            names=(BASELINE, "other"),
            folds=tuple(range(13)),  # type: ignore[arg-type]
            shares=np.array([0.1, 1.0]),
            found=cube,
            found_before=cube,
            best=cube[0],
            street_share=None,
            area_km2=1.0,
            share_area=0.1,
            confidence=0.95,
            resamples=rng.integers(0, 13, size=(400, 13)),
            counts=np.ones(4),
            notes=(),
        )
        wrong += evaluation.verdicts[0].word != "cannot tell"
    assert 3 <= wrong <= 30


def test_missing_months_are_left_out_and_said(monthly) -> None:
    holes = monthly.copy()
    holes[27] = 0
    folds, notes = choose_folds(history(holes), n_folds=5, train_months=12)
    months = [(fold.test.start - START).days // 30 for fold in folds]
    assert 27 not in months
    assert len(folds) == 5
    assert "1 month was not tested: the files have no incident in it." in notes
    holes[6:25] = 0
    with pytest.raises(TooFewError, match="at least two months"):
        choose_folds(history(holes), n_folds=5, train_months=12)


def test_folds_never_cross_the_change_of_snap_points(monthly) -> None:
    incidents = history(monthly, start=dt.date(2021, 1, 1), snapped=True)
    folds, notes = choose_folds(incidents, n_folds=13, train_months=12)
    assert folds[-1].test.end == dt.date(2022, 7, 1)
    assert len(folds) == 6
    assert any("12 months were not tested: data.police.uk" in note for note in notes)
    assert any("13 months were asked for; the files allow 6" in n for n in notes)
    result = RollingOrigin()(incidents, CELLS, {})
    assert any("snap points" in note for note in result.notes)


def test_a_last_month_that_is_not_over_is_not_tested(monthly) -> None:
    by_minute = history(monthly, time_precision="minute")
    folds, _ = choose_folds(by_minute, n_folds=2, train_months=12)
    assert folds[-1].test == Window.from_text("2025-05:2025-05")
    folds, _ = choose_folds(history(monthly), n_folds=2, train_months=12)
    assert folds[-1].test == Window.from_text("2025-06:2025-06")


def test_incidents_outside_the_cells_are_counted(monthly) -> None:
    fewer = Cells.from_ids(CELLS.ids[:3], resolution=10)
    result = RollingOrigin(n_folds=4)(history(monthly), fewer, {})
    n_outside = int(monthly[:, 3].sum())
    assert f"{n_outside} incidents lie outside the cells: not counted." in result.notes


def test_its_fields_are_its_options() -> None:
    assert build(RollingOrigin, {"n_folds": "6"}) == RollingOrigin(n_folds=6)
    assert {param.name for param in parameters(RollingOrigin)} >= {"share_area"}


def test_refusals(monthly) -> None:
    incidents, run = history(monthly), RollingOrigin()
    with pytest.raises(ParameterError, match="always there"):
        run(incidents, CELLS, {BASELINE: Count()})
    with pytest.raises(ParameterError, match="first day of a month"):
        run(incidents, CELLS, {}, end=dt.date(2025, 3, 2))
    with pytest.raises(ParameterError, match="street_km must be"):
        run(incidents, CELLS, {}, street_km=[1, 2])
    with pytest.raises(ParameterError, match="score must be finite"):
        run(incidents, CELLS, {"bad": Fixed([1, 2, 3, np.nan])})
    with pytest.raises(TooFewError, match="at least two incidents"):
        run(incidents.select(pl.int_range(pl.len()) < 1), CELLS, {})
    with pytest.raises(TooFewError, match="at least two months"):
        run(history(monthly[:10]), CELLS, {})
    for bad in ({"n_folds": 1}, {"share_area": 0}, {"confidence": 1.0}):
        with pytest.raises(ParameterError):
            RollingOrigin(**bad)


def daily(rows: list[tuple[dt.datetime, int]], **kinds) -> Incidents:
    """Make one incident for each moment and cell."""
    lon, lat = zip(*(toy.centre(NAMES[cell]) for _, cell in rows), strict=True)
    frame = pl.DataFrame({"lon": lon, "lat": lat, "start": [when for when, _ in rows]})
    kinds.setdefault("time_precision", "minute")
    return Incidents.from_located(
        frame.with_columns(category=pl.lit(toy.CATEGORY)), **kinds
    )


@pytest.fixture(scope="module")
def two_years() -> list[tuple[dt.datetime, int]]:
    rng = np.random.default_rng(11)
    days = np.sort(rng.integers(0, 800, 900))
    cells = rng.choice(4, 900, p=[0.4, 0.3, 0.2, 0.1])
    first = dt.datetime(2023, 1, 1, 12)
    return [
        (first + dt.timedelta(days=int(day)), int(cell))
        for day, cell in zip(days, cells, strict=True)
    ]


def test_times_of_28_days_equal_a_count_by_hand(two_years) -> None:
    run = RollingOrigin(n_folds=13, period="28 days", share_area=0.25)
    result = run(daily(two_years), CELLS, {})
    last = max(when for when, _ in two_years).date() + dt.timedelta(days=1)
    at = int(np.argmin(abs(result.shares - 0.25)))
    for k, fold in enumerate(result.folds):
        end = last - dt.timedelta(days=28 * (12 - k))
        start = end - dt.timedelta(days=28)
        assert (fold.test.start, fold.test.end) == (start, end)
        now = [c for when, c in two_years if start <= when.date() < end]
        year = add_months(start, -12)
        past = [c for when, c in two_years if year <= when.date() < start]
        hottest = int(np.argmax(np.bincount(past, minlength=4)))
        assert result.n_incidents[k] == len(now)
        assert result.found[0, k, at] == pytest.approx(now.count(hottest), abs=0.05)
    assert "of 13 unseen periods of 28 days (" in result.sentences()[0]
    assert result.notes[0].startswith("13 periods of 28 days were forecast and tested")
    assert result.by_fold["end"].max() == last


def test_what_files_do_not_hold_is_not_tested_by_28_days(two_years, monthly) -> None:
    with pytest.raises(PrecisionError, match="Test by the month"):
        RollingOrigin(period="28 days")(history(monthly), CELLS, {})
    with pytest.raises(ParameterError, match="period must be"):
        choose_folds(daily(two_years), n_folds=2, train_months=1, period="week")  # type: ignore[arg-type]
    with pytest.raises(TooFewError, match="two periods of 28 days"):
        RollingOrigin(period="28 days")(daily(two_years[:300]), CELLS, {})
    gap = [row for row in two_years if not 700 <= (row[0] - two_years[0][0]).days < 760]
    _, notes = choose_folds(daily(gap), n_folds=5, train_months=12, period="28 days")
    assert any("not tested: the files have no incident in it." in n for n in notes)


def test_risk_for_a_day_sees_nothing_of_it_nor_after(two_years) -> None:
    seen = []

    class Spy:
        def surface(
            self, incidents: Incidents, cells: Cells, *, on: dt.date
        ) -> Surface:
            seen.append((on, incidents.frame["end"].max(), incidents.n))
            values = np.arange(4.0)
            return Surface(values=values, name="x", unit="x", cells=cells, method=self)

    incidents = daily(two_years)
    run = RollingOrigin(period="28 days", n_folds=4)
    result = run(incidents, CELLS, {"spy": Spy()})
    assert [on for on, *_ in seen] == [fold.test.start for fold in result.folds]
    for on, last, n in seen:
        assert last <= dt.datetime.combine(on, dt.time())
        assert n == sum(when.date() < on for when, _ in two_years)


def test_near_repeats_beat_the_count_where_crime_moves_and_only_there() -> None:
    """One cell after another is hot for 100 days; in the other town it stays one."""
    rng = np.random.default_rng(3)
    first = dt.datetime(2023, 1, 1, 9)
    moving, staying = (
        [
            (first + dt.timedelta(days=day), cell(day))
            for day in range(760)
            for _ in range(2)
        ]
        for cell in (
            lambda day: (day // 100) % 4,
            lambda _day: int(rng.choice(4, p=[0.55, 0.25, 0.15, 0.05])),
        )
    )
    methods = {
        "zones": NearRepeat(radius_m=60.0, next_door_m=30.0),
        "risk": Prospective(weight_recent=1.0),
    }
    run = RollingOrigin(period="28 days", share_area=0.25)
    for verdict in run(daily(moving), CELLS, methods, rng=1).verdicts:
        assert verdict.word == "beats the plain count here"
    for verdict in run(daily(staying), CELLS, methods, rng=1).verdicts:
        assert verdict.word != "beats the plain count here"


def test_months_and_snap_points_are_refused_by_what_needs_days(monthly) -> None:
    for incidents in (
        history(monthly),
        history(monthly, time_precision="minute", snapped=True),
    ):
        for method in (NearRepeat(), Prospective()):
            with pytest.raises(PrecisionError):
                RollingOrigin()(incidents, CELLS, {"days": method})


def test_a_time_without_burglaries_is_not_one_without_data(two_years) -> None:
    every_day = [when.date() for when, _ in two_years]
    rare = [row for row in two_years if row[1] == 3][::4]
    run = RollingOrigin(period="28 days")
    alone = run(daily(rare), CELLS, {})
    within = run(daily(rare), CELLS, {"kde": Kde()}, covered=every_day, rng=1)
    assert len(within.folds) == 13 > len(alone.folds)
    assert (within.n_incidents == 0).any()
    assert not any("not tested" in note for note in within.notes)
    assert np.isfinite([within.verdicts[0].low, within.verdicts[0].high]).all()
    early = [row for row in two_years if row[0] < dt.datetime(2023, 6, 1)]
    with pytest.raises(TooFewError, match="hold an incident inside the cells"):
        run(daily(early), CELLS, {}, covered=every_day)
