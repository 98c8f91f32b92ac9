"""The application of a site on each database, and people who call it by tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from api_fixture import Caller
from site_fixture import ROOT, make_site

from hotspots.rights import Actor
from hotspots.service import Site
from hotspots.service.access import give_token, know_agency
from hotspots.web import create_app


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    streets = ROOT / "boundaries" / "simulated_streets.geojson"
    made = make_site(tmp_path / "site", database_url, streets=streets)
    yield made
    made.close()


@pytest.fixture
def caller(site: Site) -> Callable[[str, str], Caller]:
    """Give somebody in a role, who calls the API by a token of their own."""
    client = create_app(site).test_client()

    def make(role: str, agency: str = "Police") -> Caller:
        with site.store.writing() as session:
            know_agency(session, Actor.operator(), agency)
            secret = give_token(
                session, Actor.operator(), f"{role} {agency}", role=role, agency=agency
            )
        return Caller(client, site, secret)

    return make
