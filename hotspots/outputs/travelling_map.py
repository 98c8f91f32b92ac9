"""The map that travels: one HTML file that opens by e-mail, with no network.

Leaflet, h3-js and our own layer are pasted in; the page's own policy then forbids
every request and every script but those, so that text from an incident file cannot
run and nobody learns that the file was opened.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from hotspots.core.errors import OutputError
from hotspots.core.sanitise import clean_table, json_for_script
from hotspots.model.hotspot import Hotspot
from hotspots.outputs.basemap import Ground
from hotspots.outputs.formats.geojson import to_geojson
from hotspots.outputs.formats.layer import render_template
from hotspots.outputs.formats.page import (
    PageTable,
    areas_in_words,
    areas_page,
    cells_page,
    hotspots_page,
)

MAX_CELL_ROWS = 2_000
"""No more cells than this in the table: it would take longer to scroll than to ask."""

SHOWN_ROWS = 12
"""A table of more areas is folded: most of its rows say that nothing can be told."""

OUTLINE_TOLERANCE_DEG = 3e-5
"""Outlines of areas may be off by this, about 3 m, on the map only."""

STYLES = ("vendor/leaflet/leaflet.css",)
SCRIPTS = (
    ("vendor/leaflet/LICENSE", "vendor/leaflet/leaflet.js"),
    ("vendor/h3-js/LICENSE", "vendor/h3-js/h3-js.umd.js"),
    (None, "map/cells-layer.js"),
)


@dataclass(frozen=True, kw_only=True)
class MapContent:
    """What the map shows.

    ``subtitle``: the window and what the data are.
    ``notes``: every automatic choice.
    ``cells``: m rows; as ``cells.parquet``: ``cell``, ``n_incidents``, ``kde_per_km2``,
    ``gi_z``, ``gi_p_adjusted``, ``hotspot_id``, ``ward``.
    ``areas_frame``: a rows; ``name`` and ``kind`` of each area.
    ``areas_geometry`` (a,), shapely polygons, EPSG:4326.
    ``areas_table``: as ``areas.csv``.
    ``marking``: who may see it.
    ``simulated``: whether the data are made up; said at the top in capitals.
    ``attribution``: whose data these are.
    ``ground``: streets, water and parks under the cells; whose they are is said
    beside it.
    """

    title: str
    subtitle: str
    notes: Sequence[str]
    cells: pl.DataFrame
    hotspots: Sequence[Hotspot]
    areas_frame: pl.DataFrame
    areas_geometry: npt.NDArray[np.object_]
    areas_table: pl.DataFrame
    marking: str = ""
    simulated: bool = False
    attribution: str = ""
    ground: Ground | None = None


def write_map(path: Path, map_content: MapContent) -> None:
    """Write the page of :func:`build_map`."""
    path.write_text(build_map(map_content), encoding="utf-8", newline="\n")


def build_map(map_content: MapContent) -> str:
    """Return a self-contained HTML page: the map, and its numbers as tables."""
    hotspots = hotspots_page(map_content.hotspots)
    page = render_template(
        "map.html.j2",
        content=map_content,
        policy=POLICY_MARK,
        bounds=_bounds(map_content),
        styles=[_markup(_style(name)) for name in STYLES],
        scripts=[_markup(_script(*names)) for names in SCRIPTS],
        data=_markup(json_for_script(_data(map_content, hotspots))),
        hotspots=hotspots,
        areas=areas_page(clean_table(map_content.areas_table)),
        areas_said=areas_in_words(clean_table(map_content.areas_table)),
        shown_rows=SHOWN_ROWS,
        cells=cells_page(clean_table(map_content.cells), most=MAX_CELL_ROWS),
        n_cells=map_content.cells.height,
    )
    return page.replace(POLICY_MARK, _policy(page), 1)


def _bounds(content: MapContent) -> list[list[float]]:
    """Return south-west and north-east of the areas and hotspots."""
    shapes = [*content.areas_geometry, *(h.polygon for h in content.hotspots)]
    if not shapes:
        return [[49.8, -6.5], [55.9, 1.8]]  # England and Wales
    west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object))
    return [[float(south), float(west)], [float(north), float(east)]]


# --- data for the script ------------------------------------------------------------


def _data(content: MapContent, hotspots: PageTable) -> dict[str, Any]:
    return {
        "cells": _cells(clean_table(content.cells)),
        "hotspots": [
            _hotspot(hotspot, hotspots.facts(row))
            for row, hotspot in enumerate(content.hotspots)
        ],
        "areas": _areas(clean_table(content.areas_frame), content.areas_geometry),
        "ground": _ground(content.ground) if content.ground else [],
    }


def _ground(ground: Ground) -> list[dict[str, Any]]:
    """Return lines and surfaces by what they are; names are left to the basemap."""
    drawn = shapely.get_dimensions(ground.shapes) > 0
    light = shapely.simplify(ground.shapes, OUTLINE_TOLERANCE_DEG)
    rows = ground.table.with_row_index().filter(drawn)
    return [
        {
            "kind": kind,
            "class": of_class if kind == "road" else "",
            "shape": to_geojson(
                shapely.GeometryCollection(list(light[part["index"].to_numpy()])),
                decimals=5,
            ),
        }
        for (kind, of_class), part in rows.group_by(
            "kind", "class", maintain_order=True
        )
    ]


def _cells(table: pl.DataFrame) -> dict[str, list[Any]]:
    """Return a list a column; wards as positions in a list of names."""
    wards = table["ward"].fill_null("").unique().sort()
    places = {ward: place for place, ward in enumerate(wards)}
    return {
        "id": table["cell"].to_list(),
        "n": table["n_incidents"].to_list(),
        "density": table["kde_per_km2"].round(1).to_list(),
        "z": table["gi_z"].round(2).to_list(),
        "p": table["gi_p_adjusted"].round(6).to_list(),
        "hotspot": table["hotspot_id"].to_list(),
        "ward": [places[ward or ""] for ward in table["ward"]],
        "wards": wards.to_list(),
    }


def _hotspot(hotspot: Hotspot, facts: list[tuple[str, str]]) -> dict[str, Any]:
    inside = shapely.point_on_surface(hotspot.polygon)
    return {
        "rank": hotspot.rank,
        "name": hotspot.name,
        "at": [round(inside.y, 6), round(inside.x, 6)],
        "facts": facts,
        "shape": to_geojson(hotspot.polygon, decimals=6),
    }


def _areas(
    frame: pl.DataFrame, geometry: npt.NDArray[np.object_]
) -> list[dict[str, Any]]:
    simple = shapely.simplify(geometry, OUTLINE_TOLERANCE_DEG, preserve_topology=True)
    inside = shapely.point_on_surface(simple)
    return [
        {
            "name": name,
            "kind": kind,
            "at": [round(point.y, 5), round(point.x, 5)],
            "shape": to_geojson(shape, decimals=5),
        }
        for name, kind, point, shape in zip(
            frame["name"], frame["kind"], inside, simple, strict=True
        )
    ]


# --- front-end files -----------------------------------------------------------------


@cache
def _asset(name: str) -> str:
    spec = find_spec("hotspots.web")  # found, not imported: no web framework here
    roots = list(spec.submodule_search_locations or ()) if spec else []
    for root in roots:
        path = Path(root) / "static" / name
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise OutputError(
        f"the map needs the front-end file {name}; it is not installed. In a checkout "
        "run `python tools/fetch_assets.py`; otherwise install the package again."
    )


def _style(name: str) -> str:
    """Return a style sheet without the pictures it asks for; none of them is used."""
    return re.sub(r"(background-image|behavior):\s*url\([^)]*\);?", "", _asset(name))


def _script(licence: str | None, name: str) -> str:
    terms = f"/*! {_asset(licence)} */\n" if licence else ""
    return terms + _asset(name).replace("</script", "<\\/script")


def _markup(text: str) -> Any:
    from markupsafe import Markup

    return Markup(text)  # nosec B704


# --- the page's own policy -----------------------------------------------------------

POLICY_MARK = "content-security-policy-goes-here"


def _policy(page: str) -> str:
    """Return a policy that allows this page's scripts and styles, and nothing else."""
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    styles = re.findall(r"<style>(.*?)</style>", page, flags=re.DOTALL)
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {' '.join(_digest(text) for text in scripts)}",
            f"style-src {' '.join(_digest(text) for text in styles)}",
            "img-src data: blob:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
