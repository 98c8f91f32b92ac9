"""Long work on both databases: taken once, kept with its result, stopped, revived."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Iterator

import pytest

from hotspots.core.errors import ConflictError, PlanError
from hotspots.rights import Actor
from hotspots.store import Store, now
from hotspots.store.models import Agency, Job
from hotspots.store.queries import count, get
from hotspots.work import Task, Worker, ask_to_stop, submit
from hotspots.work.queue import TaskStoppedError, claim, worker_name

ACTOR = Actor(id="p", name="P", roles=frozenset({("analyst", "police")}))


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    made = Store(database_url)
    made.upgrade()
    yield made
    made.close()


def queue(store: Store, kind: str = "make") -> str:
    with store.writing() as session:
        return submit(session, kind, {"name": "Police"}, ACTOR)


def job(store: Store, id: str) -> Job:
    with store.reading() as session:
        return get(session, Job, id)


def make(task: Task) -> None:
    task.progress("making", 1, 2)
    with task.commit() as session:
        session.add(Agency(name=f"{task.arguments['name']} {task.id}"))
        task.sentence = f"Made as {task.actor.name}."


def test_work_is_done_in_order_and_says_what_it_did(store: Store) -> None:
    ids = [queue(store), queue(store)]
    worker = Worker(store, {"make": make})
    assert worker.run_one()
    assert [job(store, id).state for id in ids] == ["done", "queued"]
    worker.run_all()
    assert job(store, ids[1]).sentence == "Made as P."
    assert not worker.run_one()


def test_a_worker_for_one_kind_leaves_the_rest(store: Store) -> None:
    id = queue(store)
    assert not Worker(store, {"make": make}, kind="view").run_one()
    assert job(store, id).state == "queued"
    assert Worker(store, {"make": make}, kind="make").run_one()


def test_what_fails_says_why_and_keeps_nothing(store: Store) -> None:
    def refuse(task: Task) -> None:
        with task.commit() as session:
            session.add(Agency(name="half"))
            session.flush()
            raise PlanError("two cameras are needed; there is one.")

    def break_down(_task: Task) -> None:
        raise ZeroDivisionError

    refused, broken = queue(store, "refuse"), queue(store, "break")
    Worker(store, {"refuse": refuse, "break": break_down}).run_all()
    assert job(store, refused).state == job(store, broken).state == "failed"
    assert job(store, refused).sentence == "two cameras are needed; there is one."
    assert "in the software" in job(store, broken).sentence
    with store.reading() as session:
        assert count(session, Agency) == 0


def test_what_is_queued_can_be_stopped_and_what_has_ended_cannot(store: Store) -> None:
    id = queue(store)
    with store.writing() as session:
        ask_to_stop(session, id)
    Worker(store, {"make": make}).run_all()
    assert job(store, id).state == "cancelled"
    with pytest.raises(ConflictError, match="it is cancelled"), store.writing() as s:
        ask_to_stop(s, id)


def test_what_runs_stops_at_its_next_step_and_keeps_nothing(store: Store) -> None:
    def slow(task: Task) -> None:
        with store.writing() as session:
            ask_to_stop(session, task.id)
        make(task)

    id = queue(store, "slow")
    Worker(store, {"slow": slow}).run_all()
    assert job(store, id).state == "cancelled"
    with store.reading() as session:
        assert count(session, Agency) == 0


def test_work_that_another_took_over_cannot_be_committed_twice(store: Store) -> None:
    id = queue(store)
    first = claim(store, worker_name())
    assert first is not None
    with store.writing() as session:
        get(session, Job, id).beat_at = now() - dt.timedelta(minutes=5)
    second = claim(store, worker_name())
    assert second is not None
    make(second)
    with pytest.raises(TaskStoppedError):
        make(first)
    first.end("too late")
    assert job(store, id).state == "done"
    with store.reading() as session:
        assert count(session, Agency) == 1


def test_work_whose_process_is_gone_is_taken_at_once_at_most_three_times(
    store: Store,
) -> None:
    id = queue(store)
    for _ in range(3):
        gone = subprocess.run(
            [sys.executable, "-c", "import os; print(os.getpid())"],
            capture_output=True,
            text=True,
            check=True,
        )
        host = worker_name().partition(":")[0]
        assert claim(store, f"{host}:{gone.stdout.strip()}:x") is not None
    assert claim(store, worker_name()) is None
    assert job(store, id).state == "failed"
    assert "interrupted 3 times" in job(store, id).sentence


def test_a_worker_that_lives_keeps_its_work(store: Store) -> None:
    queue(store)
    assert claim(store, worker_name()) is not None
    assert claim(store, worker_name()) is None


def test_a_worker_in_a_thread_does_what_comes(store: Store) -> None:
    worker = Worker(store, {"make": make})
    worker.start()
    id = queue(store)
    for _ in range(200):
        if job(store, id).state == "done":
            break
        import time

        time.sleep(0.05)
    worker.stop()
    assert job(store, id).state == "done"
