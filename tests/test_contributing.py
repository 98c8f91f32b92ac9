"""What the page for contributors names is there, and what is there is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_every_path_that_is_named_is_there(root: Path, page: str) -> None:
    text = (root / page).read_text("utf-8")
    for path in re.findall(r"`((?:hotspots|web|docs|tests)/[\w./-]*)`", text):
        assert (root / path).exists(), path
