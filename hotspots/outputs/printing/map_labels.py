"""Where the words of a map go: never over each other, and left out where none fits.

The places' numbers come first and always find room, at the end of a leader line where
the place itself is crowded. Names follow in the order they are given in; each takes
the first free position of its own. After Imhof, "Positioning names on maps" (1975):
names of areas inside them, names of streets along them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
import shapely.ops

from hotspots.core.types import Floats
from hotspots.outputs.printing.fonts import text_width

GAP = 4.0
"""Tenths of a millimetre between one label and the next."""
SLACK = 1.06
"""Other typefaces that a browser may use are a little wider."""
DIRECTIONS = np.deg2rad([-45, 45, -135, 135, *range(-180, 180, 15)])
RINGS = (2.0, 2.6, 3.4, 4.5, 6.0, 8.0, 10.0, 13.0, 17.0, 22.0, 29.0)
"""Distances of a moved number, in radii of its disc."""


@dataclass(frozen=True, kw_only=True)
class Label:
    """Words and where their middle stands.

    ``x``, ``y``: tenths of a millimetre.
    ``angle``: degrees clockwise.
    ``size``: tenths of a millimetre.
    """

    lines: tuple[str, ...]
    x: float
    y: float
    size: float
    angle: float = 0.0


@dataclass(frozen=True, kw_only=True)
class NumberSpot:
    """Where a place's number stands, and the place that it belongs to.

    ``x``, ``y``: tenths of a millimetre; of the number.
    ``at_x``, ``at_y``: tenths of a millimetre; of the place; a leader line joins them
    where they differ.
    """

    x: float
    y: float
    at_x: float
    at_y: float

    @property
    def moved(self) -> bool:
        """Whether a leader line is needed."""
        return (self.x, self.y) != (self.at_x, self.at_y)


@dataclass(kw_only=True)
class LabelRoom:
    """What is still free of a map's page.

    ``box``: shapely polygon; the page's rectangle.
    """

    box: Any
    taken: list[Any] = field(default_factory=list)

    def is_free(self, shape: Any) -> bool:
        """Say whether a shape lies on the page and on nothing else's label.

        ``shape``: shapely geometry.
        """
        if not shapely.covers(self.box, shape):
            return False
        return not (self.taken and shapely.intersects(self.taken, shape).any())

    def put_numbers(self, anchors: Floats, *, radius: float) -> list[NumberSpot]:
        """Find a spot for each place's number, in their order.

        ``anchors`` (n, 2), tenths of a millimetre.
        """
        dots = shapely.buffer(shapely.points(anchors), 8.0)
        spots: list[NumberSpot] = []
        leaders: list[Any] = []
        for k, (x, y) in enumerate(anchors):
            others = np.delete(dots, k)
            ways = (
                spot
                for strict in (2, 1, 0)
                for spot in _round_about(x, y, radius)
                if self._suits(spot, radius, others, leaders, strict=strict)
            )
            spot = next(ways, NumberSpot(x=x, y=y, at_x=x, at_y=y))
            spots.append(spot)
            self.taken.append(shapely.Point(spot.x, spot.y).buffer(radius + GAP))
            if spot.moved:
                leaders.append(_leader(spot))
        self.taken += [line.buffer(GAP / 2) for line in leaders]
        return spots

    def _suits(
        self,
        spot: NumberSpot,
        radius: float,
        others: Any,
        leaders: Sequence[Any],
        *,
        strict: int,
    ) -> bool:
        """Say whether a spot is free."""
        disc = shapely.Point(spot.x, spot.y).buffer(radius + GAP)
        if not self.is_free(disc) or shapely.intersects(others, disc).any():
            return False
        if strict and leaders and shapely.intersects(list(leaders), disc).any():
            return False
        if not spot.moved or not strict:
            return True
        line = _leader(spot)
        blocks = [*self.taken, *(leaders if strict == 2 else ())]
        return not (blocks and shapely.intersects(blocks, line).any())

    def put_area_name(
        self, name: str, shape: Any, *, size: float, avoid: Sequence[Any] = ()
    ) -> Label | None:
        """Place a name inside an area.

        ``shape``: shapely (Multi)Polygon on the page.
        ``size``: tenths of a millimetre.
        ``avoid``: sequence of shapely geometries; drawings that the name should not lie
        on.
        """
        parts = shapely.get_parts(shapely.intersection(shape, self.box))
        parts = parts[shapely.area(parts) > 0]
        if not len(parts):
            return None
        part = parts[int(np.argmax(shapely.area(parts)))]
        shapely.prepare(part)
        middles = np.array(_inside(part)).reshape(-1, 2)
        for lines in _splits(name):
            wide = max(_width(line, size, bold=False) for line in lines)
            reach = np.array([wide, size * 1.15 * len(lines)]) / 2
            blocks = shapely.box(*(middles - reach).T, *(middles + reach).T)
            fits = shapely.contains(part, blocks)
            for shape in avoid:
                fits &= ~shapely.intersects(shape, blocks)
            for k in np.flatnonzero(fits):
                if self.is_free(blocks[k].buffer(GAP)):
                    self.taken.append(blocks[k])
                    x, y = map(float, middles[k])
                    return Label(lines=lines, x=x, y=y, size=size)
        return None

    def put_street_name(self, name: str, line: Any, *, size: float) -> Label | None:
        """Place a name along a street, where it is straight enough.

        ``line``: shapely LineString or MultiLineString on the page.
        ``size``: tenths of a millimetre.
        """
        wide = _width(name, size, bold=False)
        parts = shapely.get_parts(line)
        for part in parts[np.argsort(-shapely.length(parts), kind="stable")]:
            if part.length < wide:
                return None
            for middle in _along(part.length, wide):
                found = _chord(part, middle - wide / 2, middle + wide / 2, size)
                if found is None:
                    continue
                x, y, angle = found
                block = _tilted(x, y, wide, size * 1.1, angle)
                if self.is_free(block):
                    self.taken.append(block)
                    return Label(lines=(name,), x=x, y=y, size=size, angle=angle)
        return None


def _width(text: str, size: float, *, bold: bool) -> float:
    return text_width(text, bold=bold) * size * SLACK


def _round_about(x: float, y: float, radius: float) -> Iterator[NumberSpot]:
    yield NumberSpot(x=x, y=y, at_x=x, at_y=y)
    for ring in RINGS:
        for turn in DIRECTIONS:
            yield NumberSpot(
                x=x + ring * radius * float(np.cos(turn)),
                y=y + ring * radius * float(np.sin(turn)),
                at_x=x,
                at_y=y,
            )


def _leader(spot: NumberSpot) -> Any:
    """Return the leader line but for its first bit, which places may share."""
    line = shapely.LineString([(spot.at_x, spot.at_y), (spot.x, spot.y)])
    return shapely.ops.substring(line, 10.0, line.length)


def _inside(part: Any) -> Floats:
    """Return points inside an area, the roomiest first."""
    west, south, east, north = part.bounds
    x, y = np.meshgrid(np.linspace(west, east, 25), np.linspace(south, north, 25))
    points = shapely.points(x.ravel(), y.ravel())
    points = points[shapely.contains(part, points)]
    middle = shapely.point_on_surface(part)
    room = shapely.distance(points, part.boundary)
    order = np.argsort(-np.round(room, 3), kind="stable")
    best = [shapely.get_coordinates(points[order]), shapely.get_coordinates(middle)]
    return np.concatenate(best)


def _splits(name: str) -> list[tuple[str, ...]]:
    """Return the name in one line, and in two where it has a space."""
    words = name.split()
    ways: list[tuple[str, ...]] = [(name,)]
    if len(words) > 1:
        cuts = range(1, len(words))
        lines = [(" ".join(words[:k]), " ".join(words[k:])) for k in cuts]
        ways.append(min(lines, key=lambda pair: max(len(pair[0]), len(pair[1]))))
    return ways


def _along(length: float, wide: float) -> Floats:
    """Return positions of a label's middle, from the middle of the street outwards."""
    free = length - wide
    n = int(min(41, 2 * (free // max(wide / 4, 1)) + 1))
    steps = np.linspace(wide / 2, length - wide / 2, n)
    order = np.argsort(np.abs(steps - length / 2), kind="stable")
    return np.asarray(steps[order])


def _chord(
    line: Any, start: float, end: float, size: float
) -> tuple[float, float, float] | None:
    """Return middle and angle of a piece of a line; None where it bends too much."""
    along = shapely.line_interpolate_point(line, np.linspace(start, end, 9))
    points = shapely.get_coordinates(along)
    chord = shapely.LineString([points[0], points[-1]])
    if chord.length < 0.97 * (end - start):
        return None
    if shapely.distance(along, chord).max() > 0.4 * size:
        return None
    dx, dy = points[-1] - points[0]
    angle = float(np.degrees(np.arctan2(dy, dx)))
    angle = (angle + 90) % 180 - 90
    x, y = points.mean(axis=0)
    return float(x), float(y), round(angle, 1)


def _tilted(x: float, y: float, wide: float, high: float, angle: float) -> Any:
    turn = np.deg2rad(angle)
    along = np.array([np.cos(turn), np.sin(turn)]) * wide / 2
    across = np.array([-np.sin(turn), np.cos(turn)]) * high / 2
    middle = np.array([x, y])
    corners = [
        middle + along + across,
        middle + along - across,
        middle - along - across,
        middle - along + across,
    ]
    return shapely.Polygon(corners)
