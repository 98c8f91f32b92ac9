"""Sheets of paper with a map: the wall's, a meeting's, a shift's."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, request, send_file
from werkzeug.datastructures import MultiDict

from hotspots.core.crs import shapes_to_metres
from hotspots.core.gridref import format_grid_reference
from hotspots.core.window import in_words
from hotspots.outputs.printing.background import Background
from hotspots.outputs.printing.drawn_map import MapPlace
from hotspots.outputs.printing.sheets import Sheet, SheetList
from hotspots.service import decisions, doses, shift
from hotspots.service.places import from_geojson
from hotspots.web.parts.asking import asked, works
from hotspots.web.parts.query import Query
from hotspots.web.parts.results import current_results
from hotspots.web.parts.sessions import agency_names, reading, today
from hotspots.web.parts.words import standing_hours, tactic_name, task_title
from hotspots.web.site.identity import current_actor

blueprint = Blueprint("paper", __name__, url_prefix="/paper")

PAPER = ("paper", "scale")


@works(blueprint, "/wall.pdf")
def wall() -> Response:
    """Send the hotspots that the filters ask for, on the paper and scale asked for."""
    results = current_results()
    told = MultiDict(asked())
    paper, scale = (told.pop(name, "") for name in PAPER)
    query = Query.from_args(told, results.choices)
    analysis = results.analysis(query.to_parameters(results.choices))
    rows = [
        (str(h.rank), h.name, f"{h.n_incidents:,}", h.trend.word if h.trend else "")
        for h in analysis.hotspots
    ]
    return _sent(
        "wall",
        title="Hotspots",
        said=f"{query.window_text(results.choices) or analysis.window}. "
        f"{analysis.incidents.n:,} incidents are counted.",
        numbered=[(h.rank, h.name, h.polygon) for h in analysis.hotspots],
        lists=[
            SheetList(
                title="Places",
                headings=("No.", "Place", "Incidents", "Lately"),
                rows=rows,
                shares=(1, 5, 2, 2),
            )
        ],
        paper=paper or "A3",
        scale=int(scale) if scale.isdigit() else 0,
    )


@blueprint.get("/shift.pdf")
def shift_sheet() -> Response:
    """Send the areas of today: one map, their numbers, room for the times."""
    with reading() as session:
        found = shift.stops(session, current_actor(), today())
    rows = [
        (str(k), each.dose.deployment.place_name, _grid(each), _when(each), "", "")
        for k, each in enumerate(found, 1)
    ]
    return _sent(
        "shift",
        title=f"Areas of {in_words(today())}",
        said="Arrive in sight, stay as long as planned, write both times down.",
        numbered=[
            (k, each.place.name, from_geojson(each.place.geometry))
            for k, each in enumerate(found, 1)
            if each.place
        ],
        lists=[
            SheetList(
                title="Areas",
                headings=("No.", "Area", "Grid ref.", "When", "Arrived", "Left"),
                rows=rows,
                shares=(1, 5, 3, 8, 2, 2),
            )
        ],
    )


@blueprint.get("/meetings/<id>.pdf")
def meeting(id: str) -> Response:
    """Send a meeting on one sheet: what came of the last, what is to decide, a map."""
    actor = current_actor()
    with reading() as session:
        agenda = decisions.agenda(session, actor, id, today())
        _, _, came = doses.of_last_meeting(session, actor, agenda.meeting)
        agencies = agency_names(session)
    new = list(enumerate(agenda.suggestions, 1))
    return _sent(
        "meeting",
        title=agenda.meeting.title,
        said=in_words(agenda.meeting.held_on) + ".",
        numbered=[(k, each.name, from_geojson(each.geometry)) for k, each in new],
        lists=[
            SheetList(
                title="To decide",
                headings=("No.", "Suggestion", "What", "Decision", "Owner", "Due"),
                rows=[
                    (
                        str(k),
                        f"{tactic_name(each.tactic)}, {each.name}",
                        each.row["what"],
                        *("", "", ""),
                    )
                    for k, each in new
                ],
                shares=(1, 5, 8, 3, 3, 2),
            ),
            SheetList(
                title="What came of the last meeting",
                headings=("Task", "Owner", "Due", "Done so far", "Result"),
                rows=[_came(each, agencies) for each in came],
                shares=(5, 4, 3, 5, 5),
            ),
        ],
    )


def _came(each: Any, agencies: dict[str, str]) -> tuple[str, ...]:
    task = each.task
    return (
        f"{task.number}: {task_title(task)}",
        f"{task.owner_role}, {agencies[task.owner_agency]}",
        in_words(task.due),
        "; ".join(dose.sentence() for dose in each.doses) or "nothing is out",
        each.outcome.sentence if each.outcome else "not measured yet",
    )


def _sent(
    name: str, *, numbered: Iterable[tuple[int, str, Any]], **said: Any
) -> Response:
    results = current_results()
    ground = Background.from_areas(results.dataset.areas, resources=results.resources)
    sheet = Sheet(
        places=[
            MapPlace(number=number, name=place, geometry=shapes_to_metres(shape))
            for number, place, shape in numbered
        ],
        background=ground,
        notice="Simulated data: nothing here is real."
        if results.dataset.simulated
        else "",
        **said,
    )
    return send_file(
        io.BytesIO(sheet.pdf()),
        mimetype="application/pdf",
        as_attachment="download" in request.args,
        download_name=f"{name}.pdf",
    )


def _grid(stop: Any) -> str:
    out = stop.dose.deployment
    if out.easting is None or out.northing is None:
        return ""
    return format_grid_reference(out.easting, out.northing)


def _when(stop: Any) -> str:
    return standing_hours(stop.suggestion.row["when"]) if stop.suggestion else ""
