"""Curves that everyone can read: what was found by area searched, and Lorenz.

Written as text, without styles or scripts, so that it passes a strict content policy.
Each line has its own dashes and its name at the end, so that colour is not needed; the
tables that belong beside it are :attr:`hotspots.evaluate.Evaluation.capture_curve` and
:func:`hotspots.evaluate.lorenz_curve`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from hotspots.core.arrays import as_numbers
from hotspots.core.errors import ParameterError
from hotspots.core.types import Floats
from hotspots.evaluate.concentration import generalised_gini, lorenz_curve
from hotspots.evaluate.verdict import Evaluation

Curve = tuple[Floats, Floats]

INK, PALE = "#0b0c0c", "#b1b4b6"
COLOURS = ("#0b3d6e", "#b3500b", "#00703c", "#4c2c92", "#505a5f")
DASHES = ("", "8 4", "2 3", "10 3 2 3", "5 2")
LEFT, TOP, WIDE, HIGH, RIGHT, FOOT = 62, 34, 420, 280, 220, 52
LABEL_GAP = 17


def capture_svg(
    evaluation: Evaluation, *, share_max: float = 0.1, id_prefix: str = "capture"
) -> str:
    """Return the capture curve of every method as an SVG picture.

    Parameters
    ----------
    share_max : float
        How much of the area the picture shows, 0 to 1.
    id_prefix : str
        Begins every id in the picture; must differ between pictures on a page.

    Returns
    -------
    str
        An ``<svg>`` element.

    Raises
    ------
    ParameterError
        If ``share_max`` is not within 0 to 1 or the prefix is no plain name.
    """
    table = evaluation.capture_curve
    curves = {}
    for name in dict.fromkeys(table["method"].to_list()):
        part = table.filter(method=name)
        curves[name] = (part["share_area"].to_numpy(), part["hit_rate"].to_numpy())
    return curve_svg(
        curves,
        title=f"Incidents of {evaluation.unseen} found, by area",
        x_label="share of the area searched",
        y_label="share of the incidents found",
        x_max=share_max,
        id_prefix=id_prefix,
    )


def lorenz_svg(counts: npt.ArrayLike, *, id_prefix: str = "lorenz") -> str:
    """Return the Lorenz curve of counts, with the most even spread they allow.

    Parameters
    ----------
    counts : array of shape (n,), incidents
        One for each place, places without incidents included.

    Returns
    -------
    str
        An ``<svg>`` element.

    Raises
    ------
    ParameterError
        If counts are not finite numbers, 0 or more, or the prefix is no plain name.
    TooFewError
        If the counts sum to nothing.
    """
    x = as_numbers(counts, name="counts")
    places, incidents = lorenz_curve(x)
    most_even = min(1.0, float(x.sum()) / len(x))
    even = (np.array([0.0, most_even, 1.0]), np.array([0.0, 1.0, 1.0]))
    return curve_svg(
        {"these places": (places, incidents), "as even as can be": even},
        title=f"Concentration: generalised Gini {generalised_gini(x):.2f}",
        x_label="share of the places, fullest first",
        y_label="share of the incidents",
        id_prefix=id_prefix,
    )


def curve_svg(
    curves: Mapping[str, Curve],
    *,
    title: str,
    x_label: str,
    y_label: str,
    x_max: float = 1.0,
    id_prefix: str = "curve",
) -> str:
    """Return lines between 0 and 1 as an SVG picture.

    Parameters
    ----------
    curves : mapping of str to (ndarray of shape (n,), ndarray of shape (n,))
        Shares across and up, by the name to print, both rising.
    x_max : float
        Where the picture ends on the right.

    Returns
    -------
    str
        An ``<svg>`` element with ``role="img"``, a title and a description.

    Raises
    ------
    ParameterError
        If there is no curve, ``x_max`` is not within 0 to 1 or the prefix is no plain
        name.

    Examples
    --------
    >>> line = (np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    >>> picture = curve_svg({"even": line}, title="T", x_label="x", y_label="y")
    >>> picture.count("<polyline ")
    1
    """
    if not curves:
        raise ParameterError("a picture needs at least one curve; got none.")
    if not 0 < x_max <= 1:
        raise ParameterError(f"share_max must be within 0 to 1; got {x_max!r}.")
    if not re.fullmatch(r"[A-Za-z][\w-]*", id_prefix):
        raise ParameterError(
            f"id_prefix must be letters, digits, - and _; got {id_prefix!r}."
        )
    ends = {name: float(np.interp(x_max, *curve)) for name, curve in curves.items()}
    said = "; ".join(f"{name} {end:.0%}" for name, end in ends.items())
    wide, high = LEFT + WIDE + RIGHT, TOP + HIGH + FOOT
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" '
            f'role="img" aria-labelledby="{id_prefix}-title {id_prefix}-desc" '
            'font-family="Arial, sans-serif" font-size="13">',
            f'<title id="{id_prefix}-title">{escape(title)}</title>',
            f'<desc id="{id_prefix}-desc">{escape(y_label)} at {x_max:.0%} '
            f"{escape(x_label)}: {escape(said)}.</desc>",
            *_frame(title, x_label, y_label, x_max),
            *_lines(curves, ends, x_max),
            "</svg>",
        ]
    )


def _frame(title: str, x_label: str, y_label: str, x_max: float) -> list[str]:
    floor, middle = TOP + HIGH, TOP + HIGH / 2
    parts = [_text(LEFT, 20, title, weight="bold")]
    for k in range(6):
        x, y = LEFT + WIDE * k / 5, floor - HIGH * k / 5
        parts += [
            f'<line x1="{LEFT}" y1="{y:.1f}" x2="{LEFT + WIDE}" y2="{y:.1f}" '
            f'stroke="{PALE}"/>',
            _text(LEFT - 8, y + 4, f"{k / 5:.0%}", anchor="end"),
            _text(x, floor + 18, f"{_percent(x_max * k / 5)}", anchor="middle"),
        ]
    parts.append(_text(LEFT + WIDE / 2, floor + 40, x_label, anchor="middle"))
    turned = f' transform="rotate(-90 14 {middle:.1f})"'
    parts.append(_text(14, middle, y_label, anchor="middle", extra=turned))
    return parts


def _lines(
    curves: Mapping[str, Curve], ends: Mapping[str, float], x_max: float
) -> list[str]:
    parts = []
    heights = _label_heights([TOP + HIGH * (1 - end) for end in ends.values()])
    for k, (name, (x, y)) in enumerate(curves.items()):
        inside = x < x_max
        across = np.append(x[inside], x_max) / x_max * WIDE + LEFT
        up = TOP + HIGH * (1 - np.append(y[inside], ends[name]))
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in _thinned(across, up))
        colour, dash = COLOURS[k % len(COLOURS)], DASHES[k % len(DASHES)]
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        drawn = f'fill="none" stroke="{colour}" stroke-width="2"{dashed}/>'
        key, level = LEFT + WIDE + 8, heights[k] - 4
        parts += [
            f'<polyline points="{points}" {drawn}',
            f'<path d="M{key} {level:.1f}h26" {drawn}',
            _text(key + 32, heights[k], f"{name} {ends[name]:.0%}", fill=colour),
        ]
    return parts


def _thinned(across: Floats, up: Floats) -> list[tuple[float, float]]:
    """Keep at most one point a tenth of a unit: a curve may have a million."""
    keep = np.append(np.diff(np.round(across, 1)) != 0, True)
    keep[0] = True
    return list(zip(across[keep].tolist(), up[keep].tolist(), strict=True))


def _label_heights(wanted: list[float]) -> list[float]:
    """Push labels apart, downwards from the highest, then up from the floor."""
    heights = list(wanted)
    order = sorted(range(len(wanted)), key=lambda k: wanted[k])
    for above, below in pairwise(order):
        heights[below] = max(heights[below], heights[above] + LABEL_GAP)
    over = max(0.0, heights[order[-1]] - (TOP + HIGH))
    for below, above in pairwise(order[::-1]):
        heights[below] -= over
        over = max(0.0, heights[above] + LABEL_GAP - heights[below])
    heights[order[0]] -= over
    return [height + 4 for height in heights]


def _text(
    x: float,
    y: float,
    words: str,
    *,
    anchor: str = "start",
    weight: str = "normal",
    fill: str = INK,
    extra: str = "",
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}" '
        f'fill="{fill}"{extra}>{escape(words)}</text>'
    )


def _percent(share: float) -> str:
    return f"{100 * share:.4g}%"
