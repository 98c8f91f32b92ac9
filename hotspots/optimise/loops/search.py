"""Heuristic for a closed walk that collects most: insert, ruin, recreate."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from hotspots.core.budget import checkpoint
from hotspots.core.types import Floats, Ints
from hotspots.optimise.loops.network import SLACK_M, Reach, closed_walk

SHORTLIST = 6
"""Insertions whose true gain, streets on the way included, is worked out."""
N_STARTS = 20
WORSE = 0.03
"""At the start a walk this much worse than the present one is still taken on."""


class _Ground:
    """The directions of the streets within reach: k forwards, k + m backwards."""

    def __init__(self, reach: Reach) -> None:
        self.reach = reach
        self.m = len(reach.edges)
        self.tail = np.concatenate([reach.edges[:, 0], reach.edges[:, 1]])
        self.head = np.concatenate([reach.edges[:, 1], reach.edges[:, 0]])
        self.tails: list[int] = self.tail.tolist()
        self.heads: list[int] = self.head.tolist()
        self.length_m = np.tile(reach.length_m, 2)
        self.prize = np.tile(reach.prize, 2)
        self.prizes: list[float] = self.prize.tolist()
        self.wanted = self.prize > 0


@dataclass
class _Walk:
    """Directions to be walked in this order, with shortest ways between them."""

    ground: _Ground
    arcs: list[int] = field(default_factory=list)

    def stops(self) -> tuple[list[int], list[int]]:
        """Return the node where each link begins and the node where it ends."""
        ground = self.ground
        root = ground.reach.root
        heads = [ground.heads[arc] for arc in self.arcs]
        return [root, *heads], [*(ground.tails[arc] for arc in self.arcs), root]

    def streets(self) -> list[int]:
        """Return the streets as they are walked, repeats and all."""
        m, way = self.ground.m, self.ground.reach.way
        begins, finishes = self.stops()
        walked: list[int] = []
        for begin, finish, arc in zip(begins, finishes, self.arcs, strict=False):
            walked += way(begin, finish)
            walked.append(arc % m)
        walked += way(begins[-1], finishes[-1])
        return walked


def search_loop(
    reach: Reach, *, rng: np.random.Generator, n_rounds: int, n_starts: int = N_STARTS
) -> list[int]:
    """Return the streets of a good closed walk from the root, in walking order.

    A walk is a sequence of chosen streets with shortest ways between them. Recreating
    inserts, again and again, the street whose new prize (streets on the way included)
    is greatest for each metre added, until none fits. Ruining takes out a run of
    chosen streets, or some at random. A worse walk is accepted if it loses at most 3%,
    a tolerance that falls to nothing.

    References
    ----------
    Schrimpf, G., Schneider, J., Stamm-Wilbrandt, H. and Dueck, G. (2000). Record
    breaking optimization results using the ruin and recreate principle. Journal of
    Computational Physics 159, 139-171.
    """
    ground = _Ground(reach)
    best, best_value = _Walk(ground), -1.0
    for first in [[], *_promising(reach, rng, n_starts - 1)]:
        walk = _Walk(ground, list(first))
        value = _recreate(walk, rng, noise=0.0)
        walk, value = _improved(walk, value, rng, -(-n_rounds // (2 * n_starts)))
        if value > best_value + 1e-12:
            best, best_value = walk, value
    best, _ = _improved(best, best_value, rng, n_rounds // 2)
    return without_third_times(reach, best.streets())


def without_third_times(reach: Reach, streets: list[int]) -> list[int]:
    """Return a closed walk along the same streets that uses none more than twice."""
    times = np.bincount(np.asarray(streets, dtype=np.int64), minlength=1)
    if times.max() <= 2:
        return streets
    times = np.where(times > 2, 2 - times % 2, times)
    return closed_walk(reach, np.repeat(np.arange(len(times)), times).tolist())


def worth_of(reach: Reach, streets: list[int]) -> float:
    """Return the prize of the streets of a walk, each counted once."""
    return float(reach.prize[np.unique(np.asarray(streets, dtype=np.int64))].sum())


def _promising(
    reach: Reach, rng: np.random.Generator, n_starts: int
) -> list[list[int]]:
    """Return single streets, drawn by the prize within easy walk of each."""
    if n_starts < 1 or not (reach.prize > 0).any():
        return []
    middle = reach.between_m[reach.edges].mean(axis=1)
    at_node = np.bincount(reach.edges.ravel(), np.repeat(reach.prize / 2, 2))
    close = np.clip(1 - middle / (reach.max_m / 6), 0, None)
    away_m = reach.between_m[reach.root][reach.edges].sum(axis=1) + reach.length_m
    left = np.clip(1 - away_m / reach.max_m, 0, None)
    score = (close @ at_node) * np.sqrt(left)
    score = np.where(reach.prize > 0, score, 0) ** 2
    n = min(n_starts, int((score > 0).sum()))
    if not n:
        return []
    chosen = rng.choice(len(score), n, replace=False, p=score / score.sum())
    return [[int(street)] for street in chosen]


def _improved(
    walk: _Walk, value: float, rng: np.random.Generator, n_rounds: int
) -> tuple[_Walk, float]:
    """Ruin and recreate, and return the best walk met."""
    best, best_value = walk, value
    for turn in range(n_rounds):
        other = _Walk(walk.ground, _ruined(walk.arcs, rng))
        other_value = _recreate(other, rng, noise=0.4)
        if other_value > best_value + 1e-12:
            best, best_value = other, other_value
        tolerance = WORSE * (1 - turn / n_rounds) * abs(value)
        if other_value >= value - tolerance:
            walk, value = other, other_value
    return best, best_value


def _ruined(arcs: list[int], rng: np.random.Generator) -> list[int]:
    n = len(arcs)
    if n == 0:
        return []
    n_out = int(rng.integers(1, max(2, round(n * 0.6)) + 1))
    if rng.random() < 0.6:
        first = int(rng.integers(0, n))
        out = {(first + k) % n for k in range(n_out)}
    else:
        out = set(rng.choice(n, min(n_out, n), replace=False).tolist())
    return [arc for k, arc in enumerate(arcs) if k not in out]


def _recreate(walk: _Walk, rng: np.random.Generator, *, noise: float) -> float:
    """Insert streets until none fits, and return the prize collected."""
    ground, reach = walk.ground, walk.ground.reach
    power = float(rng.uniform(0.8, 1.6)) if noise else 1.0
    worth = ground.prize**power
    while True:
        checkpoint()
        streets = walk.streets()
        times = np.bincount(streets, minlength=ground.m)
        left_m = reach.max_m + SLACK_M - float(reach.length_m[streets].sum())
        unused = np.flatnonzero(times == 0)
        arcs = np.concatenate([unused, unused + ground.m])
        arcs = arcs[ground.wanted[arcs] & (ground.length_m[arcs] <= left_m)]
        if not len(arcs):
            break
        begins, finishes = walk.stops()
        more_m, at = _added_m(ground, arcs, begins, finishes)
        fits = np.flatnonzero(more_m <= left_m)
        if not len(fits):
            break
        score = worth[arcs[fits]] / (more_m[fits] + 1.0)
        if noise:
            score = score * (1 + noise * rng.random(len(score)))
        best, most = -1, -np.inf
        used = times.tolist()
        for k in fits[np.argsort(-score, kind="stable")[:SHORTLIST]].tolist():
            place = int(at[k])
            gain = _gain(ground, used, int(arcs[k]), begins[place], finishes[place])
            if gain / (more_m[k] + 1.0) > most:
                best, most = k, gain / (more_m[k] + 1.0)
        walk.arcs.insert(int(at[best]), int(arcs[best]))
    return worth_of(reach, streets)


def _added_m(
    ground: _Ground, arcs: Ints, begins: list[int], finishes: list[int]
) -> tuple[Floats, Ints]:
    """Return the metres that each street adds where it adds fewest, and where."""
    between_m = ground.reach.between_m
    before, after = np.asarray(begins), np.asarray(finishes)
    there = between_m[before[:, None], ground.tail[arcs][None, :]]
    back = between_m[after[:, None], ground.head[arcs][None, :]]
    added = there + back - between_m[before, after][:, None]
    at = added.argmin(axis=0)
    return added[at, np.arange(len(arcs))] + ground.length_m[arcs], at


def _gain(
    ground: _Ground, times: list[int], arc: int, before: int, after: int
) -> float:
    """Return the prize that an insertion adds, streets on the way included."""
    way, prizes = ground.reach.way, ground.prizes
    there = way(before, ground.tails[arc])
    back = way(ground.heads[arc], after)
    new = {arc % ground.m, *there, *back}
    gained = sum(prizes[street] for street in new if times[street] == 0)
    gone = sum(
        prizes[street]
        for street in way(before, after)
        if times[street] == 1 and street not in new
    )
    return gained - gone
