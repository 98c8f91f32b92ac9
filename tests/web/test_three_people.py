"""Three people play the loop: at a desk, in the chair, on a phone without signal."""

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


@pytest.fixture(scope="module")
def site(
    demonstration: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("three") / "site"
    shutil.copytree(demonstration, folder)
    opened = open_site(folder)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
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
