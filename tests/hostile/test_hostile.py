"""Spoilt files of every format are read or refused by an error of ours, in limits."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from spoiling import WAYS, spoil

READING = Path(__file__).parents[1] / "spoilt_reading.py"
FORMATS = (
    "incidents.csv", "areas.geojson", "areas.gpkg", "streets.geojson", "premises.csv",
    "columns.csv", "deployments.csv", "actions.csv", "profile.toml", "plan.json",
    "manifest.json", "incidents.csv.gz", "incidents.zip", "incidents.xlsx",
    "incidents.parquet", "incidents.feather", "areas.parquet", "areas.zip", "areas.fgb",
    "areas.kml", "streets.graphml",
)  # fmt: skip


def read_spoilt(name: str, first: int, how_many: int, folder: Path) -> list[str]:
    """Return what went wrong, by the number of the file."""
    done = subprocess.run(
        [sys.executable, READING, name, str(first), str(how_many), folder],
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stdout.splitlines()
    if done.returncode or len(lines) < how_many:
        return [
            f"{lines[-1:]}: the process ended with {done.returncode}: {done.stderr}"
        ]
    return [line for line in lines if not line.endswith(" well")]


@pytest.mark.parametrize("name", FORMATS)
def test_a_spoilt_file_is_read_or_refused(name: str, tmp_path: Path) -> None:
    assert read_spoilt(name, 0, 5, tmp_path) == []


def test_fields_whose_names_are_spoilt_are_refused(tmp_path: Path) -> None:
    assert read_spoilt("areas.zip", 1060, 1, tmp_path) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
def test_so_are_many(name: str, tmp_path: Path) -> None:
    assert read_spoilt(name, 1000, 96, tmp_path) == []


def test_each_way_spoils_and_the_same_number_spoils_the_same() -> None:
    data = b"a,b\n1,2\n3,4\n" * 20
    assert len({spoil(data, number) for number in range(200)}) > 150
    assert spoil(data, 7) == spoil(data, 7)
    assert len(WAYS) == 8
