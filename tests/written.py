"""One table written as every kind of file, with the mess that people leave in each."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path

import geopandas
import openpyxl
import pandas
import polars as pl
import pyarrow
import pyarrow.feather
import pyarrow.parquet
import shapely

Cells = Sequence[Sequence[str]]
Writer = Callable[[Path, Cells, Cells], Path]
"""``(folder, rows with their header, lines above it)``: the file."""

TITLE = (("Weekly extract",), (), ("Printed on a Monday",))


def _lines(cells: Cells, mark: str = ",") -> str:
    def field(cell: str) -> str:
        return f'"{cell}"' if mark in cell else cell

    return "".join(mark.join(map(field, row)) + "\n" for row in cells)


def text(
    *, mark: str = ",", encoding: str = "utf-8", end: str = "\n", head: str = ""
) -> Writer:
    """Return a writer of delimited text."""

    def write(folder: Path, rows: Cells, above: Cells = ()) -> Path:
        path = folder / ("table.tsv" if mark == "\t" else "table.csv")
        said = head + _lines([*above, *rows], mark)
        path.write_bytes(said.replace("\n", end).encode(encoding))
        return path

    return write


def xlsx(*, cover: bool = False, typed: bool = False) -> Writer:
    """Return a writer of workbooks; a cover and a hidden sheet may stand before."""

    def write(folder: Path, rows: Cells, above: Cells = ()) -> Path:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        if cover:
            sheet.title = "Cover"
            sheet.append(["Official", "Read me first"])
            hidden = book.create_sheet("old")
            hidden.sheet_state = "hidden"
            for row in rows[:2]:
                hidden.append(list(row))
            sheet = book.create_sheet("Data")
        for row in (*above, *rows):
            sheet.append([_typed(cell) if typed else cell for cell in row])
        book.save(folder / "table.xlsx")
        return folder / "table.xlsx"

    return write


def _typed(cell: str) -> object:
    plain = cell.replace(",", "")
    return float(plain) if plain.replace(".", "", 1).isdigit() else cell or None


def ods(folder: Path, rows: Cells, above: Cells = ()) -> Path:
    """Write an OpenDocument spreadsheet."""
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    names = "urn:oasis:names:tc:opendocument:xmlns"
    body = "".join(
        "<table:table-row>"
        + "".join(
            '<table:table-cell office:value-type="string">'
            f"<text:p>{escape(cell)}</text:p></table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in (*above, *rows)
    )
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        f'xmlns:office="{names}:office:1.0" xmlns:table="{names}:table:1.0" '
        f'xmlns:text="{names}:text:1.0" office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="Data">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        f'<manifest:manifest xmlns:manifest="{names}:manifest:1.0" '
        'manifest:version="1.2"><manifest:file-entry manifest:full-path="/" '
        f'manifest:media-type="{kind}"/><manifest:file-entry '
        'manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    )
    path = folder / "table.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return path


def xlsb(folder: Path, rows: Cells, above: Cells = ()) -> Path:
    """Write a binary workbook (MS-XLSB): one sheet; dates and numbers as such."""
    import struct

    def record(kind: int, body: bytes = b"") -> bytes:
        head = bytes([kind]) if kind < 128 else bytes([kind & 255, kind >> 8])
        size = len(body)
        return head + (
            bytes([size]) if size < 128 else bytes([size & 127 | 128, size >> 7])
        ) + body  # fmt: skip

    def wide(words: str) -> bytes:
        return struct.pack("<I", len(words)) + words.encode("utf-16-le")

    def cell(column: int, value: object) -> bytes:
        at = struct.pack("<II", column, 0)
        if isinstance(value, float):
            return record(5, at + struct.pack("<d", value))
        return record(6, at + wide(str(value)))

    main = "http://schemas.openxmlformats.org"
    kind = f"{main}/officeDocument/2006/relationships"
    every = (*above, *rows)
    ends = struct.pack("<4I", 0, len(every) - 1, 0, max(map(len, every)) - 1)
    sheet = record(0x0181) + record(0x0194, ends) + record(0x0191)
    for number, row in enumerate(every):
        sheet += record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0, 0, 0))
        for column, text in enumerate(row):
            if (value := _typed(text)) is not None:
                sheet += cell(column, value)
    sheet += record(0x0192) + record(0x0182)
    named = struct.pack("<II", 0, 1) + wide("rId1") + wide("Data")
    book = record(0x0183) + record(0x018F) + record(0x019C, named)
    book += record(0x0190) + record(0x0184)

    def related(target: str, to: str) -> str:
        return (
            f'<Relationships xmlns="{main}/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{kind}/{to}" Target="{target}"/>'
            "</Relationships>"
        )

    path = folder / "table.xlsb"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{main}/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-'
            'package.relationships+xml"/><Default Extension="bin" ContentType='
            '"application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>',
        )
        archive.writestr("_rels/.rels", related("xl/workbook.bin", "officeDocument"))
        archive.writestr(
            "xl/_rels/workbook.bin.rels", related("worksheets/sheet1.bin", "worksheet")
        )
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/worksheets/sheet1.bin", sheet)
    return path


def arrow(kind: str) -> Writer:
    """Return a writer of Parquet, Feather or Arrow; these have no lines above."""

    def write(folder: Path, rows: Cells, above: Cells = ()) -> Path:
        assert not above
        names, *body = rows
        width = len(names)
        whole = [[*row, *[""] * (width - len(row))] for row in body]
        table = pyarrow.table(
            {n: [row[k] or None for row in whole] for k, n in enumerate(names)}
        )
        path = folder / f"table.{kind}"
        if kind == "parquet":
            pyarrow.parquet.write_table(table, path)
        elif kind == "feather":
            pyarrow.feather.write_feather(table, path)
        else:
            with pyarrow.OSFile(str(path), "wb") as sink:
                made = pyarrow.ipc.new_stream(sink, table.schema)
                made.write_table(table)
                made.close()
        return path

    return write


def zipped(inner: Writer) -> Writer:
    """Return a writer that puts the file of another into an archive."""

    def write(folder: Path, rows: Cells, above: Cells = ()) -> Path:
        path = inner(folder, rows, above)
        made = folder / "table.zip"
        with zipfile.ZipFile(made, "w") as archive:
            archive.write(path, path.name)
        return made

    return write


TABLES: dict[str, Writer] = {
    "csv": text(),
    "csv with a mark": text(encoding="utf-8-sig"),
    "csv Windows-1252": text(encoding="cp1252"),
    "csv semicolons, CRLF": text(mark=";", end="\r\n"),
    "csv old Mac": text(end="\r"),
    "csv bars": text(mark="|"),
    "csv sep=": text(mark=";", head="sep=;\n"),
    "csv sep= quoted": text(mark=";", head='"sep=;"\n', end="\r\n"),
    "tsv": text(mark="\t"),
    "xlsx": xlsx(),
    "xlsx typed, cover, hidden": xlsx(cover=True, typed=True),
    "ods": ods,
    "xlsb": xlsb,
    "parquet": arrow("parquet"),
    "feather": arrow("feather"),
    "arrow": arrow("arrow"),
    "csv in a zip": zipped(text()),
}
ROWS_ONLY = ("parquet", "feather", "arrow")
"""What cannot hold lines above its header."""


def shapes(kind: str) -> Callable[[Path, geopandas.GeoDataFrame], Path]:
    """Return a writer of a GIS file."""

    def write(folder: Path, frame: geopandas.GeoDataFrame) -> Path:
        path = folder / f"shapes.{kind.removeprefix('zip of ')}"
        if kind == "parquet":
            frame.to_parquet(path)
        elif kind == "esri":
            path = folder / "shapes.json"
            path.write_text(_esri(frame))
        else:
            degrees = path.suffix in (".geojson", ".kml")
            driver = "KML" if path.suffix == ".kml" else None
            crs = 4326 if degrees else frame.crs
            frame.to_crs(crs).to_file(path, driver=driver)
        if not kind.startswith("zip of"):
            return path
        made = folder / "shapes.zip"
        with zipfile.ZipFile(made, "w") as archive:
            for part in folder.glob("shapes.*"):
                if part != made:
                    archive.write(part, part.name)
        return made

    return write


def _esri(frame: geopandas.GeoDataFrame) -> str:
    import json

    def geometry(shape: object) -> dict[str, object]:
        if isinstance(shape, shapely.Point):
            return {"x": shape.x, "y": shape.y}
        assert isinstance(shape, shapely.Polygon)
        return {"rings": [[list(xy) for xy in shape.exterior.coords]]}

    table = pandas.DataFrame(frame.drop(columns="geometry"))
    points = frame.geometry.geom_type.iloc[0] == "Point"
    return json.dumps(
        {
            "geometryType": f"esriGeometry{'Point' if points else 'Polygon'}",
            "spatialReference": {"wkid": frame.crs.to_epsg()},
            "fields": [
                {"name": name, "type": "esriFieldTypeString", "length": 200}
                for name in table.columns
            ],
            "features": [
                {"attributes": row, "geometry": geometry(shape)}
                for row, shape in zip(
                    table.astype(str).to_dict("records"), frame.geometry, strict=True
                )
            ],
        }
    )


GIS = {
    kind: shapes(kind)
    for kind in (
        "geojson", "gpkg", "shp", "zip of shp", "kml", "fgb", "parquet", "esri",
    )
}  # fmt: skip


def wkt_cells(frame: geopandas.GeoDataFrame) -> Cells:
    """Return a layer as cells, its geometry as WKT in the last column."""
    table = frame.assign(WKT=frame.geometry.to_wkt()).drop(columns="geometry")
    return [list(table.columns), *table.astype(str).to_numpy().tolist()]


def rows_of(frame: pl.DataFrame) -> list[tuple[object, ...]]:
    """Return rows as plain values, for comparing."""
    return frame.rows()
