"""What LibreOffice and QGIS save reads back to the same cells (slow)."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from same_rows import HEAD, ROWS, facts, layer, read, wanted
from written import GIS, TABLES

pytestmark = pytest.mark.slow
WRITER = Path(__file__).with_name("qgis_writer.py")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plain table opened in LibreOffice and saved in each of its formats."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    folder = tmp_path_factory.mktemp("office")
    source = TABLES["csv"](folder, [HEAD, *ROWS], ())
    home = f"-env:UserInstallation={(folder / 'home').as_uri()}"
    base = [program, home, "--headless", "--convert-to"]
    opened = "CSV:44,34,76,1,,2057,false,true"
    # As a person does: the book first (dates and numbers are recognised), then others.
    subprocess.run(
        [*base, "ods", f"--infilter={opened}", "--outdir", folder / "ods", source],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    for kind in ("xlsx", "xls", "csv"):
        subprocess.run(
            [*base, kind, "--outdir", folder / kind, folder / "ods" / "table.ods"],
            check=True, capture_output=True, timeout=300,
        )  # fmt: skip
    return folder


@pytest.mark.parametrize("kind", ["ods", "xlsx", "xls", "csv"])
def test_libreoffice(office: Path, kind: str) -> None:
    reading = read(office / kind / f"table.{kind}")
    assert facts(reading) == wanted()
    assert (reading.rejects.height, reading.rows_read) == (0, len(ROWS))


@pytest.fixture(scope="module")
def qgis(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bool]]:
    """The layer opened in QGIS and saved in each format that it writes here."""
    python = "/usr/bin/python3"
    probe = [python, "-c", "import qgis"]
    if subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip("QGIS is not installed")
    folder = tmp_path_factory.mktemp("qgis")
    source = GIS["gpkg"](folder, layer())
    done = subprocess.run(
        [python, WRITER, source, folder],
        check=True, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    return folder, json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("kind", ["gpkg", "geojson", "shp", "parquet", "kml", "fgb"])
@pytest.mark.parametrize("proposed", [True, False])
def test_qgis(qgis: tuple[Path, dict[str, bool]], kind: str, proposed: bool) -> None:
    folder, done = qgis
    if kind not in done:
        pytest.skip(f"this QGIS does not write {kind}")
    assert done[kind]
    reading = read(folder / f"saved.{kind}", proposed=proposed)
    assert facts(reading) == wanted()
    assert reading.rejects.height == 0
