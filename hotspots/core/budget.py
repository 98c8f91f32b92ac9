"""Work that can be stopped: by its deadline, or because nobody wants it any more.

Whoever starts work gives it a budget; loops of the work that may go on for long call
:func:`checkpoint`, which costs next to nothing where there is none.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import ContextVar, copy_context
from typing import TypeVar

from hotspots.core.errors import HotspotsError

T = TypeVar("T")


class CancelledError(HotspotsError):
    """The work was stopped before it was done."""


class Budget:
    """How long some work may take, how far it is, and whether it is still wanted.

    ``seconds``: from the moment that it is begun.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.progress: tuple[str, int, int] = ("", 0, 0)
        self._until = float("inf")
        self._wanted = True

    def cancel(self) -> None:
        """Stop the work at its next checkpoint."""
        self._wanted = False

    def run(self, make: Callable[[], T]) -> T:
        """Do the work within the budget."""
        self._until = time.monotonic() + self.seconds
        return copy_context().run(self._inside, make)

    def _inside(self, make: Callable[[], T]) -> T:
        _CURRENT.set(self)
        self.check()
        return make()

    def check(self) -> None:
        """Stop work that is over its time or no longer wanted.

        Raises
        ------
        CancelledError
            If it is.
        """
        if not self._wanted:
            raise CancelledError("the work was stopped, as was asked.")
        if time.monotonic() > self._until:
            raise CancelledError(
                f"the work must end within {self.seconds / 60:.0f} minutes; it did "
                "not, and was stopped. Ask for less: a shorter window, one area, fewer "
                "permutations."
            )


_CURRENT: ContextVar[Budget | None] = ContextVar("budget", default=None)


def checkpoint(what: str = "", done: int = 0, total: int = 0) -> None:
    """Say how far the work is; stop it where its budget is spent."""
    budget = _CURRENT.get()
    if budget is not None:
        if what or total:
            budget.progress = (what, done, total)
        budget.check()
