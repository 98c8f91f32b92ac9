"""Tonight's areas on a phone: walk there, arrived, left; without signal too."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from flask import Blueprint, current_app, jsonify, render_template, request, url_for

from hotspots.core.crs import bng_to_lonlat
from hotspots.core.errors import ParameterError
from hotspots.core.gridref import format_grid_reference
from hotspots.service import shift
from hotspots.web.map.ground import shown_basemap
from hotspots.web.parts.sessions import reading, today, writing
from hotspots.web.parts.shapes import shapes_json
from hotspots.web.parts.wtf import FlaskForm, back, do, time_of_day
from hotspots.web.site.identity import current_actor, current_site

blueprint = Blueprint("shift", __name__, url_prefix="/shift")


class VisitForm(FlaskForm):
    """A visit of today, where no script keeps the time."""

    start = time_of_day("Arrived")
    end = time_of_day("Left")


@blueprint.get("/")
def index() -> str:
    """Show the areas of today, what is not done yet first."""
    site = current_site()
    with reading() as session:
        found = shift.stops(session, current_actor(), today())
    numbered = [
        (str(k), each.place.geometry) for k, each in enumerate(found, 1) if each.place
    ]
    return render_template(
        "shift/index.html",
        basemap=shown_basemap(site),
        done=sum(each.is_met for each in found),
        form=VisitForm(formdata=None),
        page="shift",
        shapes=shapes_json(numbered),
        stops=[(each, _where(each.dose.deployment)) for each in found],
        the_day=site.settings.today,
        walked=sum(each.today for each in found),
    )


@blueprint.post("/visits/<deployment>")
def log(deployment: str) -> Any:
    """Write a visit down: from the script as moments, from the form as times."""
    actor = current_actor()
    if request.is_json:
        told = request.get_json()
        with writing() as session:
            made = shift.log_once(
                session, actor, deployment, _moment(told, "start"), _moment(told, "end")
            )
        return jsonify(ok=True, id=made.id, minutes=made.minutes)
    form = VisitForm()

    def act() -> None:
        start, end = (
            dt.datetime.combine(today(), form[name].data) for name in ("start", "end")
        )
        with writing() as session:
            shift.log_once(session, actor, deployment, start, end)

    do(form, act, "The visit is written down.")
    return back(url_for("shift.index"))


@blueprint.get("/worker.js")
def worker() -> Any:
    """Send the script that opens this page without signal: it serves below /shift/."""
    return current_app.send_static_file("shift/worker.js")


def _moment(told: Any, name: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(str(told[name])).replace(
            tzinfo=None, second=0, microsecond=0
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ParameterError(
            f"a visit must say its {name} as local time, such as 2025-07-01T18:05; got "
            f"{told!r}."
        ) from error


def _where(deployment: Any) -> dict[str, str]:
    """Return the grid reference of the middle, and the link that walks there."""
    x, y = deployment.easting, deployment.northing
    if x is None or y is None:
        return {}
    lon, lat = (float(v[0]) for v in bng_to_lonlat(np.array([x]), np.array([y])))
    return {
        "reference": format_grid_reference(x, y),
        "geo": f"geo:{lat:.5f},{lon:.5f}?q={lat:.5f},{lon:.5f}",
    }
