"""H3 cells of points, by the h3ronpy package on every core."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hotspots.core.errors import ParameterError
from hotspots.core.types import Floats
from hotspots.kernels.jit import run_chunks

Ids = npt.NDArray[np.uint64]


def cells_from_lonlat(lon: Floats, lat: Floats, resolution: int) -> Ids:
    """Return the H3 cell of each point; 0 where a coordinate is not finite.

    ``lon``, ``lat`` (n,), degrees, EPSG:4326.

    Raises ParameterError if H3 has no such resolution or longitudes and latitudes do
    not pair.

    Notes
    -----
    A compiled projection of our own was 25 times as fast, which is 2 of the 58 seconds
    that ten million rows take: not a tenth, so it left.

    Examples
    --------
    >>> hex(cells_from_lonlat(np.array([-0.886]), np.array([52.765]), 9)[0])
    '0x891943472a7ffff'
    """
    from h3ronpy.vector import coordinates_to_cells

    lon = np.ascontiguousarray(lon, dtype=np.float64)
    lat = np.ascontiguousarray(lat, dtype=np.float64)
    _check(lon, lat, resolution)
    cells = np.zeros(len(lon), dtype=np.uint64)
    where = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    x, y = lon[where], lat[where]

    def work(start: int, stop: int) -> None:
        part = coordinates_to_cells(y[start:stop], x[start:stop], resolution)
        cells[where[start:stop]] = np.asarray(part)

    run_chunks(work, len(where), at_least=20_000)
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
