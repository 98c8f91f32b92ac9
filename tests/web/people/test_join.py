"""The one-time link, and who sees the pages of a site."""

from __future__ import annotations

import pytest
from flask import Flask
from sign_in_fixture import PASSWORD, Browser, link
from site_fixture import OPERATOR

from hotspots.service import Site, people


def test_the_link_makes_an_account_once(site: Site, app: Flask) -> None:
    path, browser = link(site), Browser(app)
    form = browser.get(path)
    assert "Join the site of Town" in form.get_data(as_text=True)
    assert form.headers["Cache-Control"] == "no-store"
    assert browser.join(path).location == "/sign-in"
    assert browser.get(path).status_code == 404
    told = {"name": "B", "email": "b@example.org", "password": PASSWORD}
    again = browser.post(path, page="/sign-in", again=PASSWORD, **told)
    assert again.status_code == 404


@pytest.mark.parametrize("told", [{}, {"name": "A"}, {"name": "A", "email": "a"}])
def test_what_is_missing_does_not_use_the_link_up(
    site: Site, app: Flask, told: dict[str, str]
) -> None:
    path, browser = link(site), Browser(app)
    answer = browser.post(path, password=PASSWORD, again=PASSWORD, **told)
    assert answer.status_code == 422
    assert browser.get(path).status_code == 200


def test_a_link_for_another_password_asks_for_nothing_else(
    site: Site, app: Flask
) -> None:
    browser = Browser(app)
    browser.join(link(site))
    with site.store.writing() as session:
        who = people.person_of(session, OPERATOR, "a@example.org")
        path = f"/join/{people.reset(session, OPERATOR, who.id)}"
    assert "Your name" not in browser.text(path)
    other = "velvet anchor onion"
    assert browser.post(path, password=other, again=other).location == "/sign-in"
    assert browser.sign_in().status_code == 200  # the old one opens nothing
    assert browser.sign_in(password=other).location == "/"


def test_the_pages_are_for_the_person_at_this_computer_until_there_are_accounts(
    site: Site, app: Flask
) -> None:
    here, there = Browser(app), Browser(app, "hotspots.example")
    assert here.get("/plans").status_code == 404  # nothing was imported yet
    assert there.get("/plans").status_code == 403
    here.join(link(site))
    for browser in (here, there):
        assert browser.get("/plans").location == "/sign-in?next=/plans"
    assert app.test_client().get("/map/cells").status_code == 401
