from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest
import shapely
from plan_fixture import HOSTILE

from hotspots.core.errors import ParameterError
from hotspots.outputs.printing import (
    Background,
    MapMark,
    MapPlace,
    draw_map,
    svg_to_png,
)
from hotspots.outputs.printing.map_frame import Frame
from hotspots.outputs.printing.map_ground import FILLS
from hotspots.outputs.printing.sheets import Sheet
from hotspots.resources import load_resources
from hotspots.samples import sample_path
from hotspots.sources.areas import read_areas

SVG = "{http://www.w3.org/2000/svg}"
CENTRE = np.array([475_236.0, 318_890.0])


def places(n: int = 10, *, spread: float = 900.0) -> list[MapPlace]:
    rng = np.random.default_rng(4)
    at = CENTRE + rng.normal(0, spread, (n, 2))
    return [
        MapPlace(
            number=k + 1, geometry=shapely.Point(*xy).buffer(90), name=f"Place {k}"
        )
        for k, xy in enumerate(at)
    ]


def parse(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def words(root: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def test_the_district_with_its_wards_and_numbers(town: Background) -> None:
    root = parse(draw_map(town, places(), title="Ten places", attribution="Ours."))
    shown = words(root)
    for k in range(1, 11):
        assert str(k) in shown
    assert "N" in shown
    assert "Ours." in shown
    assert any(text.endswith(" km") for text in shown)
    joined = " ".join(shown)
    rural = [name for name in town.area_names if not name.startswith("Brindleford")]
    assert rural
    assert all(name.split()[0] in joined for name in rural)


def test_the_street_level_map_names_streets_and_marks(town: Background) -> None:
    near = tuple(shapely.Point(*CENTRE).buffer(250).bounds)
    cameras = MapMark(what="fixed camera", geometry=shapely.points([CENTRE]))
    svg = draw_map(town, places(1), marks=[cameras], title="One", extent_m=near)
    shown = words(parse(svg))
    named = {name for name in town.street_names if name} & set(shown)
    assert len(named) > 8
    assert "fixed camera" in shown
    assert any(text.endswith(" m") for text in shown)


def test_points_of_a_walk_carry_their_numbers(town: Background) -> None:
    near = tuple(shapely.Point(*CENTRE).buffer(250).bounds)
    at = shapely.points(CENTRE + np.array([[0, 0], [80, 40], [20, -70]]))
    walk = MapMark(what="points on the walk", geometry=at, numbers=("71", "72", "73"))
    plain = MapMark(what="points on the walk", geometry=at)
    with_numbers, without = (
        words(
            parse(draw_map(town, places(1), marks=[mark], title="One", extent_m=near))
        )
        for mark in (walk, plain)
    )
    assert {"71", "72", "73", "points on the walk"} <= set(with_numbers)
    assert not {"71", "72", "73"} & set(without)


def test_people_who_do_not_see_it_are_told(town: Background) -> None:
    root = parse(draw_map(town, places(2), title="Two places", id_prefix="m2"))
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "m2-title m2-desc"
    assert root.findtext(f"{SVG}title") == "Two places"
    assert root.findtext(f"{SVG}desc") == "Numbered places: 1: Place 0; 2: Place 1."
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(set(ids)) == len(ids)
    assert all(name.startswith("m2-") for name in ids)


def test_nothing_is_fetched_and_nothing_needs_a_style(town: Background) -> None:
    svg = draw_map(town, places(), title="Ten places")
    assert " style=" not in svg
    assert "<script" not in svg
    assert "href" not in svg
    assert svg.count("http") == svg.count("http://www.w3.org/2000/svg")


def test_two_runs_give_the_same_drawing(town: Background) -> None:
    first = draw_map(town, places(), title="Ten places")
    assert first == draw_map(town, places(), title="Ten places")


def test_it_reads_in_black_and_white(town: Background) -> None:
    """Every ink is a grey: black, white or between."""
    svg = draw_map(town, places(3), title="Three")
    for element in parse(svg).iter():
        for key in ("fill", "stroke"):
            ink = element.get(key, "")
            if ink.startswith("#"):
                red, green, blue = (int(ink[k : k + 2], 16) for k in (1, 3, 5))
                assert max(red, green, blue) - min(red, green, blue) < 12


def test_hostile_names_are_words() -> None:
    square = shapely.box(0, 0, 1_000, 1_000)
    background = Background(
        areas=np.array([square]),
        area_names=[HOSTILE],
        streets=np.array([shapely.LineString([(0, 500), (1_000, 500)])]),
        street_names=["<a> & \"b\" 'c'"],
    )
    place = MapPlace(number="<1>", geometry=shapely.Point(200, 200), name=HOSTILE)
    svg = draw_map(background, [place], title=HOSTILE, attribution="<b>&")
    root = parse(svg)
    assert "<a> & \"b\" 'c'" in words(root)
    assert "<1>" in words(root)
    assert svg_to_png(svg, width_mm=100).startswith(b"\x89PNG")


def test_points_lines_areas_and_comparison_places_are_drawn(town: Background) -> None:
    x, y = CENTRE
    shown = [
        MapPlace(number=1, geometry=shapely.Point(x, y)),
        MapPlace(number=2, geometry=shapely.LineString([(x, y), (x + 300, y + 90)])),
        MapPlace(number=3, geometry=shapely.box(x, y + 200, x + 200, y + 400)),
        MapPlace(number="C", geometry=shapely.Point(x - 400, y), comparison=True),
    ]
    marks = [
        MapMark(what=f"kind {k}", geometry=np.array([shape], dtype=object))
        for k, shape in enumerate(
            (
                shapely.Point(x - 100, y),
                shapely.MultiPoint([(x, y - 90), (x, y - 190)]),
                shapely.LineString([(x, y), (x, y + 300)]),
                shapely.box(x - 300, y - 300, x - 200, y - 200),
            )
        )
    ]
    svg = draw_map(town, shown, marks=marks, title="All kinds")
    texts = words(parse(svg))
    assert {"1", "2", "3", "C", "held for comparison"} <= set(texts)
    assert {f"kind {k}" for k in range(4)} <= set(texts)


def test_without_background_the_places_are_the_extent() -> None:
    svg = draw_map(Background(), places(3), title="Three")
    assert {"1", "2", "3"} <= set(words(parse(svg)))


def test_what_cannot_be_drawn_is_refused(town: Background) -> None:
    with pytest.raises(ParameterError, match="an area, a street or a place"):
        draw_map(Background(), title="Nothing")
    with pytest.raises(ParameterError, match="at least 40 mm"):
        draw_map(town, title="Small", width_mm=30)
    with pytest.raises(ParameterError, match="id_prefix"):
        draw_map(town, title="x", id_prefix='"><script>')
    with pytest.raises(ParameterError, match="one name for each street; got 1 and 0"):
        Background(streets=np.array([shapely.LineString([(0, 0), (1, 1)])]))


def test_water_parks_and_railways_lie_under_the_streets_and_are_named() -> None:
    ground = sample_path("boundaries/simulated_ground.geojson")
    wards = read_areas(sample_path("boundaries/simulated_wards.geojson"))
    background = Background.from_areas(wards, resources=load_resources(ground=ground))
    assert list(background.ground) == ["built", "green", "wood", "water", "rail"]
    near = tuple(shapely.Point(474_900, 318_750).buffer(260).bounds)
    svg = draw_map(background, places(3), title="Ground", extent_m=near)
    for fill in (FILLS["water"], FILLS["green"]):
        assert svg.count(f'fill="{fill}"') == 1
    assert "River Brindle" in words(parse(svg))
    assert 'stroke-dasharray="22 22"' in svg


def test_a_sheet_at_a_scale_shows_as_much_ground_as_its_paper_is_wide() -> None:
    sheet = Sheet(
        title="Wall",
        said="",
        places=places(3),
        background=Background(),
        paper="A3",
        scale=10_000,
    )
    west, _, east, _ = sheet._extent(288.0)
    frame = Frame.around((west, 0, east, 0), wide=2880, high=2000)
    assert frame.metres_per_unit == pytest.approx(1.0)  # a tenth of a mm: 1 : 10,000
