"""Time for the map: months and hours to brush over, and cells of two periods."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from hotspots.analysis.differences import Difference
from hotspots.analysis.rhythm import find_rhythm
from hotspots.web.map.data import answer
from hotspots.web.parts.asking import asked, works
from hotspots.web.parts.query import Query
from hotspots.web.parts.results import Results, current_results
from hotspots.workflow import Analysis

blueprint = Blueprint("periods", __name__, url_prefix="/map")


@works(blueprint, "/rhythm")
def rhythm() -> Response:
    """Send the months beside their usual range, and the parts that a brush counts."""
    sent: Response = answer("rhythm", _rhythm)
    return sent


@works(blueprint, "/difference")
def difference() -> Response:
    """Send the cells that two periods have, a list for each column."""
    results = current_results()
    query = Query.from_args(asked(), results.choices)
    parameters = query.to_parameters(results.choices)
    found = difference_of(results, query, results.analysis(parameters))
    table = found.table
    return jsonify(
        ok=True,
        sentence=found.sentence,
        there=found.there,
        resolution=found.resolution,
        cells=table["cell"].to_list(),
        n_now=table["n_now"].to_list(),
        n_before=table["n_before"].to_list(),
        p_adjusted=table["p_adjusted"].to_list(),
        word=table["word"].to_list(),
        ward=table["ward"].to_list(),
        street=table["street"].to_list(),
    )


def difference_of(results: Results, query: Query, analysis: Analysis) -> Difference:
    """Return the difference that a query asks for, made once.

    Raises ParameterError if there is nothing to compare with.
    """
    parameters, there = analysis.parameters, query.compared_area
    if there:
        return results.difference(parameters, area=there)
    before = query.compared_with(analysis.window)
    return results.difference(parameters, before=before)


def _rhythm(analysis: Analysis) -> dict[str, Any]:
    found = find_rhythm(analysis)
    months = found.months
    return {
        "ok": True,
        "months": [f"{month:%Y-%m}" for month in months["month"]],
        **{name: months[name].to_list() for name in months.columns[1:]},
        "cube": {name: found.cube[name].to_list() for name in found.cube.columns},
        "n_with_hour": found.n_with_hour,
    }
