"""GeoJSON: for web maps, QGIS, ArcGIS and reading by eye."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import shapely

from hotspots.outputs.formats.layer import Layer, writing

DECIMALS = 7
"""Of a degree: about a centimetre."""


def write_geojson(path: Path, layer: Layer) -> None:
    """Write a GeoJSON feature collection, to 7 decimals, outer rings anticlockwise.

    References
    ----------
    RFC 7946, "The GeoJSON Format" (2016).

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "place.geojson"
    >>> point = np.array([shapely.Point(-0.886, 52.765)])
    >>> places = Layer(name="places", frame=pl.DataFrame({"rank": [1]}), geometry=point)
    >>> write_geojson(path, places)
    >>> print(path.read_text())
    {"type":"FeatureCollection","name":"places","features":[
    {"type":"Feature","properties":{"rank":1},"geometry":{"type":"Point","coordinates":[-0.886,52.765]}}
    ]}
    <BLANKLINE>
    """
    with writing(path):
        path.write_text(_collection(layer), encoding="utf-8", newline="\n")


def _collection(layer: Layer) -> str:
    head: dict[str, Any] = {"type": "FeatureCollection", "name": layer.full_name}
    if layer.description:
        head["description"] = layer.description
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
    features = ",\n".join(
        f'{{"type":"Feature","properties":{properties},"geometry":{shape}}}'
        for properties, shape in zip(_properties(layer), _shapes(layer), strict=True)
    )
    return f'{text[:-1]},"features":[\n{features}\n]}}\n'


def _properties(layer: Layer) -> list[str]:
    """Return a JSON object for each row."""
    if not layer.table.width:
        return ["{}"] * layer.table.height
    moments = pl.col(pl.Datetime)
    iso = layer.table.with_columns(moments.dt.strftime("%Y-%m-%dT%H:%M:%S"))
    encoded = iso.select(row=pl.struct(pl.all()).struct.json_encode())
    return encoded["row"].to_list()


def _shapes(layer: Layer) -> list[str]:
    """Return a JSON geometry for each row, without a loop over corners."""
    return list(_rounded(layer.oriented, DECIMALS))


def to_geojson(shape: Any, *, decimals: int = DECIMALS) -> dict[str, Any]:
    """Return one geometry as GeoJSON, in degrees to a centimetre."""
    made: dict[str, Any] = json.loads(_rounded(shape, decimals))
    return made


def _rounded(shapes: Any, decimals: int) -> Any:
    corners = shapely.transform(shapes, lambda xy: np.round(xy, decimals))
    return shapely.to_geojson(corners)
