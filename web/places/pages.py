"""A place by its permanent name: what happened, what was tried, what came of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from markupsafe import Markup

from hotspots.core.errors import NoUsableRowsError
from hotspots.outputs.charts.clock import clock_svg
from hotspots.outputs.charts.sparkline import sparkline
from hotspots.service import doses, places
from hotspots.service.decisions import standings
from hotspots.service.place_counts import PlaceCounts, place_counts
from hotspots.service.shown import is_exact
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
    counts = _counts(found.place)
    return render_template(
        "places/place.html",
        agencies=agencies,
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
