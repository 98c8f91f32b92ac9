"""The suggestions of a foot patrol in words, with every line of the rationale."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl

from hotspots.core.types import Ints
from hotspots.core.window import in_words
from hotspots.optimise.compact.shape import polsby_popper
from hotspots.tactics.patrol.demand import DAYS, hours_known
from hotspots.tactics.patrol.reasons import Reasons
from hotspots.tactics.patrol.routes import Route, area_polygon
from hotspots.tactics.rationale import (
    Alternative,
    coverage,
    cut_off,
    detectable,
    dpia,
    drivers,
    equality,
    rating,
    same_window_caution,
    success_test,
)
from hotspots.tactics.suggestion import Suggestion

if TYPE_CHECKING:
    pass


WEEKS = 12
CREWS = {"police": "police officers", "pcso": "PCSOs", "warden": "wardens"}


def suggestions_of(reasons: Reasons) -> tuple[Suggestion, ...]:
    """Word a suggestion for each area."""
    rivals = reasons.names_of(reasons.choice.alternatives)
    beside = [
        reasons.names_of([area])[0] + _reserve_words(reasons, area)
        for area in reasons.choice.comparison
    ]
    return tuple(
        _suggestion(reasons, rank, area, rivals, beside)
        for rank, area in enumerate(reasons.choice.chosen, start=1)
    )


def _suggestion(
    reasons: Reasons, rank: int, area: Ints, rivals: list[str], beside: list[str]
) -> Suggestion:
    options, choice, context = (
        reasons.options,
        reasons.choice,
        reasons.demand.context,
    )
    here = reasons.inside(reasons.likely, area)
    expires = context.day + dt.timedelta(days=options.expires_days)
    value = float(choice.demand[rank - 1])
    alternatives = _alternatives(reasons, value, rivals)
    controls, ratio = _controls(reasons, rank, beside)
    chronic, recent = (float(part[area].sum()) for part in reasons.risk)
    total = chronic + recent
    return Suggestion(
        tactic="patrol",
        rank=rank,
        name=reasons.names[rank - 1],
        geometry=area_polygon(reasons.demand.cells, area),
        what=_what(reasons, area),
        when=_when(reasons, rank, area),
        dose=_dose(reasons, rank),
        expires=expires,
        drivers=drivers(here, reasons.likely, where=_where(reasons)),
        chronic_share=chronic / total if total > 0 else None,
        split_note="" if total > 0 else "No risk could be split.",
        eligible=here.n,
        ineligible=_n_all(reasons, area) - here.n,
        eligibility=_eligibility(reasons),
        backtest=reasons.backtest,
        solution=choice.solution,
        binding=_binding(reasons, rank),
        stability=float(choice.stability[rank - 1]),
        n_resamples=50,
        value=value,
        leave_one_out=value,
        value_unit=reasons.unit,
        alternatives=alternatives,
        no_alternative=""
        if len(alternatives) >= 3
        else "No other area with demand is left.",
        rating=rating("patrol"),
        detectable=detectable(
            here.n * 7 * WEEKS / max(1, context.window.days),
            weeks=WEEKS,
            control_times=ratio,
        ),
        success=success_test(
            f"incidents in this area {_hours_words(reasons)}".strip(),
            weeks=WEEKS,
            start=context.day,
        ),
        controls=controls,
        control_note=_control_note(reasons),
        coverage=coverage(context, context.recent),
        cut_off=cut_off(context),
        dpia=dpia("patrol"),
        equality=equality("patrol"),
        do=_do(reasons, rank),
        do_not=(
            "Do not stay longer than 20 minutes: the effect of a visit does not grow "
            "with its length.",
            "Do not record who was there: minutes and times only.",
            f"Do not come back within {options.gap_hours:g} hours unless called.",
        ),
        details=_details(reasons, rank, area),
        cautions=_cautions(reasons),
    )


def _what(reasons: Reasons, area: Ints) -> str:
    options, cells = reasons.options, reasons.demand.cells
    hectares = float(cells.area_km2[area].sum()) * 100
    return (
        f"Walk through one small area ({hectares:.1f} ha, {len(area)} cells) for "
        f"{options.minutes} minutes, in sight, by {CREWS[options.provider]}"
    )


def _when(reasons: Reasons, rank: int, area: Ints) -> str:
    if reasons.shift is None:
        return (
            "Hours unknown: these files do not state when incidents happened, so no "
            "hour is better than another"
        )
    windows = reasons.shift.windows_of(rank)
    day = f"{reasons.clock.start:%A} {in_words(reasons.clock.start.date())}"
    planned = f"{day}: {'; '.join(windows)}" if windows else f"{day}: no visit fits"
    peak = reasons.peak_of(area)
    return f"{reasons.clock.sentence()}. {planned}. Most incidents: {peak}"


def _dose(reasons: Reasons, rank: int) -> str:
    options = reasons.options
    visits, days = reasons.visits_a_day(rank), reasons.clock.days_within(DAYS)
    if options.expires_days != DAYS:
        days = reasons.clock.days_within(options.expires_days)
    minutes = options.minutes * visits * days
    upto = "up to " if reasons.shift is None else ""
    return (
        f"{options.minutes} minutes (10 to 20 count), {upto}{visits} "
        f"{'visit' if visits == 1 else 'visits'} a day on {days} days: {minutes:,} "
        f"minutes; at least {options.gap_hours:g} hours apart. Once its visits of the "
        "day are done the area leaves the day's list"
    )


def _eligibility(reasons: Reasons) -> str:
    hours = (
        "those more likely than not in the hours of the shift"
        if reasons.demand.mask is not None
        else "those of every hour"
    )
    return (
        f"Counted are public reports of the counted categories, {hours}, of "
        f"{reasons.demand.context.window}."
    )


def _where(reasons: Reasons) -> str:
    return f"in this area {_hours_words(reasons)}".strip()


def _hours_words(reasons: Reasons) -> str:
    return "in the shift's hours" if reasons.demand.mask is not None else ""


def _n_all(reasons: Reasons, area: Ints) -> int:
    """Count every incident in the area in the look-back, whatever its kind."""
    context = reasons.demand.context
    window = context.window
    whole = context.dataset.incidents.select(
        pl.col("start").is_between(
            dt.datetime.combine(window.start, dt.time()),
            dt.datetime.combine(min(window.end, context.day), dt.time()),
            closed="left",
        )
    )
    return reasons.inside(whole, area).n


def _binding(reasons: Reasons, rank: int) -> tuple[str, ...]:
    options, shift = reasons.options, reasons.shift
    lines = list(reasons.choice.binding)
    if reasons.clock.cut:
        lines.append(reasons.clock.cut)
    if shift is not None:
        visits = reasons.visits_a_day(rank)
        if visits == 0:
            lines.append("no visit to this area fits into the shift")
        elif visits == options.daily_cap:
            lines.append(f"at most {options.daily_cap} visits a day to one area")
        elif visits < options.daily_cap:
            lines.append(
                f"the length of the shift and {options.gap_hours:g} hours between "
                "visits to one area"
            )
    return tuple(lines)


def _alternatives(
    reasons: Reasons, value: float, rivals: list[str]
) -> tuple[Alternative, ...]:
    context = reasons.demand.context
    recent = context.recent
    weights = reasons.demand.weigh(
        recent, reasons.demand.worth(recent), context.window.days
    )
    return tuple(
        Alternative(
            name=name,
            at=reasons.place_of(area),
            loss=1 - float(weights[area].sum()) / value if value > 0 else 0.0,
        )
        for name, area in zip(rivals, reasons.choice.alternatives, strict=True)
    )


def _controls(
    reasons: Reasons, rank: int, beside: list[str]
) -> tuple[tuple[str, ...], float]:
    """Return the comparison areas of one area, and their incidents to its own."""
    choice = reasons.choice
    positions = range(len(beside)) if choice.drawn else range(rank - 1, rank)
    mine = [k for k in positions if k < len(beside)]
    own = max(1, reasons.inside(reasons.likely, choice.chosen[rank - 1]).n)
    counts = [reasons.inside(reasons.likely, choice.comparison[k]).n for k in mine]
    names = tuple(
        f"{beside[k]} ({n:,} incidents against {own:,} here)"
        for k, n in zip(mine, counts, strict=True)
    )
    return names, max(sum(counts), 1) / own


def _control_note(reasons: Reasons) -> str:
    if reasons.choice.drawn:
        return reasons.choice.drawn
    seed = reasons.demand.context.seed
    return (
        "Each is the area not patrolled that is nearest in demand, at least one cell "
        f"away; the permanent reserve was drawn with seed {seed}. Nothing was drawn "
        "among these: use 'randomise' for a fair comparison."
    )


def _reserve_words(reasons: Reasons, area: Ints) -> str:
    barred = bool(reasons.demand.barred[area].any())
    return " (in the permanent reserve)" if barred else ""


def _do(reasons: Reasons, rank: int) -> tuple[str, ...]:
    options, route = reasons.options, reasons.routes[rank - 1]
    lines = [
        f"Stay {options.minutes} minutes (10 to 20 count), on foot and in sight; speak "
        "to people.",
        "Start at a moment of your choice inside the window; change the direction of "
        "the walk.",
        "Write down when you came and left; nothing about persons.",
        f"When {reasons.visits_a_day(rank)} visits are done today, leave this area to "
        "the next day.",
    ]
    if route is not None and route.on_streets:
        lines.insert(1, f"Walk the loop on the map ({route.length_m:,.0f} m).")
    return tuple(lines)


def _details(reasons: Reasons, rank: int, area: Ints) -> tuple[tuple[str, str], ...]:
    route = reasons.routes[rank - 1]
    contacts = polsby_popper(area, reasons.demand.cells.neighbour_table)
    details = [
        ("Peak hours", reasons.peak_of(area)),
        ("Walk", _walk_words(route)),
        (
            "Area and hotspot",
            "The same unit as a hotspot, 3 to 5 cells or 4 to 7 ha, but chosen by the "
            f"demand {_hours_words(reasons) or 'of every hour'}, so the two lists can "
            f"differ. Compactness {contacts:.2f} (1 is a disc, 0.64 the most of five "
            "cells).",
        ),
    ]
    return tuple(details)


def _walk_words(route: Route | None) -> str:
    if route is None:
        return "No walk fits into the visit: stay where people gather."
    if not route.on_streets:
        return (
            f"{route.length_m:,.0f} m from cell to cell: there is no street here in a "
            f"street file, so this is no route. {route.how.capitalize()}."
        )
    return (
        f"{route.length_m:,.0f} m of {route.street_m:,.0f} m of streets; it passes "
        f"{route.share:.0%} of the demand along them. {route.how.capitalize()}."
    )


def _cautions(reasons: Reasons) -> tuple[str, ...]:
    context = reasons.demand.context
    lines = []
    if not reasons.choice.drawn:
        caution = same_window_caution(context.window, weeks=WEEKS, start=context.day)
        lines += [caution] if caution else []
    if context.recent.snapped:
        lines.append(
            "Locations were moved to anonymous points by the publisher: the area is "
            "right to a street or so, not to a corner."
        )
    if not hours_known(context):
        lines.append("Hours are unknown, so the plan has no visit windows.")
    return tuple(lines)
