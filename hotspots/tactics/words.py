"""The words of a tactic, from the TOML of its folder; read without loading its code."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hotspots.core.errors import SourceError
from hotspots.core.options import option
from hotspots.register.tactics import words_file


@dataclass(frozen=True, kw_only=True)
class Rating:
    """What research says of a tactic, with the studies that found nothing.

    ``words``: the rating in one sentence.
    ``found``, ``null``: studies that found an effect, and that found none, with their
    source.
    """

    words: str
    found: tuple[str, ...]
    null: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Words:
    """The words of a tactic, from the TOML of its folder: edit them there.

    ``tables``, ``layers``, ``headings``: what its lists, its layers and their columns
    are called.
    ``dpia``, ``equality``: stubs to be completed by a person.
    """

    title: str
    help: str
    suggests: str
    rating: Rating
    dpia: str
    equality: str
    do: tuple[str, ...] = ()
    do_not: tuple[str, ...] = ()
    tables: Mapping[str, str] = field(default_factory=dict)
    layers: Mapping[str, str] = field(default_factory=dict)
    headings: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_toml(cls, path: Path) -> Words:
        """Read the words of a tactic.

        Raises SourceError if the file is no TOML or lacks a line.
        """
        try:
            raw = tomllib.loads(path.read_text("utf-8"))
            raw.pop("options", None)
            raw.pop("says", None)
            rating = {k: _frozen(v) for k, v in raw.pop("rating").items()}
            told = {key: _frozen(value) for key, value in raw.items()}
            return cls(rating=Rating(**rating), **told)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SourceError(
                f"the words of a tactic must be TOML with title, help, suggests, dpia, "
                f"equality and a table [rating]; {path.name} is not: {error}. Compare "
                "it with another tactic's."
            ) from error


def options_from(path: Path) -> Callable[..., Any]:
    """Return how a tactic declares an option: name, default and limits.

    What people read of it (label, help, unit, whether it is shown first) stands in the
    table ``[options.NAME]`` of its words.
    """
    said = tomllib.loads(path.read_text("utf-8"))["options"]
    return lambda name, default, **limits: option(default, **said[name], **limits)


@dataclass(frozen=True)
class Says:
    """What a tactic says of its choice: the lines of ``[says]`` in its words.

    ``facts``: what fills every line; a line may name what they hold, as in
    ``{options.range_m:g}``.
    """

    lines: Mapping[str, str]
    facts: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_toml(cls, path: Path) -> Says:
        """Read the lines of a tactic's words."""
        return cls(tomllib.loads(path.read_text("utf-8"))["says"])

    def about(self, **facts: Any) -> Says:
        """Return the same lines with more facts."""
        return Says(self.lines, {**self.facts, **facts})

    def __call__(self, line: str, **facts: Any) -> str:
        """Return a line, filled."""
        return self.lines[line].format(**{**self.facts, **facts})

    def where(self, **holds: Any) -> tuple[str, ...]:
        """Return the lines whose condition holds, filled."""
        return tuple(self(line) for line, true in holds.items() if true)


def words_of(name: str) -> Words:
    """Return the words of a tactic of the catalogue, without loading its code."""
    return Words.from_toml(words_file(name))


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
