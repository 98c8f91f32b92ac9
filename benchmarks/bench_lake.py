"""A lake from ten thousand rows to a hundred million, beside the obvious script.

Each command runs as a process of its own. Seconds of the processor stand beside those
of the clock, which a shared machine stretches; memory is the peak of the largest
process. The growth exponent is the slope of log seconds over log rows from a million
rows on, or of the two largest sizes that ran. Cells are of resolution 9, of 10 over ten
million rows. ``--nation``: ten and a hundred million rows too. Needs the real files
beside the checkout (``HOTSPOTS_SHARED_DATA``); without them it says so and stops.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import shapely
from simulated_nation import write_nation
from table import print_machine

from hotspots.core.crs import lonlat_to_bng, shapes_to_degrees
from hotspots.outputs.formats import Layer, write_geojson

HERE = Path(__file__).resolve().parent
REAL = (
    "scale/police_uk_street_2024-01_04.parquet",
    "scale/police_uk_street_2018-10_2019-02.parquet",
)
SMALL, LARGE = (10_000, 100_000, 1_000_000), (10_000_000, 100_000_000)
PEER_MOST = 1_000_000
SQUARE_M, EASTERN = 5_000, 1.76
"""OSTN15 ends off Lowestoft."""


@dataclass(frozen=True)
class Run:
    """What one command took."""

    wall: float
    processor: float
    peak_mb: float


def measure(words: list[object]) -> Run:
    """Run a command, and stop where it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    with subprocess.Popen(
        list(map(str, words)), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{words} failed: {said.decode()[-400:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(time.perf_counter() - started, processor, usage.ru_maxrss / 1024)


def apart(work: Callable[..., object], *given: object) -> None:
    """Do something elsewhere: a process that begins another lends it its own peak."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as pool:
        pool.submit(work, *given).result()


def write_squares(real: Path, out: Path) -> None:
    """Write areas all over the land: squares of 20 km, as far as there are rows."""
    at = pl.read_parquet(real, columns=["Longitude", "Latitude"]).drop_nulls().unique()
    x, y = lonlat_to_bng(at["Longitude"].to_numpy(), at["Latitude"].to_numpy())
    known = np.isfinite(x)
    west, south = (np.floor(each[known] / SQUARE_M) * SQUARE_M for each in (x, y))
    corner = np.unique(np.column_stack([west, south]), axis=0)
    boxes = shapely.box(*corner.T, *(corner + SQUARE_M).T)
    group = [f"S{int(a) // 20_000:03}{int(b) // 20_000:03}" for a, b in corner]
    names = sorted(set(group))
    joined = [shapely.union_all(boxes[np.array(group) == name]) for name in names]
    land = shapes_to_degrees(shapely.segmentize(np.array(joined), 1_000))
    land = shapely.intersection(land, shapely.box(-9, 49, EASTERN, 62))
    kept = ~shapely.is_empty(land)
    frame = pl.DataFrame({"code": names, "name": names}).filter(pl.Series(kept))
    write_geojson(out, Layer(name="lad", frame=frame, geometry=land[kept]))


def show(name: str, run: Run) -> None:
    print(
        f"  {name:34} {run.wall:8.1f} s  {run.processor:8.1f} s of processor  "
        f"{run.peak_mb:7,.0f} MB",
        flush=True,
    )


def steps(files: Path, areas: Path, folder: Path, *, large: bool) -> dict[str, Run]:
    """Put files into a lake, then ask of it in each way."""
    lake, out = folder / "lake", folder / "out"
    ours: list[object] = [sys.executable, "-m", "hotspots"]
    fine = 10 if large else 9
    cells = ["lake", "cells", lake, "--resolution", fine, "--out"]
    how: dict[str, list[object]] = {
        "build": ["lake", "build", files, "--areas", f"lad={areas}", "--out", lake],
        "cells of the nation": [*cells, out / "cells"],
    }
    if not large:
        how["analyse, resolution 9"] = [
            *("analyse", lake, "--resolution", 9, "--out", out / "nine"),
        ]
    dask = [*cells, out / "dask", "--engine", "dask", "--workers"]
    how["cells, one Dask worker"], how["cells, two Dask workers"] = (
        [*dask, 1],
        [*dask, 2],
    )
    found = {}
    for name, words in how.items():
        found[name] = measure([*ours, *words])
        show(name, found[name])
    one, two = (pl.read_parquet(out / k / "cells.parquet") for k in ("cells", "dask"))
    faster = (
        found["cells, one Dask worker"].wall / found["cells, two Dask workers"].wall
    )
    print(f"  two workers give the same cells: {one.equals(two)}")
    print(f"  1 -> 2 workers: {faster:.2f} times as fast, their start included")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the smallest sizes")
    parser.add_argument("--nation", action="store_true", help="the largest sizes")
    chosen = parser.parse_args()
    beside = HERE.parent.parent / "shared" / "data"
    data = Path(os.environ.get("HOTSPOTS_SHARED_DATA", beside))
    if not (data / REAL[0]).is_file():
        print("bench_lake: the national file is not here; nothing measured.")
        return
    print_machine()
    print(f"load {os.getloadavg()[0]:.1f}")
    sizes = SMALL[:2] if chosen.quick else SMALL + LARGE * chosen.nation
    taken: dict[str, list[tuple[int, float]]] = {}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        areas = folder / "squares.geojson"
        apart(write_squares, data / REAL[0], areas)
        for n_rows in sizes:
            print(f"\n{n_rows:,} rows, simulated")
            files = folder / "files"
            apart(write_nation, data / REAL[0], files, n_rows)
            found = steps(files, areas, folder, large=n_rows > LARGE[0])
            if n_rows <= PEER_MOST:
                script: list[object] = [sys.executable, HERE / "obvious_nation.py"]
                found["the obvious script"] = measure(
                    [*script, files, areas, folder / "peer.parquet", 9]
                )
                show("the obvious script", found["the obvious script"])
            for name, run in found.items():
                taken.setdefault(name, []).append((n_rows, run.processor))
            for name in ("files", "lake", "out"):
                shutil.rmtree(folder / name)
        for real in () if chosen.quick else REAL:
            print(f"\n{real}")
            steps(data / real, areas, folder, large=False)
            for name in ("lake", "out"):
                shutil.rmtree(folder / name)
    print_growth(taken)


def print_growth(taken: dict[str, list[tuple[int, float]]]) -> None:
    """Print the slope of log seconds over log rows, of the larger sizes that ran."""
    print("\ngrowth exponent of processor seconds")
    for name, points in taken.items():
        many = [point for point in points if point[0] >= SMALL[-1]]
        many = np.array(many if len(many) > 1 else points[-2:])
        if len(many) > 1:
            slope = np.polyfit(*np.log(many).T, 1)[0]
            print(f"  {name:34} {slope:.2f} from {int(many[0][0]):,} rows")


if __name__ == "__main__":
    main()
