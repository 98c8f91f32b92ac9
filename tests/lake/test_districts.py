"""Each district by itself, in one pass, gives what a run on it alone gives."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely
from program import run
from town import town_on_its_day

from hotspots.core.errors import ParameterError
from hotspots.lake.districts import each_district
from hotspots.outputs.districts_folder import FILES, write_districts
from hotspots.outputs.formats import Layer, write_geojson
from hotspots.samples import sample_paths
from hotspots.workflow import Dataset, Parameters, analyse, load

TODAY = dt.date(2025, 7, 1)
HALVES = ("West", "East", "Sea")


def halves(folder: Path) -> list[Path]:
    """The town cut in two, and an empty district beside it, a file each."""
    whole = town_on_its_day().areas.outline
    west, south, east, north = whole.bounds
    middle = (west + east) / 2
    boxes = [
        shapely.box(west, south, middle, north),
        shapely.box(middle, south, east, north),
        shapely.box(east + 1, south, east + 1.1, north),
    ]
    paths = []
    for name, box in zip(HALVES, boxes, strict=True):
        shape = np.array([box if name == "Sea" else whole.intersection(box)])
        row = pl.DataFrame({"LADCD": [f"E0{name[0]}"], "LADNM": [name]})
        paths.append(folder / f"{name}.geojson")
        write_geojson(paths[-1], Layer(name="lad", frame=row, geometry=shape))
    return paths


@pytest.fixture(scope="module")
def districts(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return halves(tmp_path_factory.mktemp("lad"))


@pytest.fixture(scope="module")
def dataset(districts: list[Path]) -> Dataset:
    incidents, _ = sample_paths()
    return load([incidents], [f"lad={path}" for path in districts], today=TODAY)


def test_each_is_what_a_run_on_it_alone_is(
    dataset: Dataset, districts: list[Path]
) -> None:
    nation = each_district(dataset, "lad", Parameters())
    assert [each.name for each in nation.districts] == ["East", "Sea", "West"]
    incidents, _ = sample_paths()
    for each in nation.districts:
        if each.name == "Sea":
            assert (each.hotspots, each.why_none) == ((), "No incident lies in it.")
            continue
        path = districts[HALVES.index(each.name)]
        alone = analyse(load([incidents], [f"lad={path}"], today=TODAY))
        assert each.n_incidents == alone.incidents.n
        ours = [place.to_row() for place in each.hotspots]
        assert ours == [place.to_row() for place in alone.hotspots]
        now = alone.areas_table.row(0, named=True)
        assert each.change is not None
        assert (each.change.now, each.change.word) == (now["n_now"], now["word"])


def test_the_index_says_what_the_table_says(dataset: Dataset, tmp_path: Path) -> None:
    nation = each_district(dataset, "lad", Parameters())
    write_districts(nation, tmp_path / "out")
    page = (tmp_path / "out" / "index.html").read_text("utf-8")
    table = pl.read_csv(tmp_path / "out" / "districts.csv")
    places = pl.read_csv(tmp_path / "out" / "places.csv")
    assert not re.search(r"(https?:)?//", page)
    assert page.count("<tr>") == 1 + table.height == 4
    for row in table.filter(pl.col("n_places") > 0).iter_rows(named=True):
        assert row["first_place"] in page
        assert f">{row['n_incidents']:,}<" in page
        own = (tmp_path / "out" / "district" / f"{row['code']}.html").read_text("utf-8")
        mine = places.filter(pl.col("code") == row["code"])
        assert mine.height == row["n_places"]
        assert all(name in own for name in mine["name"])
        assert 'href="../index.html"' in own
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written >= {*FILES, "district"}


def test_a_kind_that_is_not_there_is_refused(dataset: Dataset) -> None:
    with pytest.raises(ParameterError, match="they are lad, got 'ward'"):
        each_district(dataset, "ward", Parameters())


def test_the_command_writes_them(districts: list[Path], tmp_path: Path) -> None:
    incidents, _ = sample_paths()
    given = [word for path in districts for word in ("--areas", f"lad={path}")]
    out = tmp_path / "out"
    done = run("analyse", incidents, *given, "--each", "lad", "--out", out)
    assert done.returncode == 0, done.stderr
    assert "places in 3 areas" in done.stdout
    assert (out / "index.html").is_file()


@pytest.mark.slow
def test_a_lake_gives_what_its_files_give(
    districts: list[Path], tmp_path: Path
) -> None:
    incidents, _ = sample_paths()
    given = [word for path in districts for word in ("--areas", f"lad={path}")]
    lake, today = tmp_path / "lake", ("--today", TODAY.isoformat())
    lines = {
        "lake": ["lake", "build", incidents, *given, *today, "--out", lake],
        "of files": ["analyse", incidents, *given, *today, "--each", "lad"],
        "of the lake": ["analyse", lake, "--each", "lad"],
    }
    for name, words in lines.items():
        where = () if name == "lake" else ("--out", tmp_path / name)
        done = run(*words, *where)
        assert done.returncode == 0, done.stderr
    files, ours = (tmp_path / name for name in list(lines)[1:])
    for table in ("districts.csv", "places.csv"):
        assert (ours / table).read_bytes() == (files / table).read_bytes(), table
