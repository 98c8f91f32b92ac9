"""Cells: the H3 hexagons of a study area, their true sizes and who is next to whom."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from hotspots.core.arrays import rising
from hotspots.core.crs import lonlat_to_bng
from hotspots.core.errors import AreaError, ParameterError
from hotspots.core.types import Floats

if TYPE_CHECKING:
    import scipy.sparse


RESOLUTIONS = (8, 9, 10, 11)
DEFAULT_RESOLUTION = 10
MAX_CELLS = 3_000_000
"""England at resolution 9, its two largest forces at 10."""
MAX_STUDY = 30_000_000
"""Twice England and Wales at resolution 10: what is searched part by part."""

TILE_DEGREES, TILES = 0.4, 8
"""A country is covered by so many tiles at a time: all at once take 5 GB."""
MEASURED = 600

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


@dataclass(frozen=True)
class Extent:
    """How many cells a study area has, and their area."""

    n: int
    km2: float


@dataclass(frozen=True, kw_only=True)
class Cells:
    """H3 cells of one resolution.

    ``ids`` (m,): distinct, rising.
    ``resolution``: {8, 9, 10, 11}.
    ``within``: the study area, where only its cells near an incident are here.
    Raises ParameterError if the resolution is not offered, or ids are not distinct and
    rising.
    """

    ids: Ids
    resolution: int = DEFAULT_RESOLUTION
    within: Extent | None = None

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
        return cls(ids=rising(ids), resolution=resolution)

    @classmethod
    def from_polygon(
        cls, polygon: Any, *, resolution: int, most: int = MAX_CELLS
    ) -> Cells:
        """Make the cells that cover a polygon: every cell that touches it.

        ``polygon``: EPSG:4326. Raises AreaError if the polygon is empty or would need
        more than ``most`` cells; ParameterError if the resolution is not offered.
        """
        from h3ronpy import ContainmentMode
        from h3ronpy.vector import wkb_to_cells

        check_resolution(resolution)
        if polygon.is_empty:
            raise AreaError("the study area must be a polygon; got an empty one.")
        _check_size(polygon, resolution, most)
        tiles = list(shapely.to_wkb(_tiles(polygon)))
        cells = [
            np.asarray(
                wkb_to_cells(
                    tiles[k : k + TILES],
                    resolution,
                    containment_mode=ContainmentMode.Covers,
                    flatten=True,
                )
            )
            for k in range(0, len(tiles), TILES)
        ]
        return cls.from_ids(np.concatenate(cells), resolution=resolution)

    def at(self, positions: npt.NDArray[np.int64]) -> Cells:
        """Return some of the cells by rising positions."""
        return Cells(ids=self.ids[positions], resolution=self.resolution)

    @cached_property
    def study(self) -> Extent:
        """The study area, also where only some of its cells are here."""
        return self.within or Extent(len(self), float(self.area_km2.sum()))

    def union(self, ids: Ids) -> Cells:
        """Return these cells and ``ids`` together."""
        if (self.index_of(ids) >= 0).all():
            return self
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

    def read_areas_off(self) -> None:
        """Find the areas of cells that lie together from a smooth surface.

        A tenth of the work of measuring each, and within 1e-10 of it, which is tried on
        every tenth of those measured; where it does not hold, each is measured.
        """
        if len(self) < MEASURED:
            return
        middle, size = self.lonlat.mean(axis=0), np.ptp(self.lonlat, axis=0)
        x, y = ((self.lonlat - middle) / size).T
        terms = np.polynomial.polynomial.polyvander2d(x, y, [4, 4])
        step = len(self) // MEASURED
        few = self.at(np.arange(0, len(self), step)).area_km2
        known = np.arange(len(few)) % 10 != 0
        found, *_ = np.linalg.lstsq(terms[::step][known], few[known])
        if np.abs(terms[::step] @ found / few - 1).max() < 1e-10:
            vars(self)["area_km2"] = terms @ found

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
        from h3ronpy import grid_disk

        disks = pl.Series(grid_disk(self.ids, 1))
        rows = np.repeat(np.arange(len(self)), disks.list.len().to_numpy())
        columns = self.index_of(disks.explode().to_numpy())
        keep = (columns >= 0) & (columns != rows)
        pairs = np.sort(rows[keep] * len(self) + columns[keep])
        return np.divmod(pairs, len(self))

    def polygons(self) -> npt.NDArray[np.object_]:
        """Return the hexagons as shapely polygons in EPSG:4326, shape (m,)."""
        from h3ronpy.vector import cells_to_wkb_polygons

        wkb = cells_to_wkb_polygons(self.ids)
        return np.asarray(shapely.from_wkb(wkb.to_numpy()))


def _tiles(polygon: Any) -> list[Any]:
    """Return a polygon cut up: the time to cover it grows with size times corners."""
    west, south, east, north = polygon.bounds
    found = []
    for x in np.arange(west, east, TILE_DEGREES):
        strip = shapely.clip_by_rect(polygon, x, south, x + TILE_DEGREES, north)
        found += [
            shapely.clip_by_rect(strip, x, y, x + TILE_DEGREES, y + TILE_DEGREES)
            for y in np.arange(south, north, TILE_DEGREES)
        ]
    return [tile for tile in found if not tile.is_empty] or [polygon]


def cells_needed(polygon: Any, resolution: int) -> float:
    """Return about how many cells cover a polygon in EPSG:4326."""
    mid_latitude = (polygon.bounds[1] + polygon.bounds[3]) / 2
    km2 = polygon.area * 111.2**2 * np.cos(np.radians(mid_latitude))
    average_km2 = {8: 0.737, 9: 0.105, 10: 0.0150, 11: 0.00215}[resolution]
    return float(km2 / average_km2)


def _check_size(polygon: Any, resolution: int, most: int) -> None:
    """Refuse an area that explodes into cells, such as one with a stray vertex."""
    needed = cells_needed(polygon, resolution)
    if needed > most:
        raise AreaError(
            f"the study area must need at most {most:,} cells; at resolution "
            f"{resolution} it needs about {needed:,.0f}. Check for a stray corner or "
            "use a coarser resolution."
        )
