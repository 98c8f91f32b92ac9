"""A chosen week of sessions and what it was chosen from, as numbers and tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl
import shapely
from scipy.spatial.distance import cdist

from hotspots.core.types import Bools, Floats, Ints
from hotspots.core.window import WEEKDAYS
from hotspots.methods.prospective import Prospective
from hotspots.optimise.sessions import SessionChoice
from hotspots.resources.slots import Slot
from hotspots.tactics.hours import clock_text, share_in, week_mask
from hotspots.tactics.rationale import Alternative
from hotspots.tactics.selection import lasting_share, pick_controls
from hotspots.tactics.youth.checks import chosen_again
from hotspots.tactics.youth.reports import Reports
from hotspots.tactics.youth.week import Session, Week


def session_text(day: int, start: float, hours: float) -> str:
    """Return a session's time in words.

    Examples
    --------
    >>> session_text(1, 19, 3)
    'Tuesday 19:00 to 22:00'
    """
    return f"{WEEKDAYS[day]} {clock_text(start)} to {clock_text(start + hours)}"


@dataclass(frozen=True, kw_only=True)
class Sessions:
    """A chosen week and what it was chosen from."""

    reports: Reports
    week: Week

    @cached_property
    def choice(self) -> SessionChoice:
        """The week as it was solved."""
        return self.week.solve()

    @cached_property
    def sessions(self) -> tuple[Session, ...]:
        """The sessions that were chosen."""
        return self.week.sessions(self.choice.picked)

    @property
    def slots(self) -> tuple[Slot, ...]:
        """Last quarter's, that had to be kept where they could."""
        return tuple(self.reports.context.resources.slots or ())

    @property
    def n_weeks(self) -> float:
        """The weeks that the files cover of those that count."""
        return self.reports.youth.n / self.n_a_week

    @cached_property
    def n_a_week(self) -> float:
        """Youth-related reports a week, whole district."""
        return float(self.reports.per_week.sum())

    @property
    def covered(self) -> float:
        """Reports a week in the places and hours of all sessions."""
        return float(sum(session.value for session in self.sessions))

    @cached_property
    def at(self) -> Ints:
        """Place of each youth-related incident, -1 where none."""
        return self.week.places.of(self.reports.context, self.reports.youth)

    @cached_property
    def counts(self) -> Ints:
        """Youth-related incidents of each place."""
        n = len(self.week.places)
        return np.bincount(self.at[self.at >= 0], minlength=n)

    @cached_property
    def everything(self) -> Ints:
        """Counted incidents of every kind of each place, in the window."""
        at = self.week.places.of(self.reports.context, self.reports.context.recent)
        return np.bincount(at[at >= 0], minlength=len(self.week.places))

    @cached_property
    def lasting(self) -> Floats:
        """Lasting share of the risk at each place."""
        places, day = self.week.places, self.reports.context.day
        risk = Prospective().at(self.reports.youth, places.xy_m, on=day)
        return np.nan_to_num(lasting_share(*risk), nan=1.0)

    @cached_property
    def stability(self) -> Floats:
        """How often each session comes back from resampled incidents."""
        return chosen_again(self.reports, self.week, self.sessions)

    @cached_property
    def values(self) -> Floats:
        """What every possible session is worth."""
        return self.week.values()

    @cached_property
    def controls(self) -> list[tuple[str, ...]]:
        """The place most alike in count that no session uses, for each session."""
        week = self.week
        if week.comparison:
            names = tuple(week.places.names[k] for k in week.comparison)
            return [names] * len(self.sessions)
        used = sorted({stop for session in self.sessions for stop in session.stops})
        apart = cdist(week.places.xy_m, week.places.xy_m[used])
        near = np.flatnonzero(apart.min(axis=1) < 300)
        leads = [session.stops[0] for session in self.sessions]
        once = list(dict.fromkeys(leads))
        picked = pick_controls(
            self.counts, once, week.places.names, excluded=near.tolist()
        )
        return [picked[once.index(lead)] for lead in leads]

    @cached_property
    def binding(self) -> tuple[str, ...]:
        """Limits whose absence would give a better week, with how much better."""
        rules, o = self.week.rules, self.reports.options
        looser = {
            f"at most {o.n_sessions} sessions": replace(rules, n_sessions=7),
            f"at most {o.max_hours:g} hours a week": replace(rules, max_hours=99.0),
            "a place at most twice a week": replace(rules, per_place=7),
        }
        if rules.outside_share > 0:
            words = f"{rules.outside_share:.0%} of the sessions outside the town"
            looser[words] = replace(rules, outside_share=0.0)
        own = self.choice.value
        found = [
            f"{words} (without it worth {gain:.2f} reports a week more)"
            for words, other in looser.items()
            if (gain := self.week.solve(other).value - own) > 0.005
        ]
        both = replace(rules, n_sessions=7, max_hours=99.0)
        full = len(self.choice.picked) >= o.n_sessions
        gain = self.week.solve(both).value - own if full else 0.0
        if not found and gain > 0.005:
            found.append(
                f"{o.n_sessions} sessions and {o.max_hours:g} hours a week, together "
                f"(lifting one alone changes nothing; without both worth {gain:.2f} "
                "reports a week more)"
            )
        if self.week.places.vetoed:
            found.append(f"ruled out: {'; '.join(self.week.places.vetoed)}")
        if self.week.places.n_reserved:
            found.append(
                f"{self.week.places.n_reserved} cells with reports are in the reserve"
            )
        return tuple(found)

    def n_then(self, session: Session, *, that_day: bool) -> int:
        """Return youth-related incidents at a session's places, in its hours."""
        days: Sequence[int] = (session.day,) if that_day else range(7)
        mask = week_mask(days, session.start, session.start + session.hours)
        here = np.isin(self.at, session.stops)
        return int((here & (share_in(self.reports.youth.frame, mask) > 0.5)).sum())

    def alternatives(self, session: Session) -> tuple[Alternative, ...]:
        """Return the best other sessions in place of one, the rest unchanged."""
        others = [each for each in self.sessions if each is not session]
        values = np.where(self._fits(others), self.values, -np.inf)
        own, space, places = self._worth(session), self.week.space, self.week.places
        best = np.full(space.n_places, -np.inf)
        np.maximum.at(best, space.orders[:, 0], values.max(axis=1))
        best[session.stops[0]] = -np.inf
        found: list[Alternative] = []
        for place in np.argsort(-best, kind="stable").tolist():
            if not best[place] > 0 or len(found) == 3:
                break
            rows = np.flatnonzero(space.orders[:, 0] == place)
            row, slot = divmod(int(np.argmax(values[rows])), values.shape[1])
            stops = [places.names[k] for k in space.orders[rows[row]] if k >= 0]
            when = session_text(*space.slots[slot].tolist())
            lon, lat = places.lonlat[place]
            found.append(
                Alternative(
                    name=f"{when}, {', then '.join(stops)}",
                    at=(float(lon), float(lat)),
                    loss=1 - float(best[place]) / own if own > 0 else 0.0,
                )
            )
        return tuple(found)

    def _worth(self, session: Session) -> float:
        orders, slots = self.week.space.orders, self.week.space.slots
        stops = np.full(orders.shape[1], -1)
        stops[: len(session.stops)] = session.stops
        row = int(np.flatnonzero((orders == stops).all(axis=1))[0])
        when = [session.day, session.start, session.hours]
        return float(self.values[row, int(np.flatnonzero((slots == when).all(1))[0])])

    def _fits(self, others: Sequence[Session]) -> Bools:
        """Say which sessions keep to the rules together with the others."""
        rules, space = self.week.rules, self.week.space
        taken = [session.day for session in others]
        left = rules.max_hours - sum(session.hours for session in others)
        slot = ~np.isin(space.slots[:, 0], taken) & (space.slots[:, 2] <= left)
        used = [stop for session in others for stop in session.stops]
        n_used = np.append(np.bincount(used, minlength=space.n_places), -99)
        order = (n_used[space.orders] < rules.per_place).all(axis=1)
        out = np.append(self.week.places.outside, False)
        n_out = sum(bool(out[list(session.stops)].any()) for session in others)
        if n_out < rules.outside_share * (len(others) + 1) - 1e-9:
            order = order & out[space.orders].any(axis=1)
        return np.outer(order, slot)

    def table(self) -> pl.DataFrame:
        """Return one row a session."""
        names = self.week.places.names
        return pl.DataFrame(
            [
                {
                    "session": rank,
                    "day": WEEKDAYS[session.day],
                    "from": clock_text(session.start),
                    "to": clock_text(session.start + session.hours),
                    "stops": "; then ".join(names[k] for k in session.stops),
                    "weeks": self.reports.options.weeks,
                    "reports_a_week": round(session.value, 3),
                    "keeps_last_quarter": bool(session.kept),
                }
                for rank, session in enumerate(self.sessions, start=1)
            ]
        )

    def stops_table(self) -> tuple[pl.DataFrame, np.ndarray]:
        """Return one row a stop, and the stops as points."""
        places, lonlat = self.week.places, self.week.places.lonlat
        rows, at = [], []
        for rank, session in enumerate(self.sessions, start=1):
            for number, stop in enumerate(session.stops):
                at.append(stop)
                arrive = session.start + session.arrive_min[number] / 60
                leave = session.start + session.leave_min[number] / 60
                rows.append(
                    {
                        "session": rank,
                        "stop": number + 1,
                        "day": WEEKDAYS[session.day],
                        "from": clock_text(arrive),
                        "to": clock_text(leave),
                        "name": places.names[stop],
                        "code": places.codes[stop],
                        "lon": round(float(lonlat[stop, 0]), 6),
                        "lat": round(float(lonlat[stop, 1]), 6),
                    }
                )
        return pl.DataFrame(rows), shapely.points(lonlat[at])

    def places_table(self) -> pl.DataFrame:
        """Return one row a place that was considered."""
        places = self.week.places
        used = [stop for session in self.sessions for stop in session.stops]
        return pl.DataFrame(
            {
                "name": places.names,
                "code": places.codes,
                "n_youth_related": self.counts,
                "n_of_every_kind": self.everything,
                "outside_town": places.outside,
                "n_sessions": np.bincount(used, minlength=len(places)),
                "lon": places.lonlat[:, 0].round(6),
                "lat": places.lonlat[:, 1].round(6),
            }
        ).sort("n_youth_related", descending=True, maintain_order=True)
