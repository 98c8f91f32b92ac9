"""What ``hotspots suggest`` refuses, and what it does with months and moved points."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from program import run
from suggest_fixture import AREAS, GIVEN, INCIDENTS, plain

from hotspots.cli.suggest import app
from hotspots.core.errors import HotspotsError, PrecisionError
from hotspots.tactics.planner import suggest
from hotspots.workflow import Dataset, load

TOWN = [INCIDENTS, "--areas", AREAS]
COLUMNS = GIVEN["cctv"]
PREMISES = GIVEN["packs"]
REFUSED = [
    (["cctv", *TOWN, *COLUMNS, "--n-cameras", "0"], "n_cameras must be at least 1"),
    (["cctv", *TOWN, *COLUMNS, "--spacing-m", "20000"], "only 1 do with 20000 m"),
    (["cctv", *TOWN], "needs a file of columns"),
    (["marking", *TOWN, "--kits", "0"], "kits must be at least 1"),
    (["marking", *TOWN, *PREMISES, "--kits", "1"], "no more than 1 dwellings"),
    (["marking", *TOWN, *PREMISES, "--kits", "1", "--n-patches", "2"], "least 1 kit"),
    (["marking", *TOWN], "needs the list of premises"),
    (["packs", *TOWN, "--day", "2030-01-01"], "at least one dwelling burglary"),
    (["youth", *TOWN, "--min-hours", "4", "--max-hours", "3"], "4"),
    (["youth", *TOWN, "--weeks", "9"], "weeks must be at least 10"),
    (["youth", *TOWN, "--marks", "teenager"], "must be marked"),
    (["patrol", *TOWN, "--shift-hours", "0.5"], "a shift of 30 minutes"),
    (
        ["patrol", *TOWN, "--provider", "pcso", "--shift-start", "01:00"],
        "between 06:00 and 24:00",
    ),
    (["patrol", *TOWN, "--days", "Someday"], "days must be all, weekdays"),
    (["operation", *TOWN, "--template", "op-defrst"], "Did you mean 'op-defrost'?"),
]  # fmt: skip


@pytest.mark.parametrize(("args", "words"), REFUSED, ids=lambda v: str(v)[:60])
def test_what_cannot_be_met_is_refused_and_leaves_nothing(
    args: list[str],
    words: str,
    root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(root)
    with pytest.raises(HotspotsError) as caught:
        app([*args, "--out", str(tmp_path / "out")], standalone_mode=False)
    assert words in str(caught.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--n-areas", "0"], "n_areas must be at least 1"),
        (["--nonsense", "3"], "No such option: --nonsense"),
    ],
)
def test_a_refusal_is_one_message_and_status_2(
    options: list[str], words: str, root: Path, tmp_path: Path
) -> None:
    asked = ["suggest", "patrol", *TOWN, *options, "--out", tmp_path / "out"]
    done = run(*asked, at=root)
    assert done.returncode == 2, done.stdout
    assert words in plain(done.stderr)
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def melton(shared_data: Path) -> list[str | Path]:
    folder = shared_data / "melton"
    wards = folder / "boundaries" / "melton_wards_2013.geojson"
    months = [folder / "police_uk" / f"2025-{month:02d}" for month in range(1, 7)]
    return [*months, "--areas", wards]


@pytest.fixture(scope="module")
def month_data(melton: list[str | Path]) -> Dataset:
    *months, _, wards = melton
    return load([Path(month) for month in months], [str(wards)])


@pytest.mark.parametrize(
    ("tactic", "words"),
    [
        ("cctv", "siting it needs true locations"),
        ("marking", "state only the month"),
        ("packs", "state only the month"),
        ("youth", "state only the month"),
        ("operation", "state only the month"),
    ],
)
def test_months_and_moved_points_are_refused_where_places_or_hours_matter(
    month_data: Dataset, tactic: str, words: str
) -> None:
    with pytest.raises(PrecisionError) as caught:
        suggest(month_data, tactic)
    assert words in str(caught.value)
    assert "Use the partnership's own export" in str(caught.value)


def test_a_patrol_works_on_months_and_says_what_it_cannot(
    melton: list[str | Path], tmp_path: Path
) -> None:
    done = run("suggest", "patrol", *melton, "--full", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    said = plain(done.stdout)
    assert "Cannot tell: these files state only months" in said
    assert "Cannot tell: there is too little earlier data to test the choice" in said
    assert "Hours are unknown, so the plan has no visit windows" in said
    assert "snapped to anonymous points" in said
    assert "SIMULATED" not in said
    plan = json.loads((tmp_path / "out" / "plan.json").read_text("utf-8"))
    assert "shift" not in plan["tables"]
    assert plan["data"] == "as supplied"
