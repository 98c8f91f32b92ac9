from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import gpxpy
import numpy as np
import polars as pl
import pyogrio
import pytest
import shapely
from plan_fixture import make_plan, make_suggestion, town_background

from hotspots.core.errors import OutputError, ParameterError
from hotspots.core.sanitise import clean_text
from hotspots.outputs import plan_folder
from hotspots.outputs.formats.plan_record import plan_hash, plan_id
from hotspots.outputs.plan_folder import SENSITIVE_PREFIX, write_plan
from hotspots.outputs.printing import Background
from hotspots.tactics.plan import PlanLayer

FILES = [
    "suggestions.geojson",
    "suggestions.gpkg",
    "suggestions.kml",
    "suggestions.gpx",
    "ID.kmz",
    "ID.gpkg",
    "ID.qgz",
    "tables/suggestions.csv",
    "tables/reasons.csv",
    "tables/visits.csv",
    "ID.xlsx",
    "plan.json",
    "ID_cards.pdf",
    "ID_card_01.pdf",
    "ID_card_02.pdf",
    "ID_card_03.pdf",
    "ID_sheet.pdf",
]


@pytest.fixture(scope="module")
def town() -> Background:
    return town_background()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, town: Background) -> Path:
    out = tmp_path_factory.mktemp("plan") / "out"
    write_plan(make_plan(hostile=True), out, background=town)
    return out


def names(out: Path) -> set[str]:
    files = (p for p in out.rglob("[!.]*") if p.is_file())
    return {named(str(path.relative_to(out))) for path in files}


def named(path: str) -> str:
    """Return a path with ID in place of the plan's name."""
    return re.sub(r"patrol([-_])\d{8}\1[0-9a-f]{8}", "ID", path)


def test_every_file_is_there_and_named(tmp_path: Path, town: Background) -> None:
    out = tmp_path / "out"
    written = write_plan(make_plan(), out, background=town)
    assert [named(str(path.relative_to(out))) for path in written] == FILES
    assert names(out) == set(FILES)


def test_pages_are_set_by_the_process_that_writes(
    tmp_path: Path, town: Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Path] = []

    @contextmanager
    def hands() -> Iterator[Callable[..., None]]:
        yield lambda _, path, *__, **___: given.append(path)

    monkeypatch.setattr(plan_folder, "hands", hands)
    plan_folder.write_plan(make_plan(), tmp_path / "out", background=town)
    pages = [path.name for path in given if path.suffix == ".pdf"]
    assert {named(name) for name in pages} == {n for n in FILES if n.endswith(".pdf")}
    assert not list((tmp_path / "out").rglob("*.pdf"))


def test_sensitive_files_say_so_in_their_names(tmp_path: Path) -> None:
    out = tmp_path / "out"
    written = write_plan(make_plan(sensitive=True), out)
    assert len(written) == len(FILES)
    assert all(path.name.startswith(SENSITIVE_PREFIX) for path in written)
    written = write_plan(make_plan(), out)
    assert names(out) == set(FILES)


@pytest.mark.parametrize("sensitive", [False, True])
def test_every_file_carries_its_marking(tmp_path: Path, sensitive: bool) -> None:
    plan = make_plan(sensitive=sensitive)
    for path in write_plan(plan, tmp_path / "out"):
        held = path.read_bytes()
        if path.suffix == ".pdf":
            continue  # each page is looked at in test_cards
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                held = b"".join(packed.read(name) for name in packed.namelist())
        assert plan.marking.encode() in held, path.name
        assert b"simulated" in held.lower(), path.name


def test_two_runs_give_the_same_bytes(tmp_path: Path, town: Background) -> None:
    plan = make_plan(hostile=True)
    first = write_plan(plan, tmp_path / "a", background=town)
    second = write_plan(plan, tmp_path / "b", background=town)
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name


def test_gdal_reads_what_was_written(folder: Path) -> None:
    plan = make_plan(hostile=True)
    cleaned = [clean_text(each.name) for each in plan.suggestions]
    meta, table = pyogrio.read_arrow(folder / "suggestions.geojson")
    assert table["name"].to_pylist() == cleaned
    shapes = shapely.from_wkb(
        table[meta["geometry_name"] or "wkb_geometry"].to_pylist()
    )
    for read, each in zip(shapes, plan.suggestions, strict=True):
        assert shapely.hausdorff_distance(read, each.geometry) < 1e-6
    found = pyogrio.list_layers(folder / "suggestions.gpkg").tolist()
    assert {named(layer): kind for layer, kind in found} == {
        "ID_suggestions_points": "Point",
        "ID_suggestions_lines": "LineString",
        "ID_suggestions_areas": "Polygon",
        "ID_sign_points": "Point",
        "ID_walks": "LineString",
        "layer_styles": None,
    }
    kml = pyogrio.list_layers(folder / "suggestions.kml")[:, 0].tolist()
    titles = ("Foot patrol areas (ID)", "Foot patrol areas (ID), labels")
    others = ("sign points (ID)", "walks (ID)")
    assert [named(each) for each in kml] == [*titles, *others]
    for layer, n in zip(kml, (3, 1, 2, 1), strict=True):
        info = pyogrio.read_info(folder / "suggestions.kml", layer=layer)
        assert info["features"] == n


def test_the_gdal_of_the_machine_reads_each_map(folder: Path) -> None:
    program = shutil.which("ogrinfo")
    if program is None:
        pytest.skip("ogrinfo is not installed (Debian and Ubuntu: gdal-bin)")
    for ending in ("geojson", "gpkg", "kml", "gpx"):
        done = subprocess.run(
            [program, "-ro", "-al", "-so", str(folder / f"suggestions.{ending}")],
            capture_output=True,
            text=True,
            check=True,
        )
        assert "ERROR" not in done.stderr
        assert "Feature Count" in done.stdout


def test_gpx_has_a_track_for_each_walk_and_a_waypoint_for_each_place(
    folder: Path,
) -> None:
    read = gpxpy.parse((folder / "suggestions.gpx").read_text("utf-8"))
    plan = make_plan(hostile=True)
    assert len(read.waypoints) == 6
    assert len(read.tracks) == 3  # the patrol area, the loop, the walk
    parts = (*read.waypoints, *read.tracks)
    assert len({part.name[:12] for part in parts}) == len(parts)
    assert all("Do not use after" in part.description for part in parts)
    assert all(part.type for part in parts)
    loop = read.tracks[1].segments[0].points
    expected = plan.suggestions[2].geometry.coords
    assert np.allclose([(p.longitude, p.latitude) for p in loop], expected, atol=1e-7)
    assert "SIMULATED DATA" in read.description


def test_csv_and_its_text_come_back(folder: Path) -> None:
    plan = make_plan(hostile=True)
    reasons = pl.read_csv(folder / "tables" / "reasons.csv")
    lines = [pair for each in plan.suggestions for pair in each.rationale()]
    assert reasons["line"].to_list() == [heading for heading, _ in lines]
    assert reasons["text"].to_list() == [clean_text(text) for _, text in lines]
    visits = pl.read_csv(folder / "tables" / "visits.csv")
    assert visits["minutes"].to_list() == [15, 15]
    assert set(visits["marking"]) == {"OFFICIAL"}
    assert set(visits["data_to"]) == {plan.data_to.isoformat()}


def test_the_record_holds_everything_and_its_hash(folder: Path) -> None:
    plan = make_plan(hostile=True)
    record = json.loads((folder / "plan.json").read_text("utf-8"))
    assert list(record)[:3] == ["format", "marking", "data"]
    assert record["sha256"] == plan_hash(record)
    text = json.dumps(
        {k: v for k, v in record.items() if k not in ("sha256", "plan")},
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    assert record["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert record["plan"] == plan_id(record)
    for held, each in zip(record["suggestions"], plan.suggestions, strict=True):
        assert [(line["heading"], line["text"]) for line in held["rationale"]] == [
            (a, clean_text(b)) for a, b in each.rationale()
        ]
        assert held["backtest"]["baseline_captured"] == each.backtest.baseline_captured
        assert held["geometry"]["type"] == each.geometry.geom_type
    assert record["tables"]["visits"][0]["from"] == "2025-07-04T20:00:00"
    assert record["layers"]["sign_points"][1]["properties"]["height_m"] is None
    assert record["provenance"]["incidents"] == [["simulated_incidents.csv", "0" * 64]]


def test_the_hash_is_of_the_content() -> None:
    from hotspots.outputs.formats.plan_record import plan_record

    first = plan_record(make_plan())
    assert plan_record(make_plan())["sha256"] == first["sha256"]
    changed = plan_record(make_plan(suggestions=(make_suggestion(1, value=41.3),)))
    assert changed["sha256"] != first["sha256"]
    rounded = make_suggestion(1, value=41.3 + 1e-14)  # as another order of a sum gives
    same = plan_record(make_plan(suggestions=(rounded,)))
    assert same["sha256"] == changed["sha256"]


def test_one_kind_of_geometry_is_one_layer(tmp_path: Path) -> None:
    plan = make_plan(suggestions=(make_suggestion(1),), layers={})
    write_plan(plan, tmp_path / "out")
    found = pyogrio.list_layers(tmp_path / "out" / "suggestions.gpkg")[:, 0].tolist()
    assert [named(each) for each in found] == ["ID_suggestions", "layer_styles"]


def test_an_empty_layer_and_table_do_no_harm(tmp_path: Path) -> None:
    empty = PlanLayer(
        frame=pl.DataFrame(schema={"rank": pl.Int64, "name": pl.String}),
        geometry=np.empty(0, dtype=object),
    )
    table = pl.DataFrame(schema={"address": pl.String})
    plan = make_plan(layers={"cameras": empty}, tables={"rapid": table})
    write_plan(plan, tmp_path / "out")
    assert (tmp_path / "out" / "tables" / "rapid.csv").read_text("utf-8") == (
        "\ufeffaddress,expires,data_to,marking,data,plan,attribution\n"
    )


def test_a_tactic_without_split_and_resamples_is_written(tmp_path: Path) -> None:
    one = make_suggestion(1, chronic_share=None, split_note="Not used.", stability=None)
    write_plan(make_plan(suggestions=(one,), layers={}), tmp_path / "out")
    path = tmp_path / "out" / "suggestions.gpkg"
    _, table = pyogrio.read_arrow(path, layer=pyogrio.list_layers(path)[0, 0])
    assert table["stability"].to_pylist() == [None]


def test_a_failure_leaves_the_earlier_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_plan(make_plan(), out)
    before = (out / "plan.json").read_bytes()
    nested = pl.DataFrame({"cells": [["a", "b"]]})
    with pytest.raises(OutputError):
        write_plan(make_plan(tables={"cells": nested}), out)
    assert (out / "plan.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_cannot_be_written_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(OutputError, match="must have a suggestion"):
        write_plan(replace(make_plan(), suggestions=()), out)
    with pytest.raises(OutputError, match=r"a table of a plan.*'\.\./x'"):
        write_plan(make_plan(tables={"../x": pl.DataFrame({"a": [1]})}), out)
    with pytest.raises(OutputError, match="not 'suggestions'"):
        write_plan(make_plan(tables={"suggestions": pl.DataFrame({"a": [1]})}), out)
    with pytest.raises(ParameterError, match="url must be"):
        write_plan(make_plan(), out, url="ftp://x")
    assert not out.exists()
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match=r"holds 'notes\.txt' too"):
        write_plan(make_plan(), out)
    (out / "notes.txt").unlink()
    (out / "tables").mkdir()
    (out / "tables" / "Mine.xlsx").write_text("mine")
    with pytest.raises(OutputError, match=r"holds 'tables/Mine\.xlsx' too"):
        write_plan(make_plan(), out)
