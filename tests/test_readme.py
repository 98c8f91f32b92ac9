"""The commands and code in the documents run as they stand."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
from program import run

from hotspots.cli import app
from hotspots.cli.suggest import app as suggest_app
from hotspots.core.options import build, parameters
from hotspots.register import actions, deployments
from hotspots.tactics.catalogue import TACTICS

DOCS = (
    "README.md",
    "docs/guide-analyst.md",
    "docs/formats.md",
    "docs/planner.md",
    "docs/brief.md",
    "docs/lake.md",
)
GUIDES = (
    "docs/guide-cctv.md",
    "docs/guide-marking.md",
    "docs/guide-patrol.md",
    "docs/guide-youth.md",
)
"""Their commands are plans: tests/test_suggest.py runs those, here they are read."""


def commands(root: Path, documents: tuple[str, ...] = DOCS) -> list[str]:
    found = []
    for name in documents:
        text = (root / name).read_text(encoding="utf-8")
        for block in re.findall(r"```console\n(.*?)```", text, flags=re.DOTALL):
            found += re.findall(r"^\$ (hotspots .*)$", block, flags=re.MULTILINE)
    return found


@pytest.mark.parametrize(
    "document",
    [
        name if name == "README.md" else pytest.param(name, marks=pytest.mark.slow)
        for name in DOCS
    ],
)
def test_every_command_in_the_documents_runs(
    document: str, root: Path, tmp_path: Path
) -> None:
    for folder in ("data", "boundaries"):
        (tmp_path / folder).symlink_to(root / folder)
    (tmp_path / "out").mkdir()
    ran = 0
    for command in dict.fromkeys(commands(root, (document,))):
        words = shlex.split(command)
        if words[1] == "serve":
            words.append("--help")  # it would serve for ever; browser tests run it
        done = run(*words[1:], at=tmp_path)
        assert done.returncode == 0, f"{command}\n{done.stderr[-1500:]}"
        ran += 1
    assert ran >= (3 if document == "README.md" else 0)


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


PICTURES = ("page.png", "map.png", "plan.png", "card.png", "brief.png")


@pytest.mark.parametrize("name", PICTURES)
def test_the_pictures_are_there(root: Path, name: str) -> None:
    data = (root / "docs" / "images" / name).read_bytes()
    assert data.startswith(b"\x89PNG")


def pages(root: Path) -> list[Path]:
    return [root / "README.md", *sorted((root / "docs").rglob("*.md"))]


def anchors(page: Path) -> set[str]:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    titles = re.findall(r"^#+ (.*)$", text, flags=re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles
    }


def test_every_link_in_the_documents_leads_somewhere(root: Path) -> None:
    for page in pages(root):
        text = page.read_text(encoding="utf-8")
        for target, part in re.findall(r"\]\(([^)#:]*)(?:#([^):]*))?\)", text):
            there = page.parent / target if target else page
            assert there.exists(), f"{page.name}: {target}"
            assert not part or part in anchors(there), f"{page.name}: {target}#{part}"


def test_every_document_can_be_reached_from_the_readme(root: Path) -> None:
    reached, left = set[Path](), [root / "README.md"]
    while left:
        page = left.pop()
        if page in reached:
            continue
        reached.add(page)
        links = re.findall(r"\]\(([^)#:]+\.md)", page.read_text(encoding="utf-8"))
        left += [(page.parent / link).resolve() for link in links]
    assert not {page.resolve() for page in pages(root)} - reached


def test_the_brief_names_every_column_of_its_files(root: Path) -> None:
    text = (root / "docs" / "brief.md").read_text(encoding="utf-8")
    for fields in (deployments.FIELDS, actions.FIELDS):
        for each in fields:
            assert f"`{each.name}`" in text, each.name
            for choice in each.choices:
                assert choice in text, choice


def test_the_planner_names_every_tactic_and_its_page(root: Path) -> None:
    text = (root / "docs" / "planner.md").read_text(encoding="utf-8")
    for tactic in TACTICS.values():
        row = re.search(rf"^\| `{tactic.name}` \|.*$", text, flags=re.MULTILINE)
        assert row is not None, tactic.name
        for resource in (*tactic.needs, *tactic.uses):
            assert f"--{resource}" in row.group(), f"{tactic.name}: {resource}"


def test_the_commands_of_the_guides_are_plans_that_can_be_asked_for(root: Path) -> None:
    plans = typer.main.get_command(suggest_app)
    read = set()
    for command in commands(root, GUIDES):
        words = shlex.split(command)
        assert words[1] == "suggest", command
        plan = plans.get_command(None, words[2])  # type: ignore[attr-defined]
        given = plan.make_context(words[2], words[3:]).params
        method = TACTICS[words[2]].options
        names = {param.name for param in parameters(method)} - {"category", "harm"}
        text = {k: v for k, v in given.items() if k in names and v is not None}
        build(method, text)
        files = [root / word for word in words if "/" in word and "out/" not in word]
        assert all(path.is_file() for path in files), command
        read.add(words[2])
    assert read == {"cctv", "marking", "packs", "patrol", "youth"}


def options(command: Any) -> set[str]:
    """Return every option of a command and of those below it."""
    every = ((*each.opts, *each.secondary_opts) for each in command.params)
    own = {name for names in every for name in names}
    names = getattr(command, "commands", {})
    return own.union(*(options(command.get_command(None, name)) for name in names))


def test_every_option_in_the_guides_is_one(root: Path) -> None:
    known = {"--help", "--quick", "--userns"} | options(typer.main.get_command(app))
    for page in pages(root):
        if page.name == "questions.md":
            continue  # made from the options themselves
        found = set(re.findall(r"--[a-z][a-z-]+", page.read_text(encoding="utf-8")))
        assert not found - known, page.name
