"""CSV and XLSX files of any layout, read by a profile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from hotspots.core.errors import (
    ColumnError,
    EmptyFileError,
    ProfileError,
    SourceError,
    did_you_mean,
)
from hotspots.intake.inputs import Block, InputFile, line_numbers
from hotspots.intake.mapping import Mapped, map_rows
from hotspots.intake.police_layout import COLUMNS, police_rows
from hotspots.intake.profile import Profile
from hotspots.intake.proposal import propose_profile
from hotspots.intake.raw import RawRows, conform

EXTRA = "__more fields than the header__"
SAMPLE_ROWS = 2_000
DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True, kw_only=True)
class _Table:
    """Rows of text with the line of each; ``encoding`` as read."""

    frame: pl.DataFrame
    line: pl.Series
    encoding: str = "utf-8"
    native_dates: bool = False


def read(item: InputFile, profile: Profile) -> Iterator[RawRows]:
    """Read a CSV or XLSX file by a profile, block by block."""
    timed = False
    for table in _tables(item, profile):
        profile.check_against(_own(table.frame), item.name)
        full, notes = _without_empty(table, item.name)
        mapped = map_rows(
            full.frame, profile, line=full.line, native_dates=full.native_dates
        )
        timed |= mapped.time_precision == "minute"
        yield RawRows(
            rows=_without_ragged(mapped, full.frame, profile),
            crs=profile.epsg,
            # A last block of a few dates must not make the whole file coarse.
            time_precision="minute" if timed else mapped.time_precision,
            simulated=profile.simulated,
            notes=notes + tuple(f"{item.name}: {note}" for note in mapped.notes),
        )


def propose(item: InputFile) -> Profile:
    """Propose a profile for a CSV or XLSX file from its header and first rows."""
    if item.suffix == ".xlsx":
        frame, delimiter = _sheet(item, None).frame.head(SAMPLE_ROWS), ","
    else:
        block = next(item.blocks(block_bytes=1 << 20))
        delimiter = _guess_delimiter(block.data)
        frame = _parse(block, delimiter, item.name).head(SAMPLE_ROWS)
    stem = item.path.name.split(".")[0]
    return propose_profile(
        _own(frame), frame, name=stem.replace("_", " "), delimiter=delimiter
    )


def _tables(item: InputFile, profile: Profile) -> Iterator[_Table]:
    if item.suffix == ".xlsx":
        yield _sheet(item, profile.sheet)
        return
    if item.suffix != ".csv":
        raise SourceError(
            f"{item.name} must be CSV or XLSX to be read by a profile; its suffix is "
            f"'{item.suffix}'. Save it as one of these."
        )
    for block in item.blocks():
        frame = _parse(block, profile.delimiter, item.name)
        lines = pl.Series(line_numbers(block, frame.height))
        yield _Table(frame=frame, line=lines, encoding=block.encoding)


def _own(frame: pl.DataFrame) -> list[str]:
    return [column for column in frame.columns if column != EXTRA]


# -- CSV -----------------------------------------------------------------------------


def _parse(block: Block, delimiter: str, name: str) -> pl.DataFrame:
    """Parse a block as text, with one column more to catch surplus fields."""
    header = pl.read_csv(
        block.data, separator=delimiter, n_rows=0, infer_schema=False
    ).columns
    names = [*_stripped(header), EXTRA]
    quoted = delimiter.join('"' + name.replace('"', '""') + '"' for name in names)
    try:
        return pl.read_csv(
            quoted.encode() + b"\n" + block.body,
            separator=delimiter,
            infer_schema=False,
            truncate_ragged_lines=True,
        )
    except (pl.exceptions.ComputeError, pl.exceptions.SchemaError) as error:
        line = _open_quote(block)
        raise SourceError(
            f"{name} must be well-formed CSV; a quotation mark near line {line:,} is "
            "not closed or stands inside a field without being doubled. Correct that "
            "line or export the file again."
        ) from error


def _stripped(header: list[str]) -> list[str]:
    """Return the names without blanks around them; later twins get a number."""
    names: list[str] = []
    for column in (name.strip() for name in header):
        twins = sum(name == column or name.startswith(f"{column} (") for name in names)
        names.append(f"{column} ({twins + 1})" if column in names else column)
    return names


def _open_quote(block: Block) -> int:
    """Return the first line whose quotation marks do not pair, the likely fault."""
    lines = block.data.split(b"\n")
    odd = [number for number, line in enumerate(lines) if line.count(b'"') % 2]
    return block.first_line + (odd[0] - 1 if odd else 0)


def _guess_delimiter(data: bytes) -> str:
    header = data.split(b"\n", 1)[0].decode()
    return max(DELIMITERS, key=header.count)


def _without_empty(table: _Table, name: str) -> tuple[_Table, tuple[str, ...]]:
    """Leave out lines in which nothing stands, and say so."""
    frame = table.frame
    something = frame.select(
        pl.any_horizontal(pl.all().str.strip_chars().fill_null("") != "").alias("some")
    )["some"]
    notes = []
    if table.encoding != "utf-8":
        notes.append(f"{name} is not UTF-8 and was read as Windows-1252.")
    if frame.height and not something.all():
        n_empty = frame.height - int(something.sum())
        notes.append(f"{name}: {n_empty:,} empty lines were left out.")
        table = replace(
            table, frame=frame.filter(something), line=table.line.filter(something)
        )
    return table, tuple(notes)


def _without_ragged(
    mapped: Mapped, frame: pl.DataFrame, profile: Profile
) -> pl.DataFrame:
    """Take place and date from rows whose fields are shifted by a surplus one."""
    if EXTRA not in frame.columns or frame[EXTRA].is_null().all():
        return mapped.rows
    surplus = frame[EXTRA].is_not_null()
    said = (
        f"more fields than the {len(_own(frame))} of the header; is a "
        f"'{profile.delimiter}' inside a field?"
    )
    null = pl.lit(None)
    changed = {"x": null, "y": null, "start": null, "end": null}
    texts = {"place_text": pl.lit(said), "time_text": pl.lit(said)}
    return mapped.rows.with_columns(surplus.alias("surplus")).select(
        pl.when(pl.col("surplus")).then(value).otherwise(pl.col(name)).alias(name)
        if (value := (changed | texts).get(name)) is not None
        else pl.col(name)
        for name in mapped.rows.columns
    )


# -- XLSX ----------------------------------------------------------------------------


def sheet_header(item: InputFile) -> list[str]:
    """Return the column names of the first sheet of a workbook."""
    return _sheet(item, None).frame.columns


def read_police(item: InputFile) -> Iterator[RawRows]:
    """Read a workbook with the columns of data.police.uk.

    Raises
    ------
    ColumnError
        If a needed column is missing.
    EmptyFileError
        If the sheet is empty.
    SourceError
        If it is no workbook.
    """
    table = _sheet(item, None)
    for column in COLUMNS:
        if column not in table.frame.columns:
            raise ColumnError(column, item.name, table.frame.columns)
    month = pl.col("Month").str.slice(0, 7)  # a spreadsheet may have made it a date
    yield RawRows(
        rows=conform(police_rows(table.frame.with_columns(month), table.line)),
        time_precision="month",
        snapped=True,
    )


def _sheet(item: InputFile, sheet: str | None) -> _Table:
    """Read a sheet as text; dates become ISO text, whole numbers lose their point."""
    import fastexcel

    try:
        book = fastexcel.read_excel(item.read_bytes())
    except fastexcel.FastExcelError as error:
        raise SourceError(
            f"{item.name} must be an XLSX workbook; it cannot be read as one. Check "
            "that it opens in a spreadsheet and has no password."
        ) from error
    names = book.sheet_names
    if sheet is not None and sheet not in names:
        raise ProfileError(
            f"sheet '{sheet}' is not in {item.name}. Sheets: {', '.join(names)}."
            f"{did_you_mean(sheet, names)}"
        )
    frame = book.load_sheet(sheet or 0, dtypes="string", header_row=0).to_polars()
    if not frame.columns:
        raise EmptyFileError(
            f"{item.name} must hold a header and rows; its sheet "
            f"'{sheet or names[0]}' is empty."
        )
    frame.columns = _stripped(frame.columns)
    line = pl.int_range(2, frame.height + 2, dtype=pl.UInt32, eager=True)
    return _Table(frame=frame, line=line, native_dates=True)
