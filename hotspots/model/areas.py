"""Areas: named, kinded, dated polygons, and which of them a point lies in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from hotspots.core.errors import AreaError, ColumnError, ParameterError

KINDS = ("ward", "priority neighbourhood", "lsoa", "beat", "lad", "other")

FRAME_SCHEMA: dict[str, pl.DataType] = {
    "code": pl.String(),
    "name": pl.String(),
    "kind": pl.String(),
    "valid_from": pl.Date(),
    "valid_to": pl.Date(),
}

PLURALS = {"lsoa": "LSOAs", "other": "areas"}
M2_PER_DEGREE2 = 111_200.0**2
SLIVER_HA = 0.1
FEW_PAIRS, PAIRS_EACH = 200_000, 64
"""How many pairs may overlap: a whole nation on six levels has twenty for each area."""
"""Overlaps and gaps smaller than this come from generalised boundaries."""


@dataclass(frozen=True, kw_only=True)
class Areas:
    """Named polygons, of one or several kinds.

    ``frame``: ``code``, ``name``, ``kind`` (one of :data:`KINDS`), ``valid_from``,
    ``valid_to`` (dates or null; the last day is still valid).
    ``geometry``: shape (a,), EPSG:4326.
    ``simulated``: whether the areas are made up.
    ``notes``: what was repaired or noticed.
    Raises AreaError if there is no area, a polygon is empty, invalid or no polygon;
    ColumnError if a column is missing; ParameterError if a kind is not one of
    :data:`KINDS`.
    """

    frame: pl.DataFrame
    geometry: npt.NDArray[np.object_]
    simulated: bool = False
    notes: tuple[str, ...] = ()
    _indexes: dict[str | None, Any] = field(
        default_factory=dict, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        for column in FRAME_SCHEMA:
            if column not in self.frame.columns:
                raise ColumnError(column, "the areas", self.frame.columns)
        if not len(self.geometry) or len(self.geometry) != self.frame.height:
            raise AreaError(
                "areas must be at least one polygon, one for each row; got "
                f"{len(self.geometry)} polygons and {self.frame.height} rows."
            )
        _check_kinds(self.frame["kind"].unique().to_list())
        _check_polygons(self.geometry, self.frame["code"].to_list())

    def __len__(self) -> int:
        return self.frame.height

    @property
    def words(self) -> str:
        """What they are, for a title: names of one or two, else how many of the first.

        A file's name is no name of a place, so it is never used.
        """
        kind = str(self.frame["kind"][0])
        names = self.frame.filter(pl.col("kind") == kind)["name"].to_list()
        if len(names) <= 2:
            return " and ".join(map(str, names))
        return f"{len(names):,} {PLURALS.get(kind, f'{kind}s')}"

    @classmethod
    def from_polygons(
        cls,
        polygons: Sequence[Any] | npt.NDArray[np.object_],
        *,
        codes: Sequence[str],
        names: Sequence[str] | None = None,
        kind: str = "other",
        simulated: bool = False,
    ) -> Areas:
        """Make areas of one kind from polygons, repairing invalid ones.

        ``polygons``: EPSG:4326. ``codes``, ``names``: ``names`` default to the codes.
        Raises AreaError if there is none, or one is empty or no polygon; ParameterError
        if the kind is not known.
        """
        frame = pl.DataFrame(
            {
                "code": list(codes),
                "name": list(names or codes),
                "kind": [kind] * len(codes),
                "valid_from": [None] * len(codes),
                "valid_to": [None] * len(codes),
            },
            schema=FRAME_SCHEMA,
        )
        return cls.repaired(frame, np.asarray(polygons), simulated=simulated)

    @classmethod
    def repaired(
        cls,
        frame: pl.DataFrame,
        geometry: npt.NDArray[np.object_],
        *,
        simulated: bool = False,
        notes: tuple[str, ...] = (),
    ) -> Areas:
        """Make areas, repairing invalid polygons and saying so in the notes.

        Raises AreaError if a polygon is empty, or nothing of it is left after repair.
        """
        bad = ~shapely.is_valid(geometry)
        if bad.any():
            fixed = geometry.copy()
            fixed[bad] = [_polygonal(g) for g in shapely.make_valid(geometry[bad])]
            codes = frame["code"].filter(pl.Series(bad)).to_list()
            shown = ", ".join(codes[:5]) + (" and others" if len(codes) > 5 else "")
            notes = (
                *notes,
                f"{len(codes)} of {len(frame)} polygons were invalid as supplied and "
                f"were repaired: {shown}.",
            )
            geometry = fixed
        return cls(frame=frame, geometry=geometry, simulated=simulated, notes=notes)

    def join(self, *others: Areas) -> Areas:
        """Return all sets of areas as one."""
        if not others:
            return self
        every = (self, *others)
        return Areas(
            frame=pl.concat([each.frame for each in every]),
            geometry=np.concatenate([each.geometry for each in every]),
            simulated=any(each.simulated for each in every),
            notes=tuple(note for each in every for note in each.notes),
        )

    def of_kind(self, kind: str) -> npt.NDArray[np.int64]:
        """Return the rows of one kind.

        Raises ParameterError if the kind is not known.
        """
        _check_kinds([kind])
        return np.flatnonzero((self.frame["kind"] == kind).to_numpy())

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that are there, in the order of :data:`KINDS`."""
        there = set(self.frame["kind"].to_list())
        return tuple(kind for kind in KINDS if kind in there)

    def valid_on(self, day: dt.date) -> Areas:
        """Return the areas that were valid on a day; those left out are noted.

        Raises AreaError if none was valid.
        """
        begun = pl.col("valid_from").is_null() | (pl.col("valid_from") <= day)
        lasting = pl.col("valid_to").is_null() | (pl.col("valid_to") >= day)
        keep = self.frame.select((begun & lasting).alias("keep"))["keep"]
        if keep.all():
            return self
        if not keep.any():
            raise AreaError(
                f"at least one area must be valid on {day.isoformat()}; all "
                f"{len(self)} have ended or not begun. Check valid_from and valid_to."
            )
        left_out = len(self) - int(keep.sum())
        note = f"{left_out} areas were left out: not valid on {day.isoformat()}."
        return replace(
            self,
            frame=self.frame.filter(keep),
            geometry=self.geometry[keep.to_numpy()],
            notes=(*self.notes, note),
            _indexes={},
        )

    def locate(
        self,
        lon: npt.NDArray[np.float64],
        lat: npt.NDArray[np.float64],
        *,
        kind: str | None = None,
    ) -> npt.NDArray[np.int64]:
        """Return the row of the area that each point lies in, or -1.

        Exact. A point on an edge shared by two areas goes to one of them, always the
        same; where areas of a kind overlap, the first row wins.

        ``lon``, ``lat``: shape (n,), degrees. ``kind``: only areas of this kind;
        default all. Returns shape (n,). Raises ParameterError if the kind is not known.
        """
        from hotspots.kernels.polygon_index import PolygonIndex

        rows = np.arange(len(self)) if kind is None else self.of_kind(kind)
        if not len(rows):
            return np.full(len(lon), -1, dtype=np.int64)
        if len(rows) == len(self):
            kind = None  # one index serves both questions
        if kind not in self._indexes:
            self._indexes[kind] = PolygonIndex(self.geometry[rows])
        found = np.asarray(self._indexes[kind].locate(lon, lat), dtype=np.int64)
        return np.where(found >= 0, rows[found], -1)

    @cached_property
    def outline(self) -> Any:
        """All areas together, a shapely (Multi)Polygon in EPSG:4326."""
        return _polygonal(shapely.union_all(self.geometry))

    @cached_property
    def area_km2(self) -> npt.NDArray[np.float64]:
        """Area of each polygon on the ellipsoid, shape (a,), square kilometres."""
        from pyproj import Geod

        geod = Geod(ellps="WGS84")
        areas = [abs(geod.geometry_area_perimeter(g)[0]) for g in self.geometry]
        return np.asarray(areas) / 1e6

    @cached_property
    def coverage_notes(self) -> tuple[str, ...]:
        """Sentences on overlaps and gaps within each kind.

        Empty where nothing larger than a sliver (0.1 ha) was found.
        """
        notes: list[str] = []
        for kind in self.kinds:
            polygons = self.geometry[self.of_kind(kind)]
            notes += _overlap_note(kind, polygons)
            if kind != "priority neighbourhood":  # those are islands on purpose
                notes += _gap_note(kind, polygons)
        return tuple(notes)


def _check_kinds(kinds: Sequence[str]) -> None:
    for kind in kinds:
        if kind not in KINDS:
            raise ParameterError(
                f"an area's kind must be one of {', '.join(KINDS)}; got {kind!r}."
            )


def _check_polygons(geometry: npt.NDArray[np.object_], codes: Sequence[str]) -> None:
    kinds = shapely.get_type_id(geometry)
    wrong = ~np.isin(kinds, (3, 6)) | shapely.is_empty(geometry)
    wrong |= ~shapely.is_valid(geometry)
    if wrong.any():
        row = int(np.argmax(wrong))
        found = "nothing" if geometry[row] is None else geometry[row].geom_type
        raise AreaError(
            f"every area must be a valid polygon with some extent; area "
            f"'{codes[row]}' is not (it is {found}). Repair it in a GIS or remove it."
        )
    west, south, east, north = shapely.total_bounds(geometry)
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise AreaError(
            "areas must be in longitude and latitude (EPSG:4326) here; the bounds are "
            f"{west:g}, {south:g}, {east:g}, {north:g}. Say the coordinate system in "
            "the file."
        )
    _check_depth(geometry)


def _check_depth(geometry: npt.NDArray[np.object_]) -> None:
    """Refuse areas that lie over each other without end: each point is asked of all."""
    n = len(geometry)
    most = FEW_PAIRS + PAIRS_EACH * n
    if n * n <= most:
        return
    boxes = shapely.box(*shapely.bounds(geometry).T)
    tried = boxes[:: max(1, n // 256)]
    pairs = len(shapely.STRtree(boxes).query(tried)[0]) * n // len(tried)
    if pairs > most:
        raise AreaError(
            f"{n:,} areas must overlap in at most {most:,} pairs; they do so in about "
            f"{pairs:,}. Give the areas of one kind and one time, without copies."
        )


def _polygonal(geometry: Any) -> Any:
    """Return the polygons of a geometry, without the lines and points repair leaves."""
    if geometry.geom_type in ("Polygon", "MultiPolygon"):
        return geometry
    parts = shapely.get_parts(geometry)
    polygons = parts[np.isin(shapely.get_type_id(parts), (3, 6))]
    return shapely.union_all(polygons)


def _hectares(geometry: Any) -> float:
    """Return an approximate area in hectares of a small geometry in degrees."""
    if geometry.is_empty:
        return 0.0
    squeeze = float(np.cos(np.radians(geometry.bounds[1])))
    return float(geometry.area) * M2_PER_DEGREE2 * squeeze / 1e4


def _overlap_note(kind: str, polygons: npt.NDArray[np.object_]) -> list[str]:
    left, right = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    first = left < right
    shared = shapely.intersection(polygons[left[first]], polygons[right[first]])
    sizes = np.array([_hectares(piece) for piece in shared])
    large = sizes > SLIVER_HA
    if not large.any():
        return []
    return [
        f"{int(large.sum())} pairs of areas of kind '{kind}' overlap, by "
        f"{sizes[large].sum():,.1f} ha in all; a point in an overlap is counted in the "
        "first of the two."
    ]


def _gap_note(kind: str, polygons: npt.NDArray[np.object_]) -> list[str]:
    together = shapely.get_parts(shapely.union_all(polygons))
    rings = [shapely.Polygon(ring) for part in together for ring in part.interiors]
    sizes = np.array([_hectares(ring) for ring in rings])
    if not (sizes > SLIVER_HA).any():
        return []
    large = sizes > SLIVER_HA
    return [
        f"areas of kind '{kind}' leave {int(large.sum())} gaps inside, "
        f"{sizes[large].sum():,.1f} ha in all; incidents there belong to no {kind}."
    ]
