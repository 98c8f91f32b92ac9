"""Foot patrol: a few small areas, short visits, apart, on a shift's clock.

An area is the same unit as a hotspot (three to five cells of H3 resolution 10, 4 to
7 ha: what one walk of 15 minutes can cover); it is chosen by the demand in the hours
that will be patrolled.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from hotspots.core.options import check_fields, option, to_record
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.patrol.areas import AreaChoice, check_areas, choose_areas
from hotspots.tactics.patrol.clock import PatrolClock, build_clock, parse_days
from hotspots.tactics.patrol.demand import Demand, build_demand, hours_known
from hotspots.tactics.patrol.reasons import Reasons, areas_table
from hotspots.tactics.patrol.routes import Route, build_routes, route_layers
from hotspots.tactics.patrol.shift import Shift, build_shift, parse_base, shift_table
from hotspots.tactics.patrol.words import suggestions_of
from hotspots.tactics.plan import Plan


@dataclass(frozen=True, kw_only=True)
class FootPatrol:
    """Suggest areas to patrol on foot, a walk in each, and a shift plan.

    Parameters
    ----------
    walk_kmh, window_minutes, compactness, apart, expires_days
        As their help says.

    References
    ----------
    Koper, C. S. (1995), "Just enough police presence", Justice Quarterly 12(4),
    649-672: 10 to 16 minutes. Basford, L., Sims, C., Agar, I., Harinam, V. and Strang,
    H. (2021), Cambridge Journal of Evidence-Based Policing 5: small areas, 15 to 20
    minutes. The methods are named in :mod:`hotspots.optimise.compact`,
    :mod:`hotspots.optimise.shifts` and :mod:`hotspots.optimise.loops`.
    """

    n_areas: int = option(5, help="How many areas to patrol.", ge=1, le=20)
    cells_per_area: int = option(
        5, help="Most cells of 1.3 ha in an area; at least 3.", ge=3, le=7
    )
    minutes: int = option(
        15, help="Length of a visit; 10 to 20 count.", unit="minutes", ge=10, le=20
    )
    gap_hours: float = option(
        2.0, help="Least time between visits to one area.", unit="hours", ge=0.5, le=12
    )
    crews: int = option(1, help="How many crews work the shift.", ge=1, le=20)
    shift_start: str = option("14:00", help="When the shift starts, such as 14:00.")
    shift_hours: float = option(
        8.0, help="Length of the shift.", unit="hours", gt=0, le=12
    )
    days: str = option(
        "all",
        help="Policing days (06:00 to 05:59) of the shift: all, weekdays, weekend or "
        "days such as Fri,Sat.",
    )
    provider: str = option(
        "police",
        help="Who patrols; PCSOs do not work after 00:00.",
        choices=("police", "pcso", "warden"),
    )
    daily_cap: int = option(
        3, help="Most visits a day to one area: its daily dose.", ge=1, le=12
    )
    randomise: bool = option(
        False,
        help="Draw the areas from twice as many; the others are the comparison.",
    )
    reserve_percent: float = option(
        10.0,
        help="Share of the ground where nothing is ever suggested, to compare with.",
        unit="percent",
        ge=0,
        le=50,
    )
    lens: str = option(
        "count",
        help="Count incidents, or weigh them by the square root of severity.",
        choices=("count", "harm"),
    )
    hours: str = option(
        "auto",
        help="Choose areas by the incidents of the shift's hours, or of all; auto "
        "takes the shift's where the files state hours.",
        choices=("auto", "shift", "all"),
    )
    base: str = option(
        "",
        help="Where crews start and end: EASTING,NORTHING or LON,LAT. Empty takes the "
        "area nearest to all the others.",
    )
    vehicle: bool = option(
        True, help="Whether a crew may drive where the walk is over 20 minutes."
    )
    walk_kmh: float = option(4.0, help="Walking speed.", unit="km/h", ge=1, le=7)
    window_minutes: int = option(
        30,
        help="Width of the published window of a visit.",
        unit="minutes",
        ge=5,
        le=120,
    )
    compactness: float = option(
        0.1,
        help="What a ragged outline costs: share of a cell's demand for each contact "
        "that the most compact shape would have more.",
        ge=0,
        le=2,
    )
    apart: bool = option(
        True, help="Keep one cell between areas, so that displacement can be measured."
    )
    expires_days: int = option(
        28, help="How long the plan is valid.", unit="days", ge=1, le=90
    )

    def __post_init__(self) -> None:
        check_fields(self)
        parse_days(self.days)
        if self.base.strip():
            parse_base(self.base)

    @property
    def loop_m(self) -> float:
        """Longest walk of one visit, metres."""
        return self.minutes / 60 * self.walk_kmh * 1000

    def __call__(self, context: PlanningContext) -> Plan:
        """Choose areas, a walk in each and the visits of the first shift."""
        clock = build_clock(
            context.day,
            shift_start=self.shift_start,
            shift_hours=self.shift_hours,
            days=self.days,
            provider=self.provider,
        )
        demand = build_demand(self, context, clock)
        choice = choose_areas(self, demand)
        with ThreadPoolExecutor(1) as pool:  # solvers leave the interpreter lock
            tested = pool.submit(check_areas, self, demand)
            routes = build_routes(self, demand, choice.chosen)
        middles = np.array(
            [demand.cells.xy_m[area].mean(axis=0) for area in choice.chosen]
        )
        names = tuple(context.name_of(middles))
        reasons = Reasons(
            options=self,
            demand=demand,
            clock=clock,
            choice=choice,
            routes=routes,
            shift=self._shift(demand, clock, choice, routes, names),
            names=names,
            backtest=tested.result(),
        )
        return self._plan(reasons)

    def _shift(
        self,
        demand: Demand,
        clock: PatrolClock,
        choice: AreaChoice,
        routes: Sequence[Route | None],
        names: Sequence[str],
    ) -> Shift | None:
        context = demand.context
        if not hours_known(context):
            return None
        starts = np.array(
            [
                demand.cells.xy_m[area].mean(axis=0)
                if route is None
                else route.stops_m[0]
                for area, route in zip(choice.chosen, routes, strict=True)
            ]
        )
        days = max(1, clock.days_within(28))
        return build_shift(self, context, clock, starts, choice.demand / days, names)

    def _plan(self, reasons: Reasons) -> Plan:
        context = reasons.demand.context
        tables = {"areas": areas_table(reasons)}
        if reasons.shift is not None:
            tables["shift"] = shift_table(reasons.shift, reasons.names)
        streets = context.resources.streets
        credit = streets.attribution if streets is not None else ""
        return Plan(
            tactic="patrol",
            title="Foot patrol",
            parameters=to_record(self),
            made_for=reasons.clock.start.date(),
            window=str(context.window),
            suggestions=suggestions_of(reasons),
            tables=tables,
            layers=route_layers(reasons.routes, reasons.names),
            headline=_headline(reasons),
            notes=_notes(reasons),
            seed=context.seed,
            simulated=context.dataset.simulated or context.resources.simulated,
            attribution=(credit,) if credit else (),
            provenance=context.provenance,
        )


def _headline(reasons: Reasons) -> str:
    likely, choice = reasons.likely, reasons.choice
    met = sum(reasons.inside(likely, area).n for area in choice.chosen)
    hectares = sum(reasons.demand.cells.area_km2[area].sum() for area in choice.chosen)
    hours = "in the hours of the shift" if reasons.demand.mask is not None else ""
    share = f" ({met / likely.n:.0%})" if likely.n else ""
    visits = 0 if reasons.shift is None else len(reasons.shift.plan.visits)
    planned = f" {visits} visits are planned for the first shift." if visits else ""
    return (
        f"{len(choice.chosen)} areas of together {100 * hectares:.0f} ha hold {met:,} "
        f"of the district's {likely.n:,} incidents{' ' * bool(hours)}{hours}{share}, "
        f"{reasons.demand.context.window}.{planned}"
    )


def _notes(reasons: Reasons) -> tuple[str, ...]:
    context, demand = reasons.demand.context, reasons.demand
    cell = demand.cell_of(context.recent)
    barred = demand.barred[np.maximum(cell, 0)] & (cell >= 0)
    notes = [
        *context.notes,
        f"Shift: {reasons.clock.sentence()}.",
        f"{reasons.clock.cut}." if reasons.clock.cut else "",
        f"{int(barred.sum()):,} of {context.recent.n:,} incidents lie in the "
        f"permanent reserve ({reasons.options.reserve_percent:g}% of blocks, seed "
        f"{context.seed}), where nothing is suggested.",
        f"{reasons.choice.drawn} The test on earlier data is of the highest places, "
        "not of a draw."
        if reasons.choice.drawn
        else "",
        "Stability is measured among the areas that came near to being chosen.",
        *(() if reasons.shift is None else reasons.shift.notes),
    ]
    if demand.mask is None and reasons.options.hours == "auto":
        notes.append(
            "Hours are unknown in these files: areas are chosen by all incidents, and "
            "there is no shift plan."
        )
    if context.resources.streets is None:
        notes.append(
            "There is no street file: walks go from cell to cell and are no routes."
        )
    return tuple(note for note in notes if note)
