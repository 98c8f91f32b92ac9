"""What every tactic starts from: incidents it may use, resources, the day, the seed."""

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

from hotspots.analysis.dataset import Dataset
from hotspots.analysis.periods import choose_window
from hotspots.analysis.safeguards import safeguard_notes
from hotspots.core.errors import NoUsableRowsError, PlanError
from hotspots.core.types import Floats
from hotspots.core.window import Window, add_months, in_words
from hotspots.model.exposure import Exposure
from hotspots.model.harm import excluded_reason
from hotspots.model.incidents import Incidents
from hotspots.model.institutions import apart_notes
from hotspots.resources import Resources
from hotspots.tactics.leave_out import find_left_out, near_any

OFFICER_GENERATED = "officer-generated"
STALE_DAYS = 35
MARGIN_M = 1_000.0
"""A file with nothing this near to the incidents is of another district."""


@dataclass(frozen=True, kw_only=True)
class PlanningContext:
    """What is known on the day that a plan is made.

    ``dataset``: everything that was read, with areas and weights.
    ``incidents``: those that a place may be chosen by: inside the areas, counted
    categories, public reports only unless officer-generated ones were asked for; of
    every date before ``day``.
    ``window``: the look-back for established places (the last 24 months by default).
    ``day``: the first day of the plan; nothing on or after it is used.
    ``seed``: for every random choice of the plan.
    ``n_officer_generated``: how many were kept apart.
    ``n_inside``: incidents inside the areas before ``day``, of every category and
    source.
    ``left_out_m`` (k, 2), metres: places that nothing may be suggested at.
    """

    dataset: Dataset
    incidents: Incidents
    window: Window
    day: dt.date
    resources: Resources = field(default_factory=Resources)
    seed: int = 1
    n_officer_generated: int = 0
    n_inside: int = 0
    left_out_m: npt.NDArray[np.float64] = field(
        default_factory=lambda: np.empty((0, 2))
    )
    notes: tuple[str, ...] = ()

    @classmethod
    def from_dataset(
        cls,
        dataset: Dataset,
        *,
        resources: Resources | None = None,
        day: dt.date | None = None,
        window: str | None = None,
        categories: Sequence[str] | None = None,
        officer_generated: bool = False,
        leave_out: str = "",
        seed: int = 1,
    ) -> PlanningContext:
        """Choose the incidents that a place may be chosen by.

        Raises ParameterError if the window is none or holds no incident, or a name to
        leave out is too short; NoUsableRowsError if no incident is left; PlanError if
        streets, premises or buildings are of another district.
        """
        frame = dataset.incidents.frame
        last = frame["start"].max()
        assert isinstance(last, dt.datetime)
        day = day or choose_window(dataset.incidents, text=None, months=24)[0].end
        dataset = dataset.known_on(day)
        frame = dataset.incidents.frame
        place = frame["place"].to_numpy()
        inside = pl.Series(dataset.area_of_place[place] >= 0)
        before = frame["start"] < dt.datetime.combine(day, dt.time())
        counted = excluded_reason(dataset.incidents, dataset.weights).is_null()
        flag = frame["source_flag"].cast(pl.String).str.to_lowercase()
        by_officer = (flag == OFFICER_GENERATED).fill_null(False)
        usable = inside & before & counted
        if categories is not None:
            usable &= frame["category"].cast(pl.String).is_in(list(categories))
        left_out = find_left_out(dataset.incidents, leave_out)
        usable &= ~left_out.rows
        kept_apart = int((usable & by_officer).sum())
        if not officer_generated:
            usable &= ~by_officer
        incidents = dataset.incidents.select(usable)
        if not incidents.n:
            raise NoUsableRowsError(
                f"at least one incident must be left to plan with; of {frame.height:,} "
                f"none is inside the areas, before {day:%Y-%m-%d} and of a counted "
                "category. Check the areas, the day, the categories and what is left "
                "out."
            )
        _check_same_district(resources or Resources(), incidents)
        chosen, notes = choose_window(incidents, text=window, months=24)
        chosen, more = _until(chosen, day)
        chosen = _covered(chosen, dataset.exposure)
        if window is None:
            said = dataset.exposure.words(chosen)
            notes = (f"No window was given: of the last two years, {said}.", *notes[1:])
        stale = _stale(incidents, day)
        apart = dataset.incidents.select(inside & before & ~left_out.rows)
        listed = apart_notes(apart.frame, apart.places)
        notes = (*notes, *more, *stale, *left_out.notes, *listed)
        if kept_apart and not officer_generated:
            notes = (
                *notes,
                f"{kept_apart:,} officer-generated incidents were kept apart: where "
                "officers go, they find more, and a plan would send them back there.",
            )
        made = cls(
            dataset=dataset,
            incidents=incidents,
            window=chosen,
            day=day,
            resources=resources or Resources(),
            seed=seed,
            n_officer_generated=kept_apart,
            n_inside=int((inside & before).sum()),
            left_out_m=left_out.at_m,
            notes=tuple(notes),
        )
        there = made.within(chosen, dataset.incidents.select(inside))
        reasons = excluded_reason(there, dataset.harm.look_up(there))
        excluded = pl.DataFrame({"status": "excluded", "reason": reasons})
        safeguards = safeguard_notes(made.recent, excluded, dataset.harm)
        return replace(made, notes=(*notes, *safeguards))

    @property
    def exposure(self) -> Exposure:
        """The days that the files cover, by source."""
        return self.dataset.exposure

    @property
    def period(self) -> str:
        """The time that the incidents used are of: the window as the files cover it."""
        return self.exposure.words(self.window)

    def per_day(self, incidents: Incidents, window: Window | None = None) -> Floats:
        """Return the rate that each incident of a window stands for, a day.

        Returns shape (n,), incidents a day.
        """
        return self.exposure.per_day(incidents, window or self.window)

    def before(self, day: dt.date, days: int | None = None) -> Window:
        """Return the days before a day: as many as the window has, or as asked."""
        length = dt.timedelta(days=days or self.window.days)
        return Window(start=day - length, end=day)

    @property
    def cut_off(self) -> dt.date:
        """The last day before the plan that the files cover."""
        last = self.incidents.frame["start"].max()
        assert isinstance(last, dt.datetime)
        if not self.exposure.by_month:
            return last.date()
        ends = add_months(last.date().replace(day=1), 1)
        return min(ends, self.day) - dt.timedelta(days=1)

    @cached_property
    def searched_km2(self) -> float:
        """The area of the cells that are searched."""
        return float(self.dataset.study_cells(10).area_km2.sum())

    @cached_property
    def recent(self) -> Incidents:
        """The incidents inside the window."""
        return self.within(self.window)

    def within(self, window: Window, incidents: Incidents | None = None) -> Incidents:
        """Return the incidents that start inside a window."""
        held = self.incidents if incidents is None else incidents
        start, end = (
            dt.datetime.combine(d, dt.time()) for d in (window.start, window.end)
        )
        return held.select(pl.col("start").is_between(start, end, closed="left"))

    def known(
        self, incidents: Incidents, day: dt.date, days: int | None = None
    ) -> Incidents:
        """Return the incidents of the days :meth:`before` a day."""
        return self.within(self.before(day, days), incidents)

    def keeps_off(self, xy_m: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Say which points lie too near to a place that was left out.

        ``xy_m``: shape (m, 2), metres. Returns shape (m,).
        """
        return near_any(np.asarray(xy_m, dtype=float).reshape(-1, 2), self.left_out_m)

    def rng(self, what: str) -> np.random.Generator:
        """Return the random numbers of one choice; the same for the same seed."""
        return np.random.default_rng([self.seed, *what.encode()])

    def name_of(self, xy_m: npt.ArrayLike) -> list[str]:
        """Return "street, ward" of the incident nearest to each point.

        ``xy_m``: shape (m, 2), metres.
        """
        at_m = np.asarray(xy_m, dtype=float).reshape(-1, 2)
        found = self.dataset.names_near(self.incidents, at_m)
        return found or [f"Place {number}" for number in range(1, len(at_m) + 1)]

    @property
    def provenance(self) -> dict[str, Any]:
        """Input files with their hashes."""
        return {
            "incidents": list(self.dataset.reading.inputs),
            "areas": list(self.dataset.area_inputs),
            "resources": list(self.resources.inputs),
        }


def _until(window: Window, day: dt.date) -> tuple[Window, tuple[str, ...]]:
    """Cut a window at the plan's day: nothing on or after it is used or claimed."""
    if window.end <= day:
        return window, ()
    cut = Window(start=window.start, end=day)
    return cut, (
        f"The window ends with the day before the plan: {cut}; nothing later is used.",
    )


def _covered(window: Window, exposure: Exposure) -> Window:
    """Cut a window at the first day that the files cover."""
    days = exposure.covered(window)
    return Window(start=days[0].item(), end=window.end) if len(days) else window


def _stale(incidents: Incidents, day: dt.date) -> tuple[str, ...]:
    """Say so where the data end long before the plan begins."""
    last = incidents.frame["start"].max()
    assert isinstance(last, dt.datetime)
    age = (day - last.date()).days
    if age <= STALE_DAYS:
        return ()
    return (
        f"The last incident used is of {in_words(last.date())}, {age:,} days before "
        "the plan begins: what was recent then may be over. Load newer files.",
    )


def _check_same_district(resources: Resources, incidents: Incidents) -> None:
    """Refuse streets, premises or buildings that are of another district.

    An easting may be wrong, or the file is of another place, and a plan would be made
    as if there were no streets or homes.
    """
    low, high = incidents.xy_m.min(axis=0), incidents.xy_m.max(axis=0)
    for what, xy_m in _points(resources):
        near = (xy_m >= low - MARGIN_M) & (xy_m <= high + MARGIN_M)
        if not near.all(axis=1).any():
            raise PlanError(
                f"the {what} must be of the incidents' district; of {len(xy_m):,} none "
                "is within 1 km of any of them. Check the file and its coordinates."
            )


def _points(resources: Resources) -> list[tuple[str, Floats]]:
    found = []
    if resources.streets is not None:
        found.append(("streets", resources.streets.node_xy_m))
    if resources.premises is not None:
        found.append(("premises", resources.premises.xy_m))
    if resources.buildings is not None and len(resources.buildings):
        west, south, east, north = shapely.bounds(resources.buildings).T
        middle = np.column_stack([west + east, south + north]) / 2
        found.append(("buildings", middle))
    return found
