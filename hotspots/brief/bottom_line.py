"""Three sentences by rule: how many, what stands out, where; each from one row."""

from __future__ import annotations

import polars as pl

from hotspots.core.table import Statement, Table

HEADLINE_Z = 3.0
"""A change on the same time last year is a headline from this Poisson z on."""
HEADLINE_P = 0.02
"""... where the E-test agrees, at 1% each way."""
TOTAL = "all"
TOTALS = (TOTAL, "crime")
"""Rows that are sums of others: no finding by being large."""


def total_sentence(table: Table, *, span: str, until: str) -> Statement:
    """Return how many incidents there were, beside before and what is usual."""
    row = table.row(TOTAL)
    parts = ["{now} incidents in the {span} to {until}"]
    if row.get("previous") is not None:
        parts.append("; {previous} in the {span} before")
    if row.get("last_year") is not None:
        parts.append("; {last_year} in the same {span} last year")
    ending = ": cannot tell whether that is usual."
    if "usual_low" not in row:
        ending = "."
    elif row["usual_low"] is not None:
        ending = _beside_usual(str(row["word"]))
    return Statement.build(
        "".join(parts) + ending, table, TOTAL, span=span, until=until
    )


def _beside_usual(word: str) -> str:
    """Return how a count stands to what is usual, in a sentence with its range."""
    if word == "usual":
        return ". That is usual: {usual_low} to {usual_high}."
    if word in ("higher", "lower"):
        return f". That is {word} than usual: {{usual_low}} to {{usual_high}}."
    return f": {word} whether that is usual."


def notable(table: Table) -> Statement:
    """Return what stands out most, or that nothing does."""
    rows = table.rows.filter(pl.col("key") != TOTAL)
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
            "{label}, {now}, is outside the usual {usual_low} to {usual_high}; with "
            "every row looked at allowed for, cannot tell.",
            table,
            alarms["key"][0],
        )
    if known.height:
        return Statement.build(
            "Nothing differs by more than chance gives; least like last year is "
            "{label}, {now} against {last_year} (z {z}): cannot tell.",
            table,
            known["key"][0],
        )
    parts = rows.filter(~pl.col("key").is_in(TOTALS))
    top = (parts if parts.height else rows).sort(
        ["now", "key"], descending=[True, False], nulls_last=True
    )
    ending = ": {word}." if "word" in rows.columns else "."
    return Statement.build(
        "No change on last year can be told, as the files have no such time; the "
        "largest row is {label}, {now}" + ending,
        table,
        top["key"][0],
    )


def place_sentence(table: Table) -> Statement | None:
    """Return the first place, with its share."""
    if not table.rows.height:
        return None
    row = table.rows.row(0, named=True)
    template = (
        "Most incidents are at {name}: {n_window} of {n_all} in the look-back ({share})"
    )
    if row["now"] is not None:
        template += ", {now} in this period"
    return Statement.build(template + ".", table, row["key"])


def area_sentence(table: Table) -> Statement | None:
    """Return the area with most incidents, where places may not be shown."""
    rows = table.rows.filter(pl.col("key") != table.total)
    rows = rows.filter(pl.col("now").is_not_null())
    if not rows.height:
        return None
    top = rows.sort(["now", "key"], descending=[True, False])
    return Statement.build(
        "Of the areas shown {label} has most incidents: {now}.", table, top["key"][0]
    )


def _alarm(table: Table, row: dict[str, object]) -> Statement:
    side = "above" if row["alarm"] == "rise" else "below"
    return Statement.build(
        f"{{label}} is {side} what is usual: {{now}}, where {{usual_low}} to "
        "{usual_high} are usual, also after allowing for every row looked at.",
        table,
        str(row["key"]),
    )


def _headline(table: Table, row: dict[str, object]) -> Statement:
    z, p = row["z"], row.get("p_change_adjusted")
    assert isinstance(z, float)
    stands = isinstance(p, float) and p <= HEADLINE_P
    ending = (
        ", also after allowing for every row looked at."
        if stands
        else "; with every row looked at allowed for, cannot tell."
    )
    return Statement.build(
        f"{{label}}: {{now}}, {'more' if z > 0 else 'fewer'} than the {{last_year}} of "
        f"the same time last year (z {{z}}){ending}",
        table,
        str(row["key"]),
    )
