"""data.police.uk columns in a GIS file or a workbook, and files that crash readers."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
import shapely
import toy
from openpyxl import Workbook

from hotspots.core.errors import ColumnError, SourceError
from hotspots.outputs.formats import Layer, write_geopackage
from hotspots.sources import Reading, read_incidents, write_proposal
from hotspots.sources.areas import read_areas

ROWS = {
    "Crime ID": ["a" * 64, "b" * 64, ""],
    "Month": ["2025-01", "2025-02", "2025-02"],
    "Location": ["On or near Sage Cross Street", "On or near ", "No Location"],
    "Crime type": ["Burglary", "Vehicle crime", "Anti-social behaviour"],
}
LON, LAT = [-0.885, -0.886, -0.887], [52.765, 52.766, 52.767]


def check(reading: Reading) -> None:
    incidents = reading.incidents
    assert incidents.n == 3
    assert incidents.time_precision == "month"
    assert incidents.snapped
    assert incidents.frame["start"].to_list() == [
        dt.datetime(2025, 1, 1),
        dt.datetime(2025, 2, 1),
        dt.datetime(2025, 2, 1),
    ]
    assert incidents.frame["end"].to_list()[0] == dt.datetime(2025, 2, 1)
    assert incidents.frame["street"].to_list() == ["Sage Cross Street", None, None]
    assert incidents.frame["reference"].to_list() == ["a" * 64, "b" * 64, None]


def test_a_geopackage_of_police_uk_points_is_read_as_months(tmp_path: Path) -> None:
    path = tmp_path / "street.gpkg"
    layer = Layer(
        name="street",
        frame=pl.DataFrame(ROWS),
        geometry=shapely.points(LON, LAT),
    )
    write_geopackage(path, [layer])
    check(read_incidents([path]))


@pytest.mark.parametrize("as_date", [False, True])
def test_a_workbook_of_police_uk_rows_is_read_as_months(
    tmp_path: Path, as_date: bool
) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append([*ROWS, "Longitude", "Latitude"])
    for row in zip(*ROWS.values(), LON, LAT, strict=True):
        cells = list(row)
        if as_date:
            cells[1] = dt.date.fromisoformat(f"{row[1]}-01")
        sheet.append(cells)
    book.save(tmp_path / "street.xlsx")
    check(read_incidents([tmp_path / "street.xlsx"]))


def test_a_workbook_with_one_column_misnamed_is_refused_by_name(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append([*ROWS, "Longitude", "Lat"])
    book.active.append(["a", "2025-01", "On or near X", "Burglary", -0.885, 52.765])
    book.save(tmp_path / "street.xlsx")
    with pytest.raises(ColumnError, match="Latitude"):
        read_incidents([tmp_path / "street.xlsx"])


def test_another_workbook_is_refused_with_its_columns(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["Ref", "When", "Offence"])
    book.active.append(["1", "14/06/2025", "Burglary"])
    book.save(tmp_path / "crimes.xlsx")
    with pytest.raises(SourceError, match="Ref, When, Offence"):
        read_incidents([tmp_path / "crimes.xlsx"])


def test_no_mapping_is_proposed_for_a_file_that_needs_none(tmp_path: Path) -> None:
    path = toy.write_police_uk(tmp_path / "toy.csv", [])
    with pytest.raises(SourceError, match="none is needed"):
        write_proposal(path, tmp_path / "toy.toml")
    assert not (tmp_path / "toy.toml").exists()


def test_text_that_is_not_utf8_in_geojson_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "wards.geojson"
    path.write_bytes(
        b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":'
        b'{"name":"A\xff\xfe"},"geometry":{"type":"Polygon","coordinates":'
        b"[[[-0.9,52.7],[-0.8,52.7],[-0.8,52.8],[-0.9,52.7]]]}}]}"
    )
    with pytest.raises(SourceError, match="UTF-8"):
        read_areas(path)


def test_polygons_without_attributes_are_areas(tmp_path: Path) -> None:
    path = tmp_path / "wards.geojson"
    path.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},'
        '"geometry":{"type":"Polygon","coordinates":'
        "[[[-0.9,52.7],[-0.8,52.7],[-0.8,52.8],[-0.9,52.7]]]}}]}"
    )
    assert len(read_areas(path)) == 1
