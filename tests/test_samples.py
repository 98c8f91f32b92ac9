"""The simulated town: its committed files, its shape, its rhythm, its faults."""

from __future__ import annotations

import json
import tomllib
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.errors import OutputError, ParameterError
from hotspots.samples import SimulatedTown, build_sample, sample_path, write_sample
from hotspots.samples.clock import HOURS, N_DAYS, is_holiday
from hotspots.samples.export import FAULTS
from hotspots.samples.incidents import build_spans
from hotspots.samples.names import STEMS, VILLAGES
from hotspots.samples.rng import Rng
from hotspots.samples.streams import read_streams
from hotspots.samples.where import MIXTURES
from hotspots.samples.write import PROFILE, files_of

WHEN = "%d/%m/%Y %H:%M"
GOLDEN = [88, 893, 666, 898, 461, 281, 535, 543]


@pytest.fixture(scope="module")
def town() -> SimulatedTown:
    return build_sample(1)


@pytest.fixture(scope="module")
def good(town: SimulatedTown) -> pl.DataFrame:
    """The incidents without the spoilt ones, with times and numbers."""
    spoilt = town.incidents["Reference"].is_in(town.faults["reference"].implode())
    return town.incidents.filter(~spoilt).with_columns(
        pl.col("From", "To").str.to_datetime(WHEN),
        pl.col("Easting", "Northing").cast(pl.Int64),
    )


@pytest.fixture(scope="module")
def other() -> SimulatedTown:
    return build_sample(2)


# The committed files


def test_the_committed_files_are_what_write_sample_writes(
    root: Path, tmp_path: Path
) -> None:
    written = write_sample(tmp_path, seed=1)
    assert len(written) == 11
    for path in written:
        committed = root / path.relative_to(tmp_path)
        same = committed.read_bytes() == path.read_bytes()
        assert same, f"{committed} is out of date: run hotspots sample --seed 1"


def test_the_same_seed_gives_the_same_town_and_another_seed_another(
    town: SimulatedTown, other: SimulatedTown
) -> None:
    assert not other.incidents.equals(town.incidents)
    assert not other.premises.equals(town.premises)
    assert files_of(build_sample(2)) == files_of(other)


def test_the_files_are_small_and_plain(town: SimulatedTown) -> None:
    files = files_of(town)
    assert sum(len(text.encode()) for text in files.values()) < 6_000_000
    for path, text in files.items():
        assert "\r" not in text
        assert text.endswith("\n")
        assert path.name.startswith("simulated_")


def test_every_feature_says_that_it_is_simulated(town: SimulatedTown) -> None:
    for path, text in files_of(town).items():
        if path.suffix != ".geojson":
            continue
        collection = json.loads(text)
        assert "(simulated)" in collection["name"]
        assert collection["simulated"] is True
        assert all(f["properties"]["simulated"] for f in collection["features"])


def test_the_profile_names_columns_that_are_there(town: SimulatedTown) -> None:
    profile = tomllib.loads(PROFILE)
    assert profile["dataset"]["simulated"] is True
    assert set(profile["columns"].values()) == set(town.incidents.columns)
    assert set(profile["source_flags"]) == set(town.incidents["Source"].unique())


def test_sample_path_finds_a_file_and_names_one_that_is_not_there() -> None:
    assert sample_path("data/simulated_incidents.csv").is_file()
    with pytest.raises(ParameterError, match="no file 'data/nothing"):
        sample_path("data/nothing.csv")


def test_a_seed_below_zero_and_a_file_in_the_way_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="0 or more; got -1"):
        build_sample(-1)
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(OutputError, match="Choose another --out"):
        write_sample(tmp_path / "taken")


# The place


def test_there_are_about_17_000_dwellings_and_6_000_columns(
    town: SimulatedTown, other: SimulatedTown
) -> None:
    for place in (town, other):
        dwellings = place.premises["kind"].is_in(["dwelling", "flat"]).sum()
        assert 16_000 < dwellings < 18_000
        assert 5_500 < place.columns.height < 6_800
        assert 2_000 < place.streets.height < 3_000


def test_uprns_are_invented_and_unique(town: SimulatedTown) -> None:
    uprn = town.premises["uprn"]
    assert uprn.n_unique() == town.premises.height
    assert uprn.str.contains(r"^9990\d{8}$").all()
    assert town.premises["postcode"].str.contains(r"^ZZ\d \d[A-Z]{2}$").all()


def test_an_address_belongs_to_one_dwelling(town: SimulatedTown) -> None:
    keys = ["house_number", "flat_number", "street", "street_id"]
    homes = town.premises.filter(pl.col("kind").is_in(["dwelling", "flat"]))
    assert not homes.select(keys).is_duplicated().any()
    flats = homes.filter(pl.col("kind") == "flat").select("easting", "northing")
    assert flats.is_duplicated().mean() > 0.8


@pytest.mark.parametrize("units", ["metres", "degrees"])
def test_wards_divide_the_district_without_gaps_or_overlaps(
    town: SimulatedTown, units: str
) -> None:
    wards = shapely.polygons([shapely.linearrings(r) for r in town.ward_rings_m])
    if units == "degrees":
        wards = _shapes(town, "simulated_wards.geojson")
    assert len(wards) == 16
    assert shapely.is_valid(wards).all()
    assert shapely.coverage_is_valid(wards)
    whole = shapely.union_all(wards)
    assert whole.geom_type == "Polygon"
    assert len(whole.interiors) == 0
    assert shapely.area(wards).sum() == pytest.approx(whole.area, rel=1e-9)
    if units == "metres":
        assert 440e6 < whole.area < 520e6


def test_every_premises_lies_in_its_ward(town: SimulatedTown) -> None:
    rings = dict(zip(town.wards["code"], town.ward_rings_m, strict=True))
    for code, rows in town.premises.group_by("ward_code"):
        ward = shapely.polygons(rings[str(code[0])])
        at = shapely.points(rows.select("easting", "northing").to_numpy())
        assert shapely.intersects(ward, at).all()


def test_priority_neighbourhoods_lie_in_the_town_and_do_not_touch(
    town: SimulatedTown,
) -> None:
    first, second = _shapes(town, "simulated_priority_neighbourhoods.geojson")
    wards = _shapes(town, "simulated_wards.geojson")
    urban = shapely.union_all(wards[:8])
    assert urban.contains(first)
    assert urban.contains(second)
    assert not first.intersects(second)


def test_one_can_walk_from_anywhere_to_anywhere(
    town: SimulatedTown, other: SimulatedTown
) -> None:
    for place in (town, other):
        beside = defaultdict(set)
        for line in place.street_lines_m:
            a, b = tuple(line[0]), tuple(line[-1])
            beside[a].add(b)
            beside[b].add(a)
        seen, reach = set(), [next(iter(beside))]
        while reach:
            here = reach.pop()
            if here not in seen:
                seen.add(here)
                reach.extend(beside[here])
        assert len(seen) == len(beside)


def test_names_are_given_once() -> None:
    assert len(set(VILLAGES)) == 26
    assert {sort: len(stems) for sort, stems in STEMS.items()} == {
        sort: len(set(stems)) for sort, stems in STEMS.items()
    }


# The incidents


def test_there_are_about_eleven_a_day_in_three_years(good: pl.DataFrame) -> None:
    assert good.height / N_DAYS == pytest.approx(11, abs=0.5)
    assert good["From"].min() >= datetime(2022, 7, 1)
    assert good["To"].max() < datetime(2025, 7, 1)


def test_shares_are_those_of_a_small_district(good: pl.DataFrame) -> None:
    share = dict(good["Category"].value_counts(normalize=True).iter_rows())
    assert 0.26 < share["Violence and sexual offences"] < 0.36
    assert 0.15 < share["Anti-social behaviour"] < 0.24
    for category in ("Burglary", "Vehicle crime", "Shoplifting"):
        assert 0.05 < share[category] < 0.1
    assert 0.001 < share["Robbery"] < 0.01


def test_references_are_unique_and_in_order(town: SimulatedTown) -> None:
    reference = town.incidents["Reference"]
    assert reference.n_unique() == len(reference)
    assert reference.is_sorted()


def test_some_rows_are_equal_but_for_their_reference(good: pl.DataFrame) -> None:
    assert good.drop("Reference").is_duplicated().sum() >= 20


def test_what_is_spoilt_is_what_is_said(town: SimulatedTown) -> None:
    said = dict(town.faults["fault"].value_counts().iter_rows())
    assert said == FAULTS
    rows = town.faults.join(town.incidents, left_on="reference", right_on="Reference")
    for name, test in {
        "no coordinates": pl.col("Easting") == "",
        "coordinates are 0,0": (pl.col("Easting") == "0") & (pl.col("Northing") == "0"),
        "a date that does not exist": pl.col("From").str.starts_with("31/02/2024"),
        "easting and northing swapped": pl.col("Northing") > pl.col("Easting"),
        "no date": pl.col("From") == "",
        "no category": pl.col("Category") == "",
        "a year in the future": pl.col("From").str.contains("/2052"),
    }.items():
        assert rows.filter(pl.col("fault") == name).select(test.all()).item()
    backwards = rows.filter(pl.col("fault") == "to before from").with_columns(
        pl.col("From", "To").str.to_datetime(WHEN)
    )
    assert (backwards["To"] < backwards["From"]).all()


def test_what_is_not_spoilt_lies_in_the_district(
    town: SimulatedTown, good: pl.DataFrame
) -> None:
    whole = shapely.union_all(
        shapely.polygons([shapely.linearrings(r) for r in town.ward_rings_m])
    )
    shapely.prepare(whole)
    at = shapely.points(good.select("Easting", "Northing").to_numpy())
    assert shapely.intersects(whole, at).all()
    assert (good["From"] <= good["To"]).all()


def test_premises_of_incidents_are_known(
    town: SimulatedTown, good: pl.DataFrame
) -> None:
    placed = good.filter(pl.col("UPRN") != "")
    joined = placed.join(town.premises, left_on="UPRN", right_on="uprn")
    assert joined.height == placed.height
    assert (joined["Easting"] == joined["easting"]).all()
    assert 0.15 < 1 - placed.height / good.height < 0.4


def test_burglary_comes_back_to_the_same_premises_above_chance(
    good: pl.DataFrame,
) -> None:
    homes = _burglaries(good)
    day = homes["From"].dt.epoch("d").to_numpy()
    uprn = homes["UPRN"].to_numpy()
    seen = _pairs_within(uprn, day, days=28)
    expected = [
        _pairs_within(uprn, day[Rng(n, "shuffle").order(len(day))], days=28)
        for n in range(19)
    ]
    assert seen > 2 * max(expected)
    assert seen > 25


def test_half_of_the_repeats_come_within_some_weeks(good: pl.DataFrame) -> None:
    again = (
        _burglaries(good)
        .sort("UPRN", "From")
        .select((pl.col("From") - pl.col("From").shift().over("UPRN")).drop_nulls())
    )["From"]
    assert timedelta(days=5) < again.median() < timedelta(days=30)


def test_burglary_comes_near_and_soon_above_chance(good: pl.DataFrame) -> None:
    homes = _burglaries(good)
    xy = homes.select("Easting", "Northing").to_numpy().astype(float)
    day = homes["From"].dt.epoch("d").to_numpy()
    away = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    close = np.triu((away > 0) & (away <= 400), 1)

    def soon(days: np.ndarray) -> int:
        return int((np.abs(days[:, None] - days) <= 28)[close].sum())

    chance = [soon(day[Rng(n, "knox").order(len(day))]) for n in range(19)]
    assert soon(day) > 1.15 * max(chance)


def test_youth_disorder_follows_the_school_day(good: pl.DataFrame) -> None:
    youth = good.filter(
        (pl.col("Category") == "Anti-social behaviour")
        & pl.col("Qualifiers").str.contains("youth")
    )
    day = (youth["From"].dt.date() - datetime(2022, 7, 1).date()).dt.total_days()
    away = pl.Series(is_holiday()).gather(day)
    after_school = youth["From"].dt.hour().is_in([15, 16])
    assert after_school.filter(~away).mean() > 1.3 * after_school.filter(away).mean()


def test_hours_fit_the_crime(good: pl.DataFrame) -> None:
    hour, weekday = good["From"].dt.hour(), good["From"].dt.weekday()
    shops = good["Category"] == "Shoplifting"
    assert hour.filter(shops).is_between(8, 18).mean() > 0.85
    night = (good["Sub category"] == "Assault with injury") & (
        hour.is_between(21, 23) | (hour < 3)
    )
    assert weekday.filter(night).is_in([5, 6, 7]).mean() > 0.6
    frost = good.filter(pl.col("Qualifiers").str.contains("defrost"))
    assert frost.height > 25
    assert frost["From"].dt.month().is_in([10, 11, 12, 1, 2, 3, 4]).all()
    assert frost["From"].dt.hour().is_between(6, 8).mean() > 0.6


def test_windows_are_long_where_nobody_saw_it(good: pl.DataFrame) -> None:
    length = (good["To"] - good["From"]).dt.total_minutes()
    assert (length == 0).mean() > 0.5
    assert length.filter(good["Sub category"] == "Residential").median() > 120
    cars = good["Sub category"] == "Vehicle interference"
    assert 6 * 60 < length.filter(cars).median() < 18 * 60


def test_a_place_that_rises_rises_and_one_that_falls_falls(good: pl.DataFrame) -> None:
    year = (good["From"].dt.epoch("d") - good["From"].dt.epoch("d").min()) // 366
    ramps = good["Address"].str.contains("skate ramps") | (
        (good["Easting"] - 474_640).abs() + (good["Northing"] - 318_530).abs() < 130
    )
    rising = year.filter(ramps)
    assert (rising == 2).sum() > 1.5 * (rising == 0).sum()


def test_a_few_places_carry_much(good: pl.DataFrame) -> None:
    counts = good.group_by("Easting", "Northing").len()["len"].sort(descending=True)
    assert 0.1 < counts.head(20).sum() / good.height < 0.25


def test_the_police_station_and_the_hospital_carry_what_has_no_place(
    good: pl.DataFrame,
) -> None:
    for site in ("Brindleford Police Station", "Brindleford Hospital"):
        assert good["Address"].str.starts_with(site).sum() > 20


# The parts


def test_draws_are_the_same_on_every_machine() -> None:
    assert Rng(1, "golden").whole(8, 0, 1_000).tolist() == GOLDEN


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from([0.0, 0.5, 1.0, 7.0]), min_size=1, max_size=9).filter(any),
    st.integers(0, 1_000),
)
def test_what_has_no_weight_is_not_chosen(weights: list[float], seed: int) -> None:
    drawn = Rng(seed, "test").choose(np.array(weights), 50)
    assert all(weights[i] > 0 for i in drawn.tolist())


def test_choices_follow_their_weights() -> None:
    drawn = Rng(1, "test").choose(np.array([1.0, 3.0]), 40_000)
    assert drawn.mean() == pytest.approx(0.75, abs=0.01)
    assert Rng(1, "test").normal(40_000).std() == pytest.approx(1, abs=0.02)
    assert Rng(1, "test").exponential(40_000, 5.0).mean() == pytest.approx(5, abs=0.1)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["point", "hours", "burglary", "night", "mixed", "weeks"]),
    st.lists(st.integers(60_000, 1_400_000), min_size=1, max_size=20),
)
def test_a_span_holds_its_moment(span: str, moments: list[int]) -> None:
    moment = np.array(moments)
    start, stop = build_spans(Rng(3, span), moment, span)
    known = start == stop
    assert (start <= stop).all()
    assert (start <= moment).all()
    assert (stop[~known] >= moment[~known]).all()
    assert (moment[known] - start[known] < 30).all()


def test_every_stream_has_a_place_a_time_and_a_share() -> None:
    for stream in read_streams():
        assert stream.where in MIXTURES
        assert stream.hours in HOURS
        assert 0 <= stream.officer + stream.partner <= 1


def test_every_mixture_has_premises_to_happen_at(
    town: SimulatedTown, other: SimulatedTown
) -> None:
    for place in (town, other):
        kinds = set(place.premises["kind"].unique())
        for name, mixture in MIXTURES.items():
            assert kinds & set(mixture), name


def _shapes(town: SimulatedTown, name: str) -> np.ndarray:
    text = files_of(town)[Path("boundaries") / name]
    return shapely.get_parts(shapely.from_geojson(text))


def _burglaries(good: pl.DataFrame) -> pl.DataFrame:
    return good.filter(pl.col("Sub category") == "Residential")


def _pairs_within(place: np.ndarray, day: np.ndarray, *, days: int) -> int:
    """Count pairs of the same place within so many days, one by one."""
    times = defaultdict(list)
    for where, when in zip(place.tolist(), day.tolist(), strict=True):
        times[where].append(when)
    return sum(
        abs(a - b) <= days
        for when in times.values()
        for i, a in enumerate(when)
        for b in when[i + 1 :]
    )
