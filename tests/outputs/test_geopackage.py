from __future__ import annotations

import datetime as dt
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from hotspots.core.errors import OutputError
from hotspots.outputs.formats import Layer, write_geopackage


def test_gdal_reads_each_layer(
    tmp_path: Path, layer: Layer, ogrinfo: Callable, count_features: Callable
) -> None:
    path = tmp_path / "a.gpkg"
    write_geopackage(path, [layer, replace(layer, name="patrol areas")])
    text = ogrinfo(path)
    assert count_features(path) == {"hotspots": 6, "patrol areas": 6}
    assert "DESCRIPTION=Simulated <data> & more" in text
    assert "below_floor: Integer(Boolean)" in text
    assert "valid_from: Date" in text
    assert "rank: Integer64" in text


def test_round_trip(tmp_path: Path, layer: Layer) -> None:
    path = tmp_path / "a.gpkg"
    write_geopackage(path, [layer])
    meta, table = pyogrio.read_arrow(path)
    assert meta["crs"] == "EPSG:4326"
    for column in ("name", "why", "kind", "share", "below_floor", "gi_z"):
        assert table[column].to_pylist() == layer.table[column].to_list()
    shapes = shapely.from_wkb(table["geom"].to_pylist())
    assert shapely.equals(shapes, layer.geometry).all()


def test_two_runs_in_different_seconds_give_the_same_bytes(
    tmp_path: Path, layer: Layer
) -> None:
    first, second = tmp_path / "a.gpkg", tmp_path / "b.gpkg"
    write_geopackage(first, [layer])
    time.sleep(1.1)
    write_geopackage(second, [layer])
    write_geopackage(second, [layer])  # over an old file, too
    assert first.read_bytes() == second.read_bytes()


def test_last_change_is_what_was_given_and_the_setting_is_put_back(
    tmp_path: Path, layer: Layer
) -> None:
    path = tmp_path / "a.gpkg"
    write_geopackage(path, [layer], dated=dt.date(2025, 6, 30))
    with closing(sqlite3.connect(path)) as database:
        found = database.execute("select last_change from gpkg_contents").fetchone()
    assert found == ("2025-06-30T00:00:00.000Z",)
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None


def test_a_layer_of_one_kind_keeps_it(tmp_path: Path, layer: Layer) -> None:
    path = tmp_path / "a.gpkg"
    one = replace(layer, frame=layer.frame[:1], geometry=layer.geometry[:1])
    write_geopackage(path, [one])
    assert pyogrio.read_info(path)["geometry_type"] == "Polygon"


def test_an_empty_layer_has_no_rows(tmp_path: Path, layer: Layer) -> None:
    none = replace(layer, frame=layer.frame.clear(), geometry=np.array([], object))
    path = tmp_path / "a.gpkg"
    write_geopackage(path, [none])
    assert pyogrio.read_info(path)["features"] == 0


def test_names_must_differ(tmp_path: Path, layer: Layer) -> None:
    with pytest.raises(OutputError, match="each with its own name; got hotspots, hot"):
        write_geopackage(tmp_path / "a.gpkg", [layer, layer])
    with pytest.raises(OutputError, match="got none"):
        write_geopackage(tmp_path / "a.gpkg", [])


def test_a_missing_folder_is_one_sentence(tmp_path: Path, layer: Layer) -> None:
    with pytest.raises(OutputError, match=r"must be possible to write a\.gpkg"):
        write_geopackage(tmp_path / "absent" / "a.gpkg", [layer])
