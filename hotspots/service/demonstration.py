"""A kept site of the simulated town with two meetings of history, all made up.

Every step goes through the use case that a person would use, so that what the
demonstration shows is what a partnership gets; nothing is written past them.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hotspots.rights import Actor
from hotspots.service.briefs import request_brief
from hotspots.service.decisions import Verdict, add_meeting, decide
from hotspots.service.deployments import add_deployment, log_visit
from hotspots.service.feeds import change_feed
from hotspots.service.handlers import worker_of
from hotspots.service.imports import import_now
from hotspots.service.outcomes import request_outcome
from hotspots.service.people import accept, invite
from hotspots.service.plans import plan, request_plan
from hotspots.service.runs import request_run
from hotspots.service.site import Site, init_site, open_site
from hotspots.service.tasks import change_task
from hotspots.service.temporary import Given
from hotspots.store.models import Task
from hotspots.tactics.planner import PlanRequest

TODAY = dt.date(2025, 7, 1)
"""The day after the data end: what the demonstration takes as today."""
FIRST, SECOND = dt.date(2025, 3, 4), dt.date(2025, 6, 3)
DOMAIN = "demonstration.example"
MADE_UP = "Simulated: nobody met and nothing was deployed."


def _person(role: str, agency: str, name: str) -> Actor:
    return Actor(id=f"demo-{role}", name=name, roles=frozenset({(role, agency)}))


PEOPLE = {
    each.name: each
    for each in (
        _person("analyst", "community-safety-partnership", "Demonstration analyst"),
        _person("jag-chair", "borough-council", "Demonstration chair"),
        _person("patrol-lead", "police", "Demonstration sergeant"),
        _person("auditor", "county-council", "Demonstration auditor"),
    )
}
"""Four people who do not exist, one a role."""
ANALYST, CHAIR, SERGEANT, _ = PEOPLE.values()
SERGEANT_OWNS = ("Police", "Neighbourhood sergeant")
CAMERAS_OWNS = ("Borough council", "CCTV manager")


@dataclass(frozen=True, kw_only=True)
class _Said:
    """What was said to one suggestion of a plan."""

    rank: int
    verdict: str
    reason: str
    owner: tuple[str, str] = ("", "")
    due: dt.date | None = None
    change: str = ""


def make_demonstration(folder: Path) -> Site:
    """Make the site, with everything that the pages show, and return it open."""
    town = Given.town()
    init_site(
        folder,
        name="Demonstration partnership (simulated)",
        area_files=list(town.areas),
        resources=town.resources,
        today=TODAY.isoformat(),
    )
    site = open_site(folder)
    import_now(site, Actor.operator(), town.files, feed="police", today=TODAY)
    with site.store.writing() as session:
        change_feed(session, Actor.operator(), "police", expected_days=7)
        request_run(session, ANALYST)
    _first_meeting(site)
    _second_meeting(site)
    _what_is_new(site)
    return site


def open_accounts(site: Site, hashed: Callable[[str], str]) -> dict[str, str]:
    """Give each of :data:`PEOPLE` an account; return their passwords by address.

    The passwords are made at random and kept nowhere; ``hashed`` makes what is kept.
    """
    made = {}
    for actor in PEOPLE.values():
        ((role, agency),) = actor.roles
        password, email = secrets.token_urlsafe(12), f"{role}@{DOMAIN}"
        with site.store.writing() as session:
            link = invite(session, Actor.operator(), role=role, agency=agency)
            kept = hashed(password)
            accept(session, link, name=actor.name, email=email, password=kept)
        made[email] = password
    return made


def _first_meeting(site: Site) -> None:
    """March: patrols and a camera, thirteen weeks of dose, an outcome."""
    before = "2023-03:2025-02"
    patrol = _plan(site, "patrol", day=dt.date(2025, 3, 17), window=before)
    camera = _plan(site, "cctv", day=dt.date(2025, 3, 17), window=before)
    meeting = _meeting(site, "Joint Action Group, March", FIRST)
    walked = _decide(
        site,
        patrol,
        meeting,
        _Said(
            rank=1,
            verdict="accept",
            reason="The same place leads every month and it is walkable.",
            owner=SERGEANT_OWNS,
            due=dt.date(2025, 3, 17),
        ),
        _Said(
            rank=2, verdict="decline", reason="Road works close the street until May."
        ),
    )
    filmed = _decide(
        site,
        camera,
        meeting,
        _Said(
            rank=1,
            verdict="accept",
            reason="Damage and vehicle crime have stayed here for two years.",
            owner=CAMERAS_OWNS,
            due=dt.date(2025, 3, 31),
        ),
    )
    begun = dt.datetime(2025, 3, 17, 6)
    deployed = _deploy(
        site,
        walked[0],
        "Police",
        begun,
        ends=dt.datetime(2025, 6, 22, 23),
        status="done",
    )
    _walk(site, deployed, begun, weeks=13)
    _deploy(
        site,
        filmed[0],
        "Borough council",
        dt.datetime(2025, 3, 28, 10),
        review_due=dt.date(2025, 6, 20),
    )
    _close(site, walked[0], "Walked as planned: 39 visits of 15 minutes.")
    with site.store.writing() as session:
        request_outcome(session, ANALYST, walked[0].id)


def _second_meeting(site: Site) -> None:
    """June: three areas that are walked now, one task that is late."""
    window = "2023-06:2025-05"
    patrol = _plan(site, "patrol", day=dt.date(2025, 6, 9), window=window)
    youth = _plan(site, "youth", day=dt.date(2025, 6, 9), window=window)
    meeting = _meeting(site, "Joint Action Group, June", SECOND)
    walked = _decide(
        site,
        patrol,
        meeting,
        *(
            _Said(
                rank=rank,
                verdict="accept",
                reason="Still among the busiest, and busiest in the late shift.",
                owner=SERGEANT_OWNS,
                due=dt.date(2025, 9, 1),
            )
            for rank in (1, 2, 3)
        ),
    )
    _decide(
        site,
        youth,
        meeting,
        _Said(
            rank=1,
            verdict="change",
            reason="The hall is free on Fridays only.",
            change="Two sessions, Fridays from 18:00",
            owner=("Youth services", "Detached team lead"),
            due=dt.date(2025, 6, 20),
        ),
    )
    for task in walked:
        begun = dt.datetime(2025, 6, 9, 6)
        deployed = _deploy(
            site,
            task,
            "Police",
            begun,
            ends=dt.datetime(2025, 8, 31, 23),
            minutes_planned=15,
        )
        _walk(site, deployed, begun, weeks=3)


def _what_is_new(site: Site) -> None:
    """July: a plan on the data as they are now, nothing decided; last week's brief."""
    _plan(site, "patrol")
    _meeting(site, "Joint Action Group, July", TODAY)
    with site.store.writing() as session:
        request_brief(session, ANALYST, period="2025-W26")
    worker_of(site).run_all()


def _plan(site: Site, tactic: str, **asked: Any) -> str:
    with site.store.writing() as session:
        id = request_plan(session, ANALYST, PlanRequest(tactic=tactic, **asked))
    worker_of(site).run_all()
    return id


def _meeting(site: Site, title: str, held_on: dt.date) -> str:
    agencies = ("Police", "Borough council", "Youth services")
    with site.store.writing() as session:
        made = add_meeting(
            session,
            CHAIR,
            title=title,
            held_on=held_on,
            agencies=agencies,
            note=MADE_UP,
        )
    return made.id


def _decide(site: Site, plan_id: str, meeting: str, *said: _Said) -> list[Task]:
    tasks = []
    for each in said:
        with site.store.writing() as session:
            suggestions = plan(session, CHAIR, plan_id)[1]
            verdict = Verdict(
                suggestion=suggestions[each.rank - 1].id,
                verdict=each.verdict,
                reason=each.reason,
                owner_agency=each.owner[0],
                owner_role=each.owner[1],
                due=each.due,
                change=each.change,
                meeting=meeting,
            )
            _, task = decide(session, CHAIR, verdict)
        tasks += [task] if task else []
    return tasks


def _deploy(
    site: Site, task: Task, provider: str, begins: dt.datetime, **more: Any
) -> str:
    with site.store.writing() as session:
        made = add_deployment(
            session,
            CHAIR,
            task=task.id,
            provider=provider,
            agency=task.owner_agency,
            begins=begins,
            reference="simulated",
            **more,
        )
    return made.id


def _walk(site: Site, deployment: str, begun: dt.datetime, *, weeks: int) -> None:
    """Log three visits of a quarter of an hour each week."""
    for week in range(weeks):
        for day, hour in ((1, 16), (3, 18), (4, 20)):
            start = begun.replace(hour=hour) + dt.timedelta(weeks=week, days=day)
            end = start + dt.timedelta(minutes=15)
            with site.store.writing() as session:
                log_visit(
                    session, SERGEANT, deployment=deployment, start=start, end=end
                )


def _close(site: Site, task: Task, result: str) -> None:
    with site.store.writing() as session:
        change_task(
            session,
            CHAIR,
            task.id,
            task.version,
            status="done",
            done_on=dt.date(2025, 6, 23),
            result=result,
        )
