from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import polars as pl
import pyogrio
import shapely
from hypothesis import given
from hypothesis import strategies as st

from hotspots.core.crs import shapes_to_metres
from hotspots.outputs.formats import Layer, write_shapefiles
from hotspots.outputs.formats.shapefile import short_columns


def test_gdal_reads_it_in_the_national_grid(tmp_path: Path, layer: Layer) -> None:
    path = tmp_path / "a.zip"
    write_shapefiles(path, [layer])
    info = pyogrio.read_info(f"/vsizip/{path}/hotspots.shp")
    assert info["crs"] == "EPSG:27700"
    assert info["encoding"].upper().startswith("UTF")
    _, table = pyogrio.read_arrow(f"/vsizip/{path}/hotspots.shp")
    frame = pl.from_arrow(table.drop_columns(table.column_names[-1]))
    assert frame["name"].to_list() == layer.table["name"].to_list()
    assert frame["below_floo"].to_list() == ["true", "false"] * 3
    assert frame["valid_from"].dtype == pl.Date
    shapes = shapely.from_wkb(table[table.column_names[-1]].to_pylist())
    wanted = shapes_to_metres(layer.geometry)
    assert (shapely.hausdorff_distance(shapes, wanted) < 1e-3).all()


def test_it_says_which_column_is_which(tmp_path: Path, layer: Layer) -> None:
    path = tmp_path / "a.zip"
    write_shapefiles(path, [layer])
    with zipfile.ZipFile(path) as packed:
        text = packed.read("columns.csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["full_name"] for row in rows] == layer.frame.columns
    assert rows[4]["meaning"] == "of all incidents analysed"


def test_two_runs_give_the_same_bytes(tmp_path: Path, layer: Layer) -> None:
    for name in ("a.zip", "b.zip"):
        write_shapefiles(tmp_path / name, [layer])
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


@given(st.lists(st.text(alphabet="abN_", min_size=1, max_size=14), max_size=60))
def test_names_are_at_most_ten_characters_and_differ(names: list[str]) -> None:
    found = short_columns(names)
    assert all(1 <= len(name) <= 10 for name in found)
    assert len({name.casefold() for name in found}) == len(names)
