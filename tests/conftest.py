"""Fixtures that every test may use."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from databases import database_url, migrated, postgres
from xdist.scheduler import LoadScopeScheduling

__all__ = ["database_url", "migrated", "postgres"]

ROOT = Path(__file__).resolve().parent.parent
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
hypothesis.settings.register_profile(
    "steady",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("steady")


class ByRoom(LoadScopeScheduling):
    """Tests that share what takes long to make run in one process."""

    TOGETHER = (
        ("tests/brief/",),
        ("tests/web/test_plans",),
        (
            "tests/web/test_loop",
            "tests/web/test_overlays",
            "tests/web/test_paper",
            "tests/web/people/test_site",
        ),
    )

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return next(
            (rooms[0] for rooms in self.TOGETHER if file.startswith(rooms)), file
        )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return ByRoom(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite the files under tests/golden from what the code gives now",
    )
    parser.addoption(
        "--update-frozen",
        action="store_true",
        help="record the hashes under tests/frozen of what the code gives now",
    )


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the checkout; tests skip where it is absent."""
    beside = ROOT.parent / "shared" / "data"
    folder = Path(os.environ.get("HOTSPOTS_SHARED_DATA", beside))
    if not folder.is_dir():
        pytest.skip("the real data are not on this machine (HOTSPOTS_SHARED_DATA)")
    return folder


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for the run: a second Playwright in a process does not start."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = [os.environ.get("CHROMIUM"), *map(shutil.which, names)]
    path = next(filter(None, found), None)
    if path is None:
        pytest.skip("no Chromium: install it, or set CHROMIUM to its path")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()
