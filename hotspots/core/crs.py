"""Coordinates: EPSG:27700 (metres) to measure, EPSG:4326 (degrees) at the edges.

Great Britain's National Grid and WGS84 differ by a surveyed distortion that a
seven-parameter shift misses by up to 3 m; Ordnance Survey's OSTN15 grid brings it
to 0.1 m. The grid is inside the ``convertbng`` package, so nothing is downloaded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.core.arrays import as_numbers
from hotspots.core.errors import CrsError
from hotspots.core.types import Floats

BNG = 27700
WGS84 = 4326
GB_BOUNDS = (-8.7, 49.8, 1.8, 60.9)
"""West, south, east, north in degrees: the mainland, its islands, no further."""
CRS84 = "OGC:CRS84"
"""WGS84 with longitude before latitude, as GeoJSON has it."""
WELL_KNOWN = {
    **{f"{word}{code}": code for code in (BNG, WGS84) for word in ("", "EPSG:")},
    CRS84: WGS84,
}
SCILLY = (-6.5, 49.85, -6.2, 50.0)
"""Hugh Town lies in a hole of the grid that is shipped."""


def lonlat_to_bng(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Project WGS84 longitude and latitude to the National Grid with OSTN15.

    ``lon``, ``lat``: shape (n,), degrees. ``x, y`` (n,), metres: easting and northing,
    to 1 mm; NaN outside OSTN15's cover.
    """
    from convertbng import cutil

    lon, lat = _flat(lon), _flat(lat)
    x, y = (np.asarray(each) for each in cutil.convert_bng(lon, lat))
    return _without_hole(lon, lat, x, y)


def _without_hole(
    lon: Floats, lat: Floats, x: Floats, y: Floats
) -> tuple[Floats, Floats]:
    """Fill what ``convertbng`` leaves out of the Isles of Scilly, to about 5 m."""
    west, south, east, north = SCILLY
    hole = np.isnan(x) & (lon > west) & (lon < east) & (lat > south) & (lat < north)
    if hole.any():
        from pyproj import Transformer

        shift = Transformer.from_crs(WGS84, BNG, always_xy=True)
        x[hole], y[hole] = shift.transform(lon[hole], lat[hole])
    return x, y


def bng_to_lonlat(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Turn National Grid eastings and northings into WGS84 with OSTN15.

    ``x``, ``y``: shape (n,), metres. ``lon, lat`` (n,), degrees: NaN outside OSTN15's
    cover.
    """
    from convertbng import cutil

    lon, lat = cutil.convert_lonlat(_flat(x), _flat(y))
    return np.asarray(lon), np.asarray(lat)


def lonlat_of(xy_m: Floats) -> Floats:
    """Return points of the National Grid, shape (n, 2), in degrees."""
    return np.column_stack(bng_to_lonlat(xy_m[:, 0], xy_m[:, 1]))


def bng_of(lonlat: Floats) -> Floats:
    """Return points in degrees, shape (n, 2), in metres of the National Grid."""
    return np.column_stack(lonlat_to_bng(lonlat[:, 0], lonlat[:, 1]))


def grid_reference(x: float, y: float, *, figures: int = 8) -> str:
    """Return a National Grid reference in letters.

    ``x``, ``y``: metres; easting and northing.
    ``figures``: {6, 8, 10}; to 100, 10 or 1 metres.

    Raises CrsError if the point lies outside the National Grid.

    References
    ----------
    Ordnance Survey, "A guide to coordinate systems in Great Britain", section 7.

    Examples
    --------
    >>> grid_reference(475161, 319095)
    'SK 7516 1909'
    """
    if not (0 <= x < 700_000 and 0 <= y < 1_300_000):
        raise CrsError(
            "a grid reference needs a point in Great Britain; got easting "
            f"{x:,.0f} and northing {y:,.0f}."
        )
    letters = "ABCDEFGHJKLMNOPQRSTUVWXYZ"
    east, south = int(x // 100_000), 19 - int(y // 100_000)
    first = letters[south - south % 5 + (east + 10) // 5]
    second = letters[south * 5 % 25 + east % 5]
    step = 10 ** (5 - figures // 2)
    half = figures // 2
    inside = (int(x % 100_000) // step, int(y % 100_000) // step)
    return f"{first}{second} {inside[0]:0{half}d} {inside[1]:0{half}d}"


def shapes_to_metres(shapes: Any) -> Any:
    """Return shapely geometry of EPSG:4326 in EPSG:27700, without heights.

    Corners outside OSTN15's cover, far out at sea, are right to some hundred metres.
    """
    return _turned(shapely.force_2d(shapes), bng_of, WGS84, BNG)


def shapes_to_degrees(shapes: Any) -> Any:
    """Return shapely geometry of EPSG:27700 in EPSG:4326."""
    return _turned(shapes, lonlat_of, BNG, WGS84)


def _turned(shapes: Any, exact: Callable[[Floats], Floats], of: int, to: int) -> Any:
    def turn(corners: Floats) -> Floats:
        turned = exact(corners)
        outside = np.isnan(turned).any(axis=1)
        if outside.any():
            from pyproj import Transformer

            shift = Transformer.from_crs(of, to, always_xy=True)
            turned[outside] = np.column_stack(shift.transform(*corners[outside].T))
        return turned

    return shapely.transform(shapes, turn)


def to_lonlat(x: Floats, y: Floats, crs: int | str) -> tuple[Floats, Floats]:
    """Turn coordinates of any CRS into WGS84 longitude and latitude.

    ``x``, ``y``: shape (n,). ``crs``: EPSG code or anything that pyproj understands.
    ``lon, lat``: shape (n,), degrees. Raises CrsError if ``crs`` is not one that pyproj
    knows.
    """
    code = WELL_KNOWN.get(str(crs).upper()) or _code_of(crs)
    if code == BNG:
        return bng_to_lonlat(x, y)
    if code == WGS84:
        return _flat(x), _flat(y)
    from pyproj import Transformer

    transformer = Transformer.from_crs(crs, WGS84, always_xy=True)
    lon, lat = transformer.transform(_flat(x), _flat(y))
    return np.asarray(lon), np.asarray(lat)


def _code_of(crs: int | str) -> int | None:
    """Ask pyproj, which takes a tenth of a second to load, for the code of a system."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        known = CRS.from_user_input(crs)
    except CRSError as error:
        raise CrsError(
            f"the coordinate system must be one that PROJ knows; got {crs!r}. "
            "Use an EPSG code such as 27700 (National Grid) or 4326 (longitude and "
            "latitude)."
        ) from error
    is_ours = known.is_geographic and known.equals(CRS(CRS84))
    return WGS84 if is_ours else known.to_epsg()


FARTHEST_M = 1e9
"""No projected coordinate on Earth is so large; beyond, metres are lost in rounding."""


def as_metres(xy_m: npt.ArrayLike, *, name: str = "xy_m") -> Floats:
    """Return coordinates as an array of numbers, not yet checked for degrees.

    ``xy_m``: shape (n, 2), metres. Returns: missing and masked values as NaN. Raises
    CrsError if a value is no number.
    """
    return as_numbers(xy_m, name=name, error=CrsError)


def check_metres(xy_m: Floats, *, name: str = "xy_m") -> None:
    """Refuse coordinates that look like degrees.

    ``xy_m``: shape (n, 2), metres. Raises CrsError if the shape is not (n, 2), a value
    is not finite or farther than any place on Earth, or two or more points lie close
    together where longitudes and latitudes would, most of them not whole.
    """
    _check_shape(xy_m, name)
    if _looks_like_degrees(xy_m):
        raise _degrees_error(name, xy_m[0])


def _check_shape(xy_m: Floats, name: str) -> None:
    if xy_m.ndim != 2 or xy_m.shape[1] != 2:
        raise CrsError(
            f"{name} must have shape (n, 2): one x and one y in metres a row; got "
            f"{xy_m.shape}."
        )
    if not len(xy_m) or (xy_m.min() >= -FARTHEST_M and xy_m.max() <= FARTHEST_M):
        return
    if not np.isfinite(xy_m).all():
        row = int(np.argmin(np.isfinite(xy_m).all(axis=1)))
        raise CrsError(
            f"{name} must be finite numbers of metres; row {row} is "
            f"{xy_m[row].tolist()}. Remove or locate such rows first."
        )
    row = int(np.argmax((np.abs(xy_m) > FARTHEST_M).any(axis=1)))
    raise CrsError(
        f"{name} must be metres on Earth, at most {FARTHEST_M:.0e} each way; row {row} "
        f"is {xy_m[row].tolist()}. Remove or locate such rows first."
    )


def _degrees_error(name: str, first: Floats) -> CrsError:
    return CrsError(
        f"{name} must be in a projected system measured in metres; the values look "
        f"like degrees (first: {first.tolist()}). Project them first, for instance "
        "with lonlat_to_bng or frame.to_crs(27700)."
    )


def check_metres_together(
    first: Floats, second: Floats, *, names: tuple[str, str] = ("xy_m", "at_m")
) -> None:
    """Refuse two sets of coordinates of which one or both look like degrees.

    Two sets say more than one: a single point is judged beside the others, and few
    small values in metres are not taken for degrees where the others are farther.

    ``first``, ``second``: shape (n, 2), metres. Raises CrsError as for
    :func:`check_metres`, of both together, or of one unless the other is spread as on a
    plan of some hundred metres.
    """
    for values, name in zip((first, second), names, strict=True):
        _check_shape(values, name)
    if all(_starts_in_degrees(values) for values in (first, second) if len(values)):
        both = np.concatenate([first, second])
        if _looks_like_degrees(both):
            which = names[0] if len(first) else names[1]
            raise _degrees_error(which, both[0])
    pairs = ((first, second), (second, first))
    for (values, other), name in zip(pairs, names, strict=True):
        if _looks_like_degrees(values) and not _is_small_plan(other):
            raise _degrees_error(name, values[0])


def _is_small_plan(xy_m: Floats) -> bool:
    """Say whether points are spread as on a plan of some hundred metres."""
    if len(xy_m) < 2:
        return False
    return bool((np.ptp(xy_m, axis=0) >= 15).any() and (np.abs(xy_m) <= 1000).all())


def _starts_in_degrees(xy_m: Floats) -> bool:
    """Say whether the first of the points can be in degrees: most often it tells."""
    x, y = np.abs(xy_m[0])
    return bool(x <= 180 and 20 < y <= 90)


def _looks_like_degrees(xy_m: Floats) -> bool:
    """Say whether all points look like degrees somewhere away from the equator."""
    if len(xy_m) < 2 or not _starts_in_degrees(xy_m):
        return False
    x, y = np.abs(xy_m[:, 0]), np.abs(xy_m[:, 1])
    if x.max() > 180 or y.max() > 90 or y.min() <= 20:
        return False
    narrow = (np.ptp(xy_m, axis=0) < 15).all()
    return bool(narrow and (xy_m != np.round(xy_m)).mean() >= 0.5)


def _flat(values: Floats) -> Floats:
    return np.ascontiguousarray(np.atleast_1d(np.asarray(values, dtype=np.float64)))
