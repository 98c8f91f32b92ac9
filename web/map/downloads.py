"""Every output as a file: the same bytes that the command line writes."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from flask import Blueprint, Response, abort, send_file

from hotspots.rights import check
from hotspots.web.parts.asking import asked, works
from hotspots.web.parts.query import Query
from hotspots.web.parts.results import current_results
from hotspots.web.site.identity import current_actor

blueprint = Blueprint("downloads", __name__)


@dataclass(frozen=True, kw_only=True)
class Download:
    """One file that can be taken away."""

    name: str
    label: str
    group: str
    mimetype: str


_PATROL, _MAP, _CHECK = "For patrols", "For maps and analysis", "To share and check"
_GEOJSON, _GPKG = "application/geo+json", "application/geopackage+sqlite3"

_KML = "application/vnd.google-earth.kml+xml"
_KMZ = "application/vnd.google-earth.kmz"
_PARQUET = "application/vnd.apache.parquet"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

DOWNLOADS = tuple(
    Download(name=name, label=label, group=group, mimetype=mimetype)
    for group, files in {
        _PATROL: (
            ("patrol_areas.gpx", "For a handheld GPS (GPX)", "application/gpx+xml"),
            ("patrol_areas.kmz", "For a phone or Google Earth, one file (KMZ)", _KMZ),
            ("patrol_areas.kml", "Patrol areas for Google Earth (KML)", _KML),
            ("patrol_areas.gpkg", "Patrol areas for GIS (GeoPackage)", _GPKG),
            ("patrol_areas.geojson", "Patrol areas (GeoJSON)", _GEOJSON),
        ),
        _MAP: (
            ("analysis.qgz", "A map to print in QGIS (project)", "application/zip"),
            ("analysis.gpkg", "What that map shows, National Grid (GeoPackage)", _GPKG),
            ("hotspots.gpkg", "Hotspots for GIS (GeoPackage)", _GPKG),
            ("hotspots.geojson", "Hotspots (GeoJSON)", _GEOJSON),
            ("hotspots.parquet", "Hotspots, for Python or R (GeoParquet)", _PARQUET),
            ("cells.geojson", "Every cell (GeoJSON)", _GEOJSON),
            ("cells.parquet", "Every cell, for Python or R (GeoParquet)", _PARQUET),
            ("areas.parquet", "Areas, for Python or R (GeoParquet)", _PARQUET),
        ),
        _CHECK: (
            (
                "map.html",
                "The map as one file to e-mail; it opens without the internet (HTML)",
                "text/html",
            ),
            ("analysis.xlsx", "Every table in one workbook (Excel)", _XLSX),
            ("areas.csv", "Counts by area, for a spreadsheet (CSV)", "text/csv"),
            (
                "areas_by_month.csv",
                "Counts by area and month, for Power BI (CSV)",
                "text/csv",
            ),
            ("rejects.csv", "Rows not used, with the reason (CSV)", "text/csv"),
            (
                "summary.json",
                "What was counted and how, for the record (JSON)",
                "application/json",
            ),
        ),
    }.items()
    for name, label, mimetype in files
)
"""Every file of a run, in the order of the page."""


def by_group() -> dict[str, list[Download]]:
    """Return the downloads under the headings of the page."""
    groups: dict[str, list[Download]] = {}
    for one in DOWNLOADS:
        groups.setdefault(one.group, []).append(one)
    return groups


@works(blueprint, "/download/<name>")
def file(name: str) -> Response:
    """Send one output of the analysis that the filters ask for."""
    results = current_results()
    query = Query.from_args(asked(), results.choices)
    found = next((one for one in DOWNLOADS if one.name == name), None)
    if found is None:
        abort(404)
    if found.name == "rejects.csv":
        check(current_actor(), "reject.read")
    body = results.file(query.to_parameters(results.choices), found.name)
    return send_file(
        BytesIO(body),
        mimetype=found.mimetype,
        as_attachment=True,
        download_name=found.name,
    )
