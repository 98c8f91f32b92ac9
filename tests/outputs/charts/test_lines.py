"""Pictures of curves: well formed, complete without colour, safe in any page."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from hotspots.core.errors import ParameterError, TooFewError
from hotspots.outputs.charts.lines import curve_svg, lorenz_svg

SVG = "{http://www.w3.org/2000/svg}"
X = np.linspace(0, 1, 21)
LABELS = {"title": "Found & missed", "labels": ("area", "incidents")}


def draw(names: list[str], **options) -> ET.Element:
    curves = {name: (X, np.minimum(1, X * (k + 1))) for k, name in enumerate(names)}
    return ET.fromstring(curve_svg(curves, **LABELS, **options))


def lines_of(root: ET.Element) -> list[ET.Element]:
    """Return the paths of the lines, not those of the legend or the axes."""
    groups = [g for g in root.iter(f"{SVG}g") if "mark-line" in g.get("class", "")]
    return [path for group in groups for path in group.iter(f"{SVG}path")]


def test_it_is_named_and_described() -> None:
    root = draw(["one", "two"], x_max=0.5, id_prefix="p")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "p-title p-desc"
    assert root.find(f"{SVG}title").text == "Found & missed"
    assert root.find(f"{SVG}desc").text == "incidents at 50% area: one 50%; two 100%."


def test_lines_differ_without_colour_and_carry_their_names() -> None:
    root = draw(["one", "two", "three"])
    lines = lines_of(root)
    assert len(lines) == len({line.get("stroke-dasharray") for line in lines}) == 3
    words = {text.text for text in root.iter(f"{SVG}text")}
    assert {"one 100%", "two 100%", "three 100%"} <= words


def test_a_long_name_is_whole() -> None:
    names = [f"a method with rather a long name, number {k}" for k in range(9)]
    root = draw(names)
    words = {text.text for text in root.iter(f"{SVG}text")}
    assert {f"{name} 100%" for name in names} <= words


def test_points_end_in_the_frame_and_are_few() -> None:
    many = np.linspace(0, 1, 200_001)
    root = ET.fromstring(curve_svg({"a": (many, many)}, **LABELS, x_max=0.3))
    (line,) = lines_of(root)
    points = re.findall(r"[ML]([-\d.]+),([-\d.]+)", line.get("d"))
    assert 1_000 < len(points) < 10_000
    x, y = np.array(points, dtype=float).T
    assert (x.min(), x.max()) == (0, 420)
    assert y.max() == 280
    assert y.min() == pytest.approx(280 * 0.7)


def test_nothing_can_be_injected_and_no_style_is_used() -> None:
    text = curve_svg({"<script>": (X, X)}, **LABELS)
    assert "<script" not in text
    assert " style=" not in text
    assert "<style" not in text
    ET.fromstring(text)


def test_lorenz_shows_the_most_even_spread() -> None:
    root = ET.fromstring(lorenz_svg([5, 2, 1, *[0] * 7]))
    assert root.find(f"{SVG}title").text == "Concentration: generalised Gini 0.75"
    assert len(lines_of(root)) == 2
    with pytest.raises(TooFewError):
        lorenz_svg([0, 0])


def test_refusals() -> None:
    with pytest.raises(ParameterError, match="at least one curve"):
        curve_svg({}, **LABELS)
    for bad in ({"x_max": 0}, {"x_max": 1.5}, {"id_prefix": '"><b'}):
        with pytest.raises(ParameterError):
            draw(["one"], **bad)
