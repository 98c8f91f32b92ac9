"""What python-docx has no name for: fields, links, alternative text, language."""

from __future__ import annotations

import datetime as dt
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

WORD_2013 = "15"
"""The latest of the modes that the format knows."""
UNDATED = dt.datetime(2000, 1, 1)
"""Stands where the format wants to know when the file was made."""


def add_field(paragraph: Any, code: str) -> None:
    """Add a field that the word processor fills in, such as ``PAGE``."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def bookmark(run: Any, name: str, *, number: int) -> None:
    """Let links point at a run."""
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for element in (start, end):
        element.set(qn("w:id"), str(number))
    start.set(qn("w:name"), name[:40])
    run._r.addprevious(start)
    run._r.addnext(end)


def link_to(paragraph: Any, name: str, text: str, *, style: str) -> None:
    """Add words that lead to a bookmark."""
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), name[:40])
    run = paragraph.add_run(text, style=style)
    link.append(run._r)
    paragraph._p.append(link)


def repeat_row(row: Any) -> None:
    """Make a row of headings, repeated on each page."""
    keep_row(row)
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def keep_row(row: Any) -> None:
    """Keep a row on one page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def describe_picture(shape: Any, text: str) -> None:
    """Say in words what a picture shows.

    Parameters
    ----------
    shape : docx InlineShape
    """
    for side in "TBLR":  # left out, LibreOffice takes 3 mm
        shape._inline.set(f"dist{side}", "0")
    about = shape._inline.docPr
    about.set("descr", text)
    about.set("name", f"Picture {about.get('id')}")


def describe_table(table: Any, title: str, text: str) -> None:
    """Say in words what a table holds."""
    for name, value in (("w:tblCaption", title), ("w:tblDescription", text)):
        element = OxmlElement(name)
        element.set(qn("w:val"), value)
        table._tbl.tblPr.append(element)


def keep_with_next(paragraph: Any) -> None:
    """Keep a paragraph on the page of the one after it."""
    paragraph.paragraph_format.keep_with_next = True


def set_modern(document: Any) -> None:
    """Take from the empty document what belongs to an older word processor."""
    for setting in document.settings.element.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), WORD_2013)
    for owner in (document.part, document.part.package):
        for key, relation in list(owner.rels.items()):
            if relation.reltype.endswith(("/stylesWithEffects", "/thumbnail")):
                del owner.rels[key]


def set_language(document: Any, language: str) -> None:
    """State the language of all text."""
    for lang in document.styles.element.iter(qn("w:lang")):
        lang.set(qn("w:val"), language)
    for lang in document.settings.element.iter(qn("w:themeFontLang")):
        lang.set(qn("w:val"), language)
    normal = document.styles["Normal"].element.get_or_add_rPr()
    own = OxmlElement("w:lang")
    own.set(qn("w:val"), language)
    normal.append(own)


def set_properties(document: Any, *, title: str) -> None:
    """Say what the document is, and nothing of when or by whom it was made."""
    about = document.core_properties
    about.title, about.author, about.last_modified_by = title, "hotspots", "hotspots"
    about.comments = about.keywords = about.subject = about.category = ""
    about.created = about.modified = UNDATED
    about.language, about.revision = "en-GB", 1
