"""Writers of files that other software opens, one format a module.

Each takes plain things: a table of attributes, shapely geometry in longitude and
latitude (EPSG:4326) in the same order, a name and a description. Hotspots, cells and
areas use the same writers. The same input gives the same bytes.
"""

from __future__ import annotations

from hotspots.outputs.formats.csv import write_csv
from hotspots.outputs.formats.geojson import write_geojson
from hotspots.outputs.formats.geopackage import write_geopackage
from hotspots.outputs.formats.geoparquet import write_geoparquet
from hotspots.outputs.formats.gpx import write_gpx
from hotspots.outputs.formats.kml import write_kml
from hotspots.outputs.formats.layer import Layer

__all__ = [
    "Layer",
    "write_csv",
    "write_geojson",
    "write_geopackage",
    "write_geoparquet",
    "write_gpx",
    "write_kml",
]
