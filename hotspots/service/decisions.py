"""Decisions on suggestions, in meetings, and the tasks that they set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from hotspots.core.errors import ConflictError, ParameterError, did_you_mean
from hotspots.rights import Actor, Owned, check, may
from hotspots.service.access import agency_id
from hotspots.service.audit import record
from hotspots.service.plans import suggestion as find_suggestion
from hotspots.service.tasks import add_task
from hotspots.store import Session, now
from hotspots.store.models import (
    Comment,
    Decision,
    Deployment,
    Meeting,
    Place,
    Plan,
    Suggestion,
    Task,
)
from hotspots.store.queries import find, find_one, get
from hotspots.tactics.suggestion import MARKINGS

VERDICTS = ("accept", "change", "decline")


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What was said to a suggestion, and who is to do what by when."""

    suggestion: str
    verdict: str
    reason: str
    owner_agency: str = ""
    owner_role: str = ""
    due: dt.date | None = None
    change: str = ""
    meeting: str | None = None
    decided: dt.date | None = None
    measure: str = ""
    exit_rule: str = ""
    case_reference: str = ""

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS:
            raise ParameterError(
                f"a verdict must be one of {', '.join(VERDICTS)}; got "
                f"{self.verdict!r}.{did_you_mean(self.verdict, VERDICTS)}"
            )
        needed = ["reason"]
        if self.verdict != "decline":
            needed += ["owner_agency", "owner_role", "due"]
        if self.verdict == "change":
            needed.append("change")
        missing = [name for name in needed if not getattr(self, name)]
        if missing:
            raise ParameterError(
                f"to {self.verdict} a suggestion, say {', '.join(needed)}; "
                f"{', '.join(missing)} missing."
            )


def decide(
    session: Session, actor: Actor, said: Verdict
) -> tuple[Decision, Task | None]:
    """Write a decision down and set its task; a suggestion is decided on once.

    Raises ConflictError if it was decided on before.
    """
    check(actor, "decision.make")
    chosen = find_suggestion(session, actor, said.suggestion)
    if find_one(session, Decision, suggestion_id=chosen.id) is not None:
        raise ConflictError(
            "a suggestion is decided on once; this one was. Change its task, or make "
            "a new plan."
        )
    decision = Decision(
        suggestion_id=chosen.id,
        meeting_id=get(session, Meeting, said.meeting).id if said.meeting else None,
        agency_id=actor.agency or "community-safety-partnership",
        verdict=said.verdict,
        reason=said.reason,
        change=said.change,
        decided_on=_decided_on(session, said),
        made_by=actor.id,
    )
    session.add(decision)
    session.flush()
    record(
        session,
        actor,
        "decision.make",
        decision.id,
        suggestion=chosen.id,
        verdict=said.verdict,
    )
    if said.verdict == "decline":
        return decision, None
    return decision, add_task(session, actor, _task_of(session, chosen, said, decision))


UNDONE_WITHIN = dt.timedelta(minutes=10)


def is_fresh(made: Decision) -> bool:
    """Say whether a decision is young enough to be taken back."""
    return now() - made.made_at <= UNDONE_WITHIN


def undo_decision(session: Session, actor: Actor, id: str) -> None:
    """Take a decision back within ten minutes, with its task, if nobody went on.

    Raises ConflictError if it is older, or its task was changed, commented on or
    deployed for.
    """
    check(actor, "decision.make")
    made = get(session, Decision, id)
    set_by = find_one(session, Task, decision_id=id)
    used = set_by is not None and (
        set_by.version > 1
        or find_one(session, Deployment, task_id=set_by.id) is not None
        or find_one(session, Comment, task_id=set_by.id) is not None
    )
    if used or not is_fresh(made):
        raise ConflictError(
            "a decision can be taken back within ten minutes, while nobody has worked "
            "on its task; this one cannot. Close the task, or make a new plan."
        )
    for row in (set_by, made):
        if row is not None:
            session.delete(row)
            session.flush()
    record(session, actor, "decision.undo", id, suggestion=made.suggestion_id)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What was said to a suggestion, and how its task stands."""

    suggestion: Suggestion
    decision: Decision | None
    task: Task | None


def standings(
    session: Session, actor: Actor, suggestions: Sequence[Suggestion]
) -> list[Standing]:
    """Return how each suggestion stands."""
    check(actor, "decision.read")
    ids = [each.id for each in suggestions]
    said = {
        each.suggestion_id: each for each in find(session, Decision, suggestion_id=ids)
    }
    tasks = find(session, Task, decision_id=[each.id for each in said.values()])
    by_decision = {each.decision_id: each for each in tasks}
    return [
        Standing(
            suggestion=each,
            decision=said.get(each.id),
            task=by_decision.get(said[each.id].id) if each.id in said else None,
        )
        for each in suggestions
    ]


def said_in(session: Session, actor: Actor, meeting: Meeting) -> list[Standing]:
    """Return what was said in a meeting, in that order."""
    made = find(session, Decision, meeting_id=meeting.id)
    chosen = find(session, Suggestion, id=[each.suggestion_id for each in made])
    by_id = {each.id: each for each in chosen}
    return standings(session, actor, [by_id[each.suggestion_id] for each in made])


def meeting_before(session: Session, actor: Actor, meeting: Meeting) -> Meeting | None:
    """Return the meeting before one, where there is one."""
    earlier = [
        each
        for each in meetings(session, actor)
        if (each.held_on, each.id) < (meeting.held_on, meeting.id)
    ]
    return earlier[0] if earlier else None


def waiting(
    session: Session, actor: Actor, day: dt.date | None = None
) -> list[Suggestion]:
    """Return what the last plan of each tactic suggests and nobody has decided on.

    Without what had expired on a day, the newest plan first.
    """
    check(actor, "plan.read")
    last = {each.tactic: each.id for each in find(session, Plan)}
    decided = {each.suggestion_id for each in find(session, Decision)}
    found = find(session, Suggestion, plan_id=list(last.values()), marking="OFFICIAL")
    first = day.isoformat() if day else ""
    ranked = sorted(sorted(found, key=_rank), key=_plan, reverse=True)
    return [
        each
        for each in ranked
        if each.id not in decided and str(each.row.get("expires") or "9") >= first
    ]


def latest(session: Session, actor: Actor) -> list[Suggestion]:
    """Return what the last plan of each tactic suggests, as far as an actor may see."""
    check(actor, "plan.read")
    last = {each.tactic: each for each in find(session, Plan)}
    found = find(session, Suggestion, plan_id=[each.id for each in last.values()])
    return [
        each
        for each in sorted(found, key=_rank)
        if each.marking == MARKINGS[0]
        or may(
            actor,
            "plan.read_personal",
            Owned(agency=last[each.tactic].agency_id, hidden=True),
        )
    ]


def decisions(session: Session, actor: Actor, **equals: Any) -> list[Decision]:
    """Return the decisions that were made, the latest first."""
    check(actor, "decision.read")
    return find(session, Decision, descending=True, **equals)


def add_meeting(
    session: Session,
    actor: Actor,
    *,
    title: str,
    held_on: dt.date,
    agencies: tuple[str, ...] = (),
    note: str = "",
) -> Meeting:
    """Make a meeting."""
    check(actor, "meeting.change")
    meeting = Meeting(
        title=title,
        held_on=held_on,
        agencies=[agency_id(session, name) for name in agencies],
        note=note,
        made_by=actor.id,
    )
    session.add(meeting)
    session.flush()
    record(session, actor, "meeting.add", meeting.id, title=title, held_on=held_on)
    return meeting


def meetings(session: Session, actor: Actor) -> list[Meeting]:
    """Return the meetings, the latest first."""
    check(actor, "meeting.read")
    return find(session, Meeting, order="held_on", descending=True)


@dataclass(frozen=True, kw_only=True)
class Agenda:
    """What a meeting has before it: what is overdue, what came of it, what is new."""

    meeting: Meeting
    tasks: list[Task]
    suggestions: list[Suggestion]
    decisions: list[Decision]


def agenda(
    session: Session, actor: Actor, id: str, day: dt.date | None = None
) -> Agenda:
    """Return the agenda of a meeting, as on a day."""
    check(actor, "meeting.read")
    return Agenda(
        meeting=get(session, Meeting, id),
        tasks=find(session, Task, order="due", status=["open", "in progress"]),
        suggestions=waiting(session, actor, day)[:50],
        decisions=find(session, Decision, meeting_id=id),
    )


_rank, _plan = attrgetter("rank"), attrgetter("plan_id")


def _decided_on(session: Session, said: Verdict) -> dt.date:
    """Return the day; one that was due before today was decided by then."""
    if said.decided is not None:
        return said.decided
    if said.meeting is not None:
        return get(session, Meeting, said.meeting).held_on
    today = dt.datetime.now().astimezone().date()
    return min(today, said.due) if said.due else today


def _task_of(
    session: Session, chosen: Suggestion, said: Verdict, decision: Decision
) -> Task:
    assert said.due is not None
    what = said.change or str(chosen.row["what"])
    where = (
        get(session, Place, chosen.place_id).name if chosen.place_id else chosen.name
    )
    return Task(
        number=0,
        decision_id=decision.id,
        place_id=chosen.place_id,
        action=f"{what.rstrip('.')}: {where}",
        tactic=chosen.tactic,
        owner_agency=agency_id(session, said.owner_agency),
        owner_role=said.owner_role,
        set_on=decision.decided_on,
        due=said.due,
        measure=said.measure or "Incidents here against the comparison places (WDD)",
        success=str(chosen.row["success"]),
        exit_rule=said.exit_rule or f"Not used after {chosen.row['expires']}",
        case_reference=said.case_reference,
        made_by=decision.made_by,
    )
