"""Work that may take longer than a page should: done aside, asked for again.

A page waits a moment for its answer; if it is not there yet, the page shows a progress
bar and asks again until it is.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from concurrent.futures import TimeoutError as NotDoneError
from threading import Lock
from typing import Any


class Running:
    """What is returned while the work goes on.

    Parameters
    ----------
    key : str
        Under which :meth:`Jobs.state` tells whether it is done.
    """

    def __init__(self, key: str) -> None:
        self.key = key


class Jobs:
    """The work asked for last, one thing at a time.

    Parameters
    ----------
    most : int
        How many answers are kept; the one unused for longest goes first.
    wait_s : float
        How long a page waits before it shows a progress bar.
    """

    def __init__(self, *, most: int = 32, wait_s: float = 1.5) -> None:
        self._most, self._wait_s = most, wait_s
        self._futures: OrderedDict[str, Future[Any]] = OrderedDict()
        self._lock = Lock()
        self._workers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="job")

    def get(self, what: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        """Return an answer, or :class:`Running` where it takes longer than a moment."""
        key = hashlib.sha256(repr(what).encode()).hexdigest()[:32]
        with self._lock:
            future = self._futures.get(key)
            if future is None:
                future = self._futures[key] = self._workers.submit(make)
            self._futures.move_to_end(key)
            self._forget()
        try:
            return future.result(timeout=self._wait_s)
        except NotDoneError:
            if future.done():  # the work itself ran out of time
                raise
            return Running(key)

    def state(self, key: str) -> str:
        """Say how far some work is.

        Returns
        -------
        {"running", "done", "unknown"}
        """
        with self._lock:
            future = self._futures.get(key)
        if future is None:
            return "unknown"
        return "done" if future.done() else "running"

    def wait(self, key: str) -> None:
        """Return once some work is done, or at once where there is none."""
        with self._lock:
            future = self._futures.get(key)
        if future is not None:
            wait([future])

    def _forget(self) -> None:
        for key, future in list(self._futures.items()):
            if len(self._futures) <= self._most:
                return
            if future.done():
                del self._futures[key]
