"""Decisions on suggestions, in meetings, and the tasks that they set."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from hotspots.core.errors import ConflictError, ParameterError, did_you_mean
from hotspots.rights import Actor, check
from hotspots.service.access import agency_id
from hotspots.service.audit import record
from hotspots.service.plans import suggestion as find_suggestion
from hotspots.service.tasks import add_task
from hotspots.store import Session
from hotspots.store.models import Decision, Meeting, Place, Suggestion, Task
from hotspots.store.queries import find, find_one, get

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

    Raises
    ------
    ConflictError
        If it was decided on before.
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


def agenda(session: Session, actor: Actor, id: str) -> Agenda:
    """Return the agenda of a meeting."""
    check(actor, "meeting.read")
    decided = {each.suggestion_id for each in find(session, Decision)}
    waiting = [
        each
        for each in find(session, Suggestion, descending=True, marking="OFFICIAL")
        if each.id not in decided
    ]
    return Agenda(
        meeting=get(session, Meeting, id),
        tasks=find(session, Task, order="due", status=["open", "in progress"]),
        suggestions=waiting[:50],
        decisions=find(session, Decision, meeting_id=id),
    )


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
