"""The pages of the plans: form, map, reasons, lists and files of each tactic."""

from __future__ import annotations

import json
import math
from io import BytesIO
from typing import Any

from flask import Blueprint, abort, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from hotspots.core.errors import HotspotsError
from hotspots.resources import Resources
from hotspots.tactics.catalogue import TACTICS
from hotspots.tactics.plan import Plan
from hotspots.tactics.planner import why_not
from hotspots.tactics.tactic import Tactic
from hotspots.web.errors import WORKING, status_of
from hotspots.web.map.ground import shown_basemap
from hotspots.web.parts.asking import asked, works
from hotspots.web.parts.query import page_number
from hotspots.web.parts.results import Results, current_results
from hotspots.web.parts.waiting import NotReadyError
from hotspots.web.plans.decide import decisions_of
from hotspots.web.plans.files import PlanFile, download_name, plan_files
from hotspots.web.plans.form import plan_form, split_options
from hotspots.web.plans.query import PlanQuery
from hotspots.web.plans.reasons import reason_groups
from hotspots.web.plans.shown import WHY, handed_out, leaves_with_addresses, shown_plan
from hotspots.web.plans.words import layer_tables, page_table, page_tables
from hotspots.web.site.identity import current_site

blueprint = Blueprint("plans", __name__)

RESOURCES = {
    "columns": "lamp columns and other posts",
    "cameras": "fixed cameras",
    "buildings": "outlines of buildings",
    "premises": "list of premises",
    "streets": "street network",
    "slots": "youth sessions of last quarter",
    "deliveries": "record of packs delivered",
}
ROWS_ON_PAGE = 25
"""Longer lists have pages of their own."""


@blueprint.get("/plans")
def index() -> str:
    """List the tactics, what each needs and whether it is there."""
    results = current_results()
    resources = results.resources
    needs = {
        tactic.name: (
            [(RESOURCES[name], _given(resources, name)) for name in tactic.needs],
            [(RESOURCES[name], _given(resources, name)) for name in tactic.uses],
        )
        for tactic in TACTICS.values()
    }
    return render_template(
        "plans/index.html",
        needs=needs,
        page="plans",
        tactics=TACTICS.values(),
        why_not={
            each.name: why_not(each, results.dataset, resources)
            for each in TACTICS.values()
        },
    )


@works(blueprint, "/plans/<tactic>")
def plan(tactic: str) -> ResponseReturnValue:
    """Show the form of a tactic and, once it is there, the plan."""
    found = _tactic(tactic)
    results = current_results()
    try:
        query = PlanQuery.from_args(asked(), found, results.choices, also=("kept",))
        made = shown_plan(results, query)
    except NotReadyError as waiting:
        return _render(results, found, waiting=waiting), WORKING
    except HotspotsError as error:
        return _render(results, found, error=str(error)), status_of(error)
    return _render(results, found, **_shown(results, query, made)), 200


@works(blueprint, "/plans/<tactic>/lists/<name>")
def table(tactic: str, name: str) -> str:
    """Show one list of a plan, a page at a time."""
    found = _tactic(tactic)
    results = current_results()
    query = PlanQuery.from_args(asked(), found, results.choices, also=("page",))
    made = shown_plan(results, query)
    if name not in made.tables:
        abort(404)
    per_page = results.settings.rows_per_page
    n_pages = max(1, math.ceil(made.tables[name].height / per_page))
    number = page_number(asked(), n_pages)
    first = (number - 1) * per_page
    args = {**query.to_args(), "tactic": tactic, "name": name}
    return render_template(
        "plans/list.html",
        args=query.to_args(),
        first_row=first + 1,
        page="plans",
        pages=_beside(args, number, n_pages),
        plan=made,
        table=page_table(made, name, first, per_page),
        tactic=found,
    )


@works(blueprint, "/plans/<tactic>/files/<path:path>")
def file(tactic: str, path: str) -> ResponseReturnValue:
    """Send one file of a plan: the same bytes that the command line writes."""
    found = _tactic(tactic)
    results = current_results()
    told = MultiDict(asked())
    why = told.poplist(WHY)
    query = PlanQuery.from_args(told, found, results.choices)
    made = shown_plan(results, query)
    wanted = next((each for each in plan_files(made) if each.path == path), None)
    if wanted is None:
        abort(404)
    name = download_name(made, wanted)
    if leaves_with_addresses(made) and not why:
        return render_template("plans/why.html", page="plans", name=name, told=told)
    content = results.plan_file(query, wanted.path)
    return send_file(
        BytesIO(content),
        mimetype=wanted.mimetype,
        as_attachment=True,
        download_name=handed_out(made, name, content, why[0] if why else ""),
    )


def _tactic(name: str) -> Tactic:
    if name not in TACTICS:
        abort(404)
    return TACTICS[name]


def _beside(args: dict[str, Any], number: int, n_pages: int) -> dict[str, Any]:
    """Return what the pagination component shows: the page before and the one after."""
    shown: dict[str, Any] = {}
    for word, page in (("previous", number - 1), ("next", number + 1)):
        if 1 <= page <= n_pages:
            shown[word] = {
                "href": url_for("plans.table", **args, page=page),
                "labelText": f"{page} of {n_pages}",
            }
    return shown


def _given(resources: Resources, name: str) -> bool:
    value = getattr(resources, name)
    return value is not None and not (isinstance(value, tuple) and not value)


def _render(
    results: Results, tactic: Tactic, *, error: str = "", **context: Any
) -> str:
    """Show the form as it was filled in, so that only a mistake is mended."""
    first, more = split_options(tactic)
    form = plan_form(tactic, asked(), results.choices)
    field, _, rest = error.partition(" ")
    if field in form:
        error = f"“{form[field].label.text}” {rest}"
        form[field].errors = [error]
    return render_template(
        "plans/plan.html",
        basemap=shown_basemap(current_site()),
        bounds=json.dumps([round(v, 6) for v in results.dataset.areas.outline.bounds]),
        error=error,
        error_field=field if field in form else "plan-form",
        error_in_more=bool(error) and field not in (*first, "day"),
        first=form.named(first),
        form=form,
        more=form.named(more),
        page="plans",
        tactic=tactic,
        why_not=why_not(tactic, results.dataset, results.resources),
        **context,
    )


def _shown(results: Results, query: PlanQuery, made: Plan) -> dict[str, Any]:
    files: dict[str, list[PlanFile]] = {}
    for each in plan_files(made):
        files.setdefault(each.group, []).append(each)
    streets = results.resources.streets
    credit = [streets.attribution] if streets and streets.attribution else []
    return {
        **decisions_of(made, request.args.get("kept", "")[:64]),
        "args": query.to_args(),
        "attribution": list(dict.fromkeys((*made.attribution, *credit))),
        "files": files,
        "has_streets": streets is not None,
        "layers": layer_tables(made),
        "plan": made,
        "others": any(each.alternatives for each in made.suggestions),
        "point_layers": [
            name
            for name, layer in made.layers.items()
            if all(shape.geom_type.endswith("Point") for shape in layer.geometry)
        ],
        "reasons": [(each, reason_groups(each)) for each in made.suggestions],
        "tables": page_tables(made, most=ROWS_ON_PAGE),
    }
