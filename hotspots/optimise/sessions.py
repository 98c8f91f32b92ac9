"""Every possible session: places in order, a day of the week, a start and a length.

A session visits one to three places one after another and divides its time evenly among
them; the walk to a place is taken from the time at that place. The sessions are not
written out one by one: what each is worth is computed for all orders at once, a length
at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations
from typing import Any

import numpy as np

from hotspots.core.budget import checkpoint
from hotspots.core.errors import PlanError
from hotspots.core.types import Bools, Floats, Ints
from hotspots.optimise import session_choice

MAX_POOL = 30_000
"""More columns than this are not given to the solver; the gap is reported instead."""
EPSILON = 1e-9


@dataclass(frozen=True, kw_only=True)
class SessionSpace:
    """All sessions that could be held.

    ``orders`` (n, k): places in order, -1 where there is none.
    ``slots`` (m, 3): day of the week (0 is Monday), first hour (0 to 23) and length in
    hours.
    ``arrive_min``, ``leave_min`` (n, k): for each length, minutes from the start at
    which the team is at each stop.
    ``feasible`` (n,): whether each stop is long enough.
    """

    orders: Ints
    slots: Ints
    arrive_min: dict[int, Floats]
    leave_min: dict[int, Floats]
    feasible: dict[int, Bools]
    n_places: int

    @property
    def n_columns(self) -> int:
        """How many sessions there are to choose from."""
        return int(sum(self.feasible[int(length)].sum() for length in self.slots[:, 2]))

    def presence(self, length: int) -> Floats:
        """Return the share of each hour that the team is at each stop.

        ``length``: hours. Returns shape (n, k, length), 0 to 1.
        """
        hour = 60.0 * np.arange(length)
        arrive = self.arrive_min[length][:, :, None]
        leave = self.leave_min[length][:, :, None]
        spent = np.minimum(leave, hour + 60) - np.maximum(arrive, hour)
        return np.asarray(np.clip(spent, 0.0, 60.0) / 60.0)

    def values(self, weights: Floats) -> Floats:
        """Return what every session meets of a demand by place and hour of the week.

        ``weights`` (n_places, 168): hour 0 is Monday 00:00.

        Returns (n, m): ``-inf`` where the session cannot be held.
        """
        out = np.full((len(self.orders), len(self.slots)), -np.inf)
        for length, there in self._there.items():
            at = np.flatnonzero(self.slots[:, 2] == length)
            first = 24 * self.slots[at, 0] + self.slots[at, 1]
            hours = first[:, None] + np.arange(length)
            met = there @ weights[:, hours].transpose(0, 2, 1).reshape(-1, len(at))
            out[np.ix_(np.flatnonzero(self.feasible[length]), at)] = met
        return out

    @cached_property
    def _there(self) -> dict[int, Any]:
        """For each length: hours at each place and hour (columns), by order (rows)."""
        from scipy.sparse import csr_array

        tables = {}
        for length in np.unique(self.slots[:, 2]).tolist():
            rows = np.flatnonzero(self.feasible[length])
            share, stops = self.presence(length)[rows], self.orders[rows]
            order, stop, hour = np.nonzero((share > 0) & (stops >= 0)[:, :, None])
            column = stops[order, stop] * length + hour
            tables[length] = csr_array(
                (share[order, stop, hour], (order, column)),
                shape=(len(rows), self.n_places * length),
            )
        return tables

    def columns(
        self, which: Ints, values: Floats, outside: Bools
    ) -> session_choice.Columns:
        """Return some of the sessions as columns.

        ``which`` (c,): positions in ``values.ravel()``.
        ``values`` (n, m).
        ``outside`` (n_places,).
        """
        order, slot = np.divmod(which, len(self.slots))
        stops = self.orders[order]
        return session_choice.Columns(
            day=self.slots[slot, 0],
            hours=self.slots[slot, 2].astype(float),
            stops=stops,
            outside=np.asarray(np.append(outside, False)[stops].any(axis=1)),
            value=values.ravel()[which],
        )


@dataclass(frozen=True, kw_only=True)
class SessionChoice:
    """The week of sessions chosen.

    ``picked`` (s,): positions in ``values.ravel()`` of the space.
    ``pool`` (c,): the positions that the solver was given; the others were shown not to
    matter.
    ``n_columns``: all that could have been chosen.
    ``proven``: whether no other choice of all of them is worth more.
    """

    picked: Ints
    pool: Ints
    value: float
    bound: float
    n_columns: int
    proven: bool

    def sentence(self) -> str:
        """Return how the choice was found, in words."""
        if self.proven:
            return f"Proven best of {self.n_columns:,} possible sessions."
        spare = (self.bound - self.value) / self.value if self.value > 0 else 0.0
        return (
            f"Best of the {len(self.pool):,} most promising of {self.n_columns:,} "
            f"possible sessions; no choice of all can be more than {spare:.1%} better."
        )


def build_session_space(
    travel_min: Floats,
    *,
    days: Sequence[int] = range(7),
    earliest: int = 16,
    latest: int = 22,
    lengths: Sequence[int] = (2, 3),
    max_stops: int = 3,
    max_travel_min: float = 20.0,
    min_stop_min: float = 30.0,
) -> SessionSpace:
    """List the orders of places and the slots of the week.

    ``travel_min``: shape (p, p), minutes. ``lengths``: hours. Raises PlanError if no
    session fits between ``earliest`` and ``latest``, or there is no place.
    """
    n_places = len(travel_min)
    slots = [
        (day, start, length)
        for day in days
        for length in lengths
        for start in range(earliest, latest - length + 1)
    ]
    if not slots or not n_places:
        raise PlanError(
            "at least one session must fit; there are "
            f"{n_places} places and none of {sorted(lengths)} hours lies between "
            f"{earliest}:00 and {latest}:00. Allow more hours or more places."
        )
    near = travel_min <= max_travel_min
    orders = _orders(near, max_stops)
    arrive, leave, feasible = {}, {}, {}
    for length in sorted(set(lengths)):
        arrive[length], leave[length] = _times(orders, travel_min, 60.0 * length)
        long_enough = leave[length] - arrive[length] >= min_stop_min - EPSILON
        feasible[length] = np.asarray((long_enough | (orders < 0)).all(axis=1))
    return SessionSpace(
        orders=orders,
        slots=np.array(slots, dtype=np.int64),
        arrive_min=arrive,
        leave_min=leave,
        feasible=feasible,
        n_places=n_places,
    )


def best_sessions(
    space: SessionSpace,
    values: Floats,
    rules: session_choice.Rules,
    outside: Bools,
    *,
    keep: int = 20,
    time_limit_s: float = 20.0,
) -> SessionChoice:
    """Return the week of sessions worth most, and whether it is proven.

    ``values`` (n, m): what each session is worth; one session a day at most, so that no
    two meet the same demand.
    ``outside`` (n_places,).

    Raises PlanError if ``rules`` allow more than one session a day, or no choice was
    found in time.

    Notes
    -----
    The best ``keep`` of each slot are solved exactly. Prices of the relaxed problem
    then show which of the others could still be part of a better week (column
    generation and reduced-cost fixing); those are added and it is solved again, unless
    the prices already prove the first choice best.
    """
    if rules.per_day != 1:
        raise PlanError(
            "sessions are priced for one a day; got "
            f"{rules.per_day}. Use choose_columns with covers for more."
        )
    flat = values.ravel()
    pool = _best_of_each_slot(space, values, outside, keep)
    if not len(pool):
        return SessionChoice(
            picked=pool, pool=pool, value=0.0, bound=0.0, n_columns=0, proven=True
        )
    pool, prices, margin = _price_all(space, values, rules, outside, pool)
    first = session_choice.choose_columns(
        space.columns(pool, values, outside), rules, time_limit_s=time_limit_s
    )
    slack = prices.bound - first.value + EPSILON
    if slack <= 1e-7:
        return SessionChoice(
            picked=pool[list(first.columns)],
            pool=pool,
            value=first.value,
            bound=prices.bound,
            n_columns=space.n_columns,
            proven=True,
        )
    useful = np.flatnonzero((margin.ravel() >= -slack) & (flat > EPSILON))
    proven = len(useful) <= MAX_POOL
    if proven:
        pool = np.union1d(useful, pool[list(first.columns)])
        first = session_choice.choose_columns(
            space.columns(pool, values, outside), rules, time_limit_s=time_limit_s
        )
    bound = first.bound if proven else prices.bound
    return SessionChoice(
        picked=pool[list(first.columns)],
        pool=pool,
        value=first.value,
        bound=bound,
        n_columns=space.n_columns,
        proven=proven and bound - first.value <= 1e-6 * max(1.0, first.value),
    )


def _orders(near: Bools, max_stops: int) -> Ints:
    """List one place, then two and three whose steps are all near enough."""
    n = len(near)
    found = [(place, -1, -1) for place in range(n)]
    if max_stops >= 2:
        found += [(a, b, -1) for a, b in permutations(range(n), 2) if near[a, b]]
    if max_stops >= 3:
        pairs = [(a, b) for a, b, _ in found[n:]]
        found += [(a, b, c) for a, b in pairs for c in _onward(near, a, b)]
    return np.array(found, dtype=np.int64)[:, :max_stops]


def _onward(near: Bools, first: int, second: int) -> list[int]:
    onward = near[second].copy()
    onward[[first, second]] = False
    return np.flatnonzero(onward).tolist()


def _times(orders: Ints, travel_min: Floats, total: float) -> tuple[Floats, Floats]:
    """Return when the team is at each stop; the walk is taken from the next stop."""
    n, k = orders.shape
    share = total / (orders >= 0).sum(axis=1, keepdims=True)
    walk = np.zeros((n, k))
    walk[:, 1:] = travel_min[orders[:, :-1], orders[:, 1:]]
    position = np.arange(k)
    arrive, leave = position * share + walk, (position + 1) * share
    none = orders < 0
    arrive[none] = leave[none] = 0.0
    return arrive, leave


def _best_of_each_slot(
    space: SessionSpace, values: Floats, outside: Bools, keep: int
) -> Ints:
    """Return the best of each day, start and length, apart for inside and outside."""
    out = np.append(outside, False)[space.orders].any(axis=1)
    kept = []
    for rows in (np.flatnonzero(out), np.flatnonzero(~out)):
        best = np.argsort(-values[rows], axis=0, kind="stable")[:keep]
        at = rows[best] * len(space.slots) + np.arange(len(space.slots))
        kept.append(at.ravel())
    which = np.unique(np.concatenate(kept))
    return np.asarray(which[values.ravel()[which] > EPSILON])


def _price_all(
    space: SessionSpace,
    values: Floats,
    rules: session_choice.Rules,
    outside: Bools,
    pool: Ints,
) -> tuple[Ints, session_choice.Prices, Floats]:
    """Add sessions that the prices call too cheap until none is left."""
    while True:
        checkpoint()
        prices = session_choice.column_prices(
            space.columns(pool, values, outside), rules, space.n_places
        )
        margin = _margin(space, values, rules, outside, prices)
        cheap = np.flatnonzero(margin.ravel() > 1e-7)
        fresh = np.setdiff1d(cheap, pool)
        if not len(fresh):
            return pool, prices, margin
        best = np.argsort(-margin.ravel()[fresh], kind="stable")[:500]
        pool = np.union1d(pool, fresh[best])


def _margin(
    space: SessionSpace,
    values: Floats,
    rules: session_choice.Rules,
    outside: Bools,
    prices: session_choice.Prices,
) -> Floats:
    """Return the value of each session less the price of what it uses."""
    place = np.append(prices.place, 0.0)[space.orders].sum(axis=1)
    out = np.append(outside, False)[space.orders].any(axis=1)
    place += prices.outside * (rules.outside_share - out)
    day, length = space.slots[:, 0], space.slots[:, 2]
    slot = prices.day[day] + prices.session + prices.hour * length
    return np.asarray(values - place[:, None] - slot[None, :])
