"""Long work as people see it: how far it is, and asking it to stop."""

from __future__ import annotations

import os
from typing import Any

from hotspots.rights import Actor, Owned, check
from hotspots.service.audit import record
from hotspots.store import Session
from hotspots.store.models import Job
from hotspots.store.queries import get
from hotspots.work import VIEW, ask_to_stop, jobs

NICE = 10
__all__ = ["VIEW", "cancel", "one", "state", "step_back", "work"]


def step_back(process: int = 0) -> None:
    """Let a process of work, this one or another, step back behind those that answer.

    Does nothing where the system cannot.
    """
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, process, NICE)


def work(session: Session, actor: Actor, limit: int = 100) -> list[Job]:
    """Return what is waiting, running and ended, the latest first."""
    check(actor, "work.read")
    return jobs(session, limit=limit)


def one(session: Session, actor: Actor, id: str) -> Job:
    """Return one piece of work."""
    check(actor, "work.read")
    return get(session, Job, id)


def state(session: Session, actor: Actor, id: str) -> dict[str, Any]:
    """Say how far work is, as a page asks: "running" until it has ended."""
    check(actor, "work.read")
    job = session.get(Job, id)
    if job is None:
        return {"state": "unknown"}
    ended = "running" if job.ended_at is None else "done"
    return {"state": ended, "what": job.doing, "done": job.done, "total": job.total}


def cancel(session: Session, actor: Actor, id: str) -> Job:
    """Ask work to stop; only those of the agency that asked for it may."""
    check(actor, "work.cancel")
    asked_by = Actor.from_record(get(session, Job, id).actor)
    check(actor, "work.cancel", Owned(agency=asked_by.agency))
    job = ask_to_stop(session, id)
    record(session, actor, "work.cancel", id, kind=job.kind)
    return job
