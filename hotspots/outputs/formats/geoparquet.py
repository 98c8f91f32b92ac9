"""GeoParquet: for notebooks, DuckDB, QGIS, and very many rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import shapely

from hotspots.outputs.formats.columns import with_dates
from hotspots.outputs.formats.layer import Layer, writing


def write_geoparquet(path: Path, layer: Layer) -> None:
    """Write a GeoParquet file.

    The geometry is stored as WKB; the coordinate system is left at the format's own
    default, longitude and latitude (OGC:CRS84).

    References
    ----------
    GeoParquet 1.1.0 specification.
    """
    with writing(path):
        _write(path, layer)


def _write(path: Path, layer: Layer) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = with_dates(layer.table).to_arrow(compat_level=pl.CompatLevel.oldest())
    wkb = pa.array(shapely.to_wkb(layer.oriented), type=pa.binary())
    table = table.append_column("geometry", wkb)
    metadata = {"geo": json.dumps(_geo(layer), sort_keys=True), "name": layer.name}
    if layer.description:
        metadata["description"] = layer.description
    table = table.replace_schema_metadata(metadata)
    pq.write_table(table, path, compression="zstd")


def _geo(layer: Layer) -> dict[str, Any]:
    """Return the metadata that makes a Parquet file a GeoParquet file."""
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": list(layer.geometry_types),
        "orientation": "counterclockwise",
    }
    if len(layer.geometry):
        column["bbox"] = [float(v) for v in shapely.total_bounds(layer.geometry)]
    return {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {"geometry": column},
    }
