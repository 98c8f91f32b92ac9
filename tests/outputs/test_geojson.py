from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.errors import OutputError
from hotspots.outputs.formats import Layer, write_geojson


def write(path: Path, layer: Layer) -> dict:
    write_geojson(path, layer)
    return json.loads(path.read_bytes())


def test_members_properties_and_order(tmp_path: Path, layer: Layer) -> None:
    read = write(tmp_path / "a.geojson", layer)
    assert list(read) == ["type", "name", "description", "features"]
    assert read["name"] == "hotspots"
    assert read["description"] == "Simulated <data> & more"
    first = read["features"][0]["properties"]
    assert list(first) == layer.frame.columns
    assert first["rank"] == 1
    assert first["gi_z"] is None
    assert first["below_floor"] is True
    assert first["valid_from"] == "2013-05-02"
    names = [feature["properties"]["name"] for feature in read["features"]]
    assert names == layer.frame["name"].to_list()


def test_coordinates_are_rounded_and_outer_rings_anticlockwise(
    tmp_path: Path, layer: Layer
) -> None:
    read = write(tmp_path / "a.geojson", layer)
    for feature, given_shape in zip(read["features"], layer.geometry, strict=True):
        shape = shapely.geometry.shape(feature["geometry"])
        values = shapely.get_coordinates(shape)
        assert np.array_equal(values, np.round(values, 7))
        assert shapely.hausdorff_distance(shape, given_shape) < 1e-7
        assert all(p.exterior.is_ccw for p in shapely.get_parts(shape))
        assert all(not r.is_ccw for p in shapely.get_parts(shape) for r in p.interiors)


def test_gdal_reads_it(tmp_path: Path, layer: Layer, ogrinfo: Callable) -> None:
    path = tmp_path / "a.geojson"
    write(path, layer)
    text = ogrinfo(path)
    assert "Feature Count: 6" in text
    assert "DESCRIPTION=Simulated <data> & more" in text


def test_two_runs_give_the_same_bytes(tmp_path: Path, layer: Layer) -> None:
    write(tmp_path / "a.geojson", layer)
    write(tmp_path / "b.geojson", layer)
    first, second = (tmp_path / name for name in ("a.geojson", "b.geojson"))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("columns", [["rank"], []])
def test_no_rows_and_no_columns(tmp_path: Path, columns: list[str]) -> None:
    frame = pl.DataFrame({"rank": pl.Series([], dtype=pl.Int64)}).select(columns)
    path = tmp_path / "a.geojson"
    empty = Layer(name="none", frame=frame, geometry=np.array([], dtype=object))
    write_geojson(path, empty)
    assert json.loads(path.read_bytes())["features"] == []


def test_a_missing_folder_is_one_sentence(tmp_path: Path, layer: Layer) -> None:
    with pytest.raises(OutputError, match=r"must be possible to write a\.geojson"):
        write(tmp_path / "absent" / "a.geojson", layer)


@settings(max_examples=40, deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.text(max_size=20),
            st.floats(allow_nan=False, allow_infinity=False),
            st.floats(-180, 180),
            st.floats(-90, 90),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_round_trip(
    rows: list[tuple], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("geojson") / "a.geojson"
    texts, values, lon, lat = zip(*rows, strict=True)
    layer = Layer(
        name="points",
        frame=pl.DataFrame({"text": texts, "value": values}),
        geometry=shapely.points(lon, lat),
    )
    features = write(path, layer)["features"]
    assert [f["properties"]["value"] for f in features] == list(values)
    assert [f["properties"]["text"] for f in features] == layer.table["text"].to_list()
    at = [f["geometry"]["coordinates"] for f in features]
    assert np.allclose(at, np.column_stack([lon, lat]), atol=5.1e-8, rtol=0)
