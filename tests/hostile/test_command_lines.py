"""Whatever is typed, a command ends, with a sentence and no traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from program import run

from hotspots.samples import sample_path

RUNNING = Path(__file__).parents[1] / "command_lines.py"


def wrong_of(every: int, first: int, folder: Path) -> list[str]:
    """Run some hostile lines; return what was wrong with any."""
    done = subprocess.run(
        [sys.executable, RUNNING, str(every), str(first), folder],
        capture_output=True,
        text=True,
        check=False,
    )
    *wrong, last = done.stdout.splitlines() or [""]
    assert last.endswith(" lines"), f"it broke off: {done.stdout}{done.stderr}"[-2000:]
    assert int(last.split()[0]) > 100
    return wrong


def test_hostile_lines_end_in_a_sentence(tmp_path: Path) -> None:
    assert wrong_of(101, 0, tmp_path) == []


@pytest.mark.parametrize(
    "words",
    [
        ("suggest", "patrol", "--seed", "-5"),
        ("suggest", "patrol", "--seed", "9" * 40),
        ("analyse", "--today", "9999-12-31"),
    ],
)
def test_numbers_and_days_out_of_range_are_refused(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    rows = sample_path("data/simulated_incidents.csv")
    areas = sample_path("boundaries/simulated_wards.geojson")
    done = run(*words, rows, "--areas", areas, "--out", tmp_path / "out")
    assert done.returncode == 2, done.stderr
    assert "(reference " not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1, 9))
def test_so_do_many(first: int, tmp_path: Path) -> None:
    assert wrong_of(32, 4 * first, tmp_path) == []
