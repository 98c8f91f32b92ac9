"""Street networks from an OpenStreetMap extract (``.osm.pbf``)."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from hotspots.core.crs import WGS84
from hotspots.core.errors import SourceError
from hotspots.resources.street_build import MAX_VERTICES, Ways, build_graph, to_metres
from hotspots.resources.street_graph import StreetGraph
from hotspots.resources.walkable import is_walkable

ATTRIBUTION = "© OpenStreetMap contributors, ODbL"
MAX_BYTES = 1 << 30
HEADER = b"OSMHeader"


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


def read_osm(path: Path) -> StreetGraph:
    """Read the walkable ways of an OpenStreetMap extract.

    Raises
    ------
    SourceError
        If it cannot be read, is no such extract, is too large or holds no walkable
        street.
    """
    check_osm(path)
    found = _read(path)
    if not 0 < len(found.node) <= MAX_VERTICES:
        raise SourceError(
            f"{path.name} must hold 1 to {MAX_VERTICES:,} points of walkable streets; "
            f"it holds {len(found.node):,}. Take the extract of the right district."
        )
    ids, first, vertex = np.unique(
        np.asarray(found.node), return_index=True, return_inverse=True
    )
    del ids
    lon, lat = np.asarray(found.lon)[first], np.asarray(found.lat)[first]
    cut = f"{found.n_cut:,} streets of {path.name} leave the extract and end there."
    return build_graph(
        Ways(
            vertex=vertex.astype(np.int64),
            n_vertices=np.asarray(found.n_vertices, dtype=np.int64),
            xy_m=to_metres(lon, lat, WGS84, file=path.name),
            names=found.names,
            street_id=found.street_id,
        ),
        source=f"OpenStreetMap extract, {path.name}",
        attribution=ATTRIBUTION,
        notes=(cut,) if found.n_cut else (),
    )


def check_osm(path: Path) -> None:
    """Refuse what is no OpenStreetMap extract, or too large.

    Raises
    ------
    SourceError
        Saying which.
    """
    if path.stat().st_size > MAX_BYTES:
        raise SourceError(
            f"{path.name} must be at most 1 GB; it is larger. Take the extract of the "
            "county, not of the country."
        )
    with path.open("rb") as stream:
        if HEADER not in stream.read(64):
            raise SourceError(
                f"{path.name} must be an OpenStreetMap extract in PBF, as its name "
                "says; its content is not. Check that it was copied whole."
            )


def _read(path: Path) -> _Found:
    import osmium

    found = _Found()
    ways = (
        osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY)
        .with_locations()
        .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
        .with_filter(osmium.filter.KeyFilter("highway"))
    )
    try:
        for way in ways:
            tags = dict(way.tags)
            if is_walkable(tags):
                _take(way, tags.get("name") or tags.get("ref", ""), found)
    except (RuntimeError, ValueError, OSError) as error:
        raise SourceError(
            f"{path.name} must be a readable OpenStreetMap extract; {error}. Check "
            "that it was copied whole."
        ) from error
    return found


def _take(way: Any, name: str, found: _Found) -> None:
    """Add the nodes of a way; where some lie outside the extract, the runs between."""
    run: list[tuple[int, float, float]] = []
    whole = True
    flush: Callable[[], None] = lambda: _add_run(run, str(way.id), name, found)  # noqa: E731
    for node in way.nodes:
        place = node.location
        if place.valid():
            run.append((node.ref, place.lon, place.lat))
        else:
            whole = False
            flush()
            run.clear()
    flush()
    found.n_cut += not whole


def _add_run(
    run: list[tuple[int, float, float]], street_id: str, name: str, found: _Found
) -> None:
    if len(run) < 2:
        return
    refs, lon, lat = zip(*run, strict=True)
    found.node.extend(refs)
    found.lon.extend(lon)
    found.lat.extend(lat)
    found.n_vertices.append(len(run))
    found.names.append(name)
    found.street_id.append(street_id)
