"""The Word document: styles, tables, words for pictures, marking, the same bytes."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn

from hotspots.brief.page import Page, PlaceCard, Said
from hotspots.brief.print_table import PrintTable
from hotspots.brief.word import brief_word

FLOW = {"pStyle", "keepNext", "numPr"}
"""What a paragraph may say of itself; all else is in its style."""


@pytest.fixture(scope="module")
def content(week: Page) -> bytes:
    return brief_word(week)


@pytest.fixture(scope="module")
def document(content: bytes) -> Any:
    return Document(io.BytesIO(content))


def sheets(page: Page) -> Iterator[PrintTable]:
    for section in page.sections:
        for block in section.blocks:
            if isinstance(block, PrintTable):
                yield block


def texts(element: Any) -> str:
    return "".join(node.text or "" for node in element.iter(qn("w:t")))


def test_headings_are_those_of_the_page_in_order(document: Any, week: Page) -> None:
    found = [
        (p.style.name, p.text)
        for p in document.paragraphs
        if p.style.name.startswith(("Title", "Heading"))
    ]
    assert found[0] == ("Title", week.title)
    sections = [text for style, text in found if style == "Heading 1"]
    assert sections == [f"{s.number}  {s.title}" for s in week.sections]
    places = [
        f"{block.number}  {block.name}"
        for section in week.sections
        for block in section.blocks
        if isinstance(block, PlaceCard)
    ]
    assert len(places) == 10
    lower = [text for style, text in found if style == "Heading 2"]
    assert [text for text in lower if text in places] == places


def test_every_table_repeats_its_headings_and_says_what_it_is(
    document: Any, week: Page
) -> None:
    wanted = list(sheets(week))
    assert len(document.tables) == len(wanted) >= 10
    for table, sheet in zip(document.tables, wanted, strict=True):
        assert table.style.name == "Brief Table"
        first, *rest = table.rows
        assert first._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(r._tr.trPr.find(qn("w:tblHeader")) is None for r in rest)
        assert all(r._tr.trPr.find(qn("w:cantSplit")) is not None for r in rest)
        title = table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
        assert title == f"Table {sheet.number}"
        assert [cell.text for cell in first.cells] == [h.label for h in sheet.heads]
        for row, (_, cells) in zip(rest, sheet.rows, strict=True):
            shown = ["" if cell.picture else cell.text for cell in cells]
            assert [cell.text for cell in row.cells] == shown


def test_no_table_is_wider_than_the_page(document: Any) -> None:
    section = document.sections[0]
    room = section.page_width - section.left_margin - section.right_margin
    for table in document.tables:
        for row in table.rows:
            assert sum(cell.width for cell in row.cells) <= room


def test_looks_come_from_styles_alone(document: Any) -> None:
    body = document.element.body
    for properties in body.iter(qn("w:pPr")):
        assert {child.tag.split("}")[1] for child in properties} <= FLOW
    for properties in body.iter(qn("w:rPr")):
        assert [child.tag for child in properties] == [qn("w:rStyle")]
    known = {style.style_id for style in document.styles}
    for tag in ("w:pStyle", "w:rStyle", "w:tblStyle"):
        used = {element.get(qn("w:val")) for element in body.iter(qn(tag))}
        assert used <= known, used - known


def test_the_marking_and_the_page_number_are_on_each_page(
    document: Any, week: Page
) -> None:
    (section,) = document.sections
    assert not section.different_first_page_header_footer
    assert section.header.paragraphs[0].text == week.marking
    foot = section.footer
    assert foot.paragraphs[0].text == week.marking
    fields = [f.get(qn("w:instr")) for f in foot._element.iter(qn("w:fldSimple"))]
    assert fields == ["PAGE", "NUMPAGES"]
    assert week.foot in foot.paragraphs[1].text


def test_every_picture_says_in_words_what_it_shows(document: Any, week: Page) -> None:
    about = list(document.element.body.iter(qn("wp:docPr")))
    drawn = sum(bool(c.picture) for s in sheets(week) for _, r in s.rows for c in r)
    assert len(about) > drawn > 20
    assert all(one.get("descr", "").strip() for one in about)
    assert len({one.get("id") for one in about}) == len(about)
    first = next(one for one in about if "earliest first" in one.get("descr"))
    assert first.get("descr").startswith("All crime and disorder, earliest first: ")


def test_the_bottom_line_leads_to_its_tables(document: Any, week: Page) -> None:
    marks = {
        m.get(qn("w:name")) for m in document.element.body.iter(qn("w:bookmarkStart"))
    }
    said = [b for s in week.sections for b in s.blocks if isinstance(b, Said)]
    links = list(document.element.body.iter(qn("w:hyperlink")))
    assert [texts(link) for link in links] == [f"({one.where})" for one in said]
    assert len(links) == 3
    assert {link.get(qn("w:anchor")) for link in links} <= marks
    lines = [p.text for p in document.paragraphs if p.style.name == "List Number"]
    for line, one in zip(lines, said, strict=True):
        assert line.startswith(one.text)


def test_all_of_it_is_in_british_english(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            if name.endswith(".xml"):
                text = parts.read(name).decode()
                assert not re.search(
                    r"<w:(?:lang|themeFontLang) w:val=\"(?!en-GB)", text
                )
        assert (
            "<dc:language>en-GB</dc:language>"
            in parts.read("docProps/core.xml").decode()
        )


def test_the_same_page_gives_the_same_bytes_and_its_day(
    content: bytes, week: Page
) -> None:
    assert brief_word(week) == content
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert {one.date_time for one in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert parts.namelist()[0] == "[Content_Types].xml"
        assert b"documentProtection" not in parts.read("word/settings.xml")
    about = Document(io.BytesIO(content)).core_properties
    assert about.created == about.modified
    assert about.created.date().isoformat() == "2025-06-15"
    assert about.title == f"{week.title}, {week.subtitle}"


def test_a_hostile_text_stays_text(public: Page) -> None:
    nasty = "<w:p/> & \x00\x07 {{x}}"
    made = brief_word(replace(public, title=nasty, subtitle="a\nb"))
    first = Document(io.BytesIO(made)).paragraphs[0].text
    assert first.startswith("<w:p/> & ")
    assert "\x00" not in first


@pytest.mark.slow
def test_libreoffice_opens_it_and_marks_every_page(
    content: bytes, week: Page, tmp_path: Path
) -> None:
    office, reader = shutil.which("soffice"), shutil.which("pdftotext")
    if office is None or reader is None:
        pytest.skip("LibreOffice or pdftotext is not installed")
    (tmp_path / "brief.docx").write_bytes(content)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run(
        [office, profile, "--headless", "--convert-to", "pdf", "brief.docx"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        timeout=600,
    )
    told = subprocess.run(
        [reader, "-layout", "brief.pdf", "-"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    pages = told.stdout.split("\f")[:-1]
    assert len(pages) >= 5
    for number, text in enumerate(pages, start=1):
        assert text.count(week.marking) == 2
        assert f"Page {number} of {len(pages)}" in text
