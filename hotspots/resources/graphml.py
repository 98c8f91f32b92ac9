"""Street networks from GraphML, as OSMnx and NetworkX write it.

The file is parsed as a stream in a process of its own, and a document type, which is
where an XML file can name other files or grow without end, is refused.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.core.crs import BNG, WGS84
from hotspots.core.errors import SourceError
from hotspots.core.sanitise import clean_text
from hotspots.core.types import Floats, Ints
from hotspots.intake.apart import parse
from hotspots.intake.inputs import InputFile
from hotspots.resources.street_build import parts_note, to_metres
from hotspots.resources.street_graph import StreetGraph

END_M = 5.0
"""A drawn line whose ends are farther than this from its nodes is not used."""
LINE = 1
_LINE = re.compile(r"\s*LINESTRING\s*(Z\s*)?\(", re.IGNORECASE)
OSM_CREDIT = "© OpenStreetMap contributors, ODbL"


@dataclass
class _Streets:
    """Edges gathered from a file, one for each pair of nodes and way between them."""

    pairs: list[tuple[int, int]] = field(default_factory=list)
    length_m: list[float] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    street_id: list[str] = field(default_factory=list)
    wkt: list[str] = field(default_factory=list)
    seen: set[tuple[Any, ...]] = field(default_factory=set)


@dataclass(frozen=True, kw_only=True)
class _Parsed:
    """What a GraphML file says: nodes and edges as rows of text, by name of field."""

    nodes: list[dict[str, str]]
    edges: list[dict[str, str]]
    graph: dict[str, str]
    is_osm: bool
    directed: bool


def read_graphml(path: Path) -> StreetGraph:
    """Read a walking network from GraphML.

    Raises CrsError if the coordinate system is not known; SourceError if it cannot be
    read, holds a document type, is too large, or an edge or a node is not whole.
    """
    parsed = _parsed(InputFile(path=path, name=path.name))
    places, crs = _places(parsed, path.name)
    xy_m = to_metres(places[:, 0], places[:, 1], crs, file=path.name)
    streets = _streets(parsed, path.name)
    pairs = np.asarray(streets.pairs, dtype=np.int64).reshape(-1, 2)
    lines = _lines(streets.wkt, pairs, xy_m, crs, path.name)
    drawn_m = shapely.length(lines)
    stated = np.asarray(streets.length_m, dtype=np.float64)
    length_m = np.where(np.isfinite(stated) & (stated > 0), stated, drawn_m)
    keep = np.flatnonzero((length_m > 0) & (pairs[:, 0] != pairs[:, 1]))
    if not len(keep):
        raise SourceError(
            f"{path.name} must hold at least one street between two places; it holds "
            "none. Export the network with its edges."
        )
    return _graph(path.name, parsed, streets, xy_m, pairs, length_m, lines, keep)


def _parsed(item: InputFile) -> _Parsed:
    (facts, nodes), (_, edges) = parse("graphml", item)
    return _Parsed(nodes=nodes.to_pylist(), edges=edges.to_pylist(), **facts)


def _graph(
    file: str,
    parsed: _Parsed,
    streets: _Streets,
    xy_m: Floats,
    pairs: Ints,
    length_m: Floats,
    lines: npt.NDArray[np.object_],
    keep: Ints,
) -> StreetGraph:
    said = clean_text(parsed.graph["source"])
    is_osm = parsed.is_osm or "osm" in said.lower()
    used, flat = np.unique(pairs[keep], return_inverse=True)
    graph = StreetGraph(
        node_xy_m=xy_m[used],
        edges=flat.reshape(-1, 2).astype(np.int64),
        length_m=length_m[keep],
        names=tuple(streets.names[edge] for edge in keep),
        street_id=tuple(streets.street_id[edge] for edge in keep),
        lines=lines[keep],
        source=f"street network, {file}" + (f" ({said})" if said else ""),
        attribution=OSM_CREDIT if is_osm else "",
    )
    return replace(graph, notes=parts_note(graph))


def _places(parsed: _Parsed, file: str) -> tuple[Floats, str | int]:
    """Return the coordinates of the nodes and their system."""
    rows = [(_number(node["x"]), _number(node["y"])) for node in parsed.nodes]
    places = np.asarray(rows, dtype=np.float64).reshape(-1, 2)
    if not len(places) or not np.isfinite(places).all():
        missing = int((~np.isfinite(places).all(axis=1)).sum())
        raise SourceError(
            f"every node of {file} must have x and y; {missing:,} of {len(places):,} "
            "have not. Export it with coordinates."
        )
    if crs := parsed.graph["crs"]:
        return places, crs
    in_degrees = (np.abs(places) <= [180, 90]).all()
    return places, WGS84 if in_degrees else BNG


def _number(text: str) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return math.nan


def _streets(parsed: _Parsed, file: str) -> _Streets:
    """Return the edges by number of node; one given once each way is taken once."""
    index = {node["id"]: row for row, node in enumerate(parsed.nodes)}
    streets = _Streets()
    for edge in parsed.edges:
        source, target = edge["source"], edge["target"]
        if source not in index or target not in index:
            raise SourceError(
                f"every edge of {file} must join two of its nodes; one joins "
                f"'{source[:40]}' and '{target[:40]}'. Was it exported whole?"
            )
        ends = index[source], index[target]
        length_m = _number(edge["length"])
        osmid = edge["street_id"] or edge["osmid"]
        if parsed.directed and not _is_new(streets, ends, osmid, length_m):
            continue
        streets.pairs.append(ends)
        streets.length_m.append(length_m)
        streets.names.append(_plain(edge["name"]))
        streets.street_id.append(_plain(osmid))
        streets.wkt.append(edge["wkt"] or edge["geometry"])
    return streets


def _plain(text: str) -> str:
    """Return text as it is, or a list that was written as Python writes it, joined."""
    if text.startswith("[") and text.endswith("]"):
        parts = re.findall(r"'([^']*)'|\"([^\"]*)\"|([^\[\], ]+)", text)
        text = " / ".join("".join(part) for part in parts)
    return clean_text(text)


def _is_new(
    streets: _Streets, ends: tuple[int, int], osmid: str, length_m: float
) -> bool:
    """Say whether the same street has not been given from its other end."""
    to_10_cm = -1.0 if math.isnan(length_m) else round(length_m, 1)
    key = (min(ends), max(ends), osmid, to_10_cm)
    new = key not in streets.seen
    streets.seen.add(key)
    return new


def _lines(
    wkt: list[str], pairs: Ints, xy_m: Floats, crs: str | int, file: str
) -> npt.NDArray[np.object_]:
    """Return a line for each edge: as drawn where its ends fit, else straight."""
    ends = xy_m[pairs]
    straight = np.asarray(shapely.linestrings(ends), dtype=object)
    plain = [text if _LINE.match(text) else None for text in wkt]
    drawn = shapely.from_wkt(np.asarray(plain, dtype=object), on_invalid="ignore")
    usable = np.flatnonzero(
        (shapely.get_type_id(drawn) == LINE) & (shapely.get_num_coordinates(drawn) > 1)
    )
    if not len(usable):
        return straight
    corners, of = shapely.get_coordinates(drawn[usable], return_index=True)
    metres = to_metres(corners[:, 0], corners[:, 1], crs, file=file)
    lines = np.asarray(shapely.linestrings(metres, indices=of), dtype=object)
    first = np.searchsorted(of, np.arange(len(usable)))
    last = np.searchsorted(of, np.arange(len(usable)), side="right") - 1
    both = np.stack([metres[first], metres[last]], axis=1)
    along = np.linalg.norm(both - ends[usable], axis=2).max(axis=1)
    against = np.linalg.norm(both[:, ::-1] - ends[usable], axis=2).max(axis=1)
    turned = against < along
    lines[turned] = shapely.reverse(lines[turned])
    fits = np.minimum(along, against) <= END_M
    straight[usable[fits]] = lines[fits]
    return straight
