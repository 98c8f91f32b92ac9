"""Which areas to patrol: the choice, its proof, its rivals, its stability, its test."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hotspots.core.errors import PlanError, TooFewError
from hotspots.core.types import Bools, Floats, Ints
from hotspots.model.incidents import Incidents
from hotspots.optimise.compact import CompactAreas, Ground, best_areas, grow_areas
from hotspots.optimise.compact.listing import LARGEST_LISTED
from hotspots.optimise.compact.proof import Proof, choose_again, prove_areas
from hotspots.tactics.backtest import Covers, back_test, resample_weights
from hotspots.tactics.patrol.demand import Demand, training_days
from hotspots.tactics.rationale import Backtest
from hotspots.tactics.reserve import draw_from_top

if TYPE_CHECKING:
    from hotspots.tactics.patrol.tactic import FootPatrol


MIN_CELLS = 3
MIN_INCIDENTS = 20
"""Fewer choose nothing: where the next falls is chance."""
MAX_PROVEN = 12
"""Up to so many areas the best choice is looked for with a proof."""
N_RESAMPLES = 50
N_ALTERNATIVES = 3


@dataclass(frozen=True, kw_only=True, eq=False)
class AreaChoice:
    """The areas of a plan and those that stand beside them.

    Parameters
    ----------
    chosen : tuple of ndarray of int64
        Positions of cells, most demand first.
    demand : ndarray of shape (k,)
        Of the chosen, in 28 days.
    alternatives, comparison : tuple of ndarray of int64
        The next best; and those that nothing is done in, the first for the first
        chosen and so on (all of them for all, where they were drawn).
    drawn : str
        How the chosen were drawn, or "".
    stability : ndarray of shape (k,)
        Share of resamples in which half of the area is chosen again.
    """

    chosen: tuple[Ints, ...]
    demand: Floats
    alternatives: tuple[Ints, ...]
    comparison: tuple[Ints, ...]
    drawn: str
    solution: str
    binding: tuple[str, ...]
    stability: Floats


def choose_areas(options: FootPatrol, demand: Demand) -> AreaChoice:
    """Choose the areas that hold the most demand.

    Raises
    ------
    PlanError
        If there are fewer areas with demand than asked for.
    TooFewError
        If fewer than 20 incidents of the window count.
    """
    work = _Work(options=options, demand=demand)
    context = demand.context
    recent = context.recent
    worth = demand.worth(recent)
    if np.count_nonzero(worth) < MIN_INCIDENTS:
        raise TooFewError(
            f"choosing areas needs at least {MIN_INCIDENTS} incidents in the hours "
            f"that count; there are {np.count_nonzero(worth)} in {context.window}. "
            "Look further back or at other hours."
        )
    weights = demand.weigh(recent, worth, context.window.days)
    n_wanted = options.n_areas * (2 if options.randomise else 1)
    proof = work.best(weights, n_wanted)
    found = proof.found
    if len(found.areas) < n_wanted:
        twice = " (twice n_areas, to draw from)" if options.randomise else ""
        raise PlanError(
            f"{n_wanted} areas of {MIN_CELLS} to {options.cells_per_area} cells with "
            f"demand must be there{twice}; {len(found.areas)} are. Ask for fewer "
            "areas, other hours or a longer window."
        )
    chosen, comparison, drawn = _draw(found.areas, options, context.seed)
    taken = [*chosen, *comparison]
    alternatives = work.further(weights, taken, N_ALTERNATIVES, demand.barred)
    if not comparison:
        none = np.zeros(len(weights), bool)
        pool = work.further(weights, [*taken, *alternatives], 3 * options.n_areas, none)
        comparison = _matched(chosen, pool, weights)
    return AreaChoice(
        chosen=chosen,
        demand=np.array([weights[area].sum() for area in chosen]),
        alternatives=alternatives,
        comparison=comparison,
        drawn=drawn,
        solution=proof.sentence(),
        binding=work.binding(weights, found, n_wanted),
        stability=work.stability(recent, chosen, proof, n_wanted),
    )


def check_areas(options: FootPatrol, demand: Demand) -> Backtest:
    """Choose the same way on earlier data and count what came after."""
    work = _Work(options=options, demand=demand)
    context = demand.context
    longest = context.window.days

    def choose(training: Incidents, day: dt.date) -> Covers:
        days = training_days(training, day, longest)
        known = _last_days(training, day, longest)
        weights = demand.weigh(known, demand.worth(known), days)
        found = work.best(weights, options.n_areas, n_nodes=0).found
        return _covers(demand, found.areas)

    def baseline(training: Incidents, day: dt.date) -> Covers:
        known = _last_days(training, day, 365)
        weights = demand.weigh(known, np.ones(known.n), 365)
        ground = replace(work.ground(weights, options.n_areas), penalty=0.0)
        grown = grow_areas(ground)
        return _covers(demand, grown.areas)

    return back_test(
        context,
        choose,
        baseline,
        baseline_words=f"the {options.n_areas} areas with the highest count of the "
        "last 12 months, grown to the same size,",
        relevant=None if demand.mask is None else _middle_in(demand.mask),
    )


@dataclass(frozen=True, kw_only=True)
class _Work:
    """The same problem solved on different weights."""

    options: FootPatrol
    demand: Demand

    def penalty(self, weights: Floats) -> float:
        """Return what a missing contact costs: a share of a typical chosen cell."""
        n = min(len(weights), self.options.n_areas * self.options.cells_per_area)
        top = np.partition(weights, len(weights) - n)[len(weights) - n :]
        return float(self.options.compactness * top.mean())

    def ground(self, weights: Floats, n_areas: int) -> Ground:
        """Return the problem on given weights, with all of the plan's limits."""
        return Ground(
            weights=weights,
            neighbours=self.demand.cells.neighbour_table,
            n_areas=n_areas,
            min_cells=MIN_CELLS,
            max_cells=self.options.cells_per_area,
            penalty=self.penalty(weights),
            apart=self.options.apart,
            barred=self.demand.barred,
        )

    def solve(self, ground: Ground, *, n_tries: int = 0) -> CompactAreas:
        rng = self.demand.context.rng("patrol areas")
        return best_areas(ground, n_tries=n_tries, rng=rng)

    def best(self, weights: Floats, n_areas: int, *, n_nodes: int = 100) -> Proof:
        """Return the best areas, with a proof where there are not too many."""
        ground = self.ground(weights, n_areas)
        if self.options.cells_per_area <= LARGEST_LISTED and n_areas <= MAX_PROVEN:
            proof = prove_areas(self.solve(ground), ground, n_nodes=n_nodes)
            if np.isfinite(proof.bound):
                return proof
        return Proof.none(self.solve(ground, n_tries=20), ground)

    def further(
        self, weights: Floats, taken: Sequence[Ints], n: int, barred: Bools
    ) -> tuple[Ints, ...]:
        """Return the next best areas, at least one cell from those taken."""
        closed = barred.copy()
        for area in taken:
            near = self.demand.cells.neighbour_table[area].ravel()
            closed[area] = True
            closed[near[near >= 0]] = True
        return self.solve(replace(self.ground(weights, n), barred=closed)).areas

    def binding(
        self, weights: Floats, found: CompactAreas, n_areas: int
    ) -> tuple[str, ...]:
        """Say which limits cost demand, by solving without each."""
        cells = self.options.cells_per_area
        lines = []
        if all(len(area) == cells for area in found.areas):
            lines.append(f"every area has the most cells that it may ({cells})")
        ground = self.ground(weights, n_areas)
        usual = self.solve(ground).value
        none = np.zeros(len(weights), bool)
        if self.demand.barred.any():
            free = self.solve(replace(ground, barred=none)).value
            if free > usual * 1.005:
                lines.append(
                    f"the permanent reserve ({self.options.reserve_percent:g}% of "
                    f"blocks): without it the areas would hold {free / usual - 1:.0%} "
                    "more"
                )
        if self.options.apart:
            free = self.solve(replace(ground, apart=False)).value
            if free > usual * 1.005:
                lines.append(
                    "areas are kept one cell apart, so that displacement can be "
                    f"measured: without it they would hold {free / usual - 1:.0%} more"
                )
        return tuple(lines)

    def stability(
        self, recent: Incidents, chosen: Sequence[Ints], proof: Proof, n_areas: int
    ) -> Floats:
        demand, context = self.demand, self.demand.context
        worth = demand.worth(recent)
        drawn = resample_weights(recent.n, N_RESAMPLES, context.rng("patrol resample"))
        many = (
            demand.weigh(recent, worth * times, context.window.days) for times in drawn
        )
        stays = np.zeros(len(chosen))
        for areas in self._again(many, proof, n_areas):
            again = np.zeros(len(demand.cells), bool)
            for area in areas:
                again[area] = True
            stays += [2 * again[area].sum() >= len(area) for area in chosen]
        return np.asarray(stays / N_RESAMPLES)

    def _again(
        self, many: Iterable[Floats], proof: Proof, n_areas: int
    ) -> Iterator[tuple[Ints, ...]]:
        if not len(proof.rivals):
            for weights in many:
                yield self.solve(self.ground(weights, n_areas)).areas
            return
        recent = self.demand.context.recent
        days = self.demand.context.window.days
        weights = self.demand.weigh(recent, self.demand.worth(recent), days)
        yield from choose_again(proof, self.ground(weights, n_areas), many)


def _draw(
    areas: tuple[Ints, ...], options: FootPatrol, seed: int
) -> tuple[tuple[Ints, ...], tuple[Ints, ...], str]:
    if not options.randomise:
        return areas, (), ""
    ranks = range(len(areas))
    chosen, others, words = draw_from_top(list(ranks), options.n_areas, seed=seed)
    return tuple(areas[k] for k in chosen), tuple(areas[k] for k in others), words


def _matched(
    chosen: Sequence[Ints], pool: Sequence[Ints], weights: Floats
) -> tuple[Ints, ...]:
    """Return for each chosen area the one of the pool nearest to it in demand."""
    sums = np.array([weights[area].sum() for area in pool])
    free = np.ones(len(pool), dtype=bool)
    found = []
    for area in chosen:
        if not free.any():
            break
        gap = np.where(free, np.abs(sums - weights[area].sum()), np.inf)
        best = int(gap.argmin())
        free[best] = False
        found.append(pool[best])
    return tuple(found)


def _covers(demand: Demand, areas: Sequence[Ints]) -> Covers:
    inside = np.zeros(len(demand.cells) + 1, dtype=bool)
    for area in areas:
        inside[area] = True

    def covers(later: Incidents) -> Bools:
        return np.asarray(inside[demand.cell_of(later)])

    return covers


def _last_days(incidents: Incidents, day: dt.date, n_days: int) -> Incidents:
    since = dt.datetime.combine(day - dt.timedelta(days=n_days), dt.time())
    return incidents.select(pl.col("start") >= since)


def _middle_in(mask: Bools) -> pl.Expr:
    """Say whether the middle of an incident's span lies in hours of the week."""
    middle = pl.col("start") + (pl.col("end") - pl.col("start")) / 2
    hour = (middle.dt.weekday().cast(pl.Int32) - 1) * 24 + middle.dt.hour().cast(
        pl.Int32
    )
    return hour.is_in(np.flatnonzero(mask).tolist())
