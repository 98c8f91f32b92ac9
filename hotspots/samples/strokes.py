"""Continuous streets from single edges, each with one name.

Edges that go straight on at a junction belong to one street ("strokes", the way road
maps are generalised).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotspots.core.types import Floats, Ints, Strings
from hotspots.samples.names import ENDINGS, STEMS
from hotspots.samples.rng import Rng

_STRAIGHT = np.cos(np.radians(42))
_MOST_EDGES = 7


@dataclass(frozen=True, kw_only=True)
class Named:
    """A network's strokes: which edges in which order, walked from end to end.

    ``edges``: shape (m, 2).
    ``stroke``: shape (m,).
    ``along`` (m,): position within the stroke.
    ``dead_end``: shape (n_strokes,).
    """

    edges: Ints
    stroke: Ints
    along: Ints
    dead_end: npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Part:
    """Named streets of one place: see :class:`hotspots.samples.streets.Streets`."""

    lines: list[Floats]
    name: Strings
    kind: Strings
    place: str
    stroke: Ints
    along: Ints


def build_strokes(nodes: Floats, edges: Ints, group: Ints) -> Named:
    """Chain edges that go straight on into strokes.

    ``nodes``: shape (n, 2), metres. ``edges``: shape (m, 2). ``group`` (m,): only edges
    of the same group are chained.
    """
    follows = _pairs(nodes, edges, group)
    walked, stroke = edges.copy(), np.full(len(edges), -1)
    along = np.zeros(len(edges), dtype=np.int64)
    count = 0
    for start in _ends_first(follows, len(edges)):
        if stroke[start] >= 0:
            continue
        for step, (edge, direction) in enumerate(_walk(start, edges, follows)):
            stroke[edge] = count + step // _MOST_EDGES
            along[edge] = step % _MOST_EDGES
            walked[edge] = direction
        count = int(stroke.max()) + 1
    degree = np.bincount(edges.ravel(), minlength=len(nodes))
    dead = np.zeros(count, dtype=bool)
    np.logical_or.at(dead, stroke, (degree[edges] == 1).any(axis=1))
    return Named(edges=walked, stroke=stroke, along=along, dead_end=dead)


def _pairs(nodes: Floats, edges: Ints, group: Ints) -> dict[tuple[int, int], int]:
    """Return, for an edge at a node, the edge that goes straight on, if one does."""
    at: dict[int, list[tuple[int, Floats]]] = defaultdict(list)
    for edge, (a, b) in enumerate(edges.tolist()):
        way = (nodes[b] - nodes[a]) / max(np.hypot(*(nodes[b] - nodes[a])), 1e-9)
        at[a].append((edge, way))
        at[b].append((edge, -way))
    follows: dict[tuple[int, int], int] = {}
    for node, meeting in at.items():
        turns = sorted(
            (float(first @ second), e, f)
            for i, (e, first) in enumerate(meeting)
            for f, second in meeting[i + 1 :]
            if group[e] == group[f]
        )
        for cosine, e, f in turns:
            taken = (node, e) in follows or (node, f) in follows
            if cosine < -_STRAIGHT and not taken:
                follows[node, e], follows[node, f] = f, e
    return follows


def _ends_first(follows: dict[tuple[int, int], int], n: int) -> list[int]:
    """Return the edges, those that end a stroke before those inside one."""
    inner = np.zeros(n, dtype=np.int64)
    for _, edge in follows:
        inner[edge] += 1
    return [int(edge) for edge in np.argsort(inner, kind="stable")]


def _walk(
    start: int, edges: Ints, follows: dict[tuple[int, int], int]
) -> Iterator[tuple[int, tuple[int, int]]]:
    """Walk a stroke from an edge, yielding each edge with its direction."""
    a, b = edges[start].tolist()
    if (b, start) not in follows:
        a, b = b, a
    edge = start
    while True:
        yield edge, (a, b)
        following = follows.get((b, edge))
        if following is None or following == start:
            return
        c, d = edges[following].tolist()
        a, b, edge = b, d if c == b else c, following


def street_names(rng: Rng, sort: str, *, close: bool, used: set[str]) -> str:
    """Draw a street name that is not used yet.

    ``sort``: {'centre', 'estate', 'suburb'}.
    """
    endings = ("Close", "Court", "Close", "Mews") if close else ENDINGS[sort]
    while True:
        stem = STEMS[sort][int(rng.whole(1, 0, len(STEMS[sort]))[0])]
        name = f"{stem} {endings[int(rng.whole(1, 0, len(endings))[0])]}"
        if name not in used and stem != name.split()[-1]:
            used.add(name)
            return name


def bent(rng: Rng, nodes: Floats, edges: Ints) -> list[Floats]:
    """Draw each edge as a line with a slight bend in its middle."""
    start, stop = nodes[edges[:, 0]], nodes[edges[:, 1]]
    way = stop - start
    offset = np.clip(rng.normal(len(edges)) * 0.05, -0.09, 0.09)[:, None]
    middle = (start + stop) / 2 + offset * np.column_stack((-way[:, 1], way[:, 0]))
    return list(np.stack((start, middle, stop), axis=1))
