"""GIS files opened by GDAL or Arrow, in the process that parses other people's files.

Only the drivers that are wanted are left in GDAL; nothing of it may fetch, follow a
link to another file or run SQL.
"""

from __future__ import annotations

import io
import json
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np
import shapely

from hotspots.core.errors import EmptyFileError, SourceError, did_you_mean
from hotspots.intake.crossings import check_crossings
from hotspots.intake.geocheck import (
    check_content,
    check_start,
    declared_count,
    n_placemarks,
)
from hotspots.intake.inputs import InputFile

DRIVERS = (
    "GeoJSON",
    "GeoJSONSeq",
    "ESRIJSON",
    "GPKG",
    "ESRI Shapefile",
    "FlatGeobuf",
    "LIBKML",
    "OSM",
    "PMTiles",
)
"""All that GDAL may open with."""

NO_NETWORK = {
    "GDAL_HTTP_PROXY": "http://127.0.0.1:9",
    "GDAL_HTTP_TIMEOUT": "1",
    "GDAL_HTTP_MAX_RETRY": "0",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "GDAL_DISABLE_READDIR_ON_OPEN": "FALSE",
    "OGR_SQLITE_LOAD_EXTENSIONS": "",
    "SQLITE_LIST_ALL_TABLES": "NO",
    "OGR_GEOJSON_MAX_OBJ_SIZE": "150",
}
"""No driver may fetch: a proxy that is not there, and no suffix that it may ask for."""

UNCLOSED = "Non closed ring"
MAX_NESTED, MAX_FIELDS, MAX_CORNERS = 32, 2_000, 150_000
_NESTED = tuple(kind.name for kind in shapely.GeometryType if 0 <= kind.value < 7)
_COLLECTION = re.compile(rb"\x01\x07\x00\x00[\x00\x20]|\x00[\x00\x20]\x00\x00\x07")


Answer = tuple[dict[str, Any], Any]


def features(item: InputFile, *, layer: str | None, shape: str) -> Iterator[Answer]:
    """Give one layer of a GIS file: its attributes and, last, its shapes as flat WKB.

    Raises SourceError if it is not what its name says, is damaged or lacks the layer.
    """
    import pyarrow as pa

    if item.suffix in (".parquet", ".geoparquet"):
        facts, table, shapes = _read_geoparquet(item)
    else:
        facts, table, shapes = _read_gdal(item, layer=layer, shape=shape)
    _check_fields(item.name, table)
    flat = _flat(table.column(shapes))
    _check_corners(item.name, flat)
    check_crossings(item.name, flat)
    wkb = pa.array(shapely.to_wkb(flat), type=pa.large_binary())
    yield facts, table.drop_columns([shapes]).append_column(shapes, wkb)


def is_geoparquet(item: InputFile) -> Iterator[Answer]:
    """Say whether a Parquet file holds geometry."""
    import pyarrow
    import pyarrow.parquet as pq

    try:
        found = b"geo" in (pq.read_schema(_opened(item)).metadata or {})
    except (pyarrow.ArrowException, OSError):
        found = False
    yield {"found": found}, None


def layers(item: InputFile) -> Iterator[Answer]:
    """Give the name and the fields of each layer, and what the file says of itself."""
    checked = check_content(item)
    with _reported(item):
        for name, _ in _gdal().list_layers(checked.source):
            told = _gdal().read_info(checked.source, layer=str(name))
            about = told["dataset_metadata"] or {}
            fields = [str(field) for field in told["fields"]]
            yield {"name": str(name), "fields": fields, "about": about}, None


def ground(
    item: InputFile, *, layer: str | None, columns: list[str]
) -> Iterator[Answer]:
    """Give some columns of a layer, whatever it holds, and its shapes as WKB."""
    import pyarrow as pa

    checked = check_content(item)
    with _reported(item), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # rings left open
        meta, table = _gdal().raw.read_arrow(
            checked.source, layer=layer, columns=columns
        )
    name = meta["geometry_name"] or "wkb_geometry"
    flat = _flat(table.column(name))
    _check_corners(item.name, flat)
    check_crossings(item.name, flat)
    wkb = pa.array(shapely.to_wkb(flat), type=pa.large_binary())
    table = table.drop_columns([name]).append_column("shape", wkb)
    yield {"crs": checked.crs or meta["crs"]}, table


def _opened(item: InputFile) -> Any:
    return io.BytesIO(item.read_bytes()) if item.is_packed else str(item.path)


# -- GDAL ----------------------------------------------------------------------------


@cache
def _gdal() -> Any:
    """Return the library with the wanted drivers only, and without a network."""
    import pyogrio
    from pyogrio import _ogr

    others = [name for name in pyogrio.list_drivers() if name not in DRIVERS]
    skip = {"GDAL_SKIP": ",".join(others)}
    pyogrio.set_gdal_config_options(NO_NETWORK | skip)
    _ogr._register_drivers()
    if strange := set(pyogrio.list_drivers()) - set(DRIVERS):
        raise RuntimeError(f"GDAL must open with {DRIVERS} only; it has {strange}")
    return pyogrio


def _read_gdal(
    item: InputFile, *, layer: str | None, shape: str
) -> tuple[dict[str, Any], Any, str]:
    checked = check_content(item)
    gdal = _gdal()
    with warnings.catch_warnings(record=True) as caught, _reported(item):
        warnings.simplefilter("always")
        there = gdal.list_layers(checked.source)
        name, notes = _choose_layer(item, there, layer=layer, shape=shape)
        # By number: bytes in memory get another name each time they are opened.
        number = [str(row[0]) for row in there].index(name)
        meta, table = gdal.raw.read_arrow(
            checked.source, layer=number, datetime_as_string=True
        )
        declared = declared_count(item, name)
        if declared is None:
            info = gdal.read_info(checked.source, layer=number)
            declared = int(info["features"])
        if item.suffix == ".kml":
            _check_kml(item, [str(row[0]) for row in there], checked.source)
    if declared >= 0 and declared != table.num_rows:
        raise SourceError(
            f"{item.name} must be whole: it says that it holds {declared:,} features "
            f"and {table.num_rows:,} can be read. Copy or export it again."
        )
    fields = [str(field) for field in meta["fields"]]
    shapes = [column for column in table.column_names if column not in fields]
    if not shapes:
        raise SourceError(
            f"{item.name} must hold places; its layer '{name}' is a table without "
            "geometry. Export it as CSV and read that with a profile."
        )
    if sorted(fields) != sorted(set(table.column_names) - set(shapes)):
        raise SourceError(
            f"{item.name} must name each of its fields once and in readable letters; "
            f"they are: {', '.join(fields)}. Copy or export it again."
        )
    notes = (*checked.notes, *notes, *_said(item.name, caught))
    facts = {"layer": name, "crs": checked.crs or meta["crs"], "notes": notes}
    return facts, table.select([*fields, shapes[0]]), shapes[0]


def _check_kml(item: InputFile, names: list[str], source: Any) -> None:
    """Refuse places that stand where GDAL does not look, behind the first document."""
    told = (_gdal().read_info(source, layer=k)["features"] for k in range(len(names)))
    if (found := sum(map(int, told))) < (stated := n_placemarks(item)):
        raise SourceError(
            f"{item.name} must hold one document; {stated:,} places stand in it and "
            f"{found:,} can be read. Give each document by itself."
        )


@contextmanager
def _reported(item: InputFile) -> Iterator[None]:
    """Say in a sentence what GDAL says of a file."""
    gdal = _gdal()
    try:
        yield
    except (
        gdal.errors.DataSourceError,
        gdal.errors.DataLayerError,
        gdal.errors.FeatureError,
        gdal.errors.FieldError,
        RuntimeError,
        OSError,
        UnicodeError,
    ) as error:
        if "too complex/large" in str(error):
            raise _too_many_corners(item.name, "one has more") from error
        said = str(error).partition("; It might help")[0].rstrip(".")
        said = said.replace(str(item.path.resolve()), item.name)
        raise SourceError(
            f"{item.name} must be a readable {item.suffix} file; {said}. Check that "
            "it was copied whole."
        ) from error


def _said(name: str, caught: list[warnings.WarningMessage]) -> tuple[str, ...]:
    """Return what GDAL noticed, in words."""
    texts = list(dict.fromkeys(str(warning.message) for warning in caught))
    told = []
    if any(text.startswith(UNCLOSED) for text in texts):
        told.append(f"{name}: a ring of a polygon was not closed; it was closed.")
    dull = (UNCLOSED, "Non-conformant content for record")
    rest = [text for text in texts if not text.startswith(dull)]
    return (*told, *(f"{name}: {text.rstrip('.')}." for text in rest[:3]))


def _check_fields(name: str, table: Any) -> None:
    """Refuse text that is not UTF-8, which would crash what reads it next."""
    import pyarrow

    if table.num_columns > MAX_FIELDS:
        raise SourceError(
            f"{name} must have at most {MAX_FIELDS:,} fields; it has "
            f"{table.num_columns - 1:,}. Export it again with those that are needed."
        )
    try:
        table.validate(full=True)
    except (pyarrow.ArrowException, UnicodeDecodeError) as error:
        raise SourceError(
            f"{name} must hold text in UTF-8; {str(error).splitlines()[0]}. Export it "
            "again with that encoding."
        ) from error


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


def _read_geoparquet(item: InputFile) -> tuple[dict[str, Any], Any, str]:
    import pyarrow
    import pyarrow.parquet as pq

    check_start(item)
    try:
        table = pq.read_table(_opened(item))
    except (pyarrow.ArrowException, OSError) as error:
        raise SourceError(
            f"{item.name} must be a readable Parquet file; {error}. Check that it was "
            "copied whole."
        ) from error
    geo = _geo_metadata(item.name, table)
    column = geo["primary_column"]
    facts = geo["columns"][column]
    crs = _parquet_crs(facts)
    if (kind := str(facts["encoding"]).upper()) != "WKB":
        shapes = _of_coordinates(item.name, table.column(column), kind)
        at = table.column_names.index(column)
        table = table.set_column(at, column, pyarrow.array(shapely.to_wkb(shapes)))
    return {"layer": column, "crs": crs, "notes": ()}, table, column


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
    is_wkb = str(encoding).upper() == "WKB"
    if is_wkb != binary or not (is_wkb or str(encoding).upper() in _NESTED):
        raise _not_as_said(name, encoding)
    return geo


def _not_as_said(name: str, encoding: object) -> SourceError:
    return SourceError(
        f"{name} must hold its geometry as WKB or as coordinates of one kind; it is "
        f"'{str(encoding)[:40]}'. Export it with geometry encoding WKB, the default of "
        "GDAL and GeoPandas."
    )


def _of_coordinates(name: str, column: Any, kind: str) -> Any:
    """Return the shapes of a column of coordinates in lists, as GeoArrow lays them."""
    import pyarrow as pa

    array = pa.concat_arrays(column.chunks) if column.num_chunks else column.type
    offsets: list[Any] = []
    try:
        if isinstance(array.type, pa.BaseExtensionType):
            array = array.storage
        while pa.types.is_list(array.type) or pa.types.is_large_list(array.type):
            offsets.insert(0, array.offsets.to_numpy())
            array = array.values
        if pa.types.is_struct(array.type):
            sides = [array.field(side).to_numpy(False) for side in ("x", "y")]
            corners = np.column_stack(sides)
        else:
            size = array.type.list_size
            corners = array.values.to_numpy(False).reshape(-1, size)[:, :2]
        corners = np.ascontiguousarray(corners, dtype=float)
        shapes = shapely.GeometryType[kind]
        return shapely.from_ragged_array(shapes, corners, tuple(offsets) or None)
    except (AttributeError, KeyError, ValueError, TypeError, IndexError) as error:
        raise _not_as_said(name, kind) from error


def _parquet_crs(facts: dict[str, Any]) -> str | None:
    """GeoParquet: no entry means longitude and latitude, null means unknown."""
    if "crs" not in facts:
        return "OGC:CRS84"
    return None if facts["crs"] is None else json.dumps(facts["crs"])


# -- shapes --------------------------------------------------------------------------


def _flat(column: Any) -> Any:
    """Return shapes in two dimensions; None where the bytes are no shape."""
    values = np.asarray(column.to_numpy(zero_copy_only=False), dtype=object)
    for row, data in enumerate(values):
        if data is not None and len(_COLLECTION.findall(data[:65_536])) > MAX_NESTED:
            values[row] = None
    return shapely.force_2d(shapely.from_wkb(values, on_invalid="fix"))


def _too_many_corners(name: str, found: str) -> SourceError:
    return SourceError(
        f"each shape of {name} must have at most {MAX_CORNERS:,} corners; {found}. "
        "Take generalised boundaries (ONS has them as BGC), or simplify it to a metre."
    )


def _check_corners(name: str, shapes: Any) -> None:
    """Refuse outlines with a corner that is nowhere; such a point is no point."""
    numbers = shapely.get_num_coordinates(shapes)
    if len(numbers) and (most := numbers.max()) > MAX_CORNERS:
        raise _too_many_corners(name, f"number {numbers.argmax() + 1:,} has {most:,}")
    corners, row = shapely.get_coordinates(shapes, return_index=True)
    nowhere = np.unique(row[~np.isfinite(corners).all(axis=1)])
    drawn = nowhere[shapely.get_dimensions(shapes[nowhere]) > 0]
    if len(drawn):
        raise SourceError(
            f"{name} must give every corner as numbers; {len(drawn):,} of its "
            f"{len(shapes):,} shapes have one that is NaN or infinite, the first is "
            f"number {drawn[0] + 1:,}. Mend it, or export it again."
        )
    shapes[nowhere] = None
