"""Signing in in a real browser: accessible, narrow, silent, and with a passkey."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from listening import listening
from sign_in_fixture import PASSWORD, link
from site_fixture import OPERATOR
from watched import Watched, axe_findings

from hotspots.service import Site, people

pytestmark = pytest.mark.browser
OWN = (
    *("/account", "/account/password", "/account/second-factor", "/account/passkeys"),
    *("/account/recovery-codes", "/account/confirm", "/people", "/exports"),
)


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with listening(app, "localhost") as at:
        yield at


def fill(page: Any, **told: str) -> None:
    for name, text in told.items():
        page.locator(f"#{name}").fill(text)
    page.locator("main form:not([action*='with']) button[type=submit]").last.click()


def enter(watched: Watched, site: Site) -> Any:
    page = watched.open(link(site), ready=False)
    email = "a@example.org"
    fill(page, name="Ada", email=email, password=PASSWORD, again=PASSWORD)
    fill(page, email=email, password=PASSWORD)
    page.wait_for_url(lambda url: "sign-in" not in url)
    return page


def let_in_everywhere(site: Site) -> None:
    with site.store.writing() as session:
        who = people.person_of(session, OPERATOR, "a@example.org")
        people.give_role(
            session, OPERATOR, who.id, role="administrator", agency="fire-and-rescue"
        )


@pytest.mark.parametrize("migrated", ["sqlite"], indirect=True)
@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_is_accessible_narrow_and_silent(
    site: Site, address: str, chromium: Any, width: int
) -> None:
    options = {"bypass_csp": True, "viewport": {"width": width, "height": 900}}
    watched = Watched(chromium, address, **options)
    found = {}

    def look(path: str) -> None:
        page = watched.open(path, ready=False)
        wide = page.evaluate("document.documentElement.scrollWidth")
        found[path] = (axe_findings(page), wide <= width, page.url.endswith(path))

    for path in ("/sign-in", "/sign-in/passkey"):
        look(path)
    look(invited := link(site))
    enter(watched, site)
    let_in_everywhere(site)
    for path in OWN:
        look(path)
    watched.context.close()
    assert invited
    assert {
        path: told for path, told in found.items() if told != ([], True, True)
    } == {}
    assert watched.external == []


def test_a_passkey_signs_in_and_nothing_complains(
    site: Site, address: str, chromium: Any
) -> None:
    watched = Watched(chromium, address)
    page = enter(watched, site)
    devices = watched.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    key = {
        "protocol": "ctap2",
        "transport": "usb",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": key})
    watched.open("/account/passkeys", ready=False)
    fill(page, name="work key")
    page.get_by_text("work key, last used").wait_for()
    watched.open("/account", ready=False)
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    watched.open("/sign-in/passkey", ready=False)
    page.get_by_role("button", name="Use the passkey").click()
    page.wait_for_url(lambda url: "sign-in" not in url)
    watched.open("/account", ready=False)
    assert "Passkeys: 1" in page.locator("main").inner_text()
    watched.context.close()
    complaints = [c for c in watched.complaints if "Failed to load resource" not in c]
    assert (watched.external, complaints) == ([], [])
