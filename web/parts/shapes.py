"""Outlines for the small map: those of a shift, a meeting, an answer."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from h3ronpy.vector import cells_to_wkb_polygons

from hotspots.model.areas import Areas
from hotspots.questions import Answer

TOLERANCE_DEG = 5e-5
"""Outlines of areas may be off by this, about 5 m, on the small map only."""


def shapes_json(numbered: Iterable[tuple[str, Any]]) -> str:
    """Return outlines (GeoJSON), each with the number that stands on it or none."""
    features = [
        {"type": "Feature", "properties": {"number": number}, "geometry": geometry}
        for number, geometry in numbered
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def answer_shapes(answer: Answer, areas: Areas) -> tuple[int, str] | None:
    """Return which table of an answer has places in its rows, and their outlines.

    A row is a place where the answer says so, where a column holds its cell, or where
    its name is that of an area.
    """
    named = dict(zip(areas.frame["name"], areas.geometry, strict=True))
    for k, table in reversed(list(enumerate(answer.tables))):
        rows, labels = table.shown(), [column.label for column in table.columns]
        found: list[Any] = [named.get(row[0]) for row in rows]
        if "Cell" in labels:
            at = labels.index("Cell")
            found = list(_hexagons([row[at] for row in rows]))
        elif answer.places and k == len(answer.tables) - 1:
            found = [shape for _, shape in answer.places]
        shown = [(k, shape) for k, shape in enumerate(found, 1) if shape is not None]
        if shown:
            light = shapely.simplify([shape for _, shape in shown], TOLERANCE_DEG)
            parts = zip(shown, light, strict=True)
            return k, shapes_json(
                (str(number), json.loads(shapely.to_geojson(shape)))
                for (number, _), shape in parts
            )
    return None


def _hexagons(names: list[str]) -> Any:
    ids = np.array([int(name, 16) for name in names], dtype=np.uint64)
    return shapely.from_wkb(cells_to_wkb_polygons(ids).to_numpy())
