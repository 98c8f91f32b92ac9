"""Work that can be stopped: by its deadline, or because nobody wants it any more.

Whoever starts work gives it a budget; loops of the work that may go on for long call
:func:`checkpoint`, which costs next to nothing where there is none.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar, copy_context
from typing import TypeVar

from hotspots.core.errors import HotspotsError

T = TypeVar("T")
ENOUGH_SECONDS = 2.0
"""How long a kind of step is watched before its end is foreseen."""
FIRST_SECONDS = 20.0
"""The same of the first of its steps, which may compile."""
SURELY = 3
"""How many times over what anybody will wait the end must be foreseen to be."""


class CancelledError(HotspotsError):
    """The work was stopped before it was done."""


class Budget:
    """How long some work may take, how far it is, and whether it is still wanted.

    ``seconds``: from the moment that it is begun.
    ``patience``: how many seconds it may be foreseen to take; default all that it may
    take.
    ``ask``: asked with a sentence where it is foreseen to take longer; whether to go
    on.
    ``told``: called as ``told(what, done, total)`` at each step.
    """

    def __init__(
        self,
        seconds: float,
        *,
        patience: float | None = None,
        ask: Callable[[str], bool] | None = None,
        told: Callable[[str, int, int], None] | None = None,
    ) -> None:
        self.seconds = seconds
        self.progress: tuple[str, int, int] = ("", 0, 0)
        self._patience = seconds if patience is None else patience
        self._ask, self._told = ask, told
        self._since: tuple[str, int, float] = ("", 0, 0.0)
        self._warm = False
        self._until = float("inf")
        self._stopped: CancelledError | None = None

    def cancel(self) -> None:
        """Stop the work at its next checkpoint."""
        self._stopped = CancelledError("the work was stopped, as was asked.")

    def run(self, make: Callable[[], T]) -> T:
        """Do the work within the budget."""
        self._until = time.monotonic() + self.seconds
        return copy_context().run(self._inside, make)

    @property
    def seconds_left(self) -> float:
        """How long the work may still take."""
        return max(0.0, self._until - time.monotonic())

    def report(
        self, what: str, done: int, total: int, *, compiled: bool = False
    ) -> None:
        """Say how far the work is; foresee from that how long it will take.

        ``compiled``: what the first step calls; it is then as quick as the others.
        Raises CancelledError if that is longer than anybody will wait.
        """
        self.progress = (what, done, total)
        if self._told:
            self._told(what, done, total)
        now = time.monotonic()
        begun, first, since = self._since
        if begun != what or done < first:
            self._since, self._warm = (what, done, now), compiled
        elif done > first and not self._warm:  # the first step may have compiled
            self._since, self._warm = (what, done, now), True
        elif done > first and now - since > ENOUGH_SECONDS:
            self._foresee((now - since) / (done - first) * (total - first), what, total)

    def _look_at_first(self) -> None:
        """Foresee the end while the first of many steps is still not done."""
        enough = ENOUGH_SECONDS if self._warm else FIRST_SECONDS
        what, first, since = self._since
        taken = time.monotonic() - since
        if what == self.progress[0] and first == self.progress[1]:
            least = taken * (self.progress[2] - first)
            if taken > enough:
                self._foresee(least, what, self.progress[2])

    def _foresee(self, seconds: float, what: str, total: int) -> None:
        if seconds <= SURELY * self._patience:
            return  # what is busy now may be quiet again
        said = (
            f"{total:,} {what} take about {max(seconds / 60, 1):,.0f} minutes here, "
            f"more than {self._patience / 60:,.0f}"
        )
        if self._ask is None or not self._ask(f"{said}. Go on?"):
            self._stopped = CancelledError(
                f"the work must be done in {self._patience / 60:,.0f} minutes; {said}. "
                "Ask for fewer, for a shorter window or for one area; "
                "HOTSPOTS_MINUTES=60 gives a command an hour."
            )
            raise self._stopped
        self._patience = float("inf")

    def _inside(self, make: Callable[[], T]) -> T:
        _CURRENT.set(self)
        self.check()
        return make()

    def check(self) -> None:
        """Stop work that is over its time or no longer wanted.

        Raises CancelledError if it is.
        """
        if self._stopped:  # perhaps by what another thread of it foresaw
            raise self._stopped
        self._look_at_first()
        if time.monotonic() > self._until:
            raise CancelledError(
                f"the work must end within {self.seconds / 60:.0f} minutes; it did "
                "not, and was stopped. Ask for less: a shorter window, one area, fewer "
                "permutations."
            )


_CURRENT: ContextVar[Budget | None] = ContextVar("budget", default=None)


def checkpoint(
    what: str = "", done: int = 0, total: int = 0, *, compiled: bool = False
) -> None:
    """Say how far the work is; stop it where its budget is spent."""
    budget = _CURRENT.get()
    if budget is not None:
        budget.check()
        if total:
            budget.report(what, done, total, compiled=compiled)


def steps(
    items: Iterable[T],
    what: str,
    total: int,
    *,
    first: int = 0,
    compiled: bool = False,
) -> Iterator[T]:
    """Give items of some work one by one, with a checkpoint before each.

    ``first``: how many of the total were done before these.
    ``compiled``: whether the first takes no longer than the others.

    Examples
    --------
    >>> list(steps("ab", "letters", 2))
    ['a', 'b']
    """
    for done, item in enumerate(items, first):
        checkpoint(what, done, total, compiled=compiled)
        yield item


def seconds_left(most: float | None = None) -> float | None:
    """Return how long a solver may take: no longer than its budget; None for ever."""
    budget = _CURRENT.get()
    left = float("inf") if budget is None else budget.seconds_left
    least = min(left, float("inf") if most is None else most)
    return None if least == float("inf") else least
