"""Street-level files of data.police.uk.

What the files are, and are not: one row a crime or incident; the month is the finest
time; coordinates are anonymous snap points, not where it happened; anti-social
behaviour has no crime ID; rows that look the same are separate events.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from hotspots.errors import ColumnError, EmptyFileError, SourceError
from hotspots.intake.inputs import Block, InputFile, line_numbers
from hotspots.intake.raw import RawRows, conform

__all__ = ["COLUMNS", "is_police_uk", "read"]

COLUMNS = ("Crime ID", "Month", "Longitude", "Latitude", "Location", "Crime type")
"""The columns that are used; the others may be missing."""


def is_police_uk(columns: list[str]) -> bool:
    """Say whether a header is that of a data.police.uk street file.

    Parameters
    ----------
    columns : list of str

    Returns
    -------
    bool
        True when most of the expected names are there, so that a file with one
        column misnamed is refused by name rather than taken for another format.
    """
    return len(set(COLUMNS) & set(columns)) >= 4


def read(item: InputFile) -> Iterator[RawRows]:
    """Read a street-level file block by block.

    Parameters
    ----------
    item : InputFile

    Yields
    ------
    RawRows
        ``start`` is the first of the month, ``end`` the first of the next.

    Raises
    ------
    EmptyFileError
        If the file is empty.
    ColumnError
        If a needed column is missing.
    SourceError
        If the file cannot be read.
    """
    for block in item.blocks():
        yield RawRows(
            rows=_rows(block, item.name), time_precision="month", snapped=True
        )


def _rows(block: Block, name: str) -> pl.DataFrame:
    frame = _text_frame(block, name)
    lines = pl.Series("line", line_numbers(block, frame.height))
    blank = pl.all_horizontal(pl.col(COLUMNS).is_null())
    frame = frame.with_columns(lines).filter(~blank)
    month = pl.col("Month").str.strip_chars()
    start = (month + "-01").str.to_datetime("%Y-%m-%d", strict=False, time_unit="us")
    street = pl.col("Location").str.strip_prefix("On or near").str.strip_chars()
    number = {"strict": False}
    return conform(
        frame.select(
            line="line",
            x=pl.col("Longitude").str.strip_chars().cast(pl.Float64, **number),
            y=pl.col("Latitude").str.strip_chars().cast(pl.Float64, **number),
            place_text=pl.concat_str(
                [pl.col("Longitude").fill_null(""), pl.col("Latitude").fill_null("")],
                separator=",",
            ),
            start=start,
            end=start.dt.offset_by("1mo"),
            time_text=pl.col("Month"),
            category=pl.col("Crime type"),
            street=pl.when(street.is_in(["", "No Location"]))
            .then(None)
            .otherwise(street),
            reference=pl.when(pl.col("Crime ID") != "").then(pl.col("Crime ID")),
        )
    )


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
