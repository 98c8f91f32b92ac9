"""A site on each database, and the hand-made files that are imported into it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from site_fixture import make_site

from hotspots.service import Site


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    made = make_site(tmp_path / "site", database_url)
    yield made
    made.close()
