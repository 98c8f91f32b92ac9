"""Actions of the Joint Action Group: due, overdue, and what came of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import polars as pl

from hotspots.core.errors import SourceError
from hotspots.core.table import Table, build_table
from hotspots.core.window import Window, in_words
from hotspots.intake.records import RecordField, Records, read_records

TABLES = Path(__file__).with_name("tables.toml")
STATUSES = ("open", "in progress", "done", "closed")
SOON = dt.timedelta(days=14)

FIELDS = (
    RecordField(name="id", kind="text", required=True, help="Its own reference."),
    RecordField(name="action", kind="text", required=True, help="What was decided."),
    RecordField(name="owner", kind="text", required=True, help="A role, not a name."),
    RecordField(name="agency", kind="text", required=True, help="Of the owner."),
    RecordField(name="decided", kind="date", required=True, help="On which day."),
    RecordField(name="due", kind="date", required=True, help="By which day."),
    RecordField(
        name="status", kind="choice", required=True, choices=STATUSES, help="As it is."
    ),
    RecordField(name="done", kind="date", help="When it was done."),
    RecordField(name="result", kind="text", help="What came of it, in words."),
    RecordField(name="place", kind="text", help="Where, in words."),
    RecordField(name="reference", kind="text", help="Of a case, without a name."),
)


def read_actions(path: Path | str, *, as_at: dt.date | None = None) -> Records:
    """Read a file of actions.

    Raises SourceError if a cell is not what its column must be, an action is done
    before it was decided, or is done without a date.
    """
    records = read_records(path, FIELDS)
    frame = records.frame
    finished = pl.col("status").is_in(["done", "closed"])
    for rule, rows in (
        ("an action that is done must say when", finished & pl.col("done").is_null()),
        ("an action must be done after it was decided", _before("done", "decided")),
        ("an action must be due after it was decided", _before("due", "decided")),
    ):
        wrong = frame.filter(rows)
        if wrong.height:
            raise SourceError(
                f"{rule}; {wrong['id'][0]!r} of {records.name} is not so. Correct its "
                "dates or its status."
            )
    return replace(records, as_at=as_at)


def actions_table(records: Records | None, window: Window) -> Table:
    """Return the actions open at the end of a period: overdue first, then due.

    Where the records say as at which day, on that day.
    """
    on = _looked_at(records, window)
    rows = _frame(records).filter(pl.col("decided") <= on)
    rows = rows.filter(pl.col("done").is_null() | (pl.col("done") > on))
    rows = rows.with_columns(
        key=pl.format("action:{}", "id"),
        days_over=pl.when(pl.col("due") < on).then(
            (on - pl.col("due")).dt.total_days()
        ),
        state=pl.when(pl.col("due") < on)
        .then(pl.lit("overdue"))
        .when(pl.col("due") <= on + SOON)
        .then(pl.lit("due soon"))
        .otherwise(pl.lit("open")),
    )
    told = ["result"] if rows["result"].is_not_null().any() else []
    return build_table(
        TABLES,
        "actions",
        rows.sort("due", "id").select(
            *("key", "action", "owner", "agency", "decided", "due", "state"),
            *("days_over", *told),
        ),
        caption=f"Actions open on {in_words(on)}.",
    )


def decisions_table(records: Records | None, window: Window) -> Table:
    """Return what was decided before a period, beside what came of it by its end.

    Where the records say as at which day, by that day.
    """
    on = _looked_at(records, window)
    since = window.start - dt.timedelta(days=window.days)
    rows = _frame(records).filter(pl.col("decided").is_between(since, on))
    by_then = (pl.col("done") <= on).fill_null(value=False)
    rows = rows.with_columns(
        key=pl.format("decision:{}", "id"),
        state=pl.when(by_then & (pl.col("done") > pl.col("due")))
        .then(pl.lit("done late"))
        .when(by_then)
        .then(pl.lit("done"))
        .when(pl.col("due") < on)
        .then(pl.lit("overdue"))
        .otherwise(pl.lit("open")),
        done=pl.when(by_then).then("done"),
        result=pl.when(by_then).then("result"),
    )
    return build_table(
        TABLES,
        "decisions",
        rows.sort("decided", "id").select(
            *("key", "action", "owner", "agency", "decided", "due"),
            *("state", "done", "result", "place"),
        ),
        caption=f"Decisions since {in_words(since)}, as at {in_words(on)}.",
    )


def _looked_at(records: Records | None, window: Window) -> dt.date:
    asked = records.as_at if records is not None else None
    return max(asked or window.last_day, window.last_day)


def _before(first: str, second: str) -> pl.Expr:
    return (pl.col(first) < pl.col(second)).fill_null(value=False)


def _frame(records: Records | None) -> pl.DataFrame:
    if records is not None:
        return records.frame
    dates = {"decided", "due", "done"}
    return pl.DataFrame(
        schema={f.name: pl.Date if f.name in dates else pl.String for f in FIELDS}
    )
