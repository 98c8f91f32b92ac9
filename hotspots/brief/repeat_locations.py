"""Repeat locations: how many, never which; those stand in the restricted annex."""

from __future__ import annotations

from typing import Any

import polars as pl

from hotspots.brief.indicators import Indicator, headline
from hotspots.brief.scope import Scope
from hotspots.core.table import Column, Table
from hotspots.core.window import Window, add_months
from hotspots.methods.repeat_victimisation import Repeats, RepeatVictimisation

VEHICLE = ("vehicle crime", "vehicle offences")
KINDS: tuple[tuple[str, str, Indicator | None], ...] = (
    ("burglary_dwelling", "Dwelling burglary", headline("burglary_dwelling")),
    ("burglary_other", "Burglary other than dwelling", headline("burglary_other")),
    ("vehicle", "Vehicle crime", Indicator(key="", label="", categories=VEHICLE)),
    ("asb", "Anti-social behaviour", headline("asb")),
    ("all", "All that may be shown by place", None),
)
"""Key, heading and rule of the incidents of each kind."""


def find_repeats(scope: Scope) -> dict[str, Repeats]:
    """Find the places hit again within 12 months of their first incident."""
    incidents = scope.incidents
    if incidents.time_precision == "month" or incidents.snapped:
        return {}
    window = Window(
        start=add_months(scope.period.window.end, -24), end=scope.period.window.end
    )
    inside = scope.within(window) & scope.shown
    found = {}
    for key, _, rule in KINDS:
        counted = rule.counts(incidents) if rule else inside
        if counted is None:
            continue
        mask = inside & counted
        if mask.sum() >= 2:
            chosen = incidents.select(pl.Series(mask))
            found[key] = RepeatVictimisation()(chosen, window=window)
    return found


def repeats_table(scope: Scope, found: dict[str, Repeats]) -> Table:
    """Return how many places were hit again, by kind."""
    labels = {key: label for key, label, _ in KINDS}
    rows = [_row(scope, key, labels[key], each) for key, each in found.items()]
    caption = "Counts only; addresses stand in the restricted annex."
    if found:
        first = next(iter(found.values()))
        caption = (
            f"{first.window}: two or more incidents within {first.method.months} "
            f"months of the first, never a calendar year. {caption}"
        )
    return Table(
        id="repeats",
        title="Repeat locations",
        columns=(
            Column(name="label", label="Kind"),
            Column(name="n_incidents", label="Incidents", kind="count"),
            Column(name="n_targets", label="Locations", kind="count"),
            Column(name="n_repeat", label="Hit again", kind="count"),
            Column(
                name="n_recent",
                label=f"Of them, in the {scope.period.span_words}",
                kind="count",
            ),
        ),
        rows=pl.DataFrame(rows, schema=_SCHEMA),
        caption=caption,
    )


_SCHEMA: dict[str, Any] = {
    "key": pl.String,
    "label": pl.String,
    "n_incidents": pl.Int64,
    "n_targets": pl.Int64,
    "n_repeat": pl.Int64,
    "n_recent": pl.Int64,
}


def _row(scope: Scope, key: str, label: str, found: Repeats) -> dict[str, object]:
    repeat = found.frame.filter("repeat")
    now = scope.period.counted
    recent = repeat["last"].dt.date().is_between(now.start, now.last_day)
    return {
        "key": f"repeats:{key}",
        "label": label,
        "n_incidents": int(found.summary["n_incidents"] or 0),
        "n_targets": int(found.summary["n_targets"] or 0),
        "n_repeat": repeat.height,
        "n_recent": int(recent.sum()),
    }
