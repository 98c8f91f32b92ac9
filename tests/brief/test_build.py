"""Whole briefs: every figure of the bottom line in its table, the same every time."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import brief_fixture as toy
import pytest

from hotspots.analysis.dataset import Dataset
from hotspots.brief.build import build_brief
from hotspots.brief.comment import write_comment
from hotspots.brief.content import Brief, Comment
from hotspots.brief.record import brief_record, write_json, write_tables
from hotspots.brief.repeats import build_annex
from hotspots.core.errors import (
    NoUsableRowsError,
    ParameterError,
    PrecisionError,
    SourceError,
)
from hotspots.samples import sample_paths
from hotspots.workflow import load

Made = Callable[..., Brief]
PERIODS = (
    "2025-W24",
    "2025-05",
    *(pytest.param(each, marks=pytest.mark.slow) for each in ("2025-Q2", "2024")),
    "2024/25",
)


@pytest.fixture(scope="module")
def town(sample_town: Dataset) -> Dataset:
    return sample_town


@pytest.fixture(scope="module")
def files(root: Path) -> dict[str, Path]:
    return {
        "deployments": root / "data" / "simulated_deployments.csv",
        "actions": root / "data" / "simulated_actions.csv",
    }


@pytest.fixture(scope="module")
def made(brief_of: Made) -> Made:
    return brief_of


@pytest.fixture(scope="module")
def week(week_brief: Brief) -> Brief:
    return week_brief


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("audience", ["operational", "partner", "public"])
def test_every_figure_of_the_bottom_line_is_in_its_table(
    made: Made, period: str, audience: str
) -> None:
    if audience == "public" and period in ("2025-W24", "2024"):
        return
    brief = made(period, audience)
    assert len(brief.bottom_line) == 3
    toy.check_statements(brief)
    assert [s.number for s in brief.sections] == list(range(1, len(brief.sections) + 1))
    json.dumps(brief_record(brief), allow_nan=False)


def test_what_no_public_figure_is_published_for_is_refused(made: Made) -> None:
    with pytest.raises(PrecisionError, match=r"Ask for the month.*2025-06"):
        made("2025-W24", "public")
    with pytest.raises(ParameterError, match=r"April to March.*2024/25"):
        made("2024", "public")


def test_the_sections_of_a_week_are_in_their_order(week: Brief) -> None:
    assert [section.id for section in week.sections] == [
        "bottom_line",
        "period",
        "places",
        "emerging",
        "repeats",
        "neighbourhoods",
        "deployments",
        "actions",
        "fires_and_collisions",
        "data",
        "limitations",
        "method",
    ]
    assert 1 <= len(week.places) <= 10
    assert week.marking == "OFFICIAL-SENSITIVE"
    assert week.simulated


def test_rows_not_mapped_are_all_told(week: Brief, town: Dataset) -> None:
    told = week.table("not_mapped").rows["n"].sum()
    reading = town.reading
    inside = int((town.area_of_place[reading.incidents.frame["place"]] >= 0).sum())
    assert told == reading.rows_read - inside == 44


def test_the_sample_week_by_plain_counting(week: Brief, root: Path) -> None:
    import csv
    import datetime as dt

    with (root / "data/simulated_incidents.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    end, n, homes = dt.datetime(2025, 6, 16), 0, 0
    for row in rows:
        try:
            start = dt.datetime.strptime(row["From"], "%d/%m/%Y %H:%M")
            x, y = int(row["Easting"]), int(row["Northing"])
        except ValueError:
            continue
        good = 440_000 < x < 500_000 and 300_000 < y < 340_000
        if good and end - dt.timedelta(days=28) <= start < end:
            n += 1
            homes += row["Sub category"] == "Residential"
    assert week.table("period").row("all")["now"] == n == 293
    assert week.table("period").row("burglary_dwelling")["now"] == homes == 6


def test_the_same_files_give_the_same_bytes(
    week: Brief, files: dict[str, Path], tmp_path: Path
) -> None:
    incidents, areas = sample_paths()
    again = build_brief(load([incidents], areas), period="2025-W24", **files)
    for name, brief in (("a", week), ("b", again)):
        (tmp_path / name).mkdir()
        write_json(brief, tmp_path / name)
        write_tables(brief, tmp_path / name)
    mine = sorted(p.relative_to(tmp_path / "a") for p in (tmp_path / "a").rglob("*.*"))
    assert len(mine) == 3 + len(week.tables)
    for path in mine:
        assert (tmp_path / "a" / path).read_bytes() == (
            tmp_path / "b" / path
        ).read_bytes()


def test_what_is_asked_changes_the_configuration_hash(
    town: Dataset, week: Brief, files: dict[str, Path]
) -> None:
    other = build_brief(town, period="2025-W24", n_places=5, **files)
    hashes = {b.provenance.configuration_hash for b in (week, other)}
    assert len(hashes) == 2
    assert [what for what, _, _ in week.provenance.inputs] == [
        "incidents",
        "areas",
        "areas",
        "deployments",
        "actions",
    ]


def test_no_address_and_no_reference_is_in_a_brief(week: Brief, made: Made) -> None:
    partner = made("2025-W24", "partner")
    for brief in (week, partner):
        text = json.dumps(brief_record(brief))
        assert not re.search(r"ZZ\d|SIM-2\d-|9990\d{8}", text)
    assert partner.marking == "OFFICIAL"
    assert "left out for partners" in partner.table("alerts").notes[-1]
    assert "lon" not in partner.table("alerts").rows.columns
    wards = set(partner.areas_frame["name"])
    assert {alert.name for alert in partner.section("emerging").alerts} <= wards
    assert all(alert.at is None for s in partner.sections for alert in s.alerts)
    assert any(alert.at for s in week.sections for alert in s.alerts)


@pytest.mark.parametrize("period", ["2025-05", "2025-Q1", "2024/25"])
def test_in_public_counts_are_rounded_and_small_ones_withheld(
    made: Made, period: str
) -> None:
    brief = made(period, "public")
    assert brief.marking == "FOR PUBLICATION"
    assert not brief.places
    shown = 0
    for table in brief.tables:
        for column in table.columns:
            if column.kind == "count":
                values = table.rows[column.name].drop_nulls().to_list()
                shown += len(values)
                assert all(v >= 5 and v % 5 == 0 for v in values)
    assert shown > 20
    text = json.dumps(brief_record(brief)["tables"])
    assert "series" not in text
    assert "usual" not in text
    for table in brief.tables:
        assert not {"percent", "z", "p"} & set(table.rows.columns)
        for now, before, word in table.rows.select(
            "now", "last_year", "word"
        ).iter_rows():
            assert (word is None) == (now is None or before is None)
            assert word in ("higher", "lower", "no clear change", None)
    assert len([t for t in brief.tables if t.id in ("priority", "areas")]) <= 1


@pytest.mark.parametrize(
    ("first", "then", "column", "table"),
    [
        ("2025-04", "2025-05", "previous", "period"),
        ("2024-05", "2025-05", "last_year", "period"),
        ("2024-05", "2025-05", "last_year", "priority"),
        ("2024-Q4", "2025-Q1", "previous", "indicators"),
        ("2023/24", "2024/25", "last_year", "indicators"),
    ],
)
def test_a_later_public_brief_shows_no_more_of_an_earlier_time(
    made: Made, first: str, then: str, column: str, table: str
) -> None:
    early, late = (made(each, "public").table(table).rows for each in (first, then))
    before = dict(early.select("key", "now").iter_rows())
    after = dict(late.select("key", column).iter_rows())
    for key in before.keys() & after.keys():
        assert before[key] == after[key], key
    assert len(before.keys() & after.keys()) >= 3


def test_places_say_who_was_there_and_what_changed(
    town: Dataset, made: Made, files: dict[str, Path], tmp_path: Path
) -> None:
    write_json(made("2025-W23"), tmp_path)
    brief = build_brief(town, period="2025-W24", previous=tmp_path, **files)
    first = brief.places[0]
    assert first.changed == "Rank 1 in the previous brief as well."
    row = brief.table("places").row(first.key)
    assert f"{row['minutes_planned']:,} planned" in first.minutes
    assert "Foot patrol by PCSO" in first.who
    nobody = [p for p in brief.places if p.who == "No deployments recorded."]
    assert all(p.minutes == "" for p in nobody)
    assert nobody


def test_alerts_are_open_and_expire(week: Brief) -> None:
    alerts = week.section("emerging").alerts
    assert alerts
    for alert in alerts:
        assert alert.opened <= week.data_to <= alert.expires
        assert (alert.expires - alert.opened).days == 13


def test_the_annex_is_apart_and_for_one_audience(town: Dataset, week: Brief) -> None:
    annex = build_annex(town, period="2025-W24", purpose="Prevention visits")
    assert annex.marking == "OFFICIAL-SENSITIVE"
    repeats = week.table("repeats")
    for table in annex.tables:
        key = table.id.removeprefix("annex_")
        assert table.rows.height == repeats.row(f"repeats:{key}")["n_repeat"]
    with pytest.raises(ParameterError, match="operational audience only"):
        build_annex(town, period="2025-W24", purpose="Visits", audience="partner")
    with pytest.raises(ParameterError, match="no purpose"):
        build_annex(town, period="2025-W24", purpose=" ")


def test_domestic_and_hate_incidents_are_at_no_place() -> None:
    hidden = toy.located((0,) * 13 + (60,), "Public order", "Fear", "domestic")
    brief = build_brief(toy.dataset(*toy.standard(), hidden), period="2025-W24")
    assert brief.table("period").row("all")["now"] == 39 + 60
    assert brief.table("priority").row("area:all")["now"] == 39


def test_kind_and_period_must_agree(town: Dataset) -> None:
    with pytest.raises(ParameterError, match="is monthly"):
        build_brief(town, period="2025-06", kind="weekly")
    with pytest.raises(ParameterError, match="audience must be one of"):
        build_brief(town, period="2025-06", audience="everyone")
    with pytest.raises(NoUsableRowsError, match="1 January 2030 to 31 January 2030"):
        build_brief(town, period="2030-01")


def test_the_last_brief_is_earlier_and_its_comment_stays_with_its_audience(
    town: Dataset, week: Brief, tmp_path: Path
) -> None:
    write_json(week, tmp_path)
    mine = Comment(comment="For the sergeants only.")
    write_comment(mine, tmp_path, period="2025-W24")
    with pytest.raises(SourceError, match="must end before 15 June 2025"):
        build_brief(town, period="2025-W24", previous=tmp_path)
    after = build_brief(town, period="2025-W25", previous=tmp_path)
    assert after.comment.comment == mine.comment
    assert after.comment.carried_from == "2025-W24"
    shared = build_brief(town, period="2025-W25", previous=tmp_path, audience="partner")
    assert shared.comment == Comment()
    with pytest.raises(SourceError, match=r"folder with brief\.json"):
        build_brief(town, period="2025-W25", previous=tmp_path / "none")


def test_collisions_keep_their_own_clock() -> None:
    crashes = toy.located((2,) * 13 + (5,), "Road traffic collision", "Injury")
    brief = build_brief(toy.dataset(*toy.standard(), crashes), period="2025-W24")
    assert brief.table("period").row("all")["now"] == 39
    assert brief.table("fires_and_collisions").row("collisions")["now"] == 5


def test_a_comment_is_kept_apart_from_what_is_counted(
    town: Dataset, made: Made, files: dict[str, Path]
) -> None:
    mine = Comment(comment="Two fairs this week.", author="Analyst")
    brief = build_brief(town, period="2025-05", comment=mine, **files)
    plain = made("2025-05")
    assert brief.comment == mine
    with_it, without = brief_record(brief), brief_record(plain)
    assert with_it.pop("comment") != without.pop("comment")
    assert with_it == without


def test_a_priority_neighbourhood_and_wards_count_what_lies_in_them() -> None:
    brief = build_brief(toy.dataset(), period="2025-05")
    wards = brief.table("areas")
    assert (
        wards.row("area:W")["now"] + wards.row("area:E")["now"]
        == (wards.row("area:all")["now"])
    )
    assert brief.table("priority").row("area:P")["now"] == wards.row("area:W")["now"]
