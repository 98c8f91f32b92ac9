"""Tasks: owned, due, coloured by the calendar, and changed by one person at a time."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hotspots.core.errors import ConflictError, ParameterError, did_you_mean
from hotspots.rights import Actor, Owned, check
from hotspots.service.access import agency_id
from hotspots.service.audit import record
from hotspots.store import Session
from hotspots.store.models import AuditHead, Comment, Task
from hotspots.store.queries import find, get, highest, hold, replace

STATUSES = ("open", "in progress", "done", "closed")
OSARA = ("objective", "scanning", "analysis", "response", "assessment")
SOON = dt.timedelta(days=14)
CHANGEABLE = (
    "action",
    "owner_role",
    "due",
    "status",
    "done_on",
    "result",
    "osara",
    "exit_rule",
    "case_reference",
)
"""What can be changed; measure and test of success were declared before and stay."""


def add_task(session: Session, actor: Actor, task: Task) -> Task:
    """Set a task and give it its number.

    Raises ParameterError if it is due before it was set.
    """
    check(actor, "task.make")
    if task.due < task.set_on:
        raise ParameterError(
            f"a task must be due after it was set ({task.set_on}); got {task.due}."
        )
    hold(session, AuditHead, 1)  # numbers are given one at a time
    task.number = highest(session, Task, "number") + 1
    session.add(task)
    record(session, actor, "task.make", task.id, owner=task.owner_agency, due=task.due)
    return task


def make_task(session: Session, actor: Actor, **told: Any) -> Task:
    """Set a task that stems from no suggestion."""
    today = dt.datetime.now().astimezone().date()
    told.setdefault("set_on", min(today, told["due"]))
    owner = agency_id(session, told.pop("owner_agency"))
    return add_task(
        session,
        actor,
        Task(
            number=0,
            decision_id=None,
            place_id=told.pop("place", None),
            owner_agency=owner,
            made_by=actor.id,
            **told,
        ),
    )


def task(session: Session, actor: Actor, id: str) -> Task:
    """Return a task."""
    check(actor, "task.read")
    return get(session, Task, id)


def tasks(session: Session, actor: Actor, **equals: Any) -> list[Task]:
    """Return tasks, the first due first."""
    check(actor, "task.read")
    return find(session, Task, order="due", **equals)


def change_task(
    session: Session, actor: Actor, id: str, seen: int, **changes: Any
) -> Task:
    """Change a task that is still at the version that was seen.

    Raises ParameterError if a field cannot be changed, or its value is none of those
    that it may have; ConflictError if it is closed; StaleError if somebody else changed
    it in between.
    """
    kept = get(session, Task, id)
    check(actor, "task.change", Owned(agency=kept.owner_agency))
    _check_changes(kept, changes)
    if changes.get("status") in ("done", "closed") and kept.done_on is None:
        changes.setdefault("done_on", dt.datetime.now().astimezone().date())
    before = {name: getattr(kept, name) for name in changes}
    replace(session, kept, seen, **changes)
    record(session, actor, "task.change", id, before=before, after=changes)
    return kept


def comment(session: Session, actor: Actor, id: str, text: str) -> Comment:
    """Say something on a task.

    Raises ParameterError if nothing is said.
    """
    check(actor, "comment.make")
    if not text.strip():
        raise ParameterError("a comment must say something.")
    said = Comment(task_id=get(session, Task, id).id, text=text, made_by=actor.id)
    session.add(said)
    session.flush()
    record(session, actor, "comment.make", said.id, task=id)
    return said


def comments(session: Session, actor: Actor, id: str) -> list[Comment]:
    """Return what was said on a task, the first first."""
    check(actor, "task.read")
    return find(session, Comment, task_id=get(session, Task, id).id)


def colour(task: Task, today: dt.date) -> str:
    """Return how a task stands: ``red``, ``amber``, ``green`` or ``done``."""
    if task.status in ("done", "closed"):
        return "done"
    if task.due < today:
        return "red"
    return "amber" if task.due <= today + SOON else "green"


def _check_changes(kept: Task, changes: dict[str, Any]) -> None:
    for name in changes:
        if name not in CHANGEABLE:
            raise ParameterError(
                f"a task may be changed in {', '.join(CHANGEABLE)}; got '{name}'."
                f"{did_you_mean(name, CHANGEABLE)}"
            )
    for name, known in (("status", STATUSES), ("osara", OSARA)):
        if name in changes and changes[name] not in known:
            raise ParameterError(
                f"the {name} of a task must be one of {', '.join(known)}; got "
                f"{changes[name]!r}.{did_you_mean(str(changes[name]), known)}"
            )
    if changes.get("due") and changes["due"] < kept.set_on:
        raise ParameterError(
            f"a task must be due after it was set ({kept.set_on}); got "
            f"{changes['due']}."
        )
    if changes.get("done_on") and changes["done_on"] < kept.set_on:
        raise ParameterError(
            f"a task must be done after it was set ({kept.set_on}); got "
            f"{changes['done_on']}."
        )
    if kept.status == "closed" and changes.get("status", "closed") == "closed":
        raise ConflictError("a closed task stays as it is: open it again first.")
