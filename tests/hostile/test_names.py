"""Names that look like markup, code or formulas come out as the text they are."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest

from hotspots.samples import sample_path

pytestmark = pytest.mark.slow
NAME = "=1+1 <script>x</script> {{7*7}} {% raw %} #panic(1) $x$ & ]]> @a _b_ *c* \\"
SCRIPT = "<script>x</script>"


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an analysis and a brief whose areas and streets all have such a name."""
    folder = tmp_path_factory.mktemp("names")
    wards = json.loads(sample_path("boundaries/simulated_wards.geojson").read_text())
    for number, feature in enumerate(wards["features"]):
        feature["properties"]["name"] = f"{NAME} {number}"
    (folder / "wards.geojson").write_text(json.dumps(wards))
    with sample_path("data/simulated_incidents.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))[-6000:]
    with (folder / "incidents.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(row | {"Street": f"{NAME} {row['Street']}"} for row in rows)
    mapping = sample_path("data/simulated_incidents.toml").read_text()
    (folder / "incidents.toml").write_text(mapping)
    given = [str(folder / "incidents.csv"), "--areas", str(folder / "wards.geojson")]
    for words in (
        ["analyse", *given, "--out", str(folder / "out" / "a")],
        ["brief", *given, "--month", "2025-05", "--out", str(folder / "out" / "b")],
    ):
        subprocess.run([sys.executable, "-m", "hotspots", *words], check=True)
    return folder / "out"


def check_page(path: Path) -> None:
    assert SCRIPT not in path.read_text(encoding="utf-8")


def check_json(path: Path) -> None:
    json.loads(path.read_text(encoding="utf-8"))


def check_xml(path: Path) -> None:
    no_script(path.read_bytes())


def no_script(data: bytes) -> None:
    tags = [element.tag for element in ElementTree.fromstring(data).iter()]
    assert not any(str(tag).lower().endswith("script") for tag in tags)


def check_book(path: Path) -> None:
    for sheet in openpyxl.load_workbook(path):
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert not [cell.coordinate for cell in cells if cell.data_type == "f"]


def check_csv(path: Path) -> None:
    with path.open(newline="", encoding="utf-8-sig") as file:
        assert not [cell for row in csv.reader(file) for cell in row if cell[:1] == "="]


def check_packed(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".qgs", ".kml", ".rels")):
                no_script(archive.read(name))


CHECKS: dict[str, Callable[[Path], None]] = {
    ".html": check_page, ".json": check_json, ".geojson": check_json,
    ".xlsx": check_book, ".csv": check_csv, ".docx": check_packed,
    ".qgz": check_packed, ".kmz": check_packed, ".qgs": check_xml, ".kml": check_xml,
    ".svg": check_xml, ".gpx": check_xml, ".xml": check_xml,
}  # fmt: skip


def test_every_output_holds_them_as_text(outputs: Path) -> None:
    files = [path for path in outputs.rglob("*") if path.suffix in CHECKS]
    assert {".html", ".csv", ".xlsx", ".docx", ".geojson"} <= {p.suffix for p in files}
    for path in files:
        CHECKS[path.suffix](path)


def test_they_are_there_as_they_were_written(outputs: Path) -> None:
    with (outputs / "a" / "areas.csv").open(newline="", encoding="utf-8-sig") as file:
        assert all(row["name"].startswith(f"'{NAME}") for row in csv.DictReader(file))
    assert list(outputs.rglob("*.pdf")), "the typesetter took no name for its own code"
