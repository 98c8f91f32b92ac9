"""Workbooks and columnar files, in the process that parses other people's files."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any
from urllib.parse import unquote

from hotspots.core.errors import HotspotsError, SourceError
from hotspots.intake.apart import MEMORY_PER_BYTE
from hotspots.intake.inputs import WIDE, InputFile

MAX_UNPACKED = 1 << 30
MAX_CELLS = 60_000_000
BATCH_ROWS, BATCH_CELLS = 500_000, 1_000_000
MAX_DEPTH = 8
MAX_DECODED = 160 << 20
FREE_ROWS = 200_000
"""How many rows a file may hold of which it has not a byte each."""

NOTHING = "__HIVE_DEFAULT_PARTITION__"
"""The folder of rows that hold nothing in the column by which a table is parted."""
_CELL = re.compile(rb'<c [^>]*?r="([A-Z]{1,3})(\d{1,7})"')
_CHUNK = 1 << 20
Answer = tuple[dict[str, Any], Any]

# -- Parquet and Feather -------------------------------------------------------------


def column_names(item: InputFile) -> Iterator[Answer]:
    """Give the names of the columns of a Parquet file without its rows."""
    with _whole(item):
        names = _parquet(item).schema_arrow.names
    yield {"names": names}, None


def columnar(
    item: InputFile, *, is_head: bool, only: list[str] | None = None
) -> Iterator[Answer]:
    """Give the rows of a Parquet or Feather file, some at a time.

    ``only``: columns of a Parquet file that are wanted; default all.

    Raises SourceError if it is damaged, or states more rows than its size can hold.
    """
    import pyarrow as pa

    with _whole(item):
        for batch in _in_pieces(_batches(item, is_head, only)):
            batch.validate(full=True)
            _check_batch(item, batch)
            yield {}, _with_folders(pa.Table.from_batches([batch]), item.name)
            if is_head:
                return


@contextmanager
def _whole(item: InputFile) -> Iterator[None]:
    """Refuse a file that is damaged."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError) as error:
        raise SourceError(
            f"{item.name} must be a readable {item.suffix} file; "
            f"{str(error).splitlines()[0]}. Check that it was copied whole."
        ) from error


def _in_pieces(batches: Iterator[Any]) -> Iterator[Any]:
    """Cut batches to pieces of which many columns fit in memory."""
    for batch in batches:
        size = _rows_of(batch.num_columns)
        for first in range(0, max(1, batch.num_rows), size):
            yield batch.slice(first, size)


def _rows_of(n_columns: int) -> int:
    """Return how many rows of so many columns are read at a time."""
    return max(1, min(BATCH_ROWS, BATCH_CELLS // max(1, n_columns)))


def _check_batch(item: InputFile, batch: Any) -> None:
    """Refuse what no table here holds, and words repeated until they fill a memory."""
    import pyarrow as pa

    for field in batch.schema:
        if pa.types.is_decimal256(field.type):
            raise SourceError(
                f"{item.name} must have columns of ordinary kinds (text, numbers, "
                f"dates); '{field.name}' is {field.type}. Export it again without it."
            )
    decoded = sum(map(_decoded_bytes, batch.columns))
    if decoded > MAX_DECODED + MEMORY_PER_BYTE * item.size:
        raise SourceError(
            f"{item.name} must hold fields of a table's size; {batch.num_rows:,} rows "
            f"take {decoded >> 20:,} MB. Was it made to fill a memory?"
        )


def _decoded_bytes(column: Any) -> int:
    """Return how much a column takes once each of its words stands in its row."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_dictionary(column.type):
        return int(column.nbytes)
    try:
        lengths = pc.binary_length(column.dictionary)
    except pa.ArrowNotImplementedError:  # numbers are as short as their own code
        return int(column.nbytes)
    return pc.sum(lengths.take(column.indices)).as_py() or 0


def _with_folders(table: Any, name: str) -> Any:
    """Add what a partitioned table says by its folders, ``Month=2024-01/``, alone."""
    import pyarrow as pa

    for folder in name.split("/")[:-1]:
        column, equals, value = map(unquote, folder.partition("="))
        if equals and column not in table.column_names:
            said = None if value == NOTHING else value
            text = pa.repeat(pa.scalar(said, pa.string()), len(table))
            table = table.append_column(column, text)
    return table


def _source(item: InputFile) -> Any:
    return io.BytesIO(item.read_bytes()) if item.is_packed else item.path


def _parquet(item: InputFile) -> Any:
    import pyarrow.parquet as pq

    return pq.ParquetFile(_source(item))


def _batches(item: InputFile, is_head: bool, only: list[str] | None) -> Iterator[Any]:
    import pyarrow as pa

    if item.suffix != ".parquet":
        yield from _arrow_batches(_source(item))
        return
    file = _parquet(item)
    stated = file.metadata.num_rows
    if stated > FREE_ROWS + item.size:
        raise SourceError(
            f"{item.name} must hold about as many rows as it has bytes at most; it "
            f"says {stated:,} in {item.size:,} bytes. Was it made to fill a memory?"
        )
    n_columns = len(only or file.schema_arrow.names)
    if not stated or (is_head and n_columns > WIDE):
        schema = file.schema_arrow
        yield pa.RecordBatch.from_arrays(
            [pa.array([], type=each.type) for each in schema], schema=schema
        )
    yield from file.iter_batches(batch_size=_rows_of(n_columns), columns=only)


def _arrow_batches(source: Any) -> Iterator[Any]:
    """Read Feather, an Arrow file or an Arrow stream, whatever its name says."""
    import pyarrow as pa
    import pyarrow.feather

    try:
        yield from pyarrow.feather.read_table(source).to_batches()
    except pa.ArrowInvalid:
        if isinstance(source, io.BytesIO):
            source.seek(0)
        else:
            source = pa.OSFile(str(source))
        yield from pa.ipc.open_stream(source).read_all().to_batches()
        if source.read().strip(b"\0"):
            raise pa.ArrowInvalid("another follows its end") from None


# -- JSON ----------------------------------------------------------------------------


def json_records(item: InputFile, *, is_head: bool) -> Iterator[Answer]:
    """Give the records of a JSON array, or of one a line: a field within by its path.

    Raises SourceError if what is in it are no records, or they hold too much.
    """
    import pyarrow as pa

    records = _json_rows(item)
    rows = [dict(_fields(each)) for each in (records[:1000] if is_head else records)]
    names = list(dict.fromkeys(name for row in rows for name in row))
    if len(names) * len(rows) > MAX_CELLS:
        raise SourceError(
            f"{item.name} must hold at most {MAX_CELLS:,} cells; {len(rows):,} records "
            f"have {len(names):,} fields between them. Save it in parts."
        )
    kinds = pa.schema([(name, pa.string()) for name in names])
    yield {}, pa.Table.from_pylist(rows, schema=kinds)


def _json_rows(item: InputFile) -> list[Any]:
    """Return the records, their numbers as written; an empty line is one of nothing."""
    data = item.read_bytes().removeprefix(b"\xef\xbb\xbf").strip()
    if data.startswith(b"["):
        return list(_json(item, data, "its content"))
    lines = enumerate(data.splitlines(), start=1)
    return [_json(item, line or b"{}", f"line {at:,}") for at, line in lines]


def _json(item: InputFile, data: bytes, where: str) -> Any:
    try:
        return json.loads(data, parse_int=str, parse_float=str)
    except (ValueError, RecursionError) as error:
        raise SourceError(
            f"{item.name} must be JSON: records in brackets, or one a line; {where} is "
            "not. Check that it was copied whole."
        ) from error


def _fields(record: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield the values of a record as text, a list's parted by semicolons."""
    if isinstance(record, dict) and depth < MAX_DEPTH:
        for name, value in record.items():
            yield from _fields(value, f"{path} {name}".strip(), depth + 1)
    elif isinstance(record, list):
        yield path, "; ".join(map(_json_text, record))
    else:
        yield path or "value", None if record is None else _json_text(record)


def _json_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


# -- workbooks -----------------------------------------------------------------------


def sheet_heads(item: InputFile, *, rows: int, only: str | None) -> Iterator[Answer]:
    """Give the first rows of each sheet, or of one, and whether it is hidden."""
    with _reported(item):
        book = _book(item)
        for name in book.sheet_names:
            if only is not None and name != only:
                yield {"name": name, "hidden": False}, None
                continue
            sheet = book.load_sheet(name, n_rows=rows, **_AS_TEXT)
            yield {"name": name, "hidden": sheet.visible != "visible"}, _table(sheet)


def sheet(item: InputFile, *, name: str) -> Iterator[Answer]:
    """Give a whole sheet as text."""
    least = 0.0 if item.suffix == ".ods" else 0.5  # times of day are spans in ODS
    with _reported(item):
        book = _book(item)
        text = _table(book.load_sheet(name, **_AS_TEXT))
        empty = [k for k, each in enumerate(text.columns) if _is_empty(each, least)]
        text = _with_spans(text, book, name, empty) if empty else text
    yield {}, text


_AS_TEXT: dict[str, Any] = {"dtypes": "string", "header_row": None, "skip_rows": 0}


def _table(sheet: Any) -> Any:
    import pyarrow as pa

    return pa.Table.from_batches([sheet.to_arrow()])


def _with_spans(text: Any, book: Any, name: str, empty: list[int]) -> Any:
    """Give back the times of day that a book keeps as spans, which are no text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    how = _AS_TEXT | {"dtypes": dict.fromkeys(empty, "duration"), "use_columns": empty}
    spans = _table(book.load_sheet(name, **how))
    for k, column in zip(empty, spans.columns, strict=True):
        if column.null_count == len(column):
            continue
        seconds = pc.divide(pc.cast(column, pa.int64()), 1000).to_pylist()
        clock = [None if s is None else f"{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}"
                 for s in seconds]  # fmt: skip
        whole = pc.coalesce(text.column(k), pa.array(clock, type=pa.string()))
        text = text.set_column(k, text.field(k), whole)
    return text


def _is_empty(column: Any, least: float) -> bool:
    n_empty = column.null_count
    return bool(n_empty and n_empty >= least * len(column) and len(column) > 1)


def _book(item: InputFile) -> Any:
    import fastexcel

    data = item.read_bytes()
    _check_size(item.name, data)
    return fastexcel.read_excel(data)


@contextmanager
def _reported(item: InputFile) -> Iterator[None]:
    """Say in a sentence that a workbook cannot be read."""
    import fastexcel

    try:
        yield
    except (fastexcel.FastExcelError, ValueError) as error:
        if isinstance(error, HotspotsError):
            raise
        raise SourceError(
            f"{item.name} must be an XLSX workbook or another that can be read; it "
            "cannot. Check that it opens in a spreadsheet and has no password."
        ) from error


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
