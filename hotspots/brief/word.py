"""The brief as a Word document that can be edited: everything by styles."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.shared import Mm

from hotspots.brief import word_styles as ooxml
from hotspots.brief.page import (
    Block,
    Facts,
    Page,
    Paragraph,
    Picture,
    PlaceCard,
    Remark,
    Said,
)
from hotspots.brief.print_table import SPARK_MM, WIDE_MM, Cell, PrintTable
from hotspots.core.sanitise import clean_text
from hotspots.outputs.printing import svg_to_png

LANGUAGE = "en-GB"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""When every part of the file was made, as far as it says."""
DOTS = 180
SPARK_DOTS = 300
WIDE_FIRST_MM = 30.0
STAND_OFF_MM = 2.0
"""Words that follow a number stand off by it."""
SHORT_ROWS = 12
"""A table of so many rows at most stays on one page."""
TONE_STYLES = {"strong": "Strong", "quiet": "Quiet", "late": "Late"}


def brief_word(page: Page) -> bytes:
    """Write a page as a Word document."""
    document = Document()
    ooxml.add_styles(document)
    ooxml.set_language(document, LANGUAGE)
    ooxml.set_modern(document)
    title = clean_text(f"{page.title}, {page.subtitle}")
    ooxml.set_properties(document, title, clean_text(page.marking), page.dated)
    _frame(document, page)
    document.add_paragraph(clean_text(page.title), style="Title")
    document.add_paragraph(clean_text(page.subtitle), style="Subtitle")
    if page.notice:
        document.add_paragraph(clean_text(page.notice), style="Notice")
    for section in page.sections:
        document.add_heading(clean_text(f"{section.number}  {section.title}"), level=1)
        for block, leads in _leading(section.blocks):
            _add(document, block, style="Lead" if leads else "Normal")
    held = io.BytesIO()
    document.save(held)
    return _undated(held.getvalue())


def _frame(document: Any, page: Page) -> None:
    """Put the marking at the top and the foot of each page, with its number."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(16)
    section.top_margin, section.bottom_margin = Mm(22), Mm(24)
    section.header_distance, section.footer_distance = Mm(9), Mm(8)
    top = section.header.paragraphs[0]
    top.style = document.styles["Marking"]
    top.add_run(clean_text(page.marking))
    foot = section.footer.paragraphs[0]
    foot.style = document.styles["Marking"]
    foot.add_run(clean_text(page.marking))
    small = section.footer.add_paragraph(style="Foot")
    small.add_run(clean_text(f"{page.foot}\tPage "))
    ooxml.add_field(small, "PAGE")
    small.add_run(" of ")
    ooxml.add_field(small, "NUMPAGES")


def _leading(blocks: Sequence[Block]) -> list[tuple[Block, bool]]:
    """Return blocks with whether each is words that lead to a table after them."""
    told: list[tuple[Block, bool]] = []
    before = False
    for block in reversed(blocks):
        before = before and isinstance(block, Paragraph)
        told.append((block, before))
        before = before or isinstance(block, PrintTable)
    return told[::-1]


def _add(document: Any, block: Block, *, style: str) -> None:
    if isinstance(block, Paragraph):
        document.add_paragraph(clean_text(block.text), style=style)
    elif isinstance(block, Said):
        line = document.add_paragraph(clean_text(f"{block.text} "), style="List Number")
        ooxml.link_to(line, f"table_{block.to}", f"({block.where})", style="Reference")
    elif isinstance(block, Remark):
        document.add_heading(clean_text(block.heading), level=2)
        for text in block.paragraphs:
            document.add_paragraph(clean_text(text), style="Comment")
        if block.foot:
            document.add_paragraph(clean_text(block.foot), style="Note")
    elif isinstance(block, Facts):
        _facts(document, block)
    elif isinstance(block, PrintTable):
        _sheet(document, block)
    elif isinstance(block, Picture):
        _picture(document, block)
    elif isinstance(block, PlaceCard):
        _card(document, block)


def _facts(document: Any, facts: Facts, *, together: bool = False) -> None:
    last = len(facts.pairs) - 1
    for k, (name, text) in enumerate(facts.pairs):
        style = "Fact Kept" if together and k < last else "Fact"
        line = document.add_paragraph(style=style)
        if name:
            line.add_run(clean_text(name), style="Strong")
        line.add_run(clean_text(f"\t{text}"))


def _card(document: Any, card: PlaceCard) -> None:
    document.add_heading(clean_text(f"{card.number}  {card.name}"), level=2)
    _facts(document, Facts(pairs=card.pairs), together=True)


def _picture(document: Any, picture: Picture) -> None:
    png = svg_to_png(picture.svg, width_mm=picture.width_mm, dots_per_inch=DOTS)
    line = document.add_paragraph(style="Picture")
    wide = Mm(min(picture.width_mm, WIDE_MM))
    shape = line.add_run().add_picture(io.BytesIO(png), width=wide)
    ooxml.describe_picture(shape, clean_text(picture.alt))
    if picture.caption:
        document.add_paragraph(clean_text(picture.caption), style="Picture Note")


def _sheet(document: Any, sheet: PrintTable) -> None:
    line = document.add_paragraph(style="Caption")
    title = f"{sheet.title}. " if sheet.title else ""
    run = line.add_run(f"Table {sheet.number}", style="Strong")
    ooxml.bookmark(run, f"table_{sheet.id}", number=sheet.number)
    line.add_run(clean_text(f"  {title}{sheet.caption}"))
    table = document.add_table(rows=1, cols=len(sheet.heads), style="Brief Table")
    ooxml.describe_table(table, f"Table {sheet.number}", clean_text(sheet.caption))
    table.autofit = False
    styles = _cell_styles(sheet)
    widths = _widths(sheet, styles)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    _heads(table, sheet, styles, widths)
    together = len(sheet.rows) - 1 if len(sheet.rows) <= SHORT_ROWS else 2
    for k, (_, cells) in enumerate(sheet.rows):
        row = table.add_row()
        ooxml.keep_row(row)
        for place, cell, style, width in zip(
            row.cells, cells, styles, widths, strict=True
        ):
            place.width = width
            line = _cell_line(place, f"Table{style}")
            if k < together:
                ooxml.keep_with_next(line)
            _fill(line, cell, of=cells[0].text)
    for text in sheet.notes:
        document.add_paragraph(clean_text(text), style="Note")


def _cell_styles(sheet: PrintTable) -> list[str]:
    """Return the style of each column: words stand off from a number before them."""
    right = [head.numeric for head in sheet.heads]
    return [
        "Number" if own else "Word" if before else "Text"
        for own, before in zip(right, [False, *right], strict=False)
    ]


def _widths(sheet: PrintTable, styles: list[str]) -> list[int]:
    """Return the widths of columns: what words stand off is taken from the first."""
    widths = [
        head.width_mm + (STAND_OFF_MM if style == "Word" else 0.0)
        for head, style in zip(sheet.heads, styles, strict=True)
    ]
    over = max(sum(widths) - WIDE_MM, 0.0)
    if sheet.heads[0].width_mm > WIDE_FIRST_MM:
        widths[0] -= over
    return [Mm(width) for width in widths]


def _heads(table: Any, sheet: PrintTable, styles: list[str], widths: list[int]) -> None:
    row = table.rows[0]
    ooxml.repeat_row(row)
    for place, head, style, width in zip(
        row.cells, sheet.heads, styles, widths, strict=True
    ):
        place.width = width
        line = _cell_line(place, f"TableHead{style}")
        line.add_run(clean_text(head.label))


def _cell_line(place: Any, style: str) -> Any:
    """Return the line of a cell; its style by id, which spares a search each time."""
    line = place.paragraphs[0]
    line._p.style = style
    return line


def _fill(line: Any, cell: Cell, *, of: str) -> None:
    if not cell.picture:
        line.add_run(clean_text(cell.text), style=TONE_STYLES.get(cell.tone))
        return
    png = svg_to_png(cell.picture, width_mm=SPARK_MM, dots_per_inch=SPARK_DOTS)
    shape = line.add_run().add_picture(io.BytesIO(png), width=Mm(SPARK_MM))
    ooxml.describe_picture(shape, clean_text(f"{of}, earliest first: {cell.text}"))


def _undated(content: bytes) -> bytes:
    """Write the file again without the moment at which it was made."""
    held = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as made,
        zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as kept,
    ):
        for name in sorted(made.namelist(), key=_order):
            about = zipfile.ZipInfo(name, date_time=EPOCH)
            about.compress_type = zipfile.ZIP_DEFLATED
            kept.writestr(about, made.read(name))
    return held.getvalue()


def _order(name: str) -> tuple[bool, str]:
    return name != "[Content_Types].xml", name
