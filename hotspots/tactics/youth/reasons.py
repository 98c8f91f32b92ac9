"""Everything that is asked of a chosen week of sessions, as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from hotspots.core.types import Floats, Ints
from hotspots.core.window import WEEKDAYS
from hotspots.model.incidents import Incidents
from hotspots.optimise.session_choice import Rules
from hotspots.optimise.sessions import SessionChoice
from hotspots.resources.slots import Slot
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.hours import clock_text, share_in, week_mask
from hotspots.tactics.rationale import Alternative, Backtest
from hotspots.tactics.risk import chronic_recent
from hotspots.tactics.youth.checks import chosen_again
from hotspots.tactics.youth.week import Session, Week

if TYPE_CHECKING:
    from hotspots.tactics.youth.tactic import YouthSessions


def session_text(day: int, start: float, hours: float) -> str:
    """Return a session's time in words.

    Examples
    --------
    >>> session_text(1, 19, 3)
    'Tuesday 19:00 to 22:00'
    """
    return f"{WEEKDAYS[day]} {clock_text(start)} to {clock_text(start + hours)}"


@dataclass(frozen=True, kw_only=True)
class Reasons:
    """A chosen week and what it was chosen from.

    Parameters
    ----------
    youth : Incidents
        The youth-related ones of the window.
    weeks : float
        How many weeks they cover.
    slots : tuple of Slot
        Last quarter's.
    """

    options: YouthSessions
    context: PlanningContext
    youth: Incidents
    weeks: float
    week: Week
    choice: SessionChoice
    sessions: tuple[Session, ...]
    slots: tuple[Slot, ...]
    backtest: Backtest

    @cached_property
    def n_in_hours(self) -> float:
        """Youth-related reports a week in the hours allowed, whole district."""
        mask = week_mask(range(7), self.options.earliest, self.options.latest)
        frame = self.youth.frame
        return float(share_in(frame["start"], frame["end"], mask).sum()) / self.weeks

    @property
    def n_a_week(self) -> float:
        """Youth-related reports a week, whole district."""
        return self.youth.n / self.weeks

    @property
    def covered(self) -> float:
        """Reports a week in the places and hours of all sessions."""
        return float(sum(session.value for session in self.sessions))

    @cached_property
    def at(self) -> Ints:
        """Place of each youth-related incident, -1 where none."""
        return self.week.places.of(self.context, self.youth)

    @cached_property
    def counts(self) -> Ints:
        """Youth-related incidents of each place."""
        n = len(self.week.places)
        return np.bincount(self.at[self.at >= 0], minlength=n)

    @cached_property
    def everything(self) -> Ints:
        """Counted incidents of every kind of each place, in the window."""
        at = self.week.places.of(self.context, self.context.recent)
        return np.bincount(at[at >= 0], minlength=len(self.week.places))

    @cached_property
    def lasting(self) -> Floats:
        """Lasting share of the risk at each place."""
        chronic, recent = chronic_recent(
            self.youth, self.week.places.xy_m, self.context.day
        )
        whole = chronic + recent
        return np.divide(chronic, whole, out=np.ones(len(whole)), where=whole > 0)

    @cached_property
    def stability(self) -> Floats:
        """How often each session comes back from resampled incidents."""
        return chosen_again(
            self.week,
            self.sessions,
            self.context,
            self.youth,
            self.options,
            weeks=self.weeks,
        )

    @cached_property
    def values(self) -> Floats:
        """What every possible session is worth."""
        return self.week.values()

    @cached_property
    def given_up(self) -> tuple[Slot, ...]:
        """Last quarter's slots that no session keeps."""
        kept = {k for session in self.sessions for k in session.kept}
        return tuple(slot for k, slot in enumerate(self.slots) if k not in kept)

    def n_then(self, session: Session, *, that_day: bool) -> int:
        """Return youth-related incidents at a session's places, in its hours."""
        days: Sequence[int] = (session.day,) if that_day else range(7)
        mask = week_mask(days, session.start, session.start + session.hours)
        here = np.isin(self.at, session.stops)
        frame = self.youth.frame
        return int((here & (share_in(frame["start"], frame["end"], mask) > 0.5)).sum())

    def alternatives(self, session: Session) -> tuple[Alternative, ...]:
        """Return the best other sessions in place of one, the rest unchanged."""
        others = [each for each in self.sessions if each is not session]
        values = np.where(self._fits(others), self.values, -np.inf)
        own = self._worth(session)
        orders, slots = self.week.space.orders, self.week.space.slots
        lonlat, names = self.week.places.lonlat, self.week.places.names
        seen = {session.stops[0]}
        found: list[Alternative] = []
        for place in np.argsort(-self._best_first(values), kind="stable").tolist():
            rows = np.flatnonzero(orders[:, 0] == place)
            best = int(np.argmax(values[rows])) if len(rows) else 0
            if place in seen or not len(rows) or len(found) == 3:
                continue
            row, slot = divmod(best, values.shape[1])
            worth = float(values[rows[row], slot])
            if worth <= 0:
                break
            seen.add(place)
            stops = [names[k] for k in orders[rows[row]] if k >= 0]
            day, start, hours = slots[slot].tolist()
            found.append(
                Alternative(
                    name=f"{session_text(day, start, hours)}, {', then '.join(stops)}",
                    at=(float(lonlat[place, 0]), float(lonlat[place, 1])),
                    loss=1 - worth / own if own > 0 else 0.0,
                )
            )
        return tuple(found)

    @cached_property
    def binding(self) -> tuple[str, ...]:
        """Limits whose absence would give a better week, with how much better."""
        rules, o = self.week.rules, self.options
        looser: list[tuple[str, Rules]] = [
            (f"at most {o.n_sessions} sessions", replace(rules, n_sessions=7)),
            (f"at most {o.max_hours:g} hours a week", replace(rules, max_hours=99.0)),
            ("a place at most twice a week", replace(rules, per_place=7)),
        ]
        if rules.outside_share > 0:
            looser.append(
                (
                    f"{rules.outside_share:.0%} of the sessions outside the town",
                    replace(rules, outside_share=0.0),
                )
            )
        found = [
            f"{words} (without it worth {gain:.2f} reports a week more)"
            for words, other in looser
            if (gain := self.week.solve(other).value - self.choice.value) > 0.005
        ]
        both = replace(rules, n_sessions=7, max_hours=99.0)
        full = len(self.choice.picked) >= o.n_sessions
        gain = self.week.solve(both).value - self.choice.value if full else 0.0
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

    def _worth(self, session: Session) -> float:
        orders, slots = self.week.space.orders, self.week.space.slots
        stops = np.full(orders.shape[1], -1)
        stops[: len(session.stops)] = session.stops
        row = int(np.flatnonzero((orders == stops).all(axis=1))[0])
        when = [session.day, session.start, session.hours]
        return float(self.values[row, int(np.flatnonzero((slots == when).all(1))[0])])

    def _fits(self, others: Sequence[Session]) -> npt.NDArray[np.bool_]:
        """Say which sessions keep to the rules beside the others."""
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

    def _best_first(self, values: Floats) -> Floats:
        best = np.full(self.week.space.n_places, -np.inf)
        np.maximum.at(best, self.week.space.orders[:, 0], values.max(axis=1))
        return best
