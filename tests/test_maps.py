from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import shapely

from hotspots.core.errors import OutputError
from hotspots.model.cells import Cells, cell_names
from hotspots.model.hotspot import Change, Hotspot
from hotspots.outputs import travelling_map as maps
from hotspots.outputs.basemap import read_ground
from hotspots.outputs.travelling_map import MapContent, build_map
from hotspots.samples import sample_path

ROOT = Path(__file__).resolve().parent.parent
AXE = ROOT / "tests" / "vendor" / "axe-core" / "axe.min.js"
ATTACK = (
    "<img src=x onerror='window.hacked=1'></script><script>window.hacked=1</script>"
)

pytestmark = pytest.mark.skipif(
    not (ROOT / "web" / "static" / "vendor" / "leaflet").is_dir(),
    reason="the front-end files are not there: run python tools/fetch_assets.py",
)


def make_hotspot(rank: int, ids: np.ndarray, name: str) -> Hotspot:
    return Hotspot(
        rank=rank,
        name=name,
        ward="North",
        cells=ids,
        polygon=shapely.union_all(
            Cells.from_ids(ids, resolution=10).polygons(), grid_size=1e-9
        ),
        n_incidents=60 - rank,
        share=0.1,
        area_ha=5.3,
        harm=123.4,
        trend=Change(now=30, before=20, months=12, p_value=0.2, z=2, word="usual"),
        stability=0.9,
        below_floor=False,
        why=f"Reason of {name}.",
    )


def make_content(name: str = "High Street, North") -> MapContent:
    ids = Cells.from_polygon(shapely.box(-0.9, 52.76, -0.88, 52.77), resolution=10).ids
    n = np.arange(len(ids)) % 40 + 1
    table = pl.DataFrame(
        {
            "cell": cell_names(ids),
            "n_incidents": n,
            "kde_per_km2": n * 7.25,
            "gi_z": np.linspace(-4, 6, len(ids)),
            "gi_p_adjusted": np.abs(np.linspace(-0.1, 0.1, len(ids))),
            "hotspot_id": [1] * 4 + [None] * (len(ids) - 4),
            "ward": ["North"] * len(ids),
        }
    )
    kinds = ["ward", "priority neighbourhood"]
    areas = pl.DataFrame({"code": ["N", "P"], "name": ["North", name], "kind": kinds})
    counts = areas.with_columns(n_now=pl.lit(60), n_previous=pl.lit(44))
    return MapContent(
        title="Hotspots",
        subtitle="Incidents from 1 July 2023 to 30 June 2025.",
        notes=("The window is the last 24 months.", f"Note on {name}"),
        cells=table,
        hotspots=(
            make_hotspot(1, ids[:4], name),
            make_hotspot(2, ids[-4:], "Mill Lane, North"),
        ),
        areas_frame=areas,
        areas_geometry=np.array(
            [
                shapely.box(-0.91, 52.75, -0.87, 52.78),
                shapely.box(-0.9, 52.76, -0.89, 52.765),
            ]
        ),
        areas_table=counts,
        simulated=True,
        attribution="Whose data these are.",
    )


class Tags(HTMLParser):
    """Every start tag with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def data_of(page: str) -> dict[str, Any]:
    found = re.search(
        r'<script type="application/json" id="map-data">(.*?)</script>', page
    )
    assert found
    return json.loads(found[1])


# --- the document ---------------------------------------------------------------------


def test_two_builds_are_identical() -> None:
    assert build_map(make_content()) == build_map(make_content())


def test_nothing_in_the_page_points_outside_it() -> None:
    page = build_map(make_content())
    for tag, attributes in Tags(page).found:
        assert tag != "link"
        assert "src" not in attributes
        assert attributes.get("href", "#").startswith("#")
    assert not re.search(r"url\((?!['\"]?(data:|#))", "".join(styles(page)))


def styles(page: str) -> list[str]:
    return re.findall(r"<style>(.*?)</style>", page, flags=re.DOTALL)


def test_language_tables_and_banner() -> None:
    page = build_map(make_content())
    assert '<html lang="en-GB">' in page
    assert "<strong>SIMULATED DATA</strong>" in page
    assert page.count("<caption>") == 3
    assert "Whose data these are." in page
    real = build_map(replace(make_content(), simulated=False))
    assert "SIMULATED" not in real


def test_data_are_what_was_given() -> None:
    content = make_content()
    data = data_of(build_map(content))
    assert data["cells"]["id"] == content.cells["cell"].to_list()
    assert data["cells"]["n"] == content.cells["n_incidents"].to_list()
    assert [h["name"] for h in data["hotspots"]] == [h.name for h in content.hotspots]
    for shown, hotspot in zip(data["hotspots"], content.hotspots, strict=True):
        shape = shapely.geometry.shape(shown["shape"])
        assert shapely.hausdorff_distance(shape, hotspot.polygon) < 1e-6
        assert hotspot.polygon.contains(shapely.Point(shown["at"][::-1]))


def test_values_that_are_no_numbers_are_null() -> None:
    content = make_content()
    cells = content.cells.with_columns(gi_z=pl.lit(float("nan")))
    data = data_of(build_map(replace(content, cells=cells)))
    assert set(data["cells"]["z"]) == {None}


def test_only_the_largest_cells_are_in_the_table(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(maps, "MAX_CELL_ROWS", 5)
    content = make_content()
    page = build_map(content)
    assert f"the 5 cells with the most incidents, of {content.cells.height}" in page
    assert "cells.parquet" in page
    assert len(data_of(page)["cells"]["id"]) == content.cells.height


def test_an_empty_map_is_a_page_too() -> None:
    content = make_content()
    page = build_map(
        replace(
            content,
            cells=content.cells.clear(),
            hotspots=(),
            areas_frame=content.areas_frame.clear(),
            areas_geometry=np.array([], dtype=object),
            areas_table=content.areas_table.clear(),
        )
    )
    assert page.count("None.") == 3


def test_missing_front_end_files_are_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    maps._asset.cache_clear()
    monkeypatch.setattr(maps, "find_spec", lambda _: None)
    with pytest.raises(OutputError, match=r"run `python tools/fetch_assets\.py`"):
        build_map(make_content())


def test_text_from_files_stays_text() -> None:
    page = build_map(replace(make_content(ATTACK), title=ATTACK, attribution=ATTACK))
    assert "<img" not in page
    assert page.count("<script>") == 4
    assert data_of(page)["hotspots"][0]["name"] == ATTACK


# --- in a browser --------------------------------------------------------------------


@pytest.fixture
def attacked(chromium: Any, tmp_path: Path) -> Iterator[Any]:
    """The page of a hostile file, open from disk, without a network."""
    path = tmp_path / "map.html"
    ground = read_ground([sample_path("boundaries/simulated_ground.geojson")])
    content = replace(make_content(ATTACK), ground=replace(ground, credit=ATTACK))
    path.write_text(build_map(content), encoding="utf-8", newline="\n")
    context = chromium.new_context(offline=True)
    page = context.new_page()
    page.requests, page.complaints = [], []
    page.on("request", lambda request: page.requests.append(request.url))
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(path.as_uri())
    page.wait_for_selector(".rank-icon")
    assert not page.get_by_text("The map needs JavaScript").is_visible()
    yield page
    assert page.complaints == []
    assert [url for url in page.requests if not url.startswith("data:")] == [
        path.as_uri()
    ]
    assert page.evaluate("() => window.hacked === undefined")
    assert page.locator("img").count() == 0
    context.close()


INK = """() => Array.from(document.querySelectorAll('.hotspots-cells canvas'))
  .map(c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data)
  .reduce((sum, data) => sum + data.filter((v, k) => k % 4 === 3 && v > 0).length, 0)"""


@pytest.mark.browser
def test_the_file_opens_offline_and_draws_its_cells(attacked: Any) -> None:
    assert attacked.evaluate(INK) > 10_000
    assert attacked.locator(".rank-icon").all_inner_texts() == ["1", "2"]
    assert attacked.locator("#hotspots-table tbody tr").count() == 2
    assert attacked.locator("#areas-table tbody tr").count() == 2


@pytest.mark.browser
def test_the_ground_lies_under_the_cells_and_whose_it_is_is_said(attacked: Any) -> None:
    pane = attacked.locator(".leaflet-ground-pane")
    assert pane.locator("canvas").count() == 1
    assert pane.evaluate("pane => Number(getComputedStyle(pane).zIndex)") < 400
    assert ATTACK in attacked.locator(".attribution").inner_text()


@pytest.mark.browser
def test_choosing_a_layer_changes_the_legend(attacked: Any) -> None:
    legend = attacked.locator("#cell-legend")
    for value, title in (("density", "km²"), ("gi", "Hot and cold"), ("count", "cell")):
        attacked.locator(f"input[value={value}]").check()
        assert title in legend.inner_text()
        assert attacked.evaluate(INK) > 10_000


@pytest.mark.browser
def test_a_hotspot_says_why_by_keyboard(attacked: Any) -> None:
    attacked.locator(".rank-icon").first.focus()
    attacked.keyboard.press("Enter")
    panel = attacked.locator("#what-is-here")
    assert f"Hotspot 1: {ATTACK}" in panel.inner_text()
    assert f"Reason of {ATTACK}." in panel.inner_text()
    assert attacked.locator("tr.chosen").count() == 1


@pytest.mark.browser
def test_a_row_of_the_table_shows_its_place(attacked: Any) -> None:
    attacked.get_by_role("button", name="Show on the map: hotspot 2").click()
    assert "Mill Lane" in attacked.locator("#what-is-here").inner_text()


@pytest.mark.browser
def test_a_cell_says_what_is_in_it(attacked: Any) -> None:
    attacked.evaluate(
        "() => map_hotspots.fire('click', {latlng: L.latLng(52.765, -0.89)})"
    )
    text = attacked.locator("#what-is-here").inner_text()
    assert re.match(r"Cell 8a\w+\s+Incidents\s+\d+", text)


@pytest.mark.browser
def test_axe_finds_nothing_and_the_page_does_not_scroll_sideways(
    chromium: Any, tmp_path: Path
) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not there: run python tools/fetch_assets.py")
    path = tmp_path / "map.html"
    path.write_text(build_map(make_content()), encoding="utf-8", newline="\n")
    context = chromium.new_context(
        bypass_csp=True, offline=True, viewport={"width": 320, "height": 800}
    )
    page = context.new_page()
    page.goto(path.as_uri())
    page.wait_for_selector(".rank-icon")
    page.locator(".rank-icon").first.press("Enter")
    page.locator(".cells-section summary").click()
    page.add_script_tag(path=AXE)
    found = page.evaluate("() => axe.run()")
    assert [violation["id"] for violation in found["violations"]] == []
    assert page.evaluate("() => document.documentElement.scrollWidth") == 320
    context.close()


@pytest.mark.browser
def test_tables_work_without_javascript(chromium: Any, tmp_path: Path) -> None:
    path = tmp_path / "map.html"
    path.write_text(build_map(make_content()), encoding="utf-8", newline="\n")
    context = chromium.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(path.as_uri())
    assert page.get_by_text("The map needs JavaScript").is_visible()
    assert page.locator("#hotspots-table tbody tr").count() == 2
    assert page.get_by_text("Mill Lane, North").first.is_visible()
    assert not page.locator("#layer-choice").is_visible()
    context.close()
