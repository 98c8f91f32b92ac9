"""What pages ask for: kept for every process, taken up after a crash, stopped."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import Any

import pytest
from site_fixture import OPERATOR, finish, import_text, row

from hotspots.analysis.parameters import Parameters
from hotspots.service import Site, analyses, queue, runs, views
from hotspots.service.analyses import told_of
from hotspots.service.datasets import forget_snapshots, made_analyses
from hotspots.service.frozen import folder_of, hashes
from hotspots.service.handlers import worker_of
from hotspots.service.sealed import key_of
from hotspots.store.models import Job
from hotspots.store.queries import get
from hotspots.work.queue import claim, worker_name
from hotspots.workflow import analyse

TOLD, VERSION = told_of(Parameters()), 3
"""The usual choices, at the third version: two files of areas, one of incidents."""


@pytest.fixture
def filled(site: Site) -> Site:
    import_text(site, *(row(f"R{k}", x=475_211 + 300 * (k % 3)) for k in range(40)))
    return site


def ask(site: Site, told: dict[str, Any] = TOLD, kind: str = views.ANALYSIS) -> str:
    return views.begin(site, OPERATOR, kind, VERSION, told)


def job(site: Site, key: str) -> Job:
    with site.store.reading() as session:
        return get(session, Job, key)


def test_files_of_an_analysis_that_was_kept_are_those_of_the_run_that_made_it(
    filled: Site,
) -> None:
    with filled.store.writing() as session:
        id = runs.request_run(session, OPERATOR, {})
    finish(filled, id)
    made_analyses.forget(lambda _key: True)  # as another process has it
    told = {"parameters": TOLD}
    key = ask(filled, told, views.OUTPUTS)
    finish(filled, key)
    files = views.taken(filled, views.OUTPUTS, VERSION, told)
    assert files == hashes(folder_of(filled, "run", id))
    assert views.view_file(filled, key, "cells.geojson")


def test_an_analysis_in_memory_is_of_its_site_and_goes_with_its_rows(
    filled: Site,
) -> None:
    with filled.store.writing() as session:
        id = runs.request_run(session, OPERATOR, {})
    finish(filled, id)
    mine = (filled.folder, key_of(filled, views.ANALYSIS, VERSION, TOLD))
    assert made_analyses.get(mine, lambda: pytest.fail("it is not there")).hotspots
    forget_snapshots(filled)
    with pytest.raises(KeyError):
        made_analyses.get(mine, lambda: {}["gone"])


def test_work_of_a_page_survives_its_worker(filled: Site) -> None:
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"],
        capture_output=True,
        text=True,
        check=True,
    )
    key = ask(filled)
    host = worker_name().split(":")[0]
    assert claim(filled.store, f"{host}:{gone.stdout.strip()}:x", key)
    assert views.taken(filled, views.ANALYSIS, VERSION, TOLD) is None
    assert ask(filled) == key, "nobody queues it a second time"
    assert worker_of(filled).run_one()
    assert job(filled, key).attempts == 2
    assert views.taken(filled, views.ANALYSIS, VERSION, TOLD).hotspots


def test_work_of_a_page_can_be_stopped_and_asked_for_again(filled: Site) -> None:
    key = ask(filled)
    with filled.store.writing() as session:
        queue.cancel(session, OPERATOR, key)
    with filled.store.reading() as session, pytest.raises(views.UnfinishedError):
        views.going(session, key)
    assert ask(filled) == key
    worker_of(filled).run_all()
    assert job(filled, key).state == "done"


def test_a_run_waits_for_the_analysis_that_another_worker_makes(
    filled: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go, made = threading.Event(), threading.Event(), []

    def held(data: Any, parameters: Parameters, **how: Any) -> Any:
        made.append(parameters)
        begun.set()
        assert go.wait(600)
        return analyse(data, parameters, **how)

    monkeypatch.setattr(analyses, "analyse", held)
    key = ask(filled)
    page = worker_of(filled)
    page.start()
    begun.wait(600)
    monkeypatch.setattr(views.time, "sleep", lambda _s: go.set())
    with filled.store.writing() as session:
        id = runs.request_run(session, OPERATOR, {})
    assert finish(filled, id).state == "done"
    page.stop()
    assert job(filled, key).state == "done"
    assert len(made) == 1
    assert hashes(folder_of(filled, "run", id))


def test_an_answer_is_found_by_all_that_decides_it(filled: Site) -> None:
    other = told_of(Parameters(area="W1"))
    keys = [key_of(filled, views.ANALYSIS, v, t) for v in (1, 2) for t in (TOLD, other)]
    assert len(set(keys)) == 4
