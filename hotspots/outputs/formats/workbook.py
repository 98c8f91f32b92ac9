"""XLSX: one workbook of typed tables, each explained on its first sheet."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from hotspots.core.sanitise import clean_table
from hotspots.outputs.formats.columns import ColumnWords, with_dates, words_of
from hotspots.outputs.formats.layer import writing

Known = Callable[[str, str], ColumnWords]
"""What a column of a sheet is called."""

UNDATED = dt.date(2000, 1, 1)
"""Stands where the format wants to know when the file was made."""
WIDEST, NARROWEST = 60, 9
FORBIDDEN = r"[\[\]:*?/\\]"
ABOUT_LETTERS, LINE_POINTS = 130, 15
A3 = 8
MOST_ROWS = 1_048_575
FORMATS = {"day": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm", "whole": "#,##0"}


def write_workbook(
    path: Path,
    about: Mapping[str, str],
    tables: Mapping[str, pl.DataFrame],
    *,
    words: Mapping[str, Mapping[str, ColumnWords]] | None = None,
    dated: dt.date = UNDATED,
) -> None:
    """Write a sheet for each table and, before them, what everything means.

    Dates are dates, numbers are numbers and truth is TRUE or FALSE; text is text,
    whatever it begins with. Headings stand still when the rows are scrolled, and can
    be filtered. Rows past Excel's last are left out, and the first sheet says so.

    ``about``: title, marking, period and whose data they are, in the order they are
    read.
    ``words``: mapping of str to mapping of str to ColumnWords; by table, of columns
    that are called otherwise there than in other outputs.
    ``dated``: the last day that it tells of.
    """
    with _workbook(path) as book:
        title = next(iter(about.values()), "")
        made = dt.datetime.combine(dated, dt.time())
        marking = about.get("Marking", "")
        book.set_properties({"title": title, "keywords": marking, "created": made})
        cells = {
            name: book.add_format({"num_format": f}) for name, f in FORMATS.items()
        }
        cells["head"] = book.add_format({"bold": True, "text_wrap": True, "bottom": 1})
        cells["text"] = book.add_format({"text_wrap": True, "valign": "top"})
        typed = {_sheet(name): with_dates(clean_table(t)) for name, t in tables.items()}
        own = {_sheet(name): named for name, named in (words or {}).items()}

        def known(name: str, column: str) -> ColumnWords:
            return own.get(name, {}).get(column) or words_of(column)

        _write_legend(book, cells, about, typed, known)
        for name, table in typed.items():
            sheet = _add_sheet(book, name, about)
            _write_sheet(cells, sheet, table.head(MOST_ROWS), known)


@contextmanager
def _workbook(path: Path) -> Iterator[Any]:
    """Open a workbook whose errors are those of any file, a full disk among them."""
    import xlsxwriter
    from xlsxwriter.exceptions import XlsxWriterException

    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with writing(path):
        try:
            with xlsxwriter.Workbook(str(path), options) as book:
                yield book
        except XlsxWriterException as error:
            raise OSError(str(error)) from error


def _sheet(name: str) -> str:
    return re.sub(FORBIDDEN, " ", name.replace("_", " "))[:31]


def _add_sheet(book: Any, name: str, about: Mapping[str, str]) -> Any:
    """Return a sheet that prints as wide as an A3, with its marking on each page."""
    sheet = book.add_worksheet(name)
    sheet.set_landscape()
    sheet.set_paper(A3)
    sheet.fit_to_pages(1, 0)
    title = next(iter(about.values()), "")[:150].replace("&", "&&")
    sheet.set_header(f"&L{title}&R{about.get('Marking', '')}")
    sheet.set_footer("&L&A&RPage &P of &N")
    return sheet


def _write_legend(
    book: Any,
    cells: Mapping[str, Any],
    about: Mapping[str, str],
    tables: Mapping[str, pl.DataFrame],
    known: Known,
) -> None:
    sheet = _add_sheet(book, "About", about)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 2, 30, cells["text"])
    sheet.set_column(3, 3, 80, cells["text"])
    row = 0
    for heading, text in about.items():
        sheet.write_string(row, 0, heading, cells["head"])
        for line in text.splitlines() or [""]:
            sheet.merge_range(row, 1, row, 3, "", cells["text"])
            sheet.write_string(row, 1, line, cells["text"])
            sheet.set_row(row, LINE_POINTS * (1 + len(line) // ABOUT_LETTERS))
            row += 1
    row += 1
    for at, heading in enumerate(("Sheet", "Column", "Unit", "Meaning")):
        sheet.write_string(row, at, heading, cells["head"])
    for name, table in tables.items():
        if table.height > MOST_ROWS:
            row += 1
            note = f"the first {MOST_ROWS:,} of {table.height:,} rows"
            sheet.write_string(row, 0, name)
            sheet.write_string(row, 1, note, cells["text"])
        for column in table.columns:
            row += 1
            told = known(name, column)
            words = (name, column, told.unit, told.meaning)
            for at, word in enumerate(words):
                sheet.write_string(row, at, word)


def _write_sheet(
    cells: Mapping[str, Any], sheet: Any, table: pl.DataFrame, known: Known
) -> None:
    name = sheet.name
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_row(0, 2 * LINE_POINTS)
    for at, column in enumerate(table.columns):
        heading = known(name, column).heading
        kind = _kind(table[column].dtype)
        sheet.set_column(at, at, _width(heading, table[column]), cells.get(kind))
        sheet.write_string(0, at, heading, cells["head"])
        _write_column(sheet, at, table[column].to_list(), kind)
    if table.width:
        sheet.autofilter(0, 0, max(table.height, 1), table.width - 1)


def _kind(dtype: pl.DataType) -> str:
    if dtype == pl.Date:
        return "day"
    if dtype.is_temporal():
        return "moment"
    if dtype == pl.Boolean:
        return "truth"
    return "whole" if dtype.is_integer() else "number" if dtype.is_numeric() else ""


def _write_column(sheet: Any, at: int, values: Sequence[Any], kind: str) -> None:
    write = {
        "day": sheet.write_datetime,
        "moment": sheet.write_datetime,
        "truth": sheet.write_boolean,
        "whole": sheet.write_number,
        "number": sheet.write_number,
    }.get(kind, sheet.write_string)
    for row, value in enumerate(values, start=1):
        if value is None or value != value:
            continue  # not known: empty, never a zero
        write(row, at, value if kind else str(value))


def _width(heading: str, column: pl.Series) -> float:
    longest = column.cast(pl.String, strict=False).str.len_chars().max()
    wanted = max(len(heading) * 0.6, float(longest or 0))  # type: ignore[arg-type]
    return float(min(max(wanted + 2, NARROWEST), WIDEST))
