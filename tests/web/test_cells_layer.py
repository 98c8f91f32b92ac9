"""The canvas layer draws the cells it is given, and finds them again under a click."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import h3
import pytest

pytestmark = pytest.mark.browser

CENTRE = (52.766, -0.886)
STATIC = Path(__file__).resolve().parents[2] / "web" / "static"


@pytest.fixture(scope="module")
def page(chromium: Any, vendor: Path) -> Iterator[Any]:
    page = chromium.new_page(viewport={"width": 600, "height": 400})
    page.set_content("<div id=map style='width:600px;height:400px'></div>")
    page.add_style_tag(path=vendor / "leaflet/leaflet.css")
    page.add_script_tag(path=vendor / "leaflet/leaflet.js")
    page.add_script_tag(path=vendor / "h3-js/h3-js.umd.js")
    page.add_script_tag(path=STATIC / "map" / "cells-layer.js")
    page.evaluate(
        """([lat, lng]) => {
            window.map = L.map("map", {fadeAnimation: false, zoomAnimation: false});
            map.setView([lat, lng], 15);
            window.layer = new HotspotsMap.CellsLayer({fillOpacity: 1}).addTo(map);
            const tiles = () =>
                document.querySelectorAll(".hotspots-cells canvas");
            window.colourAt = (lat, lng) => {
                const at = map.latLngToContainerPoint([lat, lng]);
                const box = map.getContainer().getBoundingClientRect();
                for (const tile of tiles()) {
                    const r = tile.getBoundingClientRect();
                    const x = at.x + box.left - r.left, y = at.y + box.top - r.top;
                    if (x >= 0 && y >= 0 && x < r.width && y < r.height) {
                        const p = tile.getContext("2d").getImageData(x, y, 1, 1).data;
                        return p[3] ? "#" + [p[0], p[1], p[2]].map(
                            v => v.toString(16).padStart(2, "0")).join("") : null;
                    }
                }
                return null;
            };
        }""",
        list(CENTRE),
    )
    yield page
    page.close()


def disk(resolution: int, rings: int) -> list[str]:
    centre = h3.latlng_to_cell(*CENTRE, resolution)
    return sorted(h3.grid_disk(centre, rings))


@pytest.mark.parametrize(("resolution", "zoom"), [(10, 15), (10, 17), (9, 14), (10, 8)])
def test_every_cell_has_the_colour_of_its_class(
    page: Any, resolution: int, zoom: int
) -> None:
    ids = disk(resolution, 2)
    values = [1 + k % 7 for k in range(len(ids))]
    if zoom == 8:  # smaller than a pixel: only the place can be asked for
        values = [1] * len(ids)
    centres = [h3.cell_to_latlng(cell) for cell in ids]
    seen, expected, off_map = page.evaluate(
        """([ids, values, centres, zoom, centre]) => {
            map.setView(centre, zoom);
            const scale = HotspotsMap.countScale(values);
            layer.setData(ids, values, scale);
            const inside = centres.map(c => map.getBounds().contains(c));
            const pick = list => list.filter((_, k) => inside[k]);
            return [
                pick(centres.map(([lat, lng]) => colourAt(lat, lng))),
                pick(values.map(
                    v => scale.classes[HotspotsMap.classOf(scale.breaks, v)].colour)),
                colourAt(centre[0] + 0.004 * Math.pow(2, 15 - zoom), centre[1]),
            ];
        }""",
        [ids, values, centres, zoom, list(CENTRE)],
    )
    assert len(seen) >= 7
    if zoom == 8:
        assert None not in seen
    else:
        assert seen == expected
    if zoom in (8, 14):
        assert off_map is None


def test_a_click_finds_the_cell_and_nothing_beside(page: Any) -> None:
    ids = disk(10, 1)
    wanted = ids[3]
    found = page.evaluate(
        """([ids, at, centre]) => {
            map.setView(centre, 15);
            layer.setData(ids, ids.map(() => 1), HotspotsMap.countScale([1]));
            const got = [];
            layer.once("cellclick", event => got.push([event.id, event.index]));
            map.fire("click", {latlng: L.latLng(at)});
            layer.once("emptyclick", () => got.push("empty"));
            map.fire("click", {latlng: L.latLng(centre[0] + 0.01, centre[1])});
            return got;
        }""",
        [ids, list(h3.cell_to_latlng(wanted)), list(CENTRE)],
    )
    assert found == [[wanted, 3], "empty"]


def test_no_data_draws_nothing_and_finds_nothing(page: Any) -> None:
    found = page.evaluate(
        """centre => {
            layer.setData([], [], HotspotsMap.countScale([]));
            return [colourAt(...centre), layer.cellAt(L.latLng(centre))];
        }""",
        list(CENTRE),
    )
    assert found == [None, None]


def test_values_must_match_the_cells(page: Any) -> None:
    message = page.evaluate(
        """() => {
            try { layer.setData(["a"], [], HotspotsMap.countScale([])); }
            catch (error) { return error.message; }
        }"""
    )
    assert message == "setData needs one value a cell; got 1 cells and 0 values."


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([1, 1, 1], ["1 or more"]),
        ([1, 1, 1, 2], ["1", "2 or more"]),
        ([1] * 50 + [5] * 10 + [30], ["1 to 2", "3 to 7", "8 or more"]),
        ([1] * 900 + [60] * 9 + [3000], None),
    ],
)
def test_count_labels_say_what_the_classes_hold(
    page: Any, values: list[int], labels: list[str] | None
) -> None:
    scale = page.evaluate("v => HotspotsMap.countScale(v)", values)
    got = [look["label"] for look in scale["classes"]]
    assert labels is None or got == labels
    assert scale["breaks"] == sorted(set(scale["breaks"]))
    for value in {1, 2, 3, *values, *scale["breaks"]}:
        k = sum(value >= limit for limit in scale["breaks"])
        words = got[k].replace(",", "").split()
        low, high = int(words[0]), words[-1]
        assert low <= value
        assert high == "more" or value <= int(high)


def test_head_tail_breaks_are_the_means_of_the_upper_parts(page: Any) -> None:
    # mean of all = 4; of those above (10, 20) = 15; above that (20) is one value
    got = page.evaluate("HotspotsMap.headTailBreaks([1,1,1,1,1,1,1,1,10,20], 4)")
    assert got == [pytest.approx(3.8), 15]


def test_gi_levels_need_both_sign_and_certainty(page: Any) -> None:
    got = page.evaluate(
        """HotspotsMap.giLevels(
            [3, 3, 3, -3, -3, null, 0], [.001, .02, .2, .02, .001, .001, .2])"""
    )
    assert got == [2, 1, 0, -1, -2, 0, 0]


def test_text_never_becomes_markup(page: Any) -> None:
    nasty = "<img src=x onerror=alert(1)>"
    html, text = page.evaluate(
        """nasty => {
            const box = HotspotsMap.buildFacts(nasty, [[nasty, nasty]]);
            return [box.querySelectorAll("img").length, box.textContent];
        }""",
        nasty,
    )
    assert html == 0
    assert text == nasty * 3


def lightness(colour: str) -> float:
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    ]
    y = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return float(116 * y ** (1 / 3) - 16)


def test_classes_stay_in_order_on_a_black_and_white_print(page: Any) -> None:
    values = [1] * 400 + [4] * 80 + [12] * 20 + [40] * 5 + [100]
    for kind in ("countScale", "densityScale"):
        scale = page.evaluate(f"v => HotspotsMap.{kind}(v)", values)
        shades = [lightness(look["colour"]) for look in scale["classes"]]
        assert len(shades) == 5
        assert all(a - b > 12 for a, b in pairwise(shades))
    gi = page.evaluate("HotspotsMap.giScale()")["classes"]
    assert [look["hatched"] for look in gi] == [True, True, False, False, False]
    hot = [lightness(look["colour"]) for look in gi[2:]]
    assert all(a - b > 12 for a, b in pairwise(hot))


def test_fifty_thousand_cells_are_drawn(page: Any) -> None:
    ids = disk(10, 128)[:50_000]
    drawn = page.evaluate(
        """([ids, centre]) => {
            map.setView(centre, 12);
            const values = ids.map((_, k) => 1 + k % 9);
            layer.setData(ids, values, HotspotsMap.countScale(values));
            return colourAt(...centre) !== null;
        }""",
        [ids, list(CENTRE)],
    )
    assert drawn
