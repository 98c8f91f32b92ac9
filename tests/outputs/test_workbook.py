"""The workbook is read back by openpyxl, and in the slow suite by LibreOffice."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
import subprocess
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from hotspots.outputs.formats import write_workbook

TABLE = pl.DataFrame(
    {
        "rank": [1, 2],
        "name": ["=1+1", "Fleece Yard"],
        "share": [0.25, None],
        "expires": ["2025-07-29", ""],
        "deadline": ["2025-07-29 23:30", "2025-07-30 08:00"],
        "stands": [True, None],
        "n_previous": [None, None],
    },
    schema_overrides={"n_previous": pl.Int64},
)
SECOND_SHEET = (
    "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2"
)
"""LibreOffice's filter: UTF-8, cells as shown, the second sheet."""
ABOUT = {"Title": "Hotspots of a town", "Marking": "OFFICIAL"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_workbook(tmp_path / "a.xlsx", ABOUT, {"areas by month": TABLE})
    return tmp_path / "a.xlsx"


def test_cells_have_their_types_and_nothing_known_is_empty(path: Path) -> None:
    sheet = openpyxl.load_workbook(path)["areas by month"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    first = [
        1,
        "=1+1",
        0.25,
        dt.datetime(2025, 7, 29),
        dt.datetime(2025, 7, 29, 23, 30),
    ]
    assert rows[0] == [*first, True, None]
    assert rows[1] == [
        2,
        "Fleece Yard",
        None,
        None,
        dt.datetime(2025, 7, 30, 8),
        None,
        None,
    ]
    assert sheet["B2"].data_type == "s"  # text, not a formula
    assert sheet["D2"].number_format == "yyyy-mm-dd"


def test_headings_have_units_and_stand_still(path: Path) -> None:
    sheet = openpyxl.load_workbook(path)["areas by month"]
    headings = [cell.value for cell in sheet[1]]
    assert headings[2] == "Share (0 to 1)"
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:G3"


def test_the_first_sheet_says_what_everything_means(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[0] == "About"
    rows = [[cell.value for cell in row] for row in book["About"].iter_rows()]
    assert rows[:2] == [
        ["Title", "Hotspots of a town", None, None],
        ["Marking", "OFFICIAL", None, None],
    ]
    words = {row[1]: row for row in rows[4:]}
    assert set(words) == set(TABLE.columns)
    assert words["share"][2:] == ["0 to 1", "of all incidents analysed"]
    assert book.properties.title == "Hotspots of a town"


def test_two_runs_give_the_same_bytes(path: Path, tmp_path: Path) -> None:
    write_workbook(tmp_path / "b.xlsx", ABOUT, {"areas by month": TABLE})
    assert path.read_bytes() == (tmp_path / "b.xlsx").read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_libreoffice_reads_the_same_cells(
    path: Path, tmp_path: Path, kind: str
) -> None:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed (Debian: libreoffice-calc)")
    home = f"-env:UserInstallation=file://{tmp_path}/profile"
    run = [program, home, "--headless", "--convert-to"]
    out = ["--outdir", str(tmp_path / "out")]
    source = path
    if kind == "ods":
        subprocess.run([*run, "ods", *out, str(path)], check=True, timeout=120)
        source = tmp_path / "out" / "a.ods"
    subprocess.run([*run, SECOND_SHEET, *out, str(source)], check=True, timeout=120)
    (made,) = (tmp_path / "out").glob("*.csv")
    rows = list(csv.reader(made.read_text("utf-8-sig").splitlines()))
    assert rows[1][:4] == ["1", "=1+1", "0.25", "2025-07-29"]
    assert rows[2][3] == rows[2][6] == ""
