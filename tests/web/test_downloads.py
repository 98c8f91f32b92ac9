"""Every file of a run can be taken away, and opens."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import polars as pl
import pyogrio
import pytest

from hotspots.outputs.analysis_folder import FILES
from hotspots.web.map.downloads import DOWNLOADS, by_group
from hotspots.workflow import analyse


def test_every_output_is_offered_once() -> None:
    assert sorted(one.name for one in DOWNLOADS) == sorted(FILES)
    assert sum(len(group) for group in by_group().values()) == len(FILES)


@pytest.mark.parametrize("name", [one.name for one in DOWNLOADS])
def test_it_opens(client: Any, dataset: Any, tmp_path: Path, name: str) -> None:
    answer = client.get(f"/download/{name}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
    n_hotspots = len(analyse(dataset).hotspots)
    file = tmp_path / name
    file.write_bytes(answer.data)
    suffix = file.suffix
    if name.startswith("cells"):
        rows = analyse(dataset).cells_table.height
        read = (
            pl.read_parquet(file).height
            if suffix == ".parquet"
            else pyogrio.read_info(file)["features"]
        )
        assert read == rows
    elif suffix == ".parquet":
        assert pl.read_parquet(file).height > 0
    elif suffix in (".kmz", ".qgz", ".xlsx"):
        assert zipfile.is_zipfile(file)
    elif suffix in (".geojson", ".gpkg"):
        first = pyogrio.list_layers(file)[0, 0]
        assert pyogrio.read_info(file, layer=first)["features"] == n_hotspots
    elif suffix in (".kml", ".gpx"):
        assert len(ElementTree.fromstring(answer.data)) > 0
    elif suffix == ".csv":
        assert pl.read_csv(BytesIO(answer.data)).height > 0
    elif suffix == ".json":
        assert len(json.loads(answer.data)["hotspots"]) == n_hotspots
    else:
        assert answer.data.startswith(b"<!DOCTYPE html>")


def test_filters_reach_the_file(client: Any) -> None:
    everything = client.get("/download/summary.json").get_json()
    one_ward = client.get("/download/summary.json?area=W1").get_json()
    assert one_ward["rows_analysed"] < everything["rows_analysed"]
    assert one_ward["parameters"]["area"] == "W1"


@pytest.mark.parametrize("name", ["../summary.json", "..%2fsummary.json", "secret"])
def test_no_other_file_is_sent(client: Any, name: str) -> None:
    assert client.get(f"/download/{name}").status_code == 404
