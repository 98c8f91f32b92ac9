"""What was found for an operation, as numbers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from hotspots.core.types import Floats, Ints
from hotspots.model.incidents import Incidents
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.hours import share_in
from hotspots.tactics.operation.areas import (
    OperationArea,
    in_areas,
    in_season,
    season_weeks,
)
from hotspots.tactics.operation.template import Template
from hotspots.tactics.rationale import Backtest
from hotspots.tactics.risk import chronic_recent


@dataclass(frozen=True, kw_only=True)
class Findings:
    """An operation's areas and what they were chosen from.

    Parameters
    ----------
    every, within : Incidents
        Those that it is about: at any time, and in its months.
    areas, others : list of OperationArea
        Chosen, and the next that were found.
    names : tuple of str
        Of both, in that order.
    ordinary : list of OperationArea
        The district's hotspots of all counted incidents.
    draw : str
        How the areas were drawn; empty where they were not.
    """

    template: Template
    context: PlanningContext
    every: Incidents
    within: Incidents
    areas: list[OperationArea]
    others: list[OperationArea]
    names: tuple[str, ...]
    ordinary: list[OperationArea]
    backtest: Backtest
    n_wanted: int
    resamples: int
    draw: str
    reserve_percent: float

    @cached_property
    def clocked(self) -> Incidents:
        """Those with more than half of their span within the clock."""
        frame = self.within.frame
        share = share_in(frame["start"], frame["end"], self.template.mask)
        return self.within.select(pl.Series(share > 0.5))

    @cached_property
    def in_clock(self) -> Ints:
        """Incidents within the clock of each chosen area."""
        return self._counts(self.clocked)

    @cached_property
    def any_time(self) -> Ints:
        """The same incidents at any time, of each chosen area."""
        return self._counts(self.every)

    @cached_property
    def everything(self) -> Ints:
        """Counted incidents of every kind, of each chosen area."""
        return self._counts(self.context.recent)

    @cached_property
    def n_outside(self) -> int:
        """Incidents within the clock that lie in none of the chosen areas."""
        return int((in_areas(self.areas, self.clocked) < 0).sum())

    @cached_property
    def n_outside_ordinary(self) -> int:
        """Incidents within the clock that lie in none of the ordinary hotspots."""
        return int((in_areas(self.ordinary, self.clocked) < 0).sum())

    @cached_property
    def weeks(self) -> float:
        """Weeks of the window within the months."""
        window = self.context.window
        return season_weeks(window.start, window.end, self.template)

    @cached_property
    def first_day(self) -> dt.date:
        """The first day within the months, on or after the day of the plan."""
        days = np.datetime64(self.context.day) + np.arange(367)
        first = days[np.argmax(in_season(days, self.template))]
        return first.astype(dt.date)  # type: ignore[no-any-return]

    @cached_property
    def last_day(self) -> dt.date:
        """The last day of that run of months, half a year on at most."""
        days = np.datetime64(self.first_day) + np.arange(1, 183)
        out = ~in_season(days, self.template)
        n = int(np.argmax(out)) if out.any() else len(days)
        last = np.datetime64(self.first_day) + n
        return last.astype(dt.date)  # type: ignore[no-any-return]

    @cached_property
    def lasting(self) -> Floats:
        """Lasting share of the risk at each chosen area."""
        at = np.array([area.xy_m for area in self.areas])
        chronic, recent = chronic_recent(self.clocked, at, self.context.day)
        whole = chronic + recent
        return np.divide(chronic, whole, out=np.ones(len(whole)), where=whole > 0)

    def _counts(self, incidents: Incidents) -> Ints:
        at = in_areas(self.areas, incidents)
        return np.bincount(at[at >= 0], minlength=len(self.areas))
