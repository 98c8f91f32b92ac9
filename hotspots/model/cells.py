"""Cells: the H3 hexagons of a study area, their true sizes and who is next to whom."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.core.crs import lonlat_to_bng
from hotspots.core.errors import AreaError, ParameterError
from hotspots.core.types import Floats

if TYPE_CHECKING:
    import scipy.sparse


RESOLUTIONS = (8, 9, 10, 11)
DEFAULT_RESOLUTION = 10
MAX_CELLS = 3_000_000
"""England at resolution 9, its two largest forces at 10."""

Ids = npt.NDArray[np.uint64]


def bin_points(lon: Floats, lat: Floats, *, resolution: int) -> Ids:
    """Return the H3 cell of each point.

    ``lon``, ``lat``: shape (n,), degrees. ``resolution``: {8, 9, 10, 11}. Returns shape
    (n,). Raises ParameterError if the resolution is not one of those offered.

    Examples
    --------
    >>> cell_names(bin_points(np.array([-0.886]), np.array([52.765]), resolution=9))
    ['891943472a7ffff']
    """
    check_resolution(resolution)
    from hotspots.kernels.h3_index import cells_from_lonlat

    return np.asarray(cells_from_lonlat(lon, lat, resolution))


def check_resolution(resolution: int) -> None:
    """Refuse a resolution that is not offered.

    Raises ParameterError if it is not 8, 9, 10 or 11.
    """
    if resolution not in RESOLUTIONS:
        raise ParameterError(
            f"the H3 resolution must be one of 8, 9, 10, 11; got {resolution!r}. "
            "10 (about 1.3 ha) is for hotspots, 9 (about 9 ha) for overview."
        )


def cell_names(ids: Ids) -> list[str]:
    """Return cells as the hexadecimal text that other H3 tools use."""
    return [f"{cell:x}" for cell in ids.tolist()]


@dataclass(frozen=True, kw_only=True)
class Cells:
    """H3 cells of one resolution.

    ``ids`` (m,): distinct, rising.
    ``resolution``: {8, 9, 10, 11}.
    Raises ParameterError if the resolution is not offered, or ids are not distinct and
    rising.
    """

    ids: Ids
    resolution: int = DEFAULT_RESOLUTION

    def __post_init__(self) -> None:
        check_resolution(self.resolution)
        if self.ids.dtype != np.uint64 or (self.ids[1:] <= self.ids[:-1]).any():
            raise ParameterError(
                "cell ids must be distinct, rising 64-bit numbers; got "
                f"{self.ids.dtype} with {len(self.ids):,} values. "
                "Use Cells.from_ids, which sorts them."
            )

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def from_ids(cls, ids: Ids, *, resolution: int) -> Cells:
        """Make cells from ids in any order, with repeats.

        ``ids``: shape (k,).
        """
        return cls(
            ids=np.unique(np.asarray(ids, dtype=np.uint64)), resolution=resolution
        )

    @classmethod
    def from_polygon(cls, polygon: Any, *, resolution: int) -> Cells:
        """Make the cells that cover a polygon: every cell that touches it.

        ``polygon``: EPSG:4326. Raises AreaError if the polygon is empty or would need
        more than 3 million cells; ParameterError if the resolution is not offered.
        """
        from h3ronpy import ContainmentMode
        from h3ronpy.vector import wkb_to_cells

        check_resolution(resolution)
        if polygon.is_empty:
            raise AreaError("the study area must be a polygon; got an empty one.")
        _check_size(polygon, resolution)
        cells = wkb_to_cells(
            [shapely.to_wkb(polygon)],
            resolution,
            containment_mode=ContainmentMode.Covers,
            flatten=True,
        )
        return cls.from_ids(np.asarray(cells), resolution=resolution)

    def union(self, ids: Ids) -> Cells:
        """Return these cells and ``ids`` together."""
        return Cells.from_ids(
            np.concatenate([self.ids, ids]), resolution=self.resolution
        )

    def index_of(self, ids: Ids) -> npt.NDArray[np.int64]:
        """Return the position of each id, or -1 where it is not among these cells.

        ``ids``: shape (k,). Returns shape (k,).
        """
        if not len(self):
            return np.full(len(ids), -1, dtype=np.int64)
        at = np.minimum(np.searchsorted(self.ids, ids), len(self) - 1)
        return np.where(self.ids[at] == ids, at, -1).astype(np.int64)

    @cached_property
    def lonlat(self) -> Floats:
        """Centres in EPSG:4326, shape (m, 2), degrees."""
        from h3ronpy.vector import cells_to_coordinates

        batch = cells_to_coordinates(self.ids)
        lat, lon = (np.asarray(batch.column(name)) for name in ("lat", "lng"))
        return np.column_stack([lon, lat])

    @cached_property
    def xy_m(self) -> Floats:
        """Centres in EPSG:27700, shape (m, 2), metres."""
        x, y = lonlat_to_bng(self.lonlat[:, 0], self.lonlat[:, 1])
        return np.column_stack([x, y])

    @cached_property
    def area_km2(self) -> Floats:
        """True area of each cell, shape (m,), square kilometres (``h3.cell_area``)."""
        from h3ronpy import cells_area_km2

        return np.asarray(cells_area_km2(self.ids))

    @cached_property
    def neighbours(self) -> scipy.sparse.csr_array:
        """Ring-1 neighbours without self, a 0/1 matrix of shape (m, m)."""
        from scipy.sparse import csr_array

        rows, columns = self._neighbour_pairs
        ones = np.ones(len(rows), dtype=np.float64)
        shape = (len(self), len(self))
        return csr_array((ones, (rows, columns)), shape=shape)

    @cached_property
    def neighbour_table(self) -> npt.NDArray[np.int64]:
        """Positions of up to six neighbours, shape (m, 6), -1 where there is none."""
        rows, columns = self._neighbour_pairs
        starts = np.searchsorted(rows, np.arange(len(self)))
        table = np.full((len(self), 6), -1, dtype=np.int64)
        table[rows, np.arange(len(rows)) - starts[rows]] = columns
        return table

    @cached_property
    def _neighbour_pairs(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        import pyarrow as pa
        from h3ronpy import grid_disk

        disks = pa.array(grid_disk(self.ids, 1))
        rows = np.repeat(np.arange(len(self)), np.diff(disks.offsets.to_numpy()))
        columns = self.index_of(disks.values.to_numpy())
        keep = (columns >= 0) & (columns != rows)
        order = np.lexsort((columns[keep], rows[keep]))
        return rows[keep][order], columns[keep][order]

    def polygons(self) -> npt.NDArray[np.object_]:
        """Return the hexagons as shapely polygons in EPSG:4326, shape (m,)."""
        from h3ronpy.vector import cells_to_wkb_polygons

        wkb = cells_to_wkb_polygons(self.ids)
        return np.asarray(shapely.from_wkb(wkb.to_numpy()))


def _check_size(polygon: Any, resolution: int) -> None:
    """Refuse an area that explodes into cells, such as one with a stray vertex."""
    mid_latitude = (polygon.bounds[1] + polygon.bounds[3]) / 2
    km2 = polygon.area * 111.2**2 * np.cos(np.radians(mid_latitude))
    average_km2 = {8: 0.737, 9: 0.105, 10: 0.0150, 11: 0.00215}[resolution]
    if km2 / average_km2 > MAX_CELLS:
        raise AreaError(
            f"the study area must need at most {MAX_CELLS:,} cells; about {km2:,.0f} "
            f"km2 at resolution {resolution} needs {km2 / average_km2:,.0f}. Check for "
            "a stray corner or use a coarser resolution."
        )
