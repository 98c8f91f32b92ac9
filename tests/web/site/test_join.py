"""The one-time link, and who sees the pages of a site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient as Client
from site_fixture import OPERATOR, import_town, make_site

from hotspots.service import Site
from hotspots.service.people import invite
from hotspots.web import create_app

LOCAL = {"headers": {"Host": "127.0.0.1"}, "environ_base": {"REMOTE_ADDR": "127.0.0.1"}}


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    made = make_site(tmp_path / "site", database_url)
    yield made
    made.close()


@pytest.fixture
def client(site: Site) -> Client:
    return create_app(site).test_client()


def link(site: Site) -> str:
    with site.store.writing() as session:
        return "/join/" + invite(
            session, OPERATOR, role="administrator", agency="police"
        )


def test_the_link_makes_an_account_once_and_its_token_opens_the_api(
    site: Site, client: Client
) -> None:
    path = link(site)
    form = client.get(path)
    assert "Join the site of Town" in form.get_data(as_text=True)
    assert form.headers["Cache-Control"] == "no-store"
    joined = client.post(path, data={"name": "A", "email": "a@example.org"})
    token = re.search(r'id="token">([^<]+)<', joined.get_data(as_text=True))
    assert token is not None
    me = client.get("/api/v1/me", headers={"Authorization": f"Bearer {token[1]}"})
    assert me.get_json()["roles"] == [{"role": "administrator", "agency": "police"}]
    again = client.post(path, data={"name": "B", "email": "b@example.org"})
    assert (again.status_code, client.get(path).status_code) == (404, 404)


@pytest.mark.parametrize("told", [{}, {"name": "A"}, {"name": "A", "email": "a"}])
def test_what_is_missing_does_not_use_the_link_up(
    site: Site, client: Client, told: dict[str, str]
) -> None:
    path = link(site)
    assert client.post(path, data=told).status_code == 422
    assert client.get(path).status_code == 200


def test_the_pages_are_for_the_person_at_this_computer_until_there_are_accounts(
    site: Site, client: Client
) -> None:
    assert client.get("/", **LOCAL).status_code == 404  # nothing imported yet
    import_town(site)
    while (page := client.get("/", **LOCAL)).status_code == 202:
        token = page.get_data(as_text=True).split('csrf-token" content="')[1]
        headers = {**LOCAL["headers"], "X-CSRFToken": token.partition('"')[0]}
        client.post("/", **{**LOCAL, "headers": headers})
    assert page.status_code == 200
    assert "Market Place" in page.get_data(as_text=True)
    elsewhere = {**LOCAL, "environ_base": {"REMOTE_ADDR": "10.0.0.7"}}
    assert client.get("/", **elsewhere).status_code == 403
    client.post(link(site), data={"name": "A", "email": "a@example.org"})
    assert client.get("/", **LOCAL).status_code == 401
