"""The week as a picture that everyone can read: an SVG heat table and an HTML table.

Written as text, without styles or scripts, so that it passes a strict content policy.
Depth of colour and a pattern say the same, so that it also reads in black and white
and by those who do not see colours apart; the table beside it says it in numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import numpy.typing as npt

from hotspots.core.types import Floats
from hotspots.core.window import WEEKDAYS
from hotspots.methods.clock import Clock, part_in_words
from hotspots.outputs.charts.drawing import INK, Name

FILLS = ("#ffffff", "#d2e2f1", "#8eb8dc", "#3f7cb4", "#0b3d6e")
LEFT, TOP, WIDE, HIGH, GAP = 96, 34, 26, 26, 2
FOOT = 66


def clock_svg(
    hours: Floats,
    *,
    title: str,
    unit: str = "incidents",
    clock: Clock | None = None,
    id_prefix: str = "clock",
) -> str:
    """Return the hours of the week as an SVG picture.

    ``hours`` (168,), incidents: hour 0 is Monday 00:00.

    Raises ParameterError if there are not 168 finite hours, 0 or more, or the prefix is
    no plain name.

    Examples
    --------
    >>> picture = clock_svg(np.ones(168), title="Every hour alike")
    >>> picture.count("<rect ")
    178
    """
    clock = clock or Clock()
    name = Name(
        title=title, description=_words(hours, clock, unit), id_prefix=id_prefix
    )
    grid = clock.grid(hours)
    wide = LEFT + 24 * (WIDE + GAP) + 8
    high = TOP + 7 * (HIGH + GAP) + FOOT
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {name.head} '
            f'viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" '
            'font-family="Arial, sans-serif" font-size="12">',
            name.elements,
            _patterns(id_prefix),
            *_axes(clock),
            *_squares(grid, clock, unit, id_prefix),
            *_legend(grid, unit, id_prefix),
            "</svg>",
        ]
    )


def clock_table_html(
    hours: Floats, *, caption: str, clock: Clock | None = None, decimals: int = 1
) -> str:
    """Return the hours of the week as an HTML table with the same numbers.

    ``hours`` (168,), incidents.
    """
    frame = (clock or Clock()).table(hours)
    heads = "".join(
        f'<th scope="col">{name.capitalize()}</th>' for name in frame.columns
    )
    return "\n".join(
        [
            f"<table>\n<caption>{escape(caption)}</caption>",
            f"<thead><tr>{heads}</tr></thead>\n<tbody>",
            *(_table_row(row, decimals) for row in frame.iter_rows()),
            "</tbody>\n</table>",
        ]
    )


def _table_row(row: Sequence[object], decimals: int) -> str:
    cells = "".join(f"<td>{value:.{decimals}f}</td>" for value in row[1:])
    return f'<tr><th scope="row">{row[0]}</th>{cells}</tr>'


def _words(hours: Floats, clock: Clock, unit: str) -> str:
    """Say in words what the picture shows."""
    total = float(np.sum(hours))
    if not total:
        return f"No {unit} at any hour of the week."
    peak = clock.peak(hours)
    busiest = clock.busiest_day(hours)
    day = "No day stands out"
    if busiest is not None:
        name, share = busiest
        part = part_in_words(share, hours)
        day = f"Busiest day from {clock.day_starts_hour:02d}:00: {name}, {part}"
    return (
        f"{total:,.0f} {unit} by day and hour of the week: {peak}. {day}. The same "
        "numbers stand in the table."
    )


def _patterns(id_prefix: str) -> str:
    """Return one pattern a step: blank, dots, lines, crossed lines, solid."""
    line = f'stroke="{INK}" stroke-width="1"'
    marks = (
        "",
        f'<circle cx="3" cy="3" r="0.8" fill="{INK}"/>',
        f'<path d="M0 6L6 0" {line}/>',
        '<path d="M0 6L6 0M0 0L6 6" stroke="#ffffff" stroke-width="1"/>',
        "",
    )
    parts = [
        f'<pattern id="{id_prefix}-{step}" width="6" height="6" '
        f'patternUnits="userSpaceOnUse">'
        f'<rect width="6" height="6" fill="{fill}"/>{mark}</pattern>'
        for step, (fill, mark) in enumerate(zip(FILLS, marks, strict=True))
    ]
    return f"<defs>{''.join(parts)}</defs>"


def _axes(clock: Clock) -> list[str]:
    texts = [
        f'<text x="{LEFT - 8}" y="{TOP + day * (HIGH + GAP) + 17}" '
        f'text-anchor="end" fill="{INK}">{name}</text>'
        for day, name in enumerate(WEEKDAYS)
    ]
    for column in range(24):
        hour = (clock.day_starts_hour + column) % 24
        middle = LEFT + column * (WIDE + GAP) + WIDE // 2
        texts.append(
            f'<text x="{middle}" y="{TOP - 10}" text-anchor="middle" fill="{INK}">'
            f"{hour:02d}</text>"
        )
    return texts


def _squares(grid: Floats, clock: Clock, unit: str, id_prefix: str) -> list[str]:
    steps = _steps(grid)
    parts = []
    for day, column in np.ndindex(grid.shape):
        x, y = LEFT + column * (WIDE + GAP), TOP + day * (HIGH + GAP)
        hour = clock.day_starts_hour + column
        name = f"{WEEKDAYS[(day + hour // 24) % 7]} {hour % 24:02d}:00"
        parts.append(
            _square(x, y, int(steps[day, column]), id_prefix)
            + f"<title>{name}: {grid[day, column]:.1f} {escape(unit)}</title></rect>"
        )
    return parts


def _square(x: int, y: int, step: int, id_prefix: str) -> str:
    return (
        f'<rect x="{x}" y="{y}" width="{WIDE}" height="{HIGH}" stroke="{INK}" '
        f'stroke-width="0.5" fill="url(#{id_prefix}-{step})">'
    )


def _steps(grid: Floats) -> npt.NDArray[np.int64]:
    """Return the step of each hour: 0 up to a fifth of the largest, and so on."""
    top = float(grid.max())
    if not top:
        return np.zeros(grid.shape, dtype=np.int64)
    return np.asarray(np.clip(np.ceil(grid / top * 5 - 1e-9) - 1, 0, 4), dtype=np.int64)


def _legend(grid: Floats, unit: str, id_prefix: str) -> list[str]:
    top, y = float(grid.max()), TOP + 7 * (HIGH + GAP) + 14
    parts = []
    for step in range(5):
        x = LEFT + step * 116
        label = f"{top * step / 5:.1f} to {top * (step + 1) / 5:.1f}"
        parts.append(_square(x, y, step, id_prefix) + "</rect>")
        parts.append(f'<text x="{x + 32}" y="{y + 17}" fill="{INK}">{label}</text>')
    about = f"{unit[:1].upper()}{unit[1:]} in each hour. Hours after midnight stand "
    about += "with the evening before."
    parts.append(f'<text x="{LEFT}" y="{y + 42}" fill="{INK}">{escape(about)}</text>')
    return parts
