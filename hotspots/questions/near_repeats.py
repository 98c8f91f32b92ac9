"""Do incidents follow each other in space and time, and where is risk open now."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import shapely

from hotspots.core.crs import shapes_to_degrees
from hotspots.core.options import Checked, option
from hotspots.core.table import Table, filled_table
from hotspots.core.window import in_words
from hotspots.methods.knox import Knox, KnoxTest
from hotspots.methods.near_repeat import NearRepeat, group_zones
from hotspots.questions.answer import Answer
from hotspots.questions.question import Material, question

MAX_GROUPS = 10
"""More cannot be visited in a day."""
_BAND = re.compile(r"([\[(])(\d[\d.]*), (\d[\d.]*|inf)([\])])")


@dataclass(frozen=True, kw_only=True)
class _Day(Checked):
    on: str = option(
        "", help="The day to warn for, like 2025-06-14; default the last with data."
    )
    seed: int = option(1, help="Starts the random numbers.", ge=0)


def _ask(material: Material, method: Knox, extra: _Day) -> Answer:
    day = material.day(extra.on)
    rng = np.random.default_rng(extra.seed)
    test = method(material.incidents, rng=rng, engine=material.engine)
    rule = NearRepeat()
    zones = rule(material.incidents, on=day)
    groups = group_zones(zones, most=MAX_GROUPS)
    n_groups = zones.filter(pl.col("phase") != "fading")["chain"].n_unique()
    kinds = ", ".join(material.incidents.frame["category"].unique().sort())
    return Answer(
        sentences=(
            plain_band(test.in_words()),
            *(lift.sentence() for lift in rule.lift(material.incidents, on=day)),
            f"{zones.height:,} zones are open on {in_words(day)}; {n_groups:,} groups "
            "of incidents are on alert.",
        ),
        tables=(_pairs(test), _zones(groups, n_groups, day)),
        places=_circles(groups),
        notes=(
            f"Asked of {kinds}. Ask of one kind of crime at a time: a burglary says "
            "where the next burglary may be, not the next theft from a shop.",
            f"An alert covers {rule.radius_m:g} m for {rule.alert_days} days, next "
            f"door in the first {rule.next_door_days}; incidents that follow one "
            f"another so are one group. Most pressing first, at most {MAX_GROUPS}.",
        ),
    )


def _circles(groups: pl.DataFrame) -> tuple[tuple[str, Any], ...]:
    """Return the ground of each zone that is to be seen first, in degrees."""
    shapes = shapely.buffer(
        shapely.points(groups.select("x", "y").to_numpy()),
        groups["first_within_m"].to_numpy(),
    )
    names = (name or "not named" for name in groups["street"])
    return tuple(zip(names, shapes_to_degrees(shapes), strict=True))


def plain_band(label: str) -> str:
    """Return a band in words instead of brackets.

    Examples
    --------
    >>> plain_band("[1, 100) m"), plain_band("(7, 14] days")
    ('1 to under 100 m', 'over 7 to 14 days')
    """
    return _BAND.sub(_in_words, label)


def _in_words(match: re.Match[str]) -> str:
    opening, low, high, closing = match.groups()
    first = f"over {low}" if opening == "(" else low
    if high == "inf":
        return f"{first} or more"
    return f"{first} to {'under ' if closing == ')' else ''}{high}"


def _pairs(test: KnoxTest) -> Table:
    rows = [
        {
            **row,
            "distance": plain_band(row["distance"]),
            "time": plain_band(row["time"]),
        }
        for row in test.to_frame().rows(named=True)
    ]
    cells = {
        "Distance": "{distance}",
        "Time": "{time}",
        "Pairs": "{observed:,}",
        "By chance": "{expected:,.1f}",
        "Times": "{ratio_mean:.1f}",
        "p": "{p_value:.3f}",
    }
    title = "Pairs of incidents, near in place and time"
    return filled_table(title, rows, cells, words=["Time"])


def _zones(groups: pl.DataFrame, n_groups: int, day: dt.date) -> Table:
    more = f": the first {MAX_GROUPS} of {n_groups:,}" * (n_groups > MAX_GROUPS)
    rows = [
        {
            **row,
            "street": row["street"] or "not named",
            "opened": in_words(row["opened"]),
            "until": in_words(row["alert_until"]),
        }
        for row in groups.rows(named=True)
    ]
    cells = {
        "Street": "{street}",
        "Incidents": "{n_in_chain:,}",
        "Latest": "{opened}",
        "Phase": "{phase}",
        "Within": "{first_within_m:.0f} m",
        "Alert until": "{until}",
    }
    return filled_table(
        f"Where to look first on {in_words(day)}{more}",
        rows,
        cells,
        words=["Latest", "Phase", "Alert until"],
    )


NEAR_REPEATS = question(
    "near-repeats",
    method=Knox,
    extra=_Day,
    ask=_ask,
    needs_moments="Near-repeat analysis",
    one_kind="Burglary",
    spreads=True,
)
