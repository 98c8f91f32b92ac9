"""Read back every file of a folder with a program that knows its format.

Each suffix has a reader, which fails where its file is not as others expect it and
returns the words that the file holds; a suffix without a reader is an error.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import sqlite3
import subprocess
import tomllib
import zipfile
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas
import gpxpy
import openpyxl
import pikepdf
import pyarrow.parquet as pq
import pypdf
import pytest
from docx import Document
from lxml import etree, html
from pdf_reader import structure
from schemas import check_schema

QGIS_READER = Path(__file__).parent / "outputs" / "qgis_reader.py"
LIST = re.compile(r"^[\[({]|^-?[\d.]+([,;|/ ]+-?[\d.]+){3,}$")
WORDY_DAY = re.compile(r"^\d{1,2}([ /.-])[A-Za-z0-9]{1,9}\1\d{2,4}$")
MARKINGS = ("OFFICIAL", "FOR PUBLICATION")
RESERVED = {"date", "from", "order", "to", "value", "when", "where", "fid"}


def read_back(folder: Path) -> dict[str, str]:
    """Return what each file says, after each was read by its own program."""
    files = sorted(p for p in folder.rglob("[!.]*") if p.is_file())
    unknown = [p.name for p in files if p.suffix not in READERS]
    assert not unknown, f"no reader for {unknown}"
    words = {str(p.relative_to(folder)): READERS[p.suffix](p) for p in files}
    by_office([p for p in files if p.suffix in {".csv", ".xlsx", ".docx"}], folder)
    return words


def read_csv(path: Path) -> str:
    text = path.read_bytes().decode("utf-8")
    assert text.startswith("\ufeff"), f"{path.name} has no byte-order mark"
    headings, *rows = csv.reader(text[1:].splitlines(keepends=True))
    assert len(set(headings)) == len(headings)
    for row in rows:
        assert len(row) == len(headings)
        for heading, cell in zip(headings, row, strict=True):
            check_cell(path, heading, cell)
    return text


def check_cell(path: Path, heading: str, cell: str) -> None:
    where = f"{path.name}, {heading}: {cell!r}"
    if (path.name, heading) == ("rejects.csv", "value"):
        return  # what stood in the file that was refused
    assert not LIST.match(cell), f"a list in a cell: {where}"
    assert not WORDY_DAY.match(cell) or heading == "text", f"not an ISO day: {where}"
    assert cell.lower() not in {"yes", "no", "nan"}, f"not true or false: {where}"
    assert cell not in {"True", "False", "TRUE", "FALSE"}, where


def read_xlsx(path: Path) -> str:
    book = openpyxl.load_workbook(path)
    first, *rest = book.worksheets
    assert first.title == "About"
    assert rest, f"{path.name} has no table"
    explained = {(row[0], row[1]) for row in first.iter_rows(values_only=True)}
    for sheet in rest:
        assert sheet.freeze_panes == "A2", f"{path.name}, {sheet.title}"
        assert any(name == sheet.title for name, _ in explained), sheet.title
    cells = [
        cell
        for sheet in book
        for row in sheet.iter_rows(values_only=True)
        for cell in row
        if cell is not None
    ]
    lists = [cell for cell in cells if isinstance(cell, str) and LIST.match(cell)]
    assert not lists, f"a list in a cell of {path.name}: {lists[0]!r}"
    return "\n".join(map(str, cells))


def read_json(path: Path) -> str:
    def refuse(word: str) -> None:
        raise AssertionError(f"{path.name} holds {word}")

    text = path.read_text("utf-8")
    json.loads(text, parse_constant=refuse)
    return text


def read_with_gdal(path: Path) -> str:
    """Return what GDAL says of every layer, and of the file itself."""
    program = _program("ogrinfo", "gdal-bin")
    source = f"/vsizip/{path}" if path.suffix == ".zip" else str(path)
    done = subprocess.run(
        [program, "-ro", "-al", "-so", source],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "ERROR" not in done.stderr, done.stderr
    assert "Warning" not in done.stderr, done.stderr
    assert "Feature Count: " in done.stdout
    return done.stdout


def read_geojson(path: Path) -> str:
    read_with_gdal(path)
    text = read_json(path)
    for feature in json.loads(text)["features"]:
        for name, value in feature["properties"].items():
            check_cell(path, name, value if isinstance(value, str) else "")
    return text


def read_geopackage(path: Path) -> str:
    read_with_gdal(path)
    for name, layer in by_qgis(path)["layers"].items():
        assert layer["valid"], name
        assert layer["styled"], f"{path.name}, {name} has no style of its own"
        assert not RESERVED & set(layer["fields"]) - {"fid"}, name
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute("select table_name, description from gpkg_contents")
        return "\n".join(map(str, rows.fetchall()))


def read_project(path: Path) -> str:
    found = by_qgis(path)
    assert found["read"] is True
    assert found["crs"] == "EPSG:27700"
    assert found["layouts"]
    assert found["layers"]
    for name, layer in found["layers"].items():
        assert layer["valid"], name
        assert layer["n"] > 0, name
        assert layer["crs"] == "EPSG:27700", name
    with zipfile.ZipFile(path) as packed:
        return packed.read(packed.namelist()[0]).decode("utf-8")


def read_zip(path: Path) -> str:
    read_with_gdal(path)
    with zipfile.ZipFile(path) as packed:
        tables = [name for name in packed.namelist() if name.endswith(".shp")]
        for name in tables:
            read = geopandas.read_file(f"/vsizip/{path}/{name}")
            assert read.crs.to_epsg() == 27700, name
            assert all(len(column) <= 10 for column in read.columns[:-1]), name
        assert tables
        return "\n".join(
            packed.read(name).decode("utf-8")
            for name in packed.namelist()
            if name.endswith((".txt", ".csv"))
        )


def read_gpx(path: Path) -> str:
    check_schema(path)
    read_with_gdal(path)
    text = path.read_text("utf-8")
    parsed = gpxpy.parse(text)
    parts = [*parsed.waypoints, *parsed.tracks]
    names = [part.name[:12].strip().casefold() for part in parts]
    assert len(set(names)) == len(names), f"{path.name}: two names are alike"
    for part in parts:
        assert part.type, part.name
        assert "OFFICIAL" in part.description, part.name
    assert all(each.symbol for each in parsed.waypoints)
    return text


def read_kml(path: Path) -> str:
    check_schema(path)
    read_with_gdal(path)
    if path.suffix == ".kml":
        return path.read_text("utf-8")
    with zipfile.ZipFile(path) as packed:
        return packed.read("doc.kml").decode("utf-8")


def read_parquet(path: Path) -> str:
    assert geopandas.read_parquet(path).crs is not None
    held: dict[bytes, bytes] = pq.read_schema(path).metadata
    return "\n".join(value.decode("utf-8", "replace") for value in held.values())


def read_pdf(path: Path) -> str:
    with pikepdf.open(path) as pdf:
        assert not pdf.check_pdf_syntax(), path.name
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang).startswith("en")
        with pdf.open_metadata() as about:
            assert about["dc:title"], path.name
            assert about["pdfuaid:part"] == "1", path.name
    read = pypdf.PdfReader(path)
    for table in structure(read).all("Table"):
        rows = [row.all("TH", "TD") for row in table.all("TR")]
        body = [row[0] for row in rows if any(cell.name == "TD" for cell in row)]
        assert all(cell.name == "TH" and cell.scope == "Row" for cell in body)
    pages = [" ".join(page.extract_text().split()) for page in read.pages]
    marked = [any(word in page for word in MARKINGS) for page in pages]
    assert all(marked), path.name
    return "\n".join(pages)


def read_docx(path: Path) -> str:
    document = Document(str(path))
    parts = [document.element.body, *(s.footer._element for s in document.sections)]
    return "\n".join(" ".join(part.itertext()) for part in parts)


def read_html(path: Path) -> str:
    document = html.parse(str(path)).getroot()
    assert document.get("lang", "").startswith("en")
    asked = [
        address
        for _, attribute, address, _ in document.iterlinks()
        if attribute != "href" and not address.startswith(("data:", "#"))
    ]
    assert not asked, f"{path.name} asks for {asked[:3]}"
    return path.read_text("utf-8")


def read_svg(path: Path) -> str:
    drawing = etree.parse(str(path)).getroot()
    assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
    return " ".join(drawing.itertext())


def read_toml(path: Path) -> str:
    text = path.read_text("utf-8")
    tomllib.loads(text)
    return text


def read_text(path: Path) -> str:
    text = path.read_text("utf-8")
    assert text.strip()
    return text


def by_qgis(path: Path) -> dict[str, Any]:
    """Return what QGIS finds in a project or a GeoPackage."""
    python = _program("python3", "python3-qgis", path="/usr/bin")
    if subprocess.run([python, "-c", "import qgis.core"], check=False).returncode:
        pytest.skip("QGIS is not installed (Debian: python3-qgis)")
    done = subprocess.run(
        [python, str(QGIS_READER), str(path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def by_office(files: Iterable[Path], folder: Path) -> None:
    """Let LibreOffice open tables and documents, and write each anew."""
    program = _program("soffice", "libreoffice-calc")
    out = folder.parent / "office"
    for suffix, kind in ((".csv", "ods"), (".xlsx", "ods"), (".docx", "odt")):
        some = [str(p) for p in files if p.suffix == suffix]
        if not some:
            continue
        made = out / suffix[1:]
        home = f"-env:UserInstallation=file://{folder.parent}/profile"
        options = [home, "--headless", "--convert-to", kind, "--outdir", str(made)]
        subprocess.run(
            [program, *options, *some], check=True, capture_output=True, timeout=600
        )
        names = {Path(each).stem for each in some}
        read = {p.stem for p in made.iterdir()} if made.is_dir() else set()
        assert read == names, f"not read by LibreOffice: {names - read}"


def _program(name: str, package: str, path: str | None = None) -> str:
    found = shutil.which(name, path=path)
    if found is None:
        pytest.skip(f"{name} is not installed (Debian: {package})")
    return found


READERS: dict[str, Callable[[Path], str]] = {
    ".csv": read_csv,
    ".docx": read_docx,
    ".geojson": read_geojson,
    ".gpkg": read_geopackage,
    ".gpx": read_gpx,
    ".html": read_html,
    ".json": read_json,
    ".kml": read_kml,
    ".kmz": read_kml,
    ".md": read_text,
    ".parquet": read_parquet,
    ".pdf": read_pdf,
    ".qgz": read_project,
    ".svg": read_svg,
    ".toml": read_toml,
    ".xlsx": read_xlsx,
    ".zip": read_zip,
}
