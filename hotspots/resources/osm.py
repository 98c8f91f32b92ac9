"""Street networks from an OpenStreetMap extract (``.osm.pbf``)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from hotspots.core.crs import WGS84
from hotspots.core.errors import SourceError
from hotspots.intake.apart import parse
from hotspots.intake.inputs import InputFile
from hotspots.resources.street_build import MAX_VERTICES, Ways, build_graph, to_metres
from hotspots.resources.street_graph import StreetGraph

ATTRIBUTION = "© OpenStreetMap contributors, ODbL"


def read_osm(path: Path) -> StreetGraph:
    """Read the walkable ways of an OpenStreetMap extract.

    Raises SourceError if it cannot be read, is no such extract, is too large or holds
    no walkable street.
    """
    (facts, points), (_, runs) = parse("ways", InputFile(path=path, name=path.name))
    if not 0 < points.num_rows <= MAX_VERTICES:
        raise SourceError(
            f"{path.name} must hold 1 to {MAX_VERTICES:,} points of walkable streets; "
            f"it holds {points.num_rows:,}. Take the extract of the right district."
        )
    _, first, vertex = np.unique(
        points["node"].to_numpy(), return_index=True, return_inverse=True
    )
    lon, lat = points["lon"].to_numpy()[first], points["lat"].to_numpy()[first]
    n_cut = facts["n_cut"]
    cut = f"{n_cut:,} streets of {path.name} leave the extract and end there."
    return build_graph(
        Ways(
            vertex=vertex.astype(np.int64),
            n_vertices=runs["n_vertices"].to_numpy(),
            xy_m=to_metres(lon, lat, WGS84, file=path.name),
            names=runs["name"].to_pylist(),
            street_id=runs["street_id"].to_pylist(),
        ),
        source=f"OpenStreetMap extract, {path.name}",
        attribution=ATTRIBUTION,
        notes=(cut,) if n_cut else (),
    )
