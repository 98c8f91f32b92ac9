"""Prospective risk: where harm is chronic, and where it has just happened."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.core.arrays import as_number, as_numbers
from hotspots.core.crs import as_metres, bng_of, check_metres, check_metres_together
from hotspots.core.errors import ParameterError, TooFewError
from hotspots.core.options import option
from hotspots.core.tunable import Tunable
from hotspots.core.types import Floats
from hotspots.core.window import add_months
from hotspots.kernels.kernel_sum import kernel_sum
from hotspots.kernels.near_sum import near_sum
from hotspots.model.cells import Cells, cell_names
from hotspots.model.incidents import Incidents
from hotspots.model.surface import Surface

CUT = 25.0
"""Beyond so many lengths an incident is not felt: it would count 1.4e-11 there."""
FINEST = 11
"""Cells are split down to this H3 resolution, 45 m from centre to centre, at most."""
SPACING_M = {8: 850.0, 9: 321.0, 10: 121.0, 11: 46.0}


def recent_density(
    xy_m: Floats,
    ages_days: npt.ArrayLike,
    at_m: Floats,
    *,
    length_m: float = 50,
    length_days: float = 42,
) -> Floats:
    """Return how much has happened lately and nearby.

    ``xy_m`` (n, 2), metres.
    ``ages_days``: array of shape (n,), days; since each incident, at least 0.
    ``at_m`` (m, 2), metres.
    ``length_m``, ``length_days``: metres and days; how far away and how long ago an
    incident counts 1/e.

    Returns (m,): sum of ``exp(-distance / length_m) * exp(-age / length_days)``.

    Raises CrsError if coordinates are not finite metres; ParameterError if an age is
    missing or below 0, or a length is not above 0.

    Examples
    --------
    >>> place = np.array([[475_000.0, 319_000.0]])
    >>> recent_density(place, [42], place + [50, 0]).round(4)
    array([0.1353])
    """
    xy_m, at_m = as_metres(xy_m), as_metres(at_m, name="at_m")
    check_metres_together(xy_m, at_m)
    ages = as_numbers(ages_days, name="ages_days")
    length_m = as_number(length_m, name="length_m")
    length_days = as_number(length_days, name="length_days")
    good = np.isfinite(ages) & (ages >= 0)
    if ages.shape != (len(xy_m),) or not good.all() or not length_days > 0:
        raise ParameterError(
            f"there must be one age of 0 days or more for each of {len(xy_m):,} "
            f"incidents and length_days above 0; got shape {ages.shape} with "
            f"{int((~good).sum()):,} bad ages and {length_days!r}. Leave out incidents "
            "that are still to come."
        )
    places, at = np.unique(xy_m, axis=0, return_inverse=True)
    fresh = np.zeros(len(places))
    np.add.at(fresh, at.reshape(-1), np.exp(-ages / length_days))
    return near_sum(places, fresh, at_m, radius_m=CUT * length_m, length_m=length_m)


@dataclass(frozen=True, kw_only=True)
class ProspectiveRisk:
    """A risk surface and the two parts that it is the sum of.

    ``risk``, ``chronic``, ``recent``: shares of the whole area's risk; ``risk`` sums to
    1.
    ``on``: nothing from this day on was looked at.
    """

    risk: Surface
    chronic: Surface
    recent: Surface
    on: dt.date

    @property
    def share_recent(self) -> Floats:
        """How much of each cell's risk is recent, shape (m,); 0 where there is none."""
        whole = self.risk.values
        return np.asarray(self.recent.values / np.where(whole > 0, whole, 1))

    def to_frame(self) -> pl.DataFrame:
        """Return cells by falling risk: ``cell``, ``risk``, its parts, the split."""
        return pl.DataFrame(
            {
                "cell": cell_names(self.risk.cells.ids),
                "risk": self.risk.values,
                "chronic": self.chronic.values,
                "recent": self.recent.values,
                "share_recent": self.share_recent,
            }
        ).sort("risk", "cell", descending=[True, False])


@dataclass(frozen=True, kw_only=True)
class Prospective(Tunable):
    """Estimate each cell's share of the risk in the weeks to come.

    Notes
    -----
    ``risk = (1 - a) * chronic + a * recent``. Chronic is the quartic kernel density of
    all incidents of the look-back, recent is :func:`recent_density` of the same; each
    is averaged over the parts of a cell, times its area, and divided by its sum over
    all cells. The defaults are settings that did as well as a fitted self-exciting
    model in a rolling-origin trial on simulated burglaries; at the volume of a rural
    district the differences were a handful of events, and the split is what this
    method is chosen for.

    References
    ----------
    Bowers, K. J., Johnson, S. D. and Pease, K. (2004). Prospective hot-spotting: the
    future of crime mapping? British Journal of Criminology 44, 641-658, for the idea
    of a risk that falls with distance and time since; exponential falls are ours.
    """

    months: int = option(24, help="How far back to look.", unit="months", ge=1)
    bandwidth_m: float = option(
        150.0, help="How far an incident is felt for good.", unit="metres", gt=0
    )
    length_m: float = option(
        50.0, help="Distance at which a recent one counts 1/e.", unit="metres", gt=0
    )
    length_days: float = option(
        42.0, help="Days after which it counts 1/e.", unit="days", gt=0
    )
    weight_recent: float = option(
        0.23, help="How much of the whole the recent part is.", ge=0, le=1
    )

    def __call__(
        self, incidents: Incidents, cells: Cells, *, on: dt.date
    ) -> ProspectiveRisk:
        """Return the risk from a day on, by what happened before it.

        ``incidents``: dated by the middle of the span in which each can have happened.
        ``on``: incidents of this day and later are not looked at.

        Raises PrecisionError if the source states only months or snap points;
        TooFewError if no incident of the look-back is felt in the cells; CrsError if a
        place or a cell has no National Grid coordinates.
        """
        incidents.check_moments("a prospective risk surface")
        xy_m, ages = self._look_back(incidents, on)
        parts = _parts(cells, self.length_m)
        middle = parts.reshape(-1, 2)
        near = {"length_m": self.length_m, "length_days": self.length_days}
        weights = np.ones(len(xy_m))
        chronic = kernel_sum(xy_m, weights, middle, self.bandwidth_m, "quartic")
        recent = recent_density(xy_m, ages, middle, **near)
        shape = parts.shape[:2]
        return self._combined(
            _share(chronic.reshape(shape), cells),
            _share(recent.reshape(shape), cells),
            cells,
            on,
        )

    def surface(self, incidents: Incidents, cells: Cells, *, on: dt.date) -> Surface:
        """Return each cell's share of the risk, without its split.

        ``risk_share``. Raises as the call does.
        """
        return self(incidents, cells, on=on).risk

    def at(
        self, incidents: Incidents, at_m: Floats, *, on: dt.date
    ) -> tuple[Floats, Floats]:
        """Return the lasting and the recent part of the risk at points.

        ``at_m`` (m, 2), metres.

        Returns ``chronic, recent`` (m,): together they sum to 1 over the points; where
        there is only one of the two it is the whole, and both are 0 where no incident
        is felt.
        """
        xy_m, ages = self._look_back(incidents, on)
        weights = np.ones(len(xy_m))
        chronic = kernel_sum(xy_m, weights, at_m, self.bandwidth_m, "quartic")
        recent = recent_density(
            xy_m, ages, at_m, length_m=self.length_m, length_days=self.length_days
        )
        a = self._recent_part(chronic, recent)
        whole = [max(float(part.sum()), 1e-300) for part in (chronic, recent)]
        return (1 - a) * chronic / whole[0], a * recent / whole[1]

    def _recent_part(self, chronic: Floats, recent: Floats) -> float:
        """Return the weight of the recent part: all or none where one is missing."""
        if not chronic.any():
            return 1.0
        return self.weight_recent if recent.any() else 0.0

    def _look_back(self, incidents: Incidents, on: dt.date) -> tuple[Floats, Floats]:
        """Return where incidents of the look-back were and how many days ago."""
        start, end = incidents.frame["start"], incidents.frame["end"]
        middle = start + (end - start) / 2
        midnight = dt.datetime.combine(on, dt.time())
        first = dt.datetime.combine(add_months(on, -self.months), dt.time())
        inside = (middle >= first) & (end <= midnight) & (start < midnight)
        seconds = (midnight - middle.filter(inside)).dt.total_seconds()
        xy_m = incidents.xy_m[inside.to_numpy()]
        check_metres(xy_m, name="the places of the incidents")
        return xy_m, seconds.to_numpy() / 86_400

    def _combined(
        self, chronic: Floats, recent: Floats, cells: Cells, on: dt.date
    ) -> ProspectiveRisk:
        if not chronic.any() and not recent.any():
            raise TooFewError(
                "a risk surface needs an incident in or near the cells in the "
                f"{self.months} months before {on.isoformat()}; there is none. Look "
                "back further or widen the category."
            )
        a = self._recent_part(chronic, recent)
        parts = {"chronic": (1 - a) * chronic, "recent": a * recent}
        parts["risk"] = parts["chronic"] + parts["recent"]
        notes = (f"{a:.0%} of the risk is by recent incidents",)
        surfaces = {
            name: Surface(
                values,
                cells,
                self,
                name=f"{name}_share",
                unit="share of the area's risk",
                notes=notes,
            )
            for name, values in parts.items()
        }
        return ProspectiveRisk(**surfaces, on=on)


def _parts(cells: Cells, length_m: float) -> Floats:
    """Return the centres of each cell's parts, shape (m, n_parts, 2), metres."""
    fine = cells.resolution
    while fine < FINEST and SPACING_M[fine] > length_m:
        fine += 1
    xy_m = _centres(cells.ids.tobytes(), fine)
    return xy_m.reshape(len(cells), 7 ** (fine - cells.resolution), 2)


@lru_cache(maxsize=1)
def _centres(ids: bytes, resolution: int) -> Floats:
    """Return the centres of the parts, kept for the next day over the same cells."""
    from h3ronpy import change_resolution
    from h3ronpy.vector import cells_to_coordinates

    fine = np.asarray(change_resolution(np.frombuffer(ids, np.uint64), resolution))
    batch = cells_to_coordinates(fine)
    lon, lat = (np.asarray(batch.column(name)) for name in ("lng", "lat"))
    xy_m = bng_of(np.column_stack([lon, lat]))
    check_metres(xy_m, name="the centres of the cells")
    xy_m.flags.writeable = False
    return xy_m


def _share(density: Floats, cells: Cells) -> Floats:
    values = density.mean(axis=1) * cells.area_km2
    total = math.fsum(values)
    return values / total if total > 0 else np.zeros(len(values))
