"""Two files joined to one, or bytes beside the content: named, never left out."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest
from spoiling import zipped
from spoilt_reading import FORMATS, areas

from hotspots.core.errors import SourceError
from hotspots.intake.inputs import InputFile
from hotspots.intake.joined import check_alone
from hotspots.intake.tables import read_table

BINARY = (
    "incidents.zip", "incidents.xlsx", "incidents.parquet", "incidents.feather",
    "areas.parquet", "areas.zip", "areas.fgb", "areas.gpkg",
)  # fmt: skip


def alone(folder: Path, data: bytes, name: str) -> None:
    (folder / name).write_bytes(data)
    check_alone(InputFile.at(folder / name))


@pytest.mark.parametrize("name", BINARY)
def test_only_zeros_may_stand_behind_the_content(name: str, tmp_path: Path) -> None:
    file, _, whole = FORMATS[name]
    (folder := tmp_path / "read").mkdir()
    data = whole(tmp_path)
    alone(folder, data, file)
    alone(folder, data + bytes(600), file)
    for joined in (data * 2, data + b"\n" + data):
        with pytest.raises(SourceError, match="must be one file"):
            alone(folder, joined, file)


def test_whatever_is_parsed_apart_is_looked_at(tmp_path: Path) -> None:
    path, data = tmp_path / "a.gpkg", FORMATS["areas.gpkg"][2](tmp_path)
    path.write_bytes(data * 2)
    with pytest.raises(SourceError, match="must be one file"):
        areas(path)


def test_a_member_that_the_list_has_not_is_found(tmp_path: Path) -> None:
    whole = zipped({"a.csv": b"1", "b.csv": b"2", "c.csv": b"3"})
    alone(tmp_path, whole, "a.zip")
    held = io.BytesIO(whole)
    with zipfile.ZipFile(held, "a") as archive:
        del archive.NameToInfo["b.csv"], archive.filelist[1]
        archive._didModify = True  # type: ignore[attr-defined]
    with pytest.raises(SourceError, match="must be one file"):
        alone(tmp_path, held.getvalue(), "a.zip")


def test_an_old_workbook_and_tiles_stand_alone(tmp_path: Path) -> None:
    book = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016)
    tiles = (
        b"PMTiles\x03" + struct.pack("<8Q", 127, 3, 130, 3, 0, 0, 133, 7) + bytes(68)
    )
    for name, data in {"a.xls": book, "a.pmtiles": tiles}.items():
        alone(tmp_path, data, name)
        with pytest.raises(SourceError, match="must be one file"):
            alone(tmp_path, data * 2, name)


def test_one_arrow_stream_after_another_is_refused(tmp_path: Path) -> None:
    sink, table = io.BytesIO(), pa.table({"a": ["1", "2"]})
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    path = tmp_path / "a.arrows"
    path.write_bytes(sink.getvalue())
    assert read_table(InputFile.at(path)).frame.height == 2
    path.write_bytes(sink.getvalue() * 2)
    with pytest.raises(SourceError, match="another follows its end"):
        read_table(InputFile.at(path))


def test_a_second_document_of_a_kml_is_refused(tmp_path: Path) -> None:
    kml = '<kml xmlns="http://www.opengis.net/kml/2.2">'
    place = (
        "<Document><Placemark><name>A</name><Polygon><outerBoundaryIs><LinearRing>"
        "<coordinates>-0.9,52 -0.8,52 -0.8,52.1 -0.9,52</coordinates></LinearRing>"
        "</outerBoundaryIs></Polygon></Placemark><!-- <Placemark> --></Document>"
    )
    path = tmp_path / "a.kml"
    path.write_text(f"{kml}{place}</kml>")
    assert areas(path)
    path.write_text(f"{kml}{place * 2}</kml>")
    with pytest.raises(SourceError, match="2 places stand in it and 1 can be read"):
        areas(path)
