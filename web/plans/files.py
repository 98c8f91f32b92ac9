"""The files of a plan that a page offers, by the names that they are written under."""

from __future__ import annotations

from dataclasses import dataclass

from hotspots.outputs.formats.plan_marks import shift_files
from hotspots.outputs.formats.plan_record import plan_id, plan_record
from hotspots.outputs.plan_folder import SENSITIVE_PREFIX
from hotspots.tactics.plan import Plan
from hotspots.tactics.suggestion import MARKINGS
from hotspots.web.plans.words import list_title

_PAPER, _MAPS, _LISTS = "On paper", "For maps and handhelds", "Lists and record"
PDF, JSON = "application/pdf", "application/json"
GPX, KMZ = "application/gpx+xml", "application/vnd.google-earth.kmz"
GPKG = "application/geopackage+sqlite3"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ALONE = (
    ("kmz", "For a phone or Google Earth, one file (KMZ)", KMZ),
    ("qgz", "A map to print in QGIS (project)", "application/zip"),
    ("gpkg", "What that map shows, National Grid (GeoPackage)", GPKG),
)
_MAP_FILES = (
    ("gpx", "For a handheld GPS or phone (GPX)", GPX),
    ("kml", "For Google Earth (KML)", "application/vnd.google-earth.kml+xml"),
    ("gpkg", "For QGIS, with its style (GeoPackage)", GPKG),
    ("geojson", "For other map software (GeoJSON)", "application/geo+json"),
)


@dataclass(frozen=True, kw_only=True)
class PlanFile:
    """One file of a plan.

    ``path``: inside the plan's folder.
    """

    path: str
    label: str
    group: str
    mimetype: str


def plan_files(plan: Plan) -> tuple[PlanFile, ...]:
    """Return every file of a plan, in the order of the page."""
    if not plan.suggestions:
        return ()
    prefix = SENSITIVE_PREFIX if plan.marking == MARKINGS[1] else ""
    name = plan_id(plan_record(plan))
    named = [(f"{name}_sheet.pdf", "The whole plan on one A4 sheet (PDF)", _PAPER, PDF)]
    named += [(f"{name}_cards.pdf", "All cards, one A4 sheet each (PDF)", _PAPER, PDF)]
    named += [
        (f"{name}_card_{k:02d}.pdf", f"Card {k}: {each.name} (PDF)", _PAPER, PDF)
        for k, each in enumerate(plan.suggestions, 1)
    ]
    named += [
        (f"suggestions.{ending}", label, _MAPS, kind)
        for ending, label, kind in _MAP_FILES
    ]
    named += [
        (f"{name}_{part}.gpx", f"For a handheld GPS: {_words(part)} (GPX)", _MAPS, GPX)
        for part, _ in shift_files(plan, name)
    ]
    named += [(f"{name}.{end}", label, _MAPS, kind) for end, label, kind in _ALONE]
    named.append((f"{name}.xlsx", "Every list in one workbook (Excel)", _LISTS, XLSX))
    named += [
        (f"tables/{name}.csv", f"{label} (CSV)", _LISTS, "text/csv")
        for name, label in _lists(plan)
    ]
    named.append(("plan.json", "The whole plan, for the record (JSON)", _LISTS, JSON))
    return tuple(
        PlanFile(path=_prefixed(path, prefix), label=label, group=group, mimetype=kind)
        for path, label, group, kind in named
    )


def download_name(plan: Plan, file: PlanFile) -> str:
    """Return the name that a file is saved under: marking, plan, its own."""
    own, name = file.path.rpartition("/")[2], plan_id(plan_record(plan))
    prefix = SENSITIVE_PREFIX if own.startswith(SENSITIVE_PREFIX) else ""
    rest = own.removeprefix(prefix)
    return own if rest.startswith(name) else f"{prefix}{name}_{rest}"


def _words(part: str) -> str:
    """Return the day and crew, or the session, of a file for people."""
    return part.replace("_", " ")


def _lists(plan: Plan) -> list[tuple[str, str]]:
    return [
        ("suggestions", "The suggestions"),
        ("reasons", "Every reason of every suggestion"),
        *((name, list_title(plan, name)) for name in plan.tables),
    ]


def _prefixed(path: str, prefix: str) -> str:
    folder, slash, own = path.rpartition("/")
    return f"{folder}{slash}{prefix}{own}"
