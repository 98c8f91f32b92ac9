"""The command line as a person meets it: exit codes, words, what is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import toy
from program import run, run_apart
from test_workflow import toy_lines


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    path = tmp_path_factory.mktemp("cli")
    return (
        toy.write_police_uk(path / "toy.csv", toy_lines()),
        toy.write_town(path / "wards.geojson"),
    )


def test_analyse_says_what_was_read_and_why(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    done = run_apart(
        "analyse", files[0], "--areas", files[1], "--out", tmp_path / "out",
        "--today", "2025-07-01",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for words in (
        "43 rows read",
        "6 no coordinates",
        "2 outside every area",
        "3 outside the window",
        "4 category left out: Drugs",
        "27 analysed",
        "23 of 27 incidents",
        "[below the floor]",
        "snap points",
    ):
        assert words in done.stdout
    assert (tmp_path / "out" / "map.html").stat().st_size > 100_000


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        (["--resolution", "7"], "must be one of 8, 9, 10, 11"),
        (["--window", "2025"], "must be FROM:TO"),
        (["--category", "Burglry"], "Did you mean 'Burglary'"),
        (["--area", "W9"], "the code of one that was given"),
        (["--bandwidth-m", "-5"], "bandwidth_m must be greater than 0"),
        (["--profile", "absent.toml"], "absent.toml"),
    ],
)
def test_errors_are_one_sentence_and_leave_nothing(
    files: tuple[Path, Path], tmp_path: Path, extra: list[str], words: str
) -> None:
    done = run(
        "analyse", files[0], "--areas", files[1], "--out", tmp_path / "out", *extra
    )
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_run_leaves_no_folder(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    """Stop the run while it writes: neither a folder nor a part of one stays."""
    script = (
        "import time, hotspots.outputs.analysis_folder as o\n"
        "def slow(*a): print('writing', flush=True); time.sleep(600)\n"
        "o._Folder.write_map = slow\n"
        "import sys; from hotspots.cli import main; sys.argv[0] = 'hotspots'; main()"
    )
    arguments = ["analyse", files[0], "--areas", files[1], "--out", tmp_path / "out"]
    with subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "writing"
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=600)
    assert process.returncode == 130
    assert "Nothing was written" in said
    assert list(tmp_path.iterdir()) == []


def test_every_command_is_documented_and_has_help(root: Path) -> None:
    docs = "".join(
        path.read_text(encoding="utf-8")
        for path in [root / "README.md", *(root / "docs").glob("*.md")]
    )
    commands = (
        "analyse", "change", "clock", "effect", "evaluate", "near-repeats", "profile",
        "repeats", "sample", "serve",
    )  # fmt: skip
    for command in commands:
        assert f"hotspots {command}" in docs, f"hotspots {command} is not documented"
        assert run(command, "--help").returncode == 0


def test_the_program_starts_quickly_enough_to_be_asked_for_help() -> None:
    """A guard against heavy imports at the top: none may be loaded for --help."""
    script = (
        "import sys, hotspots.cli\n"
        "heavy = {'geopandas', 'numba', 'folium', 'sklearn', 'scipy', 'flask'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_version() -> None:
    assert run_apart("version").stdout.startswith("0.")


def test_what_nobody_foresaw_is_one_sentence_with_a_reference(tmp_path: Path) -> None:
    script = (
        "import hotspots.samples as o\n"
        "def broken(*a, **k): raise KeyError('Mary Smith')\n"
        "o.write_sample = broken\n"
        "import sys; from hotspots.cli import main; sys.argv[0] = 'hotspots'; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "sample", "--out", str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path)},
    )
    assert done.returncode == 1
    assert "reference " in done.stderr
    assert "Traceback" not in done.stderr
    assert "Mary" not in done.stderr
    assert len(list(tmp_path.rglob("*.log"))) == 1


def test_a_name_that_would_steer_the_terminal_is_shown() -> None:
    done = run("analyse", "a.csv", "--areas", "w\x1b]0;owned\x07", "--out", "o")
    assert done.returncode == 2
    assert "\x1b" not in done.stderr
    assert "\\x1b]0;owned\\x07" in done.stderr


def test_shapefiles_are_written_where_asked_for(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    arguments = ["analyse", str(files[0]), "--areas", str(files[1]), "--out"]
    done = run(*arguments, str(tmp_path / "out"), "--format", "esri")
    assert done.returncode == 0
    assert (tmp_path / "out" / "analysis_esri.zip").is_file()
    refused = run(*arguments, str(tmp_path / "other"), "--format", "shp")
    assert "--format must be esri; got 'shp'" in refused.stderr
