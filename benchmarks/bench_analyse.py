"""The whole of ``hotspots analyse`` against the script an analyst would write.

Both run as processes of their own on the same files in one run; wall time and peak
memory are those of the process, imports included. Needs the real files beside the
checkout (``HOTSPOTS_SHARED_DATA``); without them it says so and stops.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from table import Row, parse_quick, print_machine, print_table

HERE = Path(__file__).resolve().parent
INSTALLED = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
"""What is installed keeps its bytecode."""


class Case(NamedTuple):
    """One input: which files, which wards, which months."""

    name: str
    files: Path
    wards: Path
    first: str
    last: str


def measure(command: list[str]) -> tuple[float, float]:
    """Return wall seconds and peak megabytes of a process."""
    started = time.perf_counter()
    with subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=INSTALLED,
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} failed with {process.returncode}")
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def ours(case: Case, out: Path, runs: int) -> tuple[float, float]:
    command = [sys.executable, "-m", "hotspots", "analyse", str(case.files)]
    command += ["--areas", str(case.wards), "--today", "2025-07-01"]
    command += ["--window", f"{case.first}:{case.last}", "--out", str(out)]
    measure(command)  # the first run compiles the kernels, once a machine
    return min(measure(command) for _ in range(runs))


def theirs(case: Case, out: Path) -> tuple[float, float]:
    script = [sys.executable, str(HERE / "obvious_script.py"), str(case.files)]
    return measure([*script, str(case.wards), str(out), case.first, case.last])


def cases(data: Path, *, quick: bool) -> list[Case]:
    melton, force = data / "melton", data / "police_uk" / "leicestershire"
    town = melton / "boundaries" / "melton_wards_2013.geojson"
    county = data / "boundaries" / "llr_wards_2013.geojson"
    found = [Case("Melton", melton / "police_uk", town, "2023-07", "2025-06")]
    if not quick:
        found += [
            Case("Leicestershire", force, county, "2023-07", "2025-06"),
            Case("Leicestershire", force, county, "2018-10", "2022-06"),
        ]
    return found


def main() -> None:
    quick = parse_quick(__doc__)
    beside = HERE.parent.parent / "shared" / "data"
    data = Path(os.environ.get("HOTSPOTS_SHARED_DATA", beside))
    if not data.is_dir():
        print("bench_analyse: the real files are not here; nothing measured.")
        return
    print_machine()
    for case in cases(data, quick=quick):
        with tempfile.TemporaryDirectory() as folder:
            seconds, memory = ours(case, Path(folder) / "out", runs=3)
            peer, peer_memory = theirs(case, Path(folder) / "peer.geojson")
        rows = [
            Row(name="hotspots analyse", seconds=seconds, agrees=mb(memory)),
            Row(name="the obvious script", seconds=peer, agrees=mb(peer_memory)),
        ]
        print_table(f"{case.name}, {case.first} to {case.last}", rows)


def mb(memory: float) -> str:
    return f"peak {memory:,.0f} MB"


if __name__ == "__main__":
    main()
