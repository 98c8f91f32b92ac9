"""The youth-related reports that sessions are planned by, and what each stands for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from hotspots.core.types import Floats, Ints
from hotspots.core.window import Window
from hotspots.model.cells import Cells
from hotspots.model.incidents import Incidents
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.hours import hour_shares
from hotspots.tactics.youth.options import YouthOptions


@dataclass(frozen=True, kw_only=True)
class Reports:
    """Youth-related reports of a window, the options and the context of their plan.

    ``per_week`` (n,): the rate that each report stands for, a week.
    """

    options: YouthOptions
    context: PlanningContext
    youth: Incidents
    per_week: Floats

    @classmethod
    def of(
        cls,
        options: YouthOptions,
        context: PlanningContext,
        known: Incidents,
        window: Window,
    ) -> Reports:
        """Take those that count from the incidents of a window.

        Raises TooFewError, ParameterError as for :meth:`YouthRule.counted`.
        """
        youth, days = options.rule.counted(known), options.rule.counts_day
        rates = 7 * context.exposure.per_day(youth, window, days)
        return cls(options=options, context=context, youth=youth, per_week=rates)

    @cached_property
    def shares(self) -> Floats:
        """The share of each report's span in each hour of the week, (n, 168)."""
        return hour_shares(self.youth.frame)

    def at(self, cells: Cells) -> Ints:
        """Return the position of the cell of each report, -1 for none, (n,)."""
        return self.context.dataset.cells_of(self.youth, cells)
