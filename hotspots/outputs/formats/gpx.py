"""GPX: for hand-held GPS units and walking apps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import shapely

from hotspots.outputs.formats.field import FieldFile, Mark, distinct_names, short_name
from hotspots.outputs.formats.layer import render_template, writing


def write_gpx(path: Path, content: FieldFile) -> None:
    """Write a waypoint for each place, and a track for each line and outline.

    A line has its waypoint where it starts, an area one inside. What is held for
    comparison is left out. Names: see :mod:`hotspots.outputs.formats.field`.

    References
    ----------
    GPX 1.1 schema, topografix.com (2004).
    """
    marks = content.for_the_field()
    waypoints = [
        (mark, point, short_name(mark, mark.words[0]))
        for mark in marks
        if mark.words[0] is not None
        for point in _points(mark)
    ]
    tracks = [
        (mark, short_name(mark, mark.words[1])) for mark in marks if mark.dimension
    ]
    names = distinct_names([w[2] for w in waypoints] + [t[1] for t in tracks])
    text = render_template(
        "gpx.xml.j2",
        name=content.title,
        description=content.text,
        dated=content.dated,
        waypoints=[
            {**_words(mark), **_position(point.x, point.y), "name": name}
            for (mark, point, _), name in zip(waypoints, names, strict=False)
        ],
        tracks=[
            {**_words(mark), "name": name, "segments": _segments(mark)}
            for (mark, _), name in zip(tracks, names[len(waypoints) :], strict=True)
        ],
    )
    with writing(path):
        path.write_text(text, encoding="utf-8", newline="\n")


def _words(mark: Mark) -> dict[str, str]:
    lines = [line for line in (mark.title, *mark.lines) if line]
    return {"desc": "\n".join(lines), "type": mark.kind, "symbol": mark.symbol}


def _points(mark: Mark) -> list[Any]:
    if mark.dimension == 0:
        return list(shapely.get_parts(mark.geometry))
    if mark.dimension == 1:
        return [shapely.get_point(shapely.get_parts(mark.geometry)[0], 0)]
    return [shapely.point_on_surface(mark.geometry)]


def _segments(mark: Mark) -> list[list[dict[str, str]]]:
    parts = shapely.get_parts(shapely.orient_polygons(mark.geometry))
    lines = parts if mark.dimension == 1 else shapely.get_rings(parts)
    return [[_position(*xy) for xy in line.coords] for line in lines]


def _position(lon: float, lat: float) -> dict[str, str]:
    return {"lon": f"{lon:.7f}", "lat": f"{lat:.7f}"}
