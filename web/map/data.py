"""Ids and values for the map: the browser computes the shapes of cells itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import shapely
from flask import Blueprint, Response

from hotspots.model.hotspot import Hotspot
from hotspots.web.parts.asking import asked, tagged, works
from hotspots.web.parts.query import Query
from hotspots.web.parts.results import current_results
from hotspots.workflow import Analysis, Dataset

blueprint = Blueprint("map_data", __name__, url_prefix="/map")

SIMPLIFY_DEGREES = 5e-5
"""About 5 m: far less than a pixel wherever a whole area is on the screen."""

DECIMALS = 6


@works(blueprint, "/cells")
def cells() -> Response:
    """Send every cell with incidents, a list for each column."""
    return answer("cells", _cells)


@works(blueprint, "/hotspots")
def hotspots() -> Response:
    """Send the ranked hotspots, with outline and reasons."""
    return answer("hotspots", _hotspots)


@works(blueprint, "/areas")
def areas() -> Response:
    """Send the outlines of the areas, simplified for display, as GeoJSON."""
    results = current_results()
    Query.from_args(asked(), results.choices)
    return tagged(results.tag("areas"), lambda: _areas(results.dataset))


def answer(what: str, build: Callable[[Analysis], dict[str, Any]]) -> Response:
    """Send what is built of the analysis that is asked for."""
    results = current_results()
    query = Query.from_args(asked(), results.choices)
    parameters = query.to_parameters(results.choices)
    return tagged(
        results.tag(what, parameters), lambda: build(results.analysis(parameters))
    )


def _cells(analysis: Analysis) -> dict[str, Any]:
    table = analysis.cells_table
    wards = table["ward"].unique().sort().to_list()
    position = {ward: place for place, ward in enumerate(wards)}
    finite = table.select(pl.col("gi_z", "gi_p_adjusted").fill_nan(None))
    return {
        "ok": True,
        "resolution": analysis.cells.resolution,
        "cells": table["cell"].to_list(),
        "n_incidents": table["n_incidents"].to_list(),
        "kde_per_km2": table["kde_per_km2"].round(2).to_list(),
        "gi_z": finite["gi_z"].round(3).to_list(),
        "gi_p_adjusted": finite["gi_p_adjusted"].to_list(),
        "hotspot": table["hotspot_id"].to_list(),
        "ward": [position[ward] for ward in table["ward"]],
        "wards": wards,
    }


def _hotspots(analysis: Analysis) -> dict[str, Any]:
    return {"ok": True, "hotspots": [_hotspot(one) for one in analysis.hotspots]}


def _hotspot(hotspot: Hotspot) -> dict[str, Any]:
    at = shapely.point_on_surface(hotspot.polygon)
    return {
        **hotspot.to_row(),
        "facts": hotspot.facts,
        "how_sure": hotspot.how_sure,
        "categories": [list(pair) for pair in hotspot.categories],
        "cells": [f"{cell:x}" for cell in hotspot.cells],
        "outline": _rings(hotspot.polygon),
        "at": [round(at.x, DECIMALS), round(at.y, DECIMALS)],
    }


def _rings(polygon: Any) -> list[list[list[float]]]:
    lines = [polygon.exterior, *polygon.interiors]
    return [
        [[round(x, DECIMALS), round(y, DECIMALS)] for x, y in line.coords]
        for line in lines
    ]


def _areas(dataset: Dataset) -> dict[str, Any]:
    areas = dataset.areas
    shapes = shapely.simplify(areas.geometry, SIMPLIFY_DEGREES)
    rows = areas.frame.select("code", "name", "kind").rows(named=True)
    features = [
        _feature(row, shape, row["kind"] == dataset.ward_kind)
        for row, shape in zip(rows, shapes, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}


def _feature(row: dict[str, Any], shape: Any, named: bool) -> dict[str, Any]:
    at = shapely.point_on_surface(shape)
    parts = shapely.get_parts(shape)
    return {
        "type": "Feature",
        "properties": {
            **row,
            "named": named,
            "at": [round(at.x, DECIMALS), round(at.y, DECIMALS)],
        },
        "geometry": {
            "type": "MultiPolygon",
            "coordinates": [_rings(part) for part in parts],
        },
    }
