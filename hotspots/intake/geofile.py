"""Features of a GIS file: attributes, geometry and coordinate system, as they stand.

GDAL picks a driver by what it finds in a file, not by its name, and some of its drivers
fetch from the network. The first bytes are therefore checked against the suffix before
GDAL sees the file.
"""

from __future__ import annotations

import io
import json
import warnings
import zipfile
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from hotspots.core.errors import CrsError, EmptyFileError, SourceError, did_you_mean
from hotspots.intake.inputs import MAX_MEMBER_BYTES, InputFile

GEO_SUFFIXES = (
    ".geojson",
    ".json",
    ".gpkg",
    ".parquet",
    ".geoparquet",
    ".shp",
    ".zip",
)

_STARTS = {
    ".gpkg": b"SQLite format 3\x00",
    ".shp": b"\x00\x00\x27\x0a",
    ".parquet": b"PAR1",
    ".geoparquet": b"PAR1",
}
_WORDS = {
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".gpkg": "a GeoPackage",
    ".shp": "a Shapefile",
    ".parquet": "GeoParquet",
    ".geoparquet": "GeoParquet",
}


@dataclass(frozen=True, kw_only=True)
class Features:
    """What a layer holds.

    Parameters
    ----------
    frame : DataFrame, n rows
        The attributes, in the types of the file.
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
    """Read one layer of a GeoJSON, GeoPackage, GeoParquet or Shapefile.

    Parameters
    ----------
    shape : {"Polygon", "Point"}

    Raises
    ------
    CrsError
        If the file does not say its coordinate system.
    EmptyFileError
        If it has no bytes or no features.
    SourceError
        If it cannot be read, is not what its name says or lacks the layer.
    """
    source, suffix = _source(item)
    if suffix in (".parquet", ".geoparquet"):
        features = _read_geoparquet(item, source)
    else:
        features = _read_gdal(item, source, layer=layer, shape=shape)
    if not len(features):
        raise EmptyFileError(
            f"{item.name} must hold features; it has none. Was it exported whole?"
        )
    return features


def _source(item: InputFile) -> tuple[str | bytes, str]:
    """Return what to open (a path or bytes) and the suffix that says the format."""
    if item.suffix not in GEO_SUFFIXES:
        raise SourceError(
            f"{item.name} must be GeoJSON, GeoPackage, GeoParquet or a Shapefile "
            f"({', '.join(GEO_SUFFIXES)}); its suffix is '{item.suffix}'."
            f"{did_you_mean(item.suffix, GEO_SUFFIXES)}"
        )
    if item.suffix == ".zip" and item.member is None:
        return _zipped(item)
    with item.open() as stream:
        _check_start(item.name, item.suffix, stream.read(4096))
    on_disk = item.member is None and not item.path.name.lower().endswith(".gz")
    return (str(item.path) if on_disk else item.read_bytes()), item.suffix


def _zipped(item: InputFile) -> tuple[str | bytes, str]:
    """Find the one geographic file of an archive; it is read inside the archive."""
    try:
        with zipfile.ZipFile(item.path) as archive:
            inside = archive.infolist()
    except (OSError, zipfile.BadZipFile) as error:
        raise SourceError(
            f"{item.name} must be a zip archive; it is not ({error})."
        ) from error
    known = tuple(suffix for suffix in GEO_SUFFIXES if suffix != ".zip")
    found = sorted(i.filename for i in inside if i.filename.lower().endswith(known))
    if len(found) != 1:
        shown = ", ".join(found[:5]) or "none"
        raise SourceError(
            f"{item.name} must hold one Shapefile, GeoJSON, GeoPackage or GeoParquet "
            f"file; it holds {len(found)} ({shown}). Unpack it and name the one you "
            "mean."
        )
    if sum(i.file_size for i in inside) > MAX_MEMBER_BYTES:
        raise SourceError(f"{item.name} must unpack to at most 8 GB; it is larger.")
    member = InputFile(path=item.path, member=found[0], name=f"{item.name}/{found[0]}")
    source, suffix = _source(member)
    if suffix == ".shp":  # its .dbf, .shx and .prj lie beside it in the archive
        return f"/vsizip/{{{item.path.resolve()}}}/{found[0]}", suffix
    return source, suffix


def _check_start(name: str, suffix: str, start: bytes) -> None:
    if not start:
        raise EmptyFileError(
            f"{name} must hold features; it is empty (0 bytes). Was it copied whole?"
        )
    if suffix in _STARTS:
        right = start.startswith(_STARTS[suffix])
    else:
        right = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"
    if not right:
        raise SourceError(
            f"{name} must be {_WORDS[suffix]}, as its name says; its content is not. "
            "Check that it was copied whole and has the right name."
        )


def _read_gdal(
    item: InputFile, source: str | bytes, *, layer: str | None, shape: str
) -> Features:
    import pyogrio
    from pyogrio import raw

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            layers = pyogrio.list_layers(source)
            name, notes = _choose_layer(item, layers, layer=layer, shape=shape)
            # By number: bytes in memory get another name each time they are opened.
            number = [str(row[0]) for row in layers].index(name)
            meta, table = raw.read_arrow(source, layer=number)
        except (
            pyogrio.errors.DataSourceError,
            RuntimeError,
            OSError,
            UnicodeDecodeError,
        ) as error:
            raise SourceError(
                f"{item.name} must be a readable {item.suffix} file; {error}. Check "
                "that it was copied whole."
            ) from error
    said = dict.fromkeys(str(warning.message) for warning in caught)
    notes += tuple(f"{item.name}: {text.rstrip('.')}." for text in list(said)[:3])
    _check_text(item.name, table)
    return _features(item, table, meta, layer=name, notes=notes)


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
    item: InputFile, table: Any, meta: dict[str, Any], *, layer: str, notes: Any
) -> Features:
    fields = [str(field) for field in meta["fields"]]
    shapes = [column for column in table.column_names if column not in fields]
    if not shapes:
        raise SourceError(
            f"{item.name} must hold places; its layer '{layer}' is a table without "
            "geometry. Export it as CSV and read that with a profile."
        )
    frame = _attributes(table.select(fields))
    if not fields:  # a table without columns has no rows
        frame = pl.DataFrame({"feature": range(1, table.num_rows + 1)})
    if item.suffix == ".gpkg":
        frame, said = _as_written(frame, item.name)
        notes += said
    return Features(
        frame=frame,
        geometry=_from_wkb(table.column(shapes[0])),
        crs=_check_crs(item.name, meta["crs"]),
        layer=layer,
        notes=notes,
    )


def _as_written(frame: pl.DataFrame, name: str) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Take the times of a GeoPackage as they are written."""
    zoned = [
        column
        for column, kind in frame.schema.items()
        if isinstance(kind, pl.Datetime) and kind.time_zone
    ]
    if not zoned:
        return frame, ()
    note = (
        f"{name}: a GeoPackage marks all times as UTC, whatever they are; "
        f"{', '.join(zoned)} was taken as UK wall clock as written."
    )
    return frame.with_columns(pl.col(zoned).dt.replace_time_zone(None)), (note,)


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


def _read_geoparquet(item: InputFile, source: str | bytes) -> Features:
    import pyarrow
    import pyarrow.parquet as pq

    opened = io.BytesIO(source) if isinstance(source, bytes) else source
    try:
        table = pq.read_table(opened)
    except (pyarrow.ArrowException, OSError) as error:
        raise SourceError(
            f"{item.name} must be a readable Parquet file; {error}. Check that it was "
            "copied whole."
        ) from error
    _check_text(item.name, table)
    geo = _geo_metadata(item.name, table.schema.metadata)
    column = geo["primary_column"]
    facts = geo["columns"][column]
    rest = table.drop_columns([name for name in table.column_names if name == column])
    return Features(
        frame=_attributes(rest),
        geometry=_from_wkb(table.column(column)),
        crs=_check_crs(item.name, _parquet_crs(facts)),
        layer=column,
    )


def _geo_metadata(name: str, metadata: dict[bytes, bytes] | None) -> dict[str, Any]:
    try:
        geo: dict[str, Any] = json.loads((metadata or {})[b"geo"])
        encoding = geo["columns"][geo["primary_column"]]["encoding"]
    except (KeyError, TypeError, ValueError) as error:
        raise SourceError(
            f"{name} must be GeoParquet, with a valid 'geo' entry in its metadata; it "
            "is plain Parquet. Export it as GeoParquet, or as CSV and read that with a "
            "profile."
        ) from error
    if str(encoding).upper() != "WKB":
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


def _check_crs(name: str, crs: str | None) -> str:
    unknown = ("Undefined Cartesian SRS", "Undefined geographic SRS", "Undefined SRS")
    if not crs or any(word in crs for word in unknown):
        raise CrsError(
            f"{name} must say its coordinate system; it does not. Export it again with "
            "one, such as EPSG:27700 (National Grid) or EPSG:4326 (longitude and "
            "latitude); a Shapefile needs its .prj file beside it."
        )
    return str(crs)


def _attributes(table: Any) -> pl.DataFrame:
    """Turn an Arrow table into a frame; what polars has no type for becomes text."""
    import pyarrow as pa

    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if isinstance(column.type, pa.BaseExtensionType):
            column = column.cast(column.type.storage_type)
        columns[name] = column
    frame = pl.DataFrame(pl.from_arrow(pa.table(columns)))
    return frame.with_columns(
        pl.col(pl.Categorical, pl.Enum).cast(pl.String),
    ).drop([c for c, kind in frame.schema.items() if kind in (pl.Binary, pl.Struct)])


def _from_wkb(column: Any) -> npt.NDArray[np.object_]:
    """Return two-dimensional geometries; None where the bytes are no geometry."""
    values = np.asarray(column.to_numpy(zero_copy_only=False), dtype=object)
    return np.asarray(
        shapely.force_2d(shapely.from_wkb(values, on_invalid="ignore")), dtype=object
    )
