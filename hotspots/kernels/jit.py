"""The one place that knows whether numba is there.

``HOTSPOTS_COMPILED=0`` in the environment switches the compiled kernels off, which
the tests use to hold both twins against each other.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from threading import Lock
from types import FunctionType
from typing import Any, overload

HAVE_NUMBA = find_spec("numba") is not None


def use_compiled() -> bool:
    """Say whether the compiled kernels run (numba is there and not switched off)."""
    return HAVE_NUMBA and os.environ.get("HOTSPOTS_COMPILED", "1") != "0"


@overload
def njit(function: Callable[..., Any]) -> _Lazy: ...
@overload
def njit(*, exact: bool) -> Callable[[Callable[..., Any]], _Lazy]: ...
def njit(
    function: Callable[..., Any] | None = None, *, exact: bool = False
) -> _Lazy | Callable[[Callable[..., Any]], _Lazy]:
    """Compile a function at its first call, off the interpreter lock, with a cache.

    numba itself is imported at that first call, so that commands which need no kernel
    do not wait for it. A kernel may call another of the same module by its name.
    """
    if function is None:
        return lambda wrapped: _Lazy(wrapped, exact=exact)
    return _Lazy(function, exact=exact)


class _Lazy:
    """A function that compiles itself when it is first needed."""

    def __init__(self, function: Callable[..., Any], *, exact: bool) -> None:
        self._function = function
        self._exact = exact
        self._compiled: Callable[..., Any] | None = None
        self._lock = Lock()
        self.__doc__ = function.__doc__
        self.__name__ = function.__name__

    @property
    def compiled(self) -> Callable[..., Any]:
        """The numba dispatcher."""
        with self._lock:
            if self._compiled is None:
                self._compiled = self._compile()
        return self._compiled

    def _compile(self) -> Callable[..., Any]:
        import numba

        function = _with_compiled_helpers(self._function)
        options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
        options["fastmath"] = False if self._exact else {"reassoc", "contract"}
        compiled: Callable[..., Any]
        try:
            compiled = numba.njit(cache=True, **options)(function)
        except RuntimeError:  # no folder for the cache can be written
            compiled = numba.njit(**options)(function)
        return compiled

    def __call__(self, *args: Any) -> Any:
        return self.compiled(*args)


def _with_compiled_helpers(function: Any) -> Any:
    """Return ``function`` with the kernels that it names compiled in its globals."""
    scope = function.__globals__
    helpers = {
        name: scope[name].compiled
        for name in function.__code__.co_names
        if isinstance(scope.get(name), _Lazy)
    }
    if not helpers:
        return function
    copy = FunctionType(
        function.__code__,
        {**scope, **helpers},
        function.__name__,
        function.__defaults__,
    )
    copy.__qualname__ = function.__qualname__
    return copy


def run_chunks(work: Callable[[int, int], None], n: int, *, at_least: int) -> None:
    """Run ``work(start, stop)`` over ``range(n)`` on every core."""
    workers = min(_n_cores(), max(1, n // at_least))
    if workers == 1:
        work(0, n)
        return
    edges = [n * k // (workers * 4) for k in range(workers * 4 + 1)]
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, edges[:-1], edges[1:]))


def _n_cores() -> int:
    """How many cores this process may use, which a container can limit."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
