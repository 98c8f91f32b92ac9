"""Incidents: what happened, where, when, and how sure.

Checked once, at the door: an :class:`Incidents` cannot hold a row without a place or
a time. Coordinates are kept once each (``places``), because real files repeat them:
433,322 rows of a force stand on 25,674 points, and everything spatial is done per
point.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.core.crs import lonlat_to_bng
from hotspots.core.errors import ColumnError, PrecisionError, SourceError
from hotspots.core.types import TimePrecision
from hotspots.core.window import Window, add_months
from hotspots.model.institutions import Apart, reasons, reasons_on

SIMULATED = "Simulated data: no real person, address or incident."
PUBLISHED = (
    "Contains public sector information licensed under the Open Government Licence "
    "v3.0 (data.police.uk; ONS). Contains OS data © Crown copyright and database right."
)
SNAP_CHANGE = dt.date(2022, 7, 1)
"""data.police.uk drew a new list of snap points from this month on."""

FRAME_SCHEMA: dict[str, pl.DataType] = {
    "place": pl.UInt32(),
    "start": pl.Datetime("us"),
    "end": pl.Datetime("us"),
    "category": pl.Categorical(),
    "subcategory": pl.Categorical(),
    "street": pl.Categorical(),
    "reference": pl.String(),
    "premises": pl.String(),
    "address": pl.String(),
    "source_flag": pl.Categorical(),
    "qualifiers": pl.Categorical(),
    "file": pl.UInt16(),
    "line": pl.UInt32(),
    "apart": pl.Categorical(),
}


@dataclass(frozen=True, kw_only=True)
class Incidents:
    """Located, dated incidents.

    ``frame``: one row an incident, columns and types of :data:`FRAME_SCHEMA`. ``start``
    and ``end`` are local wall-clock times; ``end`` is left out of the span and equals
    ``start`` where the moment is known. ``qualifiers`` are separated by ``;``.
    ``apart`` says why a row is set apart (:mod:`hotspots.model.institutions`), or null.
    ``places``: one row a distinct coordinate: ``lon``, ``lat`` (EPSG:4326, degrees) and
    ``x``, ``y`` (EPSG:27700, metres).
    ``time_precision`` ({"month", "day", "minute"}): the finest time that the source
    states.
    ``snapped``: whether coordinates were moved to anonymous snap points by the
    publisher.
    ``simulated``: whether the incidents are made up.
    ``notes``: what was chosen or noticed while reading.
    ``institutions_apart``: whether institutions were looked for.
    ``whole``: the calendar of the files, where these are only the rows of a window.
    Raises ColumnError if a column is missing; SourceError if a row has no place or no
    time, or names a place that is not there.
    """

    frame: pl.DataFrame
    places: pl.DataFrame
    time_precision: TimePrecision = "minute"
    snapped: bool = False
    simulated: bool = False
    notes: tuple[str, ...] = ()
    institutions_apart: bool = True
    whole: pl.DataFrame | None = None

    def __post_init__(self) -> None:
        for column in FRAME_SCHEMA:
            if column not in self.frame.columns:
                raise ColumnError(column, "the incidents", self.frame.columns)
        for column in ("lon", "lat", "x", "y"):
            if column not in self.places.columns:
                raise ColumnError(column, "the places", self.places.columns)
        for column in ("place", "start", "end", "category"):
            missing = self.frame[column].null_count()
            if missing:
                raise SourceError(
                    f"every incident must have a {column}; {missing:,} of "
                    f"{self.frame.height:,} have none. Refuse those rows while reading."
                )
        top = self.frame["place"].max()
        if isinstance(top, int) and top >= self.places.height:
            raise SourceError(
                f"every incident must name one of the {self.places.height:,} places; "
                f"the largest number is {top:,}."
            )

    def __len__(self) -> int:
        return self.frame.height

    @property
    def n(self) -> int:
        """How many incidents."""
        return self.frame.height

    @property
    def attribution(self) -> str:
        """Whose data these are, to be shown wherever they go."""
        if self.simulated:
            return SIMULATED
        return PUBLISHED if self.snapped else "Data as supplied by the partnership."

    @cached_property
    def place_xy_m(self) -> npt.NDArray[np.float64]:
        """Coordinates of the places, shape (p, 2), metres."""
        return self.places.select("x", "y").to_numpy()

    @property
    def xy_m(self) -> npt.NDArray[np.float64]:
        """Coordinates of the incidents, shape (n, 2), metres."""
        return np.asarray(self.place_xy_m[self.frame["place"].to_numpy()])

    @cached_property
    def calendar(self) -> pl.DataFrame:
        """How many there are: ``file``, ``day``, ``category``, ``subcategory``, ``n``.

        Of the whole of the files, also where only the rows of a window were read.
        """
        return calendar_of(self.frame) if self.whole is None else self.whole

    @cached_property
    def days(self) -> pl.Series:
        """The days that hold any incident of the files, ascending."""
        if self.whole is not None:
            return self.whole["day"].unique().sort()
        return self.frame["start"].dt.date().unique().sort()

    def place_counts(self) -> npt.NDArray[np.int64]:
        """Return how many incidents stand on each place, shape (p,)."""
        return np.bincount(self.frame["place"].to_numpy(), minlength=len(self.places))

    def select(self, rows: pl.Expr | pl.Series | npt.NDArray[np.bool_]) -> Incidents:
        """Return the incidents for which ``rows`` is true; the places stay."""
        kept = pl.Series(rows) if isinstance(rows, np.ndarray) else rows
        frame = self.frame.filter(kept)
        every = frame.height == self.n  # then one of the two is enough
        return replace(self, frame=self.frame if every else frame, whole=None)

    def compact(self) -> Incidents:
        """Return the same incidents with only the places that they stand on."""
        places, place = np.unique(self.frame["place"].to_numpy(), return_inverse=True)
        frame = self.frame.with_columns(place=pl.Series(place, dtype=pl.UInt32))
        return replace(self, frame=frame, places=self.places[places])

    def check_moments(self, analysis: str) -> None:
        """Refuse an analysis that needs days or hours where the source has months.

        Raises PrecisionError if the finest time is the month, or coordinates are snap
        points.
        """
        if self.time_precision == "month":
            raise PrecisionError(
                f"{analysis} needs the day and time of each incident; these files "
                "state only the month (data.police.uk). Use the partnership's own "
                "export."
            )
        if self.snapped:
            raise PrecisionError(
                f"{analysis} needs true locations; these coordinates were moved to "
                "snap points by the publisher. Use the partnership's own export."
            )

    def check_same_snap_points(self, start: dt.date, end: dt.date) -> None:
        """Refuse to compare exact places across the change of snap points.

        Raises PrecisionError if coordinates are snapped and July 2022 lies inside the
        span.
        """
        if self.snapped and start < SNAP_CHANGE < end:
            raise PrecisionError(
                "exact places must not be compared across July 2022, when "
                "data.police.uk drew new snap points; got "
                f"{start:%Y-%m} to {add_months(end, -1):%Y-%m}. "
                "Compare wards or other areas, or stay on one side."
            )

    def known_on(self, day: dt.date) -> Incidents:
        """Return the incidents with no institution found by what came later."""
        if not self.institutions_apart or self.whole is not None:
            return self  # of a lake only a part is here
        why = reasons_on(day, self.frame, self.places).cast(pl.Categorical())
        return replace(self, frame=self.frame.with_columns(apart=why))

    @classmethod
    def from_located(
        cls,
        located: pl.DataFrame,
        *,
        time_precision: TimePrecision = "minute",
        snapped: bool = False,
        simulated: bool = False,
        notes: Iterable[str] = (),
        apart: Apart | None = None,
        closed: pl.DataFrame | None = None,
    ) -> Incidents:
        """Make incidents from rows that carry their own longitude and latitude.

        ``located``: ``lon``, ``lat`` (degrees), ``start``, ``category``; any other
        column of :data:`FRAME_SCHEMA` may be left out and is then empty (``end`` equals
        ``start``). ``apart``: what is set apart, default institutions;
        ``closed``: places that look so by rows that are not all here. Returns: places
        are sorted by latitude and longitude, so that the
        order of the rows changes nothing. Raises ColumnError if ``lon``, ``lat``,
        ``start`` or ``category`` is missing; SourceError if a row has no place or no
        time.
        """
        for column in ("lon", "lat", "start", "category"):
            if column not in located.columns:
                raise ColumnError(column, "the located rows", located.columns)
        places = located.select("lon", "lat").unique().sort("lat", "lon")
        places = places.with_row_index("place")
        joined = located.join(places, on=["lon", "lat"], how="left")
        if "end" not in joined.columns:
            joined = joined.with_columns(end=pl.col("start"))
        frame = joined.select(
            (pl.col(name) if name in joined.columns else pl.lit(None, dtype=kind))
            .cast(kind)
            .alias(name)
            for name, kind in FRAME_SCHEMA.items()
        )
        x, y = lonlat_to_bng(places["lon"].to_numpy(), places["lat"].to_numpy())
        places = places.select("lon", "lat", x=pl.Series(x), y=pl.Series(y))
        why = reasons(frame, places, apart or Apart(), closed).cast(pl.Categorical())
        return cls(
            frame=frame.with_columns(apart=why),
            places=places,
            time_precision=time_precision,
            snapped=snapped,
            simulated=simulated,
            notes=tuple(notes),
            institutions_apart=(apart or Apart()).institutions,
        )


def calendar_of(rows: pl.DataFrame) -> pl.DataFrame:
    """Return how many rows each file has of a day, category and sub category."""
    keys = rows.select(
        pl.col("file").fill_null(0),
        pl.col("start").dt.date().alias("day"),
        pl.col("category", "subcategory"),
    )
    return keys.group_by(pl.all()).len("n")


def within(window: Window) -> pl.Expr:
    """Return an expression: whether an incident starts in a window."""
    return pl.col("start").is_between(*window.moments, closed="left")
