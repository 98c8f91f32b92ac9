"""Street-level files of data.police.uk.

What the files are, and are not: one row a crime or incident; the month is the finest
time; coordinates are anonymous snap points, not where it happened; anti-social
behaviour has no crime ID; rows that look the same are separate events.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from hotspots.core.errors import ColumnError, EmptyFileError, SourceError
from hotspots.intake.inputs import Block, InputFile, line_numbers
from hotspots.intake.police_layout import COLUMNS, police_rows
from hotspots.intake.raw import RawRows, conform


def read(item: InputFile) -> Iterator[RawRows]:
    """Read a street-level file block by block."""
    for block in item.blocks():
        yield RawRows(
            rows=_rows(block, item.name), time_precision="month", snapped=True
        )


def _rows(block: Block, name: str) -> pl.DataFrame:
    frame = _text_frame(block, name)
    lines = pl.Series("line", line_numbers(block, frame.height))
    return conform(police_rows(frame, lines))


def _text_frame(block: Block, name: str) -> pl.DataFrame:
    header = pl.read_csv(block.data, n_rows=0, infer_schema=False).columns
    for column in COLUMNS:
        if column not in header:
            raise ColumnError(column, name, header)
    try:
        return pl.read_csv(
            block.data,
            columns=list(COLUMNS),
            infer_schema=False,
            truncate_ragged_lines=True,
        )
    except pl.exceptions.NoDataError as error:
        raise EmptyFileError(f"{name} must hold rows; it is empty.") from error
    except pl.exceptions.ComputeError as error:
        raise SourceError(
            f"{name} must be a CSV file whose quotation marks pair; {error}. Open it "
            "in a text editor near that place."
        ) from error
