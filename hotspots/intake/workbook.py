"""Workbooks looked at before they are parsed: how large they will be, and how far."""

from __future__ import annotations

import io
import re
import zipfile

from hotspots.core.errors import SourceError

MAX_UNPACKED = 1 << 30
MAX_CELLS = 60_000_000
_CELL = re.compile(rb'<c [^>]*?r="([A-Z]{1,3})(\d{1,7})"')
_CHUNK = 1 << 20


def check_workbook(name: str, data: bytes) -> None:
    """Refuse a workbook that would not fit in memory; a sheet is kept as a rectangle.

    Raises
    ------
    SourceError
        If it is no archive that can be read, or too large.
    """
    if not data.startswith(b"PK"):
        return  # an old .xls: one stream, no larger than it is
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(i.file_size for i in archive.infolist()) > MAX_UNPACKED:
                raise SourceError(f"{name} must unpack to at most 1 GB; it is larger.")
            for info in archive.infolist():
                if re.search(r"worksheets/.*\.xml$", info.filename):
                    with archive.open(info) as stream:
                        _check_reach(name, stream)
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError) as error:
        raise SourceError(
            f"{name} must be an XLSX workbook or another that can be read; {error}. "
            "Check that it opens in a spreadsheet."
        ) from error


def _check_reach(name: str, stream: io.BufferedIOBase) -> None:
    """Look for the cell farthest from the first."""
    last_row = last_column = 0
    rest = b""
    while chunk := stream.read(_CHUNK):
        for letters, digits in _CELL.findall(rest + chunk):
            last_row = max(last_row, int(digits))
            if len(letters) > 1 or letters > b"A":
                last_column = max(last_column, _column(letters))
        rest = chunk[-64:]
        if last_row * max(last_column, 1) > MAX_CELLS:
            raise SourceError(
                f"{name} must have at most {MAX_CELLS:,} cells between its first and "
                f"last; its last cell is in row {last_row:,}, column {last_column:,}. "
                "Delete the empty rows and columns and save it again."
            )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
