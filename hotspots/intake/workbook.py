"""Workbooks: looked at before they are parsed, and the right sheet read as text."""

from __future__ import annotations

import io
import re
import zipfile
from typing import IO, Any

import polars as pl

from hotspots.core.errors import (
    EmptyFileError,
    ProfileError,
    SourceError,
    did_you_mean,
)
from hotspots.intake.inputs import InputFile
from hotspots.intake.table import (
    HEAD_LINES,
    Layout,
    Table,
    above_note,
    header_of,
    plain_names,
    without_tail,
)

BOOK_SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".ods", ".xls")
MAX_UNPACKED = 1 << 30
MAX_CELLS = 60_000_000
_CELL = re.compile(rb'<c [^>]*?r="([A-Z]{1,3})(\d{1,7})"')
_CHUNK = 1 << 20


def read_book(item: InputFile, layout: Layout) -> Table:
    """Read a sheet as text; dates become ISO text, whole numbers lose their point.

    Raises
    ------
    EmptyFileError
        If the sheet has no rows.
    ProfileError
        If there is no such sheet.
    SourceError
        If it is no workbook or too large.
    """
    import fastexcel

    data = item.read_bytes()
    _check_size(item.name, data)
    try:
        book = fastexcel.read_excel(data)
        sheets = _heads(book, layout)
    except (fastexcel.FastExcelError, ValueError) as error:
        raise SourceError(
            f"{item.name} must be an XLSX workbook or another that can be read; it "
            "cannot. Check that it opens in a spreadsheet and has no password."
        ) from error
    name, header, hidden = _choose_sheet(item.name, sheets, layout)
    cells = _sheet_rows(book, name)
    rows = cells.rows()
    names = plain_names(without_tail([cell or "" for cell in rows[header]]))
    body = cells.slice(header + 1)
    frame = body.select(body.columns[: len(names)])
    frame.columns = names
    line = pl.int_range(
        header + 2, header + 2 + frame.height, dtype=pl.UInt32, eager=True
    )
    something = frame.select(
        pl.any_horizontal(pl.all().str.strip_chars().fill_null("") != "").alias("some")
    )["some"]
    n_blank = frame.height - int(something.sum())
    above = sum(1 for row in rows[:header] if any(cell for cell in row))
    notes = above_note(item.name, above) + _sheet_notes(item.name, name, sheets, hidden)
    if n_blank:
        notes += (f"{item.name}: {n_blank:,} empty lines were left out.",)
    frame, line = frame.filter(something), line.filter(something)
    return Table.of(
        frame,
        item.name,
        line=line,
        is_native=True,
        sheet=name,
        header_row=header + 1,
        notes=notes,
    )


def _sheet_rows(book: Any, name: str, n_rows: int | None = None) -> pl.DataFrame:
    sheet = book.load_sheet(
        name, dtypes="string", header_row=None, skip_rows=0, n_rows=n_rows
    )
    return pl.DataFrame(sheet.to_polars())


def _heads(book: Any, layout: Layout) -> dict[str, tuple[bool, int, int, int]]:
    """Return of each sheet: hidden, place of the header, headings known, rows."""
    found = {}
    for name in book.sheet_names:
        if layout.sheet is not None and name != layout.sheet:
            found[name] = (False, 0, 0, 0)
            continue
        sheet = book.load_sheet(
            name, dtypes="string", header_row=None, skip_rows=0, n_rows=HEAD_LINES
        )
        rows = [[cell or "" for cell in row] for row in sheet.to_polars().rows()]
        only = rows
        if layout.header_row is not None:
            only = rows[layout.header_row - 1 : layout.header_row]
        at, known = header_of(only, layout)
        at = at if layout.header_row is None else layout.header_row - 1
        found[name] = (sheet.visible != "visible", at, known, len(rows))
    return found


def _choose_sheet(
    file: str, sheets: dict[str, tuple[bool, int, int, int]], layout: Layout
) -> tuple[str, int, list[str]]:
    names = list(sheets)
    if layout.sheet is not None and layout.sheet not in names:
        raise ProfileError(
            f"sheet '{layout.sheet}' is not in {file}. Sheets: {', '.join(names)}."
            f"{did_you_mean(layout.sheet, names)}"
        )
    hidden = [name for name in names if sheets[name][0]]
    open_ = [name for name in names if name not in hidden] or names
    name = layout.sheet or max(open_, key=lambda one: sheets[one][2:3])
    if not layout.sheet and not sheets[name][3]:
        name = next((one for one in open_ if sheets[one][3]), name)
    if sheets[name][3] <= sheets[name][1]:
        raise EmptyFileError(
            f"{file} must hold a header and rows; its sheet '{name}' is empty."
        )
    return name, sheets[name][1], hidden


def _sheet_notes(
    file: str,
    name: str,
    sheets: dict[str, tuple[bool, int, int, int]],
    hidden: list[str],
) -> tuple[str, ...]:
    others = [one for one in sheets if one != name and sheets[one][3]]
    if not others:
        return ()
    shown = ", ".join(f"'{o}'{' (hidden)' if o in hidden else ''}" for o in others)
    return (f"{file}: read sheet '{name}', not {shown}.",)


# -- how large it will be --------------------------------------------------------------


def _check_size(name: str, data: bytes) -> None:
    """Refuse a workbook that would not fit in memory, where sheets are rectangles."""
    if not data.startswith(b"PK"):
        return  # an old .xls: one stream, no larger than it is
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(i.file_size for i in archive.infolist()) > MAX_UNPACKED:
                raise SourceError(f"{name} must unpack to at most 1 GB; it is larger.")
            for info in archive.infolist():
                if re.search(r"worksheets/.*\.xml$", info.filename):
                    with archive.open(info) as stream:
                        _check_reach(name, stream)
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError) as error:
        raise SourceError(
            f"{name} must be an XLSX workbook or another that can be read; {error}. "
            "Check that it opens in a spreadsheet."
        ) from error


def _check_reach(name: str, stream: IO[bytes]) -> None:
    """Look for the cell farthest from the first."""
    last_row = last_column = 0
    rest = b""
    while chunk := stream.read(_CHUNK):
        for letters, digits in _CELL.findall(rest + chunk):
            last_row = max(last_row, int(digits))
            if len(letters) > 1 or letters > b"A":
                last_column = max(last_column, _column(letters))
        rest = chunk[-64:]
        if last_row * max(last_column, 1) > MAX_CELLS:
            raise SourceError(
                f"{name} must have at most {MAX_CELLS:,} cells between its first and "
                f"last; its last cell is in row {last_row:,}, column {last_column:,}. "
                "Delete the empty rows and columns and save it again."
            )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
