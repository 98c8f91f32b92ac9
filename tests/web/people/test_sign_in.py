"""Signing in: the link, the password, the second factor, and every way out."""

from __future__ import annotations

import re
import time

import pytest
from flask import Flask
from passlib.totp import TOTP
from sign_in_fixture import PASSWORD, Browser, link
from site_fixture import OPERATOR
from sqlalchemy import select

from hotspots.service import Site, audit, people, signin
from hotspots.store.models import Person
from hotspots.web import create_app


def acts(site: Site) -> list[str]:
    with site.store.reading() as session:
        return [each.action for each in audit.read(session, OPERATOR)]


def test_the_link_leads_to_an_account_that_signs_in(
    site: Site, analyst: Browser
) -> None:
    assert "analyst of police" in analyst.text("/account")
    assert acts(site)[0] == "session.begin"


def test_a_password_is_hashed_at_the_cost_that_is_stated(
    site: Site, monkeypatch: pytest.MonkeyPatch, real_cost: dict[str, int]
) -> None:
    monkeypatch.setattr("hotspots.web.people.sign_in.COST", real_cost)
    Browser(create_app(site)).join(link(site))
    with site.store.reading() as session:
        (kept,) = session.scalars(select(Person.password))
    assert kept is not None
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def code_of(text: str, later_s: int = 0) -> str:
    key = re.search(r'id="key">([^<]+)<', text)
    assert key is not None
    made = TOTP(key=key[1]).generate(time.time() + later_s)
    return str(made.token)


def set_up_app(browser: Browser) -> tuple[str, str]:
    """Set up an authenticator app: the page that shows its key, and the code used."""
    path = "/account/second-factor"
    shown = browser.post(path, setup="authenticator").get_data(as_text=True)
    action = re.search(rf'action="({path}/[^"]+)"', shown)
    assert action is not None
    code = code_of(shown)
    done = browser.post(action[1], page=path, code=code)
    assert done.location == "/account"
    return shown, code


def test_with_a_second_factor_a_password_alone_opens_nothing(
    analyst: Browser, app: Flask
) -> None:
    shown, code = set_up_app(analyst)
    again = Browser(app)
    assert again.sign_in().location.startswith("/sign-in/code")
    assert again.get("/account").location.startswith("/sign-in?next=")
    used = again.post("/sign-in/code", code=code)
    assert "Invalid code" in used.get_data(as_text=True)  # it opened once already
    assert again.post("/sign-in/code", code=code_of(shown, 30)).location == "/"
    assert again.get("/account").status_code == 200


def test_a_recovery_code_stands_in_for_it_once(analyst: Browser, app: Flask) -> None:
    set_up_app(analyst)
    path = "/account/recovery-codes"
    made = analyst.post(path, generate_new_codes="yes").get_data(as_text=True)
    codes = re.findall(r"<li><code>([^<]+)</code>", made)
    assert len(set(codes)) == 8
    again = Browser(app)
    again.sign_in()
    assert again.post("/sign-in/recovery-code", code=codes[0]).location == "/"
    third = Browser(app)
    third.sign_in()
    answer = third.post("/sign-in/recovery-code", code=codes[0])
    assert "Recovery code invalid" in answer.get_data(as_text=True)


def test_an_administrator_must_have_a_second_factor(site: Site, app: Flask) -> None:
    browser = Browser(app)
    browser.join(link(site, "administrator"))
    assert browser.sign_in().location.startswith("/account/second-factor")
    assert browser.get("/people").location.startswith("/sign-in")
    path = "/account/second-factor"
    shown = browser.post(path, setup="authenticator").get_data(as_text=True)
    browser.post("/sign-in/code", page=path, code=code_of(shown))
    assert "Who has an account" in browser.text("/people")


def test_ten_wrong_passwords_bar_the_right_one_too(
    analyst: Browser, app: Flask
) -> None:
    other = Browser(app)
    for _ in range(signin.MOST_FAILURES):
        assert other.sign_in(password="wrong wrong wrong").status_code == 200
    assert other.sign_in().status_code == 200
    assert other.get("/account").location.startswith("/sign-in")
    assert analyst.get("/account").status_code == 200


def test_nobody_is_told_who_has_an_account(analyst: Browser, app: Flask) -> None:
    del analyst
    other = Browser(app)

    def said(email: str) -> str:
        answer = other.sign_in(email, "wrong wrong wrong").get_data(as_text=True)
        answer = re.sub(r'content="[^"]+"|value="[^"]+"', "", answer)
        return answer.replace(email, "")

    assert said("a@example.org") == said("nobody@example.org")


def test_too_much_from_one_address_is_refused(app: Flask) -> None:
    browser = Browser(app)
    answers = [browser.sign_in("b@example.org", password="") for _ in range(61)]
    assert (answers[59].status_code, answers[60].status_code) == (200, 429)


@pytest.mark.parametrize("way", ["sign out", "shut out", "reset", "role"])
def test_what_ends_a_session_ends_it_in_every_worker(
    site: Site, analyst: Browser, app: Flask, way: str
) -> None:
    elsewhere = Browser(create_app(site))  # another worker, the same cookies
    elsewhere.client._cookies = analyst.client._cookies
    assert elsewhere.get("/account").status_code == 200
    with site.store.writing() as session:
        who = people.person_of(session, OPERATOR, "a@example.org")
        if way == "shut out":
            people.set_active(session, OPERATOR, who.id, active=False)
        if way == "reset":
            people.reset(session, OPERATOR, who.id)
        if way == "role":
            people.take_role(session, OPERATOR, who.id, role="analyst", agency="police")
    if way == "sign out":
        copied = dict(analyst.client._cookies)  # type: ignore[arg-type]
        gone = analyst.post("/sign-out", page="/account")
        assert gone.headers["Clear-Site-Data"] == '"cache", "storage"'
        elsewhere.client._cookies = copied
    time.sleep(1)
    for browser in (analyst, elsewhere):
        if way == "role":
            assert browser.get("/plans").status_code == 403
        else:
            assert browser.get("/account").location.startswith("/sign-in")
    assert app is not None


@pytest.mark.parametrize(("key", "age_s"), [("seen", 31 * 60), ("fs_paa", 13 * 3600)])
def test_a_session_ends_by_silence_and_by_age(
    analyst: Browser, key: str, age_s: int
) -> None:
    with analyst.session() as kept:
        kept[key] -= age_s
    assert analyst.get("/account").location.startswith("/sign-in")


def test_cookies_travel_encrypted_except_on_this_computer(
    site: Site, app: Flask
) -> None:
    here, there = Browser(app), Browser(app, "hotspots.example")
    here.join(link(site))
    told = [each.sign_in().headers["Set-Cookie"] for each in (here, there)]
    assert told[0].startswith("hotspots=")
    assert told[1].startswith("__Host-hotspots=")
    assert ["Secure" in each for each in told] == [False, True]
    for each in told:
        assert "HttpOnly" in each
        assert "SameSite=Lax" in each


def test_forms_need_their_token(site: Site, app: Flask, analyst: Browser) -> None:
    told = {"email": "a@example.org", "password": PASSWORD}
    for path in ("/sign-in", "/sign-out", "/account/token", link(site)):
        answer = analyst.client.post(path, data=told, **analyst.base)
        assert answer.status_code == 400, path
    assert app is not None


def test_the_api_takes_no_cookie_but_the_own_token(analyst: Browser) -> None:
    assert analyst.get("/api/v1/me").status_code == 401
    shown = analyst.post("/account/token", page="/account").get_data(as_text=True)
    token = re.search(r'id="token">([^<]+)<', shown)
    assert token is not None
    headers = {"Authorization": f"Bearer {token[1]}"}
    me = analyst.client.get("/api/v1/me", headers=headers)
    assert me.get_json()["roles"] == [{"role": "analyst", "agency": "police"}]


def test_an_old_proof_is_asked_for_again(analyst: Browser) -> None:
    with analyst.session() as kept:
        kept["fs_paa"] -= 11 * 60
    asked = analyst.post("/account/token", page="/account")
    assert asked.location == "/account/confirm?next=/account"
    done = analyst.post(
        "/account/confirm?next=/account", page="/account/confirm", password=PASSWORD
    )
    assert done.location == "/account"
    assert analyst.post("/account/token", page="/account").status_code == 200


def test_what_is_wrong_with_a_password_is_said_and_uses_nothing_up(
    site: Site, app: Flask
) -> None:
    browser, path = Browser(app), link(site)
    told = {"name": "Ada", "email": "lovelace@example.org"}
    for password, again, said in (
        ("short", "short", "at least 12"),
        (PASSWORD, PASSWORD + "x", "must be the same"),
        ("mrs lovelace 1815", "mrs lovelace 1815", "must not hold your name"),
    ):
        answer = browser.post(path, password=password, again=again, **told)
        assert answer.status_code == 422
        assert said in answer.get_data(as_text=True)
    assert browser.join(path).status_code == 302


def test_another_site_gets_nobody_in_nor_out(analyst: Browser) -> None:
    answer = analyst.client.post(
        "/sign-out", headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code in (400, 403)
    assert analyst.get("/account").status_code == 200


def test_after_signing_in_nobody_is_led_elsewhere(site: Site, app: Flask) -> None:
    browser = Browser(app)
    browser.join(link(site))
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        answer = browser.post(
            f"/sign-in?next={target}",
            page="/sign-in",
            email="a@example.org",
            password=PASSWORD,
        )
        assert re.match(r"/(?![/\\\\])", answer.location or "/")
        browser = Browser(app)
