"""Deployments and actions: what is read, and what is refused with its line."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import polars as pl
import pytest
import shapely

from hotspots.brief.period import Period
from hotspots.core.errors import ColumnError, EmptyFileError, SourceError
from hotspots.register.actions import actions_table, decisions_table, read_actions
from hotspots.register.deployments import (
    FIELDS,
    at_place,
    cameras_table,
    delivery_table,
    in_window,
    packs_sentence,
    read_deployments,
)

WEEK = Period.from_text("2025-W24").window
HEAD = "id,tactic,place,provider,from,status,minutes_planned,easting,northing,to\n"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "deployments.csv"
    path.write_text(text, encoding="utf-8")
    return path


def sample_rows(root: Path, name: str) -> list[dict[str, str]]:
    with (root / "data" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("1,patrol,Here,police,09/06/2025 18:00,done,15,,,\n" * 2, "'1' stands twice"),
        ("1,patrl,Here,police,09/06/2025 18:00,done,,,,\n", "Did you mean 'patrol'"),
        ("1,patrol,Here,police,31/06/2025 18:00,done,,,,\n", "line 2 of deployments"),
        ("1,patrol,Here,police,09/06/2025,done,1.5,,,\n", "whole number of 0 or more"),
        ("1,patrol,Here,police,09/06/2025,done,-5,,,\n", "whole number of 0 or more"),
        ("1,patrol,,police,09/06/2025,done,,,,\n", "'place' must be filled in"),
        ("1,patrol,Here,police,09/06/2025,done,,475000,,\n", "both be filled in"),
        ("1,patrol,Here,police,09/06/2025,done,,east,319000,\n", "National Grid"),
        ("1,patrol,Here,police,09/06/2025,done,,,,08/06/2025\n", "end after it begins"),
        ("1,patrol,Here\n,police\n,x,y,z,,,,,,,,,,,\n", "as long as its header"),
    ],
)
def test_a_wrong_cell_is_named(tmp_path: Path, row: str, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        read_deployments(written(tmp_path, HEAD + row))


def test_files_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ColumnError, match="'provider' is not in deployments"):
        read_deployments(written(tmp_path, "id,tactic,place,from,status\n"))
    with pytest.raises(EmptyFileError):
        read_deployments(written(tmp_path, ""))
    with pytest.raises(SourceError, match="can be read"):
        read_deployments(tmp_path / "absent.csv")


def test_columns_not_required_may_be_absent(tmp_path: Path) -> None:
    records = read_deployments(
        written(tmp_path, HEAD + "1,patrol,Here,police,09/06/2025 18:00,done,15,,,\n")
    )
    assert records.frame.columns == [f.name for f in FIELDS]
    assert records.frame["minutes_verified"].to_list() == [None]
    assert in_window(records, WEEK).height == 1


def test_a_place_is_its_polygon_else_its_name(tmp_path: Path) -> None:
    rows = (
        "1,patrol,Elsewhere,police,09/06/2025,done,15,475205,319131,\n"
        "2,patrol,market place,police,09/06/2025,done,15,,,\n"
        "3,patrol,Market Place,police,09/06/2025,done,15,400000,300000,\n"
    )
    records = read_deployments(written(tmp_path, HEAD + rows))
    here = shapely.box(-0.90, 52.75, -0.87, 52.78)
    found = at_place(records.frame, "Market Place, Brindleford Market", here)
    assert found["id"].to_list() == ["1", "2"]


def test_what_was_delivered_is_the_sum_of_the_rows(root: Path) -> None:
    records = read_deployments(root / "data" / "simulated_deployments.csv")
    table = delivery_table(records, WEEK)
    mine: dict[str, list[int]] = {}
    for row in sample_rows(root, "simulated_deployments.csv"):
        day = dt.datetime.strptime(row["from"], "%d/%m/%Y %H:%M").date()
        if WEEK.contains(day) and row["status"] != "cancelled":
            key = f"{row['tactic']}:{row['provider']}"
            minutes = [int(row[f"minutes_{n}"] or 0) for n in ("planned", "logged")]
            sums = mine.setdefault(key, [0, 0, 0])
            for k, value in enumerate([1, *minutes]):
                sums[k] += value
    assert set(table.rows["key"]) == set(mine)
    for key, (n, planned, logged) in mine.items():
        found = table.row(key)
        assert found["n"] == n
        assert (found["minutes_planned"] or 0, found["minutes_logged"] or 0) == (
            planned,
            logged,
        )


def test_cameras_are_overdue_by_the_day_asked_about(root: Path) -> None:
    records = read_deployments(root / "data" / "simulated_deployments.csv")
    on = cameras_table(records, dt.date(2025, 6, 15)).rows
    assert on["state"].to_list() == ["overdue", "overdue", "on time", "on time"]
    assert cameras_table(records, dt.date(2025, 6, 2)).rows["state"][0] == "on time"
    assert cameras_table(None, dt.date(2025, 6, 2)).rows.height == 0


def test_packs_on_time_are_n_of_n(root: Path) -> None:
    records = read_deployments(root / "data" / "simulated_deployments.csv")
    window = Period.from_text("2025-Q2").window
    due = [
        row
        for row in sample_rows(root, "simulated_deployments.csv")
        if row["tactic"] == "packs"
        and window.contains(dt.datetime.strptime(row["due"], "%d/%m/%Y").date())
    ]
    day = "%d/%m/%Y"
    good = [
        row
        for row in due
        if row["done"]
        and dt.datetime.strptime(row["done"], day)
        <= dt.datetime.strptime(row["due"], day)
    ]
    assert packs_sentence(records, window) == (
        f"Burglary packs delivered on time: {len(good)} of {len(due)}."
    )
    assert "cannot tell" in packs_sentence(None, window)


def test_actions_are_overdue_as_at_the_end_of_the_period(root: Path) -> None:
    records = read_actions(root / "data" / "simulated_actions.csv")
    rows = actions_table(records, WEEK).rows
    state = dict(rows.select("key", "state").iter_rows())
    assert state == {
        "action:ACT-003": "overdue",
        "action:ACT-002": "overdue",
        "action:ACT-007": "due soon",
        "action:ACT-004": "due soon",
        "action:ACT-006": "open",
    }
    assert rows["days_over"].to_list()[:2] == [9, 3]
    later = actions_table(records, Period.from_text("2025-06").window).rows
    assert "action:ACT-004" not in later["key"]


def test_what_was_done_later_is_not_known_yet(root: Path) -> None:
    records = read_actions(root / "data" / "simulated_actions.csv")
    may = decisions_table(records, Period.from_text("2025-05").window).rows
    by_key = {row["key"]: row for row in may.iter_rows(named=True)}
    assert by_key["decision:ACT-005"]["state"] == "overdue"
    assert by_key["decision:ACT-005"]["result"] is None
    assert by_key["decision:ACT-001"]["state"] == "done"
    assert "decision:ACT-006" not in by_key
    june = decisions_table(records, Period.from_text("2025-06").window).rows
    late = june.filter(pl.col("key") == "decision:ACT-005")
    assert late["state"].to_list() == ["done late"]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("1,Do,A,B,08/05/2025,01/06/2025,done,\n", "must say when"),
        ("1,Do,A,B,08/05/2025,01/06/2025,done,01/05/2025\n", "done after it was"),
        ("1,Do,A,B,08/05/2025,01/05/2025,open,\n", "due after it was decided"),
    ],
)
def test_actions_out_of_order_are_refused(tmp_path: Path, row: str, says: str) -> None:
    head = "id,action,owner,agency,decided,due,status,done\n"
    with pytest.raises(SourceError, match=says):
        read_actions(written(tmp_path, head + row))


def test_the_samples_are_what_the_simulated_town_gives(root: Path) -> None:
    from hotspots.samples import build_sample
    from hotspots.samples.deployments import build_actions, build_deployments

    town = build_sample(1)
    for name, frame in (
        ("simulated_deployments.csv", build_deployments(1, town.incidents)),
        ("simulated_actions.csv", build_actions(town.incidents)),
    ):
        blank = frame.with_columns(pl.col(pl.String).replace("", None))
        text = blank.write_csv(line_terminator="\n")
        assert (root / "data" / name).read_text(encoding="utf-8") == text
