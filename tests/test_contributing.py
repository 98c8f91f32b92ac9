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


def test_what_is_checked_before_a_commit_is_what_is_checked_in_make(root: Path) -> None:
    hooks = (root / ".pre-commit-config.yaml").read_text("utf-8")
    makefile = (root / "Makefile").read_text("utf-8")
    for tool in ("ruff check", "ruff format", "mypy"):
        assert tool in hooks
        assert tool in makefile
