"""A run that is killed leaves the last version whole, and the next one goes on."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import toy

from hotspots.lake import build, verify
from hotspots.lake.build import Reader
from hotspots.sources import read_incidents

ADD = """
import sys
from pathlib import Path
from hotspots.lake import add
from hotspots.lake.build import Reader
import hotspots.kernels.h3_index, deltalake
print("ready", flush=True)
sys.stdin.readline()
add([Path(sys.argv[1])], Path(sys.argv[2]), Reader())
print("done", flush=True)
"""


def written(folder: Path, number: int) -> Path:
    """A file of 40 incidents in each of six months, no two files alike."""
    lon, lat = toy.centre(toy.A)
    lines = [
        f",2025-{month:02},{lon + number / 1e4:.6f},{lat},On or near Row {k},Burglary"
        for month in range(1, 7)
        for k in range(40)
    ]
    return toy.write_police_uk(folder / f"{number:03}-street.csv", lines)


def begun(file: Path, lake: Path) -> subprocess.Popen[str]:
    """A process that has loaded everything and waits to begin."""
    return subprocess.Popen(
        [sys.executable, "-c", ADD, str(file), str(lake)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def added(process: subprocess.Popen[str], seconds: float | None) -> str:
    """Let it begin, kill it after so many seconds, and return what it had said."""
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.stdin.write("go\n")
    process.stdin.flush()
    if seconds is not None:
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
    rest, _ = process.communicate()
    return rest


@pytest.mark.parametrize("times", [10, pytest.param(50, marks=pytest.mark.slow)])
def test_killed_while_files_are_added(times: int, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    build([written(tmp_path, 0)], lake, [], Reader())
    started = time.perf_counter()
    assert added(begun(written(tmp_path, 1), lake), None) == "done\n"
    most = max(0.2, time.perf_counter() - started - 0.5)
    dice, whole, said = random.Random(7), 2, 0
    waiting = begun(written(tmp_path, 2), lake)
    for number in range(3, times + 3):
        process, waiting = waiting, begun(written(tmp_path, number), lake)
        said += added(process, dice.uniform(0, most)) == "done\n"
        checked = verify(lake)
        assert checked.wrong == ()
        assert checked.rows == 240 * checked.files
        assert checked.files in (whole, whole + 1)
        whole = checked.files
    assert added(waiting, None) == "done\n"
    assert verify(lake).left == 0
    assert whole >= 2 + said
    assert read_incidents([lake]).incidents.n == 240 * (whole + 1)
