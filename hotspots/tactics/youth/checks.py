"""What a chosen week is checked by: later incidents, a baseline week, resamples."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from hotspots.core.types import Floats
from hotspots.model.incidents import Incidents
from hotspots.optimise.session_choice import greedy_columns
from hotspots.tactics.backtest import Covers, resample_weights
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.hours import hour_shares, share_in, week_mask
from hotspots.tactics.youth.places import place_hours
from hotspots.tactics.youth.week import Session, Week, prepare

if TYPE_CHECKING:
    from hotspots.tactics.youth.tactic import YouthSessions


def presence_covers(
    week: Week, sessions: Sequence[Session], context: PlanningContext
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
        start, end = later.frame["start"], later.frame["end"]
        for stop in np.flatnonzero(there.any(axis=1)):
            met |= (at == stop) & (share_in(start, end, there[stop]) > 0.5)
        return met

    return covers


def busiest(
    context: PlanningContext, youth: Incidents, options: YouthSessions, day: dt.date
) -> Covers:
    """Return the baseline week: last year's busiest places in the busiest hours."""
    since = np.datetime64(day - dt.timedelta(days=365))
    recent = youth.select(youth.frame["start"].dt.date() >= since.astype(dt.date))
    plain = replace(options, outside_share=0.0, veto="", randomise=False)
    week = prepare(context, recent, plain, (), weeks=52, named=False)
    evening = week_mask(range(7), options.earliest, options.latest)
    at_places = np.where(evening, week.reports, 0.0)
    top = np.argsort(-at_places.sum(axis=1), kind="stable")
    hours = at_places.sum(axis=0).reshape(7, 24)
    length = min(options.max_hours_session, int(options.max_hours))
    runs = np.convolve(hours.sum(axis=0), np.ones(length), "valid")
    allowed = runs[options.earliest : options.latest - length + 1]
    start = options.earliest + int(np.argmax(allowed))
    n = min(options.n_sessions, int(options.max_hours // length), len(top))
    days = np.argsort(-hours.sum(axis=1), kind="stable")[:n]
    sessions = [
        Session(
            day=int(days[k]),
            start=start,
            hours=length,
            stops=(int(top[k]),),
            arrive_min=(0.0,),
            leave_min=(60.0 * length,),
            value=0.0,
        )
        for k in range(n)
    ]
    return presence_covers(week, sessions, context)


def chosen_again(
    week: Week,
    sessions: Sequence[Session],
    context: PlanningContext,
    youth: Incidents,
    options: YouthSessions,
    *,
    weeks: float,
) -> Floats:
    """Return how often each session comes back from resampled incidents.

    Returns
    -------
    ndarray of shape (s,), 0 to 1
        Share of resamples in which a session stops at one of its places on its
        weekday; greedy choices among the same candidate places.
    """
    rng = context.rng("youth resamples")
    hits = np.zeros(len(sessions))
    frame = youth.frame
    shares = hour_shares(frame["start"], frame["end"], np.arange(168))
    for drawn in resample_weights(youth.n, options.resamples, rng):
        weights = place_hours(
            week.places,
            context,
            youth,
            weeks=weeks,
            pooling=options.pooling,
            drawn=drawn,
            shares=shares,
        )
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
    return hits / max(1, options.resamples)
