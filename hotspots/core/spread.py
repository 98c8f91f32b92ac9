"""Work in parts: who does them, in what order their results come back.

A part is a tuple of arguments, the work a plain function of them: the same on the same
parts wherever it runs, so that the answer does not depend on who did it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from hotspots.core.budget import checkpoint


class Engine(Protocol):
    """Who does the parts: this process, or workers."""

    def each(
        self, work: Callable[..., Any], parts: Iterable[tuple[Any, ...]]
    ) -> Iterator[tuple[int, Any]]:
        """Yield number and result of each part."""


@dataclass(frozen=True)
class InTurn:
    """The parts one after another, in this process."""

    def each(
        self, work: Callable[..., Any], parts: Iterable[tuple[Any, ...]]
    ) -> Iterator[tuple[int, Any]]:
        """Yield number and result of each part."""
        for number, part in enumerate(parts):
            yield number, work(*part)


def gathered(
    engine: Engine | None,
    work: Callable[..., Any],
    parts: Iterable[tuple[Any, ...]],
    say: Callable[[int], None] | None = None,
) -> list[Any]:
    """Return the results of all parts in the order of the parts.

    ``engine``: default this process.
    ``say``: hears after each part how many are done; a stop cancels the others.

    Examples
    --------
    >>> gathered(None, max, [(1, 5), (3, 2)])
    [5, 3]
    """
    found: dict[int, Any] = {}
    for number, part in (engine or InTurn()).each(work, parts):
        found[number] = part
        checkpoint()
        if say is not None:
            say(len(found))
    return [found[number] for number in sorted(found)]


def telling(what: str, total: int) -> Callable[[int], None]:
    """Return who tells the command line, or the page, how many parts are done."""
    return lambda done: checkpoint(what, done, total)
