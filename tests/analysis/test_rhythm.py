"""Months beside their usual range, and the counts that a brush picks."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from hotspots.analysis.rhythm import find_rhythm
from hotspots.workflow import Analysis, Parameters, analyse, load


@pytest.fixture(scope="module")
def town(root: Path) -> Analysis:
    wards = root / "boundaries" / "simulated_wards.geojson"
    files = [root / "data" / "simulated_incidents.csv"]
    return analyse(load(files, areas=[wards]), Parameters(window="2024-07:2025-06"))


def test_every_incident_is_in_one_month_and_one_part_of_the_cube(
    town: Analysis,
) -> None:
    found = find_rhythm(town)
    assert found.months["n"].sum() == found.cube["n"].sum() == town.incidents.n
    by_cell = found.cube.group_by("cell").agg(pl.col("n").sum()).sort("cell")
    assert by_cell["n"].to_list() == town.cells_table["n_incidents"].to_list()


def test_hours_are_those_of_the_rows(town: Analysis) -> None:
    found = find_rhythm(town)
    frame = town.incidents.frame
    known = frame.filter((pl.col("end") - pl.col("start")) <= pl.duration(hours=1))
    assert found.n_with_hour == known.height
    friday_22 = known.filter(
        (pl.col("start").dt.weekday() == 5) & (pl.col("start").dt.hour() == 22)
    )
    counted = found.cube.filter(pl.col("hour") == 4 * 24 + 22)["n"].sum()
    assert counted == friday_22.height > 0


def test_the_usual_range_rests_on_months_before_the_window_too(town: Analysis) -> None:
    months = find_rhythm(town).months
    assert months["usual_low"].null_count() == 0
    assert (months["usual_low"] <= months["usual_high"]).all()


def test_a_month_without_data_is_no_zero(shared_data: Path) -> None:
    melton = shared_data / "melton"
    wards = melton / "boundaries" / "melton_wards_2013.geojson"
    analysis = analyse(load([melton / "police_uk"], areas=[wards]))
    months = find_rhythm(analysis).months
    without = months.filter(pl.col("days_covered") == 0)
    assert without.height == 14
    assert without["n"].null_count() == 14
    assert months.height - without.height == 10
    assert without["usual_low"].null_count() == 14


def test_months_only_files_have_no_hours(shared_data: Path) -> None:
    melton = shared_data / "melton"
    wards = melton / "boundaries" / "melton_wards_2013.geojson"
    analysis = analyse(load([melton / "police_uk"], areas=[wards]))
    found = find_rhythm(analysis)
    assert found.n_with_hour == 0
    assert found.cube["hour"].null_count() == found.cube.height
