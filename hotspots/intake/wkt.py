"""Shapes that stand in a column of a table, as databases and spreadsheets keep them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import shapely

from hotspots.core.crs import GB_BOUNDS
from hotspots.core.errors import CrsError, SourceError
from hotspots.core.types import Shapes
from hotspots.intake.crossings import check_crossings
from hotspots.intake.table import Table, fold

_WKT = r"(?i)^(srid=\d+;)?\s*(multi)?(point|linestring|polygon)\s*(z|m|zm)?\s*\("
_HEX = r"^(0[01])([0-9A-Fa-f]{2}){9,}$"
_JSON = r'^\{.*"coordinates"'
_HEADINGS = re.compile(
    r"wkt|wktgeom\w*|(the)?geom\w*|wkbgeometry|shape|polygon|boundary|geojson|"
    r"\w*(code|cd|name|nm)|id|objectid|fid|kind|ward|lsoa|beat|area"
)
MOST = 0.5
GRID_M = (0.0, 0.0, 700_000.0, 1_300_000.0)


def shapes_of(table: Table) -> tuple[pl.DataFrame, Shapes, str, str]:
    """Part a table into attributes and shapes.

    Returns ``frame`` n rows; ``shapes`` (n,), shapely geometries or None; ``crs``;
    ``column``: where they stood.

    Raises CrsError if they lie neither in degrees nor on the National Grid; SourceError
    if no column holds shapes.
    """
    shares = {c: _share(table.frame[c]) for c in table.frame.columns}
    column = max(shares, key=lambda c: shares[c], default="")
    if not column or shares[column] < MOST:
        raise SourceError(
            f"{table.name} must hold its shapes in a column of WKT such as 'POLYGON "
            "((...))', or be a GIS file; its columns are: "
            f"{', '.join(table.frame.columns) or 'none'}."
        )
    text = table.frame[column].str.strip_chars()
    shapes = np.array([_shape(each) for each in text], dtype=object)
    check_crossings(table.name, shapes)
    stated = text.str.extract(r"(?i)^srid=(\d+);").drop_nulls()
    crs = f"EPSG:{stated[0]}" if len(stated) else _system(shapes, table.name)
    return table.frame.drop(column), shapely.force_2d(shapes), crs, column


def known_headings(cells: Sequence[str]) -> int:
    """Say how many of some cells are headings that tables of areas or lines have."""
    plain = [fold(cell).replace(" ", "") for cell in cells]
    return sum(bool(_HEADINGS.fullmatch(cell)) for cell in plain)


def _share(text: pl.Series) -> float:
    known = text.drop_nulls().str.strip_chars().head(1_000)
    hits = known.str.contains(f"{_WKT}|{_HEX}|{_JSON}")
    return int(hits.sum()) / max(len(hits), 1)


def _shape(text: str | None) -> Any:
    """Read one shape: WKT, WKB in hexadecimal, or GeoJSON; None where it is none."""
    if not text:
        return None
    if text.startswith("{"):
        return shapely.from_geojson(text, on_invalid="ignore")
    if text.startswith("0"):
        return shapely.from_wkb(text, on_invalid="ignore")
    bare = text.partition(";")[2] if text.lower().startswith("srid=") else text
    return shapely.from_wkt(bare, on_invalid="ignore")


def _system(shapes: Shapes, name: str) -> str:
    """Return the system that the corners prove."""
    corners = shapely.get_coordinates(shapes)
    for (west, south, east, north), crs in (
        (GB_BOUNDS, "EPSG:4326"),
        (GRID_M, "EPSG:27700"),
    ):
        inside = (corners >= [west, south]) & (corners <= [east, north])
        if len(corners) and inside.all():
            return crs
    raise CrsError(
        f"{name} must hold shapes in degrees (longitude first) or on the National "
        "Grid; their corners lie in neither. Write SRID=... before each, or give a GIS "
        "file that states its coordinate system."
    )
