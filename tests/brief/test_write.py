"""A written brief: every file, all or nothing, and the same figures in each of them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from pdf_reader import open_pdf, structure, words

from hotspots.brief.content import Brief, Comment
from hotspots.brief.page import Remark, brief_page
from hotspots.brief.print_table import print_table
from hotspots.brief.record import table_frames
from hotspots.brief.repeats import Annex
from hotspots.brief.write import ANNEX, brief_pdf, check_out, write_brief
from hotspots.core.errors import OutputError, ParameterError

Made = Callable[..., Brief]
Grid = list[list[str]]
FILES = [
    "brief.docx",
    "brief.html",
    "brief.json",
    "brief.pdf",
    "brief.xlsx",
    "comment.toml",
    "tables/series.csv",
]
PERIOD = "2025-05"
DASH = "\u2013"


@pytest.fixture(scope="module")
def public_brief(brief_of: Made) -> Brief:
    return brief_of(PERIOD, "public")


@pytest.fixture(scope="module")
def published(public_brief: Brief, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("published") / "month"
    write_brief(public_brief, out)
    return out


def names(folder: Path) -> list[str]:
    found = (p for p in folder.rglob("[!.]*") if p.is_file())
    return sorted(p.relative_to(folder).as_posix() for p in found)


class Rows(HTMLParser):
    """The rows of every table of a page, their cells as text."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[Grid] = []
        self.inside = ""

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self.inside = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self.inside:
            self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.tables[-1][-1][-1] += data


def cells(brief: Brief) -> list[Grid]:
    """Return the body of each table as it should be printed."""
    sheets = [print_table(table, n) for n, table in enumerate(brief.tables, start=1)]
    return [[[cell.text for cell in row] for _, row in s.rows] for s in sheets]


def in_word(folder: Path) -> list[Grid]:
    document = Document(str(folder / "brief.docx"))
    return [
        [[cell.text for cell in row.cells] for row in table.rows[1:]]
        for table in document.tables
    ]


def in_page(folder: Path) -> list[Grid]:
    reader = Rows()
    reader.feed((folder / "brief.html").read_text(encoding="utf-8"))
    return [table[1:] for table in reader.tables]


@cache
def all_words(folder: Path) -> dict[str, str]:
    """Return everything that each file says: text, alternative texts, drawings."""
    pdf = open_pdf((folder / "brief.pdf").read_bytes())
    alts = " ".join(tag.alt for tag in structure(pdf).walk())
    document = Document(str(folder / "brief.docx"))
    held = re.findall(r'<w:t[^>]*>([^<]*)<|descr="([^"]*)"', document.element.xml)
    html = (folder / "brief.html").read_text(encoding="utf-8")
    html = html.partition("</style>")[2]
    drawn = re.findall(r'>([^<>]+)<|(?:aria-label|alt)="([^"]*)"', html)
    return {
        "pdf": " ".join([*words(pdf), alts]),
        "docx": " ".join(text or alt for text, alt in held),
        "html": " ".join(text or alt for text, alt in drawn),
        "json": json.dumps(
            json.loads((folder / "brief.json").read_text("utf-8"))["tables"]
        ),
        "csv": " ".join(
            path.read_text("utf-8").replace(",", " ")
            for path in sorted((folder / "tables").iterdir())
        ),
    }


def test_every_file_is_there_and_no_other(written: Path, week_brief: Brief) -> None:
    tables = [f"tables/{table.id}.csv" for table in week_brief.tables]
    assert names(written) == sorted([*FILES, f"{ANNEX}.csv", f"{ANNEX}.pdf", *tables])
    assert "official-sensitive" in ANNEX


def test_a_second_run_gives_the_same_bytes_and_keeps_the_comment(
    published: Path, public_brief: Brief, tmp_path: Path
) -> None:
    out = tmp_path / "month"
    shutil.copytree(published, out)
    mine = b"comment = 'Two fairs.'  # mine, odd spacing kept\n"
    (out / "comment.toml").write_bytes(mine)
    write_brief(public_brief, out)
    assert names(out) == names(published)
    assert (out / "comment.toml").read_bytes() == mine
    for name in names(published):
        if name != "comment.toml":
            assert (out / name).read_bytes() == (published / name).read_bytes(), name


def test_addresses_are_in_the_annex_alone(written: Path, annex: Annex) -> None:
    with (written / f"{ANNEX}.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == sum(table.rows.height for table in annex.tables)
    assert {row["marking"] for row in rows} == {"OFFICIAL-SENSITIVE"}
    addresses = {row["where"] for row in rows if re.match(r"\d", row["where"])}
    assert len(addresses) > 50
    for kind, text in all_words(written).items():
        assert not [each for each in addresses if each in text], kind
        assert "ZZ1 " not in text


def test_an_annex_goes_beside_an_operational_brief_only(
    public_brief: Brief, brief_of: Made, annex: Annex, tmp_path: Path
) -> None:
    for other in (public_brief, brief_of(PERIOD)):
        with pytest.raises(ParameterError, match="Leave the annex out"):
            write_brief(other, tmp_path / "out", annex=annex)
    assert names(tmp_path) == []


def test_a_folder_with_other_things_is_refused_and_left_alone(
    week_brief: Brief, tmp_path: Path
) -> None:
    (tmp_path / "letters.txt").write_text("Mine.", encoding="utf-8")
    with pytest.raises(OutputError, match=r"letters\.txt"):
        check_out(tmp_path)
    with pytest.raises(OutputError, match=r"letters\.txt"):
        write_brief(week_brief, tmp_path)
    assert names(tmp_path) == ["letters.txt"]


def test_where_it_cannot_be_written_nothing_is_left(
    public_brief: Brief, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError):
        write_brief(public_brief, tmp_path / "file" / "brief")
    assert names(tmp_path) == ["file"]


def test_every_format_shows_the_same_cells(written: Path, week_brief: Brief) -> None:
    wanted = cells(week_brief)
    page = in_page(written)
    assert page == wanted
    text = " ".join(words(open_pdf((written / "brief.pdf").read_bytes())))
    assert len(in_word(written)) == len(wanted)
    for table, grid in zip(week_brief.tables, in_word(written), strict=True):
        drawn = [c for c in table.columns if c.kind == "series"]
        told = wanted[week_brief.tables.index(table)]
        keep = -1 if drawn else None
        assert [row[:keep] for row in grid] == [row[:keep] for row in told]
        for row in told:
            assert " ".join(" ".join(row[:keep]).split()) in text


def test_the_workbook_holds_every_table_typed(written: Path, week_brief: Brief) -> None:
    book = load_workbook(written / "brief.xlsx")
    assert book.sheetnames[0] == "About"
    about = dict(row[:2] for row in book["About"].iter_rows(values_only=True))
    assert about["Marking"] == week_brief.marking
    assert about["Whose data"] == week_brief.attribution
    assert book.properties.created.date() == week_brief.data_to
    for name, frame in table_frames(week_brief).items():
        sheet = book[name.replace("_", " ")]
        assert sheet.freeze_panes == "A2"
        _, *rows = sheet.iter_rows(values_only=True)
        assert len(rows) == frame.height
        for row, true in zip(rows, frame.iter_rows(), strict=True):
            for cell, value in zip(row, true, strict=True):
                same(cell, value)


def same(cell: object, value: object) -> None:
    if isinstance(cell, dt.datetime):
        assert cell.date() == value
    elif isinstance(value, float):
        assert cell == pytest.approx(value, nan_ok=True) or (
            cell is None and math.isnan(value)
        )
    else:
        blank = ("", None)
        assert cell == value or (cell in blank and value in blank)


def test_each_count_behind_a_line_has_a_row_of_its_own(written: Path) -> None:
    text = (written / "tables" / "series.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    last = [r for r in rows if r["ends"] == "2025-06-15" and r["table"] == "period"]
    assert {r["key"]: r["n"] for r in last}["all"] == "293"
    assert len({(r["table"], r["key"], r["starts"]) for r in rows}) == len(rows)


def test_every_table_says_whose_data_it_is(written: Path, week_brief: Brief) -> None:
    for path in (written / "tables").iterdir():
        head, first, *_ = path.read_text("utf-8-sig").splitlines()
        assert "attribution" in head.split(",")
        assert week_brief.attribution in first


def test_the_public_sees_the_same_counts_in_every_file(
    published: Path, public_brief: Brief
) -> None:
    wanted = cells(public_brief)
    assert in_page(published) == wanted
    assert in_word(published) == wanted
    text = " ".join(words(open_pdf((published / "brief.pdf").read_bytes())))
    for row in (row for table in wanted for row in table):
        assert " ".join(" ".join(row).split()) in text
    record = json.loads((published / "brief.json").read_text("utf-8"))
    for table in public_brief.tables:
        content = (published / "tables" / f"{table.id}.csv").read_text("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(content)))
        for row, held, true in zip(
            rows,
            record["tables"][table.id]["rows"],
            table.rows.iter_rows(named=True),
            strict=True,
        ):
            for column in (c.name for c in table.columns if c.kind == "count"):
                assert held[column] == true[column]
                assert row[column] == (
                    "" if true[column] is None else str(true[column])
                )


def whole_numbers(text: str) -> set[int]:
    """Return the whole numbers of a text, without years, hashes and parts of others."""
    text = re.sub(r"\b[0-9a-f]{64}\b|SHA-256|\b(?:19|20)\d\d(?:[-/]\d\d)*\b", " ", text)
    text = re.sub(r"[-+\u2212]?\d[\d,]*\.\d+%?", " ", text)
    found = re.findall(
        r"(?<![\w.,-])\d{1,3}(?:,\d{3})+(?![\w])|(?<![\w.,-])\d+(?![\w])", text
    )
    return {int(each.replace(",", "")) for each in found}


def test_no_true_count_that_was_rounded_is_in_any_public_file(
    published: Path, public_brief: Brief, brief_of: Made
) -> None:
    true: set[int] = set()
    for table in brief_of(PERIOD).tables:
        if table.id in ("period", "priority"):
            for name in ("now", "previous", "last_year"):
                true |= set(table.rows[name].drop_nulls().to_list())
    telling = {n for n in true if n > 31 and n % 5}
    assert len(telling) > 15
    shown = set()
    for table in public_brief.tables:
        for name in (c.name for c in table.columns if c.kind == "count"):
            shown |= set(table.rows[name].drop_nulls().to_list())
    for kind, text in all_words(published).items():
        assert not telling & whole_numbers(text), kind
        assert {n for n in shown if n > 31} <= whole_numbers(text), kind


def test_what_is_withheld_is_a_dash_or_said_in_words(
    published: Path, public_brief: Brief
) -> None:
    table = public_brief.tables[0]
    held = table.rows["now"].null_count()
    assert held >= 3
    place = [column.name for column in table.columns].index("now")
    for grid in (in_page(published)[0], in_word(published)[0]):
        assert [row[place] for row in grid].count(DASH) == held
    for name in ("place", "address", "street", "alerts", "repeats"):
        assert not [each for each in names(published) if name in each]


def test_the_public_map_has_no_count_of_its_own(
    published: Path, public_brief: Brief
) -> None:
    rows = public_brief.table("priority").rows
    text = all_words(published)
    for label, now in rows.select("label", "now").iter_rows():
        if label != "Whole district":
            told = f"{label} {'not shown' if now is None else now}"
            assert told in text["pdf"]
            assert told in text["html"]


def test_the_marking_is_in_every_file(written: Path, published: Path) -> None:
    for folder, marking in (
        (written, "OFFICIAL-SENSITIVE"),
        (published, "FOR PUBLICATION"),
    ):
        for kind, text in all_words(folder).items():
            if kind != "json":
                assert marking in text or kind == "docx"
        assert (
            json.loads((folder / "brief.json").read_text("utf-8"))["marking"] == marking
        )
        document: Any = Document(str(folder / "brief.docx"))
        for part in (document.sections[0].header, document.sections[0].footer):
            assert marking in " ".join(p.text for p in part.paragraphs)


def test_what_a_person_wrote_is_printed_as_written(brief_of: Made) -> None:
    comment = Comment(
        comment="Two fairs.\n\n#that is *not* <b>tested</b>.",
        author="J. Analyst",
        narrative={"shoplifting": "More reports.", "no_such": "Kept all the same."},
    )
    page = brief_page(replace(brief_of(PERIOD), comment=comment), {})
    remarks = [b for s in page.sections for b in s.blocks if isinstance(b, Remark)]
    assert remarks[0].paragraphs == ("Two fairs.", "#that is *not* <b>tested</b>.")
    assert remarks[0].foot == "Written by J. Analyst."
    assert remarks[1].paragraphs == (
        "Shoplifting: More reports.",
        "no_such: Kept all the same.",
    )
    text = " ".join(words(open_pdf(brief_pdf(page))))
    for each in remarks:
        assert all(told in text for told in each.paragraphs)
