"""The one place that knows whether numba is there.

``HOTSPOTS_COMPILED=0`` in the environment switches the compiled kernels off, which
the tests use to hold both twins against each other.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import Any

__all__ = ["HAVE_NUMBA", "njit", "run_chunks", "use_compiled"]

HAVE_NUMBA = find_spec("numba") is not None


def use_compiled() -> bool:
    """Say whether the compiled kernels run (numba is there and not switched off)."""
    return HAVE_NUMBA and os.environ.get("HOTSPOTS_COMPILED", "1") != "0"


def njit(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile ``function`` at its first call, off the interpreter lock, with a cache.

    numba itself is imported at that first call, so that commands which need no kernel
    do not wait for it. The compiled function may be called from other compiled ones
    only through :attr:`compiled`.
    """
    return _Lazy(function)


class _Lazy:
    """A function that compiles itself when it is first needed."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self._compiled: Callable[..., Any] | None = None
        self.__doc__ = function.__doc__
        self.__name__ = function.__name__

    @property
    def compiled(self) -> Callable[..., Any]:
        """The numba dispatcher."""
        if self._compiled is None:
            import numba

            jit = numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
            self._compiled = jit(self._function)
        return self._compiled

    def __call__(self, *args: Any) -> Any:
        return self.compiled(*args)


def run_chunks(work: Callable[[int, int], None], n: int, *, at_least: int) -> None:
    """Run ``work(start, stop)`` over ``range(n)`` on every core.

    Parameters
    ----------
    work : callable
        Writes its part of a result; must release the interpreter lock.
    n : int
        How many items there are.
    at_least : int
        Below this number of items a thread is not worth starting.
    """
    workers = min(os.cpu_count() or 1, max(1, n // at_least))
    if workers == 1:
        work(0, n)
        return
    edges = [n * k // (workers * 4) for k in range(workers * 4 + 1)]
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, edges[:-1], edges[1:]))
