"""Single sign-on, against a provider that runs here: PKCE, claims, roles, refusals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from oidc_provider_mock import User, run_server_in_thread
from sign_in_fixture import Browser, link
from site_fixture import OPERATOR, tell

from hotspots.core.errors import StoreError
from hotspots.service import Site, people
from hotspots.web import create_app

USERS = [
    User(
        sub="ada",
        claims={"email": "Ada@example.org", "name": "Ada", "groups": ["hs-a", "x"]},
    ),
    User(
        sub="bob",
        claims={"email": "bob@example.org", "name": "Bob", "groups": ["other"]},
    ),
    User(
        sub="eve",
        claims={"email": "a@example.org", "email_verified": False, "groups": "hs-a"},
    ),
]


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with run_server_in_thread(user_claims=USERS) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def joined(site: Site, issuer: str) -> tuple[Site, Flask]:
    told = {
        "issuer": issuer,
        "client_id": "hotspots",
        "name": "Rutland",
        "claim": "groups",
        "roles": {"hs-a": "analyst of borough-council"},
    }
    (site.folder / "keys" / "client_secret").write_text("a secret")
    return tell(site, single_sign_on=told), create_app(site)


def go_and_come_back(browser: Browser, sub: str) -> Any:
    """Send the form, say who we are at the provider, and follow it back."""
    start = browser.post("/sign-in/with/provider", page="/sign-in")
    asked = parse_qs(urlsplit(start.location).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["state"]
    assert asked["nonce"]
    form = requests.post(
        start.location, data={"sub": sub}, allow_redirects=False, timeout=5
    )
    back = urlsplit(form.headers["Location"])
    return browser.get(f"{back.path}?{back.query}")


def test_a_claim_gives_the_roles_that_the_table_says(
    joined: tuple[Site, Flask],
) -> None:
    site, app = joined
    Browser(app).join(link(site), "admin@example.org")
    browser = Browser(app)
    assert "Sign in with Rutland" in browser.text("/sign-in")
    assert go_and_come_back(browser, "ada").location == "/"
    assert "analyst of borough council" in browser.text("/account")
    with site.store.reading() as session:
        assert people.person_of(session, OPERATOR, "ada@example.org").password is None


@pytest.mark.parametrize(
    ("sub", "said"),
    [("bob", "none of your groups gives a role"), ("eve", "no e-mail address")],
)
def test_who_gets_no_role_or_no_address_stays_out(
    joined: tuple[Site, Flask], sub: str, said: str
) -> None:
    site, app = joined
    Browser(app).join(link(site))
    browser = Browser(app)
    assert go_and_come_back(browser, sub).location.startswith("/sign-in")
    assert said in browser.text("/sign-in")
    assert browser.get("/account").location.startswith("/sign-in")


def test_who_was_shut_out_here_stays_out(joined: tuple[Site, Flask]) -> None:
    site, app = joined
    browser = Browser(app)
    Browser(app).join(link(site))
    go_and_come_back(browser, "ada")
    with site.store.writing() as session:
        who = people.person_of(session, OPERATOR, "ada@example.org")
        people.set_active(session, OPERATOR, who.id, active=False)
    again = Browser(app)
    assert go_and_come_back(again, "ada").location.startswith("/sign-in")
    assert again.get("/account").location.startswith("/sign-in")


def test_an_answer_that_nobody_asked_for_opens_nothing(
    joined: tuple[Site, Flask],
) -> None:
    site, app = joined
    browser = Browser(app)
    browser.join(link(site))
    answer = browser.get("/sign-in/from/provider?code=x&state=y")
    assert answer.location.startswith("/sign-in")
    assert browser.get("/account").location.startswith("/sign-in")


def test_forms_may_go_to_the_provider_from_there_alone(
    joined: tuple[Site, Flask], issuer: str
) -> None:
    site, app = joined
    browser = Browser(app)
    browser.join(link(site))
    policies = [
        browser.get(path).headers["Content-Security-Policy"]
        for path in ("/sign-in", "/sign-in/passkey")
    ]
    assert [issuer in policy for policy in policies] == [True, False]


def test_a_provider_that_does_not_answer_is_told_of(site: Site) -> None:
    told = {"issuer": "http://127.0.0.1:9", "client_id": "hotspots"}
    (site.folder / "keys" / "client_secret").write_text("a secret")
    browser = Browser(create_app(tell(site, single_sign_on=told)))
    browser.join(link(site))
    answer = browser.post("/sign-in/with/provider", page="/sign-in")
    assert answer.location == "/sign-in"
    assert "did not answer as it must" in browser.text("/sign-in")


@pytest.mark.parametrize(
    "told", [{"issuer": "https://x"}, {"issuer": "https://x", "client": "y"}]
)
def test_what_is_wrong_in_the_settings_is_said(
    site: Site, told: dict[str, str]
) -> None:
    tell(site, single_sign_on=told)
    with pytest.raises(StoreError, match=r"\[single_sign_on\]"):
        create_app(site)
