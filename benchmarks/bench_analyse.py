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

from table import Row, parse_quick, print_machine, print_table

HERE = Path(__file__).resolve().parent


def measure(command: list[str]) -> tuple[float, float]:
    """Return wall seconds and peak megabytes of a process."""
    started = time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} failed with {process.returncode}")
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def ours(files: Path, wards: Path, out: Path, runs: int) -> tuple[float, float]:
    command = [sys.executable, "-m", "hotspots", "analyse", str(files)]
    command += ["--areas", str(wards), "--today", "2025-07-01", "--out", str(out)]
    measure(command)  # the first run compiles the kernels, once a machine
    return min(measure(command) for _ in range(runs))


def main() -> None:
    quick = parse_quick(__doc__)
    beside = HERE.parent.parent / "shared" / "data"
    data = Path(os.environ.get("HOTSPOTS_SHARED_DATA", beside))
    if not data.is_dir():
        print(
            "bench_analyse: the real files are not on this machine; nothing measured."
        )
        return
    melton = data / "melton"
    places = {
        "Melton, 15,319 rows": (
            melton / "police_uk",
            melton / "boundaries" / "melton_wards_2013.geojson",
        )
    }
    if not quick:
        places["Leicestershire, 433,322 rows"] = (
            data / "police_uk" / "leicestershire",
            data / "boundaries" / "llr_wards_2013.geojson",
        )
    for name, (files, wards) in places.items():
        with tempfile.TemporaryDirectory() as folder:
            seconds, memory = ours(files, wards, Path(folder) / "out", runs=3)
            script = [sys.executable, str(HERE / "obvious_script.py"), str(files)]
            peer = measure([*script, str(wards), str(Path(folder) / "p.geojson")])
        rows = [
            Row(
                name="hotspots analyse, everything", seconds=seconds, agrees=mb(memory)
            ),
            Row(name="the obvious script", seconds=peer[0], agrees=mb(peer[1])),
        ]
        print_table(name, rows)
    print_machine()


def mb(memory: float) -> str:
    return f"peak {memory:,.0f} MB"


if __name__ == "__main__":
    main()
