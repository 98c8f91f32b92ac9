"""One process more, begun early: it loads libraries while this one reads and counts.

What it is handed is done in turn, beside whatever goes on here.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from threading import Thread
from typing import Any, ClassVar

from hotspots.core.without import do_without


class _Beside:
    """The process, if this is a command: it would run anybody else's script again."""

    may_begin: ClassVar[bool] = False
    begun: ClassVar[ProcessPoolExecutor | None] = None


def allow() -> None:
    """Let this process begin another: it runs a command, on more than one processor."""
    _Beside.may_begin = (os.cpu_count() or 1) > 1


def begin(*modules: str) -> None:
    """Begin a process that loads modules, where this one may."""
    if _Beside.may_begin and _Beside.begun is None:
        spawn = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(1, mp_context=spawn, initializer=_prepare)
        for name in modules:
            pool.submit(import_module, name)
        _Beside.begun = pool


def load(*modules: str) -> None:
    """Load modules in a thread, where this is a command, while files are waited for."""
    if _Beside.may_begin:
        names = list(modules)
        Thread(target=lambda: list(map(import_module, names)), daemon=True).start()


def end() -> None:
    """End the process, where it was begun and nothing was handed to it."""
    pool, _Beside.begun = _Beside.begun, None
    if pool is not None:
        pool.shutdown(cancel_futures=True)


@contextmanager
def hands(*, shared: bool = False) -> Iterator[Callable[..., None]]:
    """Give what work is handed to; at the end all of it is done.

    The work is a plain function of what can be pickled. Where no process was begun, it
    is done at once. ``shared``: what is not begun at the end is done here, last first.

    Raises whatever the first work that failed raised.
    """
    pool, _Beside.begun = _Beside.begun, None
    if pool is None:
        yield lambda work, *given, **more: work(*given, **more)
        return
    running: list[tuple[Future[Any], Callable[[], Any]]] = []
    try:
        yield lambda work, *given, **more: running.append(
            (pool.submit(work, *given, **more), partial(work, *given, **more))
        )
        for waiting, work in reversed(running if shared else ()):
            if waiting.cancel():
                work()
        for each, _ in running:
            if not each.cancelled():
                each.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _prepare() -> None:
    """End where the process that asks is gone; only that one is stopped by hand."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    do_without("geopandas", "pandas")


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
