"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite the files under tests/golden from what the code gives now",
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
