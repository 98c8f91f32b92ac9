"""Prisons, hospitals, police stations and courts: where a file says they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import shapely

from hotspots.core.crs import WGS84, lonlat_to_bng, to_lonlat
from hotspots.core.errors import SourceError
from hotspots.core.types import Shapes
from hotspots.intake.apart import parse
from hotspots.intake.geofile import GEO_SUFFIXES, read_features
from hotspots.intake.inputs import InputFile
from hotspots.model.institutions import Apart, Grounds
from hotspots.model.safeguards import at_institution

AMENITIES = {
    "prison": "prison",
    "hospital": "hospital",
    "police": "police station",
    "courthouse": "court",
}
_LINES = (1, 2, 5)


def apart_of(
    leave_out: str, *, institutions: bool = True, file: Path | str | None = None
) -> Apart:
    """Return what is set apart, where a file of institutions or streets may help.

    Raises ParameterError, SourceError if a name is too short, or the file cannot be
    read.
    """
    return Apart(
        leave_out=leave_out,
        institutions=institutions,
        grounds=read_grounds(file) if file and institutions else Grounds(),
    )


def read_grounds(path: Path | str) -> Grounds:
    """Read where institutions are: from an OpenStreetMap extract or a GIS file.

    A file that has none, such as one of streets alone, gives none.

    Raises CrsError if a GIS file does not say its coordinate system; SourceError if it
    cannot be read.
    """
    item = InputFile.at(path, what="file of institutions")
    if item.path.name.lower().endswith(".osm.pbf"):
        names, shapes = _of_osm(item)
        crs: Any = WGS84
    elif item.suffix in GEO_SUFFIXES:
        features = read_features(item)
        names, shapes = _of_features(features.frame, features.geometry)
        crs = features.crs
    else:
        return Grounds(file=item.name)
    return Grounds(
        names=tuple(names), shapes=_on_grid(shapes, crs, item.name), file=item.name
    )


def _of_features(frame: pl.DataFrame, geometry: Shapes) -> tuple[list[str], Shapes]:
    """Take the points and polygons that a cell of text says are institutions."""
    text = [pl.col(c) for c, kind in frame.schema.items() if kind == pl.String]
    if not text:
        return [], geometry[:0]
    plain = [each.str.to_lowercase().str.strip_chars() for each in text]
    said = pl.any_horizontal(
        at_institution(each) | each.is_in(list(AMENITIES)).fill_null(False)
        for each in plain
    )
    with_name = [c for c in frame.columns if "name" in c.lower() or c.lower() == "nm"]
    called = [pl.col(c) for c in with_name if frame.schema[c] == pl.String]
    chosen = frame.select(
        said.alias("is"), pl.coalesce(*called, *text, pl.lit("")).alias("name")
    )
    is_area = ~np.isin(shapely.get_type_id(geometry), _LINES)
    rows = chosen["is"].to_numpy() & is_area & ~shapely.is_missing(geometry)
    return chosen["name"].filter(pl.Series(rows)).to_list(), geometry[rows]


def _of_osm(item: InputFile) -> tuple[list[str], Shapes]:
    [(_, found)] = parse("amenities", item, kinds=AMENITIES)
    return found["name"].to_pylist(), shapely.from_wkb(found["wkb"].to_pylist())


def _on_grid(shapes: Shapes, crs: Any, file: str) -> Shapes:
    if not len(shapes):
        return shapes
    corners = shapely.get_coordinates(shapes)
    lon, lat = to_lonlat(corners[:, 0], corners[:, 1], crs)
    xy_m = np.column_stack(lonlat_to_bng(lon, lat))
    if not np.isfinite(xy_m).all():
        raise SourceError(
            f"the institutions of {file} must be in Great Britain; some are not. Give "
            "the file of the district."
        )
    return np.asarray(shapely.set_coordinates(shapes.copy(), xy_m), dtype=object)
