"""A plan for the map: names, numbers and geometry of the plan, and nothing else."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from flask import Blueprint, Response, abort

from hotspots.core.crs import bng_to_lonlat, shapes_to_metres
from hotspots.resources.street_graph import StreetGraph
from hotspots.tactics.catalogue import TACTICS
from hotspots.tactics.plan import Plan
from hotspots.tactics.rationale import Alternative
from hotspots.tactics.suggestion import Suggestion
from hotspots.tactics.tactic import Tactic
from hotspots.web.parts.asking import asked, tagged, works
from hotspots.web.parts.results import current_results
from hotspots.web.plans.query import PlanQuery
from hotspots.web.plans.shown import shown_plan
from hotspots.web.plans.words import layer_label

blueprint = Blueprint("plan_data", __name__, url_prefix="/map/plans")

DECIMALS = 6
MAX_STREETS = 20_000
"""Of more streets than this, the nearest to the plan are drawn: a map of all of them
would be slow and black."""

SIMPLIFY_M = 2.0


@works(blueprint, "/<tactic>")
def plan(tactic: str) -> Response:
    """Send the suggestions, their alternatives and the plan's layers."""
    found = _tactic(tactic)
    results = current_results()
    query = PlanQuery.from_args(asked(), found, results.choices)
    tag = results.tag("plan", (query, results.resources.inputs))
    return tagged(tag, lambda: _plan(shown_plan(results, query)))


@works(blueprint, "/<tactic>/streets")
def streets(tactic: str) -> Response:
    """Send the streets to draw under a plan, as lines with their names."""
    found = _tactic(tactic)
    results = current_results()
    query = PlanQuery.from_args(asked(), found, results.choices)
    graph = results.resources.streets
    few = graph is None or len(graph.lines) <= MAX_STREETS
    tag = results.tag("streets", (None if few else query, results.resources.inputs))
    return tagged(tag, lambda: _streets(graph, shown_plan(results, query)))


def _tactic(name: str) -> Tactic:
    if name not in TACTICS:
        abort(404)
    return TACTICS[name]


def _plan(made: Plan) -> dict[str, Any]:
    return {
        "ok": True,
        "tactic": made.tactic,
        "marking": made.marking,
        "simulated": made.simulated,
        "suggestions": [_suggestion(each) for each in made.suggestions],
        "layers": [_layer(made, name) for name in made.layers],
    }


def _suggestion(suggestion: Suggestion) -> dict[str, Any]:
    alternatives = [
        _alternative(each) for each in suggestion.alternatives if _has_place(each)
    ]
    return {
        "rank": suggestion.rank,
        "name": suggestion.name,
        "n_eligible": suggestion.eligible,
        "stability": suggestion.stability,
        "value": suggestion.value,
        "value_unit": suggestion.value_unit,
        "at": _at(suggestion.geometry),
        "geometry": _geometry(suggestion.geometry),
        "alternatives": alternatives,
    }


def _alternative(alternative: Alternative) -> dict[str, Any]:
    return {
        "name": alternative.name,
        "text": alternative.sentence(),
        "loss": alternative.loss,
        "at": [round(value, DECIMALS) for value in alternative.at],
    }


def _has_place(alternative: Alternative) -> bool:
    return all(math.isfinite(value) for value in alternative.at)


def _layer(made: Plan, name: str) -> dict[str, Any]:
    layer = made.layers[name]
    rows = layer.frame.select("rank", "name").rows()
    return {
        "name": name,
        "label": layer_label(made, name),
        "items": [
            {"rank": rank, "name": words, "geometry": _geometry(shape)}
            for (rank, words), shape in zip(rows, layer.geometry, strict=True)
        ],
    }


def _at(shape: Any) -> list[list[float]]:
    """Return where the number stands: in each part, where there are only a few."""
    parts = shapely.get_parts(shape)
    if shapely.get_dimensions(shape) != 2 or len(parts) > 5:
        parts = np.array([shape])
    points = shapely.point_on_surface(parts)
    return [[round(each.x, DECIMALS), round(each.y, DECIMALS)] for each in points]


def _geometry(shape: Any) -> dict[str, Any]:
    flat = shapely.transform(
        shapely.force_2d(shape), lambda lonlat: np.round(lonlat, DECIMALS)
    )
    return dict(shapely.geometry.mapping(flat))


def _known(lonlat: npt.NDArray[np.floating[Any]]) -> list[list[float]]:
    """Round, and leave out points that lie outside the grid's cover."""
    kept: list[list[float]] = np.round(
        lonlat[np.isfinite(lonlat).all(axis=1)], DECIMALS
    ).tolist()
    return kept


def _streets(graph: StreetGraph | None, made: Plan) -> dict[str, Any]:
    if graph is None:
        return {"ok": True, "names": [], "lines": []}
    rows = _nearest(np.asarray(graph.lines), made)
    simple = shapely.simplify(np.asarray(graph.lines)[rows], SIMPLIFY_M)
    coordinates, which = shapely.get_coordinates(simple, return_index=True)
    lonlat = np.column_stack(bng_to_lonlat(*coordinates.T))
    ends = np.searchsorted(which, np.arange(1, len(rows)))
    return {
        "ok": True,
        "names": [graph.names[row] for row in rows],
        "lines": [_known(part) for part in np.split(lonlat, ends)],
    }


def _nearest(
    lines: npt.NDArray[np.object_], made: Plan
) -> npt.NDArray[np.signedinteger[Any]]:
    """Return which streets are drawn: all, or those nearest to the plan's places."""
    if len(lines) <= MAX_STREETS or not made.suggestions:
        return np.arange(min(len(lines), MAX_STREETS))
    places = shapely.union_all([each.geometry for each in made.suggestions])
    distance = shapely.distance(lines, shapes_to_metres(shapely.convex_hull(places)))
    near: npt.NDArray[np.signedinteger[Any]] = np.sort(
        np.argsort(distance, kind="stable")[:MAX_STREETS]
    )
    return near
