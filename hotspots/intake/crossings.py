"""How often lines cross: what is drawn as a tangle takes hours to mend or to join."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from hotspots.core.errors import SourceError

MAX_CROSSINGS = 1_000
"""Of a shape with itself."""
MAX_TOGETHER = 100_000
"""Of all shapes of a file, or one for each of their segments."""
FEW_CORNERS, MANY_CORNERS = 60, 20_000
"""Outlines of fewer cannot cross themselves often; of more, even to see it is long."""
MANY_MEET = 64
"""So many lines along, or at the end of, each are a knot; neighbours are few."""
_FEW_TRIED, _MANY_TRIED, _PAIRS = 64, 256, 20_000_000


def check_crossings(name: str, shapes: Any) -> None:
    """Refuse shapes that cross themselves, or each other, more than any on a map.

    Raises SourceError with the figure, estimated from some of their segments.
    """
    crossings = 0
    corners = shapely.get_num_coordinates(shapes)
    for row in np.flatnonzero(corners > FEW_CORNERS):
        shape = shapes[row]
        if corners[row] < MANY_CORNERS and _is_sound(shape):
            continue
        crossings += _crossings(shape)[0]
        if crossings > MAX_CROSSINGS:
            raise SourceError(
                f"the shapes of {name} must cross themselves at most {MAX_CROSSINGS:,} "
                f"times; up to number {row + 1:,} they do so about {crossings:,} "
                "times. Draw it as a plain outline and export it again."
            )
    together, n_segments = _crossings(shapes)
    if together > (most := max(MAX_TOGETHER, n_segments)):
        raise SourceError(
            f"the shapes of {name} must cross each other at most {most:,} times; they "
            f"do so about {together:,} times. Cut it to the district, and lines to "
            "pieces from one junction to the next."
        )


def _is_sound(shape: Any) -> bool:
    is_area = shapely.get_dimensions(shape) == 2
    return bool(shapely.is_valid(shape) and (is_area or shapely.is_simple(shape)))


def _crossings(shapes: Any) -> tuple[int, int]:
    """Estimate, from some of their segments, how often lines cross; count segments."""
    parts = shapely.get_parts(shapely.get_parts(shapes))
    lines = parts[shapely.get_dimensions(parts) == 1]
    rings = np.concatenate([shapely.get_rings(parts), lines])
    corners, line = shapely.get_coordinates(rings, return_index=True)
    joined = line[1:] == line[:-1]
    start, end = corners[:-1][joined], corners[1:][joined]
    if (n := len(start)) < 2:
        return 0, n
    low, high = np.minimum(start, end), np.maximum(start, end)
    n_tried = min(n, max(_FEW_TRIED, min(_MANY_TRIED, _PAIRS // n)))
    counts = []
    for one in np.linspace(0, n - 1, n_tried).astype(int):
        near = np.flatnonzero(((low <= high[one]) & (low[one] <= high)).all(axis=1))
        counts.append(_met(start[near], end[near], start[one], end[one]))
    cross, meet = (sum(sorted(each)[:-1]) for each in zip(*counts, strict=True))
    often = meet if meet > MANY_MEET * n_tried else cross  # but for the most crossed
    return often * n // (2 * n_tried), n


def _met(start: Any, end: Any, first: Any, last: Any) -> tuple[int, int]:
    """Return how many segments one crosses, and how many it crosses or touches."""
    apart = _side(start, end, first) * _side(start, end, last)
    sides = np.maximum(apart, _side(first, last, start) * _side(first, last, end))
    return int((sides < 0).sum()), int((sides <= 0).sum())


def _side(start: Any, end: Any, point: Any) -> Any:
    """Say on which side of a line points lie: above, below or exactly 0."""
    along, to = end - start, point - start
    return along[..., 0] * to[..., 1] - along[..., 1] * to[..., 0]
