"""Everything that the words of a foot patrol are made from, and its table of areas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hotspots.core.types import Floats, Ints
from hotspots.methods.aoristic import week_hours
from hotspots.model.incidents import Incidents
from hotspots.optimise.compact.shape import polsby_popper
from hotspots.tactics.hours import clock_text
from hotspots.tactics.patrol.areas import AreaChoice
from hotspots.tactics.patrol.clock import PatrolClock
from hotspots.tactics.patrol.demand import DAYS, Demand, hours_known
from hotspots.tactics.patrol.routes import Route
from hotspots.tactics.patrol.shift import Shift
from hotspots.tactics.rationale import Backtest
from hotspots.tactics.risk import chronic_recent

if TYPE_CHECKING:
    from hotspots.tactics.patrol.tactic import FootPatrol


PEAK_HOURS = 3


@dataclass(frozen=True, kw_only=True, eq=False)
class Reasons:
    """Everything that the suggestions are worded from.

    Parameters
    ----------
    shift : Shift or None
        None where hours are not known.
    """

    options: FootPatrol
    demand: Demand
    clock: PatrolClock
    choice: AreaChoice
    routes: tuple[Route | None, ...]
    shift: Shift | None
    names: tuple[str, ...]
    backtest: Backtest

    @property
    def unit(self) -> str:
        """What demand is counted in."""
        what = (
            "incidents" if self.options.lens == "count" else "harm (root of severity)"
        )
        hours = "in the hours of the shift" if self.demand.mask is not None else ""
        return " ".join(f"{what} {hours} in {DAYS} days".split())

    @cached_property
    def likely(self) -> Incidents:
        """Incidents of the look-back that lie in the hours more likely than not."""
        recent = self.demand.context.recent
        return recent.select(self.demand.likely_in_hours(recent))

    @cached_property
    def risk(self) -> tuple[Floats, Floats]:
        """Lasting and recent risk of each cell."""
        context = self.demand.context
        return chronic_recent(context.incidents, self.demand.cells.xy_m, context.day)

    def inside(self, incidents: Incidents, area: Ints) -> Incidents:
        """Return the incidents in an area."""
        return incidents.select(
            pl.Series(np.isin(self.demand.cell_of(incidents), area), dtype=pl.Boolean)
        )

    def visits_a_day(self, rank: int) -> int:
        """Return how many visits an area is planned to get on a day of the shift."""
        if self.shift is None:
            return self.options.daily_cap
        return len(self.shift.windows_of(rank))

    def place_of(self, area: Ints) -> tuple[float, float]:
        """Return the middle of an area, longitude and latitude."""
        lon, lat = self.demand.cells.lonlat[area].mean(axis=0)
        return float(lon), float(lat)

    def names_of(self, areas: Sequence[Ints]) -> list[str]:
        """Return the names of areas by the street nearest to their middle."""
        if not len(areas):
            return []
        middles = [self.demand.cells.xy_m[area].mean(axis=0) for area in areas]
        return self.demand.context.name_of(np.array(middles))

    def peak_of(self, area: Ints) -> str:
        """Return the three hours with most incidents, by aoristic weights."""
        if not hours_known(self.demand.context):
            return "hours unknown"
        here = self.inside(self.demand.context.recent, area)
        if not here.n:
            return "no incident"
        day = (
            week_hours(here.frame["start"], here.frame["end"])
            .reshape(7, 24)
            .sum(axis=0)
        )
        span = sum(np.roll(day, -k) for k in range(PEAK_HOURS))
        first = int(np.argmax(span))
        return (
            f"{clock_text(first)} to {clock_text(first + PEAK_HOURS)}, about "
            f"{span[first]:,.0f} of {here.n:,} of any hour"
        )


def areas_table(reasons: Reasons) -> pl.DataFrame:
    """Return the areas as a table."""
    rows = []
    cells = reasons.demand.cells
    for rank, area in enumerate(reasons.choice.chosen, start=1):
        route = reasons.routes[rank - 1]
        visits = reasons.visits_a_day(rank)
        rows.append(
            {
                "rank": rank,
                "area": reasons.names[rank - 1],
                "n_cells": len(area),
                "area_ha": round(float(cells.area_km2[area].sum()) * 100, 1),
                "compactness": round(polsby_popper(area, cells.neighbour_table), 2),
                "demand": round(float(reasons.choice.demand[rank - 1]), 2),
                "n_incidents": reasons.inside(reasons.likely, area).n,
                "peak": reasons.peak_of(area),
                "visits_a_day": visits,
                "minutes_a_day": visits * reasons.options.minutes,
                "loop_m": None if route is None else round(route.length_m),
                "streets_m": None if route is None else round(route.street_m),
                "loop_share": None if route is None else round(route.share, 3),
                "route": _route_kind(route),
            }
        )
    return pl.DataFrame(rows)


def _route_kind(route: Route | None) -> str:
    if route is None:
        return "none"
    return "streets" if route.on_streets else "from cell to cell"
