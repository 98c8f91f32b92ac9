"""Folders of areas: those that can be used are, the others are named."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import toy
from program import run
from shapely import box
from shapely.geometry import mapping

from hotspots.analysis import area_files
from hotspots.analysis.area_files import joined, read_area_files
from hotspots.core.errors import AreaError, ParameterError
from hotspots.model.areas import Areas
from hotspots.sources.areas import read_areas


def areas(path: Path, west: float, *names: str) -> Path:
    features = [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": mapping(box(west + k, 52, west + k + 1, 53)),
        }
        for k, name in enumerate(names)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_a_folder_is_all_its_areas(tmp_path: Path) -> None:
    folder = tmp_path / "boundaries"
    folder.mkdir()
    areas(folder / "wards.geojson", -4, "West", "Middle")
    areas(folder / "beats.geojson", -2, "East")
    shutil.copy(folder / "beats.geojson", folder / "copy of beats.geojson")
    (folder / "torn.geojson").write_text("{")
    (folder / "notes.txt").write_text("none")
    (folder / ".hidden.geojson").write_text("{")
    found = read_area_files([str(folder)])
    whole = joined(found)
    assert sorted(whole.frame["name"]) == ["East", "Middle", "West"]
    assert set(whole.frame["kind"]) == {"ward", "beat"}
    said = " ".join(whole.notes)
    assert "torn.geojson was left out: " in said
    assert "copy of beats.geojson has the same content twice" in said or (
        "beats.geojson has the same content twice" in said
    )
    assert "hidden" not in said


def test_a_file_given_again_is_read_once(tmp_path: Path) -> None:
    path = str(areas(tmp_path / "wards.geojson", -4, "West"))
    shutil.copy(path, tmp_path / "wards 2.geojson")
    [one] = read_area_files([path, path, str(tmp_path / "wards 2.geojson")])
    assert one.areas.notes[-2:] == (
        "wards.geojson has the same content twice.",
        "wards 2.geojson has the same content twice.",
    )
    assert len(read_area_files([path, f"lsoa={path}"])) == 2


def test_a_folder_without_areas_and_a_kind_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "torn.geojson").write_text("{")
    with pytest.raises(AreaError, match=r"it holds none\. torn.geojson was left out"):
        read_area_files([str(tmp_path)])
    with pytest.raises(ParameterError, match="Did you mean 'ward'"):
        read_area_files(["wrd=x.geojson"])
    with pytest.raises(ParameterError, match="at least one file"):
        read_area_files([])


def test_areas_of_another_district_are_told_with_the_distance(tmp_path: Path) -> None:
    lon, lat = toy.centre(toy.A)
    lines = [f"{k},2025-01,{lon},{lat},On or near X,Burglary" for k in range(4)]
    incidents = toy.write_police_uk(tmp_path / "street.csv", lines)
    far = areas(tmp_path / "far.geojson", -4, "Far")
    ask = ("change", incidents, "--today", "2025-07-01", "--areas")
    done = run(*ask, far)
    assert done.returncode == 2
    assert "of 4 incidents none lies in one. The incidents lie around SK 7" in (
        " ".join(done.stderr.split())
    )
    assert "km away at their nearest" in " ".join(done.stderr.split())
    lines += [f"x{k},2025-01,-1.9,53.4,On or near X,Burglary" for k in range(9)]
    mixed = toy.write_police_uk(tmp_path / "mixed.csv", lines)
    town = toy.write_town(tmp_path / "wards.geojson")
    out = tmp_path / "out"
    done = run("analyse", mixed, "--areas", town, "--out", out, "--today", "2025-07-01")
    assert "9 of 13 incidents lie in none of the areas" in " ".join(done.stdout.split())


def test_of_hundreds_of_copies_one_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []

    def watched(path: Path, *, kind: str | None) -> Areas:
        read.append(path)
        return read_areas(path, kind=kind)

    monkeypatch.setattr(area_files, "read_areas", watched)
    content = areas(tmp_path / "0.geojson", -4, "West").read_bytes()
    for k in range(1, 300):
        (tmp_path / f"{k}.geojson").write_bytes(content)
    (tmp_path / "wards.geojson").write_bytes(content)  # the name says a kind
    found = read_area_files([str(tmp_path)])
    assert [path.name for path in read] == ["0.geojson", "wards.geojson"]
    assert [file.areas.kinds for file in found] == [("other",), ("ward",)]
    assert len([n for n in found[0].areas.notes if "content twice" in n]) == 299


def test_more_files_than_anybody_has_are_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(area_files, "read_areas", None)
    path = str(areas(tmp_path / "wards.geojson", -4, "West"))
    with pytest.raises(AreaError, match=r"at most 1,000 files; 1,001 are given"):
        read_area_files([path] * 1_001)
