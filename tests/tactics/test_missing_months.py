"""Files that lack months: rates stay as they are; no line says more than there is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from town import sample_town

from hotspots.core.window import Window
from hotspots.resources import Resources, load_resources
from hotspots.samples import sample_path
from hotspots.tactics.plan import Plan
from hotspots.tactics.planner import PlanRequest, suggest
from hotspots.workflow import Dataset, load

DAY = dt.date(2025, 7, 1)


@cache
def whole() -> Dataset:
    return sample_town()


@cache
def half() -> Dataset:
    """The town's files of the last two years without every other month."""
    reading = whole().reading
    start = pl.col("start")
    kept = (start.dt.month() % 2 == 0) & (start >= dt.datetime(2023, 7, 1))
    incidents = reading.incidents.select(kept)
    return replace(whole(), reading=replace(reading, incidents=incidents), _cells={})


@cache
def resources() -> Resources:
    return load_resources(
        columns=sample_path("data/simulated_columns.csv"),
        premises=sample_path("data/simulated_premises.csv"),
        simulated=True,
    )


@cache
def plan_of(files: Callable[[], Dataset], tactic: str) -> Plan:
    return suggest(files(), PlanRequest(tactic=tactic, day=DAY), resources())


def every_word(plan: Plan) -> str:
    lines = [text for each in plan.suggestions for _, text in each.rationale()]
    return " ".join([plan.headline, plan.window, *plan.notes, *lines])


@pytest.mark.parametrize("tactic", ["cctv", "patrol", "youth"])
def test_a_plans_rates_are_over_the_months_there_are(tactic: str) -> None:
    rates = [
        sum(each.value for each in plan_of(files, tactic).suggestions)
        for files in (whole, half)
    ]
    fit = {"youth": 0.6}.get(tactic, 0.1)  # three sessions hold a report a week
    assert rates[1] == pytest.approx(rates[0], rel=fit)


@pytest.mark.parametrize("tactic", ["cctv", "operation", "packs", "patrol"])
def test_no_line_says_more_months_than_there_are(tactic: str) -> None:
    text = every_word(plan_of(half, tactic))
    assert "24 months" not in text
    if tactic != "packs":
        assert "12 months of data" in text
    assert "the same time a year before, so the season differs" in text or (
        "no test can be declared" in text or tactic == "packs"
    )


def test_packs_expect_as_many_repeats_as_the_whole_files_would() -> None:
    said = [plan_of(each, "packs").suggestions[0].detectable for each in (whole, half)]
    counts = [int(text.partition("with ")[2].split()[0]) for text in said]
    assert counts[1] == pytest.approx(counts[0], rel=0.25)
    assert "lack part of the 12 months" in every_word(plan_of(half, "packs"))


def test_meltons_patrol_expects_what_came(shared_data: Path) -> None:
    melton = shared_data / "melton"
    wards = melton / "boundaries" / "melton_wards_2013.geojson"
    dataset = load([melton / "police_uk"], [wards])
    assert dataset.exposure.n_days(Window.from_text("2023-07:2025-06")) == 302
    plan = suggest(dataset, "patrol")
    values = {each.name: each.value for each in plan.suggestions}
    assert values["Rutland Street, Melton Craven"] == pytest.approx(28.8, abs=0.05)
    assert sum(values.values()) == pytest.approx(78.2, abs=0.05)
    text = every_word(plan)
    assert "24 months" not in text
    assert "2024 to 30 September 2024" not in text
    assert "1 July 2025 to 30 September 2025, against 1 April 2025" in text
    assert "may be domestic assaults or sexual offences" in text
    assert {each.cut_off for each in plan.suggestions} == {dt.date(2025, 6, 30)}
