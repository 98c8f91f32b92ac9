"""No tactic looks at what happened on or after the day of its plan."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from functools import cache
from pathlib import Path

import pytest
from town import sample_town

from hotspots.resources import Resources, load_resources
from hotspots.samples import sample_paths
from hotspots.tactics.catalogue import TACTICS
from hotspots.tactics.planner import PlanRequest, suggest
from hotspots.tactics.suggestion import Suggestion
from hotspots.workflow import Dataset, load

ROOT = Path(__file__).parents[2]
DAY = dt.date(2024, 9, 1)
CHEAP = {
    "cctv": {"n_cameras": "2"},
    "marking": {"n_resamples": "10"},
    "youth": {"resamples": "10"},
    "patrol": {"n_areas": "2"},
}


@cache
def whole() -> Dataset:
    return sample_town()


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """The file without any line that begins on or after the day."""
    incidents, areas = sample_paths()
    path = tmp_path_factory.mktemp("earlier") / incidents.name
    shutil.copy(incidents.with_suffix(".toml"), path.with_suffix(".toml"))
    with incidents.open(encoding="utf-8", newline="") as stream:
        lines = list(csv.reader(stream))
    begin = lines[0].index("From")
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(
            line for line in lines if not later(line[begin][:10])
        )
    return load([path], areas)


def later(text: str) -> bool:
    try:
        return dt.datetime.strptime(text, "%d/%m/%Y").date() >= DAY
    except ValueError:
        return False


@cache
def resources() -> Resources:
    return load_resources(
        columns=ROOT / "data/simulated_columns.csv",
        premises=ROOT / "data/simulated_premises.csv",
        simulated=True,
    )


def lines_of(each: Suggestion) -> list[tuple[str, str]]:
    """Every line but the count of rows in the file."""
    return [line for line in each.rationale() if line[0] != "Data"]


@pytest.mark.parametrize(
    "tactic",
    [
        name
        if name in ("patrol", "packs")
        else pytest.param(name, marks=pytest.mark.slow)
        for name in TACTICS
    ],
)
def test_later_incidents_change_nothing(tactic: str, earlier: Dataset) -> None:
    assert earlier.incidents.n < whole().incidents.n
    asked = PlanRequest(tactic=tactic, options=CHEAP.get(tactic, {}), day=DAY)
    one, two = (suggest(dataset, asked, resources()) for dataset in (whole(), earlier))
    assert one.headline == two.headline
    assert [*map(lines_of, one.suggestions)] == [*map(lines_of, two.suggestions)]
    assert {name: table.rows() for name, table in one.tables.items()} == {
        name: table.rows() for name, table in two.tables.items()
    }
    for first, second in zip(one.suggestions, two.suggestions, strict=True):
        assert first.geometry.equals(second.geometry)
        assert first.backtest == second.backtest
        assert first.cut_off == second.cut_off < DAY
