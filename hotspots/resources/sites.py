"""Points that can carry something: lamp columns, posts, fixed cameras."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.core.crs import GB_BOUNDS, bng_to_lonlat, lonlat_to_bng
from hotspots.core.errors import ColumnError, EmptyFileError, SourceError
from hotspots.core.types import Floats
from hotspots.intake.inputs import InputFile

MAX_SITES = 500_000
MAX_BYTES = 256 * 1024 * 1024
_ID = ("id", "column_id", "site_id", "camera_id", "asset_id", "unit_id", "reference")
_NAME = ("street", "name", "location", "road", "street_name")
_HEIGHT = ("height_m", "height")
_POWER = ("powered", "power", "has_power")
_NO = ("no", "n", "false", "0", "none", "without")
_EAST, _NORTH = ("easting", "eastings", "x"), ("northing", "northings", "y")
_LON, _LAT = ("lon", "longitude", "long", "lng"), ("lat", "latitude")


@dataclass(frozen=True, kw_only=True)
class Sites:
    """Points with an id each.

    Parameters
    ----------
    ids : tuple of str, length m
        No two are equal.
    xy_m : ndarray of shape (m, 2), EPSG:27700, metres
    lonlat : ndarray of shape (m, 2), EPSG:4326, degrees
    names : tuple of str, length m
        Street or place; empty where not known.
    height_m : ndarray of shape (m,)
        NaN where not known.
    powered : ndarray of shape (m,), bool, optional
        False where the file says that there is no power; None where it says nothing.

    Raises
    ------
    SourceError
        If the lengths differ, an id is empty or stands twice, or a point is missing.
    """

    ids: tuple[str, ...]
    xy_m: Floats
    lonlat: Floats
    names: tuple[str, ...]
    height_m: Floats
    powered: npt.NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        m = len(self.ids)
        lengths = {len(self.xy_m), len(self.lonlat), len(self.names)}
        if lengths | {len(self.height_m)} != {m}:
            raise SourceError(
                f"{m:,} sites need as many points, names and heights; got "
                f"{sorted(lengths | {len(self.height_m)})}."
            )
        if len(set(self.ids)) != m or "" in self.ids:
            raise SourceError(
                f"every site needs an id of its own; {m - len(set(self.ids)):,} of "
                f"{m:,} stand twice or are empty."
            )
        if not np.isfinite(self.xy_m).all() or not np.isfinite(self.lonlat).all():
            raise SourceError("every site must have a place; at least one has none.")

    def __len__(self) -> int:
        return len(self.ids)

    def only(self, keep: npt.NDArray[np.bool_]) -> Sites:
        """Return some of the sites, in their order.

        Parameters
        ----------
        keep : ndarray of shape (m,), bool
        """
        rows = np.flatnonzero(keep).tolist()
        return Sites(
            ids=tuple(self.ids[k] for k in rows),
            xy_m=self.xy_m[rows],
            lonlat=self.lonlat[rows],
            names=tuple(self.names[k] for k in rows),
            height_m=self.height_m[rows],
            powered=None if self.powered is None else self.powered[rows],
        )

    @classmethod
    def from_xy(
        cls,
        xy_m: npt.ArrayLike,
        *,
        ids: tuple[str, ...],
        names: tuple[str, ...] | None = None,
    ) -> Sites:
        """Make sites from National Grid coordinates.

        Parameters
        ----------
        xy_m : array-like of shape (m, 2), EPSG:27700, metres

        Raises
        ------
        SourceError
            If a point is outside Great Britain or an id stands twice.
        """
        xy = np.asarray(xy_m, dtype=np.float64).reshape(-1, 2)
        lon, lat = bng_to_lonlat(xy[:, 0], xy[:, 1])
        lonlat = np.column_stack([lon, lat])
        if not np.isfinite(lonlat).all():
            row = int(np.argmin(np.isfinite(lonlat).all(axis=1)))
            raise SourceError(
                f"every site must be in Great Britain; '{ids[row]}' is at "
                f"{xy[row].tolist()}. Correct its coordinates."
            )
        return cls(
            ids=ids,
            xy_m=xy,
            lonlat=lonlat,
            names=names or ("",) * len(ids),
            height_m=np.full(len(ids), np.nan),
        )


def read_sites(path: Path | str) -> Sites:
    """Read lamp columns or cameras from a CSV file.

    Raises
    ------
    ColumnError
        If a column that must be there is not.
    EmptyFileError
        If there is no row.
    SourceError
        If the file is not text or too large, an id is missing or stands twice, a
        coordinate is missing or no number, or a point is outside Great Britain.
    """
    file = Path(path)
    frame = _table(file)
    names = {re.sub(r"[^a-z0-9]+", "_", c.lower()).strip("_"): c for c in frame.columns}

    def find(wanted: tuple[str, ...]) -> str | None:
        return next((names[name] for name in wanted if name in names), None)

    id_column = find(_ID)
    if id_column is None:
        raise ColumnError("id", file.name, frame.columns)
    xy, lonlat = _places(frame, find, file.name)
    _check_inside(lonlat, file.name)
    named, height, power = find(_NAME), find(_HEIGHT), find(_POWER)
    return Sites(
        ids=_ids(frame[id_column], file.name),
        xy_m=xy,
        lonlat=lonlat,
        names=tuple(frame[named].fill_null("").to_list()) if named else ("",) * len(xy),
        height_m=_numbers(frame[height]) if height else np.full(len(xy), np.nan),
        powered=_has_power(frame[power]) if power else None,
    )


def _has_power(values: pl.Series) -> npt.NDArray[np.bool_]:
    told = values.str.to_lowercase().is_in(_NO).fill_null(value=False)
    return np.asarray(~told.to_numpy())


def _table(file: Path) -> pl.DataFrame:
    if not file.is_file():
        raise SourceError(
            f"{file.name} must be a file of sites; nothing is there. Check the path."
        )
    data = InputFile(path=file, name=file.name).read_bytes()
    if len(data) > MAX_BYTES:
        raise SourceError(f"{file.name} must be at most 256 MB; it is larger.")
    try:
        frame = pl.read_csv(data.removeprefix(b"\xef\xbb\xbf"), infer_schema=False)
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise SourceError(
            f"{file.name} must be a CSV file in UTF-8 with a header line; {error}."
        ) from error
    if not frame.height:
        raise EmptyFileError(f"{file.name} must hold at least one site; it has none.")
    if frame.height > MAX_SITES:
        raise SourceError(
            f"{file.name} must hold at most {MAX_SITES:,} sites; it has "
            f"{frame.height:,}. Cut it to the district."
        )
    return frame.with_columns(pl.all().str.strip_chars())


def _places(frame: pl.DataFrame, find: object, name: str) -> tuple[Floats, Floats]:
    assert callable(find)
    east, north, lon, lat = (find(w) for w in (_EAST, _NORTH, _LON, _LAT))
    if east and north:
        x, y = _numbers(frame[east]), _numbers(frame[north])
        _check_numbers(x, y, name)
        lonlat = np.column_stack(bng_to_lonlat(x, y))
        return np.column_stack([x, y]), lonlat
    if lon and lat:
        x, y = _numbers(frame[lon]), _numbers(frame[lat])
        _check_numbers(x, y, name)
        xy = np.column_stack(lonlat_to_bng(x, y))
        outside = ~np.isfinite(xy).all(axis=1)
        lonlat = np.column_stack([x, y])
        lonlat[outside] = np.nan
        return xy, lonlat
    lacks = ("lat" if lon else "lon") if lon or lat else "easting"
    raise ColumnError("northing" if east else lacks, name, frame.columns)


def _numbers(values: pl.Series) -> Floats:
    numbers = values.cast(pl.Float64, strict=False).fill_null(float("nan"))
    return np.asarray(numbers.to_numpy(), dtype=np.float64)


def _check_numbers(x: Floats, y: Floats, name: str) -> None:
    missing = ~(np.isfinite(x) & np.isfinite(y))
    if missing.any():
        raise SourceError(
            f"every row of {name} must have two numbers for its place; "
            f"{int(missing.sum()):,} of {len(x):,} have not, first: line "
            f"{int(np.argmax(missing)) + 2:,}. Correct or remove those rows."
        )


def _check_inside(lonlat: Floats, name: str) -> None:
    west, south, east, north = GB_BOUNDS
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    with np.errstate(invalid="ignore"):
        inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    if not inside.all():
        raise SourceError(
            f"every site of {name} must be in Great Britain; "
            f"{int((~inside).sum()):,} of {len(lon):,} are not, first: line "
            f"{int(np.argmin(inside)) + 2:,}. Are easting and northing, or longitude "
            "and latitude, exchanged?"
        )


def _ids(values: pl.Series, name: str) -> tuple[str, ...]:
    empty = values.is_null() | (values == "")
    if empty.any():
        raise SourceError(
            f"every row of {name} must have an id; {int(empty.sum()):,} of "
            f"{len(values):,} have none, first: line {(empty.arg_max() or 0) + 2:,}."
        )
    twice = values.is_duplicated()
    if twice.any():
        first = values.filter(twice)[0]
        raise SourceError(
            f"every id of {name} must stand once; {int(twice.sum()):,} rows share one, "
            f"first: '{first}'. Give each site its own."
        )
    return tuple(values.to_list())
