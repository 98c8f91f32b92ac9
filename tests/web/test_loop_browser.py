"""The loop in a real browser: three sizes, by keyboard alone, without signal."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from listening import listening
from watched import Watched, axe_findings

from hotspots.service import Site, open_site
from hotspots.store.models import Batch, Decision, Meeting, Place, Task, Visit
from hotspots.store.queries import find
from hotspots.web import create_app

pytestmark = pytest.mark.browser

WIDER = "(e => e.scrollWidth > e.clientWidth)(document.documentElement)"
SIZES = (
    (1280, 900),
    pytest.param((390, 844), marks=pytest.mark.slow),
    (320, 640),
)
PAGES = {
    "/home": None,
    "/tasks": None,
    "/tasks/{}": Task,
    "/places": None,
    "/places/{}": Place,
    "/meetings": None,
    "/meetings/{}": Meeting,
    "/shift/": None,
    "/imports/": None,
    "/imports/{}": Batch,
    "/briefs": None,
    "/areas": None,
    "/settings": None,
    "/audit": None,
}


@pytest.fixture(scope="module")
def site(
    demonstration: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("browser") / "site"
    shutil.copytree(demonstration, folder)
    opened = open_site(folder)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def served(site: Site, vendor: Path) -> Iterator[str]:  # noqa: ARG001
    with listening(create_app(site)) as at:
        yield at


def rows(site: Site, table: Any) -> list[Any]:
    with site.store.reading() as session:
        return find(session, table)


@pytest.mark.parametrize("size", SIZES)
def test_every_page_fits_and_axe_finds_nothing(
    chromium: Any, site: Site, served: str, size: tuple[int, int]
) -> None:
    seen = Watched(
        chromium,
        served,
        bypass_csp=True,
        viewport={"width": size[0], "height": size[1]},
    )
    for path, table in PAGES.items():
        id = rows(site, table)[-1].id if table else ""
        page = seen.open(path.format(id), ready=False)
        page.wait_for_load_state("networkidle")
        wider = page.evaluate(WIDER)
        assert (path, wider) == (path, False)
        assert (path, axe_findings(page)) == (path, [])
    assert seen.external == []
    assert seen.complaints == []
    seen.context.close()


def test_a_suggestion_is_accepted_by_keyboard_alone(
    chromium: Any, site: Site, served: str
) -> None:
    seen = Watched(chromium, served)
    before = len(rows(site, Decision))
    page = seen.open(f"/meetings/{rows(site, Meeting)[-1].id}", ready=False)
    page.locator("#new summary").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")  # the verdict, accept chosen
    page.keyboard.press("Tab")
    page.keyboard.type("It leads, and it is walkable.")
    for _ in range(8):  # owner, role, the parts of the date, the change, the button
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "BUTTON":
            break
    page.keyboard.press("Enter")
    page.get_by_text("It can be undone for ten minutes").wait_for()
    assert len(rows(site, Decision)) == before + 1
    page.get_by_role("button", name="Undo").first.focus()
    page.keyboard.press("Enter")
    page.get_by_text("Undone.").wait_for()
    assert len(rows(site, Decision)) == before
    assert seen.complaints == []
    seen.context.close()


def test_a_suggestion_is_decided_on_where_the_map_shows_it(
    chromium: Any, site: Site, served: str
) -> None:
    seen = Watched(chromium, served, bypass_csp=True)
    before = len(rows(site, Decision))
    page = seen.open("/?over=suggested,out,compared,zones")
    page.locator('.app-chip--suggested[aria-label*="not decided"]:visible').last.focus()
    page.keyboard.press("Enter")
    page.locator("#why summary").focus()
    page.keyboard.press("Enter")
    page.locator("#why textarea").first.fill("It leads, and nothing is there yet.")
    assert axe_findings(page) == []
    page.locator("#why button", has_text="Write it down").click()
    page.get_by_text("It can be undone for ten minutes").wait_for()
    assert "over=suggested" in page.url
    assert len(rows(site, Decision)) == before + 1
    assert seen.external == []
    seen.context.close()


def test_a_visit_without_signal_waits_on_the_phone_and_is_sent_once(
    chromium: Any, site: Site, served: str
) -> None:
    phone = Watched(chromium, served, viewport={"width": 390, "height": 844})
    page = phone.open("/shift/", ready=False)
    page.wait_for_selector("#shift[data-kept]")
    before = len(rows(site, Visit))
    page.clock.install()
    button = page.locator("[data-tap]").first
    button.click()
    assert button.inner_text() == "Left"
    phone.context.set_offline(True)
    page.reload()  # the page opens without signal, and knows that somebody is there
    button = page.locator("[data-tap]").first
    page.wait_for_function(
        "() => document.querySelector('[data-tap]').textContent === 'Left'"
    )
    page.clock.fast_forward("16:00")
    button.click()
    page.get_by_text("1 visit waits to be sent").wait_for()
    assert len(rows(site, Visit)) == before
    phone.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.get_by_text("minutes today · done").first.wait_for()
    made = rows(site, Visit)[before:]
    assert [each.start[:10] for each in made] == ["2025-07-01"]
    assert phone.external == []
    phone.context.close()


def test_a_meeting_is_presented_item_by_item(
    chromium: Any, site: Site, served: str
) -> None:
    seen = Watched(chromium, served, bypass_csp=True)
    page = seen.open(f"/meetings/{rows(site, Meeting)[-1].id}", ready=False)
    page.locator("#dark").click()
    assert axe_findings(page) == []
    page.locator("#present").click()
    assert page.locator(".app-item:visible").count() == 1
    page.keyboard.press("Space")
    page.locator("#late.app-item--shown").wait_for()
    page.keyboard.press("Space")
    page.locator("#new.app-item--shown").wait_for()
    every = page.locator("#new [data-number]:visible").count()
    assert every > 1
    page.keyboard.press("Space")
    page.locator("#new [data-number='1']").wait_for()
    assert page.locator("#new [data-number]:visible").count() == 1
    held = page.locator("#new .app-map path[stroke-width='4']")
    assert held.count() == 1
    assert page.locator("#new .app-map").is_visible()
    page.keyboard.press("Escape")
    page.wait_for_function("() => !document.body.classList.contains('app-presenting')")
    assert page.locator(".app-item:visible").count() > 1
    seen.context.close()
