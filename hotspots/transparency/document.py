"""A form that is filled in as far as the runs can, as Markdown and as plain data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from hotspots.core.sanitise import clean_text

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~!])")
_LINE_START = re.compile(r"^(\s*)([-+]|\d+[.)])(?=\s)", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One question and what is known of its answer.

    Parameters
    ----------
    number : str
        Its number in the form; empty where the form has none.
    lines : tuple of str
        What the configuration and the runs show, one fact a line.
    complete_by : str
        Who completes or confirms it; empty where nothing is left to do.
    """

    number: str = ""
    name: str
    lines: tuple[str, ...] = ()
    complete_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Section:
    """A titled part of a form."""

    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True)
class Document:
    """A form."""

    title: str
    marking: str
    introduction: str
    sections: tuple[Section, ...]

    @property
    def n_blanks(self) -> int:
        """How many entries somebody has yet to complete."""
        return sum(bool(e.complete_by) for s in self.sections for e in s.entries)

    def to_markdown(self) -> str:
        """Return the form as Markdown; every value stands as the text that it is."""
        parts = [
            f"# {escape_markdown(self.title)}",
            f"**{escape_markdown(self.marking)}**",
            escape_markdown(self.introduction),
            f"Entries to be completed or confirmed by a person: {self.n_blanks}.",
        ]
        for section in self.sections:
            parts.append(f"## {escape_markdown(section.title)}")
            for entry in section.entries:
                heading = f"{entry.number} {entry.name}".strip()
                parts.append(f"### {escape_markdown(heading)}")
                parts += _body(entry)
        return "\n\n".join(parts) + "\n"

    def to_record(self) -> dict[str, Any]:
        """Return the form as plain data for JSON."""
        return {
            "title": self.title,
            "marking": self.marking,
            "introduction": self.introduction,
            "to_be_completed": self.n_blanks,
            "sections": [
                {
                    "title": section.title,
                    "entries": [
                        {
                            "number": entry.number,
                            "name": entry.name,
                            "known": list(entry.lines),
                            "to_be_completed_by": entry.complete_by or None,
                        }
                        for entry in section.entries
                    ],
                }
                for section in self.sections
            ],
        }


def blank(number: str, name: str, who: str) -> Entry:
    """Return an entry that only a person can answer."""
    return Entry(number=number, name=name, complete_by=who)


def escape_markdown(text: str) -> str:
    r"""Return text that Markdown and HTML show as it is.

    Examples
    --------
    >>> print(escape_markdown("<b>1* [x](y)"))
    \<b\>1\* \[x\](y)
    """
    plain = _MARKDOWN.sub(r"\\\1", " ".join(clean_text(text).split()))
    return _LINE_START.sub(r"\1\\\2", plain).replace("&", "&amp;")


def _body(entry: Entry) -> list[str]:
    known = ["\n".join(f"- {escape_markdown(line)}" for line in entry.lines)]
    what = "Rest to be completed" if entry.lines else "To be completed"
    todo = [f"**{what} by {escape_markdown(entry.complete_by)}.**"]
    return (known if entry.lines else []) + (todo if entry.complete_by else [])
