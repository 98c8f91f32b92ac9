"""What a patrol is for: incidents of the shift's hours, summed over cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
import shapely

from hotspots.core.errors import PlanError
from hotspots.core.types import Bools, Floats, Ints
from hotspots.core.window import Window
from hotspots.model.cells import Cells
from hotspots.model.harm import harm_of
from hotspots.model.incidents import Incidents
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.hours import check_hours_known, share_in
from hotspots.tactics.patrol.clock import PatrolClock
from hotspots.tactics.patrol.options import PatrolOptions
from hotspots.tactics.selection import in_reserve

RESOLUTION = 10
DAYS = 28
"""Demand is given for so many days."""
RINGS = 2
"""Empty cells this near to an incident may still be part of an area."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Demand:
    """Cells near incidents and how much each incident counts.

    ``cells``: those with an incident and two rings around, away from places left out.
    ``cell_of_place`` (p,): position of the cell of each place of the dataset, -1 for
    none.
    ``reserved`` (m,): cells of the permanent reserve.
    ``mask`` (168,): hours of the shift; None where every hour counts.
    """

    options: PatrolOptions
    context: PlanningContext
    cells: Cells
    cell_of_place: Ints
    reserved: Bools
    mask: Bools | None

    def shares(self, incidents: Incidents) -> Floats:
        """Return the share of each incident in the shift's hours, shape (n,)."""
        if self.mask is None:
            return np.ones(incidents.n)
        return share_in(incidents.frame, self.mask)

    def worth(self, incidents: Incidents) -> Floats:
        """Return what each counts: its share, times its harm if asked for, (n,)."""
        shares = self.shares(incidents)
        if self.options.weighting == "count":
            return shares
        return shares * harm_of(self.context.dataset.harm.look_up(incidents))

    def cell_of(self, incidents: Incidents) -> Ints:
        """Return the position of the cell of each incident, -1 for none, (n,)."""
        return np.asarray(self.cell_of_place[incidents.frame["place"].to_numpy()])

    def weigh(
        self, incidents: Incidents, worth: Floats, window: Window | None = None
    ) -> Floats:
        """Return the demand of each cell in 28 days, shape (m,).

        ``worth``: shape (n,). ``window``: that the incidents are of; only the days that
        the files cover count.
        """
        cell, sums = self.cell_of(incidents), np.zeros(len(self.cells))
        exposure, over = self.context.exposure, window or self.context.window
        for mine, days in exposure.by_source(incidents, over):
            rows = mine & (cell >= 0)
            counts = np.bincount(cell[rows], worth[rows], minlength=len(sums))
            sums += counts * DAYS / days
        return sums

    @cached_property
    def weights(self) -> Floats:
        """The demand of each cell today."""
        recent = self.context.recent
        return self.weigh(recent, self.worth(recent))

    @cached_property
    def likely(self) -> Incidents:
        """Incidents of the look-back that lie in the hours more likely than not."""
        recent = self.context.recent
        return recent.select(pl.Series(self.shares(recent) >= 0.5, dtype=pl.Boolean))

    @cached_property
    def counted(self) -> tuple[Floats, Floats]:
        """Where what counts today happened, (n, 2) in metres, and its worth, (n,)."""
        recent = self.context.recent
        worth = self.worth(recent)
        return recent.xy_m[worth > 0], worth[worth > 0]

    def with_ground(self, areas: Sequence[Ints], shapes: Sequence[Any]) -> Demand:
        """Return the demand where what lies in a shape counts for its area."""
        places = self.context.incidents.place_xy_m
        cell_of_place = self.cell_of_place.copy()
        for area, shape in zip(areas, shapes, strict=True):
            here = shapely.contains_xy(shape, places)
            here &= ~np.isin(cell_of_place, area)
            cell_of_place[here] = area[0]
        return replace(self, cell_of_place=cell_of_place)

    def inside(self, incidents: Incidents, area: Ints) -> Incidents:
        """Return the incidents in an area."""
        return incidents.select(
            pl.Series(np.isin(self.cell_of(incidents), area), dtype=pl.Boolean)
        )


def build_demand(
    options: PatrolOptions, context: PlanningContext, clock: PatrolClock
) -> Demand:
    """Find the cells and hours that count.

    Raises PrecisionError if the shift's hours are asked for by name and the files do
    not state hours; PlanError if no incident of the window lies in a cell, or every
    cell was left out.
    """
    dataset = context.dataset
    everywhere = dataset.study_cells(RESOLUTION)
    cell_ids = dataset.cells_of_places(RESOLUTION)
    position = everywhere.index_of(cell_ids)
    used = np.unique(position[context.incidents.frame["place"].to_numpy()])
    used = used[used >= 0]
    if not len(used) or not context.recent.n:
        raise PlanError(
            f"at least one incident of {context.window} must lie in the areas; none "
            "does. Use a longer window or other areas."
        )
    for _ in range(RINGS):
        near = everywhere.neighbour_table[used]
        used = np.union1d(used, near[near >= 0])
    used = used[~context.keeps_off(everywhere.xy_m[used])]
    if not len(used):
        raise PlanError(
            "at least one cell with incidents must lie away from the places left out; "
            "none does. Leave out fewer places."
        )
    cells = Cells.from_ids(everywhere.ids[used], resolution=RESOLUTION)
    return Demand(
        options=options,
        context=context,
        cells=cells,
        cell_of_place=cells.index_of(cell_ids),
        reserved=in_reserve(
            *cells.lonlat.T, percent=options.reserve_percent, seed=context.seed
        ),
        mask=clock.mask if _hours_are_used(options.hours, context) else None,
    )


def hours_known(context: PlanningContext) -> bool:
    """Say whether the files state hours and true places."""
    incidents = context.incidents
    return incidents.time_precision == "minute" and not incidents.snapped


def _hours_are_used(hours: str, context: PlanningContext) -> bool:
    """Say whether demand is taken from the shift's hours."""
    if hours == "shift":
        check_hours_known(context.incidents, "Demand by the hours of a shift")
        return True
    return hours == "auto" and hours_known(context)
