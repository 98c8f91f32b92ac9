"""What has happened inside a shape that somebody has drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
import shapely

from hotspots.analysis.result import Analysis
from hotspots.analysis.rhythm import find_months
from hotspots.analysis.tabulate import typical_dispersion
from hotspots.core.crs import lonlat_to_bng
from hotspots.core.errors import AreaError
from hotspots.core.types import Bools
from hotspots.methods.change import compare
from hotspots.model.hotspot import Change

MAX_CORNERS = 500
MAX_KM2 = 5_000


@dataclass(frozen=True, kw_only=True)
class Inside:
    """The counts of a shape.

    ``categories``: name and count, the most frequent first. ``change``: the latest
    months beside the same a year before. ``months``: as
    :class:`hotspots.analysis.rhythm.Rhythm` has them.
    """

    n: int
    of: int
    area_ha: float
    categories: tuple[tuple[str, int], ...]
    change: Change
    months: pl.DataFrame

    @property
    def sentences(self) -> tuple[str, ...]:
        """The counts in words."""
        share = f" ({self.n / self.of:.1%})" if self.of else ""
        said = [
            f"{self.n:,} of {self.of:,} incidents{share} on {self.area_ha:,.1f} ha."
        ]
        last = self.months.filter(pl.col("usual_low").is_not_null()).tail(1).to_dicts()
        if last:
            of = last[0]
            said.append(
                f"{of['month']:%B %Y}: {of['n']:,}; {of['usual_low']:,} to "
                f"{of['usual_high']:,} are usual here ({of['word']})."
            )
        if self.change.months:
            said.append(
                f"{self.change.now:,} in the latest {self.change.months} months, "
                f"{self.change.before:,} in the same months a year before: "
                f"{self.change.word}."
            )
        return tuple(said)


def polygon_of(corners: Any) -> Any:
    """Make a polygon of longitudes and latitudes that somebody has sent.

    Raises AreaError if they are no pairs of numbers, too few or too many, cross, or are
    larger than any district.
    """
    try:
        ring = np.asarray(corners, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise AreaError("corners must be pairs of longitude and latitude.") from error
    if ring.ndim != 2 or ring.shape[1] != 2 or not np.isfinite(ring).all():
        raise AreaError("corners must be pairs of longitude and latitude.")
    if not 3 <= len(ring) <= MAX_CORNERS:
        raise AreaError(
            f"an area must have from 3 to {MAX_CORNERS} corners; it has {len(ring)}."
        )
    shape = shapely.Polygon(ring)
    if not shape.is_valid or not shape.area:
        raise AreaError("the sides of an area must not cross. Draw it once more.")
    if not _hectares(shape) <= 100 * MAX_KM2:
        raise AreaError(
            "an area must lie in Great Britain and be smaller than "
            f"{MAX_KM2:,} square kilometres."
        )
    return shape


def count_inside(analysis: Analysis, shape: Any) -> Inside:
    """Count what an analysis counts inside a polygon, EPSG:4326."""
    places = analysis.dataset.incidents.places
    within = _within(shape, places["lon"].to_numpy(), places["lat"].to_numpy())
    here = analysis.incidents.select(
        pl.Series(within[analysis.incidents.frame["place"].to_numpy()])
    )
    side = here.frame.select(analysis.comparison.side(pl.col("start")).alias("side"))
    now, before = (int((side["side"] == one).sum()) for one in (1, 0))
    change = compare(
        now,
        before,
        months=analysis.comparison.months,
        dispersion=typical_dispersion(analysis.areas_table, analysis.dataset.ward_kind),
    )
    kinds = here.frame["category"].cast(pl.String).value_counts(name="n")
    ranked = kinds.sort(["n", "category"], descending=[True, False])
    return Inside(
        n=here.n,
        of=analysis.incidents.n,
        area_ha=_hectares(shape),
        categories=tuple(ranked.rows()),
        change=change,
        months=find_months(replace(analysis, incidents=here), within=within),
    )


def _within(shape: Any, lon: Any, lat: Any) -> Bools:
    shapely.prepare(shape)
    return np.asarray(shapely.intersects_xy(shape, lon, lat))


def _hectares(shape: Any) -> float:
    ring = shapely.get_coordinates(shape)
    x, y = lonlat_to_bng(ring[:, 0], ring[:, 1])
    if not np.isfinite(x + y).all():
        return float("nan")
    return float(shapely.Polygon(np.column_stack([x, y])).area) / 1e4
