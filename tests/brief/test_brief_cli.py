"""``hotspots brief`` as a person runs it: words, exit codes, files."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from program import run, run_apart

from hotspots.brief.build import PURPOSE
from hotspots.samples import sample_paths


@pytest.fixture(scope="module")
def town() -> list[str | Path]:
    incidents, areas = sample_paths()
    return [incidents, *(part for area in areas for part in ("--areas", area))]


@pytest.fixture(scope="module")
def melton(shared_data: Path) -> list[str | Path]:
    folder = shared_data / "melton"
    wards = folder / "boundaries" / "melton_wards_2013.geojson"
    return [folder / "police_uk", "--areas", wards]


def names(folder: Path) -> list[str]:
    found = (p for p in folder.rglob("[!.]*") if p.is_file())
    return sorted(p.relative_to(folder).as_posix() for p in found)


def test_the_week_is_the_same_in_another_process(
    town: list[str | Path], root: Path, written: Path, tmp_path: Path
) -> None:
    out = tmp_path / "week"
    done = run_apart(
        "brief", *town, "--week", "2025-W24", "--out", out,
        "--deployments", root / "data/simulated_deployments.csv",
        "--actions", root / "data/simulated_actions.csv",
        "--streets", root / "boundaries/simulated_streets.geojson",
        "--annex-purpose", "Prevention visits",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "OFFICIAL-SENSITIVE. SIMULATED DATA." in done.stdout
    said = json.loads((out / "brief.json").read_text("utf-8"))["bottom_line"]
    assert len(said) == 3
    plain = " ".join(done.stdout.split())
    assert all(" ".join(each["text"].split()) in plain for each in said)
    assert names(out) == names(written)
    for name in names(out):
        assert (out / name).read_bytes() == (written / name).read_bytes(), name


def test_meltons_month_is_made_and_its_week_refused(
    melton: list[str | Path], tmp_path: Path
) -> None:
    refused = run("brief", *melton, "--week", "2025-W24", "--out", tmp_path / "week")
    assert refused.returncode == 2
    assert "monthly brief instead: 2025-06" in " ".join(refused.stderr.split())
    assert not (tmp_path / "week").exists()
    done = run("brief", *melton, "--month", "2025-06", "--out", tmp_path / "month")
    assert done.returncode == 0, done.stderr
    assert "280 incidents in the month to 30 June 2025" in " ".join(done.stdout.split())
    assert "SIMULATED" not in done.stdout
    record = json.loads((tmp_path / "month" / "brief.json").read_text("utf-8"))
    held = [e for e in record["provenance"]["inputs"] if e["what"] == "incidents"]
    listed = "".join(f"{each['sha256']}  {each['name']}\n" for each in held)
    page = (tmp_path / "month" / "brief.html").read_text("utf-8")
    assert hashlib.sha256(listed.encode()).hexdigest() in page
    assert f"{len(held)} files, " in page
    tables = [name for name in names(tmp_path / "month") if name.startswith("tables/")]
    assert "tables/period.csv" in tables
    assert "tables/alerts.csv" not in tables


def test_a_quarter_for_the_public(town: list[str | Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run(
        "brief", *town, "--quarter", "2025-Q1", "--audience", "public", "--out", out
    )
    assert done.returncode == 0, done.stderr
    record = json.loads((out / "brief.json").read_text("utf-8"))
    assert (record["marking"], record["audience"]) == ("FOR PUBLICATION", "public")
    assert record["purpose"] != PURPOSE
    assert record["places"] == record["alerts"] == []


@pytest.mark.slow
def test_a_year_for_partners(town: list[str | Path], tmp_path: Path) -> None:
    done = run(
        "brief", *town, "--year", "2024", "--audience", "partner",
        "--agreement", "ISA 7", "--purpose", "For a test.", "--out", tmp_path / "out",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    record = json.loads((tmp_path / "out" / "brief.json").read_text("utf-8"))
    assert (record["sharing_agreement"], record["purpose"]) == ("ISA 7", "For a test.")
    assert {"concentration", "trend", "week"} <= record["tables"].keys()
    assert record["marking"] == "OFFICIAL"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "exactly one of --week 2025-W24, --month 2025-06"),
        (("--week", "2025-W24", "--month", "2025-06"), "got --week, --month"),
        (("--week", "2025-06"), "'2025-06' is monthly"),
        (("--week", "soon"), "soon"),
        (("--week", "2025-W24", "--audience", "public"), "finer than a month"),
        (("--week", "2025-W24", "--audience", "all"), "audience must be one of"),
        (("--week", "2025-W24", "--deployments", "absent.csv"), "absent.csv"),
        (
            ("--week", "2025-W24", "--audience", "partner", "--annex-purpose", "Why"),
            "for the operational audience only",
        ),
    ],
)
def test_what_cannot_be_is_one_clear_sentence(
    town: list[str | Path], tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    done = run("brief", *town, *options, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert words in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_of_someone_else_is_refused_before_anything_is_read(
    town: list[str | Path], tmp_path: Path
) -> None:
    (tmp_path / "letter.txt").write_text("Mine.", encoding="utf-8")
    done = run("brief", *town, "--week", "2025-W24", "--out", tmp_path)
    assert done.returncode == 2
    assert "letter.txt" in done.stderr
    assert names(tmp_path) == ["letter.txt"]


def test_the_help_names_every_period_and_the_other_commands() -> None:
    made, group = run("brief", "make", "--help"), run("brief", "--help")
    assert made.returncode == group.returncode == 0
    for word in ("--week", "--month", "--quarter", "--year", "--streets"):
        assert word in made.stdout
    for word in ("make", "schedule", "send", "status"):
        assert word in group.stdout
