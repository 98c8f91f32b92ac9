"""OpenStreetMap extracts, in the process that parses other people's files."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from hotspots.core.errors import SourceError
from hotspots.intake.inputs import InputFile
from hotspots.intake.walkable import is_walkable

MAX_BYTES = 1 << 30
HEADER = b"OSMHeader"
Answer = tuple[dict[str, Any], Any]


@dataclass
class _Found:
    """What was gathered from the walkable ways of a file."""

    node: array[int] = field(default_factory=lambda: array("q"))
    lon: array[float] = field(default_factory=lambda: array("d"))
    lat: array[float] = field(default_factory=lambda: array("d"))
    n_vertices: array[int] = field(default_factory=lambda: array("q"))
    names: list[str] = field(default_factory=list)
    street_id: list[str] = field(default_factory=list)
    n_cut: int = 0

    def add(self, run: list[tuple[int, float, float]], way: int, name: str) -> None:
        """Add nodes that follow each other along a way."""
        if len(run) < 2:
            return
        for node, lon, lat in run:
            self.node.append(node)
            self.lon.append(lon)
            self.lat.append(lat)
        self.n_vertices.append(len(run))
        self.names.append(name)
        self.street_id.append(str(way))


def ways(item: InputFile) -> Iterator[Answer]:
    """Give the nodes of the walkable ways, run by run, and then the runs.

    Raises SourceError if it is no OpenStreetMap extract, too large or damaged.
    """
    import osmium
    import pyarrow as pa

    found = _Found()
    with _readable(item):
        objects = (
            osmium.FileProcessor(str(item.path), osmium.osm.NODE | osmium.osm.WAY)
            .with_locations()
            .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
            .with_filter(osmium.filter.KeyFilter("highway"))
        )
        for way in objects:
            tags = dict(way.tags)
            if is_walkable(tags):
                _take(way, tags.get("name") or tags.get("ref", ""), found)
    columns: dict[str, Any] = {"node": found.node, "lon": found.lon, "lat": found.lat}
    points = {name: pa.array(memoryview(v)) for name, v in columns.items()}
    yield {"n_cut": found.n_cut}, pa.table(points)
    runs = {"name": found.names, "street_id": found.street_id}
    texts = {name: pa.array(v, pa.large_string()) for name, v in runs.items()}
    yield {}, pa.table({"n_vertices": pa.array(memoryview(found.n_vertices)), **texts})


def amenities(item: InputFile, *, kinds: dict[str, str]) -> Iterator[Answer]:
    """Give name and WKB of the points and areas whose amenity is one of some kinds.

    Raises SourceError if it is no OpenStreetMap extract, too large or damaged.
    """
    import osmium
    import pyarrow as pa

    factory = osmium.geom.WKBFactory()
    names: list[str] = []
    shapes: list[bytes] = []
    with _readable(item):
        is_amenity = osmium.filter.KeyFilter("amenity")
        objects = osmium.FileProcessor(str(item.path)).with_areas(is_amenity)
        for each in objects.with_filter(osmium.filter.KeyFilter("amenity")):
            kind = kinds.get(each.tags.get("amenity", "") or "")
            if kind is None:
                continue
            if isinstance(each, osmium.osm.Area):
                shapes.append(bytes.fromhex(factory.create_multipolygon(each)))
            elif isinstance(each, osmium.osm.Node):
                shapes.append(bytes.fromhex(factory.create_point(each)))
            else:
                continue
            names.append(each.tags.get("name", "") or kind)
    yield (
        {},
        pa.table(
            {"name": pa.array(names, pa.string()), "wkb": pa.array(shapes, pa.binary())}
        ),
    )


@contextmanager
def _readable(item: InputFile) -> Iterator[None]:
    """Refuse what is no OpenStreetMap extract, too large or not whole."""
    if item.path.stat().st_size > MAX_BYTES:
        raise SourceError(
            f"{item.name} must be at most 1 GB; it is larger. Take the extract of the "
            "county, not of the country."
        )
    with item.path.open("rb") as stream:
        if HEADER not in stream.read(64):
            raise SourceError(
                f"{item.name} must be an OpenStreetMap extract in PBF, as its name "
                "says; its content is not. Check that it was copied whole."
            )
    try:
        yield
    except (RuntimeError, ValueError, OSError) as error:
        raise SourceError(
            f"{item.name} must be a readable OpenStreetMap extract; {error}. Check "
            "that it was copied whole."
        ) from error


def _take(way: Any, name: str, found: _Found) -> None:
    """Add the nodes of a way; where some lie outside the extract, the runs between."""
    run: list[tuple[int, float, float]] = []
    whole = True
    for node in way.nodes:
        place = node.location
        if place.valid():
            run.append((node.ref, place.lon, place.lat))
        else:
            whole = False
            found.add(run, way.id, name)
            run = []
    found.add(run, way.id, name)
    found.n_cut += not whole
