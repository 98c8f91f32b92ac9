"""Near-repeat alerts: a new incident opens a zone of risk around it that fades away."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.core.arrays import as_number, as_numbers
from hotspots.core.crs import as_metres, check_metres, check_metres_together
from hotspots.core.errors import ParameterError
from hotspots.core.options import check_fields, option
from hotspots.core.tunable import Tunable
from hotspots.core.types import Floats
from hotspots.kernels.bands import Bands
from hotspots.kernels.chains import link_chains
from hotspots.kernels.near_sum import near_sum
from hotspots.kernels.pair_table import build_pair_table
from hotspots.model.cells import Cells
from hotspots.model.incidents import Incidents
from hotspots.model.surface import Surface

MICROSECOND = dt.timedelta(microseconds=1)


def fading_risk(ages_days: npt.ArrayLike, *, fade_days: float = 56) -> Floats:
    """Return what is left of a zone's risk.

    ``ages_days``: array of shape (n,), days; since each incident; below 0 for one that
    is still to come.
    ``fade_days``: days; when nothing is left.

    Returns (n,): ``1 - age / fade_days`` from 1 on the day down to 0; 0 before and
    after.

    Raises ParameterError if an age is not a number or ``fade_days`` is not above 0.

    Examples
    --------
    >>> fading_risk([-1, 0, 14, 28, 56, 90]).tolist()
    [0.0, 1.0, 0.75, 0.5, 0.0, 0.0]
    """
    ages = as_numbers(ages_days, name="ages_days")
    fade_days = as_number(fade_days, name="fade_days")
    if not np.isfinite(ages).all() or not fade_days > 0:
        raise ParameterError(
            "every incident must have an age in days and fade_days must be above 0; "
            f"got {int((~np.isfinite(ages)).sum()):,} without and {fade_days!r}."
        )
    return np.asarray(np.where(ages < 0, 0.0, np.maximum(1 - ages / fade_days, 0.0)))


def zone_risk(
    xy_m: Floats,
    ages_days: npt.ArrayLike,
    at_m: Floats,
    *,
    radius_m: float = 400,
    fade_days: float = 56,
) -> Floats:
    """Return the risk of all open zones that cover each target.

    ``xy_m`` (n, 2), metres: where the incidents were.
    ``ages_days``: array of shape (n,), days.
    ``at_m`` (m, 2), metres.
    ``radius_m``: metres; a zone covers what is at most so far from its incident.

    Returns (m,): sum of :func:`fading_risk`: 1 for one incident nearby today.

    Raises CrsError if coordinates are not finite metres; ParameterError if an age is
    missing, or the radius or ``fade_days`` is not above 0.

    Examples
    --------
    >>> burgled = np.array([[0.0, 0.0], [300.0, 0.0]])
    >>> zone_risk(burgled, [0, 28], np.array([[10.0, 0.0], [650.0, 0.0]]))
    array([1.5, 0.5])
    """
    xy_m, at_m = as_metres(xy_m), as_metres(at_m, name="at_m")
    check_metres_together(xy_m, at_m)
    risk = fading_risk(ages_days, fade_days=fade_days)
    if risk.shape != (len(xy_m),):
        raise ParameterError(
            f"there must be one age for each of {len(xy_m):,} incidents; got "
            f"{risk.shape}."
        )
    radius_m = as_number(radius_m, name="radius_m")
    is_open = risk > 0
    return near_sum(xy_m[is_open], risk[is_open], at_m, radius_m=radius_m)


@dataclass(frozen=True, kw_only=True)
class Lift:
    """How many times as many incidents follow within a zone as chance would give.

    ``observed``: pairs of incidents at most ``radius_m`` and less than ``n_days``
    apart.
    ``expected``: their mean over all ways of giving the days to the places.
    """

    radius_m: float
    n_days: int
    observed: int
    expected: float

    @property
    def ratio(self) -> float:
        """Observed over expected; nan where chance gives less than one pair."""
        return self.observed / self.expected if self.expected >= 1 else math.nan

    def sentence(self) -> str:
        """Return the figure for people."""
        zone = f"Within {self.radius_m:g} m and {self.n_days} days of an incident"
        if math.isnan(self.ratio):
            return f"{zone}: too few incidents here to say what an alert is worth."
        return (
            f"{zone} there were {self.ratio:.1f} times as many others here as chance "
            f"gives ({self.observed:,} pairs, by chance {self.expected:,.0f})."
        )


def measure_lift(
    xy_m: Floats, days: npt.ArrayLike, radius_m: float, n_days: int
) -> Lift:
    """Return the lift of a zone, by the exact mean over all shuffles of the days.

    ``xy_m`` (n, 2), metres.
    ``days``: array of shape (n,), days.

    Examples
    --------
    >>> places = np.array([[0.0, 0.0], [0.0, 40.0], [0.0, 900.0], [0.0, 1800.0]])
    >>> found = measure_lift(places, [0, 2, 40, 90], 50, 7)
    >>> found.observed, round(found.expected, 2)
    (1, 0.17)
    """
    if len(xy_m) < 2:
        return Lift(radius_m=radius_m, n_days=n_days, observed=0, expected=0.0)
    pairs = build_pair_table(
        xy_m,
        days,
        Bands([0.0, np.nextafter(radius_m, np.inf)]),
        Bands([0.0, float(n_days)]),
        metric="euclidean",
        closed="left",
    )
    return Lift(
        radius_m=radius_m,
        n_days=n_days,
        observed=int(pairs.observed[0, 0]),
        expected=float(pairs.expected[0, 0]),
    )


def group_zones(zones: pl.DataFrame, *, most: int) -> pl.DataFrame:
    """Return the most pressing zone of each chain on alert, at most so many.

    Zones that follow one another nearby are one problem and one visit: of hundreds that
    are open the groups are what can be acted on. Columns as :class:`NearRepeat` returns
    them.
    """
    on_alert = zones.filter(pl.col("phase") != "fading")
    return on_alert.unique("chain", keep="first", maintain_order=True).head(most)


@dataclass(frozen=True, kw_only=True)
class NearRepeat(Tunable):
    """List the zones that recent incidents opened, and when each expires.

    Raises ParameterError if a value is not above 0, or an inner zone is larger than an
    outer one.

    Notes
    -----
    Day 0 is the last day on which an incident can have happened. On day a its zone is
    in the phase "next door" while a < 7, "alert" while a < 14, "fading" while a < 28,
    and its risk is 1 - a / 28. The defaults are the bands that earn an alert on real
    files (burglary of Chicago 2016, vehicle theft of New York 2016, robbery of Memphis
    2019): within 50 m and 7 days there were 1.4 to 2.9 times as many pairs as chance
    gives, within 100 m and 14 days 1.3 to 1.9, within 400 m and 28 days 1.07 to 1.16.

    References
    ----------
    Johnson, S. D. and Bowers, K. J. (2004). The burglary as clue to the future.
    European Journal of Criminology 1, 237-255: one to two months, 300 to 400 m. Bowers,
    K. J. and Johnson, S. D. (2005). Domestic burglary repeats and space-time clusters:
    the dimensions of risk. The same 2, 67-92: next door, most of all within a week.
    """

    radius_m: float = option(
        100.0, help="How far a zone reaches from its incident.", unit="metres", gt=0
    )
    alert_days: int = option(
        14, help="For how many days a zone is on alert.", unit="days", ge=1
    )
    next_door_m: float = option(
        50.0, help="How far the homes to see first are.", unit="metres", gt=0
    )
    next_door_days: int = option(
        7, help="For how many days these come first.", unit="days", ge=1
    )
    fade_days: int = option(
        28, help="After how many days no risk is left.", unit="days", ge=1
    )

    def __post_init__(self) -> None:
        check_fields(self)
        days = (self.next_door_days, self.alert_days, self.fade_days)
        if list(days) != sorted(days) or self.next_door_m > self.radius_m:
            raise ParameterError(
                "next door must be no farther and no longer than the alert, and the "
                f"alert no longer than the fading; got {self.next_door_m:g} m of "
                f"{self.radius_m:g} m and {days[0]}, {days[1]} and {days[2]} days."
            )

    def __call__(self, incidents: Incidents, *, on: dt.date) -> pl.DataFrame:
        """Return the zones open on a day: on alert before fading, most pressing first.

        ``incidents``: best of one category; those after ``on`` are not looked at.

        Returns one row a zone: ``lon``, ``lat``, ``x``, ``y`` of the incident;
        ``category``, ``street``, ``reference``; ``opened``; ``age_days``; ``phase``;
        ``risk`` (0 to 1); ``first_within_m``, how far to go first; ``next_door_until``,
        ``alert_until``, ``expires``, each the last day; ``n_zones``, how many open
        zones cover the incident's place, and ``pressure``, the sum of their risk;
        ``chain`` and ``n_in_chain``, zones linked by less than ``alert_days`` and at
        most ``radius_m`` from one to the next.

        Raises PrecisionError if the source states only months or snap points; CrsError
        if a place has no National Grid coordinates.
        """
        incidents.check_moments("near-repeat alerts")
        zones = self._open(incidents, on)
        xy_m = zones.select("x", "y").to_numpy()
        check_metres(xy_m, name="the places of the incidents")
        n_zones, pressure = (
            near_sum(xy_m, each, xy_m, radius_m=self.radius_m)
            for each in (np.ones(len(xy_m)), zones["risk"].to_numpy())
        )
        zones = zones.with_columns(
            n_zones=n_zones.astype(np.int64), pressure=pressure
        ).sort(
            *(pl.col("phase") == "fading", "pressure", "opened", "x", "y"),
            descending=[False, True, True, False, False],
            maintain_order=True,
        )
        return self._with_chains(zones)

    def lift(self, incidents: Incidents, *, on: dt.date) -> tuple[Lift, ...]:
        """Return what the zones are worth in this district: next door, and the alert.

        Raises PrecisionError if the source states only months or snap points; CrsError
        if a place has no National Grid coordinates.
        """
        incidents.check_moments("near-repeat alerts")
        frame = incidents.frame.with_columns(opened=_last_day())
        seen = (frame["opened"] <= on).to_numpy()
        xy_m = incidents.xy_m[seen]
        days = frame["opened"].to_physical().to_numpy()[seen]
        bands = (
            (self.next_door_m, self.next_door_days),
            (self.radius_m, self.alert_days),
        )
        return tuple(measure_lift(xy_m, days, *band) for band in dict.fromkeys(bands))

    def _with_chains(self, zones: pl.DataFrame) -> pl.DataFrame:
        chain = link_chains(
            zones.select("x", "y").to_numpy(),
            zones["opened"].to_physical().to_numpy(),
            radius_m=self.radius_m,
            n_days=self.alert_days,
        )
        return zones.with_columns(chain=chain, n_in_chain=np.bincount(chain)[chain])

    def _open(self, incidents: Incidents, on: dt.date) -> pl.DataFrame:
        """Return a row for each open zone, without its neighbours."""
        age = pl.col("age_days")
        is_new, on_alert = age < self.next_door_days, age < self.alert_days
        return (
            incidents.frame.with_columns(opened=_last_day(), age_days=on - _last_day())
            .with_columns(age.dt.total_days())
            .filter((age >= 0) & (age < self.fade_days))
            .join(incidents.places.with_row_index("place"), on="place", how="left")
            .select(
                *("lon", "lat", "x", "y", "category", "street", "reference"),
                *("opened", "age_days"),
                pl.when(is_new)
                .then(pl.lit("next door"))
                .when(on_alert)
                .then(pl.lit("alert"))
                .otherwise(pl.lit("fading"))
                .alias("phase"),
                (1 - age / self.fade_days).alias("risk"),
                pl.when(is_new)
                .then(self.next_door_m)
                .otherwise(self.radius_m)
                .alias("first_within_m"),
                *(
                    pl.col("opened").dt.offset_by(f"{days - 1}d").alias(name)
                    for name, days in (
                        ("next_door_until", self.next_door_days),
                        ("alert_until", self.alert_days),
                        ("expires", self.fade_days),
                    )
                ),
            )
        )

    def surface(self, incidents: Incidents, cells: Cells, *, on: dt.date) -> Surface:
        """Return the risk of the zones that cover the centre of each cell.

        ``near_repeat_risk``; 1 for one incident nearby on the day. Raises as the table
        does.
        """
        incidents.check_moments("near-repeat alerts")
        zones = self._open(incidents, on)
        values = zone_risk(
            zones.select("x", "y").to_numpy(),
            zones["age_days"].to_numpy(),
            cells.xy_m,
            radius_m=self.radius_m,
            fade_days=self.fade_days,
        )
        return Surface(
            values,
            cells,
            self,
            name="near_repeat_risk",
            unit="open zones, each by what is left of its risk",
            notes=(f"{zones.height:,} zones open on {on.isoformat()}",),
        )


def _last_day() -> pl.Expr:
    known = pl.col("end") == pl.col("start")
    end = pl.when(known).then(pl.col("end")).otherwise(pl.col("end") - MICROSECOND)
    return end.dt.date()
