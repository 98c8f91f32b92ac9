"""A site on each database, its application, and an analyst who signed in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sign_in_fixture import Browser, link
from site_fixture import make_site

from hotspots.service import Site
from hotspots.web import create_app


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    made = make_site(tmp_path / "site", database_url)
    yield made
    made.close()


@pytest.fixture
def app(site: Site) -> Flask:
    return create_app(site)


@pytest.fixture
def analyst(site: Site, app: Flask) -> Browser:
    """An analyst of the police who has just signed in."""
    made = Browser(app)
    assert made.join(link(site)).location == "/sign-in"
    assert made.sign_in().location == "/"
    return made
