"""The lists of a plan as a page shows them: titles, headings and values in words."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from typing import Any

import polars as pl

from hotspots.core.window import in_words
from hotspots.tactics.plan import LAYER_WORDS, Plan

TITLES = {
    ("cctv", "sites"): "Sites and review dates",
    ("marking", "rapid_list"): "Rapid list: who is offered a kit, by when",
    ("marking", "patch_streets"): "Streets of the campaign",
    ("marking", "comparison_streets"): "Streets for comparison: no campaign here",
    ("packs", "pack_list"): "Packs to deliver: every new victim",
    ("packs", "cocoon_list"): "Homes to visit round the victims",
    ("youth", "sessions"): "Sessions of the week",
    ("youth", "stops"): "Stops of each session",
    ("youth", "places"): "Places that were considered",
    ("patrol", "areas"): "Areas of the patrol",
    ("patrol", "shift"): "Visits of the shift",
    ("operation", "when"): "When it runs",
    ("operation", "areas"): "Areas of the operation",
    ("operation", "measure"): "What is counted as done",
    ("operation", "elsewhere"): "Where its incidents were",
}
HEADINGS = {
    "adds": "Adds",
    "area_ha": "Hectares",
    "area_m2": "Square metres",
    "because_of": "Because of",
    "burgled_by": "Burgled by",
    "code": "Cell",
    "comparison": "Comparison place",
    "compactness": "Compactness",
    "demand": "Expected incidents",
    "expires": "Off the list on",
    "keeps_last_quarter": "Slot of last quarter",
    "lasting_percent": "Lasting",
    "length_m": "Length (m)",
    "loop_m": "Walk (m)",
    "loop_share": "Demand the walk passes",
    "n_any_time": "At any time",
    "n_incidents": "Incidents",
    "n_last_12_months": "In view, last 12 months",
    "n_of_every_kind": "Of every kind",
    "n_within_clock": "Within the clock",
    "n_youth_related": "Youth-related",
    "name": "Place",
    "output": "What",
    "peak": "Most incidents",
    "rank": "No.",
    "recent_percent": "Recent",
    "repeat": "Burgled before",
    "reports_a_week": "Reports a week",
    "risk_percent": "Share of the risk",
    "session": "No.",
    "share": "Demand it passes",
    "share_of_disc": "Share of the circle",
    "site_id": "Post",
    "stability": "Chosen again",
    "street_id": "Section",
    "streets_m": "Streets (m)",
    "travel_minutes": "Way there (minutes)",
    "travel": "Way there",
    "uprn": "UPRN",
    "who": "Who",
    "window_from": "Arrive from",
    "window_to": "Arrive until",
}
SHARES = frozenset({"stability", "loop_share", "share", "share_of_disc"})
LEFT_OUT = frozenset({"lat", "lon", "marking"})
"""The map shows where, the page shows the marking; the files hold all three."""

PLAIN = frozenset({"easting", "northing"})
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})(:\d{2})?")


@dataclass(frozen=True, kw_only=True)
class PageTable:
    """One list of a plan.

    Parameters
    ----------
    numeric : tuple of bool
        For each column, whether it holds numbers.
    n_rows : int
        How many there are, of which ``rows`` may be a part.
    """

    name: str
    title: str
    headings: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    n_rows: int


def page_tables(plan: Plan, *, most: int) -> tuple[PageTable, ...]:
    """Return the lists of a plan, each up to so many rows."""
    return tuple(page_table(plan, name, 0, most) for name in plan.tables)


def page_table(plan: Plan, name: str, start: int, most: int) -> PageTable:
    """Return a part of one list of a plan."""
    title = TITLES.get((plan.tactic, name), _words(name))
    return _made(name, title, plan.tables[name], start, most)


def layer_tables(plan: Plan) -> tuple[PageTable, ...]:
    """Return what the map draws beside the suggestions, as lists."""
    return tuple(
        _made(name, layer_label(name), layer.frame, 0, layer.frame.height)
        for name, layer in plan.layers.items()
    )


def layer_label(name: str) -> str:
    """Return what a layer of a plan is called.

    Examples
    --------
    >>> layer_label("sign_points"), layer_label("bus_stops")
    ('Sign points', 'Bus stops')
    """
    return LAYER_WORDS.get(name, _words(name))


def _made(
    name: str, title: str, frame: pl.DataFrame, start: int, most: int
) -> PageTable:
    columns = [column for column in frame.columns if column not in LEFT_OUT]
    part = frame.select(columns).slice(start, most)
    return PageTable(
        name=name,
        title=title,
        headings=tuple(HEADINGS.get(column, _words(column)) for column in columns),
        numeric=tuple(
            frame.schema[column].is_numeric() and HEADINGS.get(column) != "No."
            for column in columns
        ),
        rows=tuple(
            tuple(
                _value(column, value)
                for column, value in zip(columns, row, strict=True)
            )
            for row in part.iter_rows()
        ),
        n_rows=frame.height,
    )


def _words(name: str) -> str:
    words = name.split("_")
    if words[0] == "n" and len(words) > 1:
        words = words[1:]
    return " ".join(words).capitalize()


def _value(column: str, value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return f"{in_words(value.date())}, {value:%H:%M}"
    if isinstance(value, dt.date):
        return in_words(value)
    if isinstance(value, int | float):
        return _number(column, value)
    return _dated(str(value))


def _number(column: str, value: float) -> str:
    if not math.isfinite(value):
        return "–"
    if column in SHARES:
        return f"{value:.0%}"
    if column.endswith("_percent"):
        return f"{value:,.3g}%"
    if column in PLAIN or isinstance(value, int):
        return str(value) if column in PLAIN else f"{value:,}"
    text = f"{value:,.3f}"
    return text.rstrip("0").rstrip(".")


def _dated(text: str) -> str:
    moment = _MOMENT.fullmatch(text)
    if moment:
        return f"{in_words(dt.date.fromisoformat(moment[1]))}, {moment[2]}"
    return in_words(dt.date.fromisoformat(text)) if _DAY.fullmatch(text) else text
