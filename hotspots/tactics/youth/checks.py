"""What a chosen week is checked by: later incidents, a baseline week, resamples."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from hotspots.core.budget import steps
from hotspots.core.types import Floats
from hotspots.model.cells import Cells
from hotspots.model.incidents import Incidents
from hotspots.optimise.session_choice import greedy_columns
from hotspots.tactics.backtest import Covers, resample_weights
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.hours import share_in
from hotspots.tactics.youth.places import RESOLUTION, place_hours
from hotspots.tactics.youth.reports import Reports
from hotspots.tactics.youth.week import Session, Week, prepare


def presence_covers(
    context: PlanningContext, week: Week, sessions: Sequence[Session]
) -> Covers:
    """Return a test of which incidents fall where and when a team would be there."""
    there = np.zeros((len(week.places), 168), dtype=bool)
    for session in sessions:
        for stop, arrive, leave in zip(
            session.stops, session.arrive_min, session.leave_min, strict=True
        ):
            hour = 60.0 * np.arange(session.hours)
            spent = np.minimum(leave, hour + 60) - np.maximum(arrive, hour)
            first = 24 * session.day + session.start
            there[stop, first : first + session.hours] |= spent >= 30

    def covers(later: Incidents) -> npt.NDArray[np.bool_]:
        at = week.places.of(context, later)
        met = np.zeros(later.n, dtype=bool)
        for stop in np.flatnonzero(there.any(axis=1)):
            met |= (at == stop) & (share_in(later.frame, there[stop]) > 0.5)
        return met

    cells = [Cells(ids=each, resolution=RESOLUTION) for each in week.places.cells]
    km2 = np.array([each.area_km2.sum() for each in cells])
    return Covers(covers, float(km2 @ there.mean(axis=1)) / context.searched_km2)


def busiest(reports: Reports, day: dt.date, *, each: bool = False) -> Covers:
    """Return a simple week: last year's busiest places in the busiest hours.

    With ``each``, the place, day and hours that are busiest together are taken one
    after another, one a day.
    """
    options, context = reports.options, reports.context
    year = context.before(day, 365)
    recent = context.within(year, reports.youth)
    plain = Reports(
        options=replace(options, outside_share=0.0, veto="", randomise=False),
        context=context,
        youth=recent,
        per_week=7 * context.per_day(recent, year),
    )
    week = prepare(plain, (), named=False)
    length = min(options.max_hours_session, int(options.max_hours))
    n = min(options.n_sessions, int(options.max_hours // length))
    span = slice(options.earliest, options.latest)
    hours = week.reports.reshape(-1, 7, 24)[:, :, span]
    runs = sliding_window_view(hours, length, axis=2).sum(axis=3)
    if each:
        best = runs.max(axis=(0, 2))
        days = np.argsort(-best, kind="stable")[:n].tolist()
        tops = [divmod(int(runs[:, d].argmax()), runs.shape[2]) for d in days]
        picked = [
            (d, place, first) for d, (place, first) in zip(days, tops, strict=True)
        ]
    else:
        places = np.argsort(-hours.sum(axis=(1, 2)), kind="stable")[:n].tolist()
        days = np.argsort(-hours.sum(axis=(0, 2)), kind="stable").tolist()
        first = int(runs.sum(axis=(0, 1)).argmax())
        picked = [(d, place, first) for d, place in zip(days, places, strict=False)]
    sessions = [
        Session(
            day=d,
            start=options.earliest + first,
            hours=length,
            stops=(place,),
            arrive_min=(0.0,),
            leave_min=(60.0 * length,),
            value=0.0,
        )
        for d, place, first in picked
    ]
    return presence_covers(context, week, sessions)


def chosen_again(reports: Reports, week: Week, sessions: Sequence[Session]) -> Floats:
    """Return how often each session comes back from resampled incidents.

    Returns (s,), 0 to 1: share of resamples in which a session stops at one of its
    places on its weekday; greedy choices among the same candidate places.
    """
    rng, n = reports.context.rng("youth resamples"), reports.options.resamples
    hits = np.zeros(len(sessions))
    pooling = reports.options.pooling
    for drawn in steps(resample_weights(reports.youth.n, n, rng), "resamples", n):
        weights = place_hours(week.places, reports, pooling=pooling, drawn=drawn)
        values = week.values(weights)
        best = np.argsort(-values, axis=0, kind="stable")[:20]
        if week.rules.outside_share > 0:
            out = np.append(week.places.outside, False)[week.space.orders].any(axis=1)
            rows = np.flatnonzero(out)
            more = rows[np.argsort(-values[rows], axis=0, kind="stable")[:5]]
            best = np.vstack([best, more])
        flat = np.unique(best * len(week.space.slots) + np.arange(values.shape[1]))
        pool = flat[values.ravel()[flat] > 0]
        columns = week.space.columns(pool, values, week.places.outside)
        found = greedy_columns(columns, week.rules).columns
        for k, session in enumerate(sessions):
            same_day = [c for c in found if columns.day[c] == session.day]
            hits[k] += any(set(columns.stops[c]) & set(session.stops) for c in same_day)
    return hits / max(1, n)
