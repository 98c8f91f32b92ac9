from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.outputs.printing.fonts import text_width
from hotspots.outputs.printing.map_labels import Label, LabelRoom

PAGE = shapely.box(0, 0, 1_780, 1_000)
RADIUS = 23.0

coordinates = st.tuples(st.floats(60, 1_720), st.floats(60, 940))


def block(label: Label) -> shapely.Polygon:
    """The words' rectangle, worked out anew from the label alone."""
    wide = max(text_width(line) for line in label.lines) * label.size
    high = label.size * len(label.lines)
    box = shapely.box(-wide / 2, -high / 2, wide / 2, high / 2)
    turned = shapely.affinity.rotate(box, label.angle, origin=(0, 0))
    return shapely.affinity.translate(turned, label.x, label.y)


@settings(max_examples=40, deadline=None)
@given(st.lists(coordinates, min_size=1, max_size=10))
def test_numbers_stand_apart_and_on_the_page(points: list[tuple[float, float]]) -> None:
    spots = LabelRoom(box=PAGE).put_numbers(np.array(points), radius=RADIUS)
    discs = [shapely.Point(s.x, s.y).buffer(RADIUS) for s in spots]
    assert all(PAGE.covers(disc) for disc in discs)
    assert not any(a.intersects(b) for a, b in itertools.combinations(discs, 2))
    assert [(s.at_x, s.at_y) for s in spots] == points


def test_a_place_alone_has_its_number_on_it() -> None:
    (spot,) = LabelRoom(box=PAGE).put_numbers(np.array([[500.0, 500.0]]), radius=RADIUS)
    assert not spot.moved


def test_ten_places_at_one_point_have_ten_leaders() -> None:
    spots = LabelRoom(box=PAGE).put_numbers(np.full((10, 2), 500.0), radius=RADIUS)
    assert all(spot.moved for spot in spots)
    assert len({(spot.x, spot.y) for spot in spots}) == 10


def test_leaders_cross_nothing_while_there_is_room() -> None:
    spots = LabelRoom(box=PAGE).put_numbers(np.full((6, 2), 500.0), radius=RADIUS)
    near = shapely.Point(500, 500).buffer(11)
    lines = [
        shapely.LineString([(s.at_x, s.at_y), (s.x, s.y)]).difference(near)
        for s in spots
    ]
    discs = [shapely.Point(s.x, s.y).buffer(RADIUS) for s in spots]
    for k, line in enumerate(lines):
        assert not any(line.intersects(other) for other in lines[k + 1 :])
        assert not any(line.intersects(disc) for m, disc in enumerate(discs) if m != k)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(coordinates, max_size=5),
    st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=25),
)
def test_no_label_lies_on_another(
    points: list[tuple[float, float]],
    ends: list[tuple[tuple[float, float], tuple[float, float]]],
) -> None:
    room = LabelRoom(box=PAGE)
    discs = [
        shapely.Point(s.x, s.y).buffer(RADIUS)
        for s in room.put_numbers(np.reshape(points, (-1, 2)), radius=RADIUS)
    ]
    labels = [
        room.put_area_name(
            "Brindleford Market", shapely.box(x, 0, x + 890, 1_000), size=29
        )
        for x in (0, 890)
    ]
    labels += [
        room.put_street_name(
            f"Butterhill Street {k}", shapely.LineString(line), size=27
        )
        for k, line in enumerate(ends)
    ]
    blocks = [block(label) for label in labels if label]
    assert all(PAGE.covers(each) for each in blocks)
    for a, b in itertools.combinations(blocks + discs, 2):
        assert a.intersection(b).area < 1e-6


def test_a_street_name_runs_along_its_street_and_reads_upright() -> None:
    for slope in (0.0, 30.0, 89.0, 91.0, 170.0, -45.0):
        turn = np.deg2rad(slope)
        along = np.array([np.cos(turn), np.sin(turn)]) * 400
        middle = np.array([890.0, 500.0])
        line = shapely.LineString([middle - along, middle + along])
        label = LabelRoom(box=PAGE).put_street_name("High Street", line, size=27)
        assert label is not None
        assert (label.x, label.y) == pytest.approx((890, 500), abs=0.1)
        assert -90 <= label.angle <= 90
        assert (label.angle - slope) % 180 == pytest.approx(0, abs=0.1)


def test_a_street_too_short_or_too_bent_has_no_name() -> None:
    room = LabelRoom(box=PAGE)
    short = shapely.LineString([(500, 500), (540, 500)])
    assert room.put_street_name("Butterhill Street", short, size=27) is None
    zigzag = shapely.LineString([(500 + 30 * k, 500 + 60 * (k % 2)) for k in range(20)])
    assert room.put_street_name("Butterhill Street", zigzag, size=27) is None


def test_a_long_name_goes_in_two_lines_and_a_small_area_has_none() -> None:
    tall = shapely.box(500, 100, 760, 900)
    label = LabelRoom(box=PAGE).put_area_name("Sallowthorpe and Woadham", tall, size=29)
    assert label is not None
    assert label.lines == ("Sallowthorpe", "and Woadham")
    small = shapely.box(500, 500, 560, 560)
    assert LabelRoom(box=PAGE).put_area_name("Sallowthorpe", small, size=29) is None


def test_an_area_name_keeps_off_what_it_should_avoid() -> None:
    area, place = shapely.box(200, 200, 1_200, 800), shapely.box(500, 300, 900, 700)
    label = LabelRoom(box=PAGE).put_area_name("Market", area, size=29, avoid=[place])
    assert label is not None
    assert not block(label).intersects(place)
