"""Rows that were not used: which file, which line, why, and what stood there.

A row is refused where it is read (no coordinates, an unreadable date) or left out
later (outside the areas, outside the window, a category that is not counted). Either
way it ends here, and the counts add up to the rows read.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from hotspots.core.window import Window

STATUSES = ("rejected", "outside areas", "excluded", "outside window")
"""Why a row is not used, the ones that need a person's eye first."""

SCHEMA: dict[str, pl.DataType] = {
    "file": pl.UInt16(),
    "line": pl.UInt32(),
    "status": pl.String(),
    "reason": pl.String(),
    "value": pl.String(),
}


def empty_rejects() -> pl.DataFrame:
    """Return a rejects table without rows."""
    return pl.DataFrame(schema=SCHEMA)


def stack_rejects(tables: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Put rejects tables together, those that need a person's eye first."""
    rank = {status: place for place, status in enumerate(STATUSES)}
    stacked = pl.concat([empty_rejects(), *tables])
    order = pl.col("status").replace_strict(rank, return_dtype=pl.UInt8)
    return stacked.sort(order, "file", "line", maintain_order=True)


def rows_outside(rows: pl.DataFrame, window: Window) -> pl.DataFrame:
    """Return as rejects the rows (``file, line, start``) that start beside a window."""
    first, end = window.moments
    early, start = pl.col("start") < first, pl.col("start")
    return rows.filter(early | (start >= end)).select(
        "file",
        "line",
        pl.lit("outside window").alias("status"),
        pl.when(early)
        .then(pl.lit("before the window"))
        .otherwise(pl.lit("after the window"))
        .alias("reason"),
        start.dt.strftime("%Y-%m-%d").alias("value"),
    )


def count_by_reason(rejects: pl.DataFrame, status: str) -> dict[str, int]:
    """Count the rows of one status by reason, most first."""
    counts = rejects.filter(pl.col("status") == status).group_by("reason").len("n")
    return by_number(counts)


def by_number(counts: pl.DataFrame) -> dict[str, int]:
    """Return ``reason`` and ``n`` as a dictionary, most first."""
    ranked = counts.sort(["n", "reason"], descending=[True, False])
    return dict(zip(ranked["reason"], ranked["n"], strict=True))
