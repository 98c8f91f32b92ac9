"""The ground of a drawn map: buildings, streets, boundaries, and the words on them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.outputs.printing.background import Background
from hotspots.outputs.printing.fonts import printable
from hotspots.outputs.printing.map_frame import Frame, page_path
from hotspots.outputs.printing.map_labels import Label, LabelRoom
from hotspots.outputs.printing.map_symbols import INK, PAPER

AREA_SIZE, STREET_SIZE = 29.0, 27.0
STREET_LEVEL_M = 3_000.0
"""Up to this width streets are named before areas."""
WARD_LINE = f'stroke="{INK}" stroke-width="3.5" stroke-dasharray="22 7 4 7"'
STREET = "#8a8f92"
FILLS = {"built": "#f1f0ee", "green": "#e4ecdf", "wood": "#d6e0d0", "water": "#cfdde8"}
"""Pale enough for words and streets on them, in grey too."""


def draw_ground(
    background: Background, frame: Frame, areas: Any, streets: Any
) -> list[str]:
    """Draw buildings, streets and boundaries, in that order.

    ``areas``, ``streets``: ndarray of shapely geometry on the page; the background's
    own, in its order.
    """
    return [
        *_ground(background, frame),
        *_buildings(frame.to_page(background.buildings)),
        *_streets(streets, background.main, frame),
        _outlines(areas),
    ]


def draw_names(
    room: LabelRoom,
    frame: Frame,
    areas: Any,
    streets: Any,
    background: Background,
    shown: Sequence[Any],
) -> list[str]:
    """Draw the names of streets and areas that find room.

    ``areas``, ``streets``: ndarray of shapely geometry on the page; the background's
    own, in its order.
    ``shown``: sequence of shapely geometry on the page; places, which names of areas
    keep off.
    """

    def street_names() -> list[str]:
        lines = _by_name(streets, background.street_names)
        labels = [
            room.put_street_name(name, line, size=STREET_SIZE) for name, line in lines
        ]
        return [_words(label) for label in labels if label]

    def area_names() -> list[str]:
        named = [
            (AREA_SIZE, *pair)
            for pair in zip(background.area_names, areas, strict=True)
        ]
        for kind, (names, shapes) in background.ground.items():
            if kind in FILLS:
                moved = frame.to_page(shapes)
                named += [(STREET_SIZE, *p) for p in zip(names, moved, strict=True)]
        labels = [
            room.put_area_name(printable(name), shape, size=size, avoid=shown)
            for size, name, shape in named
            if not shape.is_empty and name
        ]
        return [_words(label, italic=True) for label in labels if label]

    if frame.east - frame.west <= STREET_LEVEL_M:
        return street_names() + area_names()
    return area_names() + street_names()


def _ground(background: Background, frame: Frame) -> list[str]:
    """Return water, parks, woods and railways."""
    drawn = []
    for kind, (_, shapes) in background.ground.items():
        moved = frame.to_page(shapes)
        flat = [shape for shape in moved if shapely.get_dimensions(shape) == 2]
        lines = [shape for shape in moved if shapely.get_dimensions(shape) == 1]
        if kind in FILLS and flat:
            path = "".join(map(page_path, flat))
            drawn.append(f'<path d="{path}" fill="{FILLS[kind]}"/>')
        elif kind == "rail" and lines:
            path = "".join(map(page_path, lines))
            drawn += [
                f'<path d="{path}" fill="none" stroke="{STREET}" stroke-width="9"/>',
                f'<path d="{path}" fill="none" stroke="{PAPER}" stroke-width="5" '
                'stroke-dasharray="22 22"/>',
            ]
    return drawn


def _buildings(shapes: Any) -> list[str]:
    path = "".join(page_path(shape) for shape in shapes)
    return [f'<path d="{path}" fill="#d9d9d6"/>'] if path else []


def _streets(
    shapes: Any, main: npt.NDArray[np.bool_] | None, frame: Frame
) -> list[str]:
    """Return streets as cased lines, main ones wider; thin lines at district scale."""
    if not len(shapes):
        return []
    wide = main if main is not None else np.zeros(len(shapes), dtype=bool)
    detail = float(np.clip(12.0 / frame.metres_per_unit, 4.0, 30.0))
    drawn = []
    for chosen, width in ((~wide, detail), (wide, 1.5 * detail)):
        path = "".join(page_path(shape) for shape in shapes[chosen])
        if path:
            drawn.append((path, width))
    ends = 'fill="none" stroke-linecap="round" stroke-linejoin="round"'
    edge = f'{ends} stroke="{STREET}"'
    if detail < 10:
        return [
            f'<path d="{path}" {edge} stroke-width="{width / 2:.1f}"/>'
            for path, width in drawn
        ]
    edges = [
        f'<path d="{path}" {edge} stroke-width="{width:.1f}"/>' for path, width in drawn
    ]
    return edges + [
        f'<path d="{path}" {ends} stroke="{PAPER}" stroke-width="{width - 4:.1f}"/>'
        for path, width in drawn
    ]


def _outlines(areas: Any) -> str:
    if not len(areas):
        return ""
    once = shapely.line_merge(shapely.union_all(shapely.boundary(areas)))
    path = page_path(once)
    return f'<path d="{path}" fill="none" {WARD_LINE}/>'


def _by_name(streets: Any, names: Sequence[str]) -> list[tuple[str, Any]]:
    """Return each named street as one geometry, the longest in sight first."""
    rows: dict[str, list[int]] = {}
    for row, name in enumerate(names):
        if name and not streets[row].is_empty:
            rows.setdefault(printable(name), []).append(row)
    merged = [
        (name, shapely.line_merge(shapely.union_all(streets[mine])))
        for name, mine in rows.items()
    ]
    return sorted(merged, key=lambda pair: (-round(pair[1].length, 3), pair[0]))


def _words(label: Label, *, italic: bool = False) -> str:
    turn = (
        f' transform="rotate({label.angle:g} {label.x:.1f} {label.y:.1f})"'
        if label.angle
        else ""
    )
    style = f' font-style="italic" fill="{INK}"' if italic else f' fill="{INK}"'
    first = label.y - (len(label.lines) - 1) * label.size * 0.575 + label.size * 0.34
    return "".join(
        f'<text x="{label.x:.1f}" y="{first + k * label.size * 1.15:.1f}" '
        f'text-anchor="middle" font-size="{label.size:g}"{style} stroke="{PAPER}" '
        f'stroke-width="7" stroke-linejoin="round" paint-order="stroke"{turn}>'
        f"{escape(printable(line))}</text>"
        for k, line in enumerate(label.lines)
    )
