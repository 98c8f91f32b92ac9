"""An area that somebody draws: its counts at once, and kept where it is wanted."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import numpy as np
import shapely
from flask import Blueprint, Response, jsonify, request, url_for
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from hotspots.analysis.inside import Inside, count_inside, polygon_of
from hotspots.core.crs import bng_to_lonlat
from hotspots.core.errors import ParameterError
from hotspots.core.gridref import parse_grid_reference
from hotspots.model.areas import Areas
from hotspots.service.areas import draw_area
from hotspots.web.parts.query import Query
from hotspots.web.parts.results import current_results
from hotspots.web.site.identity import current_actor, current_site

blueprint = Blueprint("drawing", __name__, url_prefix="/map")
KINDS = ("priority neighbourhood", "beat", "other")


class KeepForm(FlaskForm):
    """What is said of an area that is kept."""

    name = StringField(validators=[InputRequired(), Length(max=80)])
    kind = SelectField(choices=KINDS, validators=[InputRequired()])
    since = DateField(validators=[Optional()])
    corners = HiddenField(validators=[InputRequired()])


@blueprint.post("/inside")
def inside() -> Response:
    """Count what the map counts inside the corners that are sent."""
    results = current_results()
    query = Query.from_args(request.args, results.choices)
    analysis = results.analysis(query.to_parameters(results.choices))
    corners = _corners(request.get_json())
    found = count_inside(analysis, polygon_of(corners))
    return jsonify(ok=True, corners=corners, **_told(found))


@blueprint.post("/keep")
def keep() -> Response:
    """Keep an area and say where it is shown.

    Raises ParameterError if a field is missing or is not what it must be.
    """
    form = KeepForm()
    if not form.validate():
        wrong = "; ".join(f"{name}: {said[0]}" for name, said in form.errors.items())
        raise ParameterError(f"an area must be named and of a kind ({wrong}).")
    results = current_results()
    shape = polygon_of(_corners(form.corners.data))
    code = "drawn-" + hashlib.sha256(shapely.to_wkb(shape)).hexdigest()[:12]
    drawn = _dated(
        Areas.from_polygons(
            [shape],
            codes=[code],
            names=[form.name.data.strip()],
            kind=form.kind.data,
            simulated=results.dataset.simulated,
        ),
        form.since.data,
    )
    with current_site().store.writing() as session:
        draw_area(session, current_actor(), drawn, version=results.version)
    return jsonify(ok=True, url=url_for("pages.index", area=code))


def _dated(drawn: Areas, since: dt.date | None) -> Areas:
    frame = drawn.frame.with_columns(valid_from=since)
    return Areas(frame=frame, geometry=drawn.geometry, simulated=drawn.simulated)


def _told(found: Inside) -> dict[str, Any]:
    return {
        "sentences": found.sentences,
        "categories": [list(pair) for pair in found.categories],
    }


def _corners(sent: Any) -> list[list[float]]:
    """Read corners: pairs of numbers, or grid references, one in each line."""
    if isinstance(sent, dict):
        sent = sent.get("corners")
    if not isinstance(sent, str):
        return sent if isinstance(sent, list) else []
    at = []
    for line in filter(None, (one.strip() for one in sent.splitlines())):
        found = _pair(line) or parse_grid_reference(line)
        if found is None:
            raise ParameterError(
                "each corner must be a grid reference such as SK 752 192; got "
                f"{line[:40]!r}."
            )
        at.append(found)
    if at and abs(at[0][0]) > 180:
        lon, lat = bng_to_lonlat(*np.array(at, dtype=np.float64).T)
        at = list(zip(lon.tolist(), lat.tolist(), strict=True))
    return [[round(float(x), 6), round(float(y), 6)] for x, y in at]


def _pair(line: str) -> tuple[float, float] | None:
    try:
        x, y = (float(part) for part in line.split(","))
    except ValueError:
        return None
    return x, y
