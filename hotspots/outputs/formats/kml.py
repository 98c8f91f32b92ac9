"""KML: for Google Earth and phones."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import shapely

from hotspots.core.types import Shapes
from hotspots.outputs.formats.layer import Layer, render_template, writing

TOP, MIDDLE = 3, 6
"""The last ranks that are drawn strongest, and next to it."""


def write_kml(
    path: Path,
    frame: pl.DataFrame,
    geometry: Shapes,
    *,
    name: str,
    description: str = "",
    more: Sequence[Layer] = (),
) -> None:
    """Write a KML document: a placemark a row, drawn by its rank.

    Parameters
    ----------
    geometry : ndarray of shape (n,), shapely, EPSG:4326
        (Multi)Points, (Multi)LineStrings or (Multi)Polygons.

    Notes
    -----
    Google Earth shows descriptions as HTML. Here they are text: a ``<`` in them is
    escaped once for HTML and once more for XML.

    References
    ----------
    OGC 12-007r2, "KML 2.3".
    """
    layer = Layer(name=name, frame=frame, geometry=geometry, description=description)
    folders = [layer, *more]
    for each in folders:
        each.check_drawable("KML")
    text = render_template(
        "kml.xml.j2",
        name=name,
        description=html.escape(description, quote=False),
        folders=[{"name": f.name, "placemarks": _placemarks(f)} for f in folders],
    )
    with writing(path):
        path.write_text(text, encoding="utf-8", newline="\n")


def _placemarks(layer: Layer) -> list[dict[str, Any]]:
    return [
        _placemark(row, shape)
        for row, shape in zip(
            layer.table.iter_rows(named=True), layer.oriented, strict=True
        )
    ]


def _placemark(row: dict[str, Any], shape: Any) -> dict[str, Any]:
    rank = row.get("rank")
    title = str(row.get("name") or "")
    return {
        "name": f"{rank}. {title}" if rank is not None else title,
        "description": html.escape(str(row.get("why") or ""), quote=False),
        "style": _style(rank),
        "data": {key: _text(value) for key, value in row.items() if value is not None},
        "parts": [_part(part) for part in shapely.get_parts(shape)],
    }


def _style(rank: int | None) -> str:
    if rank is None:
        return "plain"
    return "top" if rank <= TOP else "middle" if rank <= MIDDLE else "rest"


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _part(part: Any) -> dict[str, Any]:
    if part.geom_type != "Polygon":
        return {"kind": part.geom_type, "at": _coordinates(part)}
    return {
        "kind": "Polygon",
        "outer": _coordinates(part.exterior),
        "inner": [_coordinates(ring) for ring in part.interiors],
    }


def _coordinates(ring: Any) -> str:
    return " ".join(f"{lon:.7f},{lat:.7f}" for lon, lat in ring.coords)
