"""The ground under the map, and finding a place on it by its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import shapely
from flask import Blueprint, Response, abort, jsonify, request, send_file

from hotspots.core.crs import bng_to_lonlat
from hotspots.core.gridref import parse_grid_reference
from hotspots.outputs.basemap import credit_of
from hotspots.service import Site
from hotspots.web.parts.results import Results, current_results
from hotspots.web.parts.waiting import NotReadyError
from hotspots.web.site.identity import current_site
from hotspots.workflow import Parameters

blueprint = Blueprint("ground", __name__)

MAX_FOUND = 8


@dataclass(frozen=True, kw_only=True)
class Found:
    """A place that a person may have meant."""

    name: str
    kind: str
    lon: float
    lat: float

    def to_json(self) -> dict[str, Any]:
        """Return the place as the page shows it."""
        at = [round(self.lon, 6), round(self.lat, 6)]
        return {"name": self.name, "kind": self.kind, "at": at}


@blueprint.get("/basemap.pmtiles")
def basemap() -> Response:
    """Send the ground; the browser asks for the parts that it draws."""
    path = current_site().basemap
    if path is None:
        abort(404, "There is no basemap. Make one with hotspots basemap.")
    return send_file(path, mimetype="application/vnd.pmtiles", conditional=True)


@blueprint.get("/find")
def find() -> Response:
    """Find streets, places, areas, grid references and postcodes by what was typed."""
    typed = request.args.get("q", "").strip()[:80]
    results = current_results()
    found = (
        _grid_reference(typed)
        or _postcode(results, typed)
        or _named(results, typed.casefold())
    )
    return jsonify({"ok": True, "found": [each.to_json() for each in found]})


def shown_basemap(site: Site) -> dict[str, str] | None:
    """Return what the page says of the basemap, None where there is none."""
    path = site.basemap
    return None if path is None else {"credit": credit_of(path)}


def _grid_reference(typed: str) -> list[Found]:
    at = parse_grid_reference(typed)
    if at is None:
        return []
    lon, lat = (float(v[0]) for v in bng_to_lonlat(*np.array(at).reshape(2, 1)))
    return [Found(name=typed.upper(), kind="grid reference", lon=lon, lat=lat)]


def _postcode(results: Results, typed: str) -> list[Found]:
    """Find the middle of a postcode's premises, where a list of premises is given."""
    premises = results.resources.premises
    if premises is None or not typed:
        return []
    bare = pl.col("postcode").str.replace_all(" ", "").str.to_uppercase()
    here = premises.frame.select(bare == typed.replace(" ", "").upper())
    rows = np.flatnonzero(here.to_series().fill_null(False).to_numpy())
    if not len(rows):
        return []
    lon, lat = (float(np.median(each[rows])) for each in premises.lonlat)
    return [Found(name=typed.upper(), kind="postcode", lon=lon, lat=lat)]


def _named(results: Results, typed: str) -> list[Found]:
    if len(typed) < 2:
        return []
    places = [*_hotspots(results), *_areas(results), *_streets(results)]
    hits = {each.name: each for each in places if typed in each.name.casefold()}
    ranked = sorted(
        hits.values(), key=lambda e: not e.name.casefold().startswith(typed)
    )
    return ranked[:MAX_FOUND]


def _hotspots(results: Results) -> list[Found]:
    try:
        hotspots = results.analysis(Parameters()).hotspots
    except NotReadyError:  # the other names are found all the same
        return []
    return [
        Found(name=one.name, kind=f"hotspot {one.rank}", lon=at.x, lat=at.y)
        for one in hotspots
        for at in [shapely.point_on_surface(one.polygon)]
    ]


def _areas(results: Results) -> list[Found]:
    areas = results.dataset.areas
    points = shapely.point_on_surface(areas.geometry)
    rows = areas.frame.select("name", "kind").rows()
    return [
        Found(name=name, kind=kind, lon=at.x, lat=at.y)
        for (name, kind), at in zip(rows, points, strict=True)
    ]


def _streets(results: Results) -> list[Found]:
    graph = results.resources.streets
    if graph is None:
        return []
    lines = dict(zip(graph.names, graph.lines, strict=True))
    lines.pop("", None)
    middle = shapely.get_coordinates(
        shapely.line_interpolate_point(list(lines.values()), 0.5, normalized=True)
    )
    lon, lat = bng_to_lonlat(middle[:, 0], middle[:, 1])
    return [
        Found(name=name, kind="street", lon=float(x), lat=float(y))
        for name, x, y in zip(lines, lon, lat, strict=True)
    ]
