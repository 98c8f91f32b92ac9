"""The picture of the week: well-formed, named, safe, readable without colour."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from hotspots.core.errors import ParameterError
from hotspots.methods.clock import Clock
from hotspots.outputs.charts.clock import clock_svg, clock_table_html

SVG = "{http://www.w3.org/2000/svg}"
EVIL = '<script>alert("1")</script> & co'


def week() -> np.ndarray:
    hours = np.arange(168, dtype=float)
    hours[5 * 24 + 2] = 400.0
    return hours


def test_it_is_an_image_with_a_name_and_a_description() -> None:
    picture = ET.fromstring(clock_svg(week(), title="Thefts", id_prefix="thefts"))
    assert picture.get("role") == "img"
    ids = picture.get("aria-labelledby", "").split()
    assert [picture.find(f"*[@id='{name}']").tag for name in ids] == [  # type: ignore[union-attr]
        f"{SVG}title",
        f"{SVG}desc",
    ]
    words = picture.findtext(f"{SVG}desc") or ""
    assert "the busiest four hours of the week are Saturday 02:00 to 05:59" in words
    assert "Busiest day from 06:00: Saturday, about 3,300 of 14,306, 23%" in words


def test_every_hour_has_a_square_that_says_its_number() -> None:
    picture = ET.fromstring(clock_svg(week(), title="Thefts"))
    names = [t.text or "" for t in picture.findall(f"{SVG}rect/{SVG}title")]
    assert len(names) == 168
    assert names[0] == "Monday 06:00: 6.0 incidents"
    assert "Saturday 02:00: 400.0 incidents" in names
    assert names[-1] == "Monday 05:00: 5.0 incidents"
    assert len({n.split(": ")[0] for n in names}) == 168


def test_steps_differ_without_colour() -> None:
    text = clock_svg(week(), title="Thefts")
    patterns = re.findall(r"<pattern.*?</pattern>", text)
    marks = {re.sub(r'fill="#\w+"|id="[^"]+"', "", p) for p in patterns}
    luminance = [int(p.split('fill="#')[1][:2], 16) for p in patterns]
    assert len(patterns) == 5
    assert len(marks) >= 4
    assert luminance == sorted(luminance, reverse=True)


def test_step_borders() -> None:
    hours = np.zeros(168)
    hours[6:12] = (0, 2, 2.01, 4, 9.99, 10)
    picture = ET.fromstring(clock_svg(hours, title="Thefts"))
    squares = picture.findall(f"{SVG}rect")[:6]
    steps = [(s.get("fill") or "")[-2] for s in squares]
    assert steps == ["0", "0", "1", "1", "4", "4"]


def test_it_passes_a_strict_policy_and_escapes() -> None:
    text = clock_svg(week(), title=EVIL, unit=EVIL) + clock_table_html(
        week(), caption=EVIL
    )
    assert "<script" not in text
    assert "style" not in text
    assert "href" not in text
    assert not re.search(r"\son\w+=", text)
    ET.fromstring(clock_svg(week(), title=EVIL, unit=EVIL))


def test_the_table_has_the_same_numbers() -> None:
    html = clock_table_html(week(), caption="Thefts", decimals=0)
    table = ET.fromstring(html)
    rows = table.findall("tbody/tr")
    values = np.array([[float(d.text or "") for d in r.findall("td")] for r in rows])
    np.testing.assert_array_equal(values[:, :7].T, Clock().grid(week()))
    np.testing.assert_array_equal(values[:, 7], values[:, :7].sum(axis=1))
    assert {h.get("scope") for h in table.findall("thead/tr/th")} == {"col"}
    assert {r.find("th").get("scope") for r in rows} == {"row"}  # type: ignore[union-attr]


def test_no_incidents_and_bad_ids() -> None:
    assert "No incidents at any hour" in clock_svg(np.zeros(168), title="Thefts")
    with pytest.raises(ParameterError, match="id_prefix must be"):
        clock_svg(week(), title="Thefts", id_prefix='a" onload="x')
    with pytest.raises(ParameterError, match="168 finite"):
        clock_svg(np.zeros(7), title="Thefts")
