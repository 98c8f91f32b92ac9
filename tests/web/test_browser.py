"""The page in a real browser: strict, silent, usable without a mouse, accessible."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import h3
import pytest
from watched import READY, Watched, axe_findings

from hotspots.workflow import analyse

pytestmark = pytest.mark.browser


@pytest.fixture
def watched(chromium: Any, address: str) -> Iterator[Watched]:
    made = Watched(chromium, address)
    yield made
    made.context.close()


def choose_cell(page: Any, dataset: Any, rank: int | None) -> str:
    """Click the middle of the map after moving it to a cell; return its id."""
    table = analyse(dataset).cells_table
    wanted = table["hotspot_id"].is_null() if rank is None else None
    rows = table.filter(table["hotspot_id"] == rank if wanted is None else wanted)
    cell = str(rows.sort("n_incidents", descending=True)["cell"][0])
    lat, lng = h3.cell_to_latlng(cell)
    box = page.locator("#map").bounding_box()
    bounds = page.locator("#map").get_attribute("data-view").split(",")
    west, south, east, north = map(float, bounds)
    x = box["x"] + 2 + (lng - west) / (east - west) * (box["width"] - 4)
    y = box["y"] + 2 + (north - lat) / (north - south) * (box["height"] - 4)
    page.mouse.click(x, y)
    return cell


def test_nothing_external_and_no_complaint_while_it_is_used(watched: Watched) -> None:
    page = watched.open()
    for name in ("density", "gi_star", "count"):
        page.locator(f"input[name=layer][value={name}]").check()
    page.locator("button[data-rank='3']").click()
    page.locator("#show-areas").click()
    page.locator(".leaflet-control-zoom-in").click()
    page.locator("#filters summary").click()
    for path in ("/cells", "/rejects", "/difference", "/?area=nowhere", "/nowhere"):
        watched.open(path, ready=False)
    page.wait_for_load_state("networkidle")
    assert watched.external == []
    # a browser says 400 and 404 of the page itself on its console; nothing else
    rest = [
        text for text in watched.complaints if "Failed to load resource" not in text
    ]
    assert rest == []


def test_cells_are_drawn_and_the_legend_says_what_they_mean(watched: Watched) -> None:
    page = watched.open()
    pixels = page.evaluate(
        """() => {
            let n = 0;
            document.querySelectorAll(".hotspots-cells canvas").forEach((tile) => {
                const { width, height } = tile;
                const pen = tile.getContext("2d");
                const data = pen.getImageData(0, 0, width, height).data;
                for (let k = 3; k < data.length; k += 4) { n += data[k] > 0; }
            });
            return n;
        }"""
    )
    assert pixels > 1000
    assert page.locator("#legend li").count() >= 2
    assert "Incidents in a cell" in page.locator("#legend").inner_text()


def test_the_layer_can_be_changed_and_is_remembered(watched: Watched) -> None:
    page = watched.open()
    page.locator("input[type=radio][name=layer][value=gi_star]").check()
    assert "Could be chance" in page.locator("#legend").inner_text()
    assert "layer=gi_star" in page.url
    page.reload()
    page.wait_for_selector(READY)
    assert page.locator("input[type=radio][name=layer][value=gi_star]").is_checked()
    assert "Could be chance" in page.locator("#legend").inner_text()


def test_a_click_on_a_cell_says_why(watched: Watched, dataset: Any) -> None:
    page = watched.open()
    cell = choose_cell(page, dataset, None)
    panel = page.locator("#why")
    assert cell in panel.inner_text()
    assert "Cell outside the hotspots" in panel.inner_text()
    row = analyse(dataset).cells_table.row(by_predicate=_is(cell), named=True)
    assert f"Incidents\n{row['n_incidents']}" in panel.inner_text()


def _is(cell: str) -> Any:
    import polars as pl

    return pl.col("cell") == cell


def test_a_place_in_the_list_is_shown_on_the_map(
    watched: Watched, dataset: Any
) -> None:
    page = watched.open()
    first = analyse(dataset).hotspots[0]
    page.locator("button[data-rank='1']").click()
    panel = page.locator("#why")
    assert all(fact in panel.inner_text() for fact in first.facts)
    assert first.how_sure not in panel.inner_text()
    assert first.name in panel.inner_text()  # markup in a street name is text
    assert page.locator("#why img").count() == 0
    assert "app-row--selected" in page.locator("tr[data-rank='1']").get_attribute(
        "class"
    )
    assert page.locator(".app-rank--selected").inner_text() == "1"
    assert page.evaluate("document.activeElement.id") == "why"
    panel.get_by_text("How sure?").click()
    assert first.how_sure in panel.inner_text()
    page.get_by_role("button", name="Back to the list").click()
    assert page.evaluate("document.activeElement.dataset.rank") == "1"


def test_the_page_can_be_used_without_a_mouse(watched: Watched) -> None:
    page = watched.open()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == (
        "Skip to main content"
    )
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                """() => {
                    const e = document.activeElement;
                    const s = getComputedStyle(e);
                    const around = e.closest(".govuk-radios__item") || e;
                    const seen = s.outlineStyle !== "none" || s.boxShadow !== "none" ||
                        getComputedStyle(around.querySelector("label") || e, "::before")
                            .boxShadow !== "none";
                    return [e.id || e.dataset.rank || e.tagName, seen];
                }"""
            )
        )
        if reached[-1][0] == "show-areas":
            break
    names = [name for name, _ in reached]
    assert "map" in names
    assert "layer" in names
    assert names.index("map") < names.index("show-hotspots")
    assert [name for name, seen in reached if not seen] == []
    assert names.index("2") < names.index("map")
    page.locator("#places button[data-rank='2']").focus()
    page.keyboard.press("Enter")
    assert "Hotspot 2" in page.locator("#why").inner_text()


def test_the_map_answers_to_keys(watched: Watched) -> None:
    page = watched.open()
    box = page.locator("#map")
    box.focus()
    before = box.get_attribute("data-view")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(f'#map:not([data-view="{before}"])')
    page.keyboard.press("Enter")
    text = page.locator("#why").inner_text()
    assert "Cell" in text or "No incident is counted" in text


def test_the_list_sorts(watched: Watched, dataset: Any) -> None:
    page = watched.open()
    heading = page.locator("th", has_text="Hectares")

    def column() -> list[float]:
        cells = page.locator("tr[data-rank] td:nth-of-type(4)").all_inner_texts()
        return [float(text) for text in cells]

    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "descending"
    assert column() == sorted(column(), reverse=True)
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "ascending"
    assert column() == sorted(column())
    assert page.locator("th[aria-sort=ascending]").count() == 1
    places = page.locator("th", has_text="Place")
    places.get_by_role("button").click()
    assert places.get_attribute("aria-sort") == "ascending"
    assert page.locator("tr[data-rank]").count() == len(analyse(dataset).hotspots)


def test_a_filter_changes_what_is_counted(watched: Watched) -> None:
    page = watched.open()
    before = page.locator(".app-what").inner_text()
    page.locator("#filters summary").click()
    page.locator("input[value=Burglary]").uncheck()
    page.locator("#area").select_option("W1")
    page.locator("#from").select_option("2024-07")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_selector(READY)
    after = page.locator(".app-what").inner_text()
    assert after != before
    assert "West <b>ward</b> only" in after
    assert "July 2024 to June 2025" in after
    assert "Burglary" not in after


@pytest.mark.parametrize(
    "path", ["/", "/cells", "/rejects", "/difference", "/?area=nowhere"]
)
def test_a_narrow_screen_needs_no_sideways_scrolling(
    chromium: Any, address: str, path: str
) -> None:
    watched = Watched(chromium, address, viewport={"width": 320, "height": 640})
    page = watched.open(path, ready="nowhere" not in path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    watched.context.close()


def test_without_scripts_the_tables_stand_alone(chromium: Any, address: str) -> None:
    watched = Watched(chromium, address, java_script_enabled=False)
    page = watched.open(ready=False)
    assert page.get_by_text("The map needs JavaScript").is_visible()
    assert not page.locator("#map").is_visible()
    assert page.locator("tr[data-rank]").count() > 0
    assert page.locator("#places .app-no-script").first.is_visible()
    watched.context.close()


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/?layer=gi_star",
        "/cells",
        "/rejects",
        "/difference",
        "/?area=nowhere",
        "/nowhere",
    ],
)
def test_axe_finds_nothing(chromium: Any, address: str, path: str) -> None:
    watched = Watched(chromium, address, bypass_csp=True)  # only to bring axe in
    page = watched.open(path, ready="nowhere" not in path)
    if path == "/":
        page.locator("#time summary").click()
        page.wait_for_selector("#time-months button")
        page.locator("#filters summary").click()
        page.locator("button[data-rank='1']").click()
    seen = axe_findings(page)
    watched.context.close()
    assert seen == []


def test_months_and_hours_choose_what_the_map_counts(watched: Watched) -> None:
    page = watched.open("/")
    page.click("#time summary")
    page.wait_for_selector("#time-months button")
    says = page.locator("#time-says")
    first = page.locator("#time-months button").nth(2)
    assert "usual" in (first.get_attribute("aria-label") or "")
    first.click()
    assert first.get_attribute("aria-pressed") == "true"
    counted = int(re.findall(r"counts ([\d,]+) of", says.inner_text())[0])
    label = first.get_attribute("aria-label") or ""
    assert f": {counted} incidents" in label
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    both = int(re.findall(r"counts ([\d,]+) of", says.inner_text())[0])
    assert both > counted
    page.click("#time-clear")
    assert "Choose months or hours" in says.inner_text()
    hour = page.locator("#time-week button").nth(40)
    hour.click()
    n = int(re.findall(r": ([\d,]+) incidents", hour.get_attribute("aria-label"))[0])
    assert f"counts {n} of" in says.inner_text()


def test_two_periods_are_shown_with_what_can_be_said(watched: Watched) -> None:
    page = watched.open("/")
    page.check("#layer-4")
    page.locator("#layer-says", has_text="chance gives").wait_for()
    assert "Cannot tell" in page.inner_text("#legend")
    page.click("text=more or fewer than before, as a table")
    assert page.inner_text("h1") == "More or fewer than before"
    words = page.locator("tbody tr td:nth-of-type(5)").all_inner_texts()
    assert words
    assert set(words) <= {"more", "fewer", "cannot tell"}


def test_each_choice_can_be_undone_and_a_view_kept(watched: Watched) -> None:
    page = watched.open("/")
    undo = page.locator("#undo")
    assert not undo.is_visible()
    page.clock.install()
    page.click("#places button[data-rank='2']")
    page.clock.fast_forward(1000)
    page.check("#layer-2")
    page.clock.fast_forward(1000)
    page.click("#views summary")
    page.fill("#view-name", "Two, by density")
    page.keyboard.press("Enter")
    kept = page.url
    undo.click()
    page.wait_for_selector("#layer:checked", state="attached")
    assert "Hotspot 2" in page.inner_text("#why")
    undo.click()
    page.locator("#why", has_text="Choose a place here").wait_for()
    assert not undo.is_visible()
    page.click("text=Two, by density")
    page.wait_for_selector("#map[data-ready]")
    assert page.url == kept
    assert page.is_checked("#layer-2")
    assert "Hotspot 2" in page.inner_text("#why")
    page.click("#views summary")
    page.click("text=Forget")
    assert page.locator("#view-list li").count() == 0


def test_cells_are_set_beside_another_area(watched: Watched) -> None:
    page = watched.open("/?compare=area:W2&layer=difference")
    page.locator("#layer-says", has_text="ground of East").wait_for()
    assert "More than in East" in page.inner_text("#legend")
    page.click("text=more or fewer than before, as a table")
    assert page.inner_text("h1") == "More or fewer than in East"
