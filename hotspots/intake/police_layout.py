"""The columns of data.police.uk street files, in whatever kind of file they stand."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

COLUMNS = ("Crime ID", "Month", "Longitude", "Latitude", "Location", "Crime type")
"""The columns that are used; the others may be missing."""

WITHOUT_PLACE = ("Crime ID", "Month", "Location", "Crime type")


def is_police_uk(columns: Iterable[str]) -> bool:
    """Say whether a header is that of a data.police.uk street file."""
    return len(set(COLUMNS) & set(columns)) >= 4


def has_police_columns(columns: Iterable[str]) -> bool:
    """Say whether attributes beside a geometry are those of data.police.uk."""
    return set(WITHOUT_PLACE) <= set(columns)


def police_rows(frame: pl.DataFrame, line: pl.Series) -> pl.DataFrame:
    """Return place, month, category, street and reference of rows of text."""
    there = [name for name in COLUMNS if name in frame.columns]
    frame = frame.select(there).with_columns(
        pl.lit(None, dtype=pl.String).alias(name)
        for name in COLUMNS
        if name not in there
    )
    blank = pl.all_horizontal(pl.col(COLUMNS).is_null())
    frame = frame.with_columns(line.alias("line")).filter(~blank)
    month = pl.col("Month").str.strip_chars()
    start = (month + "-01").str.to_datetime("%Y-%m-%d", strict=False, time_unit="us")
    street = pl.col("Location").str.strip_prefix("On or near").str.strip_chars()
    return frame.select(
        line="line",
        x=pl.col("Longitude").str.strip_chars().cast(pl.Float64, strict=False),
        y=pl.col("Latitude").str.strip_chars().cast(pl.Float64, strict=False),
        place_text=pl.concat_str(
            [pl.col("Longitude").fill_null(""), pl.col("Latitude").fill_null("")],
            separator=",",
        ),
        start=start,
        end=start.dt.offset_by("1mo"),
        time_text=pl.col("Month"),
        category=pl.col("Crime type"),
        street=pl.when(street.is_in(["", "No Location"])).then(None).otherwise(street),
        reference=pl.when(pl.col("Crime ID") != "").then(pl.col("Crime ID")),
    )
