"""Exports that are not quite what their names say, read as people mean them."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import geopandas
import openpyxl
import pytest
from same_rows import HEAD, ROWS, facts, layer, read, wanted

from hotspots.core.errors import SourceError
from hotspots.sources import write_proposal
from hotspots.sources.areas import read_areas

REPO = Path(__file__).parents[2]


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


RECORDS = [dict(zip(HEAD, row, strict=True)) for row in ROWS]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("array.json", json.dumps(RECORDS, indent=1)),
        ("lines.ndjson", "\n".join(map(json.dumps, RECORDS)) + "\n\n"),
        ("deep.json", json.dumps([{"crime": each} for each in RECORDS])),
    ],
)
def test_records_in_json(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    if name == "deep.json":
        assert "crime Offence Type" in write_proposal(path, tmp_path / "made.toml")
        return
    reading = read(path)
    assert facts(reading) == wanted()
    assert reading.rejects.height == 0


def test_a_line_that_is_no_record_is_named(tmp_path: Path) -> None:
    path = tmp_path / "lines.ndjson"
    path.write_text(f"{json.dumps(RECORDS[0])}\n{{'ref': 1}}\n")
    with pytest.raises(SourceError, match="line 2 is not"):
        read(path)


def test_what_google_earth_saves_in_one_file(tmp_path: Path) -> None:
    layer().to_crs(4326).to_file(tmp_path / "doc.kml", driver="KML")
    path = tmp_path / "incidents.kmz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.write(tmp_path / "doc.kml", "doc.kml")
        packed.writestr("images/pin.png", b"\x89PNG")
    assert facts(read(path)) == wanted()


@pytest.mark.parametrize("bbox", [False, True])
def test_geoparquet_as_coordinates(tmp_path: Path, bbox: bool) -> None:
    how = {"geometry_encoding": "geoarrow", "write_covering_bbox": bbox}
    layer().to_parquet(tmp_path / "points.parquet", schema_version="1.1.0", **how)
    assert facts(read(tmp_path / "points.parquet")) == wanted()
    there = geopandas.read_file(REPO / "boundaries" / "simulated_wards.geojson")
    there.to_parquet(tmp_path / "wards.parquet", schema_version="1.1.0", **how)
    found = read_areas(tmp_path / "wards.parquet")
    pairs = zip(found.geometry, there.geometry, strict=True)
    assert all(one.equals(other) for one, other in pairs)


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
