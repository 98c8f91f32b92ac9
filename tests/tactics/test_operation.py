"""Operations: the three templates, one's own, and what is refused."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from town import sample_planning

from hotspots.core.errors import (
    HotspotsError,
    ParameterError,
    PlanError,
    PrecisionError,
    SourceError,
    TooFewError,
)
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.operation import OperationOptions
from hotspots.tactics.operation.areas import (
    AreaSearch,
    about,
    in_areas,
    in_season,
    season,
)
from hotspots.tactics.operation.template import read_template, template_names
from hotspots.tactics.plan import Plan
from hotspots.tactics.planner import make_plan

TABLES = files("hotspots") / "tactics" / "operation" / "templates"


@cache
def town() -> PlanningContext:
    return sample_planning()


@cache
def plan(template: str) -> Plan:
    return make_plan(OperationOptions(template=template, resamples=10), town())


@pytest.mark.parametrize("template", template_names())
def test_every_template_makes_a_whole_plan(template: str) -> None:
    result = plan(template)
    assert result.tactic == "operation"
    assert 1 <= len(result.suggestions) <= read_template(template).n_areas
    for suggestion in result.suggestions:
        assert all(text.strip() for _, text in suggestion.rationale())
        assert len(suggestion.drivers) == 3
        assert suggestion.geometry.is_valid
        assert suggestion.expires >= result.made_for
    assert set(result.tables) == {"when", "areas", "measure", "elsewhere"}
    ranks = result.tables["areas"]["rank"].to_list()
    assert ranks == list(range(1, len(ranks) + 1))


def test_defrost_lies_outside_the_hotspots_and_the_plan_says_so() -> None:
    result = plan("op-defrost")
    frame = town().recent.frame
    thefts = frame.filter(
        (pl.col("subcategory").cast(pl.String) == "Theft of motor vehicle")
        & pl.col("start").dt.month().is_in([11, 12, 1, 2, 3])
    )
    within = [
        _share_by_minute(start, end, {6, 7, 8})
        for start, end in thefts.select("start", "end").rows()
    ]
    n = sum(share > 0.5 for share in within)
    counts = dict(result.tables["elsewhere"].rows())
    assert counts["within operating hours, whole district"] == n
    inside = counts["in the areas of the operation"]
    assert inside + counts["outside them"] == n
    assert inside == result.tables["areas"]["n_within_hours"].sum()
    assert counts["outside the district's ordinary hotspots"] > n / 2
    assert f"{counts['outside them']} lie outside them" in result.headline
    assert any("places alone would miss them" in note for note in result.notes)


def _share_by_minute(start: dt.datetime, end: dt.datetime, hours: set[int]) -> float:
    if start == end:
        return float(start.hour in hours)
    length = int((end - start).total_seconds() // 60)
    if length > 7 * 24 * 60:
        return len(hours) / 24
    moments = (start + dt.timedelta(minutes=minute) for minute in range(length))
    return sum(moment.hour in hours for moment in moments) / length


def test_the_season_is_the_next_one() -> None:
    result = plan("op-defrost")
    assert town().day == dt.date(2025, 7, 1)
    assert result.made_for == dt.date(2025, 11, 1)
    assert result.suggestions[0].expires == dt.date(2026, 3, 31)
    summer = plan("safer-summer")
    assert summer.made_for == dt.date(2025, 7, 1)
    assert summer.suggestions[0].expires == dt.date(2025, 8, 31)
    last = make_plan(
        OperationOptions(template="op-defrost", resamples=0),
        replace(town(), day=dt.date(2025, 3, 31)),
    )
    assert last.made_for == last.suggestions[0].expires == dt.date(2025, 3, 31)


def test_areas_are_apart_and_ranked_by_what_lies_in_the_clock() -> None:
    template = read_template("safer-summer")
    recent = town().recent
    rows = about(recent, template) & season(recent, template)
    search = AreaSearch(context=town(), template=template, n=6)
    areas, _ = search.find(recent.select(rows))
    weights = [area.weight for area in areas]
    assert weights == sorted(weights, reverse=True)
    assert np.sum([area.places for area in areas], axis=0).max() == 1
    assert all(area.geometry.geom_type == "Polygon" for area in areas)
    assert all(3.9 <= area.area_ha <= 7 for area in areas)
    at = in_areas(areas, recent)
    assert set(np.unique(at)) <= set(range(-1, 6))


def own(folder: Path, old: str = "", new: str = "", name: str = "own.toml") -> Path:
    text = (TABLES / "op-defrost.toml").read_text("utf-8")
    assert old in text
    path = folder / name
    path.write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
    return path


def test_ones_own_template_by_path_and_by_folder(tmp_path: Path) -> None:
    path = own(tmp_path, 'name = "Op Defrost"', 'name = "Op Clear View"')
    assert (
        make_plan(OperationOptions(template=str(path), resamples=0), town()).title
        == "Op Clear View"
    )
    made = OperationOptions(template="own", folder=str(tmp_path), resamples=0)
    assert make_plan(made, town()).title == "Op Clear View"
    with pytest.raises(ParameterError, match="Did you mean 'own'"):
        OperationOptions(template="owm", folder=str(tmp_path))


def test_priority_neighbourhoods_can_be_the_areas(tmp_path: Path) -> None:
    path = own(tmp_path, 'from = "hotspots"', 'from = "priority neighbourhood"')
    text = path.read_text("utf-8").replace('["Theft of motor vehicle"]', "[]")
    path.write_text(text, encoding="utf-8")
    result = make_plan(OperationOptions(template=str(path), resamples=10), town())
    names = set(result.tables["areas"]["name"])
    assert names <= {"Kestrel Rise", "Weavers Mead"}
    assert "Proven best" in result.suggestions[0].solution
    other = own(tmp_path, 'from = "hotspots"', 'from = "beat"', "beat.toml")
    with pytest.raises(PlanError, match="areas of kind 'beat'"):
        make_plan(OperationOptions(template=str(other)), town())


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("each_time =", "each_tme =", "Did you mean 'each_time'"),
        ("[trigger]", "[triger]", "Did you mean 'trigger'"),
        ('partners = ["police"', 'colour = "red"\npartners = ["police"', "'colour'"),
        ('hours = "06:00-09:00"', 'hours = "06:30-09:00"', "whole hours"),
        ('hours = "06:00-09:00"', 'hours = "06:00-06:00"', "whole hours"),
        ('hours = "06:00-09:00"', "hours = 6", "clock.hours must be text"),
        ('"Monday", "Tuesday"', '"Mondy", "Tuesday"', "Did you mean 'Monday'"),
        ("months = [11,", "months = [13,", "between 1 and 12"),
        ("months = [11,", 'months = ["11",', "list of numbers"),
        ('from = "hotspots"', 'from = "hotspot"', "Did you mean 'hotspots'"),
        ("n = 5", "n = 0", "between 1 and 20"),
        ("n = 5", "n = true", "whole number"),
        ("weeks = 12", "", "must have 'weeks'"),
        ('categories = ["Vehicle crime"]', "categories = []", "not empty"),
        ('name = "Op Defrost"', 'name = " "', "not empty"),
        ("[card]", "", "must have a table"),
        ('name = "Op Defrost"', "name = Op Defrost", "valid TOML"),
    ],
)
def test_a_slip_in_a_template_is_refused(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    path = own(tmp_path, old, new)
    with pytest.raises(SourceError) as caught:
        read_template(str(path))
    if words != "must have a table":
        assert words in str(caught.value)
    assert "own.toml" in str(caught.value)


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        OperationOptions(template=str(tmp_path / "none.toml"))
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SourceError, match="cannot be read"):
        read_template(str(tmp_path / "bad.toml"))
    with pytest.raises(ParameterError, match="template must be one of"):
        read_template("../../secrets")


def test_what_cannot_be_planned_is_refused(tmp_path: Path) -> None:
    rare = own(tmp_path, '["Theft of motor vehicle"]', '["Vehicle interference"]')
    with pytest.raises(TooFewError, match="run the operation on its trigger alone"):
        make_plan(OperationOptions(template=str(rare)), town())
    none = own(tmp_path, '["Vehicle crime"]', '["Vehicle crimes"]', "none.toml")
    with pytest.raises(PlanError, match="Did you mean 'Vehicle crime'"):
        make_plan(OperationOptions(template=str(none)), town())
    with pytest.raises(PlanError, match="drawing 20"):
        make_plan(
            OperationOptions(n_areas=20, randomise=True, reserve_percent=50), town()
        )
    monthly = replace(town().incidents, time_precision="month")
    with pytest.raises(PrecisionError, match="Planning 'Op Defrost' needs"):
        make_plan(OperationOptions(), replace(town(), incidents=monthly))


def test_the_draw_leaves_the_other_half_for_comparison() -> None:
    result = make_plan(OperationOptions(n_areas=3, randomise=True, resamples=0), town())
    names = {suggestion.name for suggestion in result.suggestions}
    for suggestion in result.suggestions:
        assert suggestion.controls
        assert not names & set(suggestion.controls)
        assert "seed" in suggestion.control_note


def test_same_input_same_plan() -> None:
    again = make_plan(OperationOptions(template="op-defrost", resamples=10), town())
    assert again.suggestions == plan("op-defrost").suggestions


def test_night_hours_and_months() -> None:
    night = read_template("night-time-economy")
    assert night.mask.sum() == 2 * 7
    assert "of the next day" in night.hours_words
    assert "all year" in night.hours_words
    days = np.array(["2025-01-01", "2025-06-30"], dtype="datetime64[D]")
    assert in_season(days, read_template("safer-summer")).tolist() == [False, True]


def test_every_error_of_a_template_is_ours(tmp_path: Path) -> None:
    text = (TABLES / "op-defrost.toml").read_text("utf-8").splitlines()
    for number, line in enumerate(text):
        if "=" not in line or line.startswith("#"):
            continue
        path = tmp_path / "cut.toml"
        path.write_text("\n".join(text[:number] + text[number + 1 :]), "utf-8")
        try:
            read_template(str(path))
        except HotspotsError:
            continue
