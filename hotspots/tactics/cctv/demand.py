"""What a camera could act on: incidents weighed by policy, age and hours, as points."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotspots.core.errors import PrecisionError
from hotspots.core.types import Bools, Floats, Ints
from hotspots.core.window import Window
from hotspots.model.exposure import Exposure
from hotspots.model.harm import HarmTable
from hotspots.model.incidents import Incidents
from hotspots.tactics.cctv.options import CctvOptions
from hotspots.tactics.hours import share_in

MERGE_M = 10.0
DAYS_A_YEAR = 365.25


@dataclass(frozen=True, kw_only=True)
class Demand:
    """Places of incidents, merged to squares of 10 m.

    ``xy_m`` (n, 2), metres: middle of each square.
    ``of_place`` (p,): square of each place of the incidents; -1 where none of them is
    there.
    """

    xy_m: Floats
    of_place: Ints

    @classmethod
    def of(cls, incidents: Incidents) -> Demand:
        """Merge the places of incidents."""
        used = np.unique(incidents.frame["place"].to_numpy())
        square = np.round(incidents.place_xy_m[used] / MERGE_M)
        distinct, number = np.unique(square, axis=0, return_inverse=True)
        of_place = np.full(incidents.places.height, -1, dtype=np.int64)
        of_place[used] = number.reshape(-1)
        return cls(xy_m=distinct * MERGE_M, of_place=of_place)

    def rows(self, incidents: Incidents) -> Ints:
        """Return the square of each incident, shape (n,)."""
        return np.asarray(self.of_place[incidents.frame["place"].to_numpy()])

    def total(self, incidents: Incidents, weights: npt.ArrayLike) -> Floats:
        """Add up weights of incidents by square, shape of :attr:`xy_m` rows.

        ``weights``: shape (n,). Returns shape (number of squares,).
        """
        sums = np.bincount(
            self.rows(incidents), np.asarray(weights), minlength=len(self.xy_m)
        )
        return sums.astype(np.float64)


def check_precision(options: CctvOptions, incidents: Incidents) -> None:
    """Refuse to site cameras on data that do not say where, or when, closely enough.

    Raises PrecisionError if coordinates are snap points, or the hour matters and is not
    known.
    """
    if incidents.snapped:
        raise PrecisionError(
            f"a camera sees about {options.range_m:g} m, so siting it needs true "
            "locations; these coordinates were moved by the publisher to shared snap "
            "points (data.police.uk), often further than that. Use the partnership's "
            "own export; for open data look at hotspots, not at sites."
        )
    if incidents.time_precision == "month":
        raise PrecisionError(
            "siting a camera needs the day of each incident, to weigh recent ones and "
            "to test the choice on later ones; these files state only the month. Use "
            "the partnership's own export."
        )
    if incidents.time_precision == "day" and not options.all_hours:
        raise PrecisionError(
            "monitored hours need the time of each incident; these files state only "
            "the day. Use an export with times, or monitor all hours."
        )


def harm_weights(incidents: Incidents, table: HarmTable, harm: str) -> Floats:
    """Return the weight of each incident's harm.

    ``harm``: {"none", "square root", "severity"}.

    Returns (n,): 1 for "none", and where the table gives no severity.
    """
    if harm == "none":
        return np.ones(incidents.n)
    severity = table.look_up(incidents)["severity_weight"].fill_null(1.0).to_numpy()
    return np.asarray(np.sqrt(severity) if harm == "square root" else severity)


def recency_weights(
    incidents: Incidents,
    mask: Bools | None,
    window: Window,
    exposure: Exposure,
    *,
    half_life_days: float,
) -> Floats:
    """Return each incident's weight by age and hours, as a rate a year.

    ``mask`` (168,): hours of the week that count; None is all. Returns (n,): with a
    steady number of incidents a year the weights sum to it.

    An incident of age ``a`` weighs ``0.5 ** (a / half_life)``, divided by the integral
    of that over the days of the window that its source covers: an exponentially
    weighted rate.
    """
    frame = incidents.frame
    since = dt.datetime.combine(window.end, dt.time()) - frame["start"]
    age = since.dt.total_microseconds().to_numpy() / 86_400_000_000
    decay = math.log(2) / half_life_days
    inside = (age >= 0) & (age <= window.days)
    weight = np.where(inside, np.exp(-decay * np.clip(age, 0, None)), 0.0)
    source = exposure.sources_of(incidents)
    for k, days in enumerate(exposure.covered_by_source(window)):
        ages = (np.datetime64(window.end) - days).astype(float)
        over = float(np.exp(-decay * ages).sum()) * math.expm1(decay) / decay
        weight[source == k] /= over or 1.0
    if mask is not None:
        weight = weight * share_in(frame, mask)
    return np.asarray(weight * DAYS_A_YEAR)
