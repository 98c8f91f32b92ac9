"""One reader of tables: delimited text, workbooks, Parquet and Feather, all as text.

Whatever the file, its rows come out with the number of the line each stands on, and
what is no row (titles, blank lines, other sheets) is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from hotspots.core.errors import EmptyFileError, SourceError, did_you_mean
from hotspots.intake.apart import parse
from hotspots.intake.inputs import (
    BLOCK_BYTES,
    JSON_SUFFIXES,
    WIDE,
    InputFile,
    text_of,
)
from hotspots.intake.lines import (
    DELIMITERS,
    OPEN_QUOTE,
    Records,
    fields_of,
    plain_records,
    stated_delimiter,
    whole_records,
)
from hotspots.intake.table import (
    HEAD_LINES,
    Layout,
    Table,
    above_note,
    header_of,
    plain_names,
    to_text,
    without_blank,
    without_tail,
)
from hotspots.intake.workbook import BOOK_SUFFIXES, read_book

TEXT_SUFFIXES = (".csv", ".tsv", ".txt")
ARROW_SUFFIXES = (".parquet", ".feather", ".arrow", ".ipc", ".arrows")
TABLE_SUFFIXES = (*TEXT_SUFFIXES, *BOOK_SUFFIXES, *ARROW_SUFFIXES)
HEAD_BYTES = 1 << 17
MAX_COLUMNS = 5_000


def read_tables(item: InputFile, layout: Layout | None = None) -> Iterator[Table]:
    """Read a file as one or several blocks of rows.

    Raises EmptyFileError if there is nothing in it; ProfileError if it has no such
    sheet; SourceError if it cannot be read as a table.
    """
    for table in _tables(item, layout or Layout()):
        yield table.without_headings()


def _tables(item: InputFile, layout: Layout) -> Iterator[Table]:
    if item.suffix == ".xls" and _is_text(item):
        yield from _text(item, layout)
    elif item.suffix in BOOK_SUFFIXES:
        yield read_book(item, layout)
    elif item.suffix in ARROW_SUFFIXES or holds_records(item):
        yield from _columnar(item, layout)
    elif item.suffix in TEXT_SUFFIXES:
        yield from _text(item, layout)
    else:
        raise SourceError(
            f"{item.name} must be a table ({', '.join(TABLE_SUFFIXES)}); its suffix is "
            f"'{item.suffix}'.{did_you_mean(item.suffix, TABLE_SUFFIXES)} Save it as "
            "CSV or XLSX."
        )


def is_table(item: InputFile) -> bool:
    """Say whether a file holds rows, and its places in columns if at all."""
    return item.suffix in TABLE_SUFFIXES or holds_records(item)


def holds_records(item: InputFile) -> bool:
    """Say whether JSON holds records, in brackets or one a line, and no features."""
    if item.suffix not in JSON_SUFFIXES:
        return False
    with item.open() as stream:
        start = stream.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()
    is_one = item.suffix == ".json" and not start.startswith(b"[")
    return start[:1] in b"[{" and b'"Feature' not in start and not is_one


def _is_text(item: InputFile) -> bool:
    """Say whether a workbook is lines of text, as reporting tools name them.

    Raises SourceError if it is a web page.
    """
    with item.open() as stream:
        start = stream.read(1024).removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<"):
        raise SourceError(
            f"{item.name} must be a workbook; it is a web page named .xls. Open it "
            "in a spreadsheet and save it as XLSX."
        )
    return bool(start) and all(byte >= 32 or byte in b"\t\r\n" for byte in start)


def read_table(item: InputFile, layout: Layout | None = None) -> Table:
    """Read a whole file as one table.

    Raises SourceError as :func:`read_tables`.
    """
    tables = list(read_tables(item, layout))
    first = tables[0]
    if len(tables) == 1:
        return first
    parts = {
        name: pl.concat([getattr(table, name) for table in tables])
        for name in ("frame", "line", "n_fields", "fault")
    }
    notes = tuple(dict.fromkeys(note for table in tables for note in table.notes))
    return Table(**{**vars(first), **parts, "notes": notes})


# -- delimited text ------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Start:
    """What the first lines of a text say."""

    names: list[str]
    spare: int
    delimiter: str
    line: int
    next_line: int
    notes: tuple[str, ...]


def _text(item: InputFile, layout: Layout) -> Iterator[Table]:
    start: _Start | None = None
    rest: list[str] = []
    number = 1
    size = HEAD_BYTES if layout.is_head else BLOCK_BYTES
    for chunk, is_last, encoding in text_of(item, block_bytes=size):
        lines = rest + chunk
        if start is None:
            start = _start(item.name, lines, layout)
            lines, number = lines[start.next_line - 1 :], start.next_line
            if layout.is_head:
                columns = dict.fromkeys(start.names, pl.String)
                yield Table.of(pl.DataFrame(schema=columns), item.name)
                return
        plain = _plain_table(item.name, start, lines, number, encoding)
        if plain is not None:
            rest, number = [], number + len(lines)
            yield plain
            continue
        records = whole_records(
            lines,
            first_line=number,
            delimiter=start.delimiter,
            width=len(start.names),
            spare=start.spare,
            is_last=is_last,
        )
        rest = lines[len(lines) - records.left :] if records.left else []
        number += len(lines) - len(rest)
        yield _text_table(item.name, start, records, encoding)


def _start(name: str, lines: list[str], layout: Layout) -> _Start:
    """Find the delimiter and the header."""
    skipped = 0
    stated = layout.delimiter
    while skipped < len(lines) and not lines[skipped].strip():
        skipped += 1
    if skipped == len(lines):
        raise EmptyFileError(
            f"{name} must hold a header and rows; it is empty (0 bytes of text). Was "
            "it copied whole?"
        )
    if (said := stated_delimiter(lines[skipped])) is not None:
        stated, skipped = said, skipped + 1
    candidates = dict.fromkeys([*([stated] if stated else []), *DELIMITERS])
    head = lines[skipped : skipped + HEAD_LINES]
    there = [one for one in candidates if any(one in line for line in head)]
    ranked = []
    for place, delimiter in enumerate(there or candidates):
        rows = _head_rows(head, delimiter)
        if layout.header_row is not None:
            wanted = layout.header_row - 1 - skipped
            rows = [(at, row, size) for at, row, size in rows if at == wanted]
        if not rows:
            continue
        row, known = header_of([cells for _, cells, _ in rows], layout)
        at, cells, size = rows[row]
        ranked.append(
            ((known, min(len(cells), MAX_COLUMNS), -place), delimiter, at, cells, size)
        )
    if not ranked:
        raise SourceError(
            f"{name} must have its header in line {layout.header_row}; there is no "
            "such line. Correct header_row."
        )
    _, delimiter, at, cells, size = max(ranked, key=lambda one: one[0])
    if len(cells) > MAX_COLUMNS:
        raise SourceError(f"{name} must have at most {MAX_COLUMNS:,} columns.")
    line = skipped + at + 1
    above = sum(1 for text in lines[skipped : skipped + at] if text.strip())
    named = without_tail(cells)
    return _Start(
        names=plain_names(named),
        spare=len(cells) - len(named),
        delimiter=delimiter,
        line=line,
        next_line=line + size,
        notes=above_note(name, above),
    )


def _head_rows(head: list[str], delimiter: str) -> list[tuple[int, list[str], int]]:
    """Return place, cells and lines of each of the first records."""
    rows, at = [], 0
    while at < len(head):
        size = 1
        text = head[at]
        while text.count('"') % 2 and at + size < len(head) and size < 10:
            text += "\n" + head[at + size]
            size += 1
        if text.count('"') % 2:
            text, size = head[at], 1
        if text.strip():
            rows.append((at, fields_of(text, delimiter), size))
        at += size
    return rows


def _plain_table(
    name: str, start: _Start, lines: list[str], first: int, encoding: str
) -> Table | None:
    """Return a table of lines in which nothing is to be mended, else None."""
    text = plain_records(lines, start.delimiter, len(start.names))
    if text is None:
        return None
    try:
        frame = _parsed(text, start)
    except pl.exceptions.PolarsError:
        return None  # one line has a field too many, another one too few
    if frame.height != len(lines) or _has_blank_row(frame):
        return None
    line = pl.int_range(first, first + frame.height, dtype=pl.UInt32, eager=True)
    return Table.of(
        frame,
        name,
        line=line,
        delimiter=start.delimiter,
        header_row=start.line,
        notes=start.notes + _text_notes(name, Records(frame=frame), encoding),
    )


def _has_blank_row(frame: pl.DataFrame) -> bool:
    """Say whether nothing stands in a row: few are blank in the first columns."""
    for name in frame.columns:
        frame = frame.filter(pl.col(name).fill_null("").str.strip_chars(' "\t') == "")
        if frame.is_empty():
            return False
    return True


def _parsed(text: str, start: _Start) -> pl.DataFrame:
    header = start.delimiter.join(f'"{at}"' for at in range(len(start.names)))
    frame = pl.read_csv(
        f"{header}\n{text}".encode(), separator=start.delimiter, infer_schema=False
    )
    frame.columns = start.names
    return frame


def _text_table(name: str, start: _Start, records: Records, encoding: str) -> Table:
    rows = records.frame
    frame = pl.DataFrame(schema=dict.fromkeys(start.names, pl.String))
    if rows.height:
        try:
            frame = _parsed("\n".join(rows["text"].to_list()), start)
        except pl.exceptions.PolarsError as error:
            line = int(rows["line"][0])
            raise SourceError(
                f"{name} must be well-formed text; below line {line:,} it is not "
                f"({str(error).splitlines()[0]}). Export it again."
            ) from error
    if frame.height != rows.height:
        raise SourceError(
            f"{name} must give one record a line; {rows.height:,} were found and "
            f"{frame.height:,} read. Export it again as 'CSV UTF-8'."
        )
    return Table(
        frame=frame,
        line=rows["line"].cast(pl.UInt32),
        n_fields=rows["n_fields"].cast(pl.UInt32),
        fault=rows["fault"],
        name=name,
        delimiter=start.delimiter,
        header_row=start.line,
        notes=start.notes + _text_notes(name, records, encoding),
    )


def _text_notes(name: str, records: Records, encoding: str) -> tuple[str, ...]:
    notes = []
    if encoding != "utf-8":
        notes.append(f"{name} is not UTF-8 and was read as Windows-1252.")
    if records.n_blank:
        notes.append(f"{name}: {records.n_blank:,} empty lines were left out.")
    if records.mended:
        shown = ", ".join(f"{line:,}" for line in records.mended[:5])
        more = " and others" if len(records.mended) > 5 else ""
        notes.append(
            f"{name}: {OPEN_QUOTE} in line {shown}{more}; it was taken as a letter."
        )
    return tuple(notes)


# -- Parquet, Feather and JSON -------------------------------------------------------


def _columnar(item: InputFile, layout: Layout) -> Iterator[Table]:
    first, begun = 1, False
    is_native = item.suffix in ARROW_SUFFIXES
    task = "columnar" if is_native else "json_records"
    asked = {"only": _only(item, layout)} if item.suffix == ".parquet" else {}
    blocks = parse(task, item, is_head=layout.is_head, **asked)
    for _, table in list(blocks) if layout.is_head else blocks:
        text = _as_text(item, table)
        if not begun:
            names, below = _own_names(text, layout)
        text.columns = names
        line = pl.int_range(first, first + text.height, dtype=pl.UInt32, eager=True)
        first += text.height
        if not begun and below:
            text, line = text.slice(below), line.slice(below)
        begun = True
        text, line, blank = without_blank(text, line, item.name)
        yield Table.of(
            text,
            item.name,
            line=line,
            is_native=is_native,
            header_row=below + 1,
            notes=above_note(item.name, below) + blank,
        )
    if not begun:
        raise EmptyFileError(f"{item.name} must hold rows; it has none.")


def _only(item: InputFile, layout: Layout) -> list[str] | None:
    """Return the columns that are known, where hundreds would fill a memory."""
    if not layout.only_known or item.is_packed:
        return None
    ((facts, _),) = parse("column_names", item)
    known = [name for name in facts["names"] if layout.wanted([name])]
    return known if len(facts["names"]) > WIDE and known else None


def _own_names(text: pl.DataFrame, layout: Layout) -> tuple[list[str], int]:
    """Return the headings, which may have been saved as a row, and how far down."""
    head = [[cell or "" for cell in row] for row in text.head(HEAD_LINES).rows()]
    rows = [text.columns, *head]
    if layout.header_row is not None:
        below = min(layout.header_row, len(rows)) - 1
    else:
        below, known = header_of(rows, layout)
        below = below if known > layout.wanted(text.columns) else 0
    return plain_names(rows[below]), below


def _as_text(item: InputFile, table: Any) -> pl.DataFrame:
    try:
        return to_text(pl.DataFrame(pl.from_arrow(table)))
    except (ValueError, pl.exceptions.PolarsError) as error:
        raise SourceError(
            f"{item.name} must have columns of ordinary kinds (text, numbers, dates); "
            f"{str(error).splitlines()[0]}. Export it again without the others."
        ) from error
