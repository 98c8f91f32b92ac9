"""Decisions, tasks, deployments, visits on both databases: what is refused and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from site_fixture import actor

from hotspots.core.errors import (
    ConflictError,
    NotFoundError,
    ParameterError,
    RightsError,
    StaleError,
)
from hotspots.service import Site, audit, decisions, deployments, tasks
from hotspots.service.decisions import Verdict
from hotspots.store import Session
from hotspots.store.models import Place, Plan, Suggestion, Task

CHAIR, LEAD = actor("jag-chair", "borough-council"), actor("patrol-lead", "police")
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[-0.9, 52.7], [-0.9, 52.71], [-0.89, 52.71], [-0.9, 52.7]]],
}


@pytest.fixture
def session(site: Site) -> Iterator[Session]:
    with site.store.writing() as session:
        plan = Plan(
            parameters={},
            data_version=2,
            software="0",
            summary={},
            agency_id="police",
            tactic="patrol",
            marking="OFFICIAL",
        )
        place = Place(number=1, name="Market Place", ward="Market", geometry=SQUARE)
        session.add_all([plan, place])
        session.flush()
        for rank, marking in enumerate(("OFFICIAL", "OFFICIAL-SENSITIVE"), 1):
            session.add(
                Suggestion(
                    id=f"s{rank}",
                    plan_id=plan.id,
                    place_id=place.id,
                    tactic="patrol",
                    rank=rank,
                    name="Market Place",
                    rationale=[],
                    geometry=SQUARE,
                    marking=marking,
                    row={
                        "what": "Walk there.",
                        "success": "falls",
                        "expires": "2025-08-01",
                    },
                )
            )
        session.flush()
        yield session


def accept(session: Session, **more: object) -> Task:
    told: dict[str, object] = {
        "suggestion": "s1",
        "verdict": "accept",
        "reason": "most incidents",
        "owner_agency": "Police",
        "owner_role": "Sergeant",
        "due": dt.date(2099, 1, 1),
        **more,
    }
    task = decisions.decide(session, CHAIR, Verdict(**told))[1]  # type: ignore[arg-type]
    assert task is not None
    return task


def test_an_accepted_suggestion_becomes_a_task_with_its_declared_test(
    session: Session,
) -> None:
    task = accept(session)
    assert (task.number, task.owner_agency, task.tactic) == (1, "police", "patrol")
    assert task.action == "Walk there: Market Place"
    assert task.success == "falls"
    assert [e.action for e in audit.read(session, actor("auditor"), limit=2)] == [
        "task.make",
        "decision.make",
    ]
    with pytest.raises(ConflictError, match="decided on once"):
        accept(session)


def test_what_was_due_before_today_was_decided_by_then(session: Session) -> None:
    assert accept(session, due=dt.date(2025, 6, 1)).set_on == dt.date(2025, 6, 1)


def test_a_declined_suggestion_sets_no_task(session: Session) -> None:
    said = Verdict(suggestion="s1", verdict="decline", reason="roadworks")
    decision, task = decisions.decide(session, CHAIR, said)
    assert (decision.verdict, task) == ("decline", None)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"verdict": "acept"}, "Did you mean 'accept'"),
        ({"reason": ""}, "reason missing"),
        ({"owner_role": "", "due": None}, "owner_role, due missing"),
        ({"verdict": "change"}, "change missing"),
        ({"decided": dt.date(2099, 2, 1)}, "due after it was set"),
    ],
)
def test_what_is_missing_is_said(
    session: Session, told: dict[str, object], words: str
) -> None:
    with pytest.raises(ParameterError, match=words):
        accept(session, **told)


def test_an_owner_that_nobody_knows_is_refused(session: Session) -> None:
    with pytest.raises(NotFoundError, match="Did you mean 'police'"):
        accept(session, owner_agency="polise")


def test_only_a_chair_decides_and_what_is_hidden_is_not_there(session: Session) -> None:
    said = Verdict(suggestion="s1", verdict="decline", reason="x")
    with pytest.raises(RightsError):
        decisions.decide(session, LEAD, said)
    hidden = Verdict(suggestion="s2", verdict="decline", reason="x")
    with pytest.raises(NotFoundError):
        decisions.decide(session, CHAIR, hidden)


def test_a_task_is_changed_by_who_owns_it_at_the_version_they_saw(
    session: Session,
) -> None:
    task = accept(session)
    changed = tasks.change_task(session, LEAD, task.id, 1, status="in progress")
    assert (changed.status, changed.version) == ("in progress", 2)
    with pytest.raises(StaleError):
        tasks.change_task(session, CHAIR, task.id, 1, status="done")
    other = actor("tactic-lead", "youth-services")
    with pytest.raises(RightsError):
        tasks.change_task(session, other, task.id, 2, status="done")
    done = tasks.change_task(session, LEAD, task.id, 2, status="done")
    assert done.done_on is not None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"success": "easier"}, "may be changed in"),
        ({"status": "dune"}, "Did you mean 'done'"),
        ({"osara": "x"}, "osara of a task"),
        ({"due": dt.date(2000, 1, 1)}, "due after it was set"),
        ({"done_on": dt.date(2000, 1, 1)}, "done after it was set"),
    ],
)
def test_a_change_that_cannot_be_is_refused(
    session: Session, change: dict[str, object], words: str
) -> None:
    with pytest.raises(ParameterError, match=words):
        tasks.change_task(session, LEAD, accept(session).id, 1, **change)


def test_a_closed_task_is_opened_before_it_is_changed(session: Session) -> None:
    task = accept(session)
    tasks.change_task(session, CHAIR, task.id, 1, status="closed")
    with pytest.raises(ConflictError, match="open it again first"):
        tasks.change_task(session, CHAIR, task.id, 2, result="x")
    tasks.change_task(session, CHAIR, task.id, 2, status="open")


def test_the_colour_of_a_task_is_that_of_the_calendar(session: Session) -> None:
    task = accept(session, due=dt.date(2025, 6, 20), decided=dt.date(2025, 5, 1))
    colours = [
        tasks.colour(task, dt.date(2025, *day)) for day in ((6, 21), (6, 6), (6, 5))
    ]
    assert colours == ["red", "amber", "green"]
    tasks.change_task(session, CHAIR, task.id, 1, status="done")
    assert tasks.colour(task, dt.date(2025, 7, 1)) == "done"


def deploy(session: Session, **more: object) -> str:
    told: dict[str, object] = {
        "task": accept(session).id,
        "provider": "PCSO",
        "begins": dt.datetime(2025, 6, 1, 8),
        **more,
    }
    return deployments.add_deployment(session, LEAD, **told).id  # type: ignore[arg-type]


def visit(session: Session, id: str, start: str, end: str, **more: str) -> None:
    when = [dt.datetime.fromisoformat(f"2025-06-{text}") for text in (start, end)]
    deployments.log_visit(
        session, LEAD, deployment=id, start=when[0], end=when[1], **more
    )


def test_a_deployment_takes_from_its_task_what_is_not_told(session: Session) -> None:
    made, visits = deployments.deployment(session, CHAIR, deploy(session))
    assert (made.tactic, made.place_name) == ("patrol", "Market Place")
    assert (made.agency_id, visits) == ("police", [])
    assert made.easting is not None


@pytest.mark.parametrize(
    ("start", "end", "more", "words"),
    [
        ("02T18:00", "02T18:00", {}, "from 1 to 960 minutes; got 0"),
        ("02T18:00", "03T18:00", {}, "got 1440"),
        ("02T18:00", "02T17:00", {}, "got -60"),
        ("02T20:10", "02T20:20", {}, "twice at once"),
        ("02T19:55", "02T20:05", {}, "twice at once"),
        ("02T18:00", "02T18:15", {"state": "guessed"}, "the state must be"),
    ],
)
def test_impossible_visits_are_refused(
    session: Session, start: str, end: str, more: dict[str, str], words: str
) -> None:
    id = deploy(session)
    visit(session, id, "02T20:00", "02T20:15")
    visit(session, id, "02T20:15", "02T20:30")
    visit(session, id, "02T20:00", "02T20:15", provider="wardens")
    with pytest.raises((ParameterError, ConflictError), match=words):
        visit(session, id, start, end, **more)


def test_a_visit_lies_within_its_deployment_and_is_of_its_agency(
    session: Session,
) -> None:
    id = deploy(session, ends=dt.datetime(2025, 6, 3))
    with pytest.raises(ConflictError, match="within its deployment"):
        visit(session, id, "05T18:00", "05T18:15")
    with pytest.raises(RightsError):
        deployments.log_visit(
            session,
            actor("patrol-lead", "housing"),
            deployment=id,
            start=dt.datetime(2025, 6, 2, 9),
            end=dt.datetime(2025, 6, 2, 10),
        )
