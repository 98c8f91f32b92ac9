"""What was delivered in the period: hours by provider, cameras, packs, marking."""

from __future__ import annotations

import datetime as dt

import polars as pl

from hotspots.core.records import Records
from hotspots.core.table import Column, Table
from hotspots.core.window import Window, in_words
from hotspots.register.deployments import TACTIC_WORDS, in_window

MINUTES = ("minutes_planned", "minutes_logged", "minutes_verified")


def delivery_table(records: Records | None, window: Window) -> Table:
    """Return what each provider delivered of each tactic."""
    rows = in_window(records, window)
    grouped = (
        rows.cast({"tactic": pl.String, "provider": pl.String})
        .group_by("tactic", "provider")
        .agg(
            n=pl.len().cast(pl.Int64),
            **{name: _sum(name) for name in (*MINUTES, "contacts")},
        )
        .sort("tactic", "provider")
        .with_columns(
            key=pl.format("{}:{}", "tactic", "provider"),
            tactic=pl.col("tactic").replace(TACTIC_WORDS),
        )
    )
    return Table(
        id="deployments",
        title="What was deployed",
        columns=(
            Column(name="tactic", label="Tactic"),
            Column(name="provider", label="Provider"),
            Column(name="n", label="Deployments", kind="amount"),
            Column(name="minutes_planned", label="Minutes planned", kind="amount"),
            Column(name="minutes_logged", label="Logged", kind="amount"),
            Column(name="minutes_verified", label="Verified", kind="amount"),
            Column(name="contacts", label="Contacts", kind="amount"),
        ),
        rows=grouped,
        caption=f"Deployments that began in {window}; the place is measured, "
        "never the officer.",
    )


def cameras_table(records: Records | None, on: dt.date) -> Table:
    """Return the cameras that stand, and when each is due for review."""
    rows = _standing(records, on)
    late = (pl.col("review_due") < on).fill_null(value=False)
    return Table(
        id="cameras",
        title="Cameras and their reviews",
        columns=(
            Column(name="site", label="Site"),
            Column(name="since", label="Since", kind="date"),
            Column(name="review_due", label="Review due", kind="date"),
            Column(name="state", label="State", kind="word"),
            Column(name="dpia", label="DPIA reference"),
        ),
        rows=rows.with_columns(
            key=pl.format("camera:{}", "id"),
            site="place",
            dpia="reference",
            since=pl.col("from").cast(pl.Date),
            state=pl.when(late)
            .then(pl.lit("overdue"))
            .when(pl.col("review_due").is_null())
            .then(pl.lit("no review date"))
            .otherwise(pl.lit("in time")),
        )
        .sort("review_due", "id", nulls_last=True)
        .select("key", "site", "since", "review_due", "state", "dpia"),
        caption=f"Redeployable cameras standing on {in_words(on)}.",
    )


def packs_sentence(records: Records | None, window: Window) -> str:
    """Return how many burglary packs were on time, n of n."""
    if records is None:
        return "Packs on time: cannot tell, no file of deployments was given."
    due = records.frame.filter(
        (pl.col("tactic") == "packs")
        & (pl.col("status") != "cancelled")
        & (pl.col("due") >= window.start)
        & (pl.col("due") < window.end)
    )
    if not due.height:
        return f"Packs on time: none was due in {window}."
    late = due.filter(pl.col("done").is_null() | (pl.col("done") > pl.col("due")))
    return f"Packs on time: {due.height - late.height:,} of {due.height:,}."


def delivery_sentences(records: Records | None, window: Window) -> tuple[str, ...]:
    """Return marking coverage and youth sessions of the period, in words."""
    if records is None:
        return ("No file of deployments was given: what was done is not known.",)
    rows = in_window(records, window)
    marking = rows.filter(pl.col("tactic") == "marking")
    offered = int(marking["offered"].fill_null(0).sum())
    marked = int(marking["marked"].fill_null(0).sum())
    youth = rows.filter(pl.col("tactic") == "youth")
    contacts = int(youth["contacts"].fill_null(0).sum())
    said = []
    if offered:
        said.append(
            f"Property marking: {marked:,} marked of {offered:,} premises offered it."
        )
    elif marking.height:
        said.append("Property marking: how many were offered was not written down.")
    if youth.height:
        many = "session" if youth.height == 1 else "sessions"
        said.append(f"Youth work: {youth.height:,} {many}, {contacts:,} contacts.")
    return tuple(said)


def _sum(name: str) -> pl.Expr:
    """Sum what was written down; nothing written is nothing known, not 0."""
    values = pl.col(name).cast(pl.Int64)
    return pl.when(values.is_not_null().any()).then(values.sum())


def _standing(records: Records | None, on: dt.date) -> pl.DataFrame:
    if records is None:
        return pl.DataFrame(
            schema={
                "id": pl.String,
                "place": pl.String,
                "from": pl.Datetime("us"),
                "review_due": pl.Date,
                "reference": pl.String,
            }
        )
    end = dt.datetime.combine(on, dt.time())
    return records.frame.filter(
        (pl.col("tactic") == "cctv")
        & pl.col("status").is_in(["active", "done"])
        & (pl.col("from") < end)
        & (pl.col("to").is_null() | (pl.col("to") >= end))
    )
