"""Operations from templates: areas, a clock, a trigger and a measure.

What sets an operation off is a person's decision on a forecast or a date. This finds
where the incidents it is about were within its clock, and says how many were elsewhere.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl

from hotspots.core.errors import PlanError, TooFewError
from hotspots.core.options import check_fields, option, to_record
from hotspots.model.incidents import Incidents
from hotspots.tactics.backtest import Covers, back_test
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.hours import check_hours_known, share_in
from hotspots.tactics.operation.areas import (
    OperationArea,
    about,
    district_hotspots,
    find_areas,
    in_areas,
    season,
)
from hotspots.tactics.operation.reasons import Findings
from hotspots.tactics.operation.tables import tables_of
from hotspots.tactics.operation.template import Template, read_template
from hotspots.tactics.operation.words import headline, notes_of, suggestions_of
from hotspots.tactics.plan import Plan
from hotspots.tactics.rationale import Backtest
from hotspots.tactics.reserve import draw_from_top

MIN_INCIDENTS = 10


@dataclass(frozen=True, kw_only=True)
class Operation:
    """Plan an operation from a template.

    Parameters
    ----------
    template, folder, n_areas, randomise, reserve_percent, resamples
        As the help of each says.

    Raises
    ------
    ParameterError
        If a field is impossible or there is no such template.
    SourceError
        If the template cannot be read.

    References
    ----------
    Goldstein, H. (1990), "Problem-Oriented Policing", McGraw-Hill: a named problem, its
    conditions, a response to those and a measure. Aoristic hours as for
    :func:`hotspots.methods.aoristic.week_hours`.
    """

    template: str = option(
        "op-defrost",
        help="Name of a template (op-defrost, safer-summer, night-time-economy) or the "
        "path of one's own .toml file.",
    )
    folder: str = option("", help="Folder of one's own templates.")
    n_areas: int = option(
        0, help="Areas at most; 0 is what the template says.", ge=0, le=20
    )
    randomise: bool = option(
        False, help="Draw half of the highest areas; the others are for comparison."
    )
    reserve_percent: float = option(
        0.0, help="Ground that is never chosen, for comparison.", unit="%", ge=0, le=50
    )
    resamples: int = option(
        40, help="Resamples for how stable the areas are.", ge=0, le=1000
    )

    def __post_init__(self) -> None:
        check_fields(self)
        read_template(self.template, folder=self.folder)

    def __call__(self, context: PlanningContext) -> Plan:
        """Return the areas of the operation with the reasons for each."""
        template = read_template(self.template, folder=self.folder)
        check_hours_known(context.incidents, f"Planning '{template.name}'")
        n = self.n_areas or template.n_areas
        kept = context.recent.select(about(context.recent, template))
        within = kept.select(season(kept, template))
        _check_enough(within, template)
        found, notes = find_areas(
            context,
            within,
            template,
            n=2 * n,
            reserve_percent=self.reserve_percent,
            resamples=self.resamples,
        )
        chosen, others, draw = self._choose(found, n, context.seed)
        findings = Findings(
            template=template,
            context=context,
            every=kept,
            within=within,
            areas=chosen,
            others=others,
            names=_names(chosen + others, context),
            ordinary=district_hotspots(context, context.recent),
            backtest=self._capture(context, template, n),
            n_wanted=n,
            resamples=self.resamples,
            draw=draw,
            reserve_percent=self.reserve_percent,
        )
        return Plan(
            tactic="operation",
            title=template.name,
            parameters=to_record(self),
            made_for=findings.first_day,
            window=str(context.window),
            suggestions=suggestions_of(findings),
            tables=tables_of(findings),
            headline=headline(findings),
            notes=(*context.notes, *notes, *notes_of(findings)),
            seed=context.seed,
            simulated=context.dataset.simulated or context.resources.simulated,
            provenance=context.provenance,
        )

    def _choose(
        self, found: list[OperationArea], n: int, seed: int
    ) -> tuple[list[OperationArea], list[OperationArea], str]:
        """Take the highest, or draw half of twice as many."""
        if not self.randomise:
            return found[:n], found[n:], ""
        if len(found) < 2 * n:
            raise PlanError(
                f"drawing {n} of the highest {2 * n} areas needs {2 * n}; there are "
                f"{len(found)} with such incidents. Ask for fewer areas."
            )
        chosen, comparison, words = draw_from_top(list(range(2 * n)), n, seed=seed)
        return (
            [found[k] for k in sorted(chosen)],
            [found[k] for k in sorted(comparison)],
            words,
        )

    def _capture(
        self, context: PlanningContext, template: Template, n: int
    ) -> Backtest:
        """Choose on earlier data; the baseline is the ordinary hotspots."""

        def choose(training: Incidents, day: dt.date) -> Covers:
            recent = _last_years(training, day, context)
            kept = recent.select(about(recent, template) & season(recent, template))
            areas, _ = find_areas(
                context,
                kept,
                template,
                n=n,
                reserve_percent=self.reserve_percent,
            )
            return lambda later: in_areas(areas, later) >= 0

        def baseline(training: Incidents, day: dt.date) -> Covers:
            recent = _last_years(training, day, context)
            areas = district_hotspots(context, recent, n=n)
            return lambda later: in_areas(areas, later) >= 0

        incidents = context.incidents
        share = share_in(
            incidents.frame["start"], incidents.frame["end"], template.mask
        )
        counts = about(incidents, template) & season(incidents, template)
        counts &= pl.Series(share > 0.5)
        return back_test(
            context,
            choose,
            baseline,
            baseline_words=f"the district's {n} hotspots (all crime, all hours)",
            relevant=pl.lit(counts),
            counted="incidents within the clock",
        )


def _last_years(
    training: Incidents, day: dt.date, context: PlanningContext
) -> Incidents:
    since = day - dt.timedelta(days=context.window.days)
    return training.select(pl.col("start") >= dt.datetime.combine(since, dt.time()))


def _check_enough(within: Incidents, template: Template) -> None:
    share = share_in(within.frame["start"], within.frame["end"], template.mask)
    if share.sum() < MIN_INCIDENTS:
        raise TooFewError(
            f"areas need at least {MIN_INCIDENTS} incidents within the clock; there "
            f"are {share.sum():.1f} ({template.incident_words}, "
            f"{template.clock_words}; those with a span of time count in part). "
            "Take a longer window, or run "
            "the operation on its trigger alone."
        )


def _names(areas: list[OperationArea], context: PlanningContext) -> tuple[str, ...]:
    looked_up = context.name_of([area.xy_m for area in areas])
    return tuple(area.name or name for area, name in zip(areas, looked_up, strict=True))
