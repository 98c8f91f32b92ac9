"""From options and a context to the week of youth sessions that is proposed."""

from __future__ import annotations

import datetime as dt
from functools import partial

import numpy as np
import polars as pl

from hotspots.core.errors import PlanError
from hotspots.core.types import Floats
from hotspots.core.window import Window, in_words
from hotspots.model.incidents import Incidents
from hotspots.tactics.backtest import Covers, Trial
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.hours import check_hours_known, share_in, week_mask
from hotspots.tactics.plan import PlanLayer
from hotspots.tactics.rationale import Driver
from hotspots.tactics.tactic import Place, Proposal
from hotspots.tactics.youth.checks import busiest, presence_covers
from hotspots.tactics.youth.options import YouthOptions
from hotspots.tactics.youth.school_year import in_holiday, read_holidays
from hotspots.tactics.youth.sessions import Sessions, session_text
from hotspots.tactics.youth.week import Session, prepare


def solve(options: YouthOptions, context: PlanningContext) -> Proposal:
    """Return the week of sessions with the reasons for each.

    Raises
    ------
    PrecisionError
        If the files state no hours, or only snap points.
    TooFewError
        If too few incidents are youth-related.
    PlanError
        If no session can be held, for instance outside the town.
    ParameterError
        If a veto, town or category names nothing that is there.
    """
    check_hours_known(context.incidents, "Choosing youth sessions")
    slots = context.resources.slots or ()
    youth = options.rule.counted(context.recent)
    rates = _per_week(options, context, youth, context.window)
    week = prepare(context, youth, options, slots, per_week=rates)
    choice = week.solve()
    if not len(choice.picked):
        where = ""
        if options.outside_share > 0:
            where = (
                f", with {options.outside_share:.0%} of the sessions outside the town"
            )
        raise PlanError(
            "at least one session must have youth-related reports in its places "
            f"and hours; none of {week.space.n_columns:,} possible ones has"
            f"{where}. Allow other hours or places."
        )
    sessions = Sessions(
        options=options,
        context=context,
        youth=youth,
        per_week=rates,
        week=week,
        choice=choice,
        sessions=week.sessions(choice.picked),
        slots=tuple(slots),
    )
    stops, points = sessions.stops_table()
    layer = stops.select(
        pl.col("session").alias("rank"), "name", "stop", "day", "from", "to"
    )
    streets = context.resources.streets
    walked = streets is not None and options.travel == "walk"
    return Proposal(
        title="Youth-worker sessions",
        places=tuple(_place(sessions, k) for k in range(len(sessions.sessions))),
        headline=_headline(sessions),
        notes=(*_notes(sessions), *_slot_notes(sessions)),
        tables={
            "sessions": sessions.table(),
            "stops": stops,
            "places": sessions.places_table(),
        },
        layers={"stops": PlanLayer(frame=layer, geometry=points)},
        covers=_trial(options, context),
        used=youth,
        measured="youth-related reports at these places, at any hour",
        weeks=options.weeks,
        success=f"First: at least {int(np.ceil(0.9 * options.weeks))} of "
        f"{options.weeks} sessions held as planned, with contacts and referrals "
        "counted. Besides, not promised: {test}",
        eligibility=f"Counts: {options.rule.words(context.recent)}. Everything else "
        "that was reported here is not a reason for youth work.",
        value_unit=f"youth-related reports in {options.weeks} weeks, in these places "
        "and hours",
        n_resamples=options.resamples,
        no_alternative="No other place fits with the other sessions.",
        attribution=streets.attribution if walked and streets is not None else "",
        drawn=week.draw_words,
    )


def _per_week(
    options: YouthOptions, context: PlanningContext, youth: Incidents, window: Window
) -> Floats:
    """Return the rate that each youth-related incident of a window stands for."""
    counts = options.rule.counts_day
    return 7 * context.exposure.per_day(youth, window, counts)


def _trial(options: YouthOptions, context: PlanningContext) -> Trial:
    """Return how a week is tested on earlier data, beside simple weeks."""

    def choose(training: Incidents, day: dt.date) -> Covers:
        window = context.before(day)
        youth = options.rule.counted(context.within(window, training))
        rates = _per_week(options, context, youth, window)
        week = prepare(context, youth, options, (), per_week=rates, named=False)
        sessions = week.sessions(week.solve().picked)
        return presence_covers(week, sessions, context)

    def simple(training: Incidents, day: dt.date, *, each: bool) -> Covers:
        known = context.within(context.before(day), training)
        return busiest(context, options.rule.counted(known), options, day, each=each)

    return Trial(
        choose=choose,
        baselines={
            "the busiest places of the last 12 months, in the busiest hours of the "
            "busiest days": partial(simple, each=False),
            "the busiest place and hours of each of the busiest days of the last 12 "
            "months": partial(simple, each=True),
        },
        relevant=options.rule.rows(context.incidents),
        days=7 * options.weeks,
        counted="youth-related reports",
    )


def _place(found: Sessions, k: int) -> Place:
    """Return one session with its reasons."""
    o, context, session = found.options, found.context, found.sessions[k]
    stops = list(session.stops)
    here = int(found.counts[stops].sum())
    at_stops = np.isin(found.at, stops)
    names = [found.week.places.names[stop] for stop in stops]
    start = context.day + dt.timedelta(days=(session.day - context.day.weekday()) % 7)
    weights = np.maximum(found.counts[stops], 1)
    return Place(
        name="; then ".join(names),
        geometry=found.week.places.polygon(stops),
        what=f"A youth-worker session, in pairs, at {' and then '.join(names)}.",
        when=f"{session_text(session.day, session.start, session.hours)}, every "
        f"week for {o.weeks} weeks from {in_words(start)}."
        f"{_stops_text(session, names)}",
        dose=f"{session.hours} hours a week, {o.weeks} sessions, "
        f"{session.hours * o.weeks} hours in all; {o.n_sessions} sessions and "
        f"{o.max_hours:g} hours a week are the limits.",
        expires=start + dt.timedelta(days=7 * (o.weeks - 1)),
        drivers=_drivers(found, session, here),
        lasting=float(np.average(found.lasting[stops], weights=weights)),
        n_eligible=here,
        n_ineligible=int(found.everything[stops].sum()) - here,
        per_day=float(found.per_week[at_stops].sum()) / 7,
        value=session.value * o.weeks,
        solution=f"{found.choice.sentence()} Best is by reports a week as the notes "
        "say they are weighed.",
        stability=float(found.stability[k]) if o.resamples else None,
        alternatives=found.alternatives(session),
        controls=found.controls[k],
        control_note=_control_note(found),
        binding=found.binding,
        start=start,
        details=_details(found, session),
        cautions=_cautions(o, context, start),
    )


def _drivers(found: Sessions, session: Session, here: int) -> tuple[Driver, ...]:
    hours = session_text(session.day, session.start, session.hours)
    clock = hours.partition(" ")[2]
    that_day = found.n_then(session, that_day=True)
    any_day = found.n_then(session, that_day=False)
    whole = found.youth.n
    return (
        Driver(what="youth-related reports at these places", count=here, of=whole),
        Driver(what=f"of them {clock} on any day", count=any_day, of=whole),
        Driver(what=f"of them {hours}", count=that_day, of=whole),
    )


def _details(found: Sessions, session: Session) -> tuple[tuple[str, str], ...]:
    lines = [
        (
            "How small a share",
            f"{session.value:.2f} of the {found.n_a_week:.1f} youth-related reports "
            f"a week fall in these places and hours; all sessions together "
            f"{found.covered:.2f}. The value of a session is being there, not "
            "reports prevented.",
        ),
        (
            "Chosen again means",
            "in the resample a session stops at one of these places on the same "
            "weekday.",
        ),
    ]
    if found.slots:
        kept = "; ".join(found.slots[k].sentence() for k in session.kept)
        text = f"Keeps {kept}." if kept else "Keeps none of last quarter's."
        lines.append(("Last quarter", text))
    return tuple(lines)


def _control_note(found: Sessions) -> str:
    if found.week.comparison:
        return f"The half of the draw that was left out; {found.week.draw_words}"
    return (
        "The unused place, at least 300 m away, whose count was nearest before; "
        "nothing was drawn. Leave it as it is for as long as the session runs. "
        f"Reserve: {found.options.reserve_percent:g}% of the ground, seed "
        f"{found.context.seed}."
    )


def _headline(found: Sessions) -> str:
    n, hours = len(found.sessions), sum(s.hours for s in found.sessions)
    return (
        f"{n} session{'s' * (n != 1)}, {hours} hours a week for "
        f"{found.options.weeks} weeks: in their places and hours fall "
        f"{found.covered:.1f} of the {found.n_a_week:.1f} youth-related reports a "
        f"week ({found.covered / found.n_a_week:.0%}). That is where young people "
        "are, not how many reports will be prevented."
    )


def _notes(found: Sessions) -> tuple[str, ...]:
    o, week, frame = found.options, found.week, found.youth.frame
    mask = week_mask(range(7), o.earliest, o.latest)
    share = share_in(frame["start"], frame["end"], mask)
    in_hours = float((share * found.per_week).sum())
    notes = [
        f"Counted: {o.rule.words(found.context.recent)}; {found.youth.n:,} in "
        f"{found.n_weeks:.0f} weeks, {in_hours:.1f} a week between "
        f"{o.earliest}:00 and {o.latest}:00.",
        f"{len(week.places)} places of at most {o.place_cells} cells were considered; "
        f"the way between stops is {week.travel_words}, and is taken from the next "
        "stop.",
        f"To shrink small counts towards the usual, {o.pooling:.0%} of each place's "
        "reports is spread by the district's hours of the week when sessions are "
        "weighed; the reports shown are as they were.",
        f"The town is {week.places.town}; {int(week.places.outside.sum())} places lie "
        "outside.",
        "How stable a session is was measured with a quicker search (one session after "
        "another) among the same places.",
        week.draw_words,
    ]
    if o.term != "all" and not o.holidays:
        notes.append(
            "School holidays are the usual English ones, not this council's: give "
            "'holidays' to be exact."
        )
    return tuple(notes)


def _slot_notes(found: Sessions) -> tuple[str, ...]:
    if not found.slots:
        return ("No slots of last quarter were given, so none had to be kept.",)
    kept = {k for session in found.sessions for k in session.kept}
    lost = [slot for k, slot in enumerate(found.slots) if k not in kept]
    notes = [
        f"{len(found.slots) - len(lost)} of last quarter's {len(found.slots)} slots "
        f"are kept; giving one up had to bring {found.options.switching_cost:g} "
        "reports a week."
    ]
    if lost:
        notes.append(f"Given up: {'; '.join(slot.sentence() for slot in lost)}.")
    return tuple(notes)


def _cautions(
    o: YouthOptions, context: PlanningContext, start: dt.date
) -> tuple[str, ...]:
    cautions = []
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
    if not o.rule.all_marked(context.recent):
        cautions.append(
            "No incident is marked youth-related: adults' behaviour is counted too, "
            "and the place may be the wrong one for youth work"
        )
    return tuple(cautions)


def _stops_text(session: Session, names: list[str]) -> str:
    if len(names) == 1:
        return ""
    parts = [
        f"{name} {session_text(session.day, session.start + a / 60, (z - a) / 60)}"
        for name, a, z in zip(names, session.arrive_min, session.leave_min, strict=True)
    ]
    return f" {'; '.join(parts)}."
