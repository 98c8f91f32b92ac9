"""The national file: into a lake, one analysis of it, and the same from the file.

Each command runs as a process of its own; wall time and peak memory are the process's,
imports included. The load of the machine is printed, because it decides the wall time.
Needs the real files beside the checkout (``HOTSPOTS_SHARED_DATA``); without them it
says so and stops.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from bench_analyse import mb, measure
from table import Row, parse_quick, print_machine, print_table

HERE = Path(__file__).resolve().parent
NATIONAL = "scale/police_uk_street_2024-01_04.parquet"


def main() -> None:
    quick = parse_quick(__doc__)
    beside = HERE.parent.parent / "shared" / "data"
    data = Path(os.environ.get("HOTSPOTS_SHARED_DATA", beside))
    if quick or not (data / NATIONAL).is_file():
        print("bench_lake: the national file is not here; nothing measured.")
        return
    print_machine()
    print(f"load {os.getloadavg()[0]:.1f}")
    county = data / "boundaries" / "llr_lad_dissolved.geojson"
    with tempfile.TemporaryDirectory() as folder:
        lake, out = Path(folder) / "lake", Path(folder) / "out"
        areas = ["--areas", f"lad={county}"]
        file, each = data / NATIONAL, Path(folder) / "each"
        steps = {
            "put into a lake": ["lake", "build", file, *areas, "--out", lake],
            "analyse, from the lake": ["analyse", lake, "--out", out],
            "analyse, from the file": ["analyse", file, *areas, "--out", out],
            "every district": ["analyse", lake, "--each", "lad", "--out", each],
        }
        rows = []
        for name, words in steps.items():
            command = [sys.executable, "-m", "hotspots", *map(str, words)]
            seconds, memory = measure(command)
            rows.append(Row(name=name, seconds=seconds, agrees=mb(memory)))
        print_table("1,294,582 rows of forty forces, nine districts", rows)


if __name__ == "__main__":
    main()
