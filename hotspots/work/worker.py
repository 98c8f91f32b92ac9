"""A worker: takes work, does it, and says why where it cannot."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial

from hotspots.core.budget import Budget
from hotspots.core.errors import HotspotsError
from hotspots.store import Store
from hotspots.store.models import Job
from hotspots.store.queries import get
from hotspots.work.queue import Task, TaskStoppedError, claim, worker_name

Handler = Callable[[Task], None]
"""Does one kind of work and ends it by :meth:`Task.commit`."""

POLL_S = 0.25
BEAT_S = 5.0
TICK_S = 20.0
LONGEST_S = 3600.0
"""How long one piece of work may take."""
LOG = logging.getLogger("hotspots.work")
UNEXPECTED = "Something went wrong in the software. The server's log says what."


class Worker:
    """Does the work of one store, one thing at a time."""

    def __init__(
        self,
        store: Store,
        handlers: Mapping[str, Handler],
        tidy: Callable[[], None] = lambda: None,
        tick: Callable[[], object] = lambda: None,
        kind: str | None = None,
    ) -> None:
        """Make one; ``tidy`` is called after each piece of work, ``tick`` now and then.

        ``tick`` may queue what is due. ``kind``: all that it does; default everything.
        """
        self.store, self.handlers, self.kind = store, handlers, kind
        self.tidy, self.tick = tidy, tick
        self._ticked_at = float("-inf")
        self.name = worker_name()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def run_one(self, only: str | None = None) -> bool:
        """Do what has waited longest, or one thing by its identifier.

        Returns whether there was something to do.
        """
        task = claim(self.store, self.name, only, self.kind)
        if task is None:
            return False
        ended = threading.Event()
        pulse = threading.Thread(target=_keep_alive, args=(task, ended), daemon=True)
        pulse.start()
        try:
            self._do(task)
        finally:
            ended.set()
            pulse.join()
        self.tidy()
        return True

    def finish(self, id: str) -> Job:
        """Do one thing, or wait where another worker is at it; return it ended."""
        while True:
            self.run_one(id)
            with self.store.reading() as session:
                job = get(session, Job, id)
            if job.ended_at is not None:
                return job
            self._stop.wait(POLL_S)

    def run_all(self) -> None:
        """Do everything that is waiting."""
        while self.run_one():
            pass

    def run(self, parent: int | None = None) -> None:
        """Do what comes until :meth:`stop`, or until the parent process is gone."""
        while not self._stop.is_set() and parent in (None, os.getppid()):
            try:
                self._tick_if_due()
                worked = self.run_one()
            except HotspotsError:  # the database is away: it may come back
                LOG.exception("no work could be taken")
                worked = False
            if not worked:
                self._stop.wait(POLL_S)

    def _tick_if_due(self) -> None:
        if time.monotonic() - self._ticked_at >= TICK_S:
            self._ticked_at = time.monotonic()
            self.tick()

    def start(self) -> None:
        """Work in a thread of this process."""
        self._thread = threading.Thread(target=self.run, name="work", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after what is being done."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _do(self, task: Task) -> None:
        try:
            budget = Budget(LONGEST_S, told=task.progress)  # stops inside a handler too
            budget.run(partial(self.handlers[task.kind], task))
        except TaskStoppedError:
            task.end("Stopped. Nothing was kept.", "cancelled")
        except HotspotsError as error:
            task.end(str(error))
        except Exception:
            LOG.exception("%s %s failed", task.kind, task.id)
            task.end(UNEXPECTED)


def _keep_alive(task: Task, ended: threading.Event) -> None:
    while not ended.wait(BEAT_S):
        try:
            task.beat()
        except TaskStoppedError:
            return
        except HotspotsError:
            continue
