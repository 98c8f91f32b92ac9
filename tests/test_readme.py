"""The commands and code in the documents run as they stand."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = ("README.md", "docs/guide-analyst.md", "docs/formats.md")


def commands(root: Path) -> list[str]:
    found = []
    for name in DOCS:
        text = (root / name).read_text(encoding="utf-8")
        for block in re.findall(r"```console\n(.*?)```", text, flags=re.DOTALL):
            found += re.findall(r"^\$ (hotspots .*)$", block, flags=re.MULTILINE)
    return found


def test_every_command_in_the_documents_runs(root: Path, tmp_path: Path) -> None:
    for folder in ("data", "boundaries"):
        (tmp_path / folder).symlink_to(root / folder)
    (tmp_path / "out").mkdir()
    ran = 0
    for command in dict.fromkeys(commands(root)):
        words = shlex.split(command)
        if words[1] == "serve":
            words.append("--help")  # it would serve for ever; browser tests run it
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(root)},
        )
        assert done.returncode == 0, f"{command}\n{done.stderr[-1500:]}"
        ran += 1
    assert ran >= 3


def test_python_in_the_readme_runs(root: Path) -> None:
    text = (root / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec("\n".join(blocks), {})
    assert "incidents per km2" in said.getvalue()
    assert said.getvalue().startswith("1 ")


def test_the_first_lines_are_the_two_commands(root: Path) -> None:
    lines = (root / "README.md").read_text(encoding="utf-8").splitlines()
    assert lines[2].startswith("`make demo`")
    assert lines[3].startswith("`make test`")


@pytest.mark.parametrize("name", ["page.png", "map.png"])
def test_the_pictures_are_there(root: Path, name: str) -> None:
    data = (root / "docs" / "images" / name).read_bytes()
    assert data.startswith(b"\x89PNG")


def test_every_link_in_the_documents_leads_somewhere(root: Path) -> None:
    for document in [root / "README.md", *(root / "docs").glob("*.md")]:
        text = document.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (document.parent / target).exists(), f"{document.name}: {target}"
