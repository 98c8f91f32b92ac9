"""Exports that are not quite what their names say, read as people mean them."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from same_rows import HEAD, ROWS, facts, layer, read, wanted

from hotspots.core.errors import SourceError


def table(path: Path, rows: list[tuple[str, ...]]) -> Path:
    path.write_text("".join("\t".join(row) + "\n" for row in rows))
    return path


@pytest.mark.parametrize("suffix", [".geojsonl", ".geojsons", ".ndjson", ".jsonl"])
@pytest.mark.parametrize("mark", ["", "\x1e"])
def test_geojson_with_a_feature_a_line(tmp_path: Path, suffix: str, mark: str) -> None:
    features = json.loads(layer().to_crs(4326).to_json())["features"]
    path = tmp_path / f"lines{suffix}"
    path.write_text("".join(f"{mark}{json.dumps(each)}\n" for each in features))
    reading = read(path)
    assert facts(reading) == wanted()
    assert reading.rejects.height == 0


def test_records_without_a_geometry_are_no_geojson(tmp_path: Path) -> None:
    path = tmp_path / "lines.ndjson"
    path.write_text('{"ref": "1", "category": "Burglary"}\n')
    with pytest.raises(SourceError, match="records without a geometry"):
        read(path)


def test_the_rows_on_a_hidden_sheet_behind_a_cover(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book["Sheet"].append(["Extract for the partnership"])
    book["Sheet"].append(["Made by the analyst"])
    hidden = book.create_sheet("Data")
    hidden.sheet_state = "hidden"
    for row in (HEAD, *ROWS):
        hidden.append(row)
    path = tmp_path / "extract.xlsx"
    book.save(path)
    assert facts(read(path)) == wanted()


def test_a_table_of_text_named_as_an_old_workbook(tmp_path: Path) -> None:
    assert facts(read(table(tmp_path / "extract.xls", [HEAD, *ROWS]))) == wanted()


def test_a_web_page_named_as_an_old_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "extract.xls"
    path.write_text("<html><table><tr><td>Crime</td></tr></table></html>")
    with pytest.raises(SourceError, match="it is a web page"):
        read(path)


def test_one_category_with_several_dashes_is_one(tmp_path: Path) -> None:
    spelt = ("Burglary - residential", "BURGLARY – RESIDENTIAL", "Burglary-residential")
    rows = [(row[0], spelt[k % 3], *row[2:]) for k, row in enumerate(ROWS)]
    reading = read(table(tmp_path / "table.tsv", [HEAD, *rows]))
    assert len({fact[3] for fact in facts(reading)}) == 1


def test_degrees_minutes_and_seconds_west_of_greenwich(tmp_path: Path) -> None:
    head = ("Crime Ref", "Crime Type", "Committed", "Latitude", "Longitude")
    at = ("52°45'56.12\"N", "0°57'40.12\"W")
    rows = [(row[0], row[1], f"{row[2]} {row[3]}", *at) for row in ROWS]
    places = read(table(tmp_path / "table.tsv", [head, *rows])).incidents.places
    assert places["lon"].to_list() == pytest.approx([-0.961144], abs=1e-6)
    assert places["lat"].to_list() == pytest.approx([52.765589], abs=1e-6)
