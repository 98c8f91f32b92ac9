"""The places of the brief: where, why, what, when, who is there, what changed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from hotspots.analysis.parameters import Parameters
from hotspots.brief.content import Place
from hotspots.brief.period import TABLES
from hotspots.brief.period_table import period_rows
from hotspots.brief.scope import EXCLUDED, Scope
from hotspots.brief.variation import UNKNOWN
from hotspots.core.table import Column, Table, build_table
from hotspots.core.types import Bools
from hotspots.core.window import Window, add_months, month_start
from hotspots.intake.records import Records
from hotspots.methods.aoristic import week_hours
from hotspots.methods.change import compare
from hotspots.methods.clock import Clock, part_in_words
from hotspots.model.hotspot import Hotspot
from hotspots.model.incidents import SNAP_CHANGE
from hotspots.register.deployments import MINUTES, at_place, in_window
from hotspots.register.tactics import tactic_titles
from hotspots.workflow import Analysis

FEWEST_FOR_HOURS = 20
SAME_PLACE = 0.5
"""A place is that of the last brief if it shares half of the smaller one's cells."""


def look_back(scope: Scope, months: int = 24) -> Window:
    """Return the window in which places are looked for, up to the cut-off."""
    end = scope.period.window.end
    start = add_months(end, -months)
    if scope.incidents.snapped and start < SNAP_CHANGE < end:
        start = SNAP_CHANGE
    return Window(start=start, end=end)


def months_held(scope: Scope, window: Window) -> str:
    """Return the months of a window that the files cover, as it reads after "in"."""
    held = scope.dataset.exposure.n_months(window)
    many = f"{held} month{'s' * (held != 1)}"
    whole = held >= round(window.days / 30.4375)
    return f"the last {many}" if whole else f"{many} of data"


def window_text(window: Window) -> str:
    """Return a window as :class:`hotspots.analysis.parameters.Parameters` reads it."""
    return f"{window.start.isoformat()}:{window.last_day.isoformat()}"


def places_parameters(scope: Scope, months: int, n_places: int) -> Parameters:
    """Return the choices of the analysis behind the places."""
    return Parameters.from_options(
        window=window_text(look_back(scope, months)), rule={"n_hotspots": n_places}
    )


def places_table(
    scope: Scope, analysis: Analysis, deployments: Records | None
) -> Table:
    """Return a row a place: all the look-back, the period, and what was delivered."""
    keys = [_key(h) for h in analysis.hotspots]
    masks = place_masks(scope, analysis)
    shown: tuple[str, ...] = ("now",)
    if scope.period.kind in ("weekly", "monthly"):
        figures, _ = period_rows(scope, keys, masks, same_places=True)
        shown = ("now", "previous", "usual_low", "usual_high", "word")
    else:
        inside = scope.within(scope.period.counted)
        known = scope.covers(scope.period.counted)
        now = [int((mask & inside).sum()) if known else None for mask in masks]
        figures = pl.DataFrame({"now": now}, schema={"now": pl.Int64})
    done = [_delivered(scope, h, deployments) for h in analysis.hotspots]
    held = scope.dataset.exposure.words(analysis.window)
    parts = [_ranked(analysis), figures.select(shown), pl.DataFrame(done, schema=_DONE)]
    return build_table(
        TABLES,
        "places",
        pl.concat(parts, how="horizontal"),
        words={
            **scope.period.words,
            "n": f"{len(keys)}",
            "held": months_held(scope, analysis.window)
            .removeprefix("the ")
            .capitalize(),
        },
        caption=(
            f"Ranked by incidents, {held}: {analysis.incidents.n:,} in all. {EXCLUDED}"
        ),
    )


def build_places(
    scope: Scope,
    analysis: Analysis,
    deployments: Records | None,
    previous: Mapping[str, Any] | None,
) -> tuple[Place, ...]:
    """Return the places with their reasons in words."""
    masks = place_masks(scope, analysis)
    before = _earlier_places(previous)
    return tuple(
        _place(scope, hotspot, mask, deployments, before)
        for hotspot, mask in zip(analysis.hotspots, masks, strict=True)
    )


def place_masks(scope: Scope, analysis: Analysis) -> list[Bools]:
    """Return which incidents of the scope lie in each place and may be shown there.

    Returns shape (n,).
    """
    cells = scope.dataset.cells_of_places(analysis.cells.resolution)
    cell = cells[scope.incidents.frame["place"].to_numpy()]
    return [np.isin(cell, h.cells) & scope.shown for h in analysis.hotspots]


_DONE = {name: pl.Int64() for name in ("n_deployments", *MINUTES)}


def _key(hotspot: Hotspot) -> str:
    return f"place:{hotspot.rank}"


def _ranked(analysis: Analysis) -> pl.DataFrame:
    rows = [
        {
            "key": _key(h),
            "name": h.name,
            "rank": h.rank,
            "ward": h.ward,
            "n_window": h.n_incidents,
            "n_all": analysis.incidents.n,
            "share": h.share,
            "area_ha": h.area_ha,
            "stability": h.stability,
            "below_floor": h.below_floor,
        }
        for h in analysis.hotspots
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def _delivered(
    scope: Scope, hotspot: Hotspot, deployments: Records | None
) -> dict[str, int | None]:
    """Sum what was written down of a place; nothing written is not known, not 0."""
    if deployments is None:
        return dict.fromkeys(_DONE)
    rows = in_window(deployments, scope.period.window)
    rows = at_place(rows, hotspot.name, hotspot.polygon)
    sums = {
        name: None if rows[name].is_null().all() else int(rows[name].sum())
        for name in MINUTES
    }
    return {"n_deployments": rows.height, **sums}


def _place(
    scope: Scope,
    hotspot: Hotspot,
    mask: Bools,
    deployments: Records | None,
    before: list[dict[str, Any]] | None,
) -> Place:
    now = mask & scope.within(scope.period.counted)
    done = _delivered(scope, hotspot, deployments)
    return Place(
        rank=hotspot.rank,
        key=_key(hotspot),
        name=hotspot.name,
        ward=hotspot.ward,
        why=hotspot.why,
        what=_what(scope, now),
        when=_when(scope, mask & scope.within(look_back(scope))),
        who=_who(scope, hotspot, deployments),
        minutes=_minutes(done) if done["n_deployments"] else "",
        changed=_changed(hotspot, before),
        geometry=hotspot.polygon,
        cells=tuple(f"{cell:x}" for cell in hotspot.cells),
    )


def _what(scope: Scope, now: Bools) -> str:
    names = scope.incidents.frame["category"].filter(pl.Series(now)).cast(pl.String)
    counts = Counter(names.to_list())
    top = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:3]
    span = scope.period.span_words
    if not top:
        return f"No incidents in the {span}."
    listed = ", ".join(f"{name.lower()} {n:,}" for name, n in top)
    rest = sum(counts.values()) - sum(n for _, n in top)
    return f"In the {span}: {listed}" + (f", other {rest:,}." if rest else ".")


def _when(scope: Scope, mask: Bools) -> str:
    if scope.incidents.time_precision != "minute":
        return "Cannot tell: the files state no time of day."
    rows = scope.incidents.frame.filter(pl.Series(mask))
    if rows.height < FEWEST_FOR_HOURS:
        return f"Too few to say ({rows.height:,} incidents)."
    hours = week_hours(rows["start"].to_numpy(), rows["end"].to_numpy())
    busiest = Clock().busiest_shift(hours)
    shift = "No shift stands out"
    if busiest is not None:
        shift = f"In the {busiest[0]} shift {part_in_words(busiest[1], hours)}"
    return f"{shift}; {Clock().peak(hours)}."


def _who(scope: Scope, hotspot: Hotspot, deployments: Records | None) -> str:
    if deployments is None:
        return "Not known: no record of deployments was supplied."
    rows = in_window(deployments, scope.period.window)
    rows = at_place(rows, hotspot.name, hotspot.polygon)
    if not rows.height:
        return "No deployments recorded."
    counts = rows.group_by("tactic", "provider").len().sort("tactic", "provider")
    named = counts.with_columns(
        pl.col("tactic").cast(pl.String).replace(tactic_titles())
    )
    text = "; ".join(f"{t} by {p} ({n:,})" for t, p, n in named.iter_rows())
    return f"{text}."


def _minutes(done: Mapping[str, int | None]) -> str:
    parts = []
    for name in MINUTES:
        n, word = done[name], name.removeprefix("minutes_")
        parts.append(f"{word} not recorded" if n is None else f"{n:,} {word}")
    text = ", ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def _earlier_places(previous: Mapping[str, Any] | None) -> list[dict[str, Any]] | None:
    return None if previous is None else list(previous.get("places", []))


def _changed(hotspot: Hotspot, before: list[dict[str, Any]] | None) -> str:
    if before is None:
        return "No previous brief to compare with."
    mine = {f"{cell:x}" for cell in hotspot.cells}
    for place in before:
        theirs = set(place.get("cells", []))
        smaller = min(len(mine), len(theirs))
        if smaller and len(mine & theirs) >= SAME_PLACE * smaller:
            rank = int(place["rank"])
            if rank == hotspot.rank:
                return f"Rank {rank} in the previous brief as well."
            return f"Rank {rank} in the previous brief, {hotspot.rank} now."
    return "New: not listed in the previous brief."


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
            Column(name="n_before", label=f"Incidents, {span} before", kind="count"),
            Column(name="n_now", label=f"Incidents, this {span}", kind="count"),
            Column(name="change", label="Assessment", kind="word"),
        ),
        rows=pl.concat([table.rows, figures], how="horizontal"),
        notes=(
            *table.notes,
            "Incidents at the place before the decision and now, compared at 1% each "
            "way, counts taken to vary twice as much as chance. Whether the decision "
            "caused a change cannot be told without a comparison place.",
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
    change = compare(n_now, n_before, months=months, dispersion=UNKNOWN)
    return n_before, n_now, change.word
