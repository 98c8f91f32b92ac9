"""Three sentences by rule: how many, what stands out, where; each from one row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from hotspots.core.table import Statement, Table

HEADLINE_Z = 3.0
"""A change on the same time last year is a headline from this Poisson z on."""
HEADLINE_P = 0.02
"""... where the test of two counts agrees, at 1% each way."""
TOTAL = "all"
TOTALS = (TOTAL, "crime")
"""Rows that are sums of others: no finding by being large."""


def total_sentence(table: Table, *, span: str, until: str) -> Statement:
    """Return how many incidents there were, beside before and what is usual."""
    row = table.row(TOTAL)
    before = {
        "previous": "{previous} in the previous {span}",
        "last_year": "{last_year} in the same {span} last year",
    }
    against = " and ".join(
        words
        for name, words in before.items()
        if row.get(name) is not None and table.has(name)
    )
    template = "{now} incidents in the {span} to {until}"
    if against:
        template += f", against {against}"
    ending = _beside_usual(row)
    return Statement.build(template + ending, table, TOTAL, span=span, until=until)


def _beside_usual(row: Mapping[str, Any]) -> str:
    """Return how a count compares with its usual range; in public with last year."""
    word = str(row["word"])
    if "usual_low" not in row:
        return "." if row["last_year"] is None else f": {word} on last year."
    if row["usual_low"] is None:
        return ": cannot tell whether that is usual."
    if word == "usual":
        return ": within the usual range, {usual_low} to {usual_high}."
    if word in ("higher", "lower"):
        return f": {word} than the usual range, {{usual_low}} to {{usual_high}}."
    return f": {word} whether that is usual."


def notable(table: Table) -> Statement:
    """Return what stands out most, or that nothing does."""
    rows = table.rows.filter(pl.col("key") != TOTAL)
    if "z" not in rows.columns:
        return _public(table, rows)
    alarms = rows.head(0)
    if "alarm" in rows.columns:
        alarms = rows.filter(pl.col("alarm") != "").sort("p_adjusted", "key")
    standing = alarms.filter("significant_overall") if alarms.height else alarms
    if standing.height:
        return _alarm(table, standing.row(0, named=True))
    known = rows.filter(pl.col("z").is_not_null()).sort("p", "key")
    large = (pl.col("z").abs() >= HEADLINE_Z) & (pl.col("p") <= HEADLINE_P)
    if (headlines := known.filter(large)).height:
        return _headline(table, headlines.row(0, named=True))
    if alarms.height:
        return Statement.build(
            "{label}: {now}, outside the usual range of {usual_low} to {usual_high}, "
            "but after allowing for the number of rows compared: inconclusive.",
            table,
            alarms["key"][0],
        )
    if known.height:
        return Statement.build(
            "No indicator is clearly above or below last year; the largest difference "
            "is {label}, {now} against {last_year}, which may be chance.",
            table,
            known["key"][0],
        )
    return Statement.build(
        "The files do not cover the same period last year, so no change on it can be "
        "given; the largest category is {label}, {now}: {word}.",
        table,
        _largest(rows),
    )


def _largest(rows: pl.DataFrame) -> str:
    parts = rows.filter(~pl.col("key").is_in(TOTALS))
    top = (parts if parts.height else rows).sort(
        ["now", "key"], descending=[True, False], nulls_last=True
    )
    return str(top["key"][0])


def _public(table: Table, rows: pl.DataFrame) -> Statement:
    """Return the largest row that changed for sure, else the largest."""
    changed = rows.filter(pl.col("word").is_in(["higher", "lower"]))
    if changed.height:
        return Statement.build(
            "{label}: {now}, {word} than the {last_year} of last year.",
            table,
            _largest(changed),
        )
    return Statement.build(
        "No figure shows a clear change on last year; the largest category is {label}, "
        "{now}.",
        table,
        _largest(rows),
    )


def place_sentence(table: Table, held: str) -> Statement | None:
    """Return the first place, with its share."""
    if not table.rows.height:
        return None
    row = table.rows.row(0, named=True)
    template = "The busiest place is {name}: {n_window} of {n_all} incidents in {held}"
    template += " ({share})"
    if row["now"] is not None:
        template += ", {now} of them in this period"
    return Statement.build(template + ".", table, row["key"], held=held)


def area_sentence(table: Table) -> Statement | None:
    """Return the area with most incidents, where places may not be shown."""
    rows = table.rows.filter(pl.col("key") != table.total)
    rows = rows.filter(pl.col("now").is_not_null())
    if not rows.height:
        return None
    top = rows.sort(["now", "key"], descending=[True, False])
    return Statement.build(
        "Of the areas shown, {label} has the most incidents: {now}.",
        table,
        top["key"][0],
    )


def _alarm(table: Table, row: dict[str, object]) -> Statement:
    side = "above" if row["alarm"] == "rise" else "below"
    return Statement.build(
        f"{{label}} is {side} its usual range: {{now}}, against {{usual_low}} to "
        "{usual_high}, after allowing for the number of rows compared.",
        table,
        str(row["key"]),
    )


def _headline(table: Table, row: dict[str, object]) -> Statement:
    z, p = row["z"], row.get("p_change_adjusted")
    assert isinstance(z, float)
    clear = isinstance(p, float) and p <= HEADLINE_P
    ending = (
        ", after allowing for the number of rows compared."
        if clear
        else ", but after allowing for the number of rows compared: inconclusive."
    )
    return Statement.build(
        f"{{label}} {'rose' if z > 0 else 'fell'} to {{now}} from {{last_year}} in the "
        f"same period last year (z {{z}}){ending}",
        table,
        str(row["key"]),
    )
