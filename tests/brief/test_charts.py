"""Charts and sparklines: what they draw, what they say, and no label cut off."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from xml.etree import ElementTree

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.brief.content import Brief
from hotspots.brief.pictures import build_pictures, period_ends
from hotspots.core.errors import ParameterError
from hotspots.core.table import Column, Table
from hotspots.outputs.charts.drawing import Name
from hotspots.outputs.charts.lines import interval_chart, series_chart, week_chart
from hotspots.outputs.charts.sparkline import sparkline
from hotspots.outputs.printing.fonts import text_width

SVG = "{http://www.w3.org/2000/svg}"
NASTY = '<b>"Damage" & more</b>'
KNOWN = st.one_of(st.none(), st.integers(min_value=0, max_value=10_000))


def series(values: list[int | None], usual: tuple[float, float] | None = (5, 9)) -> str:
    return series_chart(
        values,
        [f"to {k} May 2025" for k in range(len(values))],
        usual=usual,
        name=Name(title=NASTY, description="A course.", id_prefix="chart-x"),
    )


def changes(rows: list[tuple[str, float | None, float | None, float | None]]) -> str:
    names = ("label", "percent", "percent_low", "percent_high")
    table = Table(
        id="indicators",
        title="Indicators",
        columns=(Column(name="label", label="Indicator"),),
        rows=pl.DataFrame(
            [dict(zip(("key", *names), (row[0], *row), strict=True)) for row in rows],
            schema={
                "key": pl.String,
                "label": pl.String,
                **dict.fromkeys(names[1:], pl.Float64),
            },
        ),
    )
    return interval_chart(
        table, Name(title="Changes", description="Of all.", id_prefix="c")
    )


def drawn(svg: str, name: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter(f"{SVG}{name}"))


def moved(
    element: ElementTree.Element, x: float = 0.0, y: float = 0.0
) -> Iterator[tuple[ElementTree.Element, float, float, float]]:
    """Yield each text with the place that it stands at and its turn in degrees."""
    found = re.search(
        r"translate\(([-\d.e]+),\s*([-\d.e]+)\)", element.get("transform", "")
    )
    if found:
        x, y = x + float(found[1]), y + float(found[2])
    turned = re.search(r"rotate\(([-\d.]+)", element.get("transform", ""))
    if element.tag == f"{SVG}text":
        yield element, x, y, float(turned[1]) if turned else 0.0
    for child in element:
        yield from moved(child, x, y)


def cut_off(svg: str) -> list[str]:
    """Return the words that reach beyond the edge of a drawing."""
    root = ElementTree.fromstring(svg)
    _, _, wide, high = map(float, root.attrib["viewBox"].split())
    out = []
    for text, x, y, turn in moved(root):
        words = "".join(text.itertext())
        size = float(re.sub("[^0-9.]", "", text.get("font-size", "11")))
        bold = text.get("font-weight") in ("bold", "600", "700")
        length = text_width(words, bold=bold) * size
        anchor = text.get("text-anchor", "start")
        left = x - {"start": 0.0, "middle": length / 2, "end": length}[anchor]
        inside = turn or (left >= -1 and left + length <= wide + 1)
        if not (inside and 0 <= y <= high + 1):
            out.append(words)
    return out


def test_a_chart_says_what_it_is_and_takes_any_words() -> None:
    svg = series([7, 8, None, 6])
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    title, about = drawn(svg, "title")[0], drawn(svg, "desc")[0]
    assert title.text == NASTY
    assert about.text == "A course."
    assert root.get("aria-labelledby") == f"{title.get('id')} {about.get('id')}"
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    assert all(each.startswith("chart-x-") for each in ids if each)
    assert not re.search(r"<script|<style|<image|<foreignObject|\bon\w+=", svg)
    assert "http" not in svg.replace("http://www.w3.org/", "")


def test_the_last_value_is_written_and_a_missing_one_breaks_the_line() -> None:
    whole, broken = series([7, 8, 1234, 6]), series([7, 8, None, 6])
    assert "6" in ["".join(t.itertext()) for t in drawn(whole, "text")]
    assert len(points(whole)) == 4
    assert len(points(broken)) == 3
    line = max(
        (p.get("d", "") for p in drawn(broken, "path")), key=lambda d: d.count("M")
    )
    assert line.count("M") >= 2


def points(svg: str) -> list[str]:
    marks = [
        e
        for e in ElementTree.fromstring(svg).iter()
        if "mark-symbol" in e.get("class", "")
    ]
    return [child.get("transform", "") for group in marks for child in group]


def test_the_band_is_as_high_as_what_is_usual() -> None:
    def band(svg: str) -> int:
        return svg.count('fill="#dcdee0"')

    assert band(series([7, 8, 6])) == 1
    assert band(series([7, 8, 6], usual=None)) == 0


def test_an_interval_ends_where_the_chart_does() -> None:
    far = changes([("Robbery", 900.0, -50.0, 5_000.0), ("Theft", None, None, None)])
    near = changes([("Robbery", 200.0, -50.0, 200.0)])
    assert points(far) == points(near)
    assert "Theft" not in ["".join(t.itertext()) for t in drawn(far, "text")]


def test_nothing_to_draw_is_refused() -> None:
    with pytest.raises(ParameterError, match="every one is missing"):
        series([None, None])
    with pytest.raises(ParameterError, match="every one is missing"):
        changes([("Theft", None, None, None)])
    with pytest.raises(ParameterError, match="id_prefix must be"):
        Name(title="", description="", id_prefix="1 x")


def test_two_drawings_are_the_same() -> None:
    assert series([1, 2, 3]) == series([1, 2, 3])
    assert series([1, 2, 3]) != series([1, 2, 4])


@pytest.mark.parametrize("period", ["2025-W24", "2025-Q2"])
def test_no_label_of_a_brief_is_cut_off(
    brief_of: Callable[..., Brief], period: str
) -> None:
    brief = brief_of(period)
    charts = [
        picture
        for pictures in build_pictures(brief).values()
        for picture in pictures
        if picture.id.startswith("chart")
    ]
    assert charts
    for picture in charts:
        assert cut_off(picture.svg) == []
        assert len(drawn(picture.svg, "text")) > 6


def test_a_long_label_and_a_large_number_are_not_cut_off() -> None:
    long = "Alcohol-related anti-social behaviour in the evening"
    assert (
        cut_off(changes([(long, 1.0, -5.0, 9.0), ("Theft", -99.0, -100.0, 9.0)])) == []
    )
    svg = series([1_234_567] * 14, usual=None)
    assert cut_off(svg) == []
    narrow = re.sub(r'viewBox="0 0 ([\d.]+)', 'viewBox="0 0 480', svg)
    assert cut_off(narrow) == ["1,234,567"], "the check must see a cut label"


def test_the_days_of_the_week_are_written_with_their_shares() -> None:
    days = (
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    )
    table = Table(
        id="week",
        title="Time of the week",
        columns=(Column(name="day", label="Day"),),
        rows=pl.DataFrame(
            {"key": days, "day": days, "all": [0.1, 0.125, 0.075, 0.2, 0.2, 0.15, 0.15]}
        ),
    )
    svg = week_chart(table, Name(title="Week", description="Days.", id_prefix="w"))
    told = ["".join(t.itertext()) for t in drawn(svg, "text")]
    assert all(day in told for day in days)
    assert "12.5%" in told
    assert cut_off(svg) == []


def test_periods_end_on_the_days_that_were_counted(
    brief_of: Callable[..., Brief],
) -> None:
    ends = period_ends(brief_of("2025-W24"), 14)
    assert len(ends) == 14
    assert ends[-2:] == ("to 18 May 2025", "to 15 Jun 2025")


@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(KNOWN, max_size=30),
    usual=st.one_of(st.none(), st.tuples(st.integers(0, 50), st.integers(50, 9_999))),
)
def test_a_sparkline_stays_inside_and_shows_each_value(
    values: list[int | None], usual: tuple[int, int] | None
) -> None:
    svg = sparkline(values, usual=usual)
    root = ElementTree.fromstring(svg)
    _, _, wide, high = map(float, root.attrib["viewBox"].split())
    path = drawn(svg, "path")[0].get("d", "")
    at = [(float(x), float(y)) for x, y in re.findall(r"[ML]([-\d.]+) ([-\d.]+)", path)]
    assert len(at) == sum(value is not None for value in values)
    assert all(0 <= x <= wide and 0 <= y <= high for x, y in at)
    known = [value for value in values if value is not None]
    for one, other in zip(range(len(known)), range(1, len(known)), strict=False):
        if known[one] < known[other]:
            assert at[one][1] >= at[other][1]
    has_dot = bool(values) and values[-1] is not None
    assert len(drawn(svg, "circle")) == has_dot
    for rect in drawn(svg, "rect"):
        top = float(rect.attrib["y"])
        assert top >= 0
        assert top + float(rect.attrib["height"]) <= high + 0.11
