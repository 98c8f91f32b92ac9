"""Long work: begun by POST alone, done aside, bounded in number and in time.

No request waits for it. What has not been made raises :class:`NotReadyError`, which
says whether it is being made; a page then shows how far it is, and a script or the
person asks again. Each kind of work has a worker and a short queue of its own, so that
many plans asked for do not keep a map from being drawn.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from flask import has_request_context, request

from hotspots.core.budget import Budget, CancelledError
from hotspots.service.views import BusyError


class NotReadyError(Exception):
    """What was asked for has not been made yet: no mistake of anybody's.

    ``key``: of the work, where it goes on; else empty: it must be asked for by POST.
    """

    def __init__(self, key: str = "") -> None:
        self.key = key
        super().__init__(
            "this is being made: ask again in a moment."
            if key
            else "this must be asked for by POST before it can be had."
        )


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What holds for one kind of work.

    ``keep``: how many answers are kept; the one unused for longest goes first.
    ``queue``: how many may be in the making, that being worked on included.
    ``deadline_s``: how long one may take.
    ``drop``: what is done with an answer that goes.
    """

    name: str
    keep: int = 32
    queue: int = 4
    deadline_s: float = 1200.0
    drop: Callable[[Any], object] = lambda _answer: None


@dataclass
class _Job:
    future: Future[Any]
    budget: Budget


@dataclass
class _Shelf:
    kind: Kind
    jobs: OrderedDict[str, _Job] = field(default_factory=OrderedDict)

    def __post_init__(self) -> None:
        self.workers = ThreadPoolExecutor(1, thread_name_prefix=self.kind.name)

    def n_going(self) -> int:
        return sum(not job.future.done() for job in self.jobs.values())


class Jobs:
    """The work asked for last, a worker for each kind."""

    def __init__(self, *kinds: Kind) -> None:
        self._shelves = {kind.name: _Shelf(kind) for kind in kinds}
        self._lock = Lock()

    def get(self, kind: str, what: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        """Return an answer that is there; begin the work where this request may.

        Raises NotReadyError if it is not there; BusyError if it would be one too many.
        """
        key = _key(kind, what)
        with self._lock:
            job = self._shelves[kind].jobs.get(key)
        if job is None and not may_begin():
            raise NotReadyError
        job = job or self.begin(kind, what, make)
        if not job.future.done():
            raise NotReadyError(key)
        try:
            return job.future.result()
        except CancelledError:
            with self._lock:  # it may be asked for again
                self._shelves[kind].jobs.pop(key, None)
            raise

    def begin(self, kind: str, what: tuple[Any, ...], make: Callable[[], Any]) -> _Job:
        """Begin some work, or take up what was begun.

        Raises BusyError if it would be one too many.
        """
        key, shelf = _key(kind, what), self._shelves[kind]
        with self._lock:
            job = shelf.jobs.get(key)
            if job is None:
                if shelf.n_going() >= shelf.kind.queue:
                    raise BusyError(
                        f"at most {shelf.kind.queue} things of a kind may be in the "
                        "making at once; there are as many. Try again in a minute."
                    )
                budget = Budget(shelf.kind.deadline_s)
                job = _Job(shelf.workers.submit(budget.run, make), budget)
                shelf.jobs[key] = job
            shelf.jobs.move_to_end(key)
            gone = self._forget(shelf)
        for each in gone:
            shelf.kind.drop(each)
        return job

    def finish(self, kind: str, what: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        """Return an answer, however long it takes: for other work, not for a page."""
        return self.begin(kind, what, make).future.result()

    def state(self, key: str) -> dict[str, Any]:
        """Say how far some work is.

        Returns
        -------
        dict
            ``state`` is "running", "done" or "unknown"; ``what``, ``done`` and
            ``total`` say how far, where the work tells.
        """
        job = self._find(key)
        if job is None:
            return {"state": "unknown"}
        if job.future.done():
            return {"state": "done"}
        what, done, total = job.budget.progress
        return {"state": "running", "what": what, "done": done, "total": total}

    def cancel(self, key: str) -> bool:
        """Ask some work to stop at its next step; say whether there is such work."""
        job = self._find(key)
        if job is not None:
            job.budget.cancel()
        return job is not None

    def wait(self, key: str) -> None:
        """Return once some work is done, or at once where there is none."""
        job = self._find(key)
        if job is not None:
            wait([job.future])

    def _find(self, key: str) -> _Job | None:
        with self._lock:
            found = (shelf.jobs.get(key) for shelf in self._shelves.values())
            return next((job for job in found if job is not None), None)

    @staticmethod
    def _forget(shelf: _Shelf) -> list[Any]:
        """Take out what is too many; return the answers that go."""
        gone = []
        for key, job in list(shelf.jobs.items()):
            if len(shelf.jobs) <= shelf.kind.keep:
                break
            if job.future.done():
                del shelf.jobs[key]
                if job.future.exception() is None:
                    gone.append(job.future.result())
        return gone


def _key(kind: str, what: tuple[Any, ...]) -> str:
    return hashlib.sha256(repr((kind, what)).encode()).hexdigest()[:32]


def may_begin() -> bool:
    """Only a POST begins work: no picture, link or script of another page can."""
    return has_request_context() and request.method == "POST"
