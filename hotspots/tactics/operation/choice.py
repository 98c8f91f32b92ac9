"""Which areas an operation takes, and how the choice is tested on earlier days."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import polars as pl

from hotspots.core.errors import PlanError, TooFewError
from hotspots.model.incidents import Incidents
from hotspots.tactics.backtest import Covers, Trial
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.hours import share_in
from hotspots.tactics.operation import areas as ground
from hotspots.tactics.operation.template import Template
from hotspots.tactics.selection import draw_from_top

MIN_INCIDENTS = 10


def choose(
    found: list[ground.OperationArea], n: int, seed: int, *, draw: bool
) -> tuple[list[ground.OperationArea], list[ground.OperationArea], str]:
    """Take the highest, or draw half of twice as many.

    Raises PlanError if there are too few to draw from.
    """
    if not draw:
        return found[:n], found[n:], ""
    if len(found) < 2 * n:
        raise PlanError(
            f"drawing {n} of the highest {2 * n} areas needs {2 * n}; there are "
            f"{len(found)} with such incidents. Ask for fewer areas."
        )
    chosen, comparison, words = draw_from_top(found, n, seed=seed)
    return list(chosen), list(comparison), words


def trial_of(search: ground.AreaSearch) -> Trial:
    """Return how areas are tested on earlier data, beside ordinary hotspots."""
    context, template, n = search.context, search.template, search.n
    early = replace(search, resamples=0)

    def chosen(training: Incidents, day: dt.date) -> Covers:
        recent = context.known(training, day)
        kept = recent.select(
            ground.about(recent, template) & ground.season(recent, template)
        )
        return _covers(early.find(kept)[0], context)

    def every(training: Incidents, day: dt.date) -> Covers:
        recent = context.known(training, day)
        return _covers(ground.district_hotspots(context, recent, n=n), context)

    def such(training: Incidents, day: dt.date) -> Covers:
        recent = context.known(training, day)
        kept = recent.select(ground.about(recent, template))
        return _covers(ground.district_hotspots(context, kept, n=n), context)

    share = share_in(context.incidents.frame, template.mask)
    counts = ground.about(context.incidents, template) & ground.season(
        context.incidents, template
    )
    return Trial(
        choose=chosen,
        baselines={
            f"the district's {n} hotspots (all crime, all hours)": every,
            f"the {n} hotspots of such incidents at any time": such,
        },
        relevant=counts & pl.Series(share > 0.5),
        days=7 * template.weeks,
        counted="incidents within operating hours",
    )


def _covers(areas: list[ground.OperationArea], context: PlanningContext) -> Covers:
    km2 = sum(area.area_ha for area in areas) / 100
    return Covers(
        lambda later: ground.in_areas(areas, later) >= 0, km2 / context.searched_km2
    )


def check_enough(within: Incidents, template: Template) -> None:
    """Refuse to choose from too little.

    Raises TooFewError if fewer than 10 incidents lie within operating hours.
    """
    share = share_in(within.frame, template.mask)
    if share.sum() < MIN_INCIDENTS:
        raise TooFewError(
            f"areas need at least {MIN_INCIDENTS} incidents within operating hours; "
            f"there are {share.sum():.1f} ({template.incident_words}, "
            f"{template.hours_words}; those with a span of time count in part). "
            "Take a longer window, or run the operation on its trigger alone."
        )
