"""The printed brief, read back: tags, words for pictures, headings, marking, order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from pdf_reader import Tag, catalog, open_pdf, structure, words
from pypdf import PdfReader

from hotspots.brief.page import Page, Picture, PlaceCard, Said, annex_page
from hotspots.brief.print_table import PrintTable
from hotspots.brief.repeats import Annex
from hotspots.brief.write import brief_pdf

Pages = Callable[..., Page]
WIDE_MM = 178.0


@pytest.fixture(scope="module")
def content(week: Page) -> bytes:
    return brief_pdf(week)


@pytest.fixture(scope="module")
def pdf(content: bytes) -> PdfReader:
    return open_pdf(content)


@pytest.fixture(scope="module")
def printed(pdf: PdfReader) -> list[str]:
    return words(pdf)


@pytest.fixture(scope="module")
def tags(pdf: PdfReader) -> Tag:
    return structure(pdf)


def sheets(page: Page) -> Iterator[PrintTable]:
    for section in page.sections:
        for block in section.blocks:
            if isinstance(block, PrintTable):
                yield block


def blocks(page: Page, kind: type) -> list[object]:
    found = (block for section in page.sections for block in section.blocks)
    return [block for block in found if isinstance(block, kind)]


def said(text: str) -> str:
    return " ".join(text.split())


def test_the_file_says_what_it_is(pdf: PdfReader, week: Page) -> None:
    root = catalog(pdf)
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata is not None
    assert pdf.metadata.title == f"{week.title}, {week.subtitle}"
    about = root["/Metadata"].get_data()
    assert b"<pdfuaid:part>1</pdfuaid:part>" in about
    assert len(pdf.outline) >= len(week.sections)


def test_every_picture_is_told_in_words(tags: Tag, week: Page) -> None:
    figures = tags.all("Figure")
    assert all(tag.alt.strip() for tag in figures)
    alts = [tag.alt for tag in figures]
    pictures = blocks(week, Picture)
    assert len(pictures) == 2
    for picture in pictures:
        assert isinstance(picture, Picture)
        assert picture.alt in alts
    drawn = [
        cell for s in sheets(week) for _, row in s.rows for cell in row if cell.picture
    ]
    assert len(figures) == len(drawn) + len(pictures)
    assert all(f"Earliest first: {cell.text}" in alts for cell in drawn)


def test_every_table_has_headings_of_its_columns(tags: Tag, week: Page) -> None:
    tables = tags.all("Table")
    wanted = list(sheets(week))
    assert len(tables) == len(wanted) > 8
    for table, sheet in zip(tables, wanted, strict=True):
        heads = [tag for part in table.all("THead") for tag in part.all("TH")]
        assert len(heads) == len(sheet.heads)
        assert {tag.scope for tag in heads} == {"Column"}
        body = [tag for part in table.all("TBody") for tag in part.all("TR")]
        for row in body:
            first, *rest = row.children
            assert (first.name, first.scope) == ("TH", "Row")
            assert {cell.name for cell in rest} == {"TD"}
        assert [len(row.all("TD", "TH")) for row in body] == [len(sheet.heads)] * len(
            sheet.rows
        )


def test_headings_skip_no_level(tags: Tag, week: Page) -> None:
    levels = [
        int(tag.name[1:]) for tag in tags.walk() if re.fullmatch("H[1-6]", tag.name)
    ]
    assert levels[0] == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))
    assert levels.count(1) == len(week.sections)
    assert levels.count(2) == len(blocks(week, PlaceCard)) == 10


def test_the_marking_is_at_the_top_and_the_foot_of_each_page(
    printed: list[str], week: Page
) -> None:
    assert len(printed) <= 8
    for n, text in enumerate(printed, start=1):
        assert text.startswith(week.marking)
        assert text.count(week.marking) >= 2
        assert f"Page {n} of {len(printed)}" in text
    assert "Simulated data: nothing here is real." in printed[0]


def test_everything_of_the_page_is_printed(printed: list[str], week: Page) -> None:
    text = " ".join(printed)
    for line in blocks(week, Said):
        assert isinstance(line, Said)
        assert said(f"{line.text} ({line.where})") in text
    for sheet in sheets(week):
        assert said(f"Table {sheet.number} {sheet.title}") in text
        assert said(" ".join(head.label for head in sheet.heads)) in text
        for _, cells in sheet.rows:
            assert said(" ".join(c.text for c in cells if not c.picture)) in text
    for card in blocks(week, PlaceCard):
        assert isinstance(card, PlaceCard)
        assert f"{card.number} {card.name}" in text
        for label, told in card.pairs:
            assert said(f"{label} {told}") in text
    for section in week.sections:
        assert f"{section.number} {section.title}" in text


def test_no_table_is_wider_than_the_page(page_of: Pages) -> None:
    for period in ("2025-W24", "2025-Q2"):
        for sheet in sheets(page_of(period)):
            assert sum(head.width_mm for head in sheet.heads) <= WIDE_MM + 0.01
            assert all(head.width_mm > 4 for head in sheet.heads)


def test_a_heading_is_repeated_where_a_table_goes_on(page_of: Pages) -> None:
    pages = words(open_pdf(brief_pdf(page_of("2025-W24"))))
    head = (
        "Indicator Latest 28 days Previous 28 days Same 28 days last year Usual range"
    )
    first, second = pages[:2]
    assert head in first
    assert "All crime and disorder 293 309" in first
    assert head in second
    assert "Violence and sexual offences 98 91" in second


def test_nothing_begins_outside_the_margins(pdf: PdfReader) -> None:
    at: list[tuple[float, float]] = []

    def note(text: str, cm: list[float], tm: list[float], *_: object) -> None:
        if text.strip():
            x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
            y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            at.append((x, y))

    for page in pdf.pages:
        page.extract_text(visitor_text=note)
    assert len(at) > 1_000
    assert min(x for x, _ in at) > 40
    assert max(x for x, _ in at) < 555
    assert 20 < min(y for _, y in at) < max(y for _, y in at) < 825


def test_the_same_page_gives_the_same_bytes(content: bytes, week: Page) -> None:
    assert brief_pdf(week) == content
    assert brief_pdf(replace(week, foot=f"{week.foot} Second copy.")) != content


def test_the_annex_is_marked_and_says_how_to_handle_it(annex: Annex) -> None:
    pages = words(open_pdf(brief_pdf(annex_page(annex))))
    assert all(text.startswith("OFFICIAL-SENSITIVE") for text in pages)
    assert "Purpose Prevention visits" in pages[0]
    assert "Do not e-mail" in pages[0]
    assert "Delete 90 days after 15 June 2025." in pages[0]
    some = annex.tables[0].rows["where"][0]
    assert some in pages[0]
    assert "Address Incidents" in pages[1]
