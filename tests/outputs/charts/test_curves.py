"""Pictures of curves: well formed, complete without colour, safe in any page."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import pairwise

import numpy as np
import pytest

from hotspots.core.errors import ParameterError, TooFewError
from hotspots.outputs.charts.curves import curve_svg, lorenz_svg

SVG = "{http://www.w3.org/2000/svg}"
X = np.linspace(0, 1, 21)
LABELS = {"title": "Found & missed", "x_label": "area", "y_label": "incidents"}


def draw(names: list[str], **options) -> ET.Element:
    curves = {name: (X, np.minimum(1, X * (k + 1))) for k, name in enumerate(names)}
    return ET.fromstring(curve_svg(curves, **LABELS, **options))


def test_it_is_named_and_described() -> None:
    root = draw(["one", "two"], x_max=0.5, id_prefix="p")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "p-title p-desc"
    assert root.find(f"{SVG}title").text == "Found & missed"
    assert root.find(f"{SVG}desc").text == "incidents at 50% area: one 50%; two 100%."


def test_lines_differ_without_colour_and_carry_their_names() -> None:
    root = draw(["one", "two", "three"])
    lines = root.findall(f"{SVG}polyline")
    assert len({line.get("stroke-dasharray") for line in lines}) == 3
    words = [text.text for text in root.findall(f"{SVG}text")]
    assert {"one 100%", "two 100%", "three 100%"} <= set(words)


def test_names_do_not_cover_each_other_and_stay_inside() -> None:
    root = draw([f"method {k}" for k in range(9)])
    names = [t for t in root.findall(f"{SVG}text") if "method" in t.text]
    heights = sorted(float(text.get("y")) for text in names)
    assert all(b - a > 15 for a, b in pairwise(heights))
    flat = {f"method {k}": (X, X * 0) for k in range(9)}
    low = ET.fromstring(curve_svg(flat, **LABELS))
    names = [t for t in low.findall(f"{SVG}text") if "method" in t.text]
    heights = sorted(float(text.get("y")) for text in names)
    assert all(b - a > 15 for a, b in pairwise(heights))
    assert heights[-1] < 330


def test_points_stay_in_the_frame_and_are_few() -> None:
    many = np.linspace(0, 1, 200_001)
    root = ET.fromstring(curve_svg({"a": (many, many)}, **LABELS, x_max=0.3))
    points = [
        tuple(map(float, pair.split(",")))
        for pair in root.find(f"{SVG}polyline").get("points").split()
    ]
    assert len(points) < 10_000
    assert all(62 <= x <= 482 and 34 <= y <= 314 for x, y in points)
    assert points[-1] == (482, 314 - 280 * 0.3)


def test_nothing_can_be_injected_and_no_style_is_used() -> None:
    text = curve_svg({"<script>": (X, X)}, **LABELS)
    assert "<script" not in text
    assert "style" not in text
    ET.fromstring(text)


def test_lorenz_shows_the_most_even_spread() -> None:
    root = ET.fromstring(lorenz_svg([5, 2, 1, *[0] * 7]))
    assert root.find(f"{SVG}title").text == "Concentration: generalised Gini 0.75"
    assert len(root.findall(f"{SVG}polyline")) == 2
    with pytest.raises(TooFewError):
        lorenz_svg([0, 0])


def test_refusals() -> None:
    with pytest.raises(ParameterError, match="at least one curve"):
        curve_svg({}, **LABELS)
    for bad in ({"x_max": 0}, {"x_max": 1.5}, {"id_prefix": '"><b'}):
        with pytest.raises(ParameterError):
            draw(["one"], **bad)
