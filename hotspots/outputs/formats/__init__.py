"""Writers of files that other software opens, one format a module.

Tables of attributes come with shapely geometry in longitude and latitude (EPSG:4326),
as a :class:`Layer`; what is carried on the ground as a :class:`FieldFile`. Hotspots,
cells and areas use the same writers. The same input gives the same bytes.
"""

from __future__ import annotations

from hotspots.outputs.formats.csv import write_csv
from hotspots.outputs.formats.field import FieldFile, Mark
from hotspots.outputs.formats.geojson import write_geojson
from hotspots.outputs.formats.geopackage import write_geopackage
from hotspots.outputs.formats.geoparquet import write_geoparquet
from hotspots.outputs.formats.gpx import write_gpx
from hotspots.outputs.formats.kml import write_kml, write_kmz
from hotspots.outputs.formats.layer import Layer
from hotspots.outputs.formats.shapefile import write_shapefiles
from hotspots.outputs.formats.workbook import write_workbook

__all__ = [
    "FieldFile",
    "Layer",
    "Mark",
    "write_csv",
    "write_geojson",
    "write_geopackage",
    "write_geoparquet",
    "write_gpx",
    "write_kml",
    "write_kmz",
    "write_shapefiles",
    "write_workbook",
]
