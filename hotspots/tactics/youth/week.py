"""Choose the week of youth sessions, and everything that is asked of the choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from hotspots.core.types import Floats, Ints
from hotspots.optimise import sessions
from hotspots.optimise.session_choice import Rules
from hotspots.resources.slots import Slot
from hotspots.tactics.hours import week_mask
from hotspots.tactics.selection import draw_from_top
from hotspots.tactics.youth.options import YouthOptions
from hotspots.tactics.youth.places import (
    Places,
    find_places,
    place_hours,
    travel_minutes,
)
from hotspots.tactics.youth.reports import Reports


@dataclass(frozen=True, kw_only=True)
class Session:
    """One session of the week.

    ``stops``: places in order.
    ``arrive_min``, ``leave_min``: minutes from the start.
    ``value``: reports a week in the places and hours.
    ``kept``: last quarter's slots that it keeps.
    """

    day: int
    start: int
    hours: int
    stops: tuple[int, ...]
    arrive_min: tuple[float, ...]
    leave_min: tuple[float, ...]
    value: float
    kept: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Week:
    """The problem of one week, ready to be solved in several ways.

    ``weights`` (p, 168): reports a week by place and hour, as the choice weighs them.
    ``reports`` (p, 168): the same without any pooling.
    ``kept`` (o, n, m): whether a session keeps a slot of last quarter.
    ``allowed``: places that sessions may use.
    ``comparison``: places that the draw left out.
    """

    places: Places
    space: sessions.SessionSpace
    weights: Floats
    reports: Floats
    kept: npt.NDArray[np.bool_]
    rules: Rules
    switching_cost: float
    allowed: Ints
    travel_words: str
    comparison: tuple[int, ...] = ()
    draw_words: str = ""

    def values(self, weights: Floats | None = None) -> Floats:
        """Return what each session is worth: reports met and slots kept.

        ``weights`` (p, 168).

        Returns (n, m).
        """
        excluded = np.ones(len(self.places) + 1, dtype=bool)
        excluded[self.allowed] = False
        excluded[-1] = False
        met = self.space.values(self.weights if weights is None else weights)
        met += self.switching_cost * self.kept.sum(axis=0)
        met[excluded[self.space.orders].any(axis=1)] = -np.inf
        return met

    def solve(self, rules: Rules | None = None) -> sessions.SessionChoice:
        """Return the best week, exactly."""
        return sessions.best_sessions(
            self.space, self.values(), rules or self.rules, self.places.outside
        )

    def sessions(self, picked: Ints) -> tuple[Session, ...]:
        """Return sessions in the order of the week."""
        met = self.space.values(self.reports)
        found = []
        for position in picked.tolist():
            order, slot = divmod(position, len(self.space.slots))
            day, start, hours = self.space.slots[slot].tolist()
            stops = self.space.orders[order]
            n = int((stops >= 0).sum())
            found.append(
                Session(
                    day=day,
                    start=start,
                    hours=hours,
                    stops=tuple(stops[:n].tolist()),
                    arrive_min=tuple(self.space.arrive_min[hours][order, :n].tolist()),
                    leave_min=tuple(self.space.leave_min[hours][order, :n].tolist()),
                    value=float(met[order, slot]),
                    kept=tuple(np.flatnonzero(self.kept[:, order, slot]).tolist()),
                )
            )
        return tuple(sorted(found, key=lambda each: (each.day, each.start)))


def prepare(reports: Reports, slots: Sequence[Slot], *, named: bool = True) -> Week:
    """Set up the choice of a week of sessions."""
    options, context = reports.options, reports.context
    places = find_places(reports, slots, named=named)
    minutes, words = travel_minutes(places, context, options.travel)
    space = sessions.build_session_space(
        minutes,
        earliest=options.earliest,
        latest=options.latest,
        lengths=range(options.min_hours, options.max_hours_session + 1),
        max_stops=options.max_stops,
        max_travel_min=options.max_travel_min,
    )
    week = Week(
        places=places,
        space=space,
        weights=place_hours(places, reports, pooling=options.pooling),
        reports=place_hours(places, reports, pooling=0.0),
        kept=_kept(space, slots, places.slot_place),
        rules=options.rules,
        switching_cost=options.switching_cost,
        allowed=np.arange(len(places)),
        travel_words=words,
    )
    return _drawn(week, options, context.seed) if options.randomise else week


def _kept(
    space: sessions.SessionSpace, slots: Sequence[Slot], place: Ints
) -> np.ndarray:
    """Say which sessions are at a slot's place for at least half of its time."""
    kept = np.zeros((len(slots), len(space.orders), len(space.slots)), dtype=bool)
    for k, slot in enumerate(slots):
        if place[k] < 0:
            continue
        hour = np.arange(24.0)
        held = np.clip(
            np.minimum(slot.end, hour + 1) - np.maximum(slot.start, hour), 0, 1
        )
        wanted = np.zeros((space.n_places, 168))
        wanted[place[k], 24 * slot.day : 24 * slot.day + 24] = held
        kept[k] = space.values(wanted) >= (slot.end - slot.start) / 2 - 1e-9
    return kept


def _drawn(week: Week, options: YouthOptions, seed: int) -> Week:
    """Draw half of the busiest places; the other half are for comparison."""
    evening = week_mask(range(7), options.earliest, options.latest)
    ranked = np.argsort(-week.weights[:, evening].sum(axis=1), kind="stable")
    chosen, comparison, words = draw_from_top(
        ranked.tolist(), options.n_sessions, seed=seed
    )
    return replace(
        week, allowed=np.array(sorted(chosen)), comparison=comparison, draw_words=words
    )
