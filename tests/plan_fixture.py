"""A small plan made by hand, with everything that a plan can hold.

Three suggestions (a place, a patrol area, a loop) in the simulated town's middle, so
that its streets and wards can lie under them.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import shapely
import shapely.geometry

from hotspots.core.crs import shapes_to_metres
from hotspots.outputs.printing import Background
from hotspots.samples import sample_path
from hotspots.tactics.plan import Plan, PlanLayer
from hotspots.tactics.rationale import Alternative, Backtest, Driver
from hotspots.tactics.suggestion import Suggestion
from hotspots.tactics.words import Rating

MIDDLE = (-0.886414, 52.764399)
HOSTILE = "Rose & Crown #1 $x$ [a](b) <b>\"Q\" 'q'\nline *two* _x_ @cite \\ \u202e 🚓"

FIRST_LINES = [
    "What",
    "Where",
    "When",
    "How much",
    "Valid until",
    "Why here",
    "Lasting or recent",
    "Eligible crime",
]
LAST_LINES = [
    "Backtest",
    "How it was found",
    "Limits that decided",
    "How stable",
    "What it adds",
    "Other choices",
    "What research says",
    "Found an effect",
    "Found none",
    "Smallest effect we could see",
    "What will count as success",
    "Comparison places",
    "Data",
    "Privacy (DPIA)",
    "Equality",
]
"""Headings of every account; between the two stand the lines of the tactic."""

BACKTEST = Backtest(
    captured=212,
    of=1_480,
    low=0.126,
    high=0.162,
    baseline_captured=171,
    baseline="the same number of places with the most incidents a year before",
    n_folds=6,
    horizon_days=56,
    days_covered=336,
    length="56 days",
)
RATING = Rating(
    words="Moderate to strong for short, repeated visits to very small places.",
    found=("Koper (1995): disorder in the next half hour 4% against 15%",),
    null=("Home Office ASB hotspot pilot (2025): impact 'too early' to say",),
)


def make_suggestion(rank: int = 1, **changes: Any) -> Suggestion:
    """Return a suggestion with every line filled in."""
    return replace(
        Suggestion(
            tactic="patrol",
            rank=rank,
            name="Market Place, Brindleford Market",
            geometry=shapely.Point(*MIDDLE),
            what="Walk the area once in each visit, on foot and in uniform.",
            when="Friday and Saturday, between 20:00 and 23:30.",
            dose="Three visits of 15 minutes a shift, at least 2 hours apart.",
            expires=dt.date(2025, 7, 27),
            drivers=(
                Driver(what="anti-social behaviour within 100 m", count=84, of=1_204),
                Driver(what="criminal damage within 100 m", count=31, of=655),
                Driver(what="vehicle crime within 100 m", count=17, of=498),
            ),
            chronic_share=0.72,
            split_note="Lasting: 24 months; recent: 56 days.",
            eligible=132,
            ineligible=18,
            eligibility="Domestic incidents and drug possession are left out.",
            backtest=BACKTEST,
            solution="Heuristic: grown from the strongest cell, then swapped.",
            binding=("at most 5 cells in an area",),
            stability=0.88,
            n_resamples=200,
            value=41.2,
            leave_one_out=36.9,
            value_unit="expected incidents a year",
            alternatives=tuple(
                Alternative(name=name, at=MIDDLE, loss=loss)
                for name, loss in (
                    ("Fleece Lane, Brindleford Market", 0.03),
                    ("Linnetby Road, Brindleford Market", 0.14),
                    ("Pinmaker Hill, Brindleford Market", 0.22),
                )
            ),
            rating=RATING,
            detectable=(
                "In 12 weeks: a fall of 46% (from 30 to 16) could be told from "
                "chance four times out of five; a smaller one could not."
            ),
            success=(
                "Counted incidents in the area, 12 weeks from 1 July 2025 against "
                "the same weeks of 2024, beside the comparison places."
            ),
            controls=("Butterhill Street, Brindleford Market",),
            control_note="Matched on count and trend; seed 1.",
            coverage="12,004 of 12,041 rows have a place inside the district.",
            cut_off=dt.date(2025, 6, 30),
            dpia="To be completed: places are measured, never people or officers.",
            equality="To be completed: who uses the place, who was asked.",
            do=("Walk, stop and talk", "Note the time of arrival and leaving"),
            do_not=("Sit in the car", "Search because of the place alone"),
            details=(("Walk", "620 m, about 9 minutes without stops"),),
            cautions=(
                "This place was chosen on the window that it will be judged by.",
            ),
        ),
        **{"rank": rank, **changes},
    )


def make_plan(
    *, hostile: bool = False, sensitive: bool = False, **changes: Any
) -> Plan:
    """Return a plan of three suggestions, two tables and two layers."""
    lon, lat = MIDDLE
    hexagon = shapely.Point(lon, lat + 0.004).buffer(0.0009, quad_segs=2)
    loop = shapely.LineString(
        [
            (lon - 0.006, lat),
            (lon - 0.004, lat + 0.0012),
            (lon - 0.003, lat - 0.0006),
            (lon - 0.006, lat),
        ]
    )
    odd = HOSTILE if hostile else "Pinmaker Hill, Brindleford Market"
    marking = "OFFICIAL-SENSITIVE" if sensitive else "OFFICIAL"
    suggestions = (
        make_suggestion(1, marking=marking),
        make_suggestion(2, name=odd, geometry=hexagon, marking=marking),
        make_suggestion(3, name="Butterhill Street", geometry=loop, marking=marking),
    )
    signs = PlanLayer(
        frame=pl.DataFrame(
            {"rank": [1, 2], "name": ["Market Place", odd], "height_m": [3.0, None]}
        ),
        geometry=shapely.points([[lon + 0.001, lat], [lon, lat + 0.0045]]),
    )
    walk = PlanLayer(
        frame=pl.DataFrame({"rank": [2], "name": [odd], "length_m": [620.0]}),
        geometry=np.array([shapely.boundary(hexagon)], dtype=object),
    )
    visits = pl.DataFrame(
        {
            "crew": [1, 1],
            "place": [1, 2],
            "name": ["Market Place", odd],
            "from": [dt.datetime(2025, 7, 4, 20, 0), dt.datetime(2025, 7, 4, 22, 10)],
            "minutes": [15, 15],
        }
    )
    plan = Plan(
        tactic="patrol",
        title="Foot patrol areas",
        parameters={"n_areas": 3, "visit_min": 15},
        made_for=dt.date(2025, 7, 1),
        window="1 July 2023 to 30 June 2025",
        suggestions=suggestions,
        tables={"visits": visits},
        layers={"sign_points": signs, "walks": walk},
        headline="Three areas hold 396 of 9,120 counted incidents (4.3%).",
        notes=("Three areas were asked for.",),
        seed=1,
        simulated=True,
        attribution=("Simulated data: no real person, address or incident.",),
        provenance={"incidents": [("simulated_incidents.csv", "0" * 64)]},
    )
    return replace(plan, **changes)


def town_background() -> Background:
    """Return the wards and streets of the simulated town."""
    wards = json.loads(
        sample_path("boundaries/simulated_wards.geojson").read_text("utf-8")
    )
    streets = json.loads(
        sample_path("boundaries/simulated_streets.geojson").read_text("utf-8")
    )
    about = [feature["properties"] for feature in streets["features"]]
    return Background(
        areas=shapes_to_metres(_shapes(wards)),
        area_names=[f["properties"]["name"] for f in wards["features"]],
        streets=shapes_to_metres(_shapes(streets)),
        street_names=[street["name"] or "" for street in about],
        main=np.array(
            [f["properties"]["class"] == "main" for f in streets["features"]]
        ),
    )


def _shapes(collection: dict[str, Any]) -> np.ndarray:
    features = collection["features"]
    made = np.empty(len(features), dtype=object)
    made[:] = [shapely.geometry.shape(f["geometry"]) for f in features]
    return made
