"""A line the size of a word: the last periods, what is usual, and where it stands now.

After E. R. Tufte (2006), *Beautiful Evidence*, chapter 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from hotspots.outputs.charts.drawing import ACCENT, BAND

WIDE, HIGH, EDGE = 270.0, 34.0, 5.0


def sparkline(
    values: Sequence[float | None],
    *,
    usual: tuple[float, float] | None = None,
    title: str = "",
) -> str:
    """Draw a series.

    Examples
    --------
    >>> sparkline([3, 4, None, 2]).count("<path")
    1
    """
    known = [value for value in values if value is not None] or [0.0]
    low, top = min([*known, *(usual or ())]), max([*known, *(usual or ())])
    span = (top - low) or 1.0
    step = (WIDE - 2 * EDGE) / max(len(values) - 1, 1)

    def y(value: float) -> float:
        return float(HIGH - EDGE - (HIGH - 2 * EDGE) * (value - low) / span)

    points = [
        None if value is None else (EDGE + step * k, y(value))
        for k, value in enumerate(values)
    ]
    named = (
        f'role="img" aria-label="{escape(title)}"' if title else 'aria-hidden="true"'
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {named} class="spark" '
        f'viewBox="0 0 {WIDE:g} {HIGH:g}" width="27mm" height="3.4mm">'
    ]
    if usual is not None:
        parts.append(
            f'<rect x="0" y="{y(usual[1]):.1f}" width="{WIDE:g}" '
            f'height="{max(y(usual[0]) - y(usual[1]), 1.0):.1f}" fill="{BAND}"/>'
        )
    parts.append(
        f'<path d="{_line(points)}" fill="none" stroke="{ACCENT}" stroke-width="2.6" '
        'stroke-linejoin="round" stroke-linecap="round"/>'
    )
    if points and points[-1] is not None:
        x, at = points[-1]
        parts.append(f'<circle cx="{x:.1f}" cy="{at:.1f}" r="4.2" fill="{ACCENT}"/>')
    return "".join([*parts, "</svg>"])


def _line(points: Sequence[tuple[float, float] | None]) -> str:
    """Return a path with a gap where a point is missing."""
    parts, drawing = [], False
    for point in points:
        if point is not None:
            parts.append(f"{'L' if drawing else 'M'}{point[0]:.1f} {point[1]:.1f}")
            if not drawing:
                parts.append("l0 0")
        drawing = point is not None
    return "".join(parts)
