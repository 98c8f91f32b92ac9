"""An operation in words: suggestions, headline and notes."""

from __future__ import annotations

from hotspots.tactics import rationale
from hotspots.tactics.operation.areas import centres_lonlat
from hotspots.tactics.operation.reasons import Findings
from hotspots.tactics.operation.template import HOTSPOTS
from hotspots.tactics.rationale import Alternative, Driver
from hotspots.tactics.suggestion import Suggestion


def headline(findings: Findings) -> str:
    """Return what the areas hold in one sentence, with counts."""
    n, met = findings.clocked.n, findings.clocked.n - findings.n_outside
    share = f" ({met / n:.0%})" if n else ""
    areas = len(findings.areas)
    return (
        f"{findings.template.name}: {areas} area{'s' * (areas != 1)} with {met:,} of "
        f"{n:,}{share} of its incidents within the clock; {findings.n_outside:,} lie "
        f"outside them and {findings.n_outside_ordinary:,} outside every one of the "
        f"district's {len(findings.ordinary)} ordinary hotspots."
    )


def notes_of(findings: Findings) -> tuple[str, ...]:
    """Return what was chosen and what is not known."""
    template = findings.template
    notes = [
        f"About: {template.incident_words}, {template.clock_words}; "
        f"{findings.clocked.n:,} of {findings.every.n:,} in the window, those with "
        "more than half of their time within the clock.",
        f"Set off by: {template.trigger} Decided: {template.decided}",
        "The weather of past days is not in the data: how many of these incidents fell "
        "on days that would have set the operation off is not known.",
    ]
    if 2 * findings.n_outside > findings.clocked.n:
        notes.append(
            f"More than half ({findings.n_outside:,} of {findings.clocked.n:,}) lie "
            "outside the areas: places alone would miss them; the trigger and what is "
            "done everywhere carry the operation."
        )
    if findings.draw:
        notes.append(findings.draw)
    return tuple(notes)


def suggestions_of(findings: Findings) -> tuple[Suggestion, ...]:
    """Return one suggestion an area."""
    return tuple(_suggestion(findings, k) for k in range(len(findings.areas)))


def _suggestion(findings: Findings, k: int) -> Suggestion:
    template, context = findings.template, findings.context
    area, here = findings.areas[k], int(findings.in_clock[k])
    alternatives = _alternatives(findings, k)
    expected = here / findings.weeks * template.weeks if findings.weeks else 0.0
    start = findings.first_day
    return Suggestion(
        tactic="operation",
        rank=k + 1,
        name=findings.names[k],
        geometry=area.geometry,
        what=f"{template.name}: {template.each_time}",
        when=f"{template.clock_words}. {template.trigger} {template.decided}",
        dose=_dose(findings),
        expires=findings.last_day,
        drivers=_drivers(findings, k),
        chronic_share=min(1.0, max(0.0, float(findings.lasting[k]))),
        eligible=here,
        ineligible=int(findings.everything[k]) - here,
        eligibility=f"Counts: {template.incident_words}, {template.clock_words}.",
        backtest=findings.backtest,
        solution=_solution(findings),
        binding=_binding(findings),
        stability=area.stability,
        n_resamples=findings.resamples,
        value=float(here),
        leave_one_out=float(here),
        value_unit=f"incidents within the clock, {findings.weeks:.0f} weeks of season",
        alternatives=alternatives,
        no_alternative=""
        if len(alternatives) == 3
        else "No other area has such incidents within the clock.",
        rating=rationale.rating("operation"),
        detectable=rationale.detectable(expected, weeks=template.weeks),
        success=rationale.success_test(
            f"{template.incident_words} within the clock, here",
            weeks=template.weeks,
            start=start,
        ),
        controls=_controls(findings, k),
        control_note=_control_note(findings),
        coverage=rationale.coverage(context, findings.within),
        cut_off=rationale.cut_off(context),
        dpia=rationale.dpia("operation"),
        equality=rationale.equality("operation"),
        do=template.do,
        do_not=template.do_not,
        details=_details(findings),
        cautions=_cautions(findings),
    )


def _dose(findings: Findings) -> str:
    template = findings.template
    most = template.at_most_days
    often = f" At most {most} days a year." if most else ""
    return f"{template.each_time}{often}"


def _drivers(findings: Findings, k: int) -> tuple[Driver, ...]:
    words = findings.template.incident_words
    return (
        Driver(
            what=f"{words}, here within the clock",
            count=int(findings.in_clock[k]),
            of=findings.clocked.n,
        ),
        Driver(
            what="the same here at any time of the year",
            count=int(findings.any_time[k]),
            of=findings.every.n,
        ),
        Driver(
            what="every counted incident here",
            count=int(findings.everything[k]),
            of=findings.context.recent.n,
        ),
    )


def _details(findings: Findings) -> tuple[tuple[str, str], ...]:
    template = findings.template
    lines = [
        ("Set off by", f"{template.trigger} {template.trigger_source}".strip()),
        ("Decided", template.decided),
        ("Why this operation", template.summary),
        ("With", ", ".join(template.partners)),
        (
            "Outside all areas",
            f"{findings.n_outside:,} of {findings.clocked.n:,} incidents within the "
            f"clock; {findings.n_outside_ordinary:,} outside every ordinary hotspot of "
            "the district.",
        ),
        ("Counted as done", ", ".join(template.outputs)),
    ]
    if template.everywhere:
        lines.insert(3, ("Everywhere", template.everywhere))
    return tuple(lines)


def _solution(findings: Findings) -> str:
    if findings.template.areas_from == HOTSPOTS:
        return (
            "Heuristic: adjoining cells grown from the highest ones to 4 to 7 "
            "hectares, the best of 24 starts each time; not proven best."
        )
    return f"Proven best: every {findings.template.areas_from} was ranked by count."


def _binding(findings: Findings) -> tuple[str, ...]:
    found = []
    if findings.others:
        found.append(f"at most {findings.n_wanted} areas")
    if findings.template.land_use == "residential" and (
        findings.context.resources.premises is not None
    ):
        found.append("cells where at least half of the premises are dwellings")
    if findings.reserve_percent > 0:
        found.append(f"{findings.reserve_percent:g}% of the ground is in the reserve")
    return tuple(found)


def _alternatives(findings: Findings, k: int) -> tuple[Alternative, ...]:
    n, own = len(findings.areas), findings.areas[k].weight
    others = findings.others[:3]
    if not others:
        return ()
    at = centres_lonlat(others)
    return tuple(
        Alternative(
            name=findings.names[n + number],
            at=(float(at[number, 0]), float(at[number, 1])),
            loss=1 - other.weight / own if own > 0 else 0.0,
        )
        for number, other in enumerate(others)
    )


def _controls(findings: Findings, k: int) -> tuple[str, ...]:
    n, others = len(findings.areas), findings.others
    weights = [area.weight for area in findings.areas + others]
    picked = rationale.pick_controls(weights, range(n), findings.names)
    return picked[k] if others else ()


def _control_note(findings: Findings) -> str:
    if findings.draw:
        return f"The half of the draw that was left out; {findings.draw}"
    if not findings.others:
        return "No other area has such incidents, so there is none to compare with."
    return (
        "The area nearest in count among the next that were found; nothing was drawn, "
        f"seed {findings.context.seed} is for the resamples. What is done everywhere "
        "reaches it too: it compares the visits, not the message."
    )


def _cautions(findings: Findings) -> tuple[str, ...]:
    same = rationale.same_window_caution(
        findings.context.window,
        weeks=findings.template.weeks,
        start=findings.first_day,
    )
    return (same,) if same and not findings.draw else ()
