"""What the tests of ``hotspots suggest`` share: the town, and what is given."""

from __future__ import annotations

from pathlib import Path

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


def town(tactic: str) -> list[str]:
    return [tactic, INCIDENTS, "--areas", AREAS, *GIVEN[tactic]]


def names(folder: Path) -> set[str]:
    return {
        p.relative_to(folder).as_posix() for p in folder.rglob("[!.]*") if p.is_file()
    }


def plain(text: str) -> str:
    return " ".join(text.split())
