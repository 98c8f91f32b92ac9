"""Who visits which area when, in one shift: team orienteering with repeated visits.

A visit to an area is worth half of the one before it. Visits to one area are kept
apart, every crew is back in time, and what is published is a window: the plan holds
wherever in its window a visit starts, as long as a crew is not later than that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotspots.core.errors import ParameterError, PlanError
from hotspots.core.types import Floats, Ints

FAR = 1_000_000


@dataclass(frozen=True, kw_only=True)
class ShiftRules:
    """What a shift allows; times in whole minutes.

    ``shift_min``: from leaving the base to being back.
    ``gap_min``: at least this long between the end of a visit and the start of the next
    to the same place, whatever the crew, wherever in their windows they start.
    ``daily_cap``: most visits to one place.
    ``window_min``: how much later than planned a visit may start.
    ``step_min``: planned starts are whole multiples of this.
    ``again``: what a further visit is worth of the one before, 0 to 1.
    Raises ParameterError if a number is impossible.
    """

    n_crews: int
    shift_min: int
    visit_min: int
    gap_min: int
    daily_cap: int
    window_min: int = 30
    step_min: int = 5
    again: float = 0.5

    def __post_init__(self) -> None:
        for name in ("n_crews", "shift_min", "visit_min", "daily_cap", "step_min"):
            if getattr(self, name) < 1:
                raise ParameterError(
                    f"{name} must be at least 1; got {getattr(self, name)!r}."
                )
        for name in ("gap_min", "window_min"):
            if getattr(self, name) < 0:
                raise ParameterError(
                    f"{name} must be at least 0; got {getattr(self, name)!r}."
                )
        if not 0 <= self.again <= 1:
            raise ParameterError(f"again must be from 0 to 1; got {self.again!r}.")

    @property
    def cycle_min(self) -> int:
        """Minutes between planned starts at one place, at the least."""
        return self.window_min + self.visit_min + self.gap_min


@dataclass(frozen=True, kw_only=True)
class PlannedVisit:
    """One visit: crew, place, and the earliest start in minutes of the shift."""

    crew: int
    place: int
    start_min: int
    travel_min: int


@dataclass(frozen=True, kw_only=True)
class ShiftPlan:
    """The visits of a shift, in order of crew and time.

    ``value``: in the unit of the values given.
    ``best_value``: of the best plan seen; ``value`` is less where order was varied.
    ``greedy_value``: of always taking what gives most a minute.
    ``bound``: no plan can be worth more.
    """

    visits: tuple[PlannedVisit, ...]
    value: float
    best_value: float
    greedy_value: float
    bound: float
    how: str


def plan_shift(
    values: npt.ArrayLike,
    travel_min: npt.ArrayLike,
    rules: ShiftRules,
    *,
    rng: np.random.Generator,
    n_starts: int = 256,
    n_rounds: int = 16,
    vary: float = 0.05,
) -> ShiftPlan:
    """Return a shift plan that meets as much value as can be found.

    ``values``: array-like of shape (p,); worth of a first visit to each place, 0 or
    more.
    ``travel_min``: array-like of shape (p + 1, p + 1); minutes from row to column; the
    last is the base. Rounded up.

    Raises ParameterError if shapes or numbers are impossible; PlanError if there is no
    time for a single visit.

    Notes
    -----
    Greedy randomised adaptive search: the crew that is free first goes where value a
    minute is highest, with chance in proportion to a power of it; later rounds follow
    the best plan so far and leave it at random steps. All starts are built together.

    References
    ----------
    Chao, I.-M., Golden, B. L. and Wasil, E. A. (1996), "The team orienteering
    problem", European Journal of Operational Research 88(3), 464-474. Feo, T. A. and
    Resende, M. G. C. (1995), "Greedy randomized adaptive search procedures", Journal
    of Global Optimization 6, 109-133. Koper, C. S. (1995), "Just enough police
    presence", Justice Quarterly 12(4), 649-672: visits of about 15 minutes, apart.
    """
    worth, travel = _checked(values, travel_min)
    search = _Search(worth=worth, travel=travel, rules=rules)
    greedy = search.build(np.zeros((1, 0), dtype=np.int64), rng, power=None)
    if greedy.place[0, 0] < 0:
        raise PlanError(
            f"a shift of {rules.shift_min} minutes must leave time for one visit of "
            f"{rules.visit_min} minutes, its window of {rules.window_min} and the way "
            f"there and back ({int(_shortest_round(travel))} at least); it does not. "
            "Use a longer shift, a shorter window or a nearer base."
        )
    built = [greedy]
    best = greedy
    for number in range(n_rounds):
        guide = np.repeat(best.place[:1], n_starts, axis=0)
        stray = rng.random((n_starts, 1)) * (0.5 if number else 2.0)
        guide = np.where(rng.random(guide.shape) < stray, -1, guide)
        found = search.build(guide, rng, power=rng.uniform(1.0, 8.0, (n_starts, 1)))
        built.append(found)
        top = int(np.argmax(found.value))
        if found.value[top] > best.value[0] + 1e-9:
            best = found.row(top)
    plan = _drawn(built, float(best.value[0]), vary, rng)
    return ShiftPlan(
        visits=_visits(plan),
        value=float(plan.value[0]),
        best_value=float(best.value[0]),
        greedy_value=float(greedy.value[0]),
        bound=value_bound(worth, travel, rules),
        how=f"randomised greedy search, {1 + n_rounds * n_starts:,} plans built",
    )


def value_bound(values: Floats, travel_min: Ints, rules: ShiftRules) -> float:
    """Return a value that no shift plan can exceed.

    ``values``: shape (p,). ``travel_min``: shape (p + 1, p + 1).

    A fractional knapsack: each visit costs its minutes and the shortest way into its
    place, all crews' time together is the budget, and a place takes no more visits than
    its gap and cap allow.
    """
    n = len(values)
    away = travel_min + np.where(np.eye(n + 1, dtype=bool), rules.gap_min, 0)
    into = np.minimum(away.min(axis=0)[:n], rules.gap_min + rules.window_min)
    out, back = travel_min[n, :n], travel_min[:n, n]
    latest = rules.shift_min - rules.window_min - rules.visit_min - back
    room = latest - out
    times = np.where(room >= 0, room // rules.cycle_min + 1, 0)
    times = np.minimum(times, rules.daily_cap)
    if not times.any():
        return 0.0
    usable = rules.shift_min - rules.window_min - int(back[times > 0].min())
    budget = float(rules.n_crews * usable)
    visit = np.arange(rules.daily_cap)
    worth = values[:, None] * rules.again ** visit[None, :]
    worth = np.where(visit[None, :] < times[:, None], worth, 0.0).ravel()
    cost = np.repeat(rules.visit_min + into, rules.daily_cap).astype(np.float64)
    order = np.argsort(-worth / cost, kind="stable")
    before = np.r_[0.0, np.cumsum(cost[order])[:-1]]
    part = np.clip((budget - before) / cost[order], 0.0, 1.0)
    return float((worth[order] * part).sum())


@dataclass(frozen=True, kw_only=True)
class _Built:
    """Many plans: one row each, one column a decision, -1 after the last."""

    place: Ints
    crew: Ints
    start: Ints
    travel: Ints
    value: Floats

    def row(self, k: int) -> _Built:
        at = slice(k, k + 1)
        return _Built(
            place=self.place[at],
            crew=self.crew[at],
            start=self.start[at],
            travel=self.travel[at],
            value=self.value[at],
        )


@dataclass(frozen=True, kw_only=True)
class _Search:
    worth: Floats
    travel: Ints
    rules: ShiftRules

    def build(
        self, guide: Ints, rng: np.random.Generator, *, power: Floats | None
    ) -> _Built:
        """Build as many plans as the guide has rows; without a power, greedily."""
        rules, n, p = self.rules, len(guide), len(self.worth)
        row = np.arange(n)
        free = np.zeros((n, rules.n_crews), dtype=np.int64)
        at = np.full((n, rules.n_crews), p)
        count = np.zeros((n, p), dtype=np.int64)
        ready = np.zeros((n, p), dtype=np.int64)
        value = np.zeros(n)
        taken: list[tuple[Ints, Ints, Ints, Ints]] = []
        while (free < FAR).any():
            crew = free.argmin(axis=1)
            now, here = free[row, crew], at[row, crew]
            start, score = self._options(now, here, count, ready)
            place = self._pick(score, rng, power)
            step = len(taken)
            if step < guide.shape[1]:
                wish = guide[:, step]
                allowed = (wish >= 0) & (score[row, wish] > 0)
                place = np.where(allowed, wish, place)
            go = score[row, place] > 0
            begin = start[row, place]
            value += np.where(
                go, self.worth[place] * rules.again ** count[row, place], 0.0
            )
            count[row, place] += go
            ready[row, place] = np.where(go, begin + rules.cycle_min, ready[row, place])
            way = self.travel[here, place]
            free[row, crew] = np.where(go, begin + rules.visit_min, FAR)
            at[row, crew] = np.where(go, place, here)
            taken.append(
                (
                    np.where(go, place, -1),
                    crew,
                    np.where(go, begin, -1),
                    np.where(go, way, 0),
                )
            )
        columns = [np.column_stack(part) for part in zip(*taken, strict=True)]
        return _Built(
            place=columns[0],
            crew=columns[1],
            start=columns[2],
            travel=columns[3],
            value=value,
        )

    def _options(
        self, now: Ints, here: Ints, count: Ints, ready: Ints
    ) -> tuple[Ints, Floats]:
        """Return start and value a minute of every place; 0 where it is impossible."""
        rules, p = self.rules, len(self.worth)
        arrive = np.minimum(now, FAR)[:, None] + self.travel[here, :p]
        start = np.maximum(arrive, ready)
        start = -(-start // rules.step_min) * rules.step_min
        back = start + rules.window_min + rules.visit_min + self.travel[:p, p]
        possible = (back <= rules.shift_min) & (count < rules.daily_cap)
        spent = start + rules.visit_min - np.minimum(now, FAR)[:, None]
        score = self.worth * rules.again**count / spent
        return start, np.where(possible, score, 0.0)

    @staticmethod
    def _pick(score: Floats, rng: np.random.Generator, power: Floats | None) -> Ints:
        if power is None:
            return np.asarray(score.argmax(axis=1))
        noise = rng.gumbel(size=score.shape)
        with np.errstate(divide="ignore"):
            return np.asarray((power * np.log(score) + noise).argmax(axis=1))


def _drawn(
    built: list[_Built], best: float, vary: float, rng: np.random.Generator
) -> _Built:
    """Draw one of the different plans that are nearly as good as the best."""
    good: dict[bytes, _Built] = {}
    for each in built:
        for k in np.flatnonzero(each.value >= best * (1 - vary) - 1e-9).tolist():
            row = each.row(k)
            kept = row.place[0] >= 0
            good.setdefault(
                np.stack([row.place[0][kept], row.crew[0][kept]]).tobytes(), row
            )
    plans = list(good.values())
    return plans[int(rng.integers(len(plans)))]


def _visits(plan: _Built) -> tuple[PlannedVisit, ...]:
    found = [
        PlannedVisit(crew=int(c), place=int(p), start_min=int(s), travel_min=int(t))
        for p, c, s, t in zip(
            plan.place[0], plan.crew[0], plan.start[0], plan.travel[0], strict=True
        )
        if p >= 0
    ]
    return tuple(sorted(found, key=lambda visit: (visit.crew, visit.start_min)))


def _checked(values: npt.ArrayLike, travel: npt.ArrayLike) -> tuple[Floats, Ints]:
    worth = np.asarray(values, dtype=np.float64)
    minutes = np.asarray(travel, dtype=np.float64)
    n = len(worth)
    if not n or minutes.shape != (n + 1, n + 1):
        raise ParameterError(
            "travel_min must have a row and a column for each of the "
            f"{n} places and the base; got shape {minutes.shape}."
        )
    if not np.isfinite(worth).all() or (worth < 0).any() or (minutes < 0).any():
        raise ParameterError(
            "values and minutes must be 0 or more and values finite; got values from "
            f"{worth.min():g} to {worth.max():g}."
        )
    whole = np.where(np.isfinite(minutes), np.ceil(minutes), FAR)
    return worth, np.minimum(whole, FAR).astype(np.int64)


def _shortest_round(travel: Ints) -> int:
    return int((travel[-1, :-1] + travel[:-1, -1]).min())
