"""GPX: for hand-held GPS units and walking apps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import shapely

from hotspots.core.types import Shapes
from hotspots.outputs.formats.layer import Layer, render_template, writing


def write_gpx(
    path: Path,
    frame: pl.DataFrame,
    geometry: Shapes,
    *,
    name: str,
    description: str = "",
) -> None:
    """Write a track for each line and outline, and a waypoint for each place.

    A point is a waypoint alone. A line has its waypoint where it starts; an area has
    one inside, and its outline as a track.

    Parameters
    ----------
    geometry : ndarray of shape (n,), shapely, EPSG:4326
        (Multi)Points, (Multi)LineStrings or (Multi)Polygons. Each part, and each
        hole, is a segment of its track; each point of several is a waypoint.

    References
    ----------
    GPX 1.1 schema, topografix.com (2004).
    """
    layer = Layer(name=name, frame=frame, geometry=geometry, description=description)
    layer.check_drawable("GPX")
    places = [
        _place(row, shape)
        for row, shape in zip(
            layer.table.iter_rows(named=True), layer.oriented, strict=True
        )
    ]
    text = render_template(
        "gpx.xml.j2", name=name, description=description, places=places
    )
    with writing(path):
        path.write_text(text, encoding="utf-8", newline="\n")


def _place(row: dict[str, Any], shape: Any) -> dict[str, Any]:
    rank = row.get("rank")
    title = str(row.get("name") or "")
    return {
        "name": f"{rank}. {title}" if rank is not None else title,
        "why": str(row.get("why") or ""),
        "number": rank,
        "points": [_position(p.x, p.y) for p in _waypoints(shape)],
        "segments": [[_position(*xy) for xy in line.coords] for line in _lines(shape)],
    }


def _waypoints(shape: Any) -> list[Any]:
    kind = shapely.get_dimensions(shape)
    if kind == 0:
        return list(shapely.get_parts(shape))
    if kind == 1:
        return [shapely.get_point(shapely.get_parts(shape)[0], 0)]
    return [shapely.point_on_surface(shape)]


def _lines(shape: Any) -> list[Any]:
    kind = shapely.get_dimensions(shape)
    parts = shapely.get_parts(shape)
    if kind == 0:
        return []
    return list(parts if kind == 1 else shapely.get_rings(parts))


def _position(lon: float, lat: float) -> dict[str, str]:
    return {"lon": f"{lon:.7f}", "lat": f"{lat:.7f}"}
