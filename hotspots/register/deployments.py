"""What was deployed: the file of deployments, and what it says of a period."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import shapely

from hotspots.core.crs import bng_to_lonlat
from hotspots.core.errors import SourceError
from hotspots.core.table import Table, build_table
from hotspots.core.window import Window, in_words
from hotspots.intake.records import RecordField, Records, read_records
from hotspots.register.tactics import CATALOGUE, OTHER, tactic_titles

TABLES = Path(__file__).with_name("tables.toml")
MINUTES = ("minutes_planned", "minutes_logged", "minutes_verified")
STATUSES = ("planned", "active", "done", "cancelled")

FIELDS = (
    RecordField(name="id", kind="text", required=True, help="Its own reference."),
    RecordField(
        name="tactic",
        kind="choice",
        required=True,
        choices=(*CATALOGUE, OTHER),
        help="Which tactic.",
    ),
    RecordField(name="place", kind="text", required=True, help="Where, in words."),
    RecordField(name="easting", kind="metres", help="EPSG:27700, of its middle."),
    RecordField(name="northing", kind="metres", help="EPSG:27700, of its middle."),
    RecordField(
        name="provider",
        kind="text",
        required=True,
        help="Who does it: police, PCSO, wardens, youth service; never a name.",
    ),
    RecordField(name="agency", kind="text", help="Whose deployment it is."),
    RecordField(name="from", kind="moment", required=True, help="When it begins."),
    RecordField(name="to", kind="moment", help="When it ends; blank while it runs."),
    RecordField(
        name="status", kind="choice", required=True, choices=STATUSES, help="As it is."
    ),
    RecordField(name="minutes_planned", kind="whole", help="Minutes asked for."),
    RecordField(name="minutes_logged", kind="whole", help="Minutes written down."),
    RecordField(name="minutes_verified", kind="whole", help="Minutes shown by GPS."),
    RecordField(name="review_due", kind="date", help="When a camera is reviewed."),
    RecordField(name="due", kind="date", help="By when packs were to be delivered."),
    RecordField(name="done", kind="date", help="When it was finished."),
    RecordField(name="offered", kind="whole", help="Premises offered marking."),
    RecordField(name="marked", kind="whole", help="Premises marked."),
    RecordField(name="contacts", kind="whole", help="Contacts of a youth session."),
    RecordField(name="reference", kind="text", help="DPIA or other reference."),
)


def read_deployments(path: Path | str) -> Records:
    """Read a file of deployments.

    Raises SourceError if a cell is not what its column must be, one coordinate stands
    without the other, or a deployment ends before it begins.
    """
    choices = (*CATALOGUE, OTHER)
    fields = (replace(f, choices=choices) if f.name == "tactic" else f for f in FIELDS)
    records = read_records(path, tuple(fields))
    frame = records.frame
    halves = frame.filter(pl.col("easting").is_null() != pl.col("northing").is_null())
    if halves.height:
        raise SourceError(
            "easting and northing must both be filled in or both be blank; deployment "
            f"{halves['id'][0]!r} of {records.name} has one of them."
        )
    backwards = frame.filter(pl.col("to") < pl.col("from"))
    if backwards.height:
        raise SourceError(
            f"a deployment must end after it begins; {backwards['id'][0]!r} of "
            f"{records.name} does not."
        )
    return records


def in_window(records: Records | None, window: Window) -> pl.DataFrame:
    """Return the deployments that began in a window and were not cancelled."""
    if records is None:
        return pl.DataFrame(schema={f.name: pl.Null for f in FIELDS})
    start = dt.datetime.combine(window.start, dt.time())
    end = dt.datetime.combine(window.end, dt.time())
    return records.frame.filter(
        (pl.col("status") != "cancelled")
        & (pl.col("from") >= start)
        & (pl.col("from") < end)
    )


def at_place(rows: pl.DataFrame, name: str, polygon: object) -> pl.DataFrame:
    """Return the deployments at a place: by its polygon, else by its name.

    ``polygon``: shapely geometry, EPSG:4326.
    """
    if not rows.height:
        return rows
    x, y = (rows[c].to_numpy() for c in ("easting", "northing"))
    located = ~np.isnan(x)
    inside = np.zeros(rows.height, dtype=bool)
    if located.any():
        lon, lat = bng_to_lonlat(x[located], y[located])
        inside[located] = shapely.intersects_xy(polygon, lon, lat)
    street = name.split(",")[0].strip().lower()
    named = rows["place"].str.to_lowercase().is_in([name.lower(), street]).to_numpy()
    return rows.filter(pl.Series(np.where(located, inside, named)))


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
            tactic=pl.col("tactic").replace(tactic_titles()),
        )
    )
    return build_table(
        TABLES,
        "deployments",
        grouped,
        caption=f"Deployments that began {window}. Figures are by place, never by "
        "officer.",
    )


def cameras_table(records: Records | None, on: dt.date) -> Table:
    """Return the cameras that stand, and when each is due for review."""
    rows = _standing(records, on)
    late = (pl.col("review_due") < on).fill_null(value=False)
    return build_table(
        TABLES,
        "cameras",
        rows.with_columns(
            key=pl.format("camera:{}", "id"),
            site="place",
            dpia="reference",
            since=pl.col("from").cast(pl.Date),
            state=pl.when(late)
            .then(pl.lit("overdue"))
            .when(pl.col("review_due").is_null())
            .then(pl.lit("no review date"))
            .otherwise(pl.lit("on time")),
        )
        .sort("review_due", "id", nulls_last=True)
        .select("key", "site", "since", "review_due", "state", "dpia"),
        caption=f"Redeployable cameras in place on {in_words(on)}.",
    )


def packs_sentence(records: Records | None, window: Window) -> str:
    """Return how many burglary packs were on time, n of n."""
    if records is None:
        return "Burglary packs: cannot tell; no record of deployments was supplied."
    due = records.frame.filter(
        (pl.col("tactic") == "packs")
        & (pl.col("status") != "cancelled")
        & (pl.col("due") >= window.start)
        & (pl.col("due") < window.end)
    )
    if not due.height:
        return f"Burglary packs: none due, {window}."
    late = due.filter(pl.col("done").is_null() | (pl.col("done") > pl.col("due")))
    n, on_time = due.height, due.height - late.height
    return f"Burglary packs delivered on time: {on_time:,} of {n:,}."


def delivery_sentences(records: Records | None, window: Window) -> tuple[str, ...]:
    """Return marking coverage and youth sessions of the period, in words."""
    if records is None:
        return ("No record of deployments was supplied: activity is not known.",)
    rows = in_window(records, window)
    marking = rows.filter(pl.col("tactic") == "marking")
    offered = int(marking["offered"].fill_null(0).sum())
    marked = int(marking["marked"].fill_null(0).sum())
    youth = rows.filter(pl.col("tactic") == "youth")
    contacts = int(youth["contacts"].fill_null(0).sum())
    said = []
    if offered:
        said.append(
            f"Property marking: {marked:,} of {offered:,} premises offered were marked."
        )
    elif marking.height:
        said.append("Property marking: the number of premises offered was not kept.")
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
