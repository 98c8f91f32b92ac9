"""Which areas to patrol: the choice, its proof, its rivals, its stability, its test."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from hotspots.core.budget import steps
from hotspots.core.errors import PlanError, TooFewError
from hotspots.core.types import Bools, Floats, Ints
from hotspots.model.incidents import Incidents
from hotspots.optimise.compact import CompactAreas, Ground, best_areas, grow_areas
from hotspots.optimise.compact.listing import LARGEST_LISTED
from hotspots.optimise.compact.proof import Proof, choose_again, prove_areas
from hotspots.tactics.backtest import Covers, Trial, resample_weights
from hotspots.tactics.patrol.demand import Demand
from hotspots.tactics.selection import draw_from_top, nearest_controls

MIN_CELLS = 3
LEAST_INCIDENTS = 20
"""Fewer choose nothing: where the next falls is chance."""
MAX_PROVEN = 12
"""Up to so many areas the best choice is looked for with a proof."""
N_RESAMPLES = 50
N_ALTERNATIVES = 3


@dataclass(frozen=True, kw_only=True, eq=False)
class AreaChoice:
    """The areas of a plan, the next best, and those for comparison.

    ``chosen``: positions of cells, most demand first.
    ``demand`` (k,): of the chosen, in 28 days.
    ``alternatives``, ``controls``: the next best; and those that nothing is done in,
    the first for the first chosen and so on (all of them for all, where they were
    drawn).
    ``drawn``: how the chosen were drawn, or "".
    ``stability`` (k,): share of resamples in which half of the area is chosen again.
    """

    chosen: tuple[Ints, ...]
    demand: Floats
    alternatives: tuple[Ints, ...]
    controls: tuple[Ints, ...]
    drawn: str
    solution: str
    binding: tuple[str, ...]
    stability: Floats


def choose_areas(demand: Demand) -> AreaChoice:
    """Choose the areas that hold the most demand.

    Raises PlanError if there are fewer areas with demand than asked for; TooFewError if
    fewer than 20 incidents of the window count.
    """
    options, context = demand.options, demand.context
    n_counted = np.count_nonzero(demand.worth(context.recent))
    if n_counted < LEAST_INCIDENTS:
        raise TooFewError(
            f"choosing areas needs at least {LEAST_INCIDENTS} incidents in the hours "
            f"that count; there are {n_counted} in {context.period}. "
            "Look further back or at other hours."
        )
    weights = demand.weights
    n_wanted = options.n_areas * (2 if options.randomise else 1)
    proof = best(demand, weights, n_wanted)
    found = proof.found.areas
    if len(found) < n_wanted:
        twice = " (twice n_areas, to draw from)" if options.randomise else ""
        raise PlanError(
            f"{n_wanted} areas of {MIN_CELLS} to {options.cells_per_area} cells with "
            f"demand must be there{twice}; {len(found)} are. Ask for fewer "
            "areas, other hours or a longer window."
        )
    chosen, controls, drawn = _draw(found, demand)
    taken = [*chosen, *controls]
    alternatives = _further(demand, taken, N_ALTERNATIVES, demand.reserved)
    if not drawn:
        controls = _controls(demand, chosen, alternatives)
    return AreaChoice(
        chosen=chosen,
        demand=np.array([weights[area].sum() for area in chosen]),
        alternatives=alternatives,
        controls=controls,
        drawn=drawn,
        solution=proof.sentence(),
        binding=_binding(demand, found, n_wanted),
        stability=_stability(demand, chosen, proof, n_wanted),
    )


def trial_of(demand: Demand) -> Trial:
    """Return how the choice is tested on earlier data, beside simple choices."""
    options, context = demand.options, demand.context
    n_cells = options.n_areas * options.cells_per_area

    def choose(training: Incidents, day: dt.date) -> Covers:
        window = context.before(day)
        known = context.within(window, training)
        weights = demand.weigh(known, demand.worth(known), window)
        found = best(demand, weights, options.n_areas, n_nodes=0).found
        return _covers(demand, found.areas)

    def counts(training: Incidents, day: dt.date) -> Floats:
        window = context.before(day, 365)
        known = context.within(window, training)
        return demand.weigh(known, np.ones(known.n), window)

    def grown(training: Incidents, day: dt.date) -> Covers:
        ground = _ground(demand, counts(training, day), options.n_areas)
        found = grow_areas(replace(ground, penalty=0.0)).areas
        return _covers(demand, found)

    def cells(training: Incidents, day: dt.date) -> Covers:
        last_year = np.where(demand.reserved, 0.0, counts(training, day))
        return _covers(demand, [np.argsort(-last_year, kind="stable")[:n_cells]])

    return Trial(
        choose=choose,
        baselines={
            f"the {options.n_areas} areas with the highest count of the last 12 "
            "months, grown to the same size": grown,
            f"the {n_cells} cells with the highest count of the last 12 months, "
            "together or not": cells,
        },
        relevant=None if demand.mask is None else _middle_in(demand.mask),
        days=options.expires_days,
    )


def best(demand: Demand, weights: Floats, n_areas: int, *, n_nodes: int = 100) -> Proof:
    """Return the best areas, with a proof where there are not too many."""
    ground = _ground(demand, weights, n_areas)
    if demand.options.cells_per_area <= LARGEST_LISTED and n_areas <= MAX_PROVEN:
        proof = prove_areas(_solve(demand, ground), ground, n_nodes=n_nodes)
        if np.isfinite(proof.bound):
            return proof
    return Proof.none(_solve(demand, ground, n_tries=20), ground)


def _ground(demand: Demand, weights: Floats, n_areas: int) -> Ground:
    """Return the problem on given weights, with all of the plan's limits."""
    options = demand.options
    n = min(len(weights), options.n_areas * options.cells_per_area)
    top = np.partition(weights, len(weights) - n)[len(weights) - n :]
    return Ground(
        weights=weights,
        neighbours=demand.cells.neighbour_table,
        n_areas=n_areas,
        min_cells=MIN_CELLS,
        max_cells=options.cells_per_area,
        penalty=float(options.compactness * top.mean()),
        apart=options.apart,
        excluded=demand.reserved,
    )


def _solve(demand: Demand, ground: Ground, *, n_tries: int = 0) -> CompactAreas:
    return best_areas(ground, n_tries=n_tries, rng=demand.context.rng("patrol areas"))


def _further(
    demand: Demand, taken: Sequence[Ints], n: int, closed: Bools
) -> tuple[Ints, ...]:
    """Return the next best areas, at least one cell from those taken."""
    closed = closed.copy()
    for area in taken:
        near = demand.cells.neighbour_table[area].ravel()
        closed[area] = True
        closed[near[near >= 0]] = True
    ground = _ground(demand, demand.weights, n)
    return _solve(demand, replace(ground, excluded=closed)).areas


def _binding(demand: Demand, found: Sequence[Ints], n_areas: int) -> tuple[str, ...]:
    """Say which limits cost demand, by solving without each."""
    options = demand.options
    lines = []
    if all(len(area) == options.cells_per_area for area in found):
        lines.append(
            f"every area has the most cells that it may ({options.cells_per_area})"
        )
    ground = _ground(demand, demand.weights, n_areas)
    usual = _solve(demand, ground).value
    looser = []
    if demand.reserved.any():
        none = np.zeros_like(demand.reserved)
        words = f"the permanent reserve ({options.reserve_percent:g}% of blocks)"
        looser.append((words, "the areas", replace(ground, excluded=none)))
    if options.apart:
        words = "areas are kept one cell apart, so that displacement can be measured"
        looser.append((words, "they", replace(ground, apart=False)))
    for words, who, problem in looser:
        more = _solve(demand, problem).value / usual - 1
        if more > 0.005:
            lines.append(f"{words}: without it {who} would hold {more:.0%} more")
    return tuple(lines)


def _stability(
    demand: Demand, chosen: Sequence[Ints], proof: Proof, n_areas: int
) -> Floats:
    recent, rng = demand.context.recent, demand.context.rng("patrol resample")
    worth = demand.worth(recent)
    drawn = resample_weights(recent.n, N_RESAMPLES, rng)
    many = (
        demand.weigh(recent, worth * times)
        for times in steps(drawn, "resamples", N_RESAMPLES)
    )
    stays = np.zeros(len(chosen))
    for areas in _again(demand, many, proof, n_areas):
        again = np.zeros(len(demand.cells), bool)
        for area in areas:
            again[area] = True
        stays += [2 * again[area].sum() >= len(area) for area in chosen]
    return np.asarray(stays / N_RESAMPLES)


def _again(
    demand: Demand, many: Iterable[Floats], proof: Proof, n_areas: int
) -> Iterator[tuple[Ints, ...]]:
    if len(proof.rivals):
        yield from choose_again(proof, _ground(demand, demand.weights, n_areas), many)
        return
    for weights in many:
        yield _solve(demand, _ground(demand, weights, n_areas)).areas


def _draw(
    areas: tuple[Ints, ...], demand: Demand
) -> tuple[tuple[Ints, ...], tuple[Ints, ...], str]:
    if not demand.options.randomise:
        return areas, (), ""
    return draw_from_top(areas, demand.options.n_areas, seed=demand.context.seed)


def _controls(
    demand: Demand, chosen: Sequence[Ints], alternatives: Sequence[Ints]
) -> tuple[Ints, ...]:
    """Return for each chosen area the unchosen one nearest to it in demand."""
    open_ground = np.zeros_like(demand.reserved)
    taken = [*chosen, *alternatives]
    pool = _further(demand, taken, 3 * demand.options.n_areas, open_ground)
    every = [*taken, *pool]
    sums = [demand.weights[area].sum() for area in every]
    picked = nearest_controls(sums, range(len(chosen)))
    return tuple(every[k] for mine in picked for k in mine)


def _covers(demand: Demand, areas: Sequence[Ints]) -> Covers:
    inside = np.zeros(len(demand.cells) + 1, dtype=bool)
    for area in areas:
        inside[area] = True
    km2 = float(demand.cells.area_km2[inside[:-1]].sum())
    return Covers(
        lambda later: np.asarray(inside[demand.cell_of(later)]),
        km2 / demand.context.searched_km2,
    )


def _middle_in(mask: Bools) -> pl.Expr:
    """Say whether the middle of an incident's span lies in hours of the week."""
    middle = pl.col("start") + (pl.col("end") - pl.col("start")) / 2
    hour = (middle.dt.weekday().cast(pl.Int32) - 1) * 24 + middle.dt.hour().cast(
        pl.Int32
    )
    return hour.is_in(np.flatnonzero(mask).tolist())
