"""The plan pages in a real browser: by mouse, by keyboard, narrow, without scripts."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from listening import listening
from plan_pages import address as path_of
from plan_pages import plan_of as made_plan
from plan_pages import query_of
from watched import Watched, axe_findings

from hotspots.service import plans
from hotspots.tactics.catalogue import TACTICS

pytestmark = pytest.mark.browser

READY = "#plan-map[data-ready]"
FOCUSED = "document.activeElement"


@pytest.fixture(scope="module")
def app(town_app: Any) -> Any:
    return town_app


@pytest.fixture(scope="module")
def served(app: Any) -> Iterator[str]:
    """Where the sample town is served, on a free port of this computer."""
    with listening(app) as at:
        yield at


@pytest.fixture
def watched(chromium: Any, served: str) -> Iterator[Watched]:
    made = Watched(chromium, served)
    yield made
    made.context.close()


@pytest.fixture
def plan_of(app: Any) -> Any:
    results = app.extensions["hotspots"].now()
    return lambda name: made_plan(results, query_of(name, results.choices))


def open_plan(watched: Watched, name: str, more: str = "") -> Any:
    page = watched.open(path_of(name) + more, ready=False)
    page.wait_for_selector(READY)
    return page


def panel_lines(page: Any) -> list[tuple[str, str]]:
    found = page.eval_on_selector_all(
        "#plan-panel .app-rationale__row",
        "rows => rows.map(row => Array.from(row.children, one => one.textContent))",
    )
    return [tuple(pair) for pair in found]


def rationale_of(suggestion: Any) -> dict[str, str]:
    return {
        heading: text[:1].upper() + text[1:] for heading, text in suggestion.rationale()
    }


LONG = ("marking", "patrol")
"""The tactics whose plans take seconds; their pages are made like the others."""


def centre_of(box: dict[str, float]) -> tuple[float, float]:
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


# --- every tactic ---


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.slow] if name in LONG else [])
        for name in TACTICS
    ],
)
def test_a_number_on_the_map_opens_the_whole_rationale(
    watched: Watched, plan_of: Any, name: str
) -> None:
    page = open_plan(watched, name)
    plan = plan_of(name)
    marks = page.locator("#plan-map .app-rank[role=button]:not([aria-hidden])")
    assert marks.count() == len(plan.suggestions)
    last = plan.suggestions[-1]
    marks.nth(len(plan.suggestions) - 1).press("Enter")
    lines = panel_lines(page)
    assert dict(lines).items() >= rationale_of(last).items()
    assert len(lines) == len(last.rationale()) + 2
    assert page.locator("#plan-panel h3").inner_text() == f"{last.rank}: {last.name}"
    assert page.evaluate(f"{FOCUSED}.id") == "plan-panel"
    chosen = page.locator("#plan-table tr.app-row--selected")
    assert chosen.get_attribute("data-rank") == str(last.rank)
    page.keyboard.press("Escape")
    assert page.evaluate(f"{FOCUSED}.textContent") == str(last.rank)
    assert page.locator("#plan-panel .app-rationale").count() == 0
    assert watched.external == []
    assert watched.complaints == []


# --- pointing, by mouse and by keyboard ---


def test_the_other_choices_are_shown_on_hover_and_on_focus(
    watched: Watched, plan_of: Any
) -> None:
    page = open_plan(watched, "operation")
    hint = page.locator("#plan-hint")
    letters = page.locator("#plan-map .app-other")
    for k, suggestion in enumerate(plan_of("operation").suggestions[:2]):
        mark = page.locator("#plan-map .app-rank").nth(k)
        for point, leave in (
            (mark.hover, lambda: page.mouse.move(2, 2)),
            (mark.focus, mark.blur),
        ):
            point()
            assert letters.count() == len(suggestion.alternatives) == 3
            for letter, other in zip("abc", suggestion.alternatives, strict=True):
                assert f"{letter}) {other.sentence()}" in hint.inner_text()
            leave()
            assert letters.count() == 0
            assert hint.inner_text() == ""


def test_every_other_choice_is_in_the_map_and_goes_there_when_asked(
    watched: Watched, plan_of: Any
) -> None:
    page = open_plan(watched, "operation")
    page.locator("#plan-panel button[data-rank='1']").click()
    others = plan_of("operation").suggestions[0].alternatives
    buttons = page.locator("#plan-panel .app-others button")
    assert [text[3:] for text in buttons.all_inner_texts()] == [
        other.sentence() for other in others
    ]
    edge = page.locator("#plan-map").bounding_box()
    for box in page.locator("#plan-map .app-other").all():
        at = box.bounding_box()
        assert edge["x"] <= at["x"] <= edge["x"] + edge["width"] - at["width"]
        assert edge["y"] <= at["y"] <= edge["y"] + edge["height"] - at["height"]
    marks = [one.bounding_box() for one in page.locator("#plan-map .app-rank").all()]
    for box in page.locator("#plan-map .app-other").all():
        middle = centre_of(box.bounding_box())
        assert all(math.dist(middle, centre_of(mark)) > 20 for mark in marks)
    buttons.nth(2).focus()
    assert page.locator("#plan-map .app-other--chosen").count() == 1
    buttons.nth(2).press("Enter")
    view = page.locator("#plan-map").get_attribute("data-view")
    west, south, east, north = map(float, view.split(","))
    lon, lat = others[2].at
    assert west < lon < east
    assert south < lat < north


def test_the_keyboard_alone_is_enough(watched: Watched, plan_of: Any) -> None:
    page = open_plan(watched, "operation")
    page.locator("#plan-map").focus()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate(f"{FOCUSED}.classList.contains('app-rank')"):
            break
    first = plan_of("operation").suggestions[0]
    label = page.evaluate(f"{FOCUSED}.getAttribute('aria-label')")
    assert label == f"Suggestion 1: {first.name}"
    page.keyboard.press("Enter")
    assert page.evaluate(f"{FOCUSED}.id") == "plan-panel"
    page.keyboard.press("Tab")
    assert page.evaluate(f"{FOCUSED}.textContent") == "Back to the map"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate(f"{FOCUSED}.closest('dialog').open")
    page.keyboard.press("Escape")
    assert not page.evaluate("document.querySelector('dialog').open")
    assert page.evaluate(f"{FOCUSED}.textContent") == "All on one screen"


def test_a_row_of_the_table_shows_its_place_and_leads_back(watched: Watched) -> None:
    page = open_plan(watched, "cctv")
    before = page.locator("#plan-map").get_attribute("data-view")
    button = page.locator("#plan-table button[data-rank='2']")
    button.press("Enter")
    assert page.locator("#plan-map").get_attribute("data-view") != before
    page.wait_for_function(
        "() => document.getElementById('map-section').getBoundingClientRect().top > -5"
    )
    page.locator("#plan-panel").get_by_text("Back to the table").click()
    assert page.evaluate(f"{FOCUSED}.closest('tr').dataset.rank") == "2"


def test_the_address_on_a_card_opens_its_suggestion(
    watched: Watched, plan_of: Any
) -> None:
    page = open_plan(watched, "operation", "#suggestion-3")
    third = plan_of("operation").suggestions[2]
    assert page.locator("#plan-panel h3").inner_text() == f"3: {third.name}"


# --- reading ---


@pytest.mark.parametrize("name", ["packs", "cctv"])
def test_the_whole_rationale_is_on_one_screen(
    watched: Watched, plan_of: Any, name: str
) -> None:
    page = open_plan(watched, name)
    page.locator("#plan-panel button[data-rank='1']").click()
    page.get_by_text("All on one screen").click()
    text = page.locator("#plan-dialog").inner_text()
    for line in rationale_of(plan_of(name).suggestions[0]).values():
        assert line in text
    hidden = page.evaluate(
        "(one => one.scrollHeight - one.clientHeight)"
        "(document.getElementById('plan-dialog'))"
    )
    assert hidden <= 0


def test_no_name_lies_on_a_number_or_on_another_name(watched: Watched) -> None:
    for name in ("operation", "cctv"):
        page = open_plan(watched, name)
        found = page.evaluate(
            """() => {
                const boxes = Array.from(document.querySelectorAll(
                    "#plan-map .app-area-name, #plan-map .app-street-name"),
                    (one) => one.getBoundingClientRect());
                const marks = Array.from(document.querySelectorAll(
                    "#plan-map .app-rank"), (one) => one.getBoundingClientRect());
                const meet = (a, b) => a.left < b.right && b.left < a.right &&
                    a.top < b.bottom && b.top < a.bottom;
                const met = boxes.filter((a, k) =>
                    marks.some((b) => meet(a, b)) ||
                    boxes.some((b, j) => j > k && meet(a, b)));
                return [boxes.length, met.length];
            }"""
        )
        assert found[0] >= 3
        assert found[1] == 0


def test_two_numbers_never_lie_on_one_another(watched: Watched) -> None:
    page = open_plan(watched, "operation")
    page.locator("#show-areas").click()
    zoom_out = page.locator(".leaflet-control-zoom-out:not(.leaflet-disabled)")
    while zoom_out.count():  # far enough away, the places are one point
        zoom_out.click()
    boxes = [one.bounding_box() for one in page.locator("#plan-map .app-rank").all()]
    middles = [centre_of(box) for box in boxes]
    assert len(middles) == 5
    for k, one in enumerate(middles):
        for other in middles[k + 1 :]:
            assert math.dist(one, other) >= 27
    page.locator("#plan-map .app-rank").nth(4).click()
    assert page.locator("#plan-panel h3").inner_text().startswith("5: ")


def test_a_layer_can_be_taken_away_and_cells_put_under(watched: Watched) -> None:
    page = open_plan(watched, "cctv")
    views = "#plan-map .leaflet-overlay-pane path"
    with_views = page.locator(views).count()
    page.locator("#layer-view").uncheck()
    assert page.locator(views).count() == with_views - 2
    page.locator("#layer-cells").check()
    page.wait_for_selector("#plan-map .hotspots-cells canvas")
    page.locator("#layer-suggestions").uncheck()
    assert page.locator("#plan-map .app-rank").count() == 0


@pytest.mark.parametrize("width", [320, 400])
def test_nothing_goes_sideways_on_a_narrow_screen(
    chromium: Any, served: str, width: int
) -> None:
    watched = Watched(chromium, served, viewport={"width": width, "height": 700})
    for path in (
        "/plans",
        path_of("cctv"),
        path_of("packs"),
        "/plans/patrol?n_areas=0",
    ):
        page = watched.open(path, ready=False)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, path
    page = open_plan(watched, "operation")
    page.locator("#plan-map .app-rank").first.click()
    top = page.locator("#plan-panel").bounding_box()["y"]
    assert -1 < top < 700  # a page is scrolled by whole pixels
    watched.context.close()


def test_axe_finds_nothing(chromium: Any, served: str) -> None:
    watched = Watched(chromium, served, bypass_csp=True)
    for path in ("/plans", "/plans/patrol?n_areas=0", "/plans/packs/lists/pack_list"):
        assert axe_findings(watched.open(path, ready=False)) == [], path
    for name in ("packs", "operation"):
        page = open_plan(watched, name)
        page.locator("summary").first.click()
        page.locator("#plan-map .app-rank").first.press("Enter")
        if name == "operation":
            page.get_by_text("All on one screen").click()
        assert axe_findings(page) == [], name
    watched.context.close()


# --- without scripts, and while it is worked out ---


def test_without_scripts_every_reason_can_be_read(
    chromium: Any, served: str, plan_of: Any
) -> None:
    watched = Watched(chromium, served, java_script_enabled=False)
    first = plan_of("operation").suggestions[0]
    page = watched.open(path_of("operation"), ready=False)
    assert page.get_by_text("The map needs JavaScript").is_visible()
    assert not page.locator("#plan-map").is_visible()
    assert not page.get_by_text(first.equality).first.is_visible()
    page.locator("#plan-table a").first.click()
    assert page.get_by_text(first.equality).first.is_visible()
    page.locator("summary").first.click()
    page.locator("#n_areas").fill("2")
    page.get_by_role("button", name="Make the plan").click()
    while page.get_by_text("Look again").count():
        page.get_by_text("Look again").click()
    assert page.locator("#plan-table tbody tr").count() == 2
    assert "n_areas=2" in page.url
    watched.context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_new_plan_shows_a_bar_and_then_itself(
    chromium: Any,
    served: str,
    scripts: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    may_go_on, own = threading.Event(), plans.suggest

    def slow(*given: Any) -> Any:
        assert may_go_on.wait(600)
        return own(*given)

    monkeypatch.setattr(plans, "suggest", slow)
    watched = Watched(chromium, served, java_script_enabled=scripts)
    page = watched.open(f"/plans/operation?seed={50 + scripts}", ready=False)
    if not scripts:
        page.get_by_role("button", name="Make the plan").click()
    page.wait_for_selector("progress")
    assert page.locator("progress").is_visible()
    assert page.get_by_role("button", name="Make the plan").is_visible()
    may_go_on.set()
    if not scripts:
        while page.get_by_text("Look again").count():
            page.get_by_text("Look again").click()
    page.wait_for_selector("#plan-table")
    assert page.locator("#plan-table tbody tr").count() == 5
    assert page.locator("progress").count() == 0
    watched.context.close()


def test_a_file_is_saved_under_its_marking_and_its_plan(watched: Watched) -> None:
    page = open_plan(watched, "packs")
    with page.expect_download() as saving:
        page.get_by_text("The whole plan, for the record (JSON)").click()
    saved = saving.value.suggested_filename
    assert re.fullmatch(r"official-sensitive_packs-\d{8}-[0-9a-f]{8}_plan\.json", saved)


@pytest.mark.slow
def test_the_base_of_crews_is_chosen_on_a_map(watched: Watched) -> None:
    page = open_plan(watched, "patrol")
    page.locator("#change > summary").click()
    page.locator("#plan-form > details > summary").click()
    fold = page.locator("[data-pick]")
    fold.locator("summary").click()
    fold.locator(".app-map[data-ready]").wait_for()
    base = page.locator(f"[id='{fold.get_attribute('data-pick')}']")
    fold.locator(".app-map").click(position={"x": 60, "y": 60})
    by_mouse = base.input_value()
    fold.locator(".app-map").focus()
    page.keyboard.press("Enter")  # the middle of the town
    by_keyboard = base.input_value()
    for text in (by_mouse, by_keyboard):
        lon, lat = map(float, text.split(","))
        assert -1.1 < lon < -0.7
        assert 52.6 < lat < 52.9
    assert float(by_mouse.split(",")[0]) < float(by_keyboard.split(",")[0])
    assert fold.locator("[role=status]").inner_text() == f"Chosen: {by_keyboard}."
    page.get_by_role("button", name="Make the plan").click()
    page.wait_for_url(lambda url: f"base={by_keyboard.replace(',', '%2C')}" in url)
