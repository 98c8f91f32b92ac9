"""Every tactic from the command line on the sample town, and the files it writes."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import gpxpy
import pyogrio
import pytest
from plan_fixture import FIRST_LINES, LAST_LINES
from program import run
from suggest_fixture import AREAS, GIVEN, INCIDENTS, names, plain, town
from typer.testing import CliRunner

from hotspots.cli.suggest import app
from hotspots.core.errors import OutputError
from hotspots.core.options import parameters
from hotspots.outputs.formats.plan_record import plan_hash, plan_id
from hotspots.outputs.plan_folder import SENSITIVE_PREFIX, write_plan
from hotspots.outputs.printing import Background
from hotspots.resources import load_resources
from hotspots.tactics.catalogue import TACTICS
from hotspots.tactics.planner import PlanRequest, suggest
from hotspots.workflow import Dataset, load

TABLES = {
    "cctv": {"sites"},
    "marking": {"target_list", "patch_streets", "comparison_streets"},
    "packs": {"pack_list", "cocoon_list"},
    "youth": {"sessions", "stops", "places"},
    "patrol": {"areas", "shift"},
    "operation": {"when", "areas", "measure", "elsewhere"},
}
LAYERS = {
    "cctv": {"view"},
    "marking": {"sign_points", "comparison"},
    "packs": set(),
    "youth": {"stops"},
    "patrol": {"walks", "waypoints"},
    "operation": set(),
}
N_SUGGESTED = {
    "cctv": 4,
    "marking": 1,
    "packs": 1,
    "youth": 3,
    "patrol": 5,
    "operation": 5,
}
SENSITIVE = {"marking", "packs"}


@pytest.fixture(scope="module")
def made(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[Path, str]]:
    """Folder and screen of each tactic."""
    place = tmp_path_factory.mktemp("suggest")

    def one(tactic: str) -> tuple[Path, str]:
        out = place / tactic
        done = run("suggest", *town(tactic), "--full", "--out", out, at=root)
        assert done.returncode == 0, f"{tactic}: {done.stderr}"
        return out, done.stdout

    return {tactic: one(tactic) for tactic in TACTICS}


@pytest.fixture(scope="module")
def dataset(root: Path) -> Dataset:
    return load([root / INCIDENTS], [str(root / AREAS)])


def prefix(tactic: str) -> str:
    return SENSITIVE_PREFIX if tactic in SENSITIVE else ""


def record(folder: Path, tactic: str) -> dict[str, Any]:
    text = (folder / f"{prefix(tactic)}plan.json").read_text("utf-8")
    return dict(json.loads(text))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def closed_up(text: str) -> str:
    """Without spaces: the screen breaks lines after hyphens too."""
    return "".join(text.split())


@pytest.mark.parametrize("tactic", TACTICS)
def test_it_writes_every_file(made: dict[str, tuple[Path, str]], tactic: str) -> None:
    folder, screen = made[tactic]
    packet = plan_id(record(folder, tactic))
    numbers = range(1, N_SUGGESTED[tactic] + 1)
    cards = [f"{packet}_card{k}.pdf" for k in ("s", *(f"_{k:02d}" for k in numbers))]
    cards.append(f"{packet}_sheet.pdf")
    maps = [f"suggestions.{ending}" for ending in ("geojson", "gpkg", "kml", "gpx")]
    tables = [f"{name}.csv" for name in {"suggestions", "reasons"} | TABLES[tactic]]
    expected = {prefix(tactic) + name for name in [*maps, *cards]}
    expected.add(f"{prefix(tactic)}plan.json")
    expected |= {f"tables/{prefix(tactic)}{name}" for name in tables}
    endings = ("gpkg", "kmz", "qgz", "xlsx")
    expected |= {f"{prefix(tactic)}{packet}.{ending}" for ending in endings}
    handheld = {
        name
        for name in names(folder)
        if name.startswith(f"{tactic}-20250701-") and name.endswith(".gpx")
    }
    assert bool(handheld) == (tactic in {"youth", "patrol"})
    assert names(folder) - handheld == expected
    assert f"Written to {folder}" in screen.replace("\n", "") or folder.name in screen
    assert all((folder / name).stat().st_size for name in expected)
    first = (folder / f"{prefix(tactic)}{packet}_cards.pdf").read_bytes()
    assert first.startswith(b"%PDF-")


@pytest.mark.parametrize("tactic", TACTICS)
def test_gdal_reads_every_map(made: dict[str, tuple[Path, str]], tactic: str) -> None:
    folder, _ = made[tactic]
    n = N_SUGGESTED[tactic]
    stem = folder / f"{prefix(tactic)}suggestions"
    plan = record(folder, tactic)
    read = pyogrio.read_dataframe(stem.with_suffix(".geojson"))
    assert len(read) == n
    assert read.crs.to_epsg() == 4326
    assert read.geometry.is_valid.all()
    assert read["name"].tolist() == [each["name"] for each in plan["suggestions"]]
    assert set(read["marking"]) == {plan["marking"]}
    layers = dict(pyogrio.list_layers(stem.with_suffix(".gpkg")))
    of_plan = plan_id(plan).replace("-", "_")
    own = {f"{of_plan}_{name}" for name in {"suggestions", *LAYERS[tactic]}}
    assert set(layers) == {"layer_styles", *own}
    for layer in LAYERS[tactic]:
        table = pyogrio.read_dataframe(
            stem.with_suffix(".gpkg"), layer=f"{of_plan}_{layer}"
        )
        assert len(table) == len(plan["layers"][layer]) > 0
        assert set(table["data"]) == {"simulated"}
    styles = pyogrio.read_dataframe(stem.with_suffix(".gpkg"), layer="layer_styles")
    assert len(styles) == len(layers) - 1
    assert styles["styleQML"].str.contains("<qgis").all()
    folders = pyogrio.list_layers(stem.with_suffix(".kml"))[:, 0].tolist()
    kml = pyogrio.read_dataframe(stem.with_suffix(".kml"), layer=folders[0])
    assert len(kml) == n
    gpx = gpxpy.parse(stem.with_suffix(".gpx").read_text("utf-8"))
    assert len(gpx.waypoints) >= n
    assert "SIMULATED DATA" in (gpx.description or "")
    for layer in ("waypoints", "tracks"):
        pyogrio.read_dataframe(stem.with_suffix(".gpx"), layer=layer)


@pytest.mark.parametrize("tactic", TACTICS)
def test_the_gdal_of_the_machine_reads_every_map(
    made: dict[str, tuple[Path, str]], tactic: str
) -> None:
    program = shutil.which("ogrinfo")
    if program is None:
        pytest.skip("ogrinfo is not installed (Debian and Ubuntu: gdal-bin)")
    folder, _ = made[tactic]
    for ending in ("geojson", "gpkg", "kml", "gpx"):
        file = folder / f"{prefix(tactic)}suggestions.{ending}"
        done = subprocess.run(
            [program, "-ro", "-al", "-so", str(file)],
            capture_output=True,
            text=True,
            check=True,
        )
        assert "ERROR" not in done.stderr
        assert "Feature Count" in done.stdout


@pytest.mark.parametrize("tactic", TACTICS)
def test_every_suggestion_carries_every_line_of_the_rationale(
    made: dict[str, tuple[Path, str]], tactic: str
) -> None:
    folder, _ = made[tactic]
    plan = record(folder, tactic)
    assert len(plan["suggestions"]) == N_SUGGESTED[tactic]
    for each in plan["suggestions"]:
        headings = [line["heading"] for line in each["rationale"]]
        own = [line["heading"] for line in each["details"]]
        caution = ["Caution"] if each["cautions"] else []
        assert headings == [*FIRST_LINES, *own, *LAST_LINES, *caution]
        assert len(headings) == len(set(headings))
        assert all(line["text"].strip() for line in each["rationale"])
        assert each["dpia"].startswith("To be completed")
        assert each["equality"].startswith("To be completed")
        assert len(each["alternatives"]) == 3 or each["no_alternative"]
        assert each["rating"]["found"]
        assert each["rating"]["null"]
    listed = rows(folder / "tables" / f"{prefix(tactic)}reasons.csv")
    written = [
        (str(each["rank"]), line["heading"], line["text"])
        for each in plan["suggestions"]
        for line in each["rationale"]
    ]
    assert [(row["rank"], row["line"], row["text"]) for row in listed] == written


@pytest.mark.parametrize("tactic", TACTICS)
def test_the_screen_says_what_the_record_says(
    made: dict[str, tuple[Path, str]], tactic: str
) -> None:
    folder, screen = made[tactic]
    said, plan = closed_up(screen), record(folder, tactic)
    first = f"{plan['marking']}. SIMULATED DATA. {plan['title']}"
    lines = [plan["headline"], *plan["notes"]]
    for each in plan["suggestions"]:
        lines.append(f"{each['rank']} {each['name']}: {each['what']}")
        lines += [f"{line['heading']}: {line['text']}" for line in each["rationale"]]
    assert said.startswith(closed_up(first))
    for line in lines:
        assert closed_up(line) in said


@pytest.mark.parametrize("tactic", TACTICS)
def test_the_numbers_of_all_files_are_those_of_the_record(
    made: dict[str, tuple[Path, str]], tactic: str
) -> None:
    folder, _ = made[tactic]
    plan = record(folder, tactic)
    table = rows(folder / "tables" / f"{prefix(tactic)}suggestions.csv")
    read = pyogrio.read_dataframe(folder / f"{prefix(tactic)}suggestions.geojson")
    for each, row, (_, shape) in zip(
        plan["suggestions"], table, read.iterrows(), strict=True
    ):
        assert int(row["n_eligible"]) == each["eligible"] == shape["n_eligible"]
        assert int(row["n_ineligible"]) == each["ineligible"] >= 0
        assert float(row["value"]) == pytest.approx(each["value"], abs=5e-4)
        assert each["leave_one_out"] <= each["value"] + 1e-9
        for share in ("stability", "chronic_share"):
            if each[share] is None:
                assert row[share] == ""
            else:
                assert 0 <= each[share] <= 1
                assert float(row[share]) == pytest.approx(each[share], abs=5e-4)
        backtest = each["backtest"]
        assert 0 <= backtest["captured"] <= backtest["of"]
        assert 0 <= backtest["baseline_captured"] <= backtest["of"]
        assert (
            backtest["low"] <= backtest["captured"] / backtest["of"] <= backtest["high"]
        )
        assert row["backtest"] in [line["text"] for line in each["rationale"]]
        assert row["expires"] == each["expires"] > plan["made_for"]
        for reason in each["drivers"]:
            assert 0 <= reason["count"] <= reason["of"]
    for name in TABLES[tactic]:
        path = folder / "tables" / f"{prefix(tactic)}{name}.csv"
        assert len(rows(path)) == len(plan["tables"][name])


@pytest.mark.parametrize(
    "tactic", [pytest.param("marking", marks=pytest.mark.slow), "patrol"]
)
def test_two_runs_and_two_doors_give_the_same_bytes(
    made: dict[str, tuple[Path, str]],
    tactic: str,
    dataset: Dataset,
    root: Path,
    tmp_path: Path,
) -> None:
    """In another process, from Python; marking works on two threads."""
    given = dict(zip(GIVEN[tactic][::2], GIVEN[tactic][1::2], strict=True))
    files = {name.lstrip("-"): root / path for name, path in given.items()}
    resources = load_resources(**files, simulated=dataset.simulated)
    plan = suggest(dataset, tactic, resources)
    ground = Background.from_areas(dataset.areas, resources=resources)
    write_plan(plan, tmp_path / "again", background=ground)
    folder, again = made[tactic][0], tmp_path / "again"
    assert names(again) == names(folder)
    for name in sorted(names(folder)):
        assert (again / name).read_bytes() == (folder / name).read_bytes(), name


@pytest.mark.parametrize("tactic", TACTICS)
def test_the_record_says_what_it_was_made_from(
    made: dict[str, tuple[Path, str]], tactic: str, root: Path
) -> None:
    folder, _ = made[tactic]
    plan = record(folder, tactic)
    assert plan["sha256"] == plan_hash(plan)
    assert plan["tactic"] == tactic
    assert plan["seed"] == 1
    fields = {param.name for param in parameters(TACTICS[tactic].options)}
    assert set(plan["parameters"]) == {"method", *fields}
    assert plan["parameters"]["method"] == TACTICS[tactic].options.__name__
    given = [*GIVEN[tactic][1::2], INCIDENTS, AREAS]
    hashes = {
        Path(name).name: hashlib.sha256((root / name).read_bytes()).hexdigest()
        for name in given
    }
    said = [pair for group in plan["provenance"].values() for pair in group]
    assert dict(said) == hashes
    for name in names(folder):
        assert str(root).encode() not in (folder / name).read_bytes(), name


@pytest.mark.parametrize("tactic", TACTICS)
def test_addresses_are_marked_and_nothing_else_is(
    made: dict[str, tuple[Path, str]], tactic: str
) -> None:
    folder, _ = made[tactic]
    marking = "OFFICIAL-SENSITIVE" if tactic in SENSITIVE else "OFFICIAL"
    assert record(folder, tactic)["marking"] == marking
    for path in sorted((folder / "tables").iterdir()):
        held = rows(path)
        assert {row["marking"] for row in held} == {marking}
        assert {row["data"] for row in held} == {"simulated"}
        has_address = {"address", "uprn"} & set(held[0])
        assert not has_address or tactic in SENSITIVE


@pytest.mark.parametrize("tactic", TACTICS)
def test_every_option_of_a_tactic_is_one_of_its_command(tactic: str) -> None:
    done = CliRunner().invoke(
        app, [tactic, "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"}
    )
    assert done.exit_code == 0
    called = {"harm": "weigh-by-harm"}
    for param in parameters(TACTICS[tactic].options):
        name = called.get(param.name, param.name.replace("_", "-"))
        assert f"--{name} " in done.output
    assert "--leave-out" in done.output


def test_a_strangers_file_is_left_where_it_is(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "minutes.docx").write_bytes(b"of the meeting")
    monkeypatch.chdir(root)
    with pytest.raises(OutputError, match=r"minutes\.docx"):
        app([*town("packs"), "--out", str(out)], standalone_mode=False)
    assert names(tmp_path) == {"out/minutes.docx"}


def test_an_earlier_plans_folder_is_replaced_whole(
    made: dict[str, tuple[Path, str]], dataset: Dataset, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(made["packs"][0], out)
    write_plan(suggest(dataset, "operation"), out)
    there = made["operation"][0]
    packet, own = (plan_id(record(each, "operation")) for each in (out, there))
    renamed = {name.replace(packet, own) for name in names(out)}
    assert renamed == names(there)


def test_a_draw_is_logged_with_its_seed(dataset: Dataset) -> None:
    options = {"randomise": "yes", "n_areas": "2"}
    plan = suggest(dataset, PlanRequest(tactic="patrol", options=options, seed=7))
    assert plan.seed == 7
    assert plan.parameters["randomise"] is True
    assert any("seed 7" in note for note in plan.notes)
    for each in plan.suggestions:
        assert "seed 7" in each.control_note
        assert len(each.controls) == 2
        assert not any("chosen for being high" in c for c in each.cautions)


def test_without_a_tactic_the_tactics_are_named() -> None:
    done = CliRunner().invoke(app, [])
    assert done.exit_code in (0, 2)
    for tactic in TACTICS.values():
        assert tactic.name in done.output
    slip = run("suggest", "patrols")
    assert slip.returncode == 2
    assert "Did you mean 'patrol'?" in plain(slip.stderr)
