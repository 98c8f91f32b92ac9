"""A place by its permanent name: what happened, what was tried, what came of it."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
from flask import Blueprint, Response, abort, render_template, send_file
from markupsafe import Markup

from hotspots.core.errors import NoUsableRowsError
from hotspots.outputs.charts.clock import clock_svg
from hotspots.outputs.charts.sparkline import sparkline
from hotspots.service import doses, places, plans
from hotspots.service.decisions import standings
from hotspots.service.place_counts import PlaceCounts, place_counts
from hotspots.service.shown import is_exact
from hotspots.web.api.v1.tables import bytes_answer, csv_answer
from hotspots.web.map.ground import shown_basemap
from hotspots.web.parts.results import current_results
from hotspots.web.parts.sessions import agency_names, reading, today
from hotspots.web.parts.shapes import shapes_json
from hotspots.web.site.identity import current_actor, current_site

blueprint = Blueprint("places", __name__)


@blueprint.get("/places")
def index() -> str:
    """List every place by its name."""
    with reading() as session:
        every = places.places(session, current_actor())
    return render_template(
        "places/index.html",
        page="places",
        places=sorted(every, key=lambda each: each.name),
    )


@blueprint.get("/places/<id>")
def place(id: str) -> str:
    """Show one place."""
    actor = current_actor()
    with reading() as session:
        found = places.history(session, actor, id)
        decided = {each.suggestion_id for each in found.decisions}
        said = [each for each in found.suggestions if each.id in decided]
        agencies = agency_names(session)
        stand = standings(session, actor, said)
        came = doses.results(session, actor, found.tasks)
        cards = plans.cards(session, found.suggestions)
    counts = _counts(found.place)
    return render_template(
        "places/place.html",
        agencies=agencies,
        cards=cards,
        basemap=shown_basemap(current_site()),
        came=came,
        clock=_clock(counts),
        counts=counts,
        declined=[each for each in stand if each.task is None],
        history=found,
        open=[each for each in found.tasks if each.status in ("open", "in progress")],
        page="places",
        place=found.place,
        shapes=shapes_json([("", found.place.geometry)]),
        trend=_trend(counts),
        late=lambda each: each.due < today(),
    )


@blueprint.get("/places/<id>/cards/<suggestion>.pdf")
def card(id: str, suggestion: str) -> Response:
    """Send the card of one suggestion of this place, as its plan was kept."""
    with reading() as session:
        found = places.history(session, current_actor(), id)
        every = plans.cards(session, found.suggestions)
        one = next((each for each in every if each.suggestion.id == suggestion), None)
        if one is None:
            abort(404)
        site, actor = current_site(), current_actor()
        path = plans.plan_file(site, session, actor, one.plan.id, one.file)
    return send_file(path, as_attachment=True, download_name=one.file)


@blueprint.get("/places/<id>/outline.geojson")
def outline(id: str) -> Response:
    """Send the outline of a place with its name."""
    with reading() as session:
        found = places.history(session, current_actor(), id).place
    told = {"name": found.name, "ward": found.ward, "number": found.number}
    feature = {"type": "Feature", "properties": told, "geometry": found.geometry}
    name = f"{_stem(found)}.geojson"
    return bytes_answer(json.dumps(feature).encode(), name, "application/geo+json")


@blueprint.get("/places/<id>/months.csv")
def months(id: str) -> Response:
    """Send the months of a place; one that the files do not cover has no count."""
    with reading() as session:
        found = places.history(session, current_actor(), id).place
    counts = _counts(found)
    every = counts.months if counts else ()
    rows = {
        "month": [f"{each.start:%Y-%m}" for each, _ in every],
        "incidents": [n for _, n in every],
    }
    table = pl.DataFrame(rows, schema={"month": pl.String, "incidents": pl.Int64})
    return csv_answer(table, f"{_stem(found)}.csv")


def _stem(found: Any) -> str:
    return f"OFFICIAL_place_{found.number}"


def _counts(found: Any) -> PlaceCounts | None:
    if not is_exact(current_actor()):
        return None
    try:
        return place_counts(current_results().dataset, current_actor(), found)
    except NoUsableRowsError:
        return None


def _trend(counts: PlaceCounts | None) -> Markup:
    if counts is None or not counts.months:
        return Markup()
    usual = (counts.usual.low, counts.usual.high) if counts.usual else None
    drawn = sparkline(
        [n for _, n in counts.months],
        usual=usual,
        title="Incidents by month; the table below holds the same.",
    )
    return Markup(drawn)  # our own drawing of numbers  # nosec B704


def _clock(counts: PlaceCounts | None) -> Markup:
    if counts is None or counts.hours is None:
        return Markup()
    drawn = clock_svg(counts.hours, title="Incidents by hour of the week")
    return Markup(drawn)  # our own drawing of numbers  # nosec B704
