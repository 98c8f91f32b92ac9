"""Which incidents happened at the same place: the targets that can be hit again.

In order: the premises number (UPRN), the address with its postcode, and last a point
within some metres. Each incident keeps how it was matched, because a repeat missed
for want of a flat number and one invented by a shared point are both errors.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from hotspots.core.crs import check_metres
from hotspots.core.errors import ParameterError, PrecisionError
from hotspots.core.types import Floats, Ints
from hotspots.methods.repeats.addresses import (
    Address,
    normalise_premises,
    parse_address,
)
from hotspots.model.incidents import Incidents

WAYS = ("premises number", "address and postcode", "distance", "kept apart")
PREMISES, ADDRESS, DISTANCE, APART = range(4)
EMPTY = Address(flat="", number="", street="", postcode="")


@dataclass(frozen=True, kw_only=True)
class Targets:
    """The target of each incident.

    ``of`` (n,), int64: number of the target of each incident, from 0 in the order of
    the rows.
    ``way`` (n,), int64: how each was matched: a position in :data:`WAYS`.
    ``tolerance_m``: metres; how far a match by distance may reach.
    """

    of: Ints
    way: Ints
    tolerance_m: float

    def __len__(self) -> int:
        return int(self.of.max()) + 1 if len(self.of) else 0

    @property
    def n_by_way(self) -> dict[str, int]:
        """How many incidents were placed each way."""
        counts = np.bincount(self.way, minlength=len(WAYS))
        return dict(zip(WAYS, counts.tolist(), strict=True))

    def sentence(self) -> str:
        """Return how many were placed each way, in words."""
        n = self.n_by_way
        return (
            f"{len(self.of):,} incidents at {len(self):,} targets: "
            f"{n['premises number']:,} placed by premises number (UPRN), "
            f"{n['address and postcode']:,} by address and postcode, {n['distance']:,} "
            f"by a point within {self.tolerance_m:g} m; {n['kept apart']:,} on points "
            "shared by flats or by several targets, without a flat number, were "
            "matched with nothing."
        )


class _Who(NamedTuple):
    """One distinct way in which incidents name their place."""

    premises: str | None
    address: Address
    place: int


class _Anchor(NamedTuple):
    """A target that a point can be matched with."""

    label: str
    address: Address
    place: int


def match_targets(incidents: Incidents, *, tolerance_m: float = 10.0) -> Targets:
    """Find which incidents happened at the same target.

    ``tolerance_m``: metres; how far a point may lie from a target to be taken for it; 0
    or more.

    Raises PrecisionError if coordinates were moved to snap points; ParameterError if
    the tolerance is negative or not finite; CrsError if a place has no coordinates in
    metres.

    Notes
    -----
    1. A premises number makes the target. 2. Without one, the address with postcode
    does, and finds the premises number that the same address carries elsewhere.
    3. Without either, the nearest target within the tolerance whose house number,
    street and flat do not contradict; else points within the tolerance of one another,
    starting at those with most incidents, so that a terrace does not grow into one
    target. A flat is matched only by its number: an address without one, or a bare
    point, at a building known to hold flats is kept apart from everything, and so is
    a point that lies as near to one target as to another.
    """
    _check(incidents, tolerance_m)
    rows = incidents.frame.select("premises", "address", "place")
    distinct = rows.unique(maintain_order=True).with_row_index("who")
    who_of_row = rows.join(
        distinct,
        on=["premises", "address", "place"],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )["who"].to_numpy()
    whos = [
        _Who(normalise_premises(p), parse_address(a) if a else EMPTY, place)
        for _, p, a, place in distinct.iter_rows()
    ]
    labels, ways = _by_name(whos)
    weight = np.bincount(who_of_row, minlength=len(whos))
    xy_m = incidents.place_xy_m
    check_metres(xy_m, name="places")
    _by_distance(whos, labels, ways, weight, xy_m, float(tolerance_m))
    return _numbered(labels, ways, who_of_row, float(tolerance_m))


def _check(incidents: Incidents, tolerance_m: float) -> None:
    if incidents.snapped:
        raise PrecisionError(
            "finding repeated targets needs true locations; these coordinates were "
            "moved to snap points by the publisher. Use the partnership's own export."
        )
    if not (np.isfinite(tolerance_m) and tolerance_m >= 0):
        raise ParameterError(
            f"tolerance_m must be 0 or more metres; got {tolerance_m!r}."
        )


def _by_name(whos: Sequence[_Who]) -> tuple[list[str], list[int]]:
    """Match by premises number, then by address; empty labels are left for later."""
    premises_of: dict[str, set[str]] = defaultdict(set)
    flats_of: dict[str, set[str]] = defaultdict(set)
    for who in whos:
        key, building = who.address.key, who.address.building
        if key and who.premises:
            premises_of[key].add(who.premises)
        if building and who.address.flat:
            flats_of[building].add(who.address.flat)
    placed = [_name(who, premises_of, flats_of) for who in whos]
    return [label for label, _ in placed], [way for _, way in placed]


def _name(
    who: _Who, premises_of: dict[str, set[str]], flats_of: dict[str, set[str]]
) -> tuple[str, int]:
    if who.premises:
        return f"p {who.premises}", PREMISES
    key, building = who.address.key, who.address.building
    if building is None:
        return "", APART if who.address.flat == "?" else DISTANCE
    known = premises_of.get(key or "", set())
    if key is None or (not who.address.flat and building in flats_of):
        return "", APART
    if len(known) > 1:
        return "", APART
    return (f"p {next(iter(known))}" if known else f"a {key}"), ADDRESS


def _by_distance(
    whos: Sequence[_Who],
    labels: list[str],
    ways: list[int],
    weight: Ints,
    xy_m: Floats,
    tolerance_m: float,
) -> None:
    """Match the rest by point: those with a house number first, then bare points."""
    named = [k for k in range(len(whos)) if labels[k] or ways[k] == APART]
    anchors = [_Anchor(labels[k], whos[k].address, whos[k].place) for k in named]
    rest = [k for k in range(len(whos)) if not labels[k] and ways[k] == DISTANCE]
    rest.sort(key=lambda k: (-weight[k], *xy_m[whos[k].place], str(whos[k].address)))
    for numbered in (True, False):
        these = [k for k in rest if bool(whos[k].address.number) is numbered]
        near = _Near(anchors, xy_m, tolerance_m)
        for k in these:
            label = near.label_of(whos[k], new=f"d {k}")
            labels[k], ways[k] = label, DISTANCE if label else APART
        anchors = near.anchors


class _Near:
    """Anchors by square of the plane, so that those within reach are found at once."""

    def __init__(
        self, anchors: Iterable[_Anchor], xy_m: Floats, tolerance_m: float
    ) -> None:
        self.anchors: list[_Anchor] = []
        self._xy_m: list[list[float]] = xy_m.tolist()
        self._tolerance_m = tolerance_m
        self._side_m = max(tolerance_m, 1.0)
        self._in_square: dict[tuple[int, int], list[_Anchor]] = defaultdict(list)
        for anchor in anchors:
            self._add(anchor)

    def _add(self, anchor: _Anchor) -> None:
        self.anchors.append(anchor)
        self._in_square[self._square(anchor.place)].append(anchor)

    def _square(self, place: int) -> tuple[int, int]:
        x, y = self._xy_m[place]
        return int(x // self._side_m), int(y // self._side_m)

    def _reached(self, place: int) -> list[tuple[float, _Anchor]]:
        x, y = self._square(place)
        around = [(x + i, y + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        there = [a for square in around for a in self._in_square.get(square, ())]
        here = self._xy_m[place]
        away = [(math.dist(self._xy_m[a.place], here), a) for a in there]
        return [pair for pair in away if pair[0] <= self._tolerance_m]

    def label_of(self, who: _Who, *, new: str) -> str:
        """Return the target of a point; empty where flats forbid to say."""
        reached = [
            pair
            for pair in self._reached(who.place)
            if _agree(who.address, pair[1].address)
        ]
        flat = who.address.flat
        if not flat and any(a.address.flat or not a.label for _, a in reached):
            return ""
        same = [pair for pair in reached if pair[1].address.flat == flat]
        if same:
            least = min(away for away, _ in same)
            nearest = {a.label for away, a in same if away == least}
            return nearest.pop() if len(nearest) == 1 else ""
        self._add(_Anchor(new, who.address, who.place))
        return new


def _agree(one: Address, other: Address) -> bool:
    """Say whether two addresses could be of one building."""
    pairs = ((one.number, other.number), (one.street, other.street))
    return all(not a or not b or a == b for a, b in pairs)


def _numbered(
    labels: Sequence[str], ways: Sequence[int], who_of_row: Ints, tolerance_m: float
) -> Targets:
    """Give targets numbers in the order of the rows; what is apart stands alone."""
    number_of: dict[str, int] = {}
    whole = np.array([number_of.setdefault(w, len(number_of)) for w in labels], int)
    way = np.asarray(ways, dtype=np.int64)[who_of_row]
    raw = whole[who_of_row] if len(whole) else np.zeros(0, int)
    alone = way == APART
    raw[alone] = len(labels) + np.flatnonzero(alone)
    _, first, inverse = np.unique(raw, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return Targets(of=rank[inverse], way=way, tolerance_m=tolerance_m)
