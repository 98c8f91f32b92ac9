"""Features of a GIS file: attributes, geometry and coordinate system, as they stand.

GDAL picks a driver by what it finds in a file, not by its name, and some of its drivers
fetch from the network. The content is therefore checked against the suffix before GDAL
sees the file, what could make it fetch is taken out, and nothing that it reads short is
believed.
"""

from __future__ import annotations

import io
import json
import re
import warnings
import zipfile
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from hotspots.core.errors import CrsError, EmptyFileError, SourceError, did_you_mean
from hotspots.intake.geocheck import check_content, check_start, declared_count
from hotspots.intake.inputs import MAX_MEMBER_BYTES, InputFile

GEO_SUFFIXES = (
    ".geojson",
    ".json",
    ".gpkg",
    ".parquet",
    ".geoparquet",
    ".shp",
    ".zip",
    ".kml",
    ".fgb",
)
NO_NETWORK = {
    "GDAL_HTTP_PROXY": "http://127.0.0.1:9",
    "GDAL_HTTP_TIMEOUT": "1",
    "GDAL_HTTP_MAX_RETRY": "0",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "GDAL_DISABLE_READDIR_ON_OPEN": "FALSE",
    "OGR_SQLITE_LOAD_EXTENSIONS": "",
    "SQLITE_LIST_ALL_TABLES": "NO",
}
"""No driver may fetch: a proxy that is not there, and no suffix that it may ask for."""

UNCLOSED = "Non closed ring"
MAX_NESTED = 32
_COLLECTION = re.compile(rb"\x01\x07\x00\x00[\x00\x20]|\x00[\x00\x20]\x00\x00\x07")
_UTC = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"
_OFFSET = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d$"


@dataclass(frozen=True, kw_only=True)
class Features:
    """What a layer holds.

    Parameters
    ----------
    frame : DataFrame, n rows
        The attributes, in the types of the file; moments as text with their zone.
    geometry : ndarray of shape (n,), shapely geometries or None
        In two dimensions.
    crs : str
        What pyproj understands: ``"EPSG:27700"``, WKT or PROJJSON.
    notes : tuple of str
        What the reader chose or noticed.
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

    Parameters
    ----------
    shape : {"Polygon", "Point", "LineString"}

    Raises
    ------
    CrsError
        If the file does not say its coordinate system.
    EmptyFileError
        If it has no bytes or no features.
    SourceError
        If it cannot be read, is not what its name says, is damaged or lacks the layer.
    """
    item = _inside(item)
    if item.suffix in (".parquet", ".geoparquet"):
        features = _read_geoparquet(item)
    else:
        features = _read_gdal(item, layer=layer or item.layer, shape=shape)
    if not len(features):
        raise EmptyFileError(
            f"{item.name} must hold features; it has none. Was it exported whole?"
        )
    return features


def is_geoparquet(item: InputFile) -> bool:
    """Say whether a Parquet file holds geometry."""
    import pyarrow
    import pyarrow.parquet as pq

    source = io.BytesIO(item.read_bytes()) if item.is_packed else str(item.path)
    try:
        return b"geo" in (pq.read_schema(source).metadata or {})
    except (pyarrow.ArrowException, OSError):
        return False


def _inside(item: InputFile) -> InputFile:
    """Return the file itself, or the one geographic file of an archive."""
    if item.suffix not in GEO_SUFFIXES:
        raise SourceError(
            f"{item.name} must be GeoJSON, GeoPackage, GeoParquet or a Shapefile "
            f"({', '.join(GEO_SUFFIXES)}); its suffix is '{item.suffix}'."
            f"{did_you_mean(item.suffix, GEO_SUFFIXES)}"
        )
    if item.suffix != ".zip" or item.member is not None:
        return item
    try:
        with zipfile.ZipFile(item.path) as archive:
            inside = archive.infolist()
    except (OSError, zipfile.BadZipFile, NotImplementedError) as error:
        raise SourceError(
            f"{item.name} must be a zip archive; it is not ({error})."
        ) from error
    known = tuple(suffix for suffix in GEO_SUFFIXES if suffix != ".zip")
    found = sorted(
        i.filename
        for i in inside
        if i.filename.lower().endswith(known) and "__MACOSX" not in i.filename
    )
    if len(found) != 1:
        shown = ", ".join(found[:5]) or "none"
        raise SourceError(
            f"{item.name} must hold one Shapefile, GeoJSON, GeoPackage or GeoParquet "
            f"file; it holds {len(found)} ({shown}). Unpack it and name the one you "
            "mean."
        )
    if sum(i.file_size for i in inside) > MAX_MEMBER_BYTES:
        raise SourceError(f"{item.name} must unpack to at most 8 GB; it is larger.")
    return replace(item, member=found[0], name=f"{item.name}/{found[0]}")


# -- GDAL ----------------------------------------------------------------------------


def _read_gdal(item: InputFile, *, layer: str | None, shape: str) -> Features:
    import pyogrio
    from pyogrio import raw

    checked = check_content(item)
    pyogrio.set_gdal_config_options(NO_NETWORK)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            layers = pyogrio.list_layers(checked.source)
            name, notes = _choose_layer(item, layers, layer=layer, shape=shape)
            # By number: bytes in memory get another name each time they are opened.
            number = [str(row[0]) for row in layers].index(name)
            meta, table = raw.read_arrow(
                checked.source, layer=number, datetime_as_string=True
            )
            declared = declared_count(item, name)
            if declared is None:
                info = pyogrio.read_info(checked.source, layer=number)
                declared = int(info["features"])
        except (
            pyogrio.errors.DataSourceError,
            pyogrio.errors.FeatureError,
            pyogrio.errors.FieldError,
            RuntimeError,
            OSError,
            UnicodeDecodeError,
        ) as error:
            raise SourceError(
                f"{item.name} must be a readable {item.suffix} file; {error}. Check "
                "that it was copied whole."
            ) from error
    if declared >= 0 and declared != table.num_rows:
        raise SourceError(
            f"{item.name} must be whole: it says that it holds {declared:,} features "
            f"and {table.num_rows:,} can be read. Copy or export it again."
        )
    _check_text(item.name, table)
    notes = (*checked.notes, *notes, *_said(item.name, caught))
    return _features(item, table, meta, crs=checked.crs, layer=name, notes=notes)


def _said(name: str, caught: list[warnings.WarningMessage]) -> tuple[str, ...]:
    """Return what GDAL noticed, in words."""
    texts = list(dict.fromkeys(str(warning.message) for warning in caught))
    told = []
    if any(text.startswith(UNCLOSED) for text in texts):
        told.append(f"{name}: a ring of a polygon was not closed; it was closed.")
    dull = (UNCLOSED, "Non-conformant content for record")
    rest = [text for text in texts if not text.startswith(dull)]
    return (*told, *(f"{name}: {text.rstrip('.')}." for text in rest[:3]))


def _check_text(name: str, table: Any) -> None:
    """Refuse text that is not UTF-8: what reads it next trusts it and would crash."""
    import pyarrow

    try:
        table.validate(full=True)
    except (pyarrow.ArrowException, UnicodeDecodeError) as error:
        raise SourceError(
            f"{name} must hold text in UTF-8; {str(error).splitlines()[0]}. Export it "
            "again with that encoding."
        ) from error


def _features(
    item: InputFile,
    table: Any,
    meta: dict[str, Any],
    *,
    crs: str | None,
    layer: str,
    notes: tuple[str, ...],
) -> Features:
    fields = [str(field) for field in meta["fields"]]
    shapes = [column for column in table.column_names if column not in fields]
    if not shapes:
        raise SourceError(
            f"{item.name} must hold places; its layer '{layer}' is a table without "
            "geometry. Export it as CSV and read that with a profile."
        )
    frame = _attributes(item.name, table.select(fields))
    if not fields:  # a table without columns has no rows
        frame = pl.DataFrame({"feature": range(1, table.num_rows + 1)})
    if item.suffix == ".gpkg":
        frame, said = _as_written(frame, item.name)
        notes += said
    return Features(
        frame=frame,
        geometry=_from_wkb(table.column(shapes[0])),
        crs=_check_crs(item.name, crs or meta["crs"]),
        layer=layer,
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


def _choose_layer(
    item: InputFile, layers: Any, *, layer: str | None, shape: str
) -> tuple[str, tuple[str, ...]]:
    """Return the layer to read and, where there was a choice, a note."""
    names = [str(name) for name, _ in layers]
    if layer is not None:
        if layer not in names:
            raise SourceError(
                f"layer '{layer}' is not in {item.name}. Layers: {', '.join(names)}."
                f"{did_you_mean(layer, names)}"
            )
        return layer, ()
    if not names:
        raise EmptyFileError(f"{item.name} must hold features; it has no layer.")
    geographic = [str(name) for name, kind in layers if kind is not None]
    fitting = [str(name) for name, kind in layers if kind and shape in str(kind)]
    chosen = (fitting or geographic or names)[0]
    if len(geographic) < 2:
        return chosen, ()
    others = ", ".join(name for name in geographic if name != chosen)
    return chosen, (f"{item.name}: read layer '{chosen}', not {others}.",)


# -- GeoParquet ----------------------------------------------------------------------


def _read_geoparquet(item: InputFile) -> Features:
    import pyarrow
    import pyarrow.parquet as pq

    check_start(item)
    opened = io.BytesIO(item.read_bytes()) if item.is_packed else str(item.path)
    try:
        table = pq.read_table(opened)
    except (pyarrow.ArrowException, OSError) as error:
        raise SourceError(
            f"{item.name} must be a readable Parquet file; {error}. Check that it was "
            "copied whole."
        ) from error
    _check_text(item.name, table)
    geo = _geo_metadata(item.name, table)
    column = geo["primary_column"]
    rest = table.drop_columns([name for name in table.column_names if name == column])
    return Features(
        frame=_attributes(item.name, rest),
        geometry=_from_wkb(table.column(column)),
        crs=_check_crs(item.name, _parquet_crs(geo["columns"][column])),
        layer=column,
    )


def _geo_metadata(name: str, table: Any) -> dict[str, Any]:
    import pyarrow as pa

    try:
        geo: dict[str, Any] = json.loads((table.schema.metadata or {})[b"geo"])
        encoding = geo["columns"][geo["primary_column"]]["encoding"]
        kind = table.schema.field(geo["primary_column"]).type
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise SourceError(
            f"{name} must be GeoParquet, with a valid 'geo' entry in its metadata and "
            "the column that it names; it is plain Parquet. Export it as GeoParquet, "
            "or as CSV and read that with a profile."
        ) from error
    if isinstance(kind, pa.BaseExtensionType):
        kind = kind.storage_type
    binary = pa.types.is_binary(kind) or pa.types.is_large_binary(kind)
    if str(encoding).upper() != "WKB" or not binary:
        raise SourceError(
            f"{name} must hold its geometry as WKB; it is '{encoding}'. Export it with "
            "geometry encoding WKB, the default of GDAL and GeoPandas."
        )
    return geo


def _parquet_crs(facts: dict[str, Any]) -> str | None:
    """GeoParquet: no entry means longitude and latitude, null means unknown."""
    if "crs" not in facts:
        return "OGC:CRS84"
    return None if facts["crs"] is None else json.dumps(facts["crs"])


# -- both ----------------------------------------------------------------------------


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
    return frame.with_columns(
        pl.col(pl.Categorical, pl.Enum).cast(pl.String),
    ).drop([c for c, kind in frame.schema.items() if kind in (pl.Binary, pl.Struct)])


def _from_wkb(column: Any) -> npt.NDArray[np.object_]:
    """Return two-dimensional geometries; None where the bytes are no geometry."""
    values = np.asarray(column.to_numpy(zero_copy_only=False), dtype=object)
    for row, data in enumerate(values):
        if data is not None and len(_COLLECTION.findall(data[:65_536])) > MAX_NESTED:
            values[row] = None
    shapes = shapely.from_wkb(values, on_invalid="fix")
    return np.asarray(shapely.force_2d(shapes), dtype=object)
