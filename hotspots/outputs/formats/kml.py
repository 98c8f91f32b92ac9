"""KML and KMZ: for Google Earth and phones."""

from __future__ import annotations

import html
import zipfile
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import shapely

from hotspots.outputs.formats.field import FieldFile, Mark
from hotspots.outputs.formats.layer import render_template, writing

TOP, MIDDLE = 3, 6
"""The last numbers that are drawn strongest, and next to it."""


def write_kml(path: Path, content: FieldFile) -> None:
    """Write a placemark for each mark and a numbered label for each area.

    The balloon of each holds its whole text. Where the first and last day are known
    each has them as its time. What is held for comparison is grey.

    Notes
    -----
    Google Earth shows descriptions as HTML. Here they are text: a ``<`` in them is
    escaped once for HTML and once more for XML.

    References
    ----------
    OGC 12-007r2, "KML 2.3".
    """
    with writing(path):
        path.write_text(_document(content), encoding="utf-8", newline="\n")


def write_kmz(path: Path, content: FieldFile) -> None:
    """Write the same as one zipped file."""
    member = zipfile.ZipInfo("doc.kml")
    with writing(path), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(member, _document(content), zipfile.ZIP_DEFLATED)


def _document(content: FieldFile) -> str:
    folders = []
    for name, marks in groupby(content.marks, key=lambda mark: mark.folder):
        held = list(marks)
        folders.append(_folder(name, [_placemark(mark) for mark in held]))
        areas = [mark for mark in held if mark.dimension == 2]
        if areas:
            folders.append(_folder(f"{name}, labels", [_label(mark) for mark in areas]))
    return render_template(
        "kml.xml.j2",
        name=content.title,
        description=html.escape(content.text, quote=False),
        begins=content.begins,
        ends=content.ends,
        folders=folders,
    )


def _folder(name: str, placemarks: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"name": name, "placemarks": placemarks}


def _placemark(mark: Mark) -> dict[str, Any]:
    lines = (mark.title, *mark.lines)
    data = {"kind": mark.kind, **mark.data}
    return {
        "name": mark.title,
        "description": "<br/>".join(html.escape(t, quote=False) for t in lines if t),
        "style": _style(mark),
        "data": {key: _text(value) for key, value in data.items() if value is not None},
        "parts": [_part(part) for part in _parts(mark)],
    }


def _label(mark: Mark) -> dict[str, Any]:
    inside = shapely.point_on_surface(mark.geometry)
    return {**_placemark(mark), "style": "label", "data": {}, "parts": [_part(inside)]}


def _parts(mark: Mark) -> Any:
    return shapely.get_parts(shapely.orient_polygons(mark.geometry))


def _style(mark: Mark) -> str:
    if mark.comparison:
        return "comparison"
    if not mark.number.isdigit():
        return "plain"
    rank = int(mark.number)
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
