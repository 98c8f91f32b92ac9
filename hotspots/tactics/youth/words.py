"""A plan of youth sessions in words: suggestions, headline and notes."""

from __future__ import annotations

import datetime as dt

import numpy as np

from hotspots.core.window import in_words
from hotspots.tactics import rationale
from hotspots.tactics.rationale import Driver
from hotspots.tactics.school_year import in_holiday, read_holidays
from hotspots.tactics.suggestion import Suggestion
from hotspots.tactics.youth.reasons import Reasons, session_text
from hotspots.tactics.youth.week import Session


def headline(reasons: Reasons) -> str:
    """Return what the plan covers in one sentence, with counts."""
    n, hours = len(reasons.sessions), sum(s.hours for s in reasons.sessions)
    return (
        f"{n} session{'s' * (n != 1)}, {hours} hours a week for "
        f"{reasons.options.weeks} weeks: in their places and hours fall "
        f"{reasons.covered:.1f} of the {reasons.n_a_week:.1f} youth-related reports a "
        f"week ({reasons.covered / reasons.n_a_week:.0%}). That is where young people "
        "are, not how many reports will be prevented."
    )


def notes_of(reasons: Reasons) -> tuple[str, ...]:
    """Return every automatic choice."""
    o, week = reasons.options, reasons.week
    notes = [
        f"Counted: {o.rule.words(reasons.context.recent)}; {reasons.youth.n:,} in "
        f"{reasons.weeks:.0f} weeks, {reasons.n_in_hours:.1f} a week between "
        f"{o.earliest}:00 and {o.latest}:00.",
        f"{len(week.places)} places of at most {o.place_cells} cells were considered; "
        f"the way between stops is {week.travel_words}, and is taken from the next "
        "stop.",
        f"To steady small counts, {o.pooling:.0%} of each place's reports is spread by "
        "the district's hours of the week when sessions are weighed; the reports "
        "shown are as they were.",
        f"The town is {week.places.town}; {int(week.places.outside.sum())} places lie "
        "outside.",
        "How stable a session is was measured with a quicker search (one session after "
        "another) among the same places.",
    ]
    if week.draw_words:
        notes.append(week.draw_words)
    if o.term != "all" and not o.holidays:
        notes.append(
            "School holidays are the usual English ones, not this council's: give "
            "'holidays' to be exact."
        )
    return (*reasons.context.notes, *notes, *_slot_notes(reasons))


def suggestions_of(reasons: Reasons) -> tuple[Suggestion, ...]:
    """Return one suggestion a session."""
    controls = _controls(reasons)
    return tuple(
        _suggestion(reasons, session, rank, controls[rank - 1])
        for rank, session in enumerate(reasons.sessions, start=1)
    )


def _suggestion(
    reasons: Reasons, session: Session, rank: int, controls: tuple[str, ...]
) -> Suggestion:
    o, context = reasons.options, reasons.context
    stops = list(session.stops)
    here = int(reasons.counts[stops].sum())
    names = [reasons.week.places.names[k] for k in stops]
    start = context.day + dt.timedelta(days=(session.day - context.day.weekday()) % 7)
    when = session_text(session.day, session.start, session.hours)
    alternatives = reasons.alternatives(session)
    lasting = float(
        np.average(reasons.lasting[stops], weights=_weights(reasons, stops))
    )
    return Suggestion(
        tactic="youth",
        rank=rank,
        name="; then ".join(names),
        geometry=reasons.week.places.polygon(stops),
        what=f"A youth-worker session, in pairs, at {' and then '.join(names)}.",
        when=f"{when}, every week for {o.weeks} weeks from {in_words(start)}."
        f"{_stops_text(session, names)}",
        dose=f"{session.hours} hours a week, {o.weeks} sessions, "
        f"{session.hours * o.weeks} hours in all; {o.n_sessions} sessions and "
        f"{o.max_hours:g} hours a week are the limits.",
        expires=start + dt.timedelta(days=7 * (o.weeks - 1)),
        drivers=_drivers(reasons, session, here),
        chronic_share=min(1.0, max(0.0, lasting)),
        eligible=here,
        ineligible=int(reasons.everything[stops].sum()) - here,
        eligibility=f"Counts: {o.rule.words(context.recent)}. Everything else that "
        "was reported here is not a reason for youth work.",
        backtest=reasons.backtest,
        solution=f"{reasons.choice.sentence()} Best is by reports a week as the notes "
        "say they are weighed.",
        binding=reasons.binding,
        stability=float(reasons.stability[rank - 1]) if o.resamples else None,
        n_resamples=o.resamples,
        value=session.value * o.weeks,
        leave_one_out=session.value * o.weeks,
        value_unit=f"youth-related reports in {o.weeks} weeks, in these places and "
        "hours",
        alternatives=alternatives,
        no_alternative=""
        if len(alternatives) == 3
        else "No other place fits beside the other sessions.",
        rating=rationale.rating("youth"),
        detectable=rationale.detectable(here / reasons.weeks * o.weeks, weeks=o.weeks),
        success=_success(reasons, start),
        controls=controls,
        control_note=_control_note(reasons),
        coverage=rationale.coverage(context, reasons.youth),
        cut_off=rationale.cut_off(context),
        dpia=rationale.dpia("youth"),
        equality=rationale.equality("youth"),
        do=(
            "Be there every week, the same pair where possible; say when you come back",
            "Count contacts, engagements and referrals; write down no name",
            "Rule the place out if it is the wrong one: tell the analyst, who enters "
            "the veto",
        ),
        do_not=(
            "Do not move people on or gather information for enforcement",
            "Do not note who was there",
            f"Do not stop before {max(10, o.weeks)} weeks because a night was quiet",
        ),
        details=_details(reasons, session),
        cautions=_cautions(reasons, start),
    )


def _drivers(reasons: Reasons, session: Session, here: int) -> tuple[Driver, ...]:
    hours = session_text(session.day, session.start, session.hours)
    clock = hours.partition(" ")[2]
    that_day = reasons.n_then(session, that_day=True)
    any_day = reasons.n_then(session, that_day=False)
    whole = reasons.youth.n
    return (
        Driver(what="youth-related reports at these places", count=here, of=whole),
        Driver(what=f"of them {clock} on any day", count=any_day, of=whole),
        Driver(what=f"of them {hours}", count=that_day, of=whole),
    )


def _details(reasons: Reasons, session: Session) -> tuple[tuple[str, str], ...]:
    kept = [reasons.slots[k].sentence() for k in session.kept]
    lines = [
        (
            "How small a share",
            f"{session.value:.2f} of the {reasons.n_a_week:.1f} youth-related reports "
            f"a week fall in these places and hours; all sessions together "
            f"{reasons.covered:.2f}. The value of a session is being there, not "
            "reports prevented.",
        ),
        (
            "Chosen again means",
            "in the resample a session stops at one of these places on the same "
            "weekday.",
        ),
    ]
    if reasons.slots:
        text = f"Keeps {'; '.join(kept)}." if kept else "Keeps none of last quarter's."
        lines.append(("Last quarter", text))
    return tuple(lines)


def _success(reasons: Reasons, start: dt.date) -> str:
    weeks = reasons.options.weeks
    least = int(np.ceil(0.9 * weeks))
    test = rationale.success_test(
        "youth-related reports at these places, at any hour", weeks=weeks, start=start
    )
    return (
        f"First: at least {least} of {weeks} sessions held as planned, with contacts "
        f"and referrals counted. Beside it, not promised: {test}"
    )


def _cautions(reasons: Reasons, start: dt.date) -> tuple[str, ...]:
    o, window = reasons.options, reasons.context.window
    same = rationale.same_window_caution(window, weeks=o.weeks, start=start)
    cautions = [same] if same and not o.randomise else []
    days = np.datetime64(start) + 7 * np.arange(o.weeks)
    off = int(in_holiday(days, read_holidays(o.holidays)).sum())
    if o.term == "term" and off:
        cautions.append(
            f"{off} of the {o.weeks} weeks are school holidays, while the hours were "
            "chosen for term"
        )
    if o.term == "holiday" and off < o.weeks:
        cautions.append(
            f"{o.weeks - off} of the {o.weeks} weeks are school term, while the hours "
            "were chosen for holidays"
        )
    if not o.rule.all_marked(reasons.context.recent):
        cautions.append(
            "No incident is marked youth-related: adults' behaviour is counted too, "
            "and the place may be the wrong one for youth work"
        )
    return tuple(cautions)


def _controls(reasons: Reasons) -> list[tuple[str, ...]]:
    """Return the place most alike in count that no session uses, for each session."""
    week = reasons.week
    if week.comparison:
        names = [week.places.names[k] for k in week.comparison]
        return [tuple(names)] * len(reasons.sessions)
    used = sorted({stop for session in reasons.sessions for stop in session.stops})
    apart = week.places.xy_m[:, None] - week.places.xy_m[used][None]
    near = np.flatnonzero(np.sqrt((apart**2).sum(axis=2)).min(axis=1) < 300)
    leads = [session.stops[0] for session in reasons.sessions]
    once = list(dict.fromkeys(leads))
    picked = rationale.pick_controls(
        reasons.counts, once, week.places.names, barred=near.tolist()
    )
    return [picked[once.index(lead)] for lead in leads]


def _control_note(reasons: Reasons) -> str:
    if reasons.week.comparison:
        return f"The half of the draw that was left out; {reasons.week.draw_words}"
    return (
        "The unused place, at least 300 m away, whose count was nearest before; "
        "nothing was drawn. Leave it as it is for as long as the session runs. "
        f"Reserve: {reasons.options.reserve_percent:g}% of the ground, seed "
        f"{reasons.context.seed}."
    )


def _slot_notes(reasons: Reasons) -> tuple[str, ...]:
    if not reasons.slots:
        return ("No slots of last quarter were given, so none had to be kept.",)
    lost = reasons.given_up
    kept = len(reasons.slots) - len(lost)
    notes = [
        f"{kept} of last quarter's {len(reasons.slots)} slots are kept; giving one up "
        f"had to bring {reasons.options.switching_cost:g} reports a week."
    ]
    if lost:
        notes.append(f"Given up: {'; '.join(slot.sentence() for slot in lost)}.")
    return tuple(notes)


def _stops_text(session: Session, names: list[str]) -> str:
    if len(names) == 1:
        return ""
    parts = [
        f"{name} {session_text(session.day, session.start + a / 60, (z - a) / 60)}"
        for name, a, z in zip(names, session.arrive_min, session.leave_min, strict=True)
    ]
    return f" {'; '.join(parts)}."


def _weights(reasons: Reasons, stops: list[int]) -> np.ndarray:
    return np.maximum(reasons.counts[stops], 1)
