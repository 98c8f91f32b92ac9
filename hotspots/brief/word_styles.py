"""The styles of the Word document: a bureau changes its look in one place."""

from __future__ import annotations

import datetime as dt
from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

FONT = "Arial"
ACCENT = RGBColor(0x1D, 0x4F, 0x7C)
INK = RGBColor(0x0B, 0x0C, 0x0C)
GREY = RGBColor(0x50, 0x5A, 0x5F)
LATE = RGBColor(0x94, 0x25, 0x14)

STYLES: dict[str, tuple[float, float, float]] = {
    "Normal": (9.5, 0, 4),
    "Title": (21, 0, 1),
    "Subtitle": (12, 0, 7),
    "Heading 1": (13, 13, 4),
    "Heading 2": (10, 8, 2),
    "Caption": (8.5, 10, 2),
    "List Number": (10.5, 0, 4),
    "Marking": (10, 0, 0),
    "Foot": (7.5, 1, 0),
    "Fact": (8.5, 0, 2),
    "Fact Kept": (8.5, 0, 2),
    "Lead": (9.5, 0, 4),
    "Note": (7.5, 1, 1),
    "Notice": (10, 2, 6),
    "Comment": (9.5, 0, 4),
    "Picture": (9.5, 4, 2),
    "Picture Note": (7.5, 1, 8),
    **{
        f"Table {part}{kind}": (7.5, 0, 0)
        for part in ("", "Head ")
        for kind in ("Text", "Number", "Word")
    },
}
"""Type size, space before and after, points."""


def add_styles(document: Any) -> None:
    """Give a new document the styles of a brief."""
    styles = document.styles
    for name, (size, before, after) in STYLES.items():
        table = name.startswith("Table")
        if name not in styles:
            made = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            made.base_style = styles["Normal"]
            made.quick_style = not table
        style = styles[name]
        _plain_font(style, size)
        style.paragraph_format.space_before = Pt(before)
        style.paragraph_format.space_after = Pt(after)
        style.paragraph_format.line_spacing = 1.0 if table else 1.08
    _details(styles)
    for name, colour in (("Quiet", GREY), ("Late", LATE), ("Reference", ACCENT)):
        made = styles.add_style(name, WD_STYLE_TYPE.CHARACTER)
        made.font.color.rgb = colour
        made.font.italic = name == "Quiet" or None
        made.font.bold = name == "Late" or None
        if name == "Reference":
            made.font.size = Pt(8.5)
            made.font.underline = True
    styles.element.append(parse_xml(_TABLE))


def _details(styles: Any) -> None:
    for name in ("Title", "Heading 1"):
        styles[name].font.color.rgb = ACCENT
        styles[name].font.bold = True
    _ruled(styles["Title"], "w:bottom", "nil")
    _ruled(styles["Subtitle"], "w:bottom", "single", 8, "1D4F7C", 4)
    styles["Subtitle"].font.italic = False
    styles["Heading 2"].font.bold = True
    styles["Caption"].font.bold = False
    styles["Caption"].font.color.rgb = GREY
    styles["Caption"].paragraph_format.keep_with_next = True
    styles["Picture"].paragraph_format.keep_with_next = True
    for name in ("Note", "Picture Note", "Foot"):
        styles[name].font.color.rgb = GREY
    styles["Marking"].font.bold = True
    styles["Marking"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    stops = styles["Foot"].paragraph_format.tab_stops
    stops.add_tab_stop(Mm(178), WD_TAB_ALIGNMENT.RIGHT)
    for name in ("Fact", "Fact Kept"):
        fact = styles[name].paragraph_format
        fact.left_indent, fact.first_line_indent = Mm(30), Mm(-30)
        fact.tab_stops.add_tab_stop(Mm(30))
        fact.keep_together = True
    for name in ("Fact Kept", "Lead"):
        styles[name].paragraph_format.keep_with_next = True
    styles["Notice"].font.bold = True
    _ruled(styles["Notice"], "w:left", "single", 24, "0B0C0C", 6)
    _ruled(styles["Comment"], "w:left", "single", 18, "1D4F7C", 8)
    styles["Comment"].paragraph_format.left_indent = Mm(3)
    for part in ("", "Head "):
        right = styles[f"Table {part}Number"].paragraph_format
        right.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        styles[f"Table {part}Word"].paragraph_format.left_indent = Mm(1.5)
    for kind in ("Text", "Number", "Word"):
        styles[f"Table Head {kind}"].font.bold = True
        styles[f"Table Head {kind}"].paragraph_format.keep_with_next = True


def _plain_font(style: Any, size: float) -> None:
    """Set a style in the typeface itself, not in one of the theme."""
    style.font.size = Pt(size)
    style.font.name = FONT
    style.font.color.rgb = INK
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    for spaced in style.element.rPr.findall(qn("w:spacing")):
        style.element.rPr.remove(spaced)
    for name in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{name}"), FONT)


def _ruled(
    style: Any,
    side: str,
    kind: str,
    eighths: int = 0,
    colour: str = "auto",
    space: int = 0,
) -> None:
    """Draw a line on one side of a paragraph."""
    inside = style.element.get_or_add_pPr()
    for old in inside.findall(qn("w:pBdr")):
        inside.remove(old)
    line = (
        f'<w:pBdr {nsdecls("w")}><{side} w:val="{kind}" w:sz="{eighths}" '
        f'w:space="{space}" w:color="{colour}"/></w:pBdr>'
    )
    inside.insert_element_before(
        parse_xml(line),
        "w:shd",
        "w:tabs",
        "w:suppressAutoHyphens",
        "w:spacing",
        "w:ind",
        "w:contextualSpacing",
        "w:jc",
        "w:outlineLvl",
    )


_TABLE = f"""
<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="BriefTable">
  <w:name w:val="Brief Table"/>
  <w:basedOn w:val="TableNormal"/>
  <w:uiPriority w:val="59"/>
  <w:qFormat/>
  <w:tblPr>
    <w:tblBorders>
      <w:top w:val="single" w:sz="8" w:space="0" w:color="0B0C0C"/>
      <w:bottom w:val="single" w:sz="4" w:space="0" w:color="B1B4B6"/>
      <w:insideH w:val="single" w:sz="4" w:space="0" w:color="B1B4B6"/>
    </w:tblBorders>
    <w:tblCellMar>
      <w:top w:w="34" w:type="dxa"/>
      <w:left w:w="60" w:type="dxa"/>
      <w:bottom w:w="34" w:type="dxa"/>
      <w:right w:w="60" w:type="dxa"/>
    </w:tblCellMar>
  </w:tblPr>
  <w:tblStylePr w:type="firstRow">
    <w:rPr><w:b/></w:rPr>
    <w:tcPr>
      <w:tcBorders>
        <w:bottom w:val="single" w:sz="8" w:space="0" w:color="0B0C0C"/>
      </w:tcBorders>
      <w:vAlign w:val="bottom"/>
    </w:tcPr>
  </w:tblStylePr>
</w:style>
"""


WORD_2013 = "15"
"""The latest of the modes that the format knows."""


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
    """Say in words what a picture shows."""
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


def set_properties(document: Any, title: str, marking: str, dated: dt.date) -> None:
    """Say what the document is and the day it tells of, not when or by whom made."""
    about = document.core_properties
    about.title, about.author, about.last_modified_by = title, "hotspots", "hotspots"
    about.comments = about.subject = about.category = ""
    about.keywords = marking
    about.created = about.modified = dt.datetime.combine(dated, dt.time())
    about.language, about.revision = "en-GB", 1
