"""The lists of a plan as a page shows them: titles, headings and values in words."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from typing import Any

import polars as pl

from hotspots.core.window import in_words
from hotspots.tactics.plan import Plan

HEADINGS = {
    "expires": "Off the list on",
    "name": "Place",
    "rank": "No.",
    "session": "No.",
    "stability": "Chosen again",
    "uprn": "UPRN",
}
"""Of columns that lists of several tactics have; the others stand in their words."""
SHARE = re.compile(r"(^|_)share(_|$)|^stability$")
"""A fraction, shown in per cent."""
LEFT_OUT = frozenset({"lat", "lon", "marking"})
"""The map shows where, the page shows the marking; the files hold all three."""

PLAIN = frozenset({"easting", "northing"})
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})(:\d{2})?")


@dataclass(frozen=True, kw_only=True)
class PageTable:
    """One list of a plan.

    ``numeric``: for each column, whether it holds numbers.
    ``n_rows``: how many there are, of which ``rows`` may be a part.
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
    return _made(plan, name, list_title(plan, name), plan.tables[name], start, most)


def list_title(plan: Plan, name: str) -> str:
    """Return what a list of a plan is called."""
    return plan.table_titles.get(name, _words(name))


def layer_tables(plan: Plan) -> tuple[PageTable, ...]:
    """Return what the map draws beside the suggestions, as lists."""
    return tuple(
        _made(plan, name, layer_label(plan, name), layer.frame, 0, layer.frame.height)
        for name, layer in plan.layers.items()
    )


def layer_label(plan: Plan, name: str) -> str:
    """Return what a layer of a plan is called: by its name, where nothing is said."""
    return plan.layer_titles.get(name, _words(name))


def _made(
    plan: Plan, name: str, title: str, frame: pl.DataFrame, start: int, most: int
) -> PageTable:
    columns = [column for column in frame.columns if column not in LEFT_OUT]
    part = frame.select(columns).slice(start, most)
    called = {**HEADINGS, **plan.headings}
    return PageTable(
        name=name,
        title=title,
        headings=tuple(called.get(column, _words(column)) for column in columns),
        numeric=tuple(
            frame.schema[column].is_numeric() and called.get(column) != "No."
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
    if SHARE.search(column):
        return f"{value:.1%}" if 0 < value < 0.1 else f"{value:.0%}"
    if column in PLAIN or isinstance(value, int):
        return str(value) if column in PLAIN else f"{value:,}"
    text = f"{value:,.3f}"
    return text.rstrip("0").rstrip(".")


def _dated(text: str) -> str:
    moment = _MOMENT.fullmatch(text)
    if moment:
        return f"{in_words(dt.date.fromisoformat(moment[1]))}, {moment[2]}"
    return in_words(dt.date.fromisoformat(text)) if _DAY.fullmatch(text) else text
