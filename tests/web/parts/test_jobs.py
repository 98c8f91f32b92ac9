from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask

from hotspots.core.budget import CancelledError, checkpoint
from hotspots.core.errors import ParameterError
from hotspots.web.parts.jobs import BusyError, Jobs, Kind, NotReadyError


@pytest.fixture
def posted() -> Any:
    with Flask("toy").test_request_context(method="POST"):
        yield


def jobs_of(**options: Any) -> Jobs:
    return Jobs(Kind(name="a", **options), Kind(name="b"))


def test_only_a_post_begins_work() -> None:
    jobs, made = jobs_of(), []
    for method in ("GET", "HEAD", "PUT"):
        with Flask("toy").test_request_context(method=method):
            with pytest.raises(NotReadyError) as absent:
                jobs.get("a", (1,), lambda: made.append(1))
            assert absent.value.key == ""
    assert made == []


@pytest.mark.usefixtures("posted")
def test_nobody_waits_for_work_and_it_is_done_once() -> None:
    jobs, go, made = jobs_of(), threading.Event(), []

    def make() -> str:
        made.append(1)
        checkpoint("half", 1, 2)
        go.wait(600)
        return "done"

    keys = set()
    for _ in range(3):
        with pytest.raises(NotReadyError) as going:
            jobs.get("a", (1,), make)
        keys.add(going.value.key)
    (key,) = keys
    while jobs.state(key)["total"] != 2:
        pass
    assert jobs.state(key) == {
        "state": "running", "what": "half", "done": 1, "total": 2,
    }  # fmt: skip
    go.set()
    jobs.wait(key)
    assert jobs.get("a", (1,), make) == "done"
    assert made == [1]
    assert jobs.state(key) == {"state": "done"}
    assert jobs.state("another") == {"state": "unknown"}


@pytest.mark.usefixtures("posted")
def test_a_full_queue_refuses_and_another_kind_goes_on() -> None:
    jobs, go = jobs_of(queue=2), threading.Event()
    for number in range(2):
        with pytest.raises(NotReadyError):
            jobs.get("a", (number,), lambda: go.wait(600))
    with pytest.raises(BusyError, match="at most 2"):
        jobs.get("a", (2,), lambda: go.wait(600))
    assert jobs.finish("b", (3,), lambda: "still answered") == "still answered"
    go.set()


def endless() -> None:
    while True:
        checkpoint()


@pytest.mark.usefixtures("posted")
def test_work_over_its_time_is_stopped_and_can_be_asked_for_again() -> None:
    jobs = jobs_of(deadline_s=0.05)
    with pytest.raises(CancelledError, match="must end within"):
        jobs.finish("a", (1,), endless)
    with pytest.raises(CancelledError):
        jobs.get("a", (1,), endless)
    with pytest.raises(NotReadyError):
        jobs.get("a", (1,), lambda: "in time")
    assert jobs.finish("a", (1,), lambda: "in time") == "in time"


@pytest.mark.usefixtures("posted")
def test_work_that_nobody_wants_any_more_is_stopped() -> None:
    jobs = jobs_of()
    with pytest.raises(NotReadyError) as going:
        jobs.get("a", (1,), endless)
    jobs.cancel(going.value.key)
    jobs.wait(going.value.key)
    with pytest.raises(CancelledError, match="as was asked"):
        jobs.get("a", (1,), endless)
    jobs.cancel("another")


def test_an_error_of_the_work_is_raised_where_it_is_asked_for() -> None:
    def fail() -> None:
        raise ParameterError("no.")

    jobs = jobs_of()
    with pytest.raises(ParameterError, match="no"):
        jobs.finish("a", ("b",), fail)
    with pytest.raises(ParameterError, match="no"):
        jobs.get("a", ("b",), fail)


def test_the_answers_unused_for_longest_go_first() -> None:
    gone: list[int] = []
    jobs, made = jobs_of(keep=2, drop=gone.append), []

    def make(number: int) -> int:
        made.append(number)
        return number

    for number in (1, 2, 3, 1):
        jobs.finish("a", (number,), lambda number=number: make(number))
    assert made == [1, 2, 3, 1]
    assert gone == [1, 2]
