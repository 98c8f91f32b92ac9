"""What each column of an output is called, measured in and means: one table for all."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import polars as pl

RESERVED = {
    "date": "on_day",
    "from": "starts",
    "order": "sequence",
    "to": "ends",
    "value": "worth",
    "when": "timing",
    "where": "place",
}
"""Names that a database has a meaning of its own for, and what stands instead."""
DAY = r"^\d{4}-\d{2}-\d{2}$"
MINUTE = r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$"


@dataclass(frozen=True, kw_only=True)
class ColumnWords:
    """A column for people: its heading, its unit and what it means."""

    title: str
    unit: str = ""
    meaning: str = ""

    @property
    def heading(self) -> str:
        """Title and unit."""
        return f"{self.title} ({self.unit})" if self.unit else self.title


def words_of(column: str) -> ColumnWords:
    """Return what a column is called; one that is not known by its own name.

    Examples
    --------
    >>> words_of("area_ha").heading
    'Area (hectares)'
    """
    known = _table().get(column)
    return known or ColumnWords(title=column.replace("_", " ").capitalize())


def with_dates(table: pl.DataFrame) -> pl.DataFrame:
    """Turn text of nothing but ISO days, or days and minutes, into dates and times."""
    changes = []
    for column in table.select(pl.col(pl.String)).iter_columns():
        held = column.drop_nulls()
        held = held.filter(held != "")
        if held.is_empty():
            continue
        filled = pl.col(column.name).replace("", None)
        if held.str.contains(DAY).all():
            changes.append(filled.str.to_date("%Y-%m-%d", strict=False))
        elif held.str.contains(MINUTE).all():
            changes.append(filled.str.to_datetime("%Y-%m-%d %H:%M", strict=False))
    return table.with_columns(changes)


def safe_columns(table: pl.DataFrame) -> pl.DataFrame:
    """Give columns whose name a database has a meaning for another name."""
    return table.rename({old: new for old, new in RESERVED.items() if old in table})


@cache
def _table() -> dict[str, ColumnWords]:
    text = (files("hotspots.outputs.formats") / "columns.csv").read_text("utf-8")
    return {
        row.pop("column"): ColumnWords(**row)
        for row in csv.DictReader(text.splitlines())
    }
