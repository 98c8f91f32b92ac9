"""Write the transparency record, the evidence for a DPIA and the equality note.

The questions stand in ``forms/*.md``. ``{name}`` is a fact of the runs: within a line
its text, alone on a line as many lines as there are facts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from hotspots.core.folders import atomic_folder
from hotspots.core.sanitise import clean_text
from hotspots.tactics.plan import Plan
from hotspots.transparency.facts import Facts
from hotspots.transparency.runs import plan_words
from hotspots.workflow import Analysis

FORMS = Path(__file__).parent / "forms"
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~!])")
_LINE_START = re.compile(r"^(\s*)([-+]|\d+[.)])(?=\s)", re.MULTILINE)
_NUMBERED = re.compile(r"((?:\d+\.)+\d+) (.+)")
_WHO = re.compile(r"(To|Unless back-tested, to) be completed by (.+)\.")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One question and what is known of its answer.

    ``number``: its number in the form; empty where the form has none.
    ``lines``: what the configuration and the runs show, one fact a line.
    ``complete_by``: who completes or confirms it; empty where nothing is left to do.
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
    attribution: str = ""
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
            escape_markdown(self.attribution),
            f"Entries to be completed or confirmed by a person: {self.n_blanks}.",
        ]
        for section in self.sections:
            parts.append(f"## {escape_markdown(section.title)}")
            for entry in section.entries:
                heading = f"{entry.number} {entry.name}".strip()
                parts.append(f"### {escape_markdown(heading)}")
                parts += _body(entry)
        return "\n\n".join(part for part in parts if part) + "\n"

    def to_record(self) -> dict[str, Any]:
        """Return the form as plain data for JSON."""
        made = asdict(self)
        sections = made.pop("sections")
        for entry in (entry for section in sections for entry in section["entries"]):
            entry["known"] = entry.pop("lines")
            entry["to_be_completed_by"] = entry.pop("complete_by") or None
        return {**made, "to_be_completed": self.n_blanks, "sections": sections}


def read_form(
    name: str, facts: Mapping[str, str | tuple[str, ...]], *, tested: bool
) -> Document:
    """Fill in a form; ``tested`` is whether there is a back-test."""
    text = (FORMS / f"{name}.md").read_text(encoding="utf-8")
    head, *sections = text.removeprefix("# ").split("\n## ")
    title, marking, introduction = head.strip().split("\n\n")
    made = []
    for section in sections:
        heading, *entries = section.split("\n### ")
        filled = tuple(_entry(each, facts, tested=tested) for each in entries)
        made.append(Section(title=heading.strip(), entries=filled))
    return Document(
        title=title,
        marking=marking.strip("*"),
        introduction=" ".join(introduction.split()),
        sections=tuple(made),
    )


def _entry(
    text: str, facts: Mapping[str, str | tuple[str, ...]], *, tested: bool
) -> Entry:
    heading, *parts = text.strip().split("\n\n")
    number, name = (
        found.groups() if (found := _NUMBERED.fullmatch(heading)) else ("", heading)
    )
    lines: list[str] = []
    complete_by = ""
    for part in parts:
        if who := _WHO.fullmatch(" ".join(part.split())):
            complete_by = "" if tested and who[1] != "To" else who[2]
        else:
            lines += _filled(part, facts)
    return Entry(number=number, name=name, lines=tuple(lines), complete_by=complete_by)


def _filled(items: str, facts: Mapping[str, str | tuple[str, ...]]) -> Iterator[str]:
    """Yield the items of a list with their facts."""
    for item in items.removeprefix("- ").split("\n- "):
        line = " ".join(item.split())
        alone = facts.get(line.strip("{}"))
        if isinstance(alone, tuple):
            yield from alone
        else:
            yield line.format_map(facts)


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


PUBLIC_FORMS = {"atrs-record": True, "dpia-evidence": False, "equality-note": False}
"""Whether each form is published."""


def build_documents(
    analysis: Analysis, *, plans: Sequence[Plan | str] = (), **given: Any
) -> dict[str, Document]:
    """Fill in every document from the runs.

    ``**given``: ``evaluation``, ``usage``, ``untested`` and ``policy`` of
    :class:`hotspots.transparency.facts.Facts`.

    References
    ----------
    Department for Science, Innovation and Technology, "Algorithmic Transparency
    Recording Standard", version 3.0: tier 1, and tier 2 in five parts. Information
    Commissioner's Office, "Data protection impact assessments", the seven steps of its
    sample template; UK GDPR article 35; Data Protection Act 2018, section 64. Equality
    Act 2010, sections 4 and 149.
    """
    runs = tuple(plan_words(one) if isinstance(one, Plan) else one for one in plans)
    facts = Facts(analysis=analysis, plans=runs, **given)
    tested = facts.evaluation is not None
    return {
        name: replace(
            read_form(name, facts.values(public=public), tested=tested),
            attribution=analysis.dataset.attribution,
        )
        for name, public in PUBLIC_FORMS.items()
    }


def write_transparency(
    analysis: Analysis, out: Path | str, **given: Any
) -> tuple[Path, ...]:
    """Write every document of :func:`build_documents` as Markdown and as JSON."""
    documents = build_documents(analysis, **given)
    written = []
    with atomic_folder(Path(out)) as folder:
        for name, document in documents.items():
            record = json.dumps(document.to_record(), indent=2, ensure_ascii=False)
            texts = {"md": document.to_markdown(), "json": record + "\n"}
            for ending, text in texts.items():
                path = folder / f"{name}.{ending}"
                path.write_text(text, encoding="utf-8", newline="\n")
                written.append(Path(out) / path.name)
    return tuple(written)
