"""How files are read is asked in the same options of every command that counts."""

from __future__ import annotations

from pathlib import Path

import pytest
import toy
from program import Ran, run
from typer.testing import CliRunner

from hotspots.cli import app
from hotspots.cli.listing import ASKED
from hotspots.cli.options import READING
from hotspots.tactics.catalogue import TACTICS

COUNTING = (
    ["analyse"], ["serve"], ["transparency"], ["brief", "make"], ["brief", "schedule"],
    *([name] for name in ASKED), *(["suggest", name] for name in TACTICS),
)  # fmt: skip
WIDE = {"COLUMNS": "200", "NO_COLOR": "1"}


@pytest.mark.parametrize("words", COUNTING, ids=" ".join)
def test_every_command_that_counts_has_them(words: list[str]) -> None:
    done = CliRunner().invoke(app, [*words, "--help"], env=WIDE)
    for option in READING:
        assert f"--{option.replace('_', '-')}" in done.output


def test_a_site_keeps_them_for_all_its_imports() -> None:
    done = CliRunner().invoke(app, ["site", "init", "--help"], env=WIDE)
    for option in READING.keys() - {"profile", "today"}:  # these are of one import
        assert f"--{option.replace('_', '-')}" in done.output


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """75 incidents in three streets, each of a month and a cell."""
    folder = tmp_path_factory.mktemp("apart")
    streets = [("Tannery Lane", toy.A), ("Hospital", toy.B), ("Priory Lane", toy.C)]
    lines = []
    for number, (street, cell) in enumerate(streets):
        lon, lat = toy.centre(cell)
        lines += [
            f"{number}-{k},2025-0{k % 6 + 1},{lon:.6f},{lat:.6f},"
            f"On or near {street},Burglary"
            for k in range(25)
        ]
    incidents = toy.write_police_uk(folder / "incidents.csv", lines)
    return incidents, toy.write_town(folder / "wards.geojson")


def said(done: Ran) -> str:
    assert done.returncode == 0, done.stderr
    return " ".join((done.stdout + done.stderr).split())


@pytest.mark.parametrize(
    "words", [["analyse"], ["change"], ["brief", "make"], ["suggest", "patrol"]]
)
def test_they_do_what_they_say(
    made: tuple[Path, Path], tmp_path: Path, words: list[str]
) -> None:
    incidents, areas = made
    more = ["--today", "2025-07-01"]
    more += [] if words == ["change"] else ["--out", str(tmp_path / "out")]
    more += ["--month", "2025-06"] if words == ["brief", "make"] else []
    more += ["--n-areas", "1"] if words == ["suggest", "patrol"] else []
    usual = said(run(*words, incidents, "--areas", areas, *more))
    assert "Hospital (" in usual or words == ["brief", "make"]
    left = said(
        run(*words, incidents, "--areas", areas, *more, "--leave-out", "Priory Lane")
    )
    assert "Priory Lane" in left or words == ["brief", "make"]
    back = said(run(*words, incidents, "--areas", areas, *more, "--with-institutions"))
    assert "Set apart" not in back
    assert len({usual, left, back}) == 3


def test_a_question_without_areas(made: tuple[Path, Path]) -> None:
    ask = ["change", made[0], "--today", "2025-07-01"]
    usual, back = said(run(*ask)), said(run(*ask, "--with-institutions"))
    assert "Set apart as institutions, and not counted: Hospital" in usual
    assert "Set apart" not in back
    wrong = run(*ask, "--leave-out", "ab")
    assert wrong.returncode == 2
    assert "at least 3 letters" in wrong.stderr


@pytest.mark.parametrize(
    ("option", "words"),
    [(["--leave-out", "ab"], "3 letters"), (["--harm", "AREAS"], "wards.geojson")],
)
def test_a_site_refuses_at_once_what_no_import_could_use(
    made: tuple[Path, Path], tmp_path: Path, option: list[str], words: str
) -> None:
    given = [str(made[1]) if word == "AREAS" else word for word in option]
    done = run(
        "site", "init", tmp_path / "s", "--name", "a", "--areas", made[1], *given
    )
    assert done.returncode == 2
    assert words in done.stderr
    assert not (tmp_path / "s").exists()
