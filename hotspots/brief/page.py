"""The parts that a page is put together from, whatever it is printed on."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from hotspots.brief.content import Brief, Place, Provenance, Section
from hotspots.brief.print_table import WIDE_MM, PrintTable, print_table, typographic
from hotspots.brief.repeats import Annex
from hotspots.core.table import Statement, Table
from hotspots.core.window import in_words


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """Words."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Said:
    """A sentence of the bottom line, and where its figures stand.

    ``where``: such as ``Table 3, Burglary``.
    ``to``: id of that table.
    """

    text: str
    where: str
    to: str


@dataclass(frozen=True, kw_only=True)
class Remark:
    """What a person wrote.

    ``foot``: by whom and when.
    """

    heading: str
    paragraphs: tuple[str, ...]
    foot: str = ""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A list of names and what they are."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A chart or a map.

    ``alt``: what it shows, in words.
    ``caption``: where the same numbers stand.
    """

    id: str
    svg: str
    alt: str
    caption: str
    width_mm: float = WIDE_MM


@dataclass(frozen=True, kw_only=True)
class PlaceCard:
    """One place: its number on the map, its name, and pairs of label and text."""

    number: int
    name: str
    pairs: tuple[tuple[str, str], ...]


Block = Paragraph | Said | Remark | Facts | PrintTable | Picture | PlaceCard


@dataclass(frozen=True, kw_only=True)
class PageSection:
    """A numbered section."""

    id: str
    number: int
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, kw_only=True)
class Page:
    """A whole document.

    ``marking``: at the top and the foot of each page.
    ``foot``: small print of each page.
    ``notice``: that must not be missed; empty where there is none.
    ``dated``: the last day that it tells of.
    """

    title: str
    subtitle: str
    marking: str
    foot: str
    notice: str
    sections: tuple[PageSection, ...]
    dated: dt.date


def as_data(page: Page) -> dict[str, Any]:
    """Return a page as what JSON can hold."""
    made = asdict(page)
    made["dated"] = page.dated.isoformat()
    for section, plain in zip(page.sections, made["sections"], strict=True):
        for block, told in zip(section.blocks, plain["blocks"], strict=True):
            told["kind"] = type(block).__name__.lower()
    data: dict[str, Any] = _lists(made)
    return data


def _lists(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _lists(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_lists(inner) for inner in value]
    return value


SIMULATED = "Simulated data: nothing here is real."
AUDIENCES = {
    "operational": "Operational: those who will act on it",
    "partner": "Partners of the community safety partnership",
    "public": "The public",
}
NO_COMMENT = "No comment."
TABLE_FIRST = ("indicators", "priority", "areas")
"""Tables whose picture is large; a table fills a page that a picture would not."""
SAID_ONCE = ("When", "Who", "Since last")
MAX_LISTED = 6
"""Of more files than these a brief on paper gives one hash for the list."""


def brief_page(brief: Brief, pictures: Mapping[str, tuple[Picture, ...]]) -> Page:
    """Lay out a brief."""
    titles = {table.id: s.title for s in brief.sections for table in s.tables}
    printed = {
        table.id: print_table(table, n, under=titles[table.id])
        for n, table in enumerate(brief.tables, start=1)
    }
    return Page(
        title=brief.title,
        subtitle=brief.subtitle,
        marking=brief.marking,
        foot=f"{brief.title}, {brief.subtitle[:1].lower()}{brief.subtitle[1:]}."
        if brief.kind == "weekly"
        else f"{brief.title}, {brief.subtitle}.",
        notice=SIMULATED if brief.simulated else "",
        dated=brief.data_to,
        sections=tuple(
            PageSection(
                id=section.id,
                number=section.number,
                title=section.title,
                blocks=tuple(_blocks(brief, section, printed, pictures)),
            )
            for section in brief.sections
        ),
    )


def annex_page(annex: Annex) -> Page:
    """Lay out the restricted annex."""
    printed = [
        print_table(table, n)
        for n, table in enumerate((t for t in annex.tables if t.rows.height), start=1)
    ]
    none = Paragraph(text="No repeat locations, or none can be identified.")
    front = Facts(
        pairs=(
            ("Purpose", annex.purpose),
            *(("Handling", text) for text in annex.handling[:1]),
            *(("", text) for text in annex.handling[1:]),
        )
    )
    blocks: tuple[Block, ...] = (front, *printed) if printed else (front, none)
    subtitle = str(annex.period)
    return Page(
        title=annex.title,
        subtitle=f"{subtitle[:1].upper()}{subtitle[1:]}",
        marking=annex.marking,
        foot=f"{annex.title}, {subtitle}. {annex.purpose}",
        notice=SIMULATED if annex.simulated else "",
        dated=annex.period.window.last_day,
        sections=(
            PageSection(id="annex", number=1, title="Repeat locations", blocks=blocks),
            PageSection(
                id="method",
                number=2,
                title="Provenance",
                blocks=(
                    *_provenance(annex.provenance),
                    Paragraph(text=annex.attribution),
                ),
            ),
        ),
    )


def _front(brief: Brief) -> Facts:
    pairs = [
        ("Audience", AUDIENCES[brief.audience]),
        ("Purpose", brief.purpose),
        ("Sharing agreement", brief.sharing_agreement or "Not stated."),
        ("Data to", in_words(brief.data_to)),
    ]
    if brief.counted != brief.period.window:
        pairs.append(("Counted", f"{brief.counted} ({brief.period.span_words})"))
    pairs.append(("Data held", brief.held))
    for section in brief.sections:
        for table in section.tables:
            if table.id == "not_mapped":
                where = f"(section {section.number})."
                pairs.append(("Rows not mapped", f"{table.caption[:-1]} {where}"))
    return Facts(pairs=tuple(pairs))


def _blocks(
    brief: Brief,
    section: Section,
    printed: Mapping[str, PrintTable],
    pictures: Mapping[str, tuple[Picture, ...]],
) -> Iterator[Block]:
    for statement in section.statements:
        yield _said(brief, statement, printed)
    if section.id == "bottom_line":
        yield _comment(brief)
        yield _front(brief)
    yield from (Paragraph(text=typographic(text)) for text in section.text)
    for table in section.tables:
        drawn = pictures.get(table.id, ())
        n_before = 0 if table.id in TABLE_FIRST else 1
        yield from drawn[:n_before]
        yield printed[table.id]
        yield from drawn[n_before:]
        yield from _narrative(brief, table)
    yield from _cards(section.places)
    if section.notes:
        yield Facts(pairs=tuple((note.topic, note.text) for note in section.notes))
    if section.id == "method":
        yield from _provenance(brief.provenance)
        if brief.attribution:
            yield Paragraph(text=brief.attribution)


def _said(brief: Brief, said: Statement, printed: Mapping[str, PrintTable]) -> Said:
    table = brief.table(said.table_id)
    row = str(table.row(said.row_key)[table.columns[0].name])
    number = printed[table.id].number
    return Said(
        text=typographic(said.text), where=f"Table {number}, {row}", to=table.id
    )


def _comment(brief: Brief) -> Remark:
    comment = brief.comment
    by = [f"Written by {comment.author}." if comment.author else ""]
    if comment.carried_from:
        by.append(f"Carried forward from the brief for {comment.carried_from}.")
    return Remark(
        heading="The analyst's comment",
        paragraphs=tuple(_paragraphs(comment.comment)) or (NO_COMMENT,),
        foot=" ".join(text for text in by if text) if comment.comment else "",
    )


def _narrative(brief: Brief, table: Table) -> Iterator[Block]:
    """Yield what was written of indicators; of one that is not here by its own name."""
    if table.id not in ("period", "indicators") or not brief.comment.narrative:
        return
    labels: dict[str, str] = {}
    for key, label in table.rows.select("key", "label").iter_rows():
        labels |= {_plain(key): label, _plain(label): label}
    told = (
        f"{labels.get(_plain(name), name)}: {text}"
        for name, text in brief.comment.narrative.items()
    )
    yield Remark(
        heading="Narrative",
        paragraphs=tuple(told),
        foot=f"Written by {brief.comment.author}." if brief.comment.author else "",
    )


def _plain(name: str) -> str:
    return name.casefold().replace("_", " ").strip()


def _cards(places: Sequence[Place]) -> Iterator[Block]:
    """Yield a card a place; what is the same of every place is said once, before."""
    told = [_pairs(place) for place in places]
    same = {
        label
        for label in SAID_ONCE
        if len(places) > 1 and len({pairs.get(label) for pairs in told}) == 1
    }
    once = [told[0][label] for label in SAID_ONCE if label in same and told[0][label]]
    if once:
        yield Facts(pairs=(("All places", once[0]), *(("", text) for text in once[1:])))
    for place, pairs in zip(places, told, strict=True):
        kept = ((k, text) for k, text in pairs.items() if text and k not in same)
        yield PlaceCard(number=place.rank, name=place.name, pairs=tuple(kept))


def _pairs(place: Place) -> dict[str, str]:
    return {
        "Why": typographic(place.why),
        "What": place.what,
        "When": place.when,
        "Who": place.who,
        "Minutes": place.minutes,
        "Since last": place.changed,
    }


def _provenance(provenance: Provenance) -> Iterator[Block]:
    yield from (Paragraph(text=typographic(text)) for text in provenance.method)
    held: dict[str, list[tuple[str, str]]] = {}
    for what, name, digest in provenance.inputs:
        held.setdefault(what, []).append((name, digest))
    pairs = [
        (what.capitalize(), text)
        for what, files in held.items()
        for text in _files(files)
    ]
    yield Facts(
        pairs=(
            *pairs,
            ("Configuration", f"SHA-256 {provenance.configuration_hash}"),
            ("Software", f"hotspots {provenance.version}"),
        )
    )


def _files(files: Sequence[tuple[str, str]]) -> list[str]:
    """Return each file with its hash; of many the hash of what ``sha256sum`` prints."""
    if len(files) <= MAX_LISTED:
        return [f"{name}; SHA-256 {digest}" for name, digest in files]
    lines = "".join(f"{digest}  {name}\n" for name, digest in files)
    return [
        f"{len(files):,} files, {files[0][0]} to {files[-1][0]}. The SHA-256 of each "
        "is in brief.json; that of their list, as sha256sum prints it, is "
        f"{hashlib.sha256(lines.encode()).hexdigest()}"
    ]


def _paragraphs(text: str) -> Iterator[str]:
    for part in text.split("\n\n"):
        if part.strip():
            yield " ".join(part.split())
