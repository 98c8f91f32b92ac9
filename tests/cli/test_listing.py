"""What is listed without loading anything is what is there."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from hotspots.cli import app
from hotspots.cli.listing import ASKED, COMMANDS, OLD, SITE, EveryCommand
from hotspots.questions import QUESTIONS

SHOWN = {"COLUMNS": "100", "NO_COLOR": "1"}


def test_each_questions_line_is_that_of_its_definition() -> None:
    assert {name: each.help for name, each in QUESTIONS.items()} == ASKED


LINES = {**COMMANDS, **{name: ("hotspots.cli.site", SITE[name]) for name in SITE}}


@pytest.mark.parametrize("name", LINES)
def test_each_line_is_what_the_command_says_of_itself(name: str) -> None:
    module, said = LINES[name]
    found = importlib.import_module(module).COMMANDS[name]
    text = found.info.help if isinstance(found, typer.Typer) else found.__doc__
    assert said == text.split("\n\n")[0].replace("\n    ", " ")


@pytest.mark.parametrize("name", [*LINES, *ASKED, *OLD])
def test_every_name_has_help(name: str) -> None:
    done = CliRunner().invoke(app, [name, "--help"], env=SHOWN)
    assert done.exit_code == 0, done.output
    assert "Usage: " in done.output


def test_an_old_name_is_not_listed_and_a_slip_is_seen() -> None:
    assert not {name for name in OLD if name in CliRunner().invoke(app, []).output}
    assert EveryCommand(name="x").load("anlyse") is None
    done = CliRunner().invoke(app, ["anlyse"], env=SHOWN)
    assert done.exit_code == 2
    assert "Did you mean 'analyse'?" in done.output


def test_square_brackets_are_shown() -> None:
    done = CliRunner().invoke(app, ["near-repeats", "--help"], env=SHOWN)
    assert "[a, b) or (a, b]" in done.output


@pytest.mark.parametrize(
    "typed",
    [
        ["brief", "absent.csv", "--areas", "a", "--out", "o", "--week", "2025-W01"],
        ["brief", "--week", "2025-W01", "absent.csv", "--areas", "a", "--out", "o"],
        ["suggest", "cctv", "absent.csv", "--areas", "a", "--harm-table", "h.csv"],
        ["suggest", "cctv", "absent.csv", "--areas", "a", "--harm", "severity"],
        ["suggest", "patrol", "absent.csv", "--areas", "a", "--only", "Burglary"],
        ["suggest", "patrol", "absent.csv", "--areas", "a", "--lens", "harm"],
        ["suggest", "youth", "absent.csv", "--areas", "a", "--category", "Drugs"],
        ["brief-schedule", "absent.csv", "--areas", "a", "--into", "i", "--once"],
    ],
)
def test_what_was_typed_before_is_still_understood(
    typed: list[str], tmp_path: object
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hotspots", *typed],
        capture_output=True,
        text=True,
        cwd=str(tmp_path),
        check=False,
    )
    assert "No such" not in done.stderr
    assert "a must be a file of areas" in done.stderr


def test_help_loads_no_library_of_the_work() -> None:
    code = (
        "import sys\nfrom typer.testing import CliRunner\n"
        "from hotspots.cli import app\n"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0\n"
        "heavy = {'numpy', 'polars', 'numba', 'scipy', 'shapely', 'flask', 'rich'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
