"""GPX: for hand-held GPS units and walking apps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import shapely

from hotspots.exports.layer import Geometry, Layer, render_template, writing

__all__ = ["write_gpx"]


def write_gpx(
    path: Path,
    frame: pl.DataFrame,
    geometry: Geometry,
    *,
    name: str,
    description: str = "",
) -> None:
    """Write the outline of each area as a track, and a waypoint inside each.

    Parameters
    ----------
    path : Path
        Overwritten where it exists.
    frame : DataFrame, n rows
        ``name``, ``why`` and ``rank`` are used where they are there; the format has no
        place for other columns.
    geometry : ndarray of shape (n,), shapely (Multi)Polygons, EPSG:4326
        Each part, and each hole, is a segment of its track.
    name, description : str
        Of the file.

    Raises
    ------
    OutputError
        If table and geometry do not belong together, a geometry is not a polygon, or
        the file cannot be written.

    References
    ----------
    GPX 1.1 schema, topografix.com (2004).
    """
    layer = Layer(name=name, frame=frame, geometry=geometry, description=description)
    layer.check_polygons("GPX")
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
    inside = shapely.point_on_surface(shape)
    rings = shapely.get_rings(shapely.get_parts(shape))
    return {
        "name": f"{rank}. {title}" if rank is not None else title,
        "why": str(row.get("why") or ""),
        "number": rank,
        "point": _position(inside.x, inside.y),
        "segments": [[_position(*xy) for xy in ring.coords] for ring in rings],
    }


def _position(lon: float, lat: float) -> dict[str, str]:
    return {"lon": f"{lon:.7f}", "lat": f"{lat:.7f}"}
