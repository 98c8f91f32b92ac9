"""The plan of camera sites: suggestions, lists, what is seen, and notes."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import shapely

from hotspots.core.crs import bng_to_lonlat
from hotspots.core.options import to_record
from hotspots.resources.buildings import visible_area
from hotspots.tactics.cctv.choice import Chooser
from hotspots.tactics.cctv.facts import Facts, gather_facts
from hotspots.tactics.cctv.siting import NEAR_M, Siting
from hotspots.tactics.cctv.stability import N_RESAMPLES
from hotspots.tactics.cctv.suggestion import build_suggestion
from hotspots.tactics.plan import Plan, PlanLayer
from hotspots.tactics.suggestion import Suggestion


def build_plan(chooser: Chooser, siting: Siting) -> Plan:
    """Give every reason for each site, and the lists and shapes beside them."""
    facts = gather_facts(chooser, siting)
    context, rule = chooser.context, chooser.rule
    suggestions = tuple(build_suggestion(facts, k) for k in range(len(siting.chosen)))
    tables = {"sites": _sites_table(facts, suggestions)}
    if rule.n_periods > 1:
        tables["rotation"] = _rotation_table(facts)
    streets = context.resources.streets
    uses_streets = context.resources.columns is None and streets is not None
    return Plan(
        tactic="cctv",
        title=f"Sites for {rule.n_cameras} mobile cameras",
        parameters=to_record(rule),
        made_for=context.day,
        window=str(context.window),
        suggestions=suggestions,
        tables=tables,
        layers={"view": _view_layer(facts)},
        headline=_headline(facts),
        notes=(*context.notes, *chooser.board.notes, *_notes(facts)),
        seed=context.seed,
        simulated=context.dataset.simulated or context.resources.simulated,
        attribution=(streets.attribution,)
        if uses_streets and streets is not None and streets.attribution
        else (),
        provenance=context.provenance,
    )


def _headline(facts: Facts) -> str:
    n, rule = len(facts.siting.chosen), facts.chooser.rule
    sites = f"{n} sites" if n != 1 else "1 site"
    over = f" over {rule.n_periods} periods" if rule.n_periods > 1 else ""
    return f"{sites}{over}. {facts.backtest.sentence()}"


def _notes(facts: Facts) -> tuple[str, ...]:
    chooser, rule = facts.chooser, facts.chooser.rule
    notes = [
        "Places of incidents were merged to squares of 10 m; what a site sees is "
        "counted on those.",
        f"An incident counts half after {rule.half_life_days:g} days. "
        f"{chooser.eligibility.words(chooser.context.recent)}",
        f"Stability: {N_RESAMPLES} resamples, each solved by a greedy choice; a "
        f"site within {NEAR_M:g} m is the same choice.",
    ]
    if not chooser.tests_exactly:
        notes.append(
            "The choices on earlier data were made by a greedy choice with "
            "local search and a Lagrangian bound, without the exact search."
        )
    if rule.n_periods > 1:
        notes.append(
            "Each period weighs its own season half and the whole year half. The "
            "choices on earlier data were made for one period without rest; stability "
            "is that of all sites of the rotation together."
        )
    if rule.harm != "none":
        notes.append(
            "Incidents without a severity in the harm table count 1 in the weighing."
        )
    return tuple(notes)


def _sites_table(facts: Facts, suggestions: tuple[Suggestion, ...]) -> pl.DataFrame:
    board, chosen = facts.chooser.board, facts.siting.chosen
    xy, lonlat = board.sites.xy_m[chosen], board.sites.lonlat[chosen]
    spans = [facts.period(k) for k in range(len(chosen))]
    return pl.DataFrame(
        {
            "rank": [s.rank for s in suggestions],
            "period": (facts.siting.period + 1).tolist(),
            "site_id": [board.sites.ids[k] for k in chosen.tolist()],
            "name": facts.names,
            "easting": xy[:, 0].round().astype(int).tolist(),
            "northing": xy[:, 1].round().astype(int).tolist(),
            "lon": lonlat[:, 0].round(6).tolist(),
            "lat": lonlat[:, 1].round(6).tolist(),
            "from": [first.isoformat() for first, _ in spans],
            "review_due": [review.isoformat() for _, review in spans],
            "n_last_12_months": facts.seen_last_year[chosen].astype(int).tolist(),
            "adds": [round(s.leave_one_out, 2) for s in suggestions],
            "stability": [round(float(v), 2) for v in facts.stability],
            "comparison": ["; ".join(s.controls) for s in suggestions],
        }
    )


def _rotation_table(facts: Facts) -> pl.DataFrame:
    """One row a period and camera, sites in the order of what they add."""
    period, spans = facts.siting.period, []
    camera = [int((period[:k] == period[k]).sum()) + 1 for k in range(len(period))]
    spans = [facts.period(k) for k in range(len(period))]
    return pl.DataFrame(
        {
            "period": (period + 1).tolist(),
            "camera": camera,
            "from": [first.isoformat() for first, _ in spans],
            "to": [(end - dt.timedelta(days=1)).isoformat() for _, end in spans],
            "site_id": [
                facts.chooser.board.sites.ids[k] for k in facts.siting.chosen.tolist()
            ],
            "name": facts.names,
        }
    )


def _view_layer(facts: Facts) -> PlanLayer:
    board, rule = facts.chooser.board, facts.chooser.rule
    buildings = board.buildings
    blocks = np.zeros(0, dtype=object) if buildings is None else buildings
    shapes = [
        visible_area(board.sites.xy_m[site], blocks, range_m=rule.range_m)
        for site in facts.siting.chosen.tolist()
    ]
    geometry = np.array(shapes, dtype=object)
    area = shapely.area(geometry)
    xy = shapely.get_coordinates(geometry)
    lonlat = np.column_stack(bng_to_lonlat(xy[:, 0], xy[:, 1]))
    frame = pl.DataFrame(
        {
            "rank": list(range(1, len(shapes) + 1)),
            "name": [f"View from {name}" for name in facts.names],
            "area_m2": area.round().astype(int).tolist(),
            "share_of_disc": (area / (np.pi * rule.range_m**2)).round(3).tolist(),
        }
    )
    return PlanLayer(
        frame=frame, geometry=shapely.set_coordinates(geometry.copy(), lonlat)
    )
