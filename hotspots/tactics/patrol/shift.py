"""The shift plan of a patrol: from where, on foot or by vehicle, and when to visit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.spatial.distance import cdist

from hotspots.core.types import Floats
from hotspots.optimise.shifts import ShiftPlan, ShiftRules, plan_shift
from hotspots.resources.street_graph import StreetGraph
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.hours import clock_text
from hotspots.tactics.patrol.clock import PatrolClock
from hotspots.tactics.patrol.demand import RESOLUTION
from hotspots.tactics.patrol.options import PatrolOptions, parse_base

DRIVE_KMH = 30.0
DETOUR = 1.3
PARKING_MIN = 5.0
FAR_WALK_MIN = 20.0
"""A crew with a vehicle drives where the walk is longer."""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One visit: it starts somewhere in its window; the moment is not published.

    ``crew``, ``place``: 1 is the first; ``place`` is the rank of the suggestion.
    """

    crew: int
    place: int
    window_start: dt.datetime
    window_end: dt.datetime
    minutes: int


@dataclass(frozen=True, kw_only=True)
class Shift:
    """The visits of one shift and how they were planned.

    ``plan``: places are positions in the order of the areas.
    ``driven`` (k + 1, k + 1): ways that are driven; the last row and column are the
    base.
    ``base``: where crews start and end, in words.
    """

    clock: PatrolClock
    plan: ShiftPlan
    rules: ShiftRules
    driven: npt.NDArray[np.bool_]
    base: str
    notes: tuple[str, ...]

    def visits(self) -> tuple[Visit, ...]:
        """Return the visits as windows."""
        late = dt.timedelta(minutes=self.rules.window_min)
        starts = [
            self.clock.start + dt.timedelta(minutes=each.start_min)
            for each in self.plan.visits
        ]
        return tuple(
            Visit(
                crew=each.crew + 1,
                place=each.place + 1,
                window_start=start,
                window_end=start + late,
                minutes=self.rules.visit_min,
            )
            for each, start in zip(self.plan.visits, starts, strict=True)
        )

    def windows_of(self, place: int) -> list[str]:
        """Return the visit windows of one area, in words."""
        mine = [visit for visit in self.visits() if visit.place == place]
        return [
            f"{_at(visit.window_start)} to {_at(visit.window_end)}"
            for visit in sorted(mine, key=lambda visit: visit.window_start)
        ]


def build_shift(
    options: PatrolOptions,
    context: PlanningContext,
    clock: PatrolClock,
    at_m: Floats,
    values: Floats,
    names: Sequence[str],
) -> Shift:
    """Plan the visits of the first shift.

    ``at_m`` (k, 2), metres: where a visit to each area begins and ends. ``values``
    (k,): worth of a first visit.
    """
    rules = ShiftRules(
        n_crews=options.crews,
        shift_min=max(1, clock.minutes),
        visit_min=options.minutes,
        gap_min=round(60 * options.gap_hours),
        daily_cap=options.daily_cap,
        window_min=options.window_minutes,
    )
    base_m, base = _base(options, at_m, names)
    stops_m = np.vstack([at_m, base_m])
    walk, note = _walk_min(options, context, stops_m)
    travel, driven = _with_vehicle(options, stops_m, walk)
    plan = plan_shift(
        values, travel, rules, rng=context.rng(f"patrol shift {clock.start:%Y-%m-%d}")
    )
    unseen = sorted(set(range(len(names))) - {each.place for each in plan.visits})
    notes = [base, note, _words(plan, options)]
    if driven.any():
        notes.append(
            f"Ways of more than {FAR_WALK_MIN:g} minutes on foot are driven where that "
            f"is quicker: {PARKING_MIN:g} minutes and {DRIVE_KMH:g} km/h over "
            f"{DETOUR:g} times the straight distance."
        )
    if unseen:
        notes.append(
            f"No visit fits into this shift for: {'; '.join(names[k] for k in unseen)}."
        )
    return Shift(
        clock=clock,
        plan=plan,
        rules=rules,
        driven=driven,
        base=base,
        notes=tuple(line for line in notes if line),
    )


def shift_table(shift: Shift, names: Sequence[str]) -> pl.DataFrame:
    """Return the visits as a table, in the order in which each crew makes them."""
    rows = []
    before: dict[int, tuple[int, int]] = {}
    for planned, visit in zip(shift.plan.visits, shift.visits(), strict=True):
        here = before.get(visit.crew, (0, len(names)))
        order, came_from = here[0] + 1, here[1]
        before[visit.crew] = (order, planned.place)
        driven = bool(shift.driven[came_from, planned.place])
        rows.append(
            {
                "crew": visit.crew,
                "order": order,
                "rank": visit.place,
                "area": names[planned.place],
                "date": visit.window_start.date().isoformat(),
                "window_from": _at(visit.window_start),
                "window_to": _at(visit.window_end),
                "minutes": visit.minutes,
                "travel_minutes": planned.travel_min,
                "travel": "drive" if driven else "walk",
            }
        )
    return pl.DataFrame(rows)


def _base(
    options: PatrolOptions, at_m: Floats, names: Sequence[str]
) -> tuple[Floats, str]:
    if options.base.strip():
        return parse_base(options.base), ""
    middle = int(cdist(at_m, at_m).sum(axis=1).argmin())
    return at_m[middle], (
        "No base was given: crews start and end at the area nearest to all the others "
        f"({names[middle]}). Give the station as base."
    )


def _walk_min(
    options: PatrolOptions, context: PlanningContext, stops_m: Floats
) -> tuple[Floats, str]:
    """Return minutes on foot between stops, and what is said about them."""
    graph, note = context.resources.streets, ""
    if graph is None:
        graph = StreetGraph.from_cells(context.dataset.study_cells(RESOLUTION))
        note = " ".join(graph.notes)
    nodes = graph.nearest_node(stops_m, main_part=context.resources.streets is not None)
    aside = np.hypot(*(graph.node_xy_m[nodes] - stops_m).T)
    metres = graph.walk_m(nodes, nodes) + aside[:, None] + aside[None, :]
    np.fill_diagonal(metres, 0.0)
    straight = cdist(stops_m, stops_m)
    metres = np.where(straight < 1.0, 0.0, np.maximum(metres, straight))
    return metres / 1000 / options.walk_kmh * 60, note


def _with_vehicle(
    options: PatrolOptions, stops_m: Floats, walk: Floats
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    if not options.vehicle:
        return walk, np.zeros(walk.shape, dtype=bool)
    straight = cdist(stops_m, stops_m)
    drive = PARKING_MIN + straight / 1000 * DETOUR / DRIVE_KMH * 60
    driven = (walk > FAR_WALK_MIN) & (drive < walk)
    return np.where(driven, drive, walk), driven


def _words(plan: ShiftPlan, options: PatrolOptions) -> str:
    gap = plan.bound / plan.value - 1 if plan.value else 0.0
    given_up = 1 - plan.value / plan.best_value if plan.best_value else 0.0
    return (
        f"The order of visits is by {plan.how}; drawn from the plans nearly as good as "
        f"the best ({given_up:.1%} less) so that it is not the same every day; no plan "
        f"is more than {gap:.0%} better. Visit starts are published as windows of "
        f"{options.window_minutes} minutes: choose the moment at random, in the order "
        "given."
    )


def _at(moment: dt.datetime) -> str:
    return clock_text(moment.hour + moment.minute / 60)
