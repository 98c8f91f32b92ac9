"""From a request to a plan: what every plan has, whichever tactic proposes it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from hotspots.analysis.dataset import Dataset
from hotspots.core.errors import ParameterError, PrecisionError
from hotspots.core.options import build, to_record
from hotspots.core.window import check_year
from hotspots.resources import Resources
from hotspots.tactics.backtest import back_test
from hotspots.tactics.catalogue import TACTICS, find_tactic
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.plan import Plan, PlanLayer
from hotspots.tactics.rationale import Backtest, Judged, coverage, detectable
from hotspots.tactics.suggestion import Suggestion
from hotspots.tactics.tactic import Place, Proposal, Tactic

MONTHS_ONLY = (
    "Cannot tell: these files state only months, so recent cannot be told from lasting."
)
NOTHING_NEAR = "Cannot tell: no incident is near enough to say."


@dataclass(frozen=True, kw_only=True)
class PlanRequest:
    """What Python, the command and the page ask of a plan; equal ones, equal plans.

    ``options``: as text, those that are not at their default; or an instance such as
    ``PatrolOptions(n_areas=3)``.
    ``day``: the first day of the plan; None: the day after the data end.
    ``window``: ``FROM:TO`` or ``all``; None: the last 24 months.
    ``categories``: empty: every counted category.
    ``officer_generated``: whether incidents found by officers' own activity may choose
    a place.
    ``leave_out``: names of streets or places, with ``;`` between, that no plan may be
    for: a hospital, a prison. Case and position in the address do not matter.
    ``seed``: for every random choice.
    """

    tactic: str
    options: Any = ()
    day: dt.date | None = None
    window: str | None = None
    categories: tuple[str, ...] = ()
    officer_generated: bool = False
    leave_out: str = ""
    seed: int = 1

    def built(self) -> Any:
        """Return the options as an instance of the tactic's dataclass.

        Raises ParameterError if there is no such tactic, or an option is impossible.
        """
        if self.day is not None:
            check_year(self.day)
        kind = find_tactic(self.tactic).options
        if isinstance(self.options, kind):
            return self.options
        return build(kind, dict(self.options))


def suggest(
    dataset: Dataset, request: PlanRequest | str, resources: Resources | None = None
) -> Plan:
    """Plan one tactic.

    ``request``: PlanRequest or str; a name alone is the tactic with its defaults.

    Raises PlanError if a constraint cannot be met; ParameterError, PrecisionError,
    TooFewError if an option is impossible, or the data are too coarse or too few.

    Examples
    --------
    >>> from hotspots.samples import sample_paths
    >>> from hotspots.workflow import load
    >>> incidents, areas = sample_paths()
    >>> asked = PlanRequest(tactic="patrol", options={"n_areas": "2"})
    >>> len(suggest(load([incidents], list(areas)), asked).suggestions)
    2
    """
    asked = PlanRequest(tactic=request) if isinstance(request, str) else request
    options = asked.built()
    context = PlanningContext.from_dataset(
        dataset,
        resources=resources,
        day=asked.day,
        window=asked.window,
        categories=asked.categories or None,
        officer_generated=asked.officer_generated,
        leave_out=asked.leave_out,
        seed=asked.seed,
    )
    return make_plan(options, context)


def why_not(tactic: Tactic, dataset: Dataset, resources: Resources) -> str:
    """Say why a tactic cannot be planned, at its usual options; "" where it can."""
    lacking = [name for name in tactic.needs if getattr(resources, name) is None]
    if lacking:
        return f"it needs a file of {', '.join(lacking)}, which is not given."
    try:
        tactic.check(tactic.options(), dataset.incidents)
    except PrecisionError as error:
        return str(error)
    return ""


def make_plan(options: Any, context: PlanningContext) -> Plan:
    """Plan the tactic that some options are of.

    Raises ParameterError if they are of no tactic. Other errors as for :func:`suggest`.
    """
    tactic = _tactic_of(options)
    tactic.check(options, context.incidents)
    found = tactic.solve(options, context)
    tested = back_test(context, found.covers)
    text, credit = tactic.text, found.attribution
    return Plan(
        tactic=tactic.name,
        title=found.title or text.title,
        parameters=to_record(options),
        made_for=found.start or context.day,
        window=found.window or context.period,
        suggestions=tuple(
            _suggestion(options, context, found, rank, tested)
            for rank in range(1, len(found.places) + 1)
        ),
        tables=found.tables,
        layers=found.layers,
        cells=PlanLayer.of_counts(found.used),
        headline=found.headline.replace("{backtest}", tested.sentence()),
        notes=tuple(note for note in (*context.notes, *found.notes) if note),
        seed=context.seed,
        simulated=context.dataset.simulated or context.resources.simulated,
        attribution=tuple(t for t in (context.dataset.attribution, credit) if t),
        provenance=context.provenance,
        table_titles=text.tables,
        layer_titles=text.layers,
        headings=text.headings,
    )


def _tactic_of(options: Any) -> Tactic:
    for tactic in TACTICS.values():
        if type(options) is tactic.options:
            return tactic
    raise ParameterError(
        f"options must be those of a tactic ({', '.join(TACTICS)}); got a "
        f"{type(options).__name__}."
    )


def _suggestion(
    options: Any, context: PlanningContext, found: Proposal, rank: int, tested: Backtest
) -> Suggestion:
    place, tactic = found.places[rank - 1], _tactic_of(options)
    text = tactic.text
    start = place.start or found.start or context.day
    judged = Judged.of(context.exposure, weeks=found.weeks, start=start)
    fall = detectable(
        place.per_day * 7 * found.weeks,
        weeks=found.weeks,
        control_times=place.control_times,
    )
    test = judged.sentence(found.measured)
    alone = place.leave_one_out
    lasting, split_note = _split(context, place, found)
    judged_by_choice = "" if found.drawn else judged.caution(context.window)
    own = {
        "tactic": tactic.name,
        "rank": rank,
        "chronic_share": lasting,
        "split_note": split_note,
        "eligible": place.n_eligible,
        "ineligible": place.n_ineligible,
        "backtest": tested,
        "leave_one_out": place.value if alone is None else alone,
        "no_alternative": "" if len(place.alternatives) >= 3 else found.no_alternative,
        "detectable": found.fall.format(fall=fall),
        "success": (place.success or found.success).format(test=test),
        "coverage": coverage(context, found.used),
        "cut_off": context.cut_off,
        "do": _filled(found.do or text.do, options, place.slots),
        "do_not": _filled(found.do_not or text.do_not, options, place.slots),
        "cautions": tuple(filter(None, (judged_by_choice, *place.cautions))),
    }
    return Suggestion(**_held(text) | _held(found) | _held(place) | own)


LINES = {line.name for line in dataclasses.fields(Suggestion)}


def _held(source: Any) -> dict[str, Any]:
    """Return what a tactic's words, a proposal or a place say as a suggestion does."""
    names = LINES & {line.name for line in dataclasses.fields(source)}
    return {name: getattr(source, name) for name in names}


def _split(
    context: PlanningContext, place: Place, found: Proposal
) -> tuple[float | None, str]:
    """Return the lasting share of a place's risk, or why it is not known."""
    if place.lasting is not None and np.isfinite(place.lasting):
        if context.exposure.by_month:
            return None, MONTHS_ONLY
        return min(1.0, max(0.0, place.lasting)), found.split_note
    return None, found.split_note or NOTHING_NEAR


def _filled(
    lines: tuple[str, ...], options: Any, slots: Mapping[str, str]
) -> tuple[str, ...]:
    """Fill the options and the place's own words into do and do not."""
    held = {f.name: getattr(options, f.name) for f in dataclasses.fields(options)}
    return tuple(
        line for each in lines if (line := each.format(**{**held, **slots}).strip())
    )
