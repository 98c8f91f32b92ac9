"""The reasons of a suggestion in groups, so that a page of them can be read."""

from __future__ import annotations

from dataclasses import dataclass

from hotspots.tactics.suggestion import Suggestion
from hotspots.web.parts.words import sentence

STARTS = {
    "What": "What is suggested",
    "Why here": "Why this place",
    "Backtest": "How sure it is",
    "What research says": "What research says",
    "Smallest effect we could see": "How it will be judged",
    "Data": "Data, privacy and care",
}
"""The line that a group starts with; whatever follows it belongs to it."""


@dataclass(frozen=True, kw_only=True)
class ReasonGroup:
    """Some lines of a rationale under one title.

    ``lines`` (tuple of (str, str)): heading and text.
    """

    title: str
    lines: tuple[tuple[str, str], ...]


def reason_groups(suggestion: Suggestion) -> tuple[ReasonGroup, ...]:
    """Return every line of a rationale, and what to do there, in groups."""
    groups: dict[str, list[tuple[str, str]]] = {}
    title = next(iter(STARTS.values()))
    for heading, text in suggestion.rationale():
        title = STARTS.get(heading, title)
        groups.setdefault(title, []).append((heading, sentence(text)))
    first = next(iter(groups.values()))
    first += [("Do", _joined(suggestion.do)), ("Do not", _joined(suggestion.do_not))]
    return tuple(
        ReasonGroup(title=title, lines=tuple(lines)) for title, lines in groups.items()
    )


def _joined(sentences: tuple[str, ...]) -> str:
    return " ".join(
        text if text.endswith((".", "?", "!")) else f"{text}." for text in sentences
    )
