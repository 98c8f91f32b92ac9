"""The status page: the last runs of the weekly brief, and a failure nobody misses."""

from __future__ import annotations

import datetime as dt
import html
from pathlib import Path
from typing import Any

import pytest
from dataset_site import site_of
from watched import Watched, axe_findings

from hotspots.delivery.status import STATUS, TASK, Run, record_run
from hotspots.web import WebSettings, create_app

MONDAY = dt.datetime(2025, 6, 9, 5, tzinfo=dt.UTC)


def served(dataset: Any, briefs: Path | None) -> Any:
    return create_app(site_of(dataset), WebSettings(briefs=briefs))


def record(folder: Path, *exits: int, message: str = "The brief is made.") -> None:
    for week, exit_code in enumerate(exits):
        began = MONDAY + dt.timedelta(days=7 * week)
        record_run(
            folder / STATUS,
            Run(
                task=TASK,
                started=began,
                finished=began + dt.timedelta(seconds=6),
                exit_code=exit_code,
                message=message,
            ),
        )


def text(app: Any) -> str:
    answer = app.test_client().get("/status")
    assert answer.status_code == 200
    return html.unescape(" ".join(answer.get_data(as_text=True).split()))


def test_a_server_that_knows_no_briefs_says_how_to_tell_it(client: Any) -> None:
    answer = client.get("/status")
    assert "hotspots serve --briefs FOLDER" in answer.get_data(as_text=True)
    assert "How the weekly brief went" in client.get("/").get_data(as_text=True)


@pytest.mark.usefixtures("vendor")
def test_runs_are_shown_the_latest_first_in_local_time(
    dataset: Any, tmp_path: Path
) -> None:
    record(tmp_path, 0, 0)
    shown = text(served(dataset, tmp_path))
    assert "last ran on 16 June 2025 at 06:00 BST: done." in shown
    later = shown.index('scope="row" class="govuk-table__header">16 June 2025')
    assert later < shown.index('scope="row" class="govuk-table__header">9 June 2025')
    assert "6 s" in shown
    assert "govuk-warning-text" not in shown


@pytest.mark.usefixtures("vendor")
def test_a_failure_and_its_reason_are_a_warning(dataset: Any, tmp_path: Path) -> None:
    record(tmp_path, 0, 1, 1, message="week.csv <b>is not there</b>.")
    answer = served(dataset, tmp_path).test_client().get("/status")
    raw = answer.get_data(as_text=True)
    assert "<b>" not in raw
    shown = " ".join(html.unescape(raw).split())
    assert "govuk-warning-text" in shown
    assert "2 runs failed since 9 June 2025 at 06:00 BST" in shown
    assert "week.csv <b>is not there</b>." in shown


@pytest.mark.usefixtures("vendor")
def test_a_damaged_record_is_said(dataset: Any, tmp_path: Path) -> None:
    (tmp_path / STATUS).write_text("{")
    answer = served(dataset, tmp_path).test_client().get("/status")
    assert answer.status_code == 500
    assert "Move it away" in answer.get_data(as_text=True)


@pytest.mark.usefixtures("vendor")
def test_no_run_yet_is_not_well(dataset: Any, tmp_path: Path) -> None:
    assert "The weekly brief has never run." in text(served(dataset, tmp_path))


@pytest.mark.browser
def test_axe_finds_nothing(chromium: Any, address: str) -> None:
    seen = Watched(chromium, address, bypass_csp=True)
    page = seen.open("/status")
    assert axe_findings(page) == []
    assert seen.external == []
    seen.context.close()
