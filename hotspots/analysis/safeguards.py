"""What a data set leaves out, what its files cannot tell apart, and how many rows."""

from __future__ import annotations

import polars as pl

from hotspots.model.harm import HarmTable
from hotspots.model.incidents import Incidents

LEFT_OUT = "category left out: "
MARKED = "marked "
"""How the reason of a row begins that is left out for its category, or for its mark."""


def mixed_rows(incidents: Incidents, harm: HarmTable) -> pl.Series:
    """Return which incidents may be of a kind that is never counted.

    Returns Series of n bool: true where the category holds such kinds and the row does
    not say which it is.
    """
    kinds = harm.frame.filter(pl.col("subcategory").is_not_null(), included="never")
    hiding = kinds["category"].str.to_lowercase().unique().to_list()
    category, finer = (
        pl.col(name).cast(pl.String).str.to_lowercase().str.strip_chars()
        for name in ("category", "subcategory")
    )
    unsaid = finer.is_null() | (finer == "") | (finer == category)
    return incidents.frame.select(
        (category.is_in(hiding) & unsaid).fill_null(value=False).alias("mixed")
    )["mixed"]


def kinds_within(harm: HarmTable, category: str) -> str:
    """Return the kinds of a category that are never counted, in words."""
    rows = harm.frame.filter(
        pl.col("category").str.to_lowercase() == category.lower(),
        pl.col("subcategory").is_not_null(),
        included="never",
    )
    return " or ".join(f"{kind.lower()}s" for kind in sorted(rows["subcategory"]))


def safeguard_notes(
    incidents: Incidents, rejects: pl.DataFrame, harm: HarmTable
) -> tuple[str, ...]:
    """Say what was left out, and what could not be, each with its rows.

    ``incidents``: those analysed.
    ``rejects``: every row not used, with ``status`` and ``reason``.
    """
    reason = pl.col("reason")
    protected = reason.str.starts_with(LEFT_OUT) | reason.str.starts_with(MARKED)
    left = rejects.filter(pl.col("status") == "excluded", protected)
    counts = left["reason"].str.strip_prefix(LEFT_OUT).value_counts()
    rows = counts.sort(["count", "reason"], descending=[True, False]).rows()
    listed = ", ".join(f"{name.lower()} {n:,}" for name, n in rows)
    said = [
        f"Left out of hotspot counts for what they are: {listed} rows."
        if listed
        else "No row was left out of hotspot counts for what it is."
    ]
    mixed = incidents.frame.filter(mixed_rows(incidents, harm))["category"]
    for name, n in mixed.cast(pl.String).value_counts().sort("category").rows():
        said.append(
            f"Counted, because the files cannot tell them apart: {n:,} rows of "
            f"'{name}' do not say their kind and may be {kinds_within(harm, name)}."
        )
    return tuple(said)
