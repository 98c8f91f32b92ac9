"""Twelve incidents, how they are read, and what must come of them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import geopandas
import polars as pl

from hotspots.intake.profile import Profile
from hotspots.sources import Reading, read_incidents, write_proposal

TODAY = dt.date(2025, 1, 1)
HEAD = (
    "Crime Ref", "Offence Type", "Date Committed", "Time Committed", "Easting",
    "Northing", "Street", "UPRN",
)  # fmt: skip
STREETS = ("Bridge Street", "Café Row", "St John’s, The", "High St")
ROWS = [
    (
        f"MP/{k:03}", "Theft of bicycle" if k % 2 else "Burglary - residential",
        f"{13 + k}/06/2024", f"{8 + k:02}:30", str(470_000 + k * 10),
        str(319_000 + k * 10), STREETS[k % 4], str(100_030_000_000 + k),
    )
    for k in range(12)
]  # fmt: skip


def read(path: Path, *, proposed: bool = True) -> Reading:
    profile = None
    if proposed:
        made = path.with_name(f"{path.name}.mapping.toml")
        write_proposal(path, made)
        profile = Profile.from_toml(made)
    return read_incidents([path], profile=profile, today=TODAY)


def facts(reading: Reading) -> list[tuple[object, ...]]:
    """What was read, and where, to ten metres."""
    incidents = reading.incidents
    places = incidents.places.with_row_index("place")
    words = pl.col("category", "street").cast(pl.String)
    frame = incidents.frame.join(places, on="place").sort("reference")
    near = (pl.col("x", "y") / 10).round(0)
    return frame.select("reference", "start", "end", words, "premises", near).rows()


def wanted() -> list[tuple[object, ...]]:
    return [
        (
            row[0], (at := dt.datetime(2024, 6, 13 + k, 8 + k, 30)), at, row[1], row[6],
            row[7], 47_000.0 + k, 31_900.0 + k,
        )
        for k, row in enumerate(ROWS)
    ]  # fmt: skip


def layer() -> geopandas.GeoDataFrame:
    frame = geopandas.GeoDataFrame(
        [dict(zip(HEAD, row, strict=True)) for row in ROWS],
        geometry=geopandas.points_from_xy(
            [float(row[4]) for row in ROWS], [float(row[5]) for row in ROWS]
        ),
        crs=27700,
    )
    return frame.drop(columns=["Easting", "Northing"])
