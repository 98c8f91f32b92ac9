"""How long ``hotspots --help`` and ``analyse`` take now, beside an earlier commit.

The earlier code is checked out beside this one for the time of the run; both use the
same libraries. Five runs each, one after the other so that both meet the same machine;
the ratio of the medians is printed. Needs the real files beside the checkout
(``HOTSPOTS_SHARED_DATA``); without them only the help is timed.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from table import parse_quick

ROOT = Path(__file__).resolve().parent.parent
BEFORE = "86a2ee1"
RUNS = 5
VENDOR = Path("web/static/vendor")


def seconds(tree: Path, arguments: list[str], folder: Path) -> float:
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-P", "-m", "hotspots", *arguments],
        env={**os.environ, "PYTHONPATH": str(tree)},
        cwd=folder / tree.name,
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - started


def compare(name: str, arguments: list[str], before: Path, folder: Path) -> None:
    taken: dict[Path, list[float]] = {before: [], ROOT: []}
    for tree in taken:
        (folder / tree.name).mkdir(exist_ok=True)
        seconds(tree, arguments, folder)  # compiles what is compiled once
    for _ in range(RUNS):
        for tree, found in taken.items():
            found.append(seconds(tree, arguments, folder))
    then, now = (statistics.median(found) for found in taken.values())
    print(f"{name:<24}{then:8.2f} s{now:8.2f} s   ratio {now / then:.2f}")


def main() -> None:
    quick = parse_quick(__doc__)
    shared = os.environ.get("HOTSPOTS_SHARED_DATA")
    data = Path(shared) if shared else ROOT.parent / "shared" / "data"
    with tempfile.TemporaryDirectory() as folder:
        before = Path(folder, "before")
        worktree = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*worktree, "add", "-q", "--detach", before, BEFORE], check=True)
        try:
            shutil.copytree(ROOT / VENDOR, before / VENDOR)
            print(f"{'':<24}{BEFORE:>10}{'now':>10}")
            compare("hotspots --help", ["--help"], before, Path(folder))
            if quick or not data.is_dir():
                return
            melton = data / "melton"
            wards = melton / "boundaries" / "melton_wards_2013.geojson"
            files = ["analyse", str(melton / "police_uk"), "--areas", str(wards)]
            options = ["--today", "2025-07-01", "--out", "out"]
            compare("analyse, Melton", [*files, *options], before, Path(folder))
        finally:
            subprocess.run([*worktree, "remove", "--force", before], check=True)


if __name__ == "__main__":
    main()
