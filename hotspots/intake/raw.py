"""What a reader hands over: rows as read, before anything was judged.

Readers only translate a format into these columns;
:mod:`hotspots.intake.validation` judges them, so that the same fault has the same
sentence whatever the file was.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from hotspots.core.crs import WGS84
from hotspots.core.types import TimePrecision

RAW_SCHEMA: dict[str, pl.DataType] = {
    "line": pl.UInt32(),
    "x": pl.Float64(),
    "y": pl.Float64(),
    "place_text": pl.String(),
    "start": pl.Datetime("us"),
    "end": pl.Datetime("us"),
    "time_text": pl.String(),
    "category": pl.String(),
    "subcategory": pl.String(),
    "street": pl.String(),
    "reference": pl.String(),
    "premises": pl.String(),
    "address": pl.String(),
    "source_flag": pl.String(),
    "qualifiers": pl.String(),
    "fault": pl.String(),
}


@dataclass(frozen=True, kw_only=True)
class RawRows:
    """A block of rows from one file.

    ``rows``: columns and types of :data:`RAW_SCHEMA`; ``line`` is the line in the file
    (the header is line 1) or the number of the feature (from 1). ``x``, ``y`` are null
    where the file has nothing or no number; ``place_text`` and ``time_text`` are what
    stood there. ``start`` is null where no date could be read; ``end`` is null where
    the file states none. ``fault`` says why the row as a whole cannot be used.
    ``crs``: EPSG code of ``x`` and ``y``; with 4326 ``x`` is the longitude.
    ``time_precision``: {"month", "day", "minute"}.
    ``notes``: what the reader chose by itself.
    ``accepted``: categories that a mapping names, so that nobody need be asked about
    them.
    """

    rows: pl.DataFrame
    crs: int = WGS84
    time_precision: TimePrecision = "minute"
    snapped: bool = False
    simulated: bool = False
    notes: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()


def conform(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows with exactly the columns of :data:`RAW_SCHEMA`.

    Text is copied: what a format hands over is one piece of memory a block, and a kept
    reference would keep the hundred columns beside it.
    """
    whole = rows.select(
        (pl.col(name) if name in rows.columns else pl.lit(None, dtype=kind))
        .cast(kind)
        .alias(name)
        for name, kind in RAW_SCHEMA.items()
    )
    return whole.with_columns(pl.col(pl.String) + pl.lit(""))
