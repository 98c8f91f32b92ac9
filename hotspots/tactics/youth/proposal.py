"""From options and a context to the week of youth sessions that is proposed."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from hotspots.core.errors import PlanError
from hotspots.core.window import in_words
from hotspots.model.incidents import Incidents
from hotspots.tactics.backtest import Covers, Trial
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.hours import share_in, week_mask
from hotspots.tactics.plan import PlanLayer
from hotspots.tactics.rationale import Driver, counted
from hotspots.tactics.tactic import Place, Proposal
from hotspots.tactics.words import Says
from hotspots.tactics.youth.checks import busiest, presence_covers
from hotspots.tactics.youth.options import YouthOptions
from hotspots.tactics.youth.reports import Reports
from hotspots.tactics.youth.school_year import in_holiday, read_holidays
from hotspots.tactics.youth.sessions import Sessions, session_text
from hotspots.tactics.youth.week import Session, prepare

SAYS = Says.from_toml(Path(__file__).with_name("youth.toml"))


def solve(options: YouthOptions, context: PlanningContext) -> Proposal:
    """Return the week of sessions with the reasons for each.

    Raises TooFewError if too few incidents are youth-related; PlanError if no session
    can be held, for instance outside the town; ParameterError if a veto, town or
    category names nothing that is there.
    """
    slots = context.resources.slots or ()
    reports = Reports.of(options, context, context.recent, context.window)
    week = prepare(reports, slots)
    sessions = Sessions(reports=reports, week=week)
    if not len(sessions.choice.picked):
        share = SAYS("with_outside", o=options) if options.outside_share > 0 else ""
        raise PlanError(SAYS("none", n=week.space.n_columns, share=share))
    stops, points = sessions.stops_table()
    layer = stops.select(
        pl.col("session").alias("rank"), "name", "stop", "day", "from", "to"
    )
    streets, say = context.resources.streets, _say(sessions)
    walked = streets is not None and options.travel == "walk"
    return Proposal(
        title="Youth-worker sessions",
        places=tuple(_place(sessions, say, k) for k in range(len(sessions.sessions))),
        headline=say("headline"),
        notes=(*_notes(sessions, say), *_slot_notes(sessions, say)),
        tables={
            "sessions": sessions.table(),
            "stops": stops,
            "places": sessions.places_table(),
        },
        layers={"stops": PlanLayer(frame=layer, geometry=points)},
        covers=_trial(options, context),
        used=reports.youth,
        measured="youth-related reports at these places, at any hour",
        weeks=options.weeks,
        success=say("success", held=int(np.ceil(0.9 * options.weeks))),
        eligibility=say("eligibility"),
        value_unit=say("unit"),
        n_resamples=options.resamples,
        no_alternative="No other place fits with the other sessions.",
        attribution=streets.attribution if walked and streets is not None else "",
        drawn=week.draw_words,
    )


def _trial(options: YouthOptions, context: PlanningContext) -> Trial:
    """Return how a week is tested on earlier data, beside simple weeks."""

    def choose(training: Incidents, day: dt.date) -> Covers:
        reports = Reports.of(
            options, context, context.known(training, day), context.before(day)
        )
        week = prepare(reports, (), named=False)
        return presence_covers(context, week, week.sessions(week.solve().picked))

    def simple(training: Incidents, day: dt.date, *, each: bool) -> Covers:
        known, window = context.known(training, day), context.before(day)
        return busiest(Reports.of(options, context, known, window), day, each=each)

    return Trial(
        choose=choose,
        baselines={
            SAYS("busiest_places"): partial(simple, each=False),
            SAYS("busiest_days"): partial(simple, each=True),
        },
        relevant=options.rule.rows(context.incidents),
        days=7 * options.weeks,
        counted="youth-related reports",
    )


def _say(found: Sessions) -> Says:
    n, o = len(found.sessions), found.reports.options
    return SAYS.about(
        o=o,
        found=found,
        week=found.week,
        counts=o.rule.words(found.reports.context.recent),
        sessions=f"{n} session{'s' * (n != 1)}",
        hours=sum(session.hours for session in found.sessions),
        share=found.covered / found.n_a_week,
    )


def _place(found: Sessions, say: Says, k: int) -> Place:
    """Return one session with its reasons."""
    o, context = found.reports.options, found.reports.context
    session = found.sessions[k]
    stops = list(session.stops)
    here = int(found.counts[stops].sum())
    at_stops = np.isin(found.at, stops)
    names = [found.week.places.names[stop] for stop in stops]
    start = context.day + dt.timedelta(days=(session.day - context.day.weekday()) % 7)
    weights = np.maximum(found.counts[stops], 1)
    say = say.about(
        session=session,
        places=" and then ".join(names),
        when=session_text(session.day, session.start, session.hours),
        start=in_words(start),
        stops=_stops_text(session, names),
        in_all=session.hours * o.weeks,
    )
    return Place(
        name="; then ".join(names),
        geometry=found.week.places.polygon(stops),
        what=say("what"),
        when=say("when"),
        dose=say("dose"),
        expires=start + dt.timedelta(days=7 * (o.weeks - 1)),
        drivers=_drivers(found, say, session, here),
        lasting=float(np.average(found.lasting[stops], weights=weights)),
        n_eligible=here,
        n_ineligible=int(found.everything[stops].sum()) - here,
        per_day=float(found.reports.per_week[at_stops].sum()) / 7,
        value=session.value * o.weeks,
        solution=say("solution", how=found.choice.sentence()),
        stability=float(found.stability[k]) if o.resamples else None,
        alternatives=found.alternatives(session),
        controls=found.controls[k],
        control_note=say("control_drawn" if found.week.comparison else "control"),
        binding=found.binding,
        start=start,
        details=_details(found, say, session),
        cautions=_cautions(found, say, start),
    )


def _drivers(
    found: Sessions, say: Says, session: Session, here: int
) -> tuple[Driver, ...]:
    that_day = found.n_then(session, that_day=True)
    any_day = found.n_then(session, that_day=False)
    hours, whole = say.facts["when"], found.reports.youth.n
    clock = hours.partition(" ")[2]
    return counted(
        (say("driver_all"), here, whole),
        (say("driver_hours", clock=clock), any_day, whole),
        (say("driver_day"), that_day, whole),
    )


def _details(
    found: Sessions, say: Says, session: Session
) -> tuple[tuple[str, str], ...]:
    lines = [
        ("How small a share", say("small_share")),
        ("Chosen again means", say("again_means")),
    ]
    if found.slots:
        kept = "; ".join(found.slots[k].sentence() for k in session.kept)
        lines.append(("Last quarter", say("keeps" if kept else "no_slot", kept=kept)))
    return tuple(lines)


def _notes(found: Sessions, say: Says) -> tuple[str, ...]:
    o = found.reports.options
    mask = week_mask(range(7), o.earliest, o.latest)
    share = share_in(found.reports.youth.frame, mask)
    return say.about(
        in_hours=float((share * found.reports.per_week).sum()),
        n_places=len(found.week.places),
        n_outside=int(found.week.places.outside.sum()),
    ).where(
        counted=True,
        considered=True,
        shrunk=True,
        town=True,
        stable=True,
        draw=found.week.draw_words,
        holidays=o.term != "all" and not o.holidays,
    )


def _slot_notes(found: Sessions, say: Says) -> tuple[str, ...]:
    if not found.slots:
        return (say("no_slots"),)
    kept = {k for session in found.sessions for k in session.kept}
    lost = [slot for k, slot in enumerate(found.slots) if k not in kept]
    return say.about(
        n_kept=len(found.slots) - len(lost),
        n_slots=len(found.slots),
        lost="; ".join(slot.sentence() for slot in lost),
    ).where(slots=True, given_up=lost)


def _cautions(found: Sessions, say: Says, start: dt.date) -> tuple[str, ...]:
    o = found.reports.options
    days = np.datetime64(start) + 7 * np.arange(o.weeks)
    off = int(in_holiday(days, read_holidays(o.holidays)).sum())
    return say.about(off=off, on=o.weeks - off).where(
        in_holiday=o.term == "term" and off,
        in_term=o.term == "holiday" and off < o.weeks,
        unmarked=not o.rule.all_marked(found.reports.context.recent),
    )


def _stops_text(session: Session, names: list[str]) -> str:
    if len(names) == 1:
        return ""
    parts = [
        f"{name} {session_text(session.day, session.start + a / 60, (z - a) / 60)}"
        for name, a, z in zip(names, session.arrive_min, session.leave_min, strict=True)
    ]
    return f" {'; '.join(parts)}."
