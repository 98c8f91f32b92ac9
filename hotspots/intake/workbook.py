"""Workbooks: the right sheet found, and read as text."""

from __future__ import annotations

import polars as pl

from hotspots.core.errors import EmptyFileError, ProfileError, did_you_mean
from hotspots.intake.apart import parse
from hotspots.intake.inputs import InputFile
from hotspots.intake.table import (
    HEAD_LINES,
    Layout,
    Table,
    above_note,
    header_of,
    plain_names,
    without_blank,
    without_tail,
)

LEAST_KNOWN = 2
"""Where no open sheet has as many headings that are known, hidden ones count too."""
BOOK_SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".ods", ".xls")


def read_book(item: InputFile, layout: Layout) -> Table:
    """Read a sheet as text; dates become ISO text, whole numbers lose their point.

    Raises EmptyFileError if the sheet has no rows; ProfileError if there is no such
    sheet; SourceError if it is no workbook or too large.
    """
    sheets = _heads(item, layout)
    name, header, hidden = _choose_sheet(item.name, sheets, layout)
    [(_, table)] = parse("sheet", item, name=name)
    cells = pl.DataFrame(pl.from_arrow(table))
    rows = cells.rows()
    names = plain_names(without_tail([cell or "" for cell in rows[header]]))
    body = cells.slice(header + 1)
    frame = body.select(body.columns[: len(names)])
    frame.columns = names
    line = pl.int_range(
        header + 2, header + 2 + frame.height, dtype=pl.UInt32, eager=True
    )
    frame, line, blank = without_blank(frame, line, item.name)
    above = sum(1 for row in rows[:header] if any(cell for cell in row))
    notes = above_note(item.name, above) + _sheet_notes(item.name, name, sheets, hidden)
    return Table.of(
        frame,
        item.name,
        line=line,
        is_native=True,
        sheet=name,
        header_row=header + 1,
        notes=notes + blank,
    )


def _heads(item: InputFile, layout: Layout) -> dict[str, tuple[bool, int, int, int]]:
    """Return of each sheet: hidden, place of the header, headings known, rows."""
    found = {}
    for facts, table in parse("sheet_heads", item, rows=HEAD_LINES, only=layout.sheet):
        if table is None:  # not the one that is wanted
            found[facts["name"]] = (False, 0, 0, 0)
            continue
        head = pl.DataFrame(pl.from_arrow(table))
        rows = [[cell or "" for cell in row] for row in head.rows()]
        only = rows
        if layout.header_row is not None:
            only = rows[layout.header_row - 1 : layout.header_row]
        at, known = header_of(only, layout)
        at = at if layout.header_row is None else layout.header_row - 1
        found[facts["name"]] = (facts["hidden"], at, known, len(rows))
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
    if max(sheets[name][2] for name in open_) < LEAST_KNOWN:
        open_ = names
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
