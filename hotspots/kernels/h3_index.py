"""H3 cells of points, exactly as H3's ``latLngToCell``, without a search for the face.

H3 projects the Earth from its centre onto the twenty faces of an icosahedron. Great
Britain and Ireland lie on one of them, number 3, so which face a point is on needs no
search there, and of the spherical trigonometry only two sines and cosines are left.

Points off that region, and points so near a cell's edge that rounding could decide, go
to H3 itself.

References
----------
Brodsky, I. (2018). H3: Uber's hexagonal hierarchical spatial index.
https://h3geo.org/docs/core-library/overview : gnomonic projection, aperture 7 grids,
Class II and III orientations, bit layout.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from hotspots.core.errors import ParameterError
from hotspots.core.types import Floats
from hotspots.kernels.jit import njit, run_chunks, use_compiled

Ids = npt.NDArray[np.uint64]

# The face: its centre, and the directions of its i axis and of the one at a right
# angle to it, as unit vectors from the Earth's centre (H3's faceIjk tables).
FACE = np.array(
    [
        [0.7428567301586791843, -0.3593941678278027631, 0.5648005936517032747],
        [-0.2803041479891598995, 0.5991800396948611303, 0.7499419075177328603],
        [-0.6079419898954393217, -0.7154153424148980198, 0.3443652490588267417],
    ]
)
RES0_GNOMONIC = 0.38196601125010500003  # length of the unit of resolution 0
APERTURE7_TURN = math.asin(math.sqrt(3 / 28))  # odd resolutions are turned by this

WEST, SOUTH, EAST, NORTH = -11.0, 49.0, 2.0, 61.5  # wholly on face 3
MID_LON, MID_LAT = -4.5, 55.25
SIN_MID, COS_MID = math.sin(math.radians(MID_LAT)), math.cos(math.radians(MID_LAT))
RADIANS = math.pi / 180
NEAR_EDGE = 1e-6  # of a cell's width: rounding errors are a thousand times smaller

ASK_H3 = 1  # marks a point that H3 itself must place; no cell has this number
BLOCK = 512
SHIFT = 1 << 28  # makes grid coordinates positive before they are divided by 7
SEVENTH = 2454267027  # x * SEVENTH >> 34 == x // 7 for 0 <= x < 3.4e9
MAIN_BASE = 12  # nearly all of the region, at (1, 0) of the face's coarsest grid
NORTH_BASE = 4  # Orkney, Shetland and the north-east coast, at (2, 0)
TURNED_DIGITS = (0, 2, 4, 6, 1, 3, 5)
MAX_ONE_BY_ONE = 100_000  # beyond that h3ronpy, which may round edges otherwise


def cells_from_lonlat(lon: Floats, lat: Floats, resolution: int) -> Ids:
    """Return the H3 cell of each point.

    Parameters
    ----------
    lon, lat : ndarray of shape (n,), degrees, EPSG:4326

    Returns
    -------
    ndarray of shape (n,), uint64
        0 where a coordinate is not finite.

    Notes
    -----
    The answer is h3-py's, also at edges of cells. Without numba all points go to the
    h3ronpy package, which can differ for points within nanometres of an edge; so do
    more than 100,000 points that are near an edge or off the region.

    Examples
    --------
    >>> hex(cells_from_lonlat(np.array([-0.886]), np.array([52.765]), 9)[0])
    '0x891943472a7ffff'
    """
    lon = np.ascontiguousarray(lon, dtype=np.float64)
    lat = np.ascontiguousarray(lat, dtype=np.float64)
    _check(lon, lat, resolution)
    if not use_compiled():
        return _from_h3ronpy(lon, lat, resolution)
    cells = np.empty(len(lon), dtype=np.uint64)
    axes = _axes(resolution)

    def work(start: int, stop: int) -> None:
        _place(lon, lat, axes, resolution, cells, start, stop)

    run_chunks(work, len(lon), at_least=20_000)
    rest = np.flatnonzero(cells == ASK_H3)
    if len(rest):
        cells[rest] = _from_h3(lon[rest], lat[rest], resolution)
    return cells


def _check(lon: Floats, lat: Floats, resolution: int) -> None:
    if not 0 <= resolution <= 15:
        raise ParameterError(
            "the H3 resolution must be a whole number from 0 to 15; got "
            f"{resolution!r}."
        )
    if lon.ndim != 1 or lon.shape != lat.shape:
        raise ParameterError(
            "there must be one latitude for each longitude; got shapes "
            f"{lon.shape} and {lat.shape}."
        )


def _axes(resolution: int) -> Floats:
    """Return three vectors whose products with a point's give its hexagon."""
    turn = APERTURE7_TURN if resolution % 2 else 0.0
    centre, along, across = FACE
    scale = math.sqrt(7.0) ** resolution / RES0_GNOMONIC
    x = scale * (math.cos(turn) * along + math.sin(turn) * across)
    y = scale * (math.cos(turn) * across - math.sin(turn) * along)
    r = y / math.sin(math.pi / 3)
    axes = np.array([x - r / 2, r, centre])
    c, s = math.cos(math.radians(MID_LON)), math.sin(math.radians(MID_LON))
    return np.asarray(axes @ np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]]))


@njit
def _place(lon, lat, axes, resolution, cells, start, stop):  # type: ignore[no-untyped-def]
    """Fill ``cells[start:stop]``, in blocks so that each step runs on vectors."""
    u, v = np.empty(BLOCK, np.int64), np.empty(BLOCK, np.int64)
    sure, bits = np.empty(BLOCK, np.bool_), np.empty(BLOCK, np.uint64)
    for first in range(start, stop, BLOCK):
        n = min(BLOCK, stop - first)
        _nearest_hexagons(
            lon[first : first + n], lat[first : first + n], axes, u, v, sure
        )
        _digits(u, v, bits, n, resolution)
        for k in range(n):
            cells[first + k] = _with_base_cell(u[k], v[k], bits[k], resolution, sure[k])


@njit
def _nearest_hexagons(lon, lat, axes, u, v, sure):  # type: ignore[no-untyped-def]
    """Project points on the face and round to the hexagon (i, j, 0) they are in."""
    q0, q1, q2 = axes[0]
    r0, r1, r2 = axes[1]
    c0, c1, c2 = axes[2]
    for k in range(len(lon)):
        a, b = (lat[k] - MID_LAT) * RADIANS, (lon[k] - MID_LON) * RADIANS
        a2, b2 = a * a, b * b
        # Taylor series: the region is within 0.115 radians of its middle, so the
        # terms left out are below 1e-17
        sin_a = a * (1 - a2 / 6 * (1 - a2 / 20 * (1 - a2 / 42 * (1 - a2 / 72))))
        sin_b = b * (1 - b2 / 6 * (1 - b2 / 20 * (1 - b2 / 42 * (1 - b2 / 72))))
        cos_a = 1 - a2 / 2 * (
            1 - a2 / 12 * (1 - a2 / 30 * (1 - a2 / 56 * (1 - a2 / 90)))
        )
        cos_b = 1 - b2 / 2 * (
            1 - b2 / 12 * (1 - b2 / 30 * (1 - b2 / 56 * (1 - b2 / 90)))
        )
        z = SIN_MID * cos_a + COS_MID * sin_a
        cos_lat = COS_MID * cos_a - SIN_MID * sin_a
        x, y = cos_lat * cos_b, cos_lat * sin_b
        depth = 1 / (c0 * x + c1 * y + c2 * z)
        q = (q0 * x + q1 * y + q2 * z) * depth
        r = (r0 * x + r1 * y + r2 * z) * depth
        s = -q - r
        qn, rn, sn = np.floor(q + 0.5), np.floor(r + 0.5), np.floor(s + 0.5)
        dq, dr, ds = abs(qn - q), abs(rn - r), abs(sn - s)
        q_worst = (dq > dr) & (dq > ds)
        r_worst = (not q_worst) & (dr > ds)
        rn = -qn - sn if r_worst else rn
        sn = sn if q_worst | r_worst else -qn - rn
        qn = -rn - sn
        dq, dr, ds = q - qn, r - rn, s - sn
        off = max(abs(dq - dr), max(abs(dr - ds), abs(ds - dq)))  # 1 on the edge
        inside = (lon[k] >= WEST) & (lon[k] <= EAST) & (lat[k] >= SOUTH)
        sure[k] = inside & (lat[k] <= NORTH) & (off < 1 - NEAR_EDGE)
        u[k] = np.int64(-sn) if inside else 0
        v[k] = np.int64(rn) if inside else 0


@njit
def _digits(u, v, bits, n, resolution):  # type: ignore[no-untyped-def]
    """Go up to resolution 0, noting at each step which of seven children it was."""
    for k in range(n):
        bits[k] = 0
    for level in range(resolution, 0, -1):
        at = np.uint64(3 * (15 - level))
        odd = level % 2 == 1
        for k in range(n):
            i, j = u[k], v[k]
            e = 3 * i - j if odd else 2 * i + j
            f = i + 2 * j if odd else 3 * j - i
            up_i = (((e + 3 + 7 * SHIFT) * SEVENTH) >> 34) - SHIFT
            up_j = (((f + 3 + 7 * SHIFT) * SEVENTH) >> 34) - SHIFT
            # what is left of (i, j) beside the parent's own centre child
            left_i = i - (2 * up_i + up_j if odd else 3 * up_i - up_j)
            left_j = j - (3 * up_j - up_i if odd else up_i + 2 * up_j)
            u[k], v[k] = up_i, up_j
            low = min(left_i, left_j)
            low = min(low, 0)
            digit = 4 * (left_i - low) + 2 * (left_j - low) - low
            bits[k] |= np.uint64(digit) << at


@njit
def _with_base_cell(u, v, bits, resolution, sure):  # type: ignore[no-untyped-def]
    """Put the number together; ``ASK_H3`` where this module cannot be sure."""
    if not sure or v != 0 or u < 1 or u > 2:
        return np.uint64(ASK_H3)
    if u == 2:
        base, bits = NORTH_BASE, _turned(bits, resolution)
    else:
        base = MAIN_BASE
    unused = (np.uint64(1) << np.uint64(45 - 3 * resolution)) - np.uint64(1)
    head = (1 << 59) | (resolution << 52) | (base << 45)
    return np.uint64(head) | bits | unused


@njit
def _turned(bits, resolution):  # type: ignore[no-untyped-def]
    """Turn digits by 60 degrees: the northern base cell lies so to the face."""
    turned = np.uint64(0)
    for level in range(1, resolution + 1):
        at = np.uint64(3 * (15 - level))
        digit = np.int64((bits >> at) & np.uint64(7))
        turned |= np.uint64(TURNED_DIGITS[digit]) << at
    return turned


def _from_h3(lon: Floats, lat: Floats, resolution: int) -> Ids:
    """Place the points that are near a cell's edge or off the region."""
    if len(lon) > MAX_ONE_BY_ONE:
        return _from_h3ronpy(lon, lat, resolution)
    import h3

    cells = np.zeros(len(lon), dtype=np.uint64)
    finite = np.isfinite(lon) & np.isfinite(lat)
    cells[finite] = [
        h3.str_to_int(h3.latlng_to_cell(y, x, resolution))
        for x, y in zip(lon[finite].tolist(), lat[finite].tolist(), strict=True)
    ]
    return cells


def _from_h3ronpy(lon: Floats, lat: Floats, resolution: int) -> Ids:
    """Place points with the h3ronpy package, on every core."""
    from h3ronpy.vector import coordinates_to_cells

    cells = np.zeros(len(lon), dtype=np.uint64)
    finite = np.isfinite(lon) & np.isfinite(lat)
    where = np.flatnonzero(finite)
    x, y = lon[where], lat[where]

    def work(start: int, stop: int) -> None:
        part = coordinates_to_cells(y[start:stop], x[start:stop], resolution)
        cells[where[start:stop]] = np.asarray(part)

    run_chunks(work, len(where), at_least=20_000)
    return cells
