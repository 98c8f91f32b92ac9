"""Points that can carry something: lamp columns, posts, fixed cameras."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hotspots.core.crs import lonlat_of
from hotspots.core.errors import SourceError
from hotspots.core.types import Floats
from hotspots.intake.records import (
    PLACE,
    RecordField,
    check_rows,
    places_of,
    read_records,
)

MAX_SITES = 500_000
FIELDS = (
    RecordField(
        name="id",
        kind="text",
        required=True,
        help="Its own number.",
        also=(
            "column id",
            "site id",
            "camera id",
            "asset id",
            "asset number",
            "unit id",
            "column number",
            "reference",
        ),
    ),
    RecordField(
        name="street",
        kind="text",
        help="Street or place.",
        also=("name", "location", "road", "street name"),
    ),
    RecordField(name="height_m", kind="number", help="Metres.", also=("height",)),
    RecordField(
        name="powered", kind="text", help="No or none.", also=("power", "has power")
    ),
    *PLACE,
)
_NO = ("no", "n", "false", "0", "none", "without")


@dataclass(frozen=True, kw_only=True)
class Sites:
    """Points with an id each.

    ``ids``: length m; no two are equal.
    ``xy_m`` (m, 2), EPSG:27700, metres.
    ``lonlat`` (m, 2), EPSG:4326, degrees.
    ``names``: length m; street or place; empty where not known.
    ``height_m`` (m,): NaN where not known.
    ``powered`` (m,): false where the file says that there is no power; None where it
    says nothing.

    Raises SourceError if the lengths differ, an id is empty or stands twice, or a point
    is missing.
    """

    ids: tuple[str, ...]
    xy_m: Floats
    lonlat: Floats
    names: tuple[str, ...]
    height_m: Floats
    powered: npt.NDArray[np.bool_] | None = None
    notes: tuple[str, ...] = ()

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

        ``keep`` (m,).
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
    def from_xy(cls, xy_m: npt.ArrayLike, *, ids: tuple[str, ...]) -> Sites:
        """Make sites from National Grid coordinates.

        ``xy_m``: array-like of shape (m, 2), EPSG:27700, metres.

        Raises SourceError if a point is outside Great Britain or an id stands twice.
        """
        xy = np.asarray(xy_m, dtype=np.float64).reshape(-1, 2)
        lonlat = lonlat_of(xy)
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
            names=("",) * len(ids),
            height_m=np.full(len(ids), np.nan),
        )


def read_sites(path: Path | str) -> Sites:
    """Read lamp columns or cameras from a table.

    Raises ColumnError if a column that must be there is not; EmptyFileError if there is
    no row; SourceError if the file cannot be read or is too large, an id is missing or
    stands twice, a coordinate is missing or no number, or a point is outside Great
    Britain.
    """
    records = read_records(path, FIELDS)
    check_rows(records, "at least one site")
    frame = records.frame
    if frame.height > MAX_SITES:
        raise SourceError(
            f"{records.name} must hold at most {MAX_SITES:,} sites; it has "
            f"{frame.height:,}. Cut it to the district."
        )
    xy_m, lonlat = places_of(records)
    powered = ~frame["powered"].str.to_lowercase().is_in(_NO).fill_null(False)
    return Sites(
        ids=tuple(frame["id"]),
        xy_m=xy_m,
        lonlat=lonlat,
        names=tuple(frame["street"].fill_null("")),
        height_m=frame["height_m"].fill_null(np.nan).to_numpy(),
        powered=powered.to_numpy() if "powered" in records.columns else None,
        notes=records.notes,
    )
