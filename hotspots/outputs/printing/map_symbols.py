"""How places and marks are drawn: by pattern and shape, so that no colour is needed."""

from __future__ import annotations

from typing import Any

import shapely

from hotspots.outputs.printing.map_frame import page_path

INK, GREY, PAPER = "#0b0c0c", "#505a5f", "#ffffff"

MARK_SYMBOLS = ("triangle", "square", "diamond", "cross")
"""Of points; lines differ by their dashes and areas by their pattern in that order."""

DASHES = ("", "14 8", "3 8", "14 6 3 6")


def defs(id_prefix: str, wide: float, high: float) -> str:
    """Return the patterns and the frame that cuts the map.

    ``wide``, ``high``: tenths of a millimetre.
    """
    line = f'stroke="{INK}" stroke-width="2.2"'
    thin = 'stroke="#585858" stroke-width="1.6"'
    patterns = {
        "mark-0": f'<circle cx="8" cy="8" r="2.2" fill="{INK}"/>',
        "mark-1": f'<path d="M0 8H16" {line}/>',
        "mark-2": f'<path d="M8 0V16" {line}/>',
        "mark-3": f'<path d="M0 8H16M8 0V16" {line}/>',
    }
    drawn = "".join(
        f'<pattern id="{id_prefix}-{name}" width="16" height="16" '
        f'patternUnits="userSpaceOnUse">{marks}</pattern>'
        for name, marks in patterns.items()
    )
    drawn += (
        f'<pattern id="{id_prefix}-hatch" width="34" height="34" '
        'patternUnits="userSpaceOnUse">'
        f'<path d="M-2 36L36 -2M-2 2L2 -2M32 36L36 32" {thin}/></pattern>'
    )
    return (
        f'<defs>{drawn}<clipPath id="{id_prefix}-frame">'
        f'<rect width="{wide:g}" height="{high:g}"/></clipPath></defs>'
    )


def draw_place(shape: Any, id_prefix: str, *, comparison: bool) -> str:
    """Draw the ground of a place; its number comes later, on top.

    ``shape``: shapely geometry on the page.
    """
    path = page_path(shape)
    if not path:
        return ""
    dash = ' stroke-dasharray="16 9"' if comparison else ""
    join = 'stroke-linejoin="round" stroke-linecap="round"'
    if shapely.get_dimensions(shape) < 2:
        return (
            f'<path d="{path}" fill="none" stroke="{PAPER}" stroke-width="18" {join}/>'
            f'<path d="{path}" fill="none" stroke="{INK}" stroke-width="9" {join}'
            f"{dash}/>"
        )
    fill = "none" if comparison else f"url(#{id_prefix}-hatch)"
    return (
        f'<path d="{path}" fill="{fill}" fill-rule="evenodd" stroke="{PAPER}" '
        f'stroke-width="12" {join}/>'
        f'<path d="{path}" fill="none" stroke="{INK}" stroke-width="6" {join}{dash}/>'
    )


def draw_mark(shapes: Any, symbol: str, id_prefix: str) -> str:
    """Draw every mark of one kind.

    ``shapes``: ndarray of shapely geometry on the page.
    """
    k = MARK_SYMBOLS.index(symbol)
    parts = []
    for shape in shapes:
        if shape.is_empty:
            continue
        if shapely.get_dimensions(shape) == 0:
            parts += [point_symbol(p.x, p.y, symbol) for p in shapely.get_parts(shape)]
        elif shapely.get_dimensions(shape) == 1:
            parts.append(
                f'<path d="{page_path(shape)}" fill="none" stroke="{INK}" '
                f'stroke-width="6" stroke-dasharray="{DASHES[k]}"/>'
            )
        else:
            parts.append(
                f'<path d="{page_path(shape)}" fill="url(#{id_prefix}-mark-{k})" '
                f'stroke="{INK}" stroke-width="2.5"/>'
            )
    return "".join(parts)


def point_symbol(x: float, y: float, symbol: str) -> str:
    """Draw one mark of a point.

    ``x``, ``y``: tenths of a millimetre.
    """
    steps = {
        "triangle": "M0 -12L12 10H-12Z",
        "square": "M-9 -9H9V9H-9Z",
        "diamond": "M0 -13L13 0L0 13L-13 0Z",
        "cross": "M-4 -12H4V-4H12V4H4V12H-4V4H-12V-4H-4Z",
    }[symbol]
    return (
        f'<path transform="translate({x:.1f} {y:.1f})" d="{steps}" fill="{INK}" '
        f'stroke="{PAPER}" stroke-width="3" paint-order="stroke"/>'
    )
