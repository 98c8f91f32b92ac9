"""Footprints of buildings: what blocks a view, and what is left to be seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.core.crs import BNG, lonlat_to_bng, to_lonlat
from hotspots.core.errors import SourceError
from hotspots.core.types import Floats, Shapes
from hotspots.intake.geofile import read_features
from hotspots.intake.inputs import InputFile

MAX_BUILDINGS = 1_000_000
PAIRS_AT_ONCE = 200_000
_POLYGONS = (3, 6)


def read_buildings(path: Path | str) -> Shapes:
    """Read building footprints.

    Returns (b,), shapely Polygons, EPSG:27700: parts of multipolygons apart, in the
    order of the file; features that are not polygons are left out.

    Raises CrsError if the file does not say its coordinate system; SourceError if it
    cannot be read, holds no polygon or too many, or lies outside Great Britain.
    """
    item = InputFile.at(path, what="file of buildings")
    features = read_features(item, shape="Polygon")
    if len(features) > MAX_BUILDINGS:
        raise SourceError(
            f"{item.name} must hold at most {MAX_BUILDINGS:,} buildings; it has "
            f"{len(features):,}. Cut it to the district."
        )
    kinds = shapely.get_type_id(features.geometry)
    parts = shapely.get_parts(features.geometry[np.isin(kinds, _POLYGONS)])
    parts = parts[~shapely.is_empty(parts)]
    if not len(parts):
        raise SourceError(
            f"{item.name} must hold polygons; none of its {len(features):,} features "
            "is one. Give the footprints of buildings, not their points."
        )
    footprints = _on_grid(parts, features.crs, item.name)
    bad = ~shapely.is_valid(footprints)
    if bad.any():
        mended = shapely.get_parts(shapely.make_valid(footprints[bad]))
        mended = shapely.get_parts(mended)
        mended = mended[shapely.get_type_id(mended) == 3]
        footprints = np.concatenate([footprints[~bad], mended])
    return np.asarray(footprints, dtype=object)


def line_of_sight(from_m: Floats, to_m: Floats, buildings: Shapes) -> npt.NDArray[Any]:
    """Say for each pair of points whether no building stands between them.

    ``from_m``, ``to_m`` (k, 2), metres: camera and incident of each pair.
    ``buildings``: ndarray of shapely Polygons, EPSG:27700.

    Returns ndarray of bool, shape (k,).

    Notes
    -----
    The building that an incident is recorded in, or that a camera is fixed to, does not
    block: incidents are recorded at the premises and what is watched is its front.
    Heights are not known, so every other building blocks whatever its height, and
    trees, walls and parked vehicles block nothing.
    """
    clear = np.ones(len(from_m), dtype=bool)
    if not len(buildings) or not len(from_m):
        return clear
    tree = shapely.STRtree(buildings)
    own_from = _containing(tree, from_m, len(buildings))
    own_to = _containing(tree, to_m, len(buildings))
    for first in range(0, len(from_m), PAIRS_AT_ONCE):
        part = slice(first, first + PAIRS_AT_ONCE)
        ends = np.stack([from_m[part], to_m[part]], axis=1)
        pair, building = tree.query(shapely.linestrings(ends), predicate="intersects")
        pair = pair + first
        key = pair.astype(np.int64) * len(buildings) + building
        blocks = ~(np.isin(key, own_from) | np.isin(key, own_to))
        clear[pair[blocks]] = False
    return clear


def visible_area(at_m: Floats, buildings: Shapes, *, range_m: float) -> Any:
    """Return the ground within range of a point that no building hides.

    ``at_m`` (2,), metres.
    ``buildings``: ndarray of shapely Polygons, EPSG:27700; may be empty.

    Returns shapely (Multi)Polygon, EPSG:27700: the disc without the buildings and their
    shadows; the building that the point stands in does not count.
    """
    eye = shapely.Point(at_m)
    disc = eye.buffer(range_m, quad_segs=32)
    if not len(buildings):
        return disc
    near = buildings[shapely.STRtree(buildings).query(disc, predicate="intersects")]
    near = near[~shapely.intersects(near, eye)]
    if not len(near):
        return disc
    edges = _edges(near)
    # Far enough that the chord of a wide shadow stays outside the disc.
    away = edges - at_m
    far = (
        at_m + away * (1e4 * range_m / np.hypot(away[..., 0], away[..., 1]))[..., None]
    )
    rings = np.stack([edges[:, 0], edges[:, 1], far[:, 1], far[:, 0]], axis=1)
    shadows = shapely.polygons(rings)
    shadows = shadows[shapely.is_valid(shadows)]
    cut = shapely.intersection(shadows, disc.envelope.buffer(range_m))
    hidden = shapely.union_all(np.concatenate([cut, near]))
    seen = shapely.get_parts(disc.difference(hidden))
    seen = seen[(shapely.get_type_id(seen) == 3) & (shapely.area(seen) > 0.01)]
    return shapely.multipolygons(seen) if len(seen) != 1 else seen[0]


def _edges(polygons: Shapes) -> Floats:
    """Return the sides of the outer rings, shape (e, 2, 2)."""
    rings = shapely.get_exterior_ring(polygons)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    return np.stack([corners[:-1][same], corners[1:][same]], axis=1)


def _containing(tree: Any, at_m: Floats, n: int) -> npt.NDArray[np.int64]:
    """Return pair and building, as one number, where the point stands in it."""
    point, building = tree.query(shapely.points(at_m), predicate="intersects")
    return np.asarray(point.astype(np.int64) * n + building)


def _on_grid(shapes: Shapes, crs: str, name: str) -> Shapes:
    from pyproj import CRS

    corners = shapely.get_coordinates(shapes)
    if CRS.from_user_input(crs).to_epsg() == BNG:
        xy = corners
    else:
        lon, lat = to_lonlat(corners[:, 0], corners[:, 1], crs)
        xy = np.column_stack(lonlat_to_bng(lon, lat))
    if not np.isfinite(xy).all():
        raise SourceError(
            f"every building of {name} must be in Great Britain; some are not. Check "
            "the coordinate system that the file states, or cut it to the district."
        )
    return np.asarray(shapely.set_coordinates(shapes.copy(), xy), dtype=object)
