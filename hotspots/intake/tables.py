"""One reader of tables: delimited text, workbooks, Parquet and Feather, all as text.

Whatever the file, its rows come out with the number of the line each stands on, and
what is no row (titles, blank lines, other sheets) is said.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from hotspots.core.errors import (
    EmptyFileError,
    ProfileError,
    SourceError,
    did_you_mean,
)
from hotspots.intake.inputs import BLOCK_BYTES, InputFile, text_of
from hotspots.intake.lines import (
    DELIMITERS,
    OPEN_QUOTE,
    Records,
    fields_of,
    stated_delimiter,
    whole_records,
)
from hotspots.intake.workbook import check_workbook

TEXT_SUFFIXES = (".csv", ".tsv", ".txt")
BOOK_SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".ods", ".xls")
ARROW_SUFFIXES = (".parquet", ".feather", ".arrow")
TABLE_SUFFIXES = (*TEXT_SUFFIXES, *BOOK_SUFFIXES, *ARROW_SUFFIXES)
HEAD_LINES = 60
HEAD_BYTES = 1 << 18
BATCH_ROWS = 500_000
MAX_COLUMNS = 5_000


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How a table is to be looked for in a file.

    Parameters
    ----------
    wanted : callable
        Says of the cells of a row how many it knows as headings.
    delimiter, sheet : str, optional
    header_row : int, optional
        Line (or row of the sheet) of the header, from 1; default the first of those
        with the most known headings.
    is_head : bool
        Whether the first rows are enough.
    """

    wanted: Callable[[Sequence[str]], int] = lambda _: 0
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    is_head: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of a file as text.

    Parameters
    ----------
    frame : DataFrame, n rows
        One column a heading, all text, null where nothing stands.
    line : Series of n
        The line in the file, row of the sheet or number of the record.
    n_fields : Series of n
        How many fields the row had.
    fault : Series of n
        Why a row cannot be used, null where it can.
    name : str
        Of the file.
    is_native : bool
        Whether dates and numbers were kept as such, not as text.
    delimiter, sheet : str, optional
    header_row : int
    notes : tuple of str
        What was chosen or left out.
    """

    frame: pl.DataFrame
    line: pl.Series
    n_fields: pl.Series
    fault: pl.Series
    name: str
    is_native: bool = False
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int = 1
    notes: tuple[str, ...] = field(default=())

    def faults(self, needed: Sequence[str] | None = None) -> pl.Series:
        """Return why each row cannot be used: also where it ends before a column."""
        columns = self.frame.columns
        reach = len(columns)
        if needed is not None:
            reach = 1 + max(
                (columns.index(c) for c in needed if c in columns), default=0
            )
        said = f"fewer fields than the {len(columns)} of the header"
        short = pl.DataFrame({"n": self.n_fields, "fault": self.fault}).select(
            pl.coalesce("fault", pl.when(pl.col("n") < reach).then(pl.lit(said)))
        )
        return short.to_series()


def read_tables(item: InputFile, layout: Layout | None = None) -> Iterator[Table]:
    """Read a file as one or several blocks of rows.

    Raises
    ------
    EmptyFileError
        If there is nothing in it.
    ProfileError
        If it has no such sheet.
    SourceError
        If it cannot be read as a table.
    """
    layout = layout or Layout()
    if item.suffix in BOOK_SUFFIXES:
        yield _book(item, layout)
    elif item.suffix in ARROW_SUFFIXES:
        yield from _arrow(item)
    elif item.suffix in TEXT_SUFFIXES:
        yield from _text(item, layout)
    else:
        raise SourceError(
            f"{item.name} must be a table ({', '.join(TABLE_SUFFIXES)}); its suffix is "
            f"'{item.suffix}'.{did_you_mean(item.suffix, TABLE_SUFFIXES)} Save it as "
            "CSV or XLSX."
        )


def read_table(item: InputFile, layout: Layout | None = None) -> Table:
    """Read a whole file as one table.

    Raises
    ------
    SourceError
        As :func:`read_tables`.
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


def plain_names(cells: Sequence[str]) -> list[str]:
    """Return headings without blanks around them; later twins get a number."""
    names: list[str] = []
    seen: dict[str, int] = {}
    for at, cell in enumerate(cells):
        name = re.sub(r"\s+", " ", cell).strip() or f"column {at + 1}"
        seen[name] = seen.get(name, 0) + 1
        twin = f"{name} ({seen[name]})" if seen[name] > 1 else name
        while twin in names:
            seen[name] += 1
            twin = f"{name} ({seen[name]})"
        names.append(twin)
    return names


def fold(name: str) -> str:
    """Return a heading as two spellings of it share it."""
    return re.sub(r"[\W_]+", " ", name.casefold()).strip()


def to_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Return every column as text: dates in ISO form, UK wall clock, whole numbers."""
    return frame.select(
        _column_text(name, kind).alias(name) for name, kind in frame.schema.items()
    )


def _column_text(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(kind, pl.Datetime):
        if kind.time_zone:
            column = column.dt.convert_time_zone("Europe/London")
        return column.dt.replace_time_zone(None).dt.strftime("%Y-%m-%d %H:%M:%S")
    if kind == pl.Date:
        return column.dt.strftime("%Y-%m-%d")
    if kind.is_float():
        whole = column.is_finite() & (column == column.round()) & (column.abs() < 2**53)
        return (
            pl.when(whole)
            .then(column.cast(pl.Int64, strict=False).cast(pl.String))
            .otherwise(column.cast(pl.String))
        )
    if isinstance(kind, pl.List):
        return column.cast(pl.List(pl.String), strict=False).list.join(";")
    if kind == pl.Binary:
        return pl.lit(None, dtype=pl.String)
    return column.cast(pl.String, strict=False)


# -- which row is the header ---------------------------------------------------------


def _header_of(rows: Sequence[Sequence[str]], layout: Layout) -> tuple[int, int]:
    """Return which of some rows is the header, and how many headings it has known."""
    scores = [layout.wanted(row) for row in rows]
    best = max(scores, default=0)
    if best:
        return scores.index(best), best
    filled = [sum(1 for cell in row if cell.strip()) for row in rows]
    return filled.index(max(filled)) if filled else 0, 0


def _above_note(name: str, above: int) -> tuple[str, ...]:
    if not above:
        return ()
    lines = "line" if above == 1 else "lines"
    return (f"{name}: {above} {lines} above the header hold no rows.",)


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
    start, rest, number = None, [], 1
    size = HEAD_BYTES if layout.is_head else BLOCK_BYTES
    for chunk, is_last, encoding in text_of(item, block_bytes=size):
        lines = rest + chunk
        if start is None:
            start = _start(item.name, lines, layout)
            lines, number = lines[start.next_line - 1 :], start.next_line
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
    ranked = []
    for place, delimiter in enumerate(candidates):
        rows = _head_rows(head, delimiter)
        if layout.header_row is not None:
            wanted = layout.header_row - 1 - skipped
            rows = [(at, row, size) for at, row, size in rows if at == wanted]
        if not rows:
            continue
        row, known = _header_of([cells for _, cells, _ in rows], layout)
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
    named = _without_tail(cells)
    return _Start(
        names=plain_names(named),
        spare=len(cells) - len(named),
        delimiter=delimiter,
        line=line,
        next_line=line + size,
        notes=_above_note(name, above),
    )


def _without_tail(cells: list[str]) -> list[str]:
    """Leave blank headings at the end out: a spreadsheet's empty columns."""
    while len(cells) > 1 and not cells[-1].strip():
        cells = cells[:-1]
    return cells


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


def _text_table(name: str, start: _Start, records: Records, encoding: str) -> Table:
    rows = records.frame
    frame = pl.DataFrame(schema=dict.fromkeys(start.names, pl.String))
    if rows.height:
        try:
            frame = pl.read_csv(
                "\n".join(rows["text"].to_list()).encode(),
                separator=start.delimiter,
                has_header=False,
                new_columns=start.names,
                schema_overrides=[pl.String] * len(start.names),
                infer_schema=False,
                truncate_ragged_lines=True,
            )
        except pl.exceptions.PolarsError as error:
            line = int(rows["line"][0])
            raise SourceError(
                f"{name} must be well-formed text; below line {line:,} it is not "
                f"({str(error).splitlines()[0]}). Export it again."
            ) from error
        frame = _full_width(frame, start.names)
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


def _full_width(frame: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Give short blocks the columns that none of their rows reaches."""
    frame = frame.rename(dict(zip(frame.columns, names, strict=False)))
    missing = names[frame.width :]
    return frame.with_columns(pl.lit(None, dtype=pl.String).alias(n) for n in missing)


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


# -- workbooks -----------------------------------------------------------------------


def _book(item: InputFile, layout: Layout) -> Table:
    """Read a sheet as text; dates become ISO text, whole numbers lose their point."""
    import fastexcel

    data = item.read_bytes()
    check_workbook(item.name, data)
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
    names = plain_names(_without_tail([cell or "" for cell in rows[header]]))
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
    notes = _above_note(item.name, above) + _sheet_notes(
        item.name, name, sheets, hidden
    )
    if n_blank:
        notes += (f"{item.name}: {n_blank:,} empty lines were left out.",)
    frame, line = frame.filter(something), line.filter(something)
    return Table(
        frame=frame,
        line=line,
        n_fields=pl.repeat(len(names), frame.height, eager=True, dtype=pl.UInt32),
        fault=pl.repeat(None, frame.height, eager=True, dtype=pl.String),
        name=item.name,
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
        at, known = _header_of(only, layout)
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


# -- Parquet and Feather -------------------------------------------------------------


def _arrow(item: InputFile) -> Iterator[Table]:
    import pyarrow

    first, begun = 1, False
    try:
        for frame in _arrow_frames(item):
            names = plain_names(frame.columns)
            frame.columns = names
            text = to_text(frame)
            line = pl.int_range(first, first + text.height, dtype=pl.UInt32, eager=True)
            first, begun = first + text.height, True
            yield Table(
                frame=text,
                line=line,
                n_fields=pl.repeat(
                    len(names), text.height, eager=True, dtype=pl.UInt32
                ),
                fault=pl.repeat(None, text.height, eager=True, dtype=pl.String),
                name=item.name,
                is_native=True,
            )
    except (pyarrow.ArrowException, pl.exceptions.PolarsError, OSError) as error:
        raise SourceError(
            f"{item.name} must be a readable {item.suffix} file; "
            f"{str(error).splitlines()[0]}. Check that it was copied whole."
        ) from error
    if not begun:
        raise EmptyFileError(f"{item.name} must hold rows; it has none.")


def _arrow_frames(item: InputFile) -> Iterator[pl.DataFrame]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    source: Any = io.BytesIO(item.read_bytes()) if item.is_packed else item.path
    if item.suffix == ".parquet":
        file = pq.ParquetFile(source)
        if not file.metadata.num_rows:
            yield pl.DataFrame(pl.from_arrow(file.schema_arrow.empty_table()))
        for batch in file.iter_batches(batch_size=BATCH_ROWS):
            batch.validate(full=True)
            yield pl.DataFrame(pl.from_arrow(pa.Table.from_batches([batch])))
    else:
        import pyarrow.feather

        table = pyarrow.feather.read_table(source)
        table.validate(full=True)
        yield pl.DataFrame(pl.from_arrow(table))
