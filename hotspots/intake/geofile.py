"""Features of a GIS file: attributes, geometry and coordinate system, as they stand.

GDAL picks a driver by what it finds in a file, not by its name. The content is
therefore checked against the suffix before GDAL sees the file, what could make it fetch
is taken out, and nothing that it reads short is believed.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from hotspots.core.errors import CrsError, EmptyFileError, SourceError, did_you_mean
from hotspots.intake.apart import parse
from hotspots.intake.geocheck import check_start
from hotspots.intake.inputs import JSON_SUFFIXES, MAX_MEMBER_BYTES, InputFile
from hotspots.intake.joined import check_alone
from hotspots.intake.table import Layout, column_text
from hotspots.intake.tables import TABLE_SUFFIXES, is_table, read_table
from hotspots.intake.wkt import known_headings, shapes_of

GEO_SUFFIXES = (
    ".geojson",
    *JSON_SUFFIXES,
    ".gpkg",
    ".parquet",
    ".geoparquet",
    ".shp",
    ".zip",
    ".kml",
    ".kmz",
    ".fgb",
)
PACKED = (".zip", ".kmz")
_TRIMMINGS = ("altitudeMode", "tessellate", "extrude", "visibility", "drawOrder")
_OFTEN_EMPTY = ("timestamp", "begin", "end", "icon", "snippet", "description", "Name")
_NUMBERED = r"^(.*\.\d+|ID_\d+|kml_\d+)$"
_UTC = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"
_OFFSET = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d$"


@dataclass(frozen=True, kw_only=True)
class Features:
    """What a layer holds.

    ``frame``: n rows; the attributes, in the types of the file; moments as text with
    their zone.
    ``geometry`` (n,), shapely geometries or None: in two dimensions.
    ``crs``: what pyproj understands: ``"EPSG:27700"``, WKT or PROJJSON.
    ``notes``: what the reader chose or noticed.
    """

    frame: pl.DataFrame
    geometry: npt.NDArray[np.object_]
    crs: str
    layer: str
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.geometry)


def read_features(
    item: InputFile, *, layer: str | None = None, shape: str = "Polygon"
) -> Features:
    """Read one layer of a GIS file.

    ``shape``: {"Polygon", "Point", "LineString"}.

    Raises CrsError if the file does not say its coordinate system; EmptyFileError if it
    has no bytes or no features; SourceError if it cannot be read, is not what its name
    says, is damaged or lacks the layer.
    """
    item = _inside(item)
    if holds_wkt(item):
        features = _of_table(item)
    else:
        features = _features(item, layer=layer or item.layer, shape=shape)
    if not len(features):
        raise EmptyFileError(
            f"{item.name} must hold features; it has none. Was it exported whole?"
        )
    return features


def holds_wkt(item: InputFile) -> bool:
    """Say whether the shapes of a file can only stand in a column of a table."""
    if item.suffix == ".parquet":
        check_start(item)
        return not is_geoparquet(item)
    return is_table(item)


def _of_table(item: InputFile) -> Features:
    table = read_table(item, Layout(wanted=known_headings))
    frame, shapes, crs, column = shapes_of(table)
    note = f"{item.name}: the shapes of column '{column}' were read as {crs}."
    return Features(frame=frame, geometry=shapes, crs=crs, layer=column, notes=(note,))


def is_geoparquet(item: InputFile) -> bool:
    """Say whether a Parquet file holds geometry."""
    [(facts, _)] = parse("is_geoparquet", item)
    return bool(facts["found"])


def _inside(item: InputFile) -> InputFile:
    """Return the file itself, or the one geographic file of an archive."""
    if item.suffix not in (*GEO_SUFFIXES, *TABLE_SUFFIXES):
        raise SourceError(
            f"{item.name} must be GeoJSON, GeoPackage, GeoParquet or a Shapefile "
            f"({', '.join(GEO_SUFFIXES)}); its suffix is '{item.suffix}'."
            f"{did_you_mean(item.suffix, GEO_SUFFIXES)}"
        )
    if item.suffix not in PACKED or item.member is not None:
        return item
    check_alone(item)
    try:
        with zipfile.ZipFile(item.path) as archive:
            inside = archive.infolist()
    except (OSError, zipfile.BadZipFile, NotImplementedError) as error:
        raise SourceError(
            f"{item.name} must be a zip archive; it is not ({error})."
        ) from error
    names = [i.filename for i in inside if "__MACOSX" not in i.filename]
    shapes = tuple(suffix for suffix in GEO_SUFFIXES if suffix not in PACKED)
    found = sorted(n for n in names if n.lower().endswith(shapes))
    found = found or sorted(n for n in names if n.lower().endswith(TABLE_SUFFIXES))
    meant = [n for n in found if item.layer and Path(n).stem == item.layer]
    if len(found) > 1 and len(meant) == 1:
        found, item = meant, replace(item, layer=None)
    if len(found) != 1:
        shown = ", ".join(found[:5]) or "none"
        raise SourceError(
            f"{item.name} must hold one Shapefile, GeoJSON, GeoPackage or GeoParquet "
            f"file; it holds {len(found)} ({shown}). Name the one you mean: "
            f"{item.path.name}::{Path(found[0]).stem if found else 'name'}."
        )
    if sum(i.file_size for i in inside) > MAX_MEMBER_BYTES:
        raise SourceError(f"{item.name} must unpack to at most 8 GB; it is larger.")
    return replace(item, member=found[0], name=f"{item.name}/{found[0]}")


def _features(item: InputFile, *, layer: str | None, shape: str) -> Features:
    [(facts, table)] = parse("features", item, layer=layer, shape=shape)
    fields, shapes = table.column_names[:-1], table.columns[-1]
    frame = _attributes(item.name, table.select(fields))
    if not fields:  # a table without columns has no rows
        frame = pl.DataFrame({"feature": range(1, table.num_rows + 1)})
    notes = tuple(facts["notes"])
    if item.suffix == ".gpkg":
        frame, said = _as_written(frame, item.name)
        notes += said
    if item.suffix == ".kml":
        frame = _without_trimmings(frame)
    return Features(
        frame=frame,
        geometry=shapely.from_wkb(shapes.to_pylist()),
        crs=_check_crs(item.name, facts["crs"]),
        layer=facts["layer"],
        notes=notes,
    )


def _as_written(frame: pl.DataFrame, name: str) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Take the times of a GeoPackage as they are written, where it marks all as UTC."""
    marked = []
    for column, kind in frame.schema.items():
        if kind != pl.String:
            continue
        text = frame[column].drop_nulls()
        if text.str.contains(_UTC).any() and not text.str.contains(_OFFSET).any():
            marked.append(column)
    if not marked:
        return frame, ()
    note = (
        f"{name}: a GeoPackage marks all times as UTC, whatever they are; "
        f"{', '.join(marked)} was taken as UK wall clock as written."
    )
    bare = pl.col(marked).str.replace(r"(T\d\d:\d\d:\d\d(?:\.\d+)?)Z$", "${1}")
    return frame.with_columns(bare), (note,)


def _without_trimmings(frame: pl.DataFrame) -> pl.DataFrame:
    """Leave out what every KML has, and nobody wrote: how it is drawn, numbers."""
    drawn = [c for c in frame.columns if c in _TRIMMINGS]
    empty = [c for c in _OFTEN_EMPTY if c in frame.columns and not frame[c].count()]
    numbered = (
        "id" in frame.columns
        and frame["id"].cast(pl.String).str.contains(_NUMBERED).fill_null(True).all()
    )
    gone = [*drawn, *empty, *(["id"] if numbered else [])]
    kept = frame.drop(gone)
    return kept if kept.width else frame


def _check_crs(name: str, crs: str | None) -> str:
    unknown = ("Undefined Cartesian SRS", "Undefined geographic SRS", "Undefined SRS")
    if not crs or any(word in crs for word in unknown):
        raise CrsError(
            f"{name} must say its coordinate system; it does not. Export it again with "
            "one, such as EPSG:27700 (National Grid) or EPSG:4326 (longitude and "
            "latitude); a Shapefile needs its .prj file beside it."
        )
    return str(crs)


def _attributes(file: str, table: Any) -> pl.DataFrame:
    """Turn an Arrow table into a frame; what polars has no type for becomes text."""
    import pyarrow as pa

    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if isinstance(column.type, pa.BaseExtensionType):
            column = column.cast(column.type.storage_type)
        columns[name] = column
    try:
        frame = pl.DataFrame(pl.from_arrow(pa.table(columns)))
    except (pa.ArrowException, pl.exceptions.PolarsError, ValueError) as error:
        raise SourceError(
            f"{file} must have attributes of ordinary kinds (text, numbers, dates); "
            f"{str(error).splitlines()[0]}. Export it again without the others."
        ) from error
    return frame.select(
        pl.col(name) if _is_plain(kind) else column_text(name, kind).alias(name)
        for name, kind in frame.schema.items()
        if isinstance(kind, _AS_TEXT) or _is_plain(kind)
    )


_AS_TEXT = (pl.Categorical, pl.Enum, pl.List, pl.Array, pl.Duration)


def _is_plain(kind: pl.DataType) -> bool:
    return kind.is_numeric() or isinstance(
        kind, pl.String | pl.Boolean | pl.Date | pl.Datetime | pl.Time | pl.Null
    )
