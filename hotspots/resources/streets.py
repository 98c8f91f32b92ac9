"""Street networks: an OpenStreetMap extract, GraphML or lines; or steps between cells.

A suffix says what a file is, and the content must agree: GDAL, which would look for
itself, is given only what begins like GeoJSON.
"""

from __future__ import annotations

from pathlib import Path

from hotspots.core.errors import SourceError, did_you_mean
from hotspots.intake.geofile import GEO_SUFFIXES
from hotspots.intake.tables import TABLE_SUFFIXES
from hotspots.resources.street_graph import StreetGraph

NETWORKS = (".osm.pbf", ".graphml", ".graphml.gz")
STREET_SUFFIXES = (*NETWORKS, *GEO_SUFFIXES, *TABLE_SUFFIXES)
"""The last are tables with a column of WKT."""


def read_streets(path: Path | str) -> StreetGraph:
    """Read a walking network from a file.

    Raises CrsError if the file does not say its coordinate system; SourceError if it
    cannot be read, is not what its name says, is too large or holds no walkable street.
    """
    path = Path(path)
    name = path.name.lower().partition("::")[0]
    if not Path(str(path).partition("::")[0]).is_file():
        raise SourceError(
            f"the street file must be there; {path.name} is not. Check the path."
        )
    if name.endswith(".osm.pbf"):
        from hotspots.resources.osm import read_osm

        return read_osm(path)
    if name.removesuffix(".gz").endswith(".graphml"):
        from hotspots.resources.graphml import read_graphml

        return read_graphml(path)
    if name.removesuffix(".gz").endswith(STREET_SUFFIXES):
        from hotspots.resources.geojson_lines import read_lines

        return read_lines(path)
    suffix = "".join(path.suffixes[-2:])
    raise SourceError(
        f"{path.name} must be one of {', '.join(STREET_SUFFIXES)}; its suffix is "
        f"'{suffix}'.{did_you_mean(suffix, STREET_SUFFIXES)} Convert it or give "
        "another file."
    )
