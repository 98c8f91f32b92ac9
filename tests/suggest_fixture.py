"""What the tests of ``hotspots suggest`` share: the town, what is given, one run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

COMMAND = [sys.executable, "-m", "hotspots", "suggest"]
INCIDENTS = "data/simulated_incidents.csv"
AREAS = "boundaries/simulated_wards.geojson"
GIVEN = {
    "cctv": ["--columns", "data/simulated_columns.csv"],
    "marking": [
        "--premises", "data/simulated_premises.csv",
        "--streets", "boundaries/simulated_streets.geojson",
    ],
    "packs": ["--premises", "data/simulated_premises.csv"],
    "youth": ["--streets", "boundaries/simulated_streets.geojson"],
    "patrol": ["--streets", "boundaries/simulated_streets.geojson"],
    "operation": ["--premises", "data/simulated_premises.csv"],
}  # fmt: skip
"""What each tactic is given; the least that it needs is tried among the refusals."""


def run(root: Path, *args: str | Path) -> tuple[int, str, str]:
    done = subprocess.run(
        [*COMMAND, *map(str, args)],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1"},
    )
    return done.returncode, done.stdout, done.stderr


def town(tactic: str) -> list[str]:
    return [tactic, INCIDENTS, "--areas", AREAS, *GIVEN[tactic]]


def names(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def plain(text: str) -> str:
    return " ".join(text.split())
