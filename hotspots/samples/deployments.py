"""What the simulated partnership deployed and decided, for the brief to read.

Made from the simulated incidents: patrols go to the fullest squares of 100 m, packs to
streets with a dwelling burglary. Nothing of it has any effect on the incidents.
"""

from __future__ import annotations

import csv
import datetime as dt
from importlib.resources import files

import polars as pl

from hotspots.samples.rng import Rng

DEPLOYMENTS = (
    "id",
    "tactic",
    "place",
    "easting",
    "northing",
    "provider",
    "agency",
    "from",
    "to",
    "status",
    "minutes_planned",
    "minutes_logged",
    "minutes_verified",
    "review_due",
    "due",
    "done",
    "offered",
    "marked",
    "contacts",
    "reference",
)
"""Columns of ``simulated_deployments.csv``."""

ACTIONS = (
    "id",
    "action",
    "owner",
    "agency",
    "decided",
    "due",
    "status",
    "done",
    "result",
    "place",
    "reference",
)
"""Columns of ``simulated_actions.csv``."""

WEEKS = 12
LAST_MONDAY = dt.date(2025, 6, 23)
PATROLLED = 6
PROVIDERS = (("police", "Police"), ("PCSO", "Police"), ("wardens", "Borough council"))
DAY, MOMENT = "%d/%m/%Y", "%d/%m/%Y %H:%M"

Row = dict[str, str]


def build_deployments(seed: int, incidents: pl.DataFrame) -> pl.DataFrame:
    """Build the file of deployments of the twelve weeks to 29 June 2025."""
    places = _fullest(incidents)
    rows = [
        *_patrols(Rng(seed, "patrols"), places),
        *_cameras(places),
        *_youth(Rng(seed, "youth sessions"), places),
        *_packs(Rng(seed, "packs"), incidents),
        *_marking(places),
    ]
    rows.sort(key=lambda row: (dt.datetime.strptime(row["from"], MOMENT), row["place"]))
    return pl.DataFrame(
        [{**row, "id": f"DEP-{n:04d}"} for n, row in enumerate(rows, start=1)],
        schema=dict.fromkeys(DEPLOYMENTS, pl.String),
    ).fill_null("")


def build_actions(incidents: pl.DataFrame) -> pl.DataFrame:
    """Build the file of actions of the simulated Joint Action Group."""
    places = [place["place"] for place in _fullest(incidents)]
    table = files("hotspots") / "samples" / "simulated_decisions.csv"
    rows = []
    decided = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    for n, row in enumerate(decided, start=1):
        place = places[int(row["place"])]
        rows.append(
            {
                **row,
                "id": f"ACT-{n:03d}",
                "action": row["action"].format(place=place),
                "status": "done" if row["done"] else "in progress",
                "place": place,
                "reference": "",
            }
        )
    return pl.DataFrame(rows, schema=dict.fromkeys(ACTIONS, pl.String))


def _fullest(incidents: pl.DataFrame) -> list[Row]:
    """Return the squares of 100 m with most incidents, one a street."""
    shown = pl.col("Address").fill_null("").str.contains("Police Station|Hospital")
    good = (
        incidents.with_columns(
            x=pl.col("Easting").cast(pl.Int64, strict=False),
            y=pl.col("Northing").cast(pl.Int64, strict=False),
        )
        .filter(pl.col("x").is_between(400_000, 600_000) & ~shown)
        .filter(pl.col("y") < 400_000, pl.col("Street").fill_null("") != "")
    )
    squares = good.group_by(
        pl.col("x") // 100, pl.col("y") // 100, "Street", maintain_order=True
    ).agg(n=pl.len(), easting=pl.col("x").median(), northing=pl.col("y").median())
    squares = squares.sort(["n", "x", "y", "Street"], descending=[True] + [False] * 3)
    first = squares.unique("Street", keep="first", maintain_order=True).head(PATROLLED)
    return [
        {"place": street, "easting": f"{e:.0f}", "northing": f"{n:.0f}"}
        for street, e, n in first.select("Street", "easting", "northing").iter_rows()
    ]


def _patrols(rng: Rng, places: list[Row]) -> list[Row]:
    """Return three evening visits a week to each place, some not written down."""
    rows = []
    for week in range(WEEKS):
        monday = LAST_MONDAY - dt.timedelta(days=7 * (WEEKS - 1 - week))
        for at, place in enumerate(places):
            starts = rng.whole(3, 0, 20)
            minutes = rng.whole(3, 9, 21)
            written, seen = rng.uniform(3), rng.uniform(3)
            for day in range(3):
                start = dt.datetime.combine(monday, dt.time(18)) + dt.timedelta(
                    days=3 + day, minutes=15 * int(starts[day])
                )
                who, agency = PROVIDERS[(at + day) % len(PROVIDERS)]
                spent = int(minutes[day])
                logged = str(spent) if written[day] > 0.1 else ""
                gps = logged and seen[day] > 0.3
                rows.append(
                    {
                        **place,
                        "tactic": "patrol",
                        "provider": who,
                        "agency": agency,
                        "from": start.strftime(MOMENT),
                        "to": (start + dt.timedelta(minutes=spent)).strftime(MOMENT),
                        "status": "done",
                        "minutes_planned": "15",
                        "minutes_logged": logged,
                        "minutes_verified": str(max(spent - 2, 0)) if gps else "",
                    }
                )
    return rows


def _cameras(places: list[Row]) -> list[Row]:
    """Return four cameras, reviewed every twelve weeks."""
    since = ("2025-03-10", "2025-03-17", "2025-04-14", "2025-05-19")
    rows = []
    for n, (place, text) in enumerate(zip(places, since, strict=False), start=1):
        day = dt.date.fromisoformat(text)
        rows.append(
            {
                **place,
                "tactic": "cctv",
                "provider": "council CCTV",
                "agency": "Borough council",
                "from": f"{day:{DAY}} 09:00",
                "status": "active",
                "review_due": f"{day + dt.timedelta(weeks=12):{DAY}}",
                "reference": f"DPIA-2025-{n:02d}",
            }
        )
    return rows


def _youth(rng: Rng, places: list[Row]) -> list[Row]:
    contacts = rng.whole(WEEKS, 4, 19)
    rows = []
    for week in range(WEEKS):
        friday = LAST_MONDAY - dt.timedelta(days=7 * (WEEKS - 1 - week) - 4)
        rows.append(
            {
                **places[3],
                "tactic": "youth",
                "provider": "youth service",
                "agency": "County council",
                "from": f"{friday:{DAY}} 18:00",
                "to": f"{friday:{DAY}} 20:00",
                "status": "done",
                "minutes_planned": "120",
                "minutes_logged": "120",
                "contacts": str(contacts[week]),
            }
        )
    return rows


def _packs(rng: Rng, incidents: pl.DataFrame) -> list[Row]:
    """Return a pack for each dwelling burglary, due on the day after."""
    first = LAST_MONDAY - dt.timedelta(days=7 * (WEEKS - 1))
    homes = incidents.filter(pl.col("Sub category") == "Residential").with_columns(
        day=pl.col("To").str.to_date(MOMENT, strict=False)
    )
    homes = homes.filter(pl.col("day").is_between(first, dt.date(2025, 6, 29)))
    homes = homes.filter(pl.col("Street").fill_null("") != "")
    late = rng.uniform(homes.height)
    rows = []
    for (street, day), chance in zip(
        homes.select("Street", "day").iter_rows(), late.tolist(), strict=True
    ):
        done = day + dt.timedelta(days=0 if chance < 0.4 else 1 if chance < 0.75 else 3)
        rows.append(
            {
                "place": street,
                "tactic": "packs",
                "provider": "PCSO",
                "agency": "Police",
                "from": f"{day:{DAY}} 09:00",
                "status": "done" if chance < 0.92 else "planned",
                "due": f"{day + dt.timedelta(days=1):{DAY}}",
                "done": f"{done:{DAY}}" if chance < 0.92 else "",
            }
        )
    return rows


def _marking(places: list[Row]) -> list[Row]:
    return [
        {
            **places[5],
            "tactic": "marking",
            "provider": "crime prevention",
            "agency": "Police",
            "from": "12/06/2025 10:00",
            "to": "12/06/2025 15:00",
            "status": "done",
            "minutes_planned": "300",
            "minutes_logged": "280",
            "offered": "64",
            "marked": "41",
        }
    ]
