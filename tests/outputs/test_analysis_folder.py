"""What every file of an analysis says, and that missing months stay missing."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import toy
from test_workflow import TODAY, toy_lines

from hotspots.outputs import analysis_folder
from hotspots.outputs.analysis_folder import ESRI, Extras
from hotspots.workflow import Analysis, analyse, load, write


@pytest.fixture(scope="module")
def analysis(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    path = tmp_path_factory.mktemp("toy")
    toy.write_police_uk(path / "2025-06-toy-street.csv", toy_lines())
    toy.write_town(path / "toy_wards.geojson")
    files = [path / "2025-06-toy-street.csv"]
    return analyse(load(files, [path / "toy_wards.geojson"], today=TODAY))


@pytest.fixture(scope="module")
def folder(analysis: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "out"
    write(analysis, out)
    return out


def test_every_file_says_who_may_see_it_and_whose_data_it_is(
    analysis: Analysis, tmp_path: Path
) -> None:
    """Inside, not in its name: that is how only OFFICIAL-SENSITIVE files are marked."""
    write(analysis, tmp_path / "out", extras=Extras(esri=True))
    written = sorted((tmp_path / "out").glob("[!.]*"))
    assert [path.name for path in written] == sorted([*analysis_folder.FILES, ESRI])
    for path in written:
        held = path.read_bytes()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                held = b"".join(packed.read(name) for name in packed.namelist())
        assert b"OFFICIAL" in held, path.name
        if path.name != "rejects.csv":  # rows as they were given, not the data used
            assert b"Open Government Licence" in held, path.name


def test_a_month_without_data_has_no_row(analysis: Analysis, folder: Path) -> None:
    months = pl.read_csv(folder / "areas_by_month.csv", try_parse_dates=True)
    there = {dt.date(2024, 6, 1), dt.date(2025, 6, 1)}
    assert set(months["month"]) == there
    wards = months.filter(pl.col("kind") == "ward")
    assert (
        wards["n"].sum() == analysis.areas_table.filter(kind="ward")["n_window"].sum()
    )
    assert months.columns[:6] == ["kind", "code", "name", "lon", "lat", "month"]


def test_long_tables_are_cut_in_the_workbook_and_it_says_so(
    analysis: Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analysis_folder, "MOST_ROWS", 2)
    write(analysis, tmp_path / "out")
    book = openpyxl.load_workbook(tmp_path / "out" / "analysis.xlsx")
    assert book["cells"].max_row == 3
    said = " ".join(str(cell.value) for row in book["About"] for cell in row)
    assert f"cells: the first 2 of {analysis.cells_table.height:,}" in said
