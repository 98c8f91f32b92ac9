"""Projects are opened by QGIS itself, offscreen, in the slow suite."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from hotspots.core.crs import BNG
from hotspots.outputs.formats import Layer, write_geopackage
from hotspots.outputs.formats.qgis import Project, classes_of

READER = Path(__file__).parent / "qgis_reader.py"


@pytest.fixture
def project(tmp_path: Path, layer: Layer) -> Path:
    frame = layer.frame.rename({"rank": "n_incidents"})
    cells = Layer(name="cells", frame=frame, geometry=layer.geometry)
    layers = [(layer, 0), (cells, 1), (layer.named("areas"), 2)]
    write_geopackage(
        tmp_path / "a.gpkg", [each for each, _ in layers], symbols=[0, 1, 2], crs=BNG
    )
    path = tmp_path / "a.qgz"
    Project(
        title="Hotspots <of> a town & its wards",
        name="Foot patrol (patrol-20250701-0a1b2c3d)",
        marking="OFFICIAL",
        text="Simulated.",
        credit="Contains OS data",
        layers=layers,
        words={"areas": "Wards"},
    ).write(path, "a.gpkg")
    return path


def test_it_is_well_formed_and_names_its_layers(project: Path) -> None:
    with zipfile.ZipFile(project) as packed:
        assert packed.namelist() == ["a.qgs"]
        read = ElementTree.fromstring(packed.read("a.qgs"))
    assert read.findtext("title") == "Hotspots <of> a town & its wards"
    group = read.find("layer-tree-group/layer-tree-group")
    assert group.get("name") == "Foot patrol (patrol-20250701-0a1b2c3d)"
    sources = [each.text for each in read.iter("datasource")]
    assert sources[0] == "./a.gpkg|layername=hotspots"
    labels = [each.get("labelText") for each in read.iter("LayoutItem")]
    assert {"OFFICIAL", "Contains OS data"} <= set(labels)


@pytest.mark.slow
def test_qgis_opens_it_and_draws_the_layout(project: Path, tmp_path: Path) -> None:
    python = shutil.which("python3", path="/usr/bin") or ""
    if subprocess.run([python, "-c", "import qgis.core"], check=False).returncode:
        pytest.skip("QGIS is not installed (Debian: python3-qgis)")
    picture = tmp_path / "layout.png"
    done = subprocess.run(
        [python, str(READER), str(project), str(picture)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["read"] is True
    assert found["crs"] == "EPSG:27700"
    assert found["tree"] == ["Hotspots", "Cells", "Wards"]
    for each in found["layers"].values():
        assert each["valid"] is True
        assert each["crs"] == "EPSG:27700"
        assert each["n"] == 6
    assert found["layers"]["Hotspots"]["labels"] is True
    assert found["layers"]["Hotspots"]["fields"]["valid_from"] == "Date"
    assert found["layers"]["Hotspots"]["aliases"]["share"] == "Share (0 to 1)"
    assert found["layers"]["Cells"]["classes"] > 1
    assert found["layouts"] == ["A4 landscape"]
    assert found["exported"] == 0
    assert picture.stat().st_size > 5_000


def test_classes_hold_every_value_once() -> None:
    values = np.random.default_rng(1).poisson(3, 500) + 1
    steps = classes_of(values)
    held = [sum(step.low < v < step.high for step in steps) for v in values]
    assert set(held) == {1}
    assert classes_of(np.array([])) == ()
