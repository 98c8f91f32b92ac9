"""The queue: rows that one worker at a time takes, keeps alive and ends."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from hotspots.core.errors import ConflictError
from hotspots.rights import Actor
from hotspots.store import Session, Store, new_id, now
from hotspots.store.models import Job
from hotspots.store.queries import find, get, hold

STATES = ("queued", "running", "done", "failed", "cancelled")
LEASE = dt.timedelta(seconds=30)
"""Work whose worker was not heard of for so long is taken by another."""
MOST_ATTEMPTS = 3
BEAT_S = 0.5
VIEW = "view"
"""What somebody waits for before a page: it goes before all other work."""


class TaskStoppedError(Exception):
    """Somebody asked this work to stop, or another worker has taken it."""


@dataclass(kw_only=True)
class Task:
    """Work that a worker holds: what to do, as whom, and how to end it."""

    store: Store
    id: str
    kind: str
    arguments: dict[str, Any]
    actor: Actor
    worker: str
    sentence: str = ""
    _said_at: float = field(default=0.0, repr=False)

    def progress(self, doing: str, done: int = 0, total: int = 0) -> None:
        """Say how far it is, at most twice a second.

        Raises TaskStoppedError if it is to stop.
        """
        if time.monotonic() - self._said_at < BEAT_S:
            return
        self._said_at = time.monotonic()
        with self.store.writing() as session:
            job = self._hold(session)
            job.doing, job.done, job.total = doing, done, total

    def beat(self) -> None:
        """Say that the worker is alive."""
        with self.store.writing() as session:
            self._hold(session)

    @contextmanager
    def commit(self) -> Iterator[Session]:
        """Give the session in which the result is kept and the work is done, at once.

        Raises TaskStoppedError if it is to stop: then nothing is kept.
        """
        with self.store.writing() as session:
            job = self._hold(session)
            yield session
            job.state, job.doing, job.ended_at = "done", "", now()
            job.sentence = self.sentence

    def end(self, sentence: str, state: str = "failed") -> None:
        """End it as it is, saying why; what was done cannot be stopped any more."""
        with self.store.writing() as session:
            job = hold(session, Job, self.id)
            if job.worker == self.worker and job.state == "running":
                job.state, job.sentence, job.ended_at = state, sentence, now()

    def _hold(self, session: Session) -> Job:
        job = hold(session, Job, self.id)
        if job.worker != self.worker or job.state != "running" or job.cancel:
            raise TaskStoppedError(self.id)
        job.beat_at = now()
        return job


def worker_name() -> str:
    """Return a name that tells whether its process is still there."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def submit(
    session: Session,
    kind: str,
    arguments: dict[str, Any],
    actor: Actor,
    id: str | None = None,
) -> str:
    """Queue work and return its identifier, which what it makes will have too."""
    job = Job(
        id=id or new_id(), kind=kind, arguments=arguments, actor=actor.to_record()
    )
    session.add(job)
    session.flush()
    return job.id


def claim(
    store: Store, worker: str, only: str | None = None, kind: str | None = None
) -> Task | None:
    """Take the work that has waited longest, or that lost its worker; views first."""
    with store.reading() as session:
        waiting = [
            job
            for job in find(session, Job, order="made_at", state=["queued", "running"])
            if only in (None, job.id) and kind in (None, job.kind) and is_free(job)
        ]
    for id in (job.id for job in sorted(waiting, key=lambda job: job.kind != VIEW)):
        with store.writing() as session:
            job = hold(session, Job, id)
            if not is_free(job):
                continue
            if job.attempts >= MOST_ATTEMPTS or job.cancel:
                _give_up(job)
                continue
            job.state, job.worker, job.beat_at = "running", worker, now()
            job.attempts += 1
            return Task(
                store=store,
                id=job.id,
                kind=job.kind,
                arguments=dict(job.arguments),
                actor=Actor.from_record(job.actor),
                worker=worker,
            )
    return None


def ask_to_stop(session: Session, id: str) -> Job:
    """Ask work to stop; what is queued stops at once.

    Raises ConflictError if it has ended.
    """
    job = hold(session, Job, get(session, Job, id).id)
    if job.state not in ("queued", "running"):
        raise ConflictError(
            f"only work that has not ended can be stopped; it is {job.state}."
        )
    job.cancel = True
    if job.state == "queued":
        _give_up(job)
    return job


def jobs(session: Session, *, limit: int = 100, **equals: Any) -> list[Job]:
    """Return work, the latest first."""
    return find(session, Job, order="made_at", descending=True, limit=limit, **equals)


def _give_up(job: Job) -> None:
    job.state = "cancelled" if job.cancel else "failed"
    job.sentence = (
        "Stopped before it began."
        if job.cancel
        else f"It was interrupted {job.attempts} times and is not tried again."
    )
    job.ended_at = now()


def is_free(job: Job) -> bool:
    """Say whether a worker may take it: it waits, or has lost its worker."""
    if job.state == "queued":
        return True
    if job.state != "running":
        return False
    return job.beat_at is None or now() - job.beat_at > LEASE or _is_gone(job.worker)


def _is_gone(worker: str) -> bool:
    """Say whether a worker of this computer has no process any more."""
    host, _, rest = worker.partition(":")
    number = rest.partition(":")[0]
    if host != socket.gethostname() or os.name != "posix" or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
