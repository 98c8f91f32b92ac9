"""GeoPackage: for QGIS and ArcGIS, several layers in a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import shapely

from hotspots.core.crs import BNG, WGS84, shapes_to_metres
from hotspots.core.errors import OutputError
from hotspots.outputs.formats.columns import safe_columns, with_dates
from hotspots.outputs.formats.layer import Layer, writing
from hotspots.outputs.formats.qgis import add_styles

UNDATED = dt.date(2000, 1, 1)
"""Stands where the format wants to know when the file was made."""

JOINED: dict[tuple[str, ...], tuple[int, Any]] = {
    ("MultiPolygon", "Polygon"): (0, shapely.multipolygons),
    ("LineString", "MultiLineString"): (1, shapely.multilinestrings),
    ("MultiPoint", "Point"): (0, shapely.multipoints),
}
"""Mixtures that become multi-part: which of the two, and by what."""

GEOPACKAGE_VERSION = "1.2"
"""Old enough for QGIS 3.4 and ArcGIS Pro 2.4 to open without a warning."""


def write_geopackage(
    path: Path,
    layers: Sequence[Layer],
    *,
    dated: dt.date = UNDATED,
    symbols: Sequence[int] | None = None,
    crs: int = WGS84,
) -> None:
    """Write a GeoPackage of one or more layers.

    Text of nothing but ISO days becomes dates, and columns are not called by a word
    that databases reserve.

    ``symbols``: the order of each layer's symbol in QGIS; without it no style is
    written.
    ``crs``: {4326, 27700}; longitude and latitude, or the National Grid.
    ``dated``: the last day that it tells of, which stands where the format wants
    to know when the file was made.

    References
    ----------
    OGC 12-128r15, "GeoPackage Encoding Standard" 1.2.1.
    """
    _check_names(path, layers)
    moment = dt.datetime.combine(dated, dt.time())
    with writing(path), _as_written(moment):
        path.unlink(missing_ok=True)
        for layer in layers:
            _append(path, layer, crs)
        if symbols is not None:
            styles = zip(layers, symbols, strict=True)
            add_styles(path, list(styles), last_change=moment)


def _check_names(path: Path, layers: Sequence[Layer]) -> None:
    names = [layer.full_name.lower() for layer in layers]
    if not names or len(set(names)) < len(names):
        raise OutputError(
            f"{path.name} must have at least one layer, each with its own name; got "
            f"{', '.join(names) or 'none'}. Give each layer a name of its own."
        )


@contextmanager
def _as_written(moment: dt.datetime) -> Iterator[None]:
    """Let GDAL write this moment for now, and not wait for the disk layer by layer."""
    import pyogrio

    own = {
        "OGR_CURRENT_DATE": f"{moment:%Y-%m-%dT%H:%M:%S}.000Z",
        "OGR_SQLITE_SYNCHRONOUS": "OFF",  # whoever keeps the file puts it on the disk
    }
    before = {name: pyogrio.get_gdal_config_option(name) for name in own}
    pyogrio.set_gdal_config_options(own)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


def _append(path: Path, layer: Layer, crs: int) -> None:
    import pyogrio

    kind, geometry = one_kind(layer)
    if crs == BNG:
        geometry = shapes_to_metres(geometry)
    typed = safe_columns(with_dates(layer.table))
    table = _signed(typed).to_arrow(compat_level=pl.CompatLevel.oldest())
    table = table.append_column("geom", [_binary(shapely.to_wkb(geometry))])
    pyogrio.write_arrow(
        table,
        path,
        layer=layer.full_name,
        driver="GPKG",
        geometry_name="geom",
        geometry_type=kind,
        crs=f"EPSG:{crs}",
        append=path.exists(),
        dataset_options={"VERSION": GEOPACKAGE_VERSION},
        layer_options={"IDENTIFIER": layer.full_name, "DESCRIPTION": layer.description},
    )


def one_kind(layer: Layer) -> tuple[str, Any]:
    """Return one geometry type for the layer; a mixture becomes multi-part."""
    kinds = layer.geometry_types or ("Polygon",)
    if len(kinds) == 1:
        return kinds[0], layer.oriented
    if kinds in JOINED:
        parts, owner = shapely.get_parts(layer.oriented, return_index=True)
        return kinds[JOINED[kinds][0]], JOINED[kinds][1](parts, indices=owner)
    return "Unknown", layer.oriented


def _signed(table: pl.DataFrame) -> pl.DataFrame:
    """Widen unsigned numbers, and let empty columns be text: the format has neither."""
    return table.with_columns(
        pl.col(pl.Null).cast(pl.String),
        pl.col(pl.UInt8, pl.UInt16).cast(pl.Int32),
        pl.col(pl.UInt32, pl.UInt64).cast(pl.Int64),
    )


def _binary(wkb: Any) -> Any:
    import pyarrow as pa

    return pa.array(wkb, type=pa.binary())
