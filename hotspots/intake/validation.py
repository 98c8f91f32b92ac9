"""The rules a row must meet to be an incident, each with its own sentence.

The rules are vectorised expressions; the first that a row breaks is its reason. Good
rows are kept, bad ones go to the rejects with their line, the reason and the value.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from hotspots.core.crs import GB_BOUNDS, WGS84, to_lonlat
from hotspots.intake.dates import FILLERS

REASONS = {
    "no coordinates": "no coordinates",
    "not listed": "its postcode or UPRN is not in the file of places",
    "not numbers": "coordinates are not numbers",
    "zero": "coordinates are 0, 0 (a missing value)",
    "swapped": "longitude and latitude look swapped",
    "swapped grid": "easting and northing look swapped",
    "outside": "outside Great Britain",
    "no date": "no date",
    "bad date": "date cannot be read",
    "filler": "date is one that stands for none, such as 01/01/1900",
    "future": "date is in the future",
    "backwards": "it ends before it starts",
    "no category": "no category",
}
"""Short key to the reason as people read it."""

_LOOKED_UP = r"^(\d{1,12}|[a-z]{1,2}\d[a-z\d]?\s*\d[a-z]{2})$"
_BLANK = ("", ",", "nan", "nan,nan", "null,null")


def check_rows(
    rows: pl.DataFrame, crs: int, today: dt.date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the rows that can be used from those that cannot.

    ``rows``: :data:`hotspots.intake.raw.RAW_SCHEMA`, and of which ``file`` each is.
    """
    rows = _with_lonlat(rows, crs)
    rules = _rules(crs, today)
    broken = pl.any_horizontal(
        pl.col("fault").is_not_null(),
        *(rule for _, rule, detail in rules if detail is None),
    )
    whole, bad = rows.lazy(), broken.fill_null(False)
    located, rejected = pl.collect_all(
        [
            whole.filter(~bad)
            .drop("x", "y", "place_text", "time_text", "fault")
            .with_columns(end=pl.col("end").fill_null(pl.col("start"))),
            whole.filter(bad),
        ]
    )
    return located, _rejects(rejected.with_columns(reason=_first_reason(rules)))


def _with_lonlat(rows: pl.DataFrame, crs: int) -> pl.DataFrame:
    if crs == WGS84:
        return rows.with_columns(lon=pl.col("x"), lat=pl.col("y"))
    points = rows.select("x", "y").unique().drop_nulls().sort("x", "y")
    lon, lat = to_lonlat(points["x"].to_numpy(), points["y"].to_numpy(), crs)
    points = points.with_columns(lon=pl.Series(lon), lat=pl.Series(lat))
    return rows.join(points, on=["x", "y"], how="left", maintain_order="left")


def _rules(crs: int, today: dt.date) -> list[tuple[str, pl.Expr, pl.Expr | None]]:
    """Return the rules in their order: key, what breaks it, and what more must hold.

    One with more to hold only says better what a later one, without, finds as well.
    """
    x, y, start, end = (pl.col(name) for name in ("x", "y", "start", "end"))
    west, south, east, north = GB_BOUNDS
    text = pl.col("place_text").fill_null("").str.to_lowercase()
    blank = text.str.replace_all(" ", "").is_in(_BLANK)
    missing = x.is_null() | y.is_null() | x.is_nan() | y.is_nan()
    lon, lat = pl.col("lon"), pl.col("lat")
    inside = lon.is_between(west, east) & lat.is_between(south, north)
    no_time = pl.col("time_text").fill_null("").str.strip_chars() == ""
    last_moment = pl.lit(dt.datetime.combine(today, dt.time.max))
    no_category = pl.col("category").fill_null("").str.strip_chars() == ""
    beyond = ~inside.fill_null(False)
    swapped = "swapped" if crs == WGS84 else "swapped grid"
    return [
        ("no coordinates", missing, blank),
        ("not listed", missing, text.str.contains(_LOOKED_UP)),
        ("not numbers", missing, None),
        ("zero", (x == 0) & (y == 0), None),
        (swapped, beyond, _swapped(crs)),
        ("outside", beyond, None),
        ("no date", start.is_null(), no_time),
        ("bad date", start.is_null(), None),
        ("filler", start.is_in(FILLERS), None),
        ("future", start > last_moment, None),
        ("backwards", end < start, None),
        ("no category", no_category, None),
    ]


def _first_reason(rules: list[tuple[str, pl.Expr, pl.Expr | None]]) -> pl.Expr:
    """Return an expression: the first rule that a row breaks, or null."""
    reason: pl.Expr = pl.lit(None, dtype=pl.String)
    for key, rule, detail in reversed(rules):
        broken = rule if detail is None else rule & detail
        reason = pl.when(broken).then(pl.lit(REASONS[key])).otherwise(reason)
    return pl.coalesce("fault", reason)


def _swapped(crs: int) -> pl.Expr:
    """Return whether x and y would be a place in Great Britain the other way round."""
    x, y = pl.col("x"), pl.col("y")
    west, south, east, north = GB_BOUNDS
    if crs == WGS84:
        return x.is_between(south, north) & y.is_between(west, east)
    # On the National Grid a swapped pair mostly lands at sea north-west or south-east
    # of Great Britain; only those that leave it can be told. Both are over 5 km there.
    outside = ~(
        pl.col("lon").is_between(west, east) & pl.col("lat").is_between(south, north)
    ).fill_null(False)
    there = x.is_between(5_000, 1_250_000) & y.is_between(5_000, 660_000)
    return outside & there & (x > y)


def _rejects(rows: pl.DataFrame) -> pl.DataFrame:
    about_time = pl.col("reason").is_in(
        [
            REASONS[key]
            for key in ("no date", "bad date", "filler", "future", "backwards")
        ]
    )
    about_category = pl.col("reason") == REASONS["no category"]
    value = (
        pl.when(about_time)
        .then(pl.col("time_text"))
        .when(about_category)
        .then(pl.col("category"))
        .otherwise(pl.col("place_text"))
    )
    return rows.select(
        "file",
        "line",
        pl.lit("rejected").alias("status"),
        "reason",
        value.fill_null("").alias("value"),
    )
