from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest
import shapely
from polars.testing import assert_frame_equal

from hotspots.core.errors import OutputError
from hotspots.outputs.formats import Layer, write_geoparquet


def write(path: Path, layer: Layer) -> dict:
    write_geoparquet(path, layer)
    return json.loads(pq.read_schema(path).metadata[b"geo"])


def test_metadata_is_geoparquet_1_1(tmp_path: Path, layer: Layer) -> None:
    geo = write(tmp_path / "a.parquet", layer)
    assert geo["version"] == "1.1.0"
    column = geo["columns"][geo["primary_column"]]
    assert column["encoding"] == "WKB"
    assert column["geometry_types"] == ["MultiPolygon", "Polygon"]
    assert column["bbox"] == shapely.total_bounds(layer.geometry).tolist()
    assert column["orientation"] == "counterclockwise"
    assert "crs" not in column


def test_polars_reads_the_attributes(tmp_path: Path, layer: Layer) -> None:
    path = tmp_path / "a.parquet"
    write(path, layer)
    read = pl.read_parquet(path)
    assert_frame_equal(read.drop("geometry"), layer.table)
    shapes = shapely.from_wkb(read["geometry"].to_numpy())
    assert shapely.equals(shapes, layer.geometry).all()


def test_geopandas_opens_it(tmp_path: Path, layer: Layer) -> None:
    import geopandas

    path = tmp_path / "a.parquet"
    write(path, layer)
    read = geopandas.read_parquet(path)
    assert read.crs == "OGC:CRS84"
    assert len(read) == 6
    assert read["name"].to_list() == layer.frame["name"].to_list()
    assert read.geometry.is_valid.all()


def test_no_rows(tmp_path: Path, layer: Layer) -> None:
    none = replace(layer, frame=layer.frame.clear(), geometry=np.array([], object))
    geo = write(tmp_path / "a.parquet", none)
    assert geo["columns"]["geometry"]["geometry_types"] == []
    assert "bbox" not in geo["columns"]["geometry"]


def test_two_runs_give_the_same_bytes(tmp_path: Path, layer: Layer) -> None:
    write(tmp_path / "a.parquet", layer)
    write(tmp_path / "b.parquet", layer)
    first, second = (tmp_path / name for name in ("a.parquet", "b.parquet"))
    assert first.read_bytes() == second.read_bytes()


def test_a_missing_folder_is_one_sentence(tmp_path: Path, layer: Layer) -> None:
    with pytest.raises(OutputError, match=r"must be possible to write a\.parquet"):
        write(tmp_path / "absent" / "a.parquet", layer)
