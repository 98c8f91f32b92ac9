"""Killed while it writes: nothing acknowledged is lost, no import is half there."""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from collections import Counter

import pytest
from killed_writer import ROWS, write_until_killed
from site_fixture import OPERATOR

from hotspots.service import Site, audit
from hotspots.service.handlers import worker_of
from hotspots.store.models import Batch, Incident, Job, Task
from hotspots.store.queries import find
from hotspots.work import jobs

PRELOADED = ["killed_writer", "hotspots.service.handlers"]


def cycle(site: Site, number: int, rng: random.Random) -> list[tuple[str, str]]:
    """Let a process write for a moment, kill it, and return what it acknowledged."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    reader, writer = context.Pipe(duplex=False)
    process = context.Process(
        target=write_until_killed, args=(site.folder, number * 10_000, writer)
    )
    process.start()
    writer.close()
    told = [reader.recv()]  # from here on it writes
    time.sleep(rng.uniform(0, 0.8))
    process.kill()
    process.join()
    while True:
        try:
            told.append(reader.recv())
        except EOFError:
            break
    reader.close()
    process.close()
    return told


def check(site: Site, told: list[tuple[str, str]]) -> None:
    """Compare what was acknowledged with what is there."""
    worker_of(site).run_all()
    with site.store.reading() as session:
        audit.verify(session, OPERATOR)
        tasks = {each.id for each in find(session, Task)}
        states = {each.id: each.state for each in jobs(session, limit=10_000)}
        batches = {each.id for each in find(session, Batch)}
        rows = Counter(each.origin for each in find(session, Incident, limit=10**7))
        assert find(session, Job, state="running") == []
    for kind, id in told:
        if kind == "task":
            assert id in tasks
        else:
            assert states[id] in {"done", "failed"}, id
    done = {id for id, state in states.items() if state == "done"}
    assert batches == done == set(rows)
    assert set(rows.values()) == {ROWS}
    # an upload that was never acknowledged is swept after an hour, no other is left
    assert {folder.name for folder in site.spool.iterdir()}.isdisjoint(states)


def kill_and_check(site: Site, cycles: int, seed: int = 7) -> None:
    os.environ["PYTHONWARNINGS"] = "ignore"
    rng, told = random.Random(seed), []
    for number in range(1, cycles + 1):
        told += cycle(site, number, rng)
    assert {kind for kind, _ in told} == {"task", "import"}
    check(site, told)


def test_killed_a_few_times(site: Site) -> None:
    kill_and_check(site, 4)


@pytest.mark.slow
@pytest.mark.parametrize("piece", range(8))
def test_killed_two_hundred_times(site: Site, piece: int) -> None:
    kill_and_check(site, 25, seed=piece)
