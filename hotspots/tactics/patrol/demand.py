"""What a patrol is for: incidents of the shift's hours, summed over cells."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.core.errors import PlanError
from hotspots.core.types import Floats, Ints
from hotspots.model.cells import Cells
from hotspots.model.harm import harm_of
from hotspots.model.incidents import Incidents
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.hours import check_hours_known, share_in
from hotspots.tactics.patrol.clock import PatrolClock
from hotspots.tactics.reserve import in_reserve

if TYPE_CHECKING:
    from hotspots.tactics.patrol.tactic import FootPatrol


RESOLUTION = 10
DAYS = 28
"""Demand is given for so many days."""
RINGS = 2
"""Empty cells this near to an incident may still be part of an area."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Demand:
    """Cells near incidents and how much each incident counts.

    Parameters
    ----------
    cells : Cells
        Those with an incident and two rings around, away from places left out.
    cell_of_place : ndarray of shape (p,), int64
        Position of the cell of each place of the dataset, -1 for none.
    barred : ndarray of bool, shape (m,)
        Cells of the permanent reserve.
    mask : ndarray of bool, shape (168,), or None
        Hours of the shift; None where every hour counts.
    lens : {"count", "harm"}
    """

    context: PlanningContext
    cells: Cells
    cell_of_place: Ints
    barred: npt.NDArray[np.bool_]
    mask: npt.NDArray[np.bool_] | None
    lens: str

    def shares(self, incidents: Incidents) -> Floats:
        """Return the share of each incident that lies in the shift's hours.

        Returns
        -------
        ndarray of shape (n,), 0 to 1
        """
        if self.mask is None:
            return np.ones(incidents.n)
        frame = incidents.frame
        return share_in(frame["start"], frame["end"], self.mask)

    def worth(self, incidents: Incidents) -> Floats:
        """Return what each incident counts: its share, times its harm if asked for.

        Returns
        -------
        ndarray of shape (n,)
        """
        shares = self.shares(incidents)
        if self.lens == "count":
            return shares
        return shares * harm_of(self.context.dataset.harm.look_up(incidents))

    def cell_of(self, incidents: Incidents) -> Ints:
        """Return the position of the cell of each incident, -1 for none.

        Returns
        -------
        ndarray of shape (n,), int64
        """
        return np.asarray(self.cell_of_place[incidents.frame["place"].to_numpy()])

    def weigh(self, incidents: Incidents, worth: Floats, days: float) -> Floats:
        """Return the demand of each cell in 28 days.

        Parameters
        ----------
        worth : ndarray of shape (n,)

        Returns
        -------
        ndarray of shape (m,)
        """
        cell = self.cell_of(incidents)
        there = cell >= 0
        sums = np.bincount(cell[there], worth[there], minlength=len(self.cells))
        return np.asarray(sums * DAYS / max(days, 1.0))

    def likely_in_hours(self, incidents: Incidents) -> pl.Series:
        """Say which incidents lie in the shift's hours more likely than not."""
        return pl.Series(self.shares(incidents) >= 0.5, dtype=pl.Boolean)


def build_demand(
    options: FootPatrol, context: PlanningContext, clock: PatrolClock
) -> Demand:
    """Find the cells and hours that count.

    Raises
    ------
    PrecisionError
        If the shift's hours are asked for by name and the files do not state hours.
    PlanError
        If no incident of the window lies in a cell, or every cell was left out.
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
        context=context,
        cells=cells,
        cell_of_place=cells.index_of(cell_ids),
        barred=in_reserve(
            cells.lonlat[:, 0],
            cells.lonlat[:, 1],
            percent=options.reserve_percent,
            seed=context.seed,
        ),
        mask=clock.mask if hours_are_used(options.hours, context) else None,
        lens=options.lens,
    )


def hours_are_used(hours: str, context: PlanningContext) -> bool:
    """Say whether demand is taken from the shift's hours.

    Parameters
    ----------
    hours : {"auto", "shift", "all"}
    """
    if hours == "shift":
        check_hours_known(context.incidents, "Demand by the hours of a shift")
        return True
    return hours == "auto" and hours_known(context)


def hours_known(context: PlanningContext) -> bool:
    """Say whether the files state hours and true places."""
    incidents = context.incidents
    return incidents.time_precision == "minute" and not incidents.snapped


def training_days(incidents: Incidents, day: dt.date, longest: int) -> float:
    """Return how many days before ``day`` the incidents span, at most ``longest``."""
    first = incidents.frame["start"].min()
    if not isinstance(first, dt.datetime):
        return float(longest)
    return float(min(longest, max(1, (day - first.date()).days)))
