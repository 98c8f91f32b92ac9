"""The record of runs: what a status page says, and what a damaged file does."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hotspots.core.errors import OutputError
from hotspots.delivery.status import (
    KEPT_RUNS,
    Run,
    read_status,
    record_run,
    run_recorded,
)

LONDON = ZoneInfo("Europe/London")
START = dt.datetime(2025, 6, 9, 5, tzinfo=dt.UTC)


def run(day: int, exit_code: int = 0, message: str = "made") -> Run:
    when = START + dt.timedelta(days=day)
    return Run(
        task="weekly brief",
        started=when,
        finished=when,
        exit_code=exit_code,
        message=message,
    )


def test_a_task_that_never_ran_is_not_well(tmp_path: Path) -> None:
    status = read_status(tmp_path / "s.json", task="weekly brief")
    assert status.words == "The weekly brief has never run."
    assert status.exit_code == 1


def test_the_words_say_when_and_why(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    record_run(path, run(0))
    assert read_status(path, task="weekly brief").words == (
        "The weekly brief last ran on 9 June 2025 at 05:00 UTC: done."
    )
    record_run(path, run(7, 1, "no file"))
    status = read_status(path, task="weekly brief")
    assert status.words.endswith(
        "(1 run failed since 9 June 2025 at 05:00 UTC): no file"
    )
    assert status.last_success == run(0)
    late = read_status(path, task="weekly brief", due=START + dt.timedelta(days=14))
    assert late.overdue
    assert late.words.endswith("left no record.")


def test_a_run_that_left_no_record_is_missed_by_what_the_last_one_said(
    tmp_path: Path,
) -> None:
    path = tmp_path / "status.json"
    due = START + dt.timedelta(days=7)
    record_run(path, replace(run(0), next_due=due))
    soon = due + dt.timedelta(hours=2)
    assert read_status(path, task="weekly brief", now=soon).ok
    assert read_status(path, task="weekly brief").ok
    later = read_status(
        path, task="weekly brief", now=due + dt.timedelta(hours=4), zone=LONDON
    )
    assert not later.ok
    assert later.exit_code == 1
    assert later.words.endswith(
        "A run was due by 16 June 2025 at 06:00 BST and left no record."
    )


def test_a_moment_without_a_zone_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    record_run(path, run(0))
    path.write_text(path.read_text().replace("+00:00", ""))
    with pytest.raises(OutputError, match="cannot be read"):
        read_status(path, task="weekly brief")


def test_the_record_keeps_the_latest_runs_and_is_readable_by_few(
    tmp_path: Path,
) -> None:
    path = tmp_path / "s.json"
    for day in range(KEPT_RUNS + 3):
        record_run(path, run(day))
    rows = json.loads(path.read_text())["runs"]
    assert len(rows) == KEPT_RUNS
    assert rows[-1]["started"].startswith("2025-07-31")
    assert path.stat().st_mode & 0o777 == 0o640
    assert [p.name for p in tmp_path.iterdir()] == ["s.json"]


def test_a_damaged_record_is_said_and_a_new_run_replaces_it(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    path.write_text('{"runs": [{"task": 1}')
    with pytest.raises(OutputError, match="Move it away"):
        read_status(path, task="weekly brief")
    record_run(path, run(0))
    assert read_status(path, task="weekly brief").ok


def test_a_record_that_cannot_be_written_is_a_failure_and_is_said(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("")
    said: list[str] = []
    code = run_recorded(
        lambda: "made",
        task="weekly brief",
        path=tmp_path / "file" / "s.json",
        clock=lambda: START,
        say=said.append,
    )
    assert code == 1
    assert "must be writable" in said[-1]
