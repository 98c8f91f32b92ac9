"""Under a drawn map: scale bar, key and whose data; in its corner: the north arrow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import shapely

from hotspots.outputs.printing.fonts import printable, text_width
from hotspots.outputs.printing.map_frame import Frame, round_length_m
from hotspots.outputs.printing.map_symbols import (
    DASHES,
    GREY,
    INK,
    MARK_SYMBOLS,
    PAPER,
    point_symbol,
)

SIZE, SMALL = 27.0, 23.0
ROW, SYMBOL, BETWEEN = 44.0, 52.0, 34.0
BAR = 430.0
"""Room for the scale bar with its words."""


def draw_foot(
    scale_of: Callable[[float], float],
    *,
    wide: float,
    high: float,
    entries: Sequence[tuple[str, str]],
    credit: str,
    id_prefix: str,
) -> tuple[list[str], float]:
    """Draw what stands under the map.

    ``wide``, ``high``: tenths of a millimetre; of the whole drawing.

    Returns ``height`` tenths of a millimetre.
    """
    spots, rows = _flow(entries, wide)
    lines = _wrap(credit, wide, SMALL)
    foot = 14 + ROW * rows + 27 * len(lines) + (4 if lines else 0)
    top = high - foot + 14
    scale = scale_of(high - foot)
    elements = _scale_bar(scale, top + ROW / 2)
    for (symbol, words), (x, row) in zip(entries, spots, strict=True):
        middle = top + row * ROW + ROW / 2
        elements += [
            _symbol(symbol, x, middle, id_prefix),
            _words(words, x + SYMBOL + 10, middle + SIZE * 0.34, SIZE, INK),
        ]
    for k, line in enumerate(lines):
        y = top + rows * ROW + 27 * (k + 1) - 4
        elements.append(_words(line, 0, y, SMALL, GREY))
    return elements, foot


def north_arrow(frame: Frame) -> tuple[str, Any]:
    """Draw the north arrow in the upper right corner.

    Returns ``box`` shapely polygon: what it covers.
    """
    x, y = frame.wide - 62, 24
    arrow = (
        f'<circle cx="{x:g}" cy="{y + 44:g}" r="46" fill="{PAPER}" '
        f'stroke="{INK}" stroke-width="2"/>'
        f'<path d="M{x:g} {y + 36:g}L{x + 15:g} {y + 80:g}L{x:g} {y + 69:g}'
        f'L{x - 15:g} {y + 80:g}Z" fill="{INK}"/>'
        f'<text x="{x:g}" y="{y + 29:g}" text-anchor="middle" font-size="28" '
        f'font-weight="bold" fill="{INK}">N</text>'
    )
    return arrow, shapely.Point(x, y + 44).buffer(52)


def _flow(
    entries: Sequence[tuple[str, str]], wide: float
) -> tuple[list[tuple[float, int]], int]:
    """Return where each line of the key stands, and how many rows they take."""
    x, row, spots = BAR, 0, []
    for _, words in entries:
        need = SYMBOL + 10 + text_width(printable(words)) * SIZE * 1.06
        if x > BAR and x + need > wide:
            x, row = BAR, row + 1
        spots.append((x, row))
        x += need + BETWEEN
    return spots, row + 1


def _wrap(text: str, wide: float, size: float) -> list[str]:
    lines: list[str] = []
    for word in printable(text).split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer) * size * 1.06 <= wide:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _scale_bar(metres_per_unit: float, y: float) -> list[str]:
    length = round_length_m(300.0 * metres_per_unit)
    long = length / metres_per_unit
    words = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    half = long / 2
    return [
        f'<rect x="4" y="{y - 5:.1f}" width="{long:.1f}" height="10" fill="{PAPER}" '
        f'stroke="{INK}" stroke-width="2.5"/>'
        f'<rect x="4" y="{y - 5:.1f}" width="{half:.1f}" height="10" fill="{INK}"/>',
        _words(words, 4 + long + 12, y + SIZE * 0.34, SIZE, INK),
    ]


def _words(text: str, x: float, y: float, size: float, fill: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{fill}">'
        f"{escape(printable(text))}</text>"
    )


def _symbol(symbol: str, x: float, y: float, id_prefix: str) -> str:
    kind, _, number = symbol.partition("-")
    box = f'x="{x:.1f}" y="{y - 14:.1f}" width="{SYMBOL:g}" height="28"'
    line = f'd="M{x:.1f} {y:.1f}h{SYMBOL:g}" fill="none" stroke="{INK}"'
    middle = x + SYMBOL / 2
    if kind == "point":
        return point_symbol(middle, y, MARK_SYMBOLS[int(number)])
    if kind == "line":
        return (
            f'<path {line} stroke-width="6" stroke-dasharray="{DASHES[int(number)]}"/>'
        )
    if kind == "polygon":
        return (
            f'<rect {box} fill="url(#{id_prefix}-mark-{number})" stroke="{INK}" '
            'stroke-width="2.5"/>'
        )
    return {
        "area": f'<rect {box} fill="url(#{id_prefix}-hatch)" stroke="{INK}" '
        'stroke-width="6"/>',
        "route": f'<path {line} stroke-width="9"/>',
        "number": f'<circle cx="{middle:.1f}" cy="{y:.1f}" r="17" fill="{INK}"/>',
        "numbered": f'<circle cx="{middle:.1f}" cy="{y:.1f}" r="14" fill="{PAPER}" '
        f'stroke="{INK}" stroke-width="3"/>',
        "comparison": f'<rect {box} fill="none" stroke="{INK}" stroke-width="5" '
        'stroke-dasharray="12 7"/>',
        "boundary": f'<path {line} stroke-width="3.5" stroke-dasharray="22 7 4 7"/>',
    }[kind]
