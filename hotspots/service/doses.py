"""What was put in place, how much of it was received, and what came of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from hotspots.rights import Actor, check
from hotspots.service.decisions import Standing, meeting_before, said_in
from hotspots.store import Session
from hotspots.store.models import Deployment, Meeting, Outcome, Task, Visit
from hotspots.store.queries import find


@dataclass(frozen=True, kw_only=True)
class Dose:
    """A deployment with the visits that were made, and the minutes of them."""

    deployment: Deployment
    visits: list[Visit]

    @property
    def minutes(self) -> int:
        """Minutes that were logged or verified."""
        return sum(each.minutes for each in self.visits if each.state != "planned")

    @property
    def n_made(self) -> int:
        """Visits that were logged or verified."""
        return sum(each.state != "planned" for each in self.visits)

    def sentence(self) -> str:
        """Return what was received, for people."""
        if not self.visits:
            return "no visit written down"
        visits = "visit" if self.n_made == 1 else "visits"
        return f"{self.n_made} {visits}, {self.minutes:,} minutes"

    def on(self, day: dt.date) -> list[Visit]:
        """Return the visits of one day."""
        return [each for each in self.visits if each.start[:10] == day.isoformat()]


@dataclass(frozen=True, kw_only=True)
class Result:
    """A task with what was deployed for it and its last outcome."""

    task: Task
    doses: list[Dose]
    outcome: Outcome | None


def doses(session: Session, actor: Actor, found: Sequence[Deployment]) -> list[Dose]:
    """Return deployments with their visits."""
    check(actor, "visit.read")
    made = find(session, Visit, deployment_id=[each.id for each in found])
    return [
        Dose(
            deployment=each,
            visits=[visit for visit in made if visit.deployment_id == each.id],
        )
        for each in found
    ]


def results(session: Session, actor: Actor, tasks: Sequence[Task]) -> list[Result]:
    """Return what came of tasks."""
    check(actor, "outcome.read")
    ids = [each.id for each in tasks]
    put = doses(session, actor, find(session, Deployment, task_id=ids))
    measured = {each.task_id: each for each in find(session, Outcome, task_id=ids)}
    return [
        Result(
            task=each,
            doses=[dose for dose in put if dose.deployment.task_id == each.id],
            outcome=measured.get(each.id),
        )
        for each in tasks
    ]


def of_last_meeting(
    session: Session, actor: Actor, meeting: Meeting
) -> tuple[Meeting | None, list[Standing], list[Result]]:
    """Return the meeting before one, what it decided, and what came of its tasks."""
    before = meeting_before(session, actor, meeting)
    said = said_in(session, actor, before) if before else []
    return before, said, results(session, actor, [p.task for p in said if p.task])


def active(session: Session, actor: Actor, day: dt.date) -> list[Dose]:
    """Return what is out on a day, with its visits."""
    check(actor, "deployment.read")
    text = day.isoformat()
    out = [
        each
        for each in find(session, Deployment, order="number", status="active")
        if each.begins[:10] <= text and (each.ends is None or each.ends[:10] >= text)
    ]
    return doses(session, actor, out)
