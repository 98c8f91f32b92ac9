"""Choose a week of sessions out of many possible ones, each a column of the problem.

maximise  sum of w_d y_d + sum of v_c x_c
subject to  y_d <= sum over columns of f_cd x_c,  0 <= y_d <= 1
            at most so many sessions a day, so many a week, so many hours
            each place at most so many times a week
            at least a share of the sessions outside the town

``x`` is whole, ``y`` is not. A demand that no column meets has the upper bound 0: left
free, it would be counted as met by nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from hotspots.core.errors import ParameterError, PlanError
from hotspots.core.types import Bools, Floats, Ints
from hotspots.optimise.program import maximise

if TYPE_CHECKING:
    from collections.abc import Sequence


TOLERANCE = 1e-9


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a week of sessions must keep to.

    ``n_sessions``: at most so many a week.
    ``max_hours``: at most so many hours a week.
    ``per_day``: at most so many on one day.
    ``per_place``: a place at most so many times a week.
    ``outside_share``: at least this share of the sessions outside the town, 0 to 1.
    """

    n_sessions: int
    max_hours: float
    per_day: int = 1
    per_place: int = 2
    outside_share: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Possible sessions.

    ``day`` (c,): day of the week, 0 to 6.
    ``hours`` (c,): length of the session.
    ``stops`` (c, k): places in order, -1 where there is none.
    ``outside`` (c,): whether a stop lies outside the town.
    ``value`` (c,): what the session is worth, whatever else is chosen.
    ``covers`` (c, d): share of each demand that the session meets, 0 to 1. Where two
    sessions meet the same demand it counts once at most. Not needed where each day has
    one session and every demand is of one day: then ``value`` says it all.
    ``weights`` (d,): what each demand is worth; goes with ``covers``.
    Raises ParameterError if the arrays are not of one length.
    """

    day: Ints
    hours: Floats
    stops: Ints
    outside: Bools
    value: Floats
    covers: Any = None
    weights: Floats | None = None

    def __post_init__(self) -> None:
        lengths = {len(self.day), len(self.hours), len(self.stops), len(self.outside)}
        if lengths != {len(self.value)}:
            raise ParameterError(
                "day, hours, stops, outside and value must be equally long; got "
                f"{sorted(lengths | {len(self.value)})}."
            )
        if (self.covers is None) != (self.weights is None):
            raise ParameterError(
                "covers and weights go together; got one without the other. Give both "
                "or neither."
            )

    def __len__(self) -> int:
        return len(self.value)


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The columns chosen and how sure it is that none are better.

    ``columns``: positions, rising.
    ``value``, ``bound``: of the choice, and the most that any choice could have.
    """

    columns: tuple[int, ...]
    value: float
    bound: float

    @property
    def gap(self) -> float:
        """How much better another choice could be, share of the value."""
        spare = max(0.0, self.bound - self.value)
        return spare / self.value if self.value > 0 else 0.0


@dataclass(frozen=True, kw_only=True)
class Prices:
    """What each limit costs in the relaxed problem, and the bound that follows.

    ``day``: shape (7,).
    ``place``: shape (p,).
    ``bound``: no choice out of the columns that were priced is worth more.
    """

    day: Floats
    session: float
    hour: float
    place: Floats
    outside: float
    bound: float


def choose_columns(
    columns: Columns, rules: Rules, *, time_limit_s: float = 20.0
) -> Chosen:
    """Return the columns worth most together, exactly.

    Raises PlanError if no choice was found in the time.

    Solved as a mixed-integer program by HiGHS (``scipy.optimize.milp``) to a gap of 0.
    """
    from scipy.optimize import LinearConstraint

    n = len(columns)
    if not n:
        return Chosen(columns=(), value=0.0, bound=0.0)
    matrix, limits = _limits(columns, rules)
    gain, upper = columns.value, np.ones(n)
    if columns.covers is not None and columns.weights is not None:
        reach = np.asarray(columns.covers.sum(axis=0)).ravel()
        gain = np.concatenate([gain, columns.weights])
        upper = np.concatenate([upper, np.minimum(1.0, reach)])
        matrix = _with_cover(matrix, columns.covers)
        limits = np.concatenate([limits, np.zeros(len(reach))])
    found = maximise(
        gain,
        LinearConstraint(matrix, -np.inf, limits),
        whole=np.arange(len(gain)) < n,
        bounds=(0.0, upper),
        time_limit=time_limit_s,
    )
    if found.x is None:
        raise PlanError(
            f"a choice of sessions must be found within {time_limit_s:g} seconds; none "
            f"was among {n:,} possible ones. Consider fewer places."
        )
    picked = tuple(np.flatnonzero(found.x[:n] > 0.5).tolist())
    value = worth(columns, picked)
    return Chosen(columns=picked, value=value, bound=max(found.bound, value))


def greedy_columns(columns: Columns, rules: Rules) -> Chosen:
    """Return columns chosen one after another, the one that adds most first."""
    n_outside = int(np.ceil(rules.outside_share * rules.n_sessions - TOLERANCE))
    picked: list[int] = []
    for step in range(rules.n_sessions):
        free = _fits(columns, rules, picked)
        if step < n_outside:
            free &= columns.outside
        gains = np.where(free, _gains(columns, picked), 0.0)
        best = int(np.argmax(gains)) if len(gains) else 0
        if not len(gains) or gains[best] <= TOLERANCE:
            break
        picked.append(best)
    value = worth(columns, picked)
    return Chosen(columns=tuple(sorted(picked)), value=value, bound=float("inf"))


def worth(columns: Columns, picked: Sequence[int]) -> float:
    """Return what a choice of columns is worth together."""
    rows = list(picked)
    total = float(columns.value[rows].sum())
    if columns.covers is not None and columns.weights is not None and rows:
        met = np.asarray(columns.covers[rows].sum(axis=0)).ravel()
        total += float((columns.weights * np.minimum(1.0, met)).sum())
    return total


def column_prices(columns: Columns, rules: Rules, n_places: int) -> Prices:
    """Return the prices of the limits when sessions may be split.

    Raises PlanError if the relaxed problem cannot be solved.

    By linear-programming duality any column whose value is below the prices of what it
    uses, by more than the bound lies above a known choice, is in no better choice.
    """
    from scipy.optimize import linprog

    matrix, limits = _limits(columns, rules, n_places)
    found = linprog(-columns.value, A_ub=matrix, b_ub=limits, method="highs")
    if found.x is None:
        raise PlanError(
            "the relaxed choice of sessions must have a solution; the solver said "
            f"'{found.message}'. Consider fewer places."
        )
    price = np.maximum(0.0, -np.asarray(found.ineqlin.marginals))
    return Prices(
        day=price[:7],
        session=float(price[7]),
        hour=float(price[8]),
        outside=float(price[9]),
        place=price[10:],
        bound=float(price @ limits),
    )


def _limits(columns: Columns, rules: Rules, n_places: int | None = None) -> Any:
    """Rows: seven days, sessions, hours, outside, then one for each place."""
    n, every = len(columns), np.arange(len(columns))
    used = columns.stops >= 0
    of, _ = np.nonzero(used)
    places = n_places or int(columns.stops.max(initial=-1)) + 1
    rows = [columns.day, np.full(n, 7), np.full(n, 8), np.full(n, 9)]
    values = [np.ones(n), np.ones(n), np.asarray(columns.hours, dtype=float)]
    values.append(rules.outside_share - columns.outside.astype(float))
    data = np.concatenate([*values, np.ones(len(of))])
    at = np.concatenate([*rows, 10 + columns.stops[used]])
    matrix = sparse.csr_array(
        (data, (at, np.concatenate([every] * 4 + [of]))), shape=(10 + places, n)
    )
    limits = [float(rules.per_day)] * 7
    limits += [float(rules.n_sessions), float(rules.max_hours), 0.0]
    return matrix, np.array(limits + [float(rules.per_place)] * places)


def _with_cover(matrix: Any, covers: Any) -> Any:
    """Put the rows ``y - sum f x <= 0`` under the others."""
    n_demand = covers.shape[1]
    return sparse.block_array(
        [[matrix, None], [-covers.T, sparse.eye_array(n_demand)]], format="csr"
    )


def _fits(columns: Columns, rules: Rules, picked: list[int]) -> Bools:
    """Say which columns may join those picked."""
    days = np.bincount(columns.day[picked], minlength=7)
    stops = columns.stops[picked]
    n_places = int(columns.stops.max(initial=-1)) + 1
    uses = np.bincount(stops[stops >= 0], minlength=n_places + 1)
    full = np.append(uses[:n_places] >= rules.per_place, False)
    left = rules.max_hours - columns.hours[picked].sum() + TOLERANCE
    fits = (days[columns.day] < rules.per_day) & (columns.hours <= left)
    fits &= ~full[columns.stops].any(axis=1)
    fits[picked] = False
    return np.asarray(fits)


def _gains(columns: Columns, picked: list[int]) -> Floats:
    """Return what each column would add to those picked."""
    if columns.covers is None or columns.weights is None:
        return columns.value
    met = np.asarray(columns.covers[picked].sum(axis=0)).ravel()
    before = np.minimum(1.0, met)
    sums = columns.covers.tocoo()
    after = np.minimum(1.0, before[sums.col] + sums.data)
    added = (after - before[sums.col]) * columns.weights[sums.col]
    return np.asarray(
        columns.value + np.bincount(sums.row, added, minlength=len(columns))
    )
