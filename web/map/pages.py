"""The pages: map and hotspots, cells, rows not used."""

from __future__ import annotations

import json
import math
from typing import Any

import polars as pl
from flask import Blueprint, render_template, url_for

from hotspots.core.errors import HotspotsError
from hotspots.intake.rejects import STATUSES
from hotspots.outputs.printing.sheets import SCALES
from hotspots.service import Site
from hotspots.service.temporary import NAME
from hotspots.web.errors import status_of
from hotspots.web.map.downloads import by_group
from hotspots.web.map.form import filter_form
from hotspots.web.map.ground import shown_basemap
from hotspots.web.map.overlays import shown, why_not
from hotspots.web.map.periods import difference_of
from hotspots.web.parts.asking import asked, works
from hotspots.web.parts.query import NOTHING_TICKED, Query, QueryError, page_number
from hotspots.web.parts.results import Results, current_results
from hotspots.workflow import Analysis, Dataset

blueprint = Blueprint("pages", __name__)

_SIGNIFICANT = "significant_overall"

VIEW = ("map", "over", "place", "time")
"""What only the script of the map reads: position, layers over it, what is chosen."""

PAGES_BESIDE = 1
"""How many page numbers are shown on each side of the current one."""


@works(blueprint, "/")
def index() -> tuple[str, int]:
    """Show map, hotspots and areas; a bad filter is said beside the form."""
    results = current_results()
    try:
        query = Query.from_args(asked(), results.choices, also=VIEW)
        analysis = results.analysis(query.to_parameters(results.choices))
    except HotspotsError as error:
        return _index_with_error(results, error)
    bounds = _bounds(analysis)
    return _render_index(results, query, analysis=analysis, bounds=bounds), 200


@works(blueprint, "/cells")
def cells() -> str:
    """Show every cell with incidents as a table."""
    results = current_results()
    query, analysis = _answer(results, also=("page",))
    table = analysis.cells_table.sort(["n_incidents", "cell"], descending=[True, False])
    return _render_long("cells", table, query, analysis)


@works(blueprint, "/difference")
def difference() -> str:
    """Show the cells of two periods as a table, the clearest differences first."""
    results = current_results()
    query, analysis = _answer(results, also=("page",))
    found = difference_of(results, query, analysis)
    table = found.table.sort(["p_adjusted", "n_now", "cell"])
    return _render_long("difference", table, query, analysis, difference=found)


@works(blueprint, "/rejects")
def rejects() -> str:
    """Show where every row went, and each row that was not used.

    Raises QueryError if the status asked for is not one of those there are.
    """
    results = current_results()
    query, analysis = _answer(results, also=("page", "status"))
    status = asked().get("status", "rejected")
    if status not in STATUSES:
        raise QueryError(
            "status", f"status must be one of {', '.join(STATUSES)}; got {status!r}."
        )
    names = [name for name, _ in results.dataset.reading.inputs]
    rows = analysis.outside_window if status == "outside window" else analysis.rejects
    table = rows.filter(pl.col("status") == status)
    return _render_long(
        "rejects",
        table,
        query,
        analysis,
        extra={"status": status},
        names=names,
        reasons=[(each, analysis.unused[each]) for each in STATUSES],
        status=status,
    )


def whose(site: Site, dataset: Dataset) -> str:
    """Return whose map it is: the site's name, else what its areas are."""
    if site.settings.name != NAME:
        return str(site.settings.name)
    areas = dataset.areas.frame
    alone = areas.filter(pl.len().over("kind") == 1)["name"].to_list()
    wards = areas.filter(pl.col("kind") == dataset.ward_kind).height
    return str(alone[0]) if alone else f"{wards} {dataset.ward_kind}s"


def what_changed(analysis: Analysis | None) -> str:
    """Say in one sentence which areas differ from a year before, chance allowed for."""
    if analysis is None:
        return ""
    table = analysis.areas_table
    if not table["months_compared"].fill_null(0).max():
        return "No months can be compared with a year before."
    rows = table.filter(pl.col(_SIGNIFICANT).fill_null(False)).sort("kind", "name")
    if not rows.height:
        return "No area stands out from the same months a year before."
    told = [
        f"{name} {now:,} (was {before:,})"
        for name, now, before in rows.select("name", "n_now", "n_previous").rows()
    ]
    more = f" and {len(told) - 3} more" if len(told) > 3 else ""
    return f"Changed by more than chance: {', '.join(told[:3])}{more}."


def _answer(results: Results, *, also: tuple[str, ...]) -> tuple[Query, Analysis]:
    query = Query.from_args(asked(), results.choices, also=also)
    return query, results.analysis(query.to_parameters(results.choices))


def _index_with_error(results: Results, error: HotspotsError) -> tuple[str, int]:
    """Show the form again as it was filled in, so that only the mistake is mended."""
    field = error.field if isinstance(error, QueryError) else "filters"
    args = asked()
    chosen = set(args.getlist("category")) & set(results.choices.categories)
    typed = Query(
        categories=tuple(sorted(chosen)),
        first=args.get("from", "")[:10],
        last=args.get("to", "")[:10],
        area=args.get("area", "") if results.choices.area(args.get("area", "")) else "",
    )
    page = _render_index(results, typed, error=str(error), field=field)
    return page, status_of(error)


def _render_index(results: Results, query: Query, **context: Any) -> str:
    return render_template(
        "map/index.html",
        choices=results.choices,
        chosen=query,
        data_query=query.to_args(layer=False),
        basemap=shown_basemap(results.kept.site),
        changed=what_changed(context.get("analysis")),
        downloads=by_group(),
        form=filter_form(
            results.choices, query, (context.get("field", ""), context.get("error", ""))
        ),
        nothing_ticked=NOTHING_TICKED,
        scales_of_paper=SCALES,
        overlays=[(each, why_not(each)) for each in shown()],
        page="index",
        query=query.to_args(),
        whose=whose(results.kept.site, results.dataset),
        **context,
    )


def _render_long(
    name: str,
    table: pl.DataFrame,
    query: Query,
    analysis: Analysis,
    *,
    extra: dict[str, str] | None = None,
    **context: Any,
) -> str:
    per_page = current_results().settings.rows_per_page
    n_pages = max(1, math.ceil(table.height / per_page))
    number = page_number(asked(), n_pages)
    args = {**query.to_args(), **(extra or {})}
    return render_template(
        f"map/{name}.html",
        analysis=analysis,
        n_rows=table.height,
        first_row=(number - 1) * per_page + 1,
        page=name,
        pages=_pagination(f"pages.{name}", args, number, n_pages),
        query=query.to_args(),
        rows=table.slice((number - 1) * per_page, per_page).rows(named=True),
        **context,
    )


def _pagination(
    endpoint: str, args: dict[str, Any], number: int, n_pages: int
) -> dict[str, Any] | None:
    """Return what the pagination component shows, or None for a single page."""
    if n_pages == 1:
        return None

    def href(page: int) -> str:
        return url_for(endpoint, **args, page=page)

    shown = {1, n_pages, *range(number - PAGES_BESIDE, number + PAGES_BESIDE + 1)}
    items: list[dict[str, Any]] = []
    before = 0
    for page in sorted(shown & set(range(1, n_pages + 1))):
        if page > before + 1:
            items.append({"ellipsis": True})
        current = page == number
        items.append({"number": page, "href": href(page), "current": current})
        before = page
    pagination: dict[str, Any] = {"items": items}
    if number > 1:
        pagination["previous"] = {"href": href(number - 1)}
    if number < n_pages:
        pagination["next"] = {"href": href(number + 1)}
    return pagination


def _bounds(analysis: Analysis) -> str:
    """Return west, south, east, north of what is analysed, as JSON."""
    areas = analysis.dataset.areas
    outline = areas.outline
    if analysis.parameters.area is not None:
        row = areas.frame["code"].to_list().index(analysis.parameters.area)
        outline = areas.geometry[row]
    return json.dumps([round(value, 6) for value in outline.bounds])
