"""GIS files that are damaged, or would make GDAL fetch, are refused beforehand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pyogrio
import pytest
import shapely

from hotspots.core.errors import SourceError
from hotspots.intake.geofile import read_features
from hotspots.intake.inputs import InputFile
from hotspots.intake.tables import read_table

POINT = {"type": "Point", "coordinates": [-0.88, 52.76]}
FEATURE = {"type": "Feature", "properties": {"a": 1}, "geometry": POINT}


def points(path: Path, n: int = 400) -> Path:
    shapes = shapely.to_wkb(shapely.points(np.linspace(-1, 0, n), np.full(n, 52.7)))
    names = np.array([f"name {k:06d}" * 5 for k in range(n)], dtype=object)
    pyogrio.raw.write(
        path, shapes, [names], ["name"], geometry_type="Point", crs="EPSG:4326"
    )
    return path


def test_a_geopackage_with_a_page_of_zeros_is_refused(tmp_path: Path) -> None:
    path = points(tmp_path / "f.gpkg")
    assert len(read_features(InputFile.at(path), shape="Point")) == 400
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 4096] = bytes(4096)
    path.write_bytes(bytes(data))
    with pytest.raises(SourceError, match="damaged"):
        read_features(InputFile.at(path), shape="Point")


def test_a_shapefile_cut_short_is_refused(tmp_path: Path) -> None:
    path = points(tmp_path / "f.shp")
    rows = path.with_suffix(".dbf")
    rows.write_bytes(rows.read_bytes()[:-500])
    with pytest.raises(SourceError, match="must be whole"):
        read_features(InputFile.at(path), shape="Point")


def test_a_broken_line_of_geojson_is_named(tmp_path: Path) -> None:
    lines = [json.dumps(FEATURE)] * 3
    path = tmp_path / "f.json"
    path.write_text("\n".join(lines))
    assert len(read_features(InputFile.at(path), shape="Point")) == 3
    path.write_text("\n".join([lines[0], lines[1][:-5], lines[2]]))
    with pytest.raises(SourceError, match="line 2 is not"):
        read_features(InputFile.at(path), shape="Point")


@pytest.mark.parametrize("key", ["crs", "\\u0063rs"])
def test_a_link_to_a_coordinate_system_is_refused(tmp_path: Path, key: str) -> None:
    link = {"type": "link", "properties": {"href": "http://127.0.0.1:9/crs"}}
    text = json.dumps({"type": "FeatureCollection", "CRS": link, "features": [FEATURE]})
    path = tmp_path / "f.geojson"
    path.write_text(text.replace("CRS", key))
    with pytest.raises(SourceError, match="no address is ever fetched"):
        read_features(InputFile.at(path), shape="Point")


def test_parquet_with_words_held_once_reads_as_text(tmp_path: Path) -> None:
    frame = pl.DataFrame({"Month": ["2025-01"] * 3, "Lon": [-0.5, 1.0, None]})
    frame = frame.with_columns(pl.col("Month").cast(pl.Categorical()))
    frame.write_parquet(tmp_path / "f.parquet")
    table = read_table(InputFile.at(tmp_path / "f.parquet"))
    assert table.frame["Month"].to_list() == ["2025-01"] * 3
    assert table.frame["Lon"].to_list() == ["-0.5", "1", None]
    assert table.line.to_list() == [1, 2, 3]
