"""Moves of the search for a patch: growth, exchange, and what can be left out."""

from __future__ import annotations

import heapq
from collections.abc import Collection

import numpy as np

from hotspots.core.budget import checkpoint
from hotspots.core.types import Bools, Floats
from hotspots.optimise.patches.network import StreetNetwork

MAX_ROUNDS = 30
MIN_GAIN = 1e-12


class PatchSearch:
    """One problem, as plain lists: patches have some fifteen streets.

    ``values``: shape (m,).
    ``budget``: dwellings, at most.
    ``fits`` (m,): streets that may be used.
    """

    def __init__(
        self, network: StreetNetwork, values: Floats, budget: int, fits: Bools
    ) -> None:
        self.network = network
        self.budget = budget
        self.v: list[float] = values.tolist()
        self.n: list[int] = network.size.tolist()
        self.fits: list[bool] = fits.tolist()
        self.near = [
            tuple(k for k in row if self.fits[k]) for row in network.neighbours
        ]
        ratio = np.where(fits, values / network.size, -1.0)
        by_ratio: list[int] = np.argsort(-ratio, kind="stable").tolist()
        self.by_ratio = [k for k in by_ratio if self.fits[k]]
        self.usable = [k for k in self.by_ratio if self.v[k] > 0]
        order = sorted(self.by_ratio, key=lambda k: (-self.v[k], k))
        self.place = {k: at for at, k in enumerate(order)}
        self.heads = order[: len(self.usable)]

    def worth(self, members: Collection[int]) -> float:
        """Return the value of a patch."""
        return sum(self.v[k] for k in sorted(members))

    def used(self, members: Collection[int]) -> int:
        """Return the dwellings of a patch."""
        return sum(self.n[k] for k in members)

    def starts(self, n: int) -> list[int]:
        """Return the densest, those in the densest surroundings, and the highest."""
        around = {
            k: sum(self.v[j] for j in (k, *self.near[k]))
            / sum(self.n[j] for j in (k, *self.near[k]))
            for k in self.usable
        }
        dense = sorted(self.usable, key=lambda k: (-around[k], k))
        most = sorted(self.usable, key=lambda k: (-self.v[k], k))
        third = max(n // 3, 1)
        mixed = [*self.usable[:third], *dense[:third], *most[:third]]
        return list(dict.fromkeys(mixed))[:n]

    def filled(
        self, members: Collection[int], excluded: Collection[int] = ()
    ) -> frozenset[int]:
        """Add what has most value a dwelling, two streets ahead, until nothing fits."""
        checkpoint()
        inside, left = set(members), self.budget - self.used(members)
        edge = {k for each in inside for k in self.near[each]} - inside - set(excluded)
        while step := self._best_step(inside, edge, left, excluded):
            for k in step:
                inside.add(k)
                left -= self.n[k]
                edge.discard(k)
                edge |= {j for j in self.near[k] if j not in inside}
            edge.difference_update(excluded)
        return frozenset(inside)

    def _best_step(
        self, inside: set[int], edge: set[int], left: int, excluded: Collection[int]
    ) -> tuple[int, ...]:
        best: tuple[int, ...] = ()
        best_key = (0.0, 0, 0)
        v, n = self.v, self.n
        for k in edge:
            spare = left - n[k]
            if spare < 0:
                continue
            key = (v[k] / n[k], -k, 0)
            if key > best_key:
                best, best_key = (k,), key
            for j in self.near[k]:
                if n[j] <= spare and v[j] * n[k] > v[k] * n[j] and j not in inside:
                    key = ((v[k] + v[j]) / (n[k] + n[j]), -k, -j)
                    if key > best_key and j not in excluded:
                        best, best_key = (k, j), key
        return best

    def improved(self, members: frozenset[int]) -> frozenset[int]:
        """Exchange streets until no exchange improves the patch."""
        worth = self.worth(members)
        for _ in range(MAX_ROUNDS):
            checkpoint()
            tried = [*self._without_one(members), *self._with_one(members)]
            best = max(tried, key=lambda s: (self.worth(s), sorted(s)), default=members)
            gained = self.worth(best)
            if gained <= worth * (1 + MIN_GAIN):
                break
            members, worth = best, gained
        return members

    def _without_one(self, members: frozenset[int]) -> list[frozenset[int]]:
        found = []
        for out in sorted(members):
            rest = members - {out}
            if rest and self.network.is_connected(rest):
                found.append(self.filled(rest, excluded=(out,)))
        return found

    def _with_one(self, members: frozenset[int]) -> list[frozenset[int]]:
        """Put a street in and the weakest out until it fits, then fill up."""
        edge = {k for each in members for k in self.near[each]} - members
        weakest = sorted(members, key=lambda k: (self.v[k] / self.n[k], k))
        found = []
        for new in sorted(edge):
            inside, dropped = set(members) | {new}, []
            over = self.used(inside) - self.budget
            for out in weakest:
                if over <= 0:
                    break
                if self.network.is_connected(inside - {out}):
                    inside.discard(out)
                    dropped.append(out)
                    over -= self.n[out]
            if over <= 0:
                found.append(self.filled(inside, excluded=dropped))
        return found

    def reach(self, head: int) -> list[int]:
        """Return the streets that a patch headed by this one can reach."""
        place = self.place
        away = {head: self.n[head]}
        queue = [(self.n[head], head)]
        while queue:
            used, here = heapq.heappop(queue)
            if used > away[here]:
                continue
            for k in self.near[here]:
                through = used + self.n[k]
                if place[k] < place[head] or through > self.budget:
                    continue
                if through < away.get(k, self.budget + 1):
                    away[k] = through
                    heapq.heappush(queue, (through, k))
        return sorted(away, key=lambda k: (-self.v[k] / self.n[k], k))

    def refined(
        self, reach: list[int], head: int, above: float
    ) -> tuple[list[int], float]:
        """Leave out streets too dear to reach, and bound what is left.

        With a price on each dwelling (that of the last one in the knapsack), streets
        worth less than their price are a loss, and a far street is reached only over
        the losses on the way. Where the bound less that loss is no better than what is
        known, the street is in no better patch.
        """
        limit = self.knapsack(reach, head)
        while limit > above:
            price = self._price(reach, head)
            gain = {k: self.v[k] - price * self.n[k] for k in reach}
            others = sum(g for k, g in gain.items() if g > 0 and k != head)
            best = price * self.budget + gain[head] + others
            loss = self._least_loss(head, gain)
            kept = [k for k in reach if k in loss and best - loss[k] > above]
            if len(kept) == len(reach):
                break
            reach, limit = kept, self.knapsack(kept, head)
        return reach, limit

    def _price(self, densest_first: Collection[int], head: int) -> float:
        """Return the value a dwelling of the last street in the knapsack, 0 if none."""
        left = self.budget - self.n[head]
        for k in densest_first:
            if k != head:
                if self.n[k] >= left:
                    return self.v[k] / self.n[k]
                left -= self.n[k]
        return 0.0

    def _least_loss(self, head: int, gain: dict[int, float]) -> dict[int, float]:
        """Return the least sum of losses of a way from the head to each street."""
        loss = {head: 0.0}
        queue = [(0.0, head)]
        while queue:
            so_far, here = heapq.heappop(queue)
            if so_far > loss[here]:
                continue
            for k in self.near[here]:
                if k in gain:
                    through = so_far + max(0.0, -gain[k])
                    if through < loss.get(k, float("inf")):
                        loss[k] = through
                        heapq.heappush(queue, (through, k))
        return loss

    def knapsack(self, densest_first: Collection[int], head: int) -> float:
        """Return the most that divisible streets hold, ``head`` among them."""
        left, total = self.budget - self.n[head], self.v[head]
        for k in densest_first:
            if k == head or self.place[k] < self.place[head]:
                continue
            if self.n[k] >= left:
                return total + self.v[k] * left / self.n[k]
            left -= self.n[k]
            total += self.v[k]
        return total
