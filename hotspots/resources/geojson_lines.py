"""Street networks from lines: GeoJSON or GeoPackage."""

from __future__ import annotations

import codecs
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from hotspots.core.errors import SourceError
from hotspots.core.types import Ints
from hotspots.intake.geofile import Features, read_features
from hotspots.intake.inputs import InputFile
from hotspots.intake.walkable import is_walkable
from hotspots.resources.street_build import MAX_VERTICES, Ways, build_graph, to_metres
from hotspots.resources.street_graph import StreetGraph

JOIN_M = 0.5
MAX_BYTES = 1 << 30
OSM_TAGS = ("highway", "foot", "access", "sidewalk", "maxspeed", "service")
OSM_CREDIT = "© OpenStreetMap contributors, ODbL"
NAMES = ("name", "name_1", "name1", "street", "street_name", "road_name")
IDS = ("street_id", "osm_id", "identifier", "toid", "id")
CLASSES = ("road_classification", "class", "road_class")
"""OS Open Roads and its like say a motorway in one of these."""
LINES = (1, 5)
ROUND_M = 0.01


def read_lines(path: Path) -> StreetGraph:
    """Read a walking network from lines.

    Raises CrsError if the file does not say its coordinate system; SourceError if it
    cannot be read, is too large or holds no walkable line.
    """
    item = InputFile.at(path, what="file of streets")
    _check_content(item)
    features = read_features(item, shape="LineString")
    rows = _walkable_rows(features)
    parts, at = shapely.get_parts(features.geometry[rows], return_index=True)
    rows = rows[at]
    n_vertices = shapely.get_num_coordinates(parts).astype(np.int64)
    if not len(parts) or n_vertices.sum() > MAX_VERTICES:
        raise SourceError(
            f"{path.name} must hold 1 to {MAX_VERTICES:,} points of walkable lines; it "
            f"holds {int(n_vertices.sum()):,}. Check that its features are lines and "
            "cut it to the district."
        )
    corners = shapely.get_coordinates(parts)
    xy_m = to_metres(corners[:, 0], corners[:, 1], features.crs, file=path.name)
    vertex, places = _shared_vertices(xy_m, n_vertices)
    ways = Ways(
        vertex=vertex,
        n_vertices=n_vertices,
        xy_m=places,
        names=_text(features.frame, NAMES, rows),
        street_id=_text(features.frame, IDS, rows),
    )
    is_osm = bool({"osm_id", "highway"} & set(features.frame.columns))
    return build_graph(
        ways,
        source=_source(path.name, features),
        attribution=OSM_CREDIT if is_osm else "",
        notes=(*features.notes, *_left_out_note(path.name, features, np.unique(rows))),
    )


def _check_content(item: InputFile) -> None:
    """Refuse what is larger than a district's streets can be, and torn text."""
    is_text = item.suffix in (".geojson", ".json")
    decoder, size = codecs.getincrementaldecoder("utf-8")(), 0
    with item.open() as stream:
        while size <= MAX_BYTES and (chunk := stream.read(1 << 20)):
            size += len(chunk)
            if is_text:
                _check_text(decoder, chunk, item.name)
    if is_text:
        _check_text(decoder, b"", item.name)
    if size > MAX_BYTES:
        raise SourceError(
            f"{item.name} must be at most 1 GB (unpacked); it is larger. Cut it to the "
            "district."
        )


def _check_text(decoder: codecs.IncrementalDecoder, chunk: bytes, file: str) -> None:
    try:
        decoder.decode(chunk, not chunk)
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{file} must be text in UTF-8; it is not ({error.reason}). Export it "
            "again as GeoJSON, or check that it was copied whole."
        ) from error


def _walkable_rows(features: Features) -> Ints:
    geometry, frame = features.geometry, features.frame
    fits = np.isin(shapely.get_type_id(geometry), LINES) & ~shapely.is_empty(geometry)
    if "highway" in frame.columns:
        there = [tag for tag in OSM_TAGS if tag in frame.columns]
        tags = frame.select(pl.col(there).cast(pl.String).fill_null(""))
        fits &= np.fromiter(
            (is_walkable(row) for row in tags.iter_rows(named=True)), dtype=bool
        )
    elif (column := _column(frame, CLASSES)) is not None:
        kinds = frame[column].cast(pl.String).fill_null("").str.to_lowercase()
        fits &= ~kinds.str.starts_with("motorway").to_numpy()
    return np.flatnonzero(fits)


def _shared_vertices(
    xy_m: npt.NDArray[np.float64], n_vertices: Ints
) -> tuple[Ints, npt.NDArray[np.float64]]:
    """Give vertices at one place, or an end close by, one number."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    grid = np.round(xy_m / ROUND_M).astype(np.int64)
    _, first, vertex = np.unique(grid, axis=0, return_index=True, return_inverse=True)
    places, vertex = xy_m[first], vertex.ravel()
    last = np.cumsum(n_vertices) - 1
    ends = np.unique(vertex[np.concatenate([last - n_vertices + 1, last])])
    near = cKDTree(places[ends]).sparse_distance_matrix(
        cKDTree(places), JOIN_M, output_type="coo_matrix"
    )
    size = len(places)
    links = coo_array((np.ones(near.nnz), (ends[near.row], near.col)), (size, size))
    _, group = connected_components(links, directed=False)
    _, one = np.unique(group, return_index=True)
    return group[vertex].astype(np.int64), places[one]


def _column(frame: pl.DataFrame, names: tuple[str, ...]) -> str | None:
    """Return the column that has the first of some names, in capitals or not."""
    there = {column.lower(): column for column in reversed(frame.columns)}
    return next((there[name] for name in names if name in there), None)


def _text(frame: pl.DataFrame, names: tuple[str, ...], rows: Ints) -> list[str]:
    """Return the first of some columns as text, one for each line."""
    column = _column(frame, names)
    if column is None:
        return [""] * len(rows)
    return frame[column].cast(pl.String).fill_null("").gather(rows).to_list()


def _source(file: str, features: Features) -> str:
    simulated = "simulated" in features.frame.columns and bool(
        features.frame["simulated"].cast(pl.String).str.to_lowercase().eq("true").any()
    )
    return f"{'simulated streets' if simulated else 'street lines'}, {file}"


def _left_out_note(file: str, features: Features, kept: Ints) -> tuple[str, ...]:
    left = len(features) - len(kept)
    if not left:
        return ()
    return (
        f"{left:,} of {len(features):,} features of {file} were left out: not lines, "
        "or not open to people on foot.",
    )
