"""A map as a drawing: lines, hatching and words that survive a photocopier.

For paper, Word and pages alike: one SVG of plain elements, without styles, scripts or
anything fetched. Shade and colour carry nothing that a pattern or a number does not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.core.errors import ParameterError
from hotspots.outputs.printing.background import Background
from hotspots.outputs.printing.fonts import FAMILY, printable
from hotspots.outputs.printing.map_foot import draw_foot, north_arrow
from hotspots.outputs.printing.map_frame import Frame
from hotspots.outputs.printing.map_ground import draw_ground, draw_names
from hotspots.outputs.printing.map_labels import LabelRoom, NumberSpot
from hotspots.outputs.printing.map_symbols import (
    INK,
    MARK_SYMBOLS,
    PAPER,
    defs,
    draw_mark,
    draw_place,
)

DISC, NUMBER_SIZE = 23.0, 28.0
SMALL_DISC, SMALL_SIZE = 15.0, 20.0
"""Radius of a number's disc, and its type size, in tenths of a millimetre."""


@dataclass(frozen=True, kw_only=True)
class MapPlace:
    """A numbered place.

    ``number``: str or int; shown in a disc; short.
    ``geometry``: shapely geometry, EPSG:27700; point, line or polygon.
    ``comparison``: whether it is a place held for comparison: drawn open, not filled.
    """

    number: str | int
    geometry: Any
    name: str = ""
    comparison: bool = False


@dataclass(frozen=True, kw_only=True)
class MapMark:
    """Things of one kind drawn without a number: signs, fixed cameras, a route.

    ``what``: as the key says it.
    ``geometry`` (n,), shapely geometries of one kind, EPSG:27700.
    ``numbers``: of points, as they stand on a unit: drawn in small discs. Empty for
    none.
    """

    what: str
    geometry: npt.NDArray[np.object_]
    numbers: Sequence[str] = ()


def draw_map(
    background: Background,
    places: Sequence[MapPlace] = (),
    *,
    marks: Sequence[MapMark] = (),
    width_mm: float = 178.0,
    height_mm: float = 120.0,
    title: str,
    description: str = "",
    attribution: str = "",
    extent_m: tuple[float, float, float, float] | None = None,
    places_words: str = "suggested place",
    id_prefix: str = "map",
) -> str:
    """Draw places on their background.

    ``extent_m``: metres; west, south, east, north that must be in sight. Default all
    areas, or the places where there are no areas.

    Notes
    -----
    A name that fits nowhere without covering another is left out.
    """
    _check(width_mm, height_mm, id_prefix)
    wide = 10.0 * width_mm
    others = [text for text in background.attribution if text not in attribution]
    credit = " ".join(text for text in (attribution, *others) if text)
    bounds = extent_m or _extent(background, places)
    sight = Frame.around(bounds, wide=wide, high=10.0 * height_mm).ground
    marks = [mark for mark in marks if shapely.intersects(mark.geometry, sight).any()]
    foot, foot_high = draw_foot(
        lambda high: Frame.around(bounds, wide=wide, high=high).metres_per_unit,
        wide=wide,
        high=10.0 * height_mm,
        entries=_key(background, places, marks, places_words, sight),
        credit=credit,
        id_prefix=id_prefix,
    )
    frame = Frame.around(bounds, wide=wide, high=10.0 * height_mm - foot_high)
    inside = _map_box(frame, background, places, marks, id_prefix)
    described = description or _described(places)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" '
            f'aria-labelledby="{id_prefix}-title {id_prefix}-desc" '
            f'viewBox="0 0 {wide:g} {10 * height_mm:g}" width="{width_mm:g}mm" '
            f'height="{height_mm:g}mm" '
            f"font-family=\"'{FAMILY}', 'Source Sans 3', Arial, sans-serif\">",
            f'<title id="{id_prefix}-title">{_text(title)}</title>',
            f'<desc id="{id_prefix}-desc">{_text(described)}</desc>',
            defs(id_prefix, frame.wide, frame.high),
            f'<g clip-path="url(#{id_prefix}-frame)">',
            *inside,
            "</g>",
            f'<rect x="2" y="2" width="{frame.wide - 4:.1f}" '
            f'height="{frame.high - 4:.1f}" fill="none" stroke="{INK}" '
            'stroke-width="4"/>',
            *foot,
            "</svg>",
        ]
    )


def _check(width_mm: float, height_mm: float, id_prefix: str) -> None:
    if not re.fullmatch(r"[A-Za-z][\w-]*", id_prefix):
        raise ParameterError(
            f"id_prefix must be letters, digits, - and _; got {id_prefix!r}."
        )
    if not (width_mm >= 40 and height_mm >= 40):
        raise ParameterError(
            "a map must be at least 40 mm wide and high, so that words fit; got "
            f"{width_mm:g} by {height_mm:g} mm."
        )


def _extent(
    background: Background, places: Sequence[MapPlace]
) -> tuple[float, float, float, float]:
    shapes = list(background.areas) or [place.geometry for place in places]
    shapes = shapes or list(background.streets)
    if not shapes:
        raise ParameterError(
            "a map must have an area, a street or a place to show; got none. Give "
            "extent_m or something to draw."
        )
    west, south, east, north = (float(v) for v in shapely.total_bounds(shapes))
    return west, south, east, north


def _map_box(
    frame: Frame,
    background: Background,
    places: Sequence[MapPlace],
    marks: Sequence[MapMark],
    id_prefix: str,
) -> list[str]:
    room = LabelRoom(box=frame.box.buffer(-12))
    arrow, arrow_box = north_arrow(frame)
    room.taken.append(arrow_box)
    areas = frame.to_page(background.areas)
    streets = frame.to_page(background.streets)
    shown = [frame.to_page(place.geometry, clip=1e6) for place in places]
    spots = room.put_numbers(_anchors(shown, frame), radius=DISC)
    drawn_marks = [frame.to_page(mark.geometry) for mark in marks]
    small = [
        _mark_numbers(room, shapes, mark)
        for shapes, mark in zip(drawn_marks, marks, strict=True)
    ]
    for shapes in drawn_marks:
        points = shapes[shapely.get_type_id(shapes) == 0]
        room.taken += [point.buffer(14) for point in points if not point.is_empty]
    keep_off = shown + [
        shape
        for shapes in drawn_marks
        for shape in shapes[shapely.get_dimensions(shapes) == 2]
    ]
    return [
        f'<rect width="{frame.wide:g}" height="{frame.high:g}" fill="{PAPER}"/>',
        *draw_ground(background, frame, areas, streets),
        *(
            draw_place(shape, id_prefix, comparison=place.comparison)
            for shape, place in zip(shown, places, strict=True)
        ),
        *(
            draw_mark(shapes, MARK_SYMBOLS[k % len(MARK_SYMBOLS)], id_prefix)
            for k, (shapes, mark) in enumerate(zip(drawn_marks, marks, strict=True))
            if not mark.numbers
        ),
        *draw_names(room, frame, areas, streets, background, keep_off),
        *(_leader(spot) for spot, _ in [pair for pairs in small for pair in pairs]),
        *(
            _disc(spot, number, radius=SMALL_DISC, size=SMALL_SIZE, filled=False)
            for pairs in small
            for spot, number in pairs
        ),
        *(_leader(spot) for spot in spots),
        *(
            _disc(
                spot,
                str(place.number),
                radius=DISC,
                size=NUMBER_SIZE,
                filled=not place.comparison,
            )
            for spot, place in zip(spots, places, strict=True)
        ),
        arrow,
    ]


def _anchors(shown: Sequence[Any], frame: Frame) -> npt.NDArray[np.float64]:
    """Return the point of each place that its number belongs to, inside the frame."""
    anchors = np.empty((len(shown), 2))
    inner = frame.box.buffer(-40)
    for k, shape in enumerate(shown):
        seen = shapely.intersection(shape, inner)
        target = shape if seen.is_empty else seen
        if target.geom_type in {"LineString", "MultiLineString"}:
            point = shapely.line_interpolate_point(
                max(shapely.get_parts(target), key=shapely.length), 0.5, normalized=True
            )
        else:
            point = shapely.point_on_surface(target)
        anchors[k] = point.x, point.y
    return anchors


def _leader(spot: NumberSpot) -> str:
    if not spot.moved:
        return ""
    line = f'd="M{spot.at_x:.1f} {spot.at_y:.1f}L{spot.x:.1f} {spot.y:.1f}"'
    return (
        f'<path {line} stroke="{PAPER}" stroke-width="9"/>'
        f'<path {line} stroke="{INK}" stroke-width="4"/>'
        f'<circle cx="{spot.at_x:.1f}" cy="{spot.at_y:.1f}" r="7" fill="{INK}" '
        f'stroke="{PAPER}" stroke-width="2"/>'
    )


def _mark_numbers(
    room: LabelRoom, shapes: Any, mark: MapMark
) -> list[tuple[NumberSpot, str]]:
    """Find a spot for each number of a mark whose point is in sight."""
    seen = [
        (point, number)
        for point, number in zip(shapes, mark.numbers, strict=False)
        if point.geom_type == "Point" and not point.is_empty
    ]
    if not seen:
        return []
    anchors = np.array([(point.x, point.y) for point, _ in seen])
    spots = room.put_numbers(anchors, radius=SMALL_DISC)
    return [(spot, number) for spot, (_, number) in zip(spots, seen, strict=True)]


def _disc(
    spot: NumberSpot, number: str, *, radius: float, size: float, filled: bool
) -> str:
    fill, words = (INK, PAPER) if filled else (PAPER, INK)
    text = printable(number)
    size = size * min(1.0, 2.4 / max(len(text), 1))
    return (
        f'<circle cx="{spot.x:.1f}" cy="{spot.y:.1f}" r="{radius:g}" '
        f'fill="{fill}" stroke="{words}" stroke-width="3"/>'
        f'<text x="{spot.x:.1f}" y="{spot.y + size * 0.34:.1f}" text-anchor="middle" '
        f'font-size="{size:.1f}" font-weight="bold" fill="{words}">{_text(text)}</text>'
    )


def _key(
    background: Background,
    places: Sequence[MapPlace],
    marks: Sequence[MapMark],
    places_words: str,
    sight: Any,
) -> list[tuple[str, str]]:
    """Return symbol and words of each line of the key."""
    entries = []
    suggested = [p for p in places if not p.comparison]
    if suggested:
        kinds = {shapely.get_dimensions(p.geometry) for p in suggested}
        symbol = "area" if kinds == {2} else "route" if kinds == {1} else "number"
        entries.append((symbol, places_words))
    if any(p.comparison for p in places):
        entries.append(("comparison", "held for comparison"))
    for k, mark in enumerate(marks):
        if mark.numbers:
            entries.append(("numbered", mark.what))
            continue
        kind = ("point", "line", "polygon")[
            int(shapely.get_dimensions(mark.geometry[0]))
        ]
        entries.append((f"{kind}-{k % len(MARK_SYMBOLS)}", mark.what))
    if shapely.intersects(shapely.boundary(background.areas), sight).any():
        entries.append(("boundary", "boundary"))
    return entries


def _described(places: Sequence[MapPlace]) -> str:
    if not places:
        return "A map of boundaries and streets, without numbered places."
    shown = "; ".join(f"{p.number}: {p.name or 'no name'}" for p in places)
    return f"Numbered places: {shown}."


def _text(text: str) -> str:
    return escape(printable(text))
