"""From options and a context to the areas, walks and visits that a patrol proposes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from hotspots.core.types import Floats, Ints
from hotspots.core.window import in_words
from hotspots.methods.aoristic import week_hours
from hotspots.methods.prospective import Prospective
from hotspots.optimise.compact.shape import polsby_popper
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.hours import clock_text
from hotspots.tactics.patrol.areas import (
    N_RESAMPLES,
    AreaChoice,
    choose_areas,
    trial_of,
)
from hotspots.tactics.patrol.clock import PatrolClock, build_clock
from hotspots.tactics.patrol.demand import DAYS, Demand, build_demand, hours_known
from hotspots.tactics.patrol.options import PatrolOptions
from hotspots.tactics.patrol.routes import (
    Route,
    area_polygon,
    build_routes,
    route_layers,
)
from hotspots.tactics.patrol.shift import Shift, build_shift, shift_table
from hotspots.tactics.rationale import Alternative, drivers
from hotspots.tactics.tactic import Place, Proposal

WEEKS = 12
PEAK_HOURS = 3
CREWS = {"police": "police officers", "pcso": "PCSOs", "warden": "wardens"}


def solve(options: PatrolOptions, context: PlanningContext) -> Proposal:
    """Choose areas, a walk in each and the visits of the first shift."""
    clock = build_clock(
        context.day,
        shift_start=options.shift_start,
        shift_hours=options.shift_hours,
        days=options.days,
        provider=options.provider,
    )
    demand = build_demand(options, context, clock)
    choice = choose_areas(demand)
    routes = build_routes(demand, choice.chosen)
    names = _names(demand, choice.chosen)
    shift = _shift(demand, clock, choice, routes, names)
    patrol = _Patrol(
        demand=demand,
        clock=clock,
        choice=choice,
        routes=routes,
        names=names,
        shift=shift,
    )
    tables = {"areas": patrol.table()}
    if shift is not None:
        tables["shift"] = shift_table(shift, names)
    streets = context.resources.streets
    return Proposal(
        start=clock.start.date(),
        places=tuple(patrol.place(rank) for rank in range(1, len(names) + 1)),
        headline=_headline(patrol),
        notes=_notes(patrol),
        tables=tables,
        layers=route_layers(routes, names),
        covers=trial_of(demand),
        used=context.recent,
        measured=f"incidents in this area {patrol.hours_words}".strip(),
        weeks=WEEKS,
        eligibility=_eligibility(patrol),
        value_unit=patrol.unit,
        n_resamples=N_RESAMPLES,
        no_alternative="No other area with demand is left.",
        drawn=choice.drawn,
        attribution=streets.attribution if streets is not None else "",
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Patrol:
    """The chosen areas with their walks and visits; ``shift`` is None without hours."""

    demand: Demand
    clock: PatrolClock
    choice: AreaChoice
    routes: tuple[Route | None, ...]
    names: Sequence[str]
    shift: Shift | None

    @property
    def options(self) -> PatrolOptions:
        return self.demand.options

    @property
    def context(self) -> PlanningContext:
        return self.demand.context

    @property
    def hours_words(self) -> str:
        return "in the shift's hours" if self.demand.mask is not None else ""

    @property
    def unit(self) -> str:
        """What demand is counted in."""
        count = self.options.lens == "count"
        what = "incidents" if count else "harm (root of severity)"
        hours = "in the hours of the shift" if self.demand.mask is not None else ""
        return " ".join(f"{what} {hours} in {DAYS} days".split())

    def n_inside(self, area: Ints) -> int:
        return self.demand.inside(self.demand.likely, area).n

    def hectares(self, areas: Iterable[Ints]) -> float:
        return 100 * sum(float(self.demand.cells.area_km2[a].sum()) for a in areas)

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
        chronic, recent = np.array(sums)
        whole = chronic + recent
        unknown = np.full(len(whole), np.nan)
        return np.asarray(np.divide(chronic, whole, out=unknown, where=whole > 0))

    @cached_property
    def rivals(self) -> tuple[tuple[str, tuple[float, float], float], ...]:
        """Name, place and demand of the next best areas."""
        areas, demand = self.choice.alternatives, self.demand
        return tuple(
            (name, tuple(demand.cells.lonlat[a].mean(axis=0)), demand.weights[a].sum())
            for name, a in zip(_names(demand, areas), areas, strict=True)
        )

    @cached_property
    def control_names(self) -> list[str]:
        areas, reserved = self.choice.controls, self.demand.reserved
        return [
            name + (" (in the permanent reserve)" if reserved[area].any() else "")
            for name, area in zip(_names(self.demand, areas), areas, strict=True)
        ]

    def peak_of(self, area: Ints) -> str:
        """Return the three hours with most incidents, by aoristic weights."""
        if not hours_known(self.context):
            return "hours unknown"
        here = self.demand.inside(self.context.recent, area)
        if not here.n:
            return "no incident"
        frame = here.frame
        day = week_hours(frame["start"], frame["end"]).reshape(7, 24).sum(axis=0)
        span = sum(np.roll(day, -k) for k in range(PEAK_HOURS))
        first = int(np.argmax(span))
        return (
            f"{clock_text(first)} to {clock_text(first + PEAK_HOURS)}, about "
            f"{span[first]:,.0f} of {here.n:,} of any hour"
        )

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
                    "area_ha": round(self.hectares([area]), 1),
                    "compactness": round(polsby_popper(area, cells.neighbour_table), 2),
                    "demand": round(float(choice.demand[k]), 2),
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
        options, context, area = (
            self.options,
            self.context,
            self.choice.chosen[rank - 1],
        )
        demand, value = self.demand, float(self.choice.demand[rank - 1])
        likely = demand.likely
        here = demand.inside(likely, area)
        every = context.within(context.window, context.dataset.incidents)
        controls, ratio = self._controls(rank, here.n)
        lasting = float(self.lasting[rank - 1])
        route, visits = self.routes[rank - 1], self.visits_a_day(rank)
        on_streets = route is not None and route.on_streets
        return Place(
            name=self.names[rank - 1],
            geometry=area_polygon(demand.cells, area),
            what=f"Walk through one small area ({self.hectares([area]):.1f} ha, "
            f"{len(area)} cells) for {options.minutes} minutes, in sight, by "
            f"{CREWS[options.provider]}",
            when=self._when(rank, area),
            dose=self._dose(visits),
            expires=context.day + dt.timedelta(days=options.expires_days),
            drivers=drivers(
                here, likely, where=f"in this area {self.hours_words}".strip()
            ),
            lasting=lasting if np.isfinite(lasting) else None,
            n_eligible=here.n,
            n_ineligible=demand.inside(every, area).n - here.n,
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
            control_note=self.choice.drawn
            or "Each is the area not patrolled that is nearest in demand, at least one "
            f"cell away; the permanent reserve was drawn with seed {context.seed}. "
            "Nothing was drawn among these: use 'randomise' for a fair comparison.",
            binding=self._binding(visits),
            start=context.day,
            details=self._details(area, route),
            cautions=_cautions(context),
            slots={
                "visits": str(visits),
                "walk": f"Take the walk on the map ({route.length_m:,.0f} m)."
                if route is not None and on_streets
                else "",
            },
        )

    def _when(self, rank: int, area: Ints) -> str:
        if self.shift is None:
            return (
                "Hours unknown: these files do not state when incidents happened, so "
                "no hour is better than another"
            )
        windows = self.shift.windows_of(rank)
        day = f"{self.clock.start:%A} {in_words(self.clock.start.date())}"
        planned = f"{day}: {'; '.join(windows)}" if windows else f"{day}: no visit fits"
        return (
            f"{self.clock.sentence()}. {planned}. Most incidents: {self.peak_of(area)}"
        )

    def _dose(self, visits: int) -> str:
        options = self.options
        days = self.clock.days_within(options.expires_days)
        upto = "up to " if self.shift is None else ""
        return (
            f"{options.minutes} minutes (10 to 20 count), {upto}{visits} "
            f"{'visit' if visits == 1 else 'visits'} a day on {days} days: "
            f"{options.minutes * visits * days:,} minutes; at least "
            f"{options.gap_hours:g} hours apart. Once its visits of the day are done "
            "the area leaves the day's list"
        )

    def _binding(self, visits: int) -> tuple[str, ...]:
        options, lines = self.options, list(self.choice.binding)
        if self.clock.cut:
            lines.append(self.clock.cut)
        if self.shift is None:
            return tuple(lines)
        if visits == 0:
            lines.append("no visit to this area fits into the shift")
        elif visits == options.daily_cap:
            lines.append(f"at most {options.daily_cap} visits a day to one area")
        else:
            lines.append(
                f"the length of the shift and {options.gap_hours:g} hours between "
                "visits to one area"
            )
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

    def _details(self, area: Ints, route: Route | None) -> tuple[tuple[str, str], ...]:
        contacts = polsby_popper(area, self.demand.cells.neighbour_table)
        return (
            ("Peak hours", self.peak_of(area)),
            ("Walk", _walk_words(route, self.options.walk_kmh)),
            (
                "Area and hotspot",
                "The same unit as a hotspot, 3 to 5 cells or 4 to 7 ha, but chosen by "
                f"the demand {self.hours_words or 'of every hour'}, so the two lists "
                f"can differ. Compactness {contacts:.2f} (1 is a disc, 0.64 the most "
                "of five cells).",
            ),
        )


def _names(demand: Demand, areas: Sequence[Ints]) -> list[str]:
    """Return the names of areas by the street nearest to their middle."""
    if not len(areas):
        return []
    middles = [demand.cells.xy_m[area].mean(axis=0) for area in areas]
    return demand.context.name_of(np.array(middles))


def _shift(
    demand: Demand,
    clock: PatrolClock,
    choice: AreaChoice,
    routes: Sequence[Route | None],
    names: Sequence[str],
) -> Shift | None:
    if not hours_known(demand.context):
        return None
    starts = np.array(
        [
            demand.cells.xy_m[area].mean(axis=0) if route is None else route.stops_m[0]
            for area, route in zip(choice.chosen, routes, strict=True)
        ]
    )
    days = max(1, clock.days_within(DAYS))
    worth = choice.demand / days
    return build_shift(demand.options, demand.context, clock, starts, worth, names)


def _headline(patrol: _Patrol) -> str:
    n, chosen = patrol.demand.likely.n, patrol.choice.chosen
    met = sum(patrol.n_inside(area) for area in chosen)
    hours = " in the hours of the shift" if patrol.demand.mask is not None else ""
    share = f" ({met / n:.0%})" if n else ""
    visits = 0 if patrol.shift is None else len(patrol.shift.plan.visits)
    planned = f" {visits} visits are planned for the first shift." if visits else ""
    return (
        f"{len(chosen)} areas of together {patrol.hectares(chosen):.0f} ha hold "
        f"{met:,} of the district's {n:,} incidents{hours}{share}, "
        f"{patrol.context.period}.{planned}"
    )


def _notes(patrol: _Patrol) -> tuple[str, ...]:
    context, demand, options = patrol.context, patrol.demand, patrol.options
    cell = demand.cell_of(context.recent)
    reserved = demand.reserved[np.maximum(cell, 0)] & (cell >= 0)
    drawn = patrol.choice.drawn
    return (
        f"Shift: {patrol.clock.sentence()}.",
        f"{patrol.clock.cut}." if patrol.clock.cut else "",
        f"{int(reserved.sum()):,} of {context.recent.n:,} incidents lie in the "
        f"permanent reserve ({options.reserve_percent:g}% of blocks, seed "
        f"{context.seed}), where nothing is suggested.",
        f"{drawn} The backtest is of the highest places, not of a draw."
        if drawn
        else "",
        "Stability is measured among the areas that came near to being chosen.",
        *(() if patrol.shift is None else patrol.shift.notes),
        "Hours are unknown in these files: areas are chosen by all incidents, and "
        "there is no shift plan."
        if demand.mask is None and options.hours == "auto"
        else "",
        "There is no street file: walks go from cell to cell and are no routes."
        if context.resources.streets is None
        else "",
    )


def _eligibility(patrol: _Patrol) -> str:
    hours = "those of every hour"
    if patrol.demand.mask is not None:
        hours = "those more likely than not in the hours of the shift"
    return (
        f"Counted are public reports of the counted categories, {hours}, of "
        f"{patrol.context.period}."
    )


def _walk_words(route: Route | None, kmh: float) -> str:
    if route is None:
        return "No walk fits into the visit: stay where people gather."
    if not route.on_streets:
        return (
            f"{route.length_m:,.0f} m from cell to cell: there is no street here in a "
            f"street file, so this is no route. {route.how.capitalize()}."
        )
    (reached, parts), out_m = route.parts, route.margin_m
    where = (
        f"at most {out_m:.0f} m outside the area" if out_m else "all inside the area"
    )
    rest = "" if reached == parts else " The rest is too far, or no street leads there."
    minutes = route.length_m / 1000 / kmh * 60
    return (
        f"{route.length_m:,.0f} m, about {minutes:.0f} minutes, on the area's "
        f"{route.street_m:,.0f} m of streets, {where}; it reaches {reached} of {parts} "
        f"cells and passes {route.share:.0%} of the demand along them.{rest} "
        f"{route.how.capitalize()}."
    )


def _cautions(context: PlanningContext) -> tuple[str, ...]:
    lines = []
    if context.recent.snapped:
        lines.append(
            "Locations were moved to anonymous points by the publisher: the area is "
            "right to a street or so, not to a corner."
        )
    if not hours_known(context):
        lines.append("Hours are unknown, so the plan has no visit windows.")
    return tuple(lines)
