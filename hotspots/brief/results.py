"""Decisions beside what was counted at their places, before and now."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import polars as pl

from hotspots.brief.places import place_masks
from hotspots.brief.scope import Scope
from hotspots.core.table import Column, Table
from hotspots.core.types import Bools
from hotspots.core.window import Window, add_months, month_start
from hotspots.methods.change import compare
from hotspots.model.incidents import SNAP_CHANGE
from hotspots.workflow import Analysis


def with_counts(table: Table, scope: Scope, analysis: Analysis) -> Table:
    """Put counts beside decisions: the same length of time before each, and now."""
    names = [str(name or "").strip().lower() for name in table.rows["place"]]
    at = {name: _at(scope, analysis, name) for name in dict.fromkeys(names) if name}
    rows = [
        _row(scope, at.get(name), decided)
        for name, decided in zip(names, table.rows["decided"], strict=True)
    ]
    schema = {"n_before": pl.Int64, "n_now": pl.Int64, "change": pl.String}
    figures = pl.DataFrame(rows, schema=schema, orient="row")
    span = scope.period.span_words
    return replace(
        table,
        columns=(
            *table.columns,
            Column(name="n_before", label=f"There, the {span} before", kind="count"),
            Column(name="n_now", label=f"There, this {span}", kind="count"),
            Column(name="change", label="In a word", kind="word"),
        ),
        rows=pl.concat([table.rows, figures], how="horizontal"),
        notes=(
            *table.notes,
            "Counts of the place before the decision and now, by the E-test at 1% each "
            "way; whether the decision had a part in it needs a comparison place.",
        ),
    )


def _at(scope: Scope, analysis: Analysis, name: str) -> Bools | None:
    """Return the incidents at a name: a place of the brief, else an area, a street."""
    for hotspot, mask in zip(
        analysis.hotspots, place_masks(scope, analysis), strict=True
    ):
        if name in (hotspot.name.lower(), hotspot.name.split(",")[0].lower()):
            return mask
    areas = scope.dataset.areas
    for number, area in enumerate(areas.frame["name"].str.to_lowercase()):
        if area == name:
            located = scope.dataset.locate_kind(areas.frame["kind"][number])
            inside = located[scope.incidents.frame["place"].to_numpy()] == number
            return np.asarray(inside & scope.shown)
    street = scope.incidents.frame["street"].cast(pl.String).str.to_lowercase()
    there = (street == name).fill_null(value=False).to_numpy()
    return np.asarray(there & scope.shown) if there.any() else None


def _row(
    scope: Scope, mask: Bools | None, decided: dt.date
) -> tuple[int | None, int | None, str]:
    now = scope.period.window
    months = round(now.days / 30.4)
    end = month_start(decided)
    before = Window(start=add_months(end, -months), end=end)
    moved = scope.incidents.snapped and before.start < SNAP_CHANGE < now.end
    if mask is None or moved or not scope.covers(before) or not scope.covers(now):
        return None, None, "cannot tell"
    n_before, n_now = (int((mask & scope.within(w)).sum()) for w in (before, now))
    return n_before, n_now, compare(n_now, n_before, months=months).word
