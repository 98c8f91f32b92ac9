"""Three people play the loop: at a desk, in the chair, on a phone without signal.

And once more without a mouse, each step reached by Tab and seen when it is reached.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from listening import listening
from watched import Watched

from hotspots.service import Site, open_site
from hotspots.service.demonstration import DOMAIN, open_accounts
from hotspots.store.models import Brief, Meeting, Outcome, Task, Visit
from hotspots.store.queries import find
from hotspots.web import create_app

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
MADE_MS = 120_000
"""A plan, an outcome and a brief are made beside the pages."""


@pytest.fixture
def site(demonstration: Path, tmp_path: Path) -> Iterator[Site]:
    shutil.copytree(demonstration, tmp_path / "site")
    opened = open_site(tmp_path / "site")
    yield opened
    opened.close()


@pytest.fixture
def people(
    chromium: Any,
    site: Site,
    vendor: Path,  # noqa: ARG001
) -> Iterator[dict[str, Watched]]:
    """Each of three people in a browser of their own, signed in."""
    from flask_security.utils import hash_password

    app = create_app(site)
    with app.app_context():
        passwords = open_accounts(site, hash_password)
    with listening(app, "localhost") as at:
        seen = {
            "analyst": Watched(chromium, at, viewport=DESK),
            "jag-chair": Watched(chromium, at, viewport=DESK),
            "patrol-lead": Watched(chromium, at, viewport=PHONE),
        }
        for role, watched in seen.items():
            email = f"{role}@{DOMAIN}"
            page = watched.open("/sign-in", ready=False)
            page.locator("#email").fill(email)
            page.locator("#password").fill(passwords[email])
            page.keyboard.press("Enter")
            page.wait_for_url(lambda url: "sign-in" not in url)
        yield seen
        for watched in seen.values():
            watched.context.close()


def rows(site: Site, table: Any) -> list[Any]:
    with site.store.reading() as session:
        return find(session, table)


def test_from_a_plan_to_the_brief_that_is_handed_out(
    people: dict[str, Watched], site: Site
) -> None:
    analyst, chair, sergeant = people.values()

    page = analyst.open("/plans/patrol?n_areas=3", ready=False)
    keep = page.get_by_role("button", name="Keep this plan")
    keep.wait_for(timeout=MADE_MS)
    keep.click()
    page.get_by_text("The chair of the group decides.").first.wait_for(timeout=MADE_MS)

    page = chair.open("/home", ready=False)
    page.get_by_text("wait for a decision").wait_for()
    page = chair.open(f"/meetings/{rows(site, Meeting)[-1].id}", ready=False)
    card = page.locator("#new [data-number='1']")
    card.locator("summary").click()
    card.get_by_label("Reason").fill("It leads, and it is walkable.")
    card.get_by_label("Owner", exact=True).select_option(label="Police")
    card.get_by_role("button", name="Write it down").click()
    page.get_by_text("It can be undone for ten minutes").wait_for()
    task = rows(site, Task)[-1]
    assert task.owner_agency == "police"

    page = sergeant.open(f"/tasks/{task.id}", ready=False)
    page.get_by_text("Register a deployment").click()
    page.get_by_label("Provided by").fill("Neighbourhood team")
    page.get_by_role("button", name="Register").click()
    page.get_by_text("Nothing is registered yet.").wait_for(state="detached")
    page = sergeant.open("/shift/", ready=False)
    page.wait_for_selector("#shift[data-kept]")
    page.clock.install()
    before = len(rows(site, Visit))
    tap = page.locator("[data-tap]").last
    tap.click()
    sergeant.context.set_offline(True)
    page.reload()
    page.clock.fast_forward("16:00")
    page.locator("[data-tap]").last.click()
    page.get_by_text("1 visit waits to be sent").wait_for()
    sergeant.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.get_by_text("minutes today · done").first.wait_for()
    assert len(rows(site, Visit)) == before + 1

    page = analyst.open(f"/tasks/{task.id}", ready=False)
    page.get_by_role("button", name="Measure it").click()
    page.get_by_role("button", name="Measure it again").wait_for(timeout=MADE_MS)
    outcome = rows(site, Outcome)[-1]
    assert outcome.task_id == task.id
    assert outcome.sentence in page.locator("main").inner_text()

    page = analyst.open("/briefs", ready=False)
    drafts = page.locator(".govuk-tag--yellow").count()
    page.get_by_role("button", name="Make the draft").click()
    page.locator(".govuk-tag--yellow").nth(drafts).wait_for(timeout=MADE_MS)
    made = rows(site, Brief)[-1]
    page = chair.open("/briefs", ready=False)
    card = page.locator(f"section[aria-labelledby='b{made.id}']")
    card.get_by_role("button", name="Approve").click()
    card.locator(".govuk-tag--green").wait_for()
    page = analyst.open("/briefs", ready=False)
    card = page.locator(f"section[aria-labelledby='b{made.id}']")
    card.locator("summary").click()
    card.get_by_role("textbox").fill("The Joint Action Group")
    card.get_by_role("button", name="Write it down").click()
    page.get_by_text("The Joint Action Group").wait_for()

    for watched in people.values():
        assert watched.external == []
        heard = [c for c in watched.complaints if "Failed to load resource" not in c]
        assert heard == []


TABS = 400
SEEN = """e => {
    const box = e.getBoundingClientRect(), style = getComputedStyle(e);
    const marked = style.outlineStyle !== "none" || style.boxShadow !== "none";
    const inside = box.bottom > 0 && box.top < innerHeight && box.width > 0;
    return e.matches(":focus-visible") && marked && inside;
}"""


def reach(page: Any, wanted: Any) -> None:
    """Press Tab until something has the focus, and look whether that can be seen."""
    wanted.wait_for(state="attached")
    element = wanted.element_handle()
    for _ in range(TABS):
        page.keyboard.press("Tab")
        if element.evaluate("e => e === document.activeElement"):
            assert element.evaluate(SEEN), (
                f"{wanted} has the focus and does not show it"
            )
            return
    raise AssertionError(f"{wanted} is not reached by {TABS} times Tab")


def press(page: Any, wanted: Any, key: str = "Enter") -> None:
    reach(page, wanted)
    page.keyboard.press(key)


def write(page: Any, wanted: Any, text: str) -> None:
    reach(page, wanted)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def test_the_loop_without_a_mouse(people: dict[str, Watched], site: Site) -> None:
    analyst, chair, sergeant = people.values()
    page = analyst.open("/")
    write(page, page.get_by_role("searchbox"), "Market Place")
    page.keyboard.press("Enter")
    press(page, page.locator("#found button").first)
    page.get_by_text("The map shows Market Place").wait_for()
    press(page, page.get_by_role("button", name="show on the map").first)
    press(page, page.get_by_role("link", name="Plans", exact=True))
    press(page, page.get_by_role("link", name="Foot patrol", exact=True))
    write(page, page.get_by_label("Number of areas"), "2")
    press(page, page.get_by_role("button", name="Make the plan"))
    keep = page.get_by_role("button", name="Keep this plan")
    keep.wait_for(timeout=MADE_MS)
    press(page, keep)
    page.get_by_text("The chair of the group decides.").first.wait_for(timeout=MADE_MS)

    page = chair.open("/home", ready=False)
    press(page, page.get_by_role("link", name="Meetings", exact=True))
    meeting = rows(site, Meeting)[-1]
    press(page, page.locator(f"a[href='/meetings/{meeting.id}']").first)
    card = page.locator("#new [data-number='1']")
    press(page, card.locator("summary").first)
    write(page, card.get_by_label("Reason"), "It leads, and it is walkable.")
    reach(page, card.get_by_label("Owner", exact=True))
    page.keyboard.type("Pol")
    press(page, card.get_by_role("button", name="Write it down"))
    page.get_by_text("It can be undone for ten minutes").wait_for()
    task = rows(site, Task)[-1]
    assert task.owner_agency == "police"

    page = sergeant.open("/tasks", ready=False)
    press(page, page.locator(f"a[href='/tasks/{task.id}']").first)
    press(page, page.locator("summary", has_text="Register a deployment"))
    write(page, page.get_by_label("Provided by"), "Neighbourhood team")
    press(page, page.get_by_role("button", name="Register"))
    page.get_by_text("Nothing is registered yet.").wait_for(state="detached")
    page = sergeant.open("/shift/", ready=False)
    page.wait_for_selector("#shift[data-kept]")
    page.clock.install()
    before = len(rows(site, Visit))
    press(page, page.locator("[data-tap]").last)
    page.clock.fast_forward("16:00")
    press(page, page.locator("[data-tap]").last)
    page.get_by_text("minutes today · done").first.wait_for()
    assert len(rows(site, Visit)) == before + 1

    page = analyst.open(f"/tasks/{task.id}", ready=False)
    press(page, page.get_by_role("button", name="Measure it"))
    page.get_by_role("button", name="Measure it again").wait_for(timeout=MADE_MS)

    page = analyst.open("/briefs", ready=False)
    drafts = page.locator(".govuk-tag--yellow").count()
    press(page, page.get_by_role("button", name="Make the draft"))
    page.locator(".govuk-tag--yellow").nth(drafts).wait_for(timeout=MADE_MS)
    made = rows(site, Brief)[-1]
    page = chair.open("/briefs", ready=False)
    card = page.locator(f"section[aria-labelledby='b{made.id}']")
    press(page, card.get_by_role("button", name="Approve"))
    card.locator(".govuk-tag--green").wait_for()
    page = analyst.open("/briefs", ready=False)
    card = page.locator(f"section[aria-labelledby='b{made.id}']")
    press(page, card.locator("summary").first)
    write(page, card.get_by_role("textbox"), "The duty inspectors")
    press(page, card.get_by_role("button", name="Write it down"))
    page.get_by_text("The duty inspectors").wait_for()
