"""GIS files looked at before GDAL opens them: what they are, whole, and harmless."""

from __future__ import annotations

import json
import re
import sqlite3
import struct
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from hotspots.core.errors import EmptyFileError, SourceError
from hotspots.intake.inputs import LINES_SUFFIXES, InputFile
from hotspots.intake.joined import is_blank

_STARTS = {
    ".gpkg": (b"SQLite format 3\x00",),
    ".shp": (b"\x00\x00\x27\x0a",),
    ".fgb": (b"fgb",),
    ".kml": (b"<",),
    ".pbf": (b"\x00\x00\x00",),
    ".pmtiles": (b"PMTiles",),
    ".parquet": (b"PAR1",),
    ".geoparquet": (b"PAR1",),
}
_WORDS = {
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".gpkg": "a GeoPackage",
    ".shp": "a Shapefile",
    ".kml": "KML",
    ".fgb": "a FlatGeobuf",
    ".pbf": "an OpenStreetMap extract",
    ".pmtiles": "PMTiles",
    ".parquet": "GeoParquet",
    ".geoparquet": "GeoParquet",
    **dict.fromkeys(LINES_SUFFIXES, "GeoJSON, a feature a line"),
}
_PLACEMARK = re.compile(rb"<(?:\w+:)?Placemark[\s/>]")
_NOT_READ = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>", re.DOTALL)
_MAY_NAME_CRS = re.compile(rb'"crs"|\\u00')
_TEXT = re.compile(rb'"[^"]*"')
_NO_MARKS = bytes(set(range(256)) - set(b'{}[],:F"'))
_NUMBER = re.compile(r"EPSG:(?:[\d.]*:)?(\d{4,6})$", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What GDAL may open: a path or bytes, and the system that the file states."""

    source: str | bytes
    crs: str | None = None
    notes: tuple[str, ...] = ()


def check_content(item: InputFile) -> Checked:
    """Say what to open of a file whose content is what its name says.

    Raises EmptyFileError if there is nothing in it; SourceError if it is something
    else, or damaged.
    """
    start = check_start(item)
    if item.suffix in (".geojson", ".json", *LINES_SUFFIXES):
        return _check_json(item, start)
    if item.suffix == ".gpkg":
        with _database(item):
            pass
    if item.suffix == ".shp":
        _check_shapefile(item)
        if item.member is not None:  # its .dbf, .shx and .prj lie in the archive
            return Checked(source=f"/vsizip/{{{item.path.resolve()}}}/{item.member}")
    source = item.read_bytes() if item.is_packed else str(item.path)
    return Checked(
        source=source, notes=_links_of(item) if item.suffix == ".kml" else ()
    )


def _links_of(item: InputFile) -> tuple[str, ...]:
    """Name what a KML file only links to: it is never fetched."""
    n = len(re.findall(rb"<(?:\w+:)?NetworkLink[\s>]", item.read_bytes()))
    if not n:
        return ()
    return (
        f"{item.name}: {n:,} links to other files were not followed; save what they "
        "show in the file itself.",
    )


def n_placemarks(item: InputFile) -> int:
    """Count the places of a KML file, wherever they stand."""
    return len(_PLACEMARK.findall(_NOT_READ.sub(b"", item.read_bytes())))


def declared_count(item: InputFile, layer: str) -> int | None:
    """Return how many features a file holds; None where GDAL is to be asked.

    Raises SourceError if it is damaged.
    """
    if item.suffix in (".geojson", ".json"):
        return features_in(item.read_bytes())
    if item.suffix != ".gpkg":
        return None
    with _database(item) as database:
        quoted = '"' + layer.replace('"', '""') + '"'
        try:
            found = database.execute(f"SELECT count(*) FROM {quoted}").fetchone()  # nosec B608
        except sqlite3.Error as error:
            raise _damaged(item, error) from error
    return int(found[0])


def check_start(item: InputFile) -> bytes:
    """Return the first bytes of a file, which must be what its name says.

    Raises EmptyFileError if there is nothing in it; SourceError if it is something
    else.
    """
    with item.open() as stream:
        start = stream.read(4096)
    if not start:
        raise EmptyFileError(
            f"{item.name} must hold features; it is empty (0 bytes). Was it copied "
            "whole?"
        )
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip(b"\x1e \t\r\n")
    right = text[:1] == b"{"
    if item.suffix in _STARTS:
        right = text.startswith(_STARTS[item.suffix]) or start.startswith(
            _STARTS[item.suffix]
        )
    if item.suffix == ".pbf":
        right = right and b"OSMHeader" in start[:64]
    if item.suffix == ".kml":
        right = right and re.search(rb"<([a-z]+:)?kml[\s>]", text) is not None
        right = right and b"<!DOCTYPE" not in text.upper()
    if not right:
        raise SourceError(
            f"{item.name} must be {_WORDS[item.suffix]}, as its name says; its content "
            "is not. Check that it was copied whole and has the right name."
        )
    return start


# -- JSON ----------------------------------------------------------------------------


def _check_json(item: InputFile, start: bytes) -> Checked:
    if re.search(rb'"type"\s*:\s*"Topology"', start):
        raise SourceError(
            f"{item.name} must be GeoJSON; it is TopoJSON, whose corners are shared "
            "between areas. Convert it to GeoJSON (in a GIS, or mapshaper) first."
        )
    data = item.read_bytes().removeprefix(b"\xef\xbb\xbf")
    if re.match(rb'[\s\x1e]*\{\s*"type"\s*:\s*"Feature"\s*,', start):
        _check_lines(item, data)
    path = data if item.is_packed else str(item.path)
    if not _MAY_NAME_CRS.search(data):
        return Checked(source=path)
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        return Checked(source=path)  # lines of GeoJSON; or GDAL says it better
    stated = told.pop("crs", None) if isinstance(told, dict) else None
    if stated is None:
        return Checked(source=path)
    return Checked(source=json.dumps(told).encode(), crs=_stated_crs(item.name, stated))


def features_in(data: bytes) -> int | None:
    """Count what stands in the list of features; None where it holds no such list.

    What is no feature counts too: GDAL leaves it out without a word.

    Examples
    --------
    >>> features_in(b'{"bbox":[0, 1], "features":[{"a":[1, "},{"]}, null, 5]}')
    3
    """
    for quoted in (b"\\\\", b'\\"'):
        data = data.replace(quoted, b"")
    bare = data.replace(b'"features"', b"F").translate(None, _NO_MARKS)
    marks = np.frombuffer(_TEXT.sub(b"", bare.replace(b'""', b"")), np.uint8)
    opened = (marks == ord("{")) | (marks == ord("["))
    closed = (marks == ord("}")) | (marks == ord("]"))
    depth = np.cumsum(opened.astype(np.int32) - closed)
    [begun] = np.nonzero((marks[:-2] == ord("F")) & (depth[:-2] == 1))
    if not len(begun) or bytes(marks[begun[-1] + 1 : begun[-1] + 3]) != b":[":
        return None
    first = begun[-1] + 2
    inside = np.argmax(depth[first:] < 2)
    within = slice(first, first + inside)
    between = (marks[within] == ord(",")) & (depth[within] == 2)
    return int(between.sum()) + int(inside > 1)


def _check_lines(item: InputFile, data: bytes) -> None:
    """Refuse lines of GeoJSON of which one is none: GDAL would leave it out."""
    lines = data.split(b"\n")
    try:
        one_line = isinstance(json.loads(lines[0]), dict)
    except (ValueError, RecursionError):
        one_line = False
    if len(lines) < 2 or not one_line:
        return
    for number, line in enumerate(lines, start=1):
        bare = line.strip(b"\x1e\r\t ")
        try:
            whole = not bare or isinstance(json.loads(bare), dict)
        except (ValueError, RecursionError):
            whole = False
        if not whole:
            raise SourceError(
                f"every line of {item.name} must be one GeoJSON feature; line "
                f"{number:,} is not. Correct it or export the file again."
            )


def _stated_crs(name: str, stated: Any) -> str | None:
    """Return the system of an old ``crs`` member, which must be a name, not a link."""
    properties = stated.get("properties") if isinstance(stated, dict) else None
    called = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(called, str) or stated.get("type") != "name":
        raise SourceError(
            f"{name} must name its coordinate system, such as EPSG:27700; it gives a "
            "link, and no address is ever fetched. Export it again as GeoJSON."
        )
    if "CRS84" in called.upper():
        return "OGC:CRS84"
    number = _NUMBER.search(called)
    if not number:
        raise SourceError(
            f"{name} must name its coordinate system, such as EPSG:27700; it says "
            f"'{called[:60]}'. Export it again as GeoJSON."
        )
    return f"EPSG:{number[1]}"


# -- GeoPackage ----------------------------------------------------------------------


class _database:  # noqa: N801
    """A GeoPackage opened to be looked at only, and found whole."""

    def __init__(self, item: InputFile) -> None:
        self.item = item

    def __enter__(self) -> sqlite3.Connection:
        item = self.item
        try:
            if item.is_packed:
                self.database = sqlite3.connect(":memory:")
                self.database.deserialize(item.read_bytes())
            else:
                address = f"{item.path.resolve().as_uri()}?mode=ro"
                self.database = sqlite3.connect(address, uri=True)
            found = self.database.execute("PRAGMA quick_check(1)").fetchone()
            layers = self.database.execute(
                "SELECT m.name FROM sqlite_master m JOIN gpkg_contents c "
                "ON c.table_name = m.name WHERE m.type = 'view'"
            ).fetchall()
        except (sqlite3.Error, OSError, OverflowError) as error:
            raise _damaged(item, error) from error
        if found is None or found[0] != "ok":
            raise _damaged(item, found[0] if found else "it cannot be checked")
        if layers:
            raise SourceError(
                f"{item.name} must hold its features in tables; its layer "
                f"'{layers[0][0]}' is a view, which can be of any size. Export the "
                "layer to a GeoPackage of its own."
            )
        return self.database

    def __exit__(self, *_: object) -> None:
        self.database.close()


def _damaged(item: InputFile, found: object) -> SourceError:
    return SourceError(
        f"{item.name} must be a whole GeoPackage; it is damaged "
        f"({str(found).splitlines()[-1][:120]}). Copy or export it again."
    )


# -- Shapefile -----------------------------------------------------------------------


def _check_shapefile(item: InputFile) -> None:
    """Compare the parts of a Shapefile with each other: none may be cut short."""
    dbf, shx = _beside(item, ".dbf"), _beside(item, ".shx")
    shp = _beside(item, ".shp")
    if shp is None or len(shp) < 100 or dbf is None or shx is None:
        raise SourceError(
            f"{item.name} must have its .dbf and .shx files beside it; one is missing. "
            "Copy all files of that name."
        )
    said = 2 * struct.unpack(">i", shp[24:28])[0]
    n_shapes = (len(shx) - 100) // 8
    n_rows, head, size = (0, 0, 0)
    if len(dbf) >= 12:
        n_rows, head, size = struct.unpack("<IHH", dbf[4:12])
    end = head + n_rows * size
    if (
        not is_blank(shp, said)
        or len(dbf) < max(end, 32)
        or dbf[end:].strip(b"\x1a\0\r\n ")
        or n_rows != n_shapes
    ):
        raise SourceError(
            f"{item.name} must be whole: its parts do not fit each other ({n_shapes:,} "
            f"shapes, {n_rows:,} rows of attributes stated). Copy all its files again."
        )


def _beside(item: InputFile, suffix: str) -> bytes | None:
    """Return a part of a Shapefile, in capitals or not."""
    if item.member is None:
        stem = item.path.with_suffix("")
        for path in (stem.with_suffix(suffix), stem.with_suffix(suffix.upper())):
            if path.is_file():
                return path.read_bytes()
        return None
    wanted = Path(item.member).with_suffix(suffix).as_posix().lower()
    with zipfile.ZipFile(item.path) as archive:
        found = next((n for n in archive.namelist() if n.lower() == wanted), None)
    return None if found is None else replace(item, member=found).read_bytes()
