"""From options and a context to the areas, walks and visits that a patrol proposes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import shapely

from hotspots.core.types import Floats, Ints
from hotspots.core.window import in_words
from hotspots.methods.aoristic import week_hours
from hotspots.methods.clock import PEAK_P, peak_p
from hotspots.methods.prospective import Prospective
from hotspots.optimise.compact.shape import polsby_popper
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.hours import clock_text
from hotspots.tactics.patrol import areas as ground
from hotspots.tactics.patrol import routes as walks
from hotspots.tactics.patrol.clock import PatrolClock, build_clock
from hotspots.tactics.patrol.demand import DAYS, Demand, build_demand, hours_known
from hotspots.tactics.patrol.ground import NOWHERE
from hotspots.tactics.patrol.options import MOST_MINUTES, PatrolOptions
from hotspots.tactics.patrol.shift import Shift, build_shift, shift_table
from hotspots.tactics.rationale import Alternative, drivers
from hotspots.tactics.selection import lasting_share
from hotspots.tactics.tactic import Place, Proposal
from hotspots.tactics.words import Says

WEEKS = 12
PEAK_HOURS = 3
CREWS = {"police": "police officers", "pcso": "PCSOs", "warden": "wardens"}
SAYS = Says.from_toml(Path(__file__).with_name("patrol.toml"))


def solve(options: PatrolOptions, context: PlanningContext) -> Proposal:
    """Choose areas, a walk in each and the visits of the first shift."""
    patrol = _Patrol(options=options, context=context)
    tables = {"areas": patrol.table()}
    if patrol.shift is not None:
        tables["shift"] = shift_table(patrol.shift, patrol.names)
    streets = context.resources.streets
    say = patrol.say
    return Proposal(
        start=patrol.clock.start.date(),
        places=tuple(patrol.place(rank) for rank in range(1, len(patrol.names) + 1)),
        headline=_headline(patrol),
        notes=_notes(patrol),
        tables=tables,
        layers=walks.route_layers(patrol.routes, patrol.names),
        covers=ground.trial_of(patrol.demand),
        used=context.recent,
        measured=f"incidents in this area {patrol.hours_words}".strip(),
        weeks=WEEKS,
        eligibility=say("eligibility_hours" if patrol.timed else "eligibility"),
        value_unit=patrol.unit,
        n_resamples=ground.N_RESAMPLES,
        no_alternative=say("no_alternative"),
        drawn=patrol.choice.drawn,
        attribution=streets.attribution if streets is not None else "",
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Patrol:
    """The areas of a patrol, chosen when they are asked for, with walks and visits."""

    options: PatrolOptions
    context: PlanningContext

    @cached_property
    def clock(self) -> PatrolClock:
        o = self.options
        return build_clock(
            self.context.day,
            shift_start=o.shift_start,
            shift_hours=o.shift_hours,
            days=o.days,
            provider=o.provider,
        )

    @cached_property
    def demand(self) -> Demand:
        return build_demand(self.options, self.context, self.clock)

    @cached_property
    def choice(self) -> ground.AreaChoice:
        return ground.choose_areas(self.demand)

    @cached_property
    def routes(self) -> tuple[walks.Route | None, ...]:
        return walks.build_routes(self.demand, self.choice.chosen, self.choice.controls)

    @cached_property
    def joining(self) -> list[Any]:
        """The ground of each area outside its cells, EPSG:27700."""
        return [NOWHERE if r is None else r.joining for r in self.routes]

    @cached_property
    def held(self) -> Demand:
        """The demand of the areas as they are drawn, with what joins their parts."""
        return self.demand.with_ground(self.choice.chosen, self.joining)

    @cached_property
    def names(self) -> list[str]:
        return self.names_of(self.choice.chosen)

    @cached_property
    def shift(self) -> Shift | None:
        """The visits of the first shift; None where hours are not known."""
        if not hours_known(self.context):
            return None
        starts = [
            self.demand.cells.xy_m[area].mean(axis=0)
            if route is None
            else route.stops_m[0]
            for area, route in zip(self.choice.chosen, self.routes, strict=True)
        ]
        worth = np.array([self.value(area) for area in self.choice.chosen])
        worth /= max(1, self.clock.days_within(DAYS))
        return build_shift(
            self.options, self.context, self.clock, np.array(starts), worth, self.names
        )

    def names_of(self, areas: Sequence[Ints]) -> list[str]:
        """Return the names of areas by the street nearest to their middle."""
        if not len(areas):
            return []
        middles = [self.demand.cells.xy_m[area].mean(axis=0) for area in areas]
        return self.context.name_of(np.array(middles))

    @property
    def say(self) -> Says:
        return SAYS.about(
            patrol=self, o=self.options, c=self.context, clock=self.clock.sentence()
        )

    @property
    def timed(self) -> bool:
        """Whether demand is that of the shift's hours."""
        return self.demand.mask is not None

    @property
    def hours_words(self) -> str:
        return "in the shift's hours" if self.timed else ""

    @property
    def unit(self) -> str:
        """What demand is counted in."""
        count = self.options.weighting == "count"
        what = "incidents" if count else "harm (root of severity)"
        hours = "in the hours of the shift" if self.timed else ""
        return " ".join(f"{what} {hours} in {DAYS} days".split())

    def n_inside(self, area: Ints) -> int:
        return self.held.inside(self.held.likely, area).n

    def value(self, area: Ints) -> float:
        return float(self.held.weights[area].sum())

    @cached_property
    def hectares(self) -> Floats:
        """The size of each area as it is drawn."""
        cells = [self.demand.cells.area_km2[area].sum() for area in self.choice.chosen]
        return np.asarray(100 * np.array(cells) + shapely.area(self.joining) / 1e4)

    def visits_a_day(self, rank: int) -> int:
        """Return how many visits an area is planned to get on a day of the shift."""
        if self.shift is None:
            return self.options.daily_cap
        return len(self.shift.windows_of(rank))

    @cached_property
    def lasting(self) -> Floats:
        """Lasting share of the risk of each chosen area; nan where there is none."""
        context, cells = self.context, self.demand.cells
        parts = Prospective().at(context.incidents, cells.xy_m, on=context.day)
        sums = [[part[area].sum() for area in self.choice.chosen] for part in parts]
        return lasting_share(*np.array(sums))

    @cached_property
    def rivals(self) -> tuple[tuple[str, tuple[float, float], float], ...]:
        """Name, place and demand of the next best areas."""
        areas, demand = self.choice.alternatives, self.demand
        return tuple(
            (name, tuple(demand.cells.lonlat[a].mean(axis=0)), demand.weights[a].sum())
            for name, a in zip(self.names_of(areas), areas, strict=True)
        )

    @cached_property
    def control_names(self) -> list[str]:
        areas, reserved = self.choice.controls, self.demand.reserved
        return [
            name + (" (in the permanent reserve)" if reserved[area].any() else "")
            for name, area in zip(self.names_of(areas), areas, strict=True)
        ]

    def peak_of(self, area: Ints) -> str:
        """Return the three hours with most incidents, and whether the shift is on."""
        if not hours_known(self.context):
            return "hours unknown"
        here = self.held.inside(self.context.recent, area)
        if not here.n:
            return "no incident"
        frame = here.frame
        day = week_hours(frame["start"], frame["end"]).reshape(7, 24).sum(axis=0)
        if peak_p(day, length_h=PEAK_HOURS) > PEAK_P:
            return "no hours stand out from chance"
        span = sum(np.roll(day, -k) for k in range(PEAK_HOURS))
        first = int(np.argmax(span))
        return (
            f"{clock_text(first)} to {clock_text(first + PEAK_HOURS)}, with about "
            f"{span[first]:,.0f} of the {here.n:,} incidents of the whole day"
            f"{self.missed(range(first, first + PEAK_HOURS))}"
        )

    def missed(self, hours: range) -> str:
        """Say that hours lie outside those of the shift, all or in part."""
        start = int(self.options.shift_start[:2])
        n_out = sum((hour - start) % 24 >= self.options.shift_hours for hour in hours)
        if not n_out:
            return ""
        part = "all" if n_out == len(hours) else "in part"
        return f"; those hours are {part} outside this shift"

    def table(self) -> pl.DataFrame:
        """Return the areas as a table."""
        cells, choice = self.demand.cells, self.choice
        rows = []
        for k, (area, route) in enumerate(zip(choice.chosen, self.routes, strict=True)):
            visits = self.visits_a_day(k + 1)
            rows.append(
                {
                    "rank": k + 1,
                    "area": self.names[k],
                    "n_cells": len(area),
                    "area_ha": round(float(self.hectares[k]), 1),
                    "compactness": round(polsby_popper(area, cells.neighbour_table), 2),
                    "demand": round(self.value(area), 2),
                    "n_incidents": self.n_inside(area),
                    "peak": self.peak_of(area),
                    "visits_a_day": visits,
                    "minutes_a_day": visits * self.options.minutes,
                    "walk_m": None if route is None else round(route.length_m),
                    "streets_m": None if route is None else round(route.street_m),
                    "walk_share": None if route is None else round(route.share, 3),
                    "route": "none" if route is None else route.kind,
                }
            )
        return pl.DataFrame(rows)

    def place(self, rank: int) -> Place:
        """Return one area with its reasons."""
        options, context, held = self.options, self.context, self.held
        area, likely = self.choice.chosen[rank - 1], held.likely
        value, here = self.value(area), held.inside(likely, area)
        every = context.within(context.window, context.dataset.incidents)
        controls, ratio = self._controls(rank, here.n)
        route, visits = self.routes[rank - 1], self.visits_a_day(rank)
        say = self.say.about(area=area, route=route, ha=self.hectares[rank - 1])
        walk = ""
        if route is not None and route.on_streets:
            minutes = round(self._minutes(route))
            line = "walk" if minutes <= MOST_MINUTES else "walk_long"
            walk = say(line, minutes=minutes, most=MOST_MINUTES)
        return Place(
            name=self.names[rank - 1],
            geometry=walks.area_polygon(self.demand, area, self.joining[rank - 1]),
            what=say("what", n=len(area), who=CREWS[options.provider]),
            when=self._when(rank, area),
            dose=self._dose(visits),
            expires=context.day + dt.timedelta(days=options.expires_days),
            drivers=drivers(
                here, likely, where=f"in this area {self.hours_words}".strip()
            ),
            lasting=float(self.lasting[rank - 1]),
            n_eligible=here.n,
            n_ineligible=held.inside(every, area).n - here.n,
            per_day=float(context.per_day(here).sum()),
            value=value,
            solution=self.choice.solution,
            stability=float(self.choice.stability[rank - 1]),
            alternatives=tuple(
                Alternative(name=name, at=at, loss=1 - worth / value if value else 0.0)
                for name, at, worth in self.rivals
            ),
            controls=controls,
            control_times=ratio,
            control_note=self.choice.drawn or say("control_note"),
            binding=self._binding(visits),
            start=context.day,
            details=self._details(area, route),
            cautions=say.where(
                snapped=context.recent.snapped, no_hours=not hours_known(context)
            ),
            slots={"visits": str(visits), "walk": walk},
        )

    def _when(self, rank: int, area: Ints) -> str:
        if self.shift is None:
            return self.say("when_unknown")
        windows = "; ".join(self.shift.windows_of(rank)) or "no visit fits"
        day = f"{self.clock.start:%A} {in_words(self.clock.start.date())}"
        return self.say("when", day=day, windows=windows, peak=self.peak_of(area))

    def _dose(self, visits: int) -> str:
        days = self.clock.days_within(self.options.expires_days)
        return self.say(
            "dose",
            upto="up to " if self.shift is None else "",
            visits=f"{visits} {'visit' if visits == 1 else 'visits'}",
            days=days,
            minutes=self.options.minutes * visits * days,
        )

    def _binding(self, visits: int) -> tuple[str, ...]:
        lines = [*self.choice.binding, *filter(None, [self.clock.cut])]
        most = visits == self.options.daily_cap
        if self.shift is not None:
            limit = "no_visit" if not visits else "most_visits" if most else "gap"
            lines.append(self.say(limit))
        return tuple(lines)

    def _controls(self, rank: int, own: int) -> tuple[tuple[str, ...], float]:
        """Return the comparison areas of one area, and their incidents to its own."""
        areas, own = self.choice.controls, max(1, own)
        positions = range(len(areas)) if self.choice.drawn else range(rank - 1, rank)
        mine = [k for k in positions if k < len(areas)]
        counts = [self.n_inside(areas[k]) for k in mine]
        names = tuple(
            f"{self.control_names[k]} ({n:,} incidents against {own:,} here)"
            for k, n in zip(mine, counts, strict=True)
        )
        return names, max(sum(counts), 1) / own

    def _minutes(self, route: walks.Route) -> float:
        return route.length_m / 1000 / self.options.walk_kmh * 60

    def _walk(self, route: walks.Route | None) -> str:
        if route is None:
            return self.say("walk_none")
        where = "walk_joined" if route.joining else "walk_inside"
        missed = route.parts[0] < route.parts[1]
        return self.say(
            "walk_streets" if route.on_streets else "walk_cells",
            route=route,
            minutes=self._minutes(route),
            where=self.say(where, ha=route.joining.area / 1e4),
            rest=self.say("walk_rest") if missed else "",
            how=route.how.capitalize(),
        )

    def _details(
        self, area: Ints, route: walks.Route | None
    ) -> tuple[tuple[str, str], ...]:
        contacts = polsby_popper(area, self.demand.cells.neighbour_table)
        hours = self.hours_words or "of every hour"
        return (
            ("Peak hours", self.peak_of(area)),
            ("Walk", self._walk(route)),
            ("Area and hotspot", self.say("unit", hours=hours, contacts=contacts)),
        )


def _headline(patrol: _Patrol) -> str:
    n, chosen = patrol.demand.likely.n, patrol.choice.chosen
    captured = sum(patrol.n_inside(area) for area in chosen)
    visits = 0 if patrol.shift is None else len(patrol.shift.plan.visits)
    return patrol.say(
        "headline",
        n=n,
        areas=len(chosen),
        ha=patrol.hectares.sum(),
        captured=captured,
        hours=" in the hours of the shift" if patrol.timed else "",
        share=f" ({captured / n:.0%})" if n else "",
        planned=patrol.say("planned", visits=visits) if visits else "",
    )


def _notes(patrol: _Patrol) -> tuple[str, ...]:
    context, demand = patrol.context, patrol.demand
    cell = demand.cell_of(context.recent)
    reserved = demand.reserved[np.maximum(cell, 0)] & (cell >= 0)
    say = patrol.say.about(n_reserved=int(reserved.sum()))
    auto = not patrol.timed and patrol.options.hours == "auto"
    return (
        *say.where(shift=True, cut=patrol.clock.cut, reserve=True),
        *say.where(drawn=patrol.choice.drawn, stability=True),
        *(() if patrol.shift is None else patrol.shift.notes),
        *say.where(hours_unknown=auto, no_streets=context.resources.streets is None),
    )
