"""Bytes that a reader of a format would leave out without a word.

Most binary formats say where their content is, and readers look nowhere else. Of two
files that were joined to one (by ``cat``, or by a copy that went wrong) they read one.
"""

from __future__ import annotations

import mmap
import re
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

from hotspots.core.errors import SourceError
from hotspots.intake.inputs import InputFile

_PIECE = 1 << 24
_NODE_BYTES = 40
_OLD_BOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def check_alone(item: InputFile) -> None:
    """Refuse a file that holds more than it says of itself.

    Raises SourceError if something stands before or behind its content, or two files
    are one.
    """
    with item.open() as stream:
        start = stream.read(len(_OLD_BOOK))
    look = next((look for mark, look in _LOOKS.items() if start.startswith(mark)), None)
    if item.suffix in (".zip", ".kmz", ".xlsx", ".xlsm", ".xlsb", ".ods"):
        look = _archive
    if look is None or not start:
        return
    with _bytes_of(item) as data:
        try:
            is_alone = look(data)
        except (struct.error, ValueError, zipfile.BadZipFile, NotImplementedError):
            return  # damaged: whoever reads it says how
    if not is_alone:
        raise SourceError(
            f"{item.name} must be one file; it holds bytes that do not belong to it, "
            "as if two had been joined, and they would be left out. Give each by "
            "itself."
        )


@contextmanager
def _bytes_of(item: InputFile) -> Iterator[Any]:
    if item.is_packed:
        yield item.read_bytes()
        return
    with (
        item.path.open("rb") as raw,
        mmap.mmap(raw.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        yield data


def is_blank(data: Any, first: int, last: int | None = None) -> bool:
    """Say whether bytes are all there and all zeros, with which systems fill up."""
    last = len(data) if last is None else last
    pieces = (data[k : min(k + _PIECE, last)] for k in range(first, last, _PIECE))
    return first <= last and not any(piece.strip(b"\0") for piece in pieces)


def _once(data: Any) -> bool:
    """Look for the end of a Parquet or Arrow file with the start of another."""
    return re.search(rb"(PAR1|ARROW1)[\s\0]{0,64}\1", data) is None


def _one_book(data: Any) -> bool:
    """Look for a second workbook where one could begin: at a sector of its own."""
    found = re.finditer(re.escape(_OLD_BOOK), data)
    return not any(each.start() % 512 == 0 for each in found if each.start())


def _database(data: Any) -> bool:
    """Compare the pages of an SQLite database with the file, where it counts them."""
    size, changes, pages, counted = struct.unpack_from(">H6xII60xI", data, 16)
    end = pages * (65_536 if size == 1 else size)
    return not pages or changes != counted or is_blank(data, end)


def _tiles(data: Any) -> bool:
    """Compare the four parts that PMTiles say they have with the file."""
    told = struct.unpack_from("<8Q", data, 8)
    return is_blank(data, max(map(sum, zip(told[::2], told[1::2], strict=True))))


def _flatgeobuf(data: Any) -> bool:
    """Walk through the features, which follow each other, each with its length."""
    [head] = struct.unpack_from("<I", data, 8)
    left = n = _number(data, 8, "<Q", 0)
    node = _number(data, 9, "<H", 16)
    at = 12 + head + (_NODE_BYTES * n if node > 1 else 0)
    while left and node > 1:
        left = -(-left // node)
        at += _NODE_BYTES * left
        left = 0 if left == 1 else left
    for _ in range(n):
        at += 4 + struct.unpack_from("<I", data, at)[0]
    return not n or is_blank(data, at)


def _number(data: Any, field: int, kind: str, default: int) -> int:
    """Return a number of the head of a FlatGeobuf, a table of FlatBuffers."""
    table = 12 + struct.unpack_from("<I", data, 12)[0]
    fields = table - struct.unpack_from("<i", data, table)[0]
    if 4 + 2 * field >= struct.unpack_from("<H", data, fields)[0]:
        return default
    [at] = struct.unpack_from("<H", data, fields + 4 + 2 * field)
    return int(struct.unpack_from(kind, data, table + at)[0]) if at else default


def _archive(data: Any) -> bool:
    """Look before, between and behind the members that an archive lists."""
    with zipfile.ZipFile(data) as archive:
        begun = sorted(info.header_offset for info in archive.infolist())
        packed = {i.header_offset: i.compress_size for i in archive.infolist()}
        last = archive.start_dir
    behind = data.rfind(b"PK\5\6")
    end = behind + 22 + struct.unpack_from("<H", data, behind + 20)[0]
    for at, following in pairwise([*begun, last]):
        name, extra = struct.unpack_from("<HH", data, at + 26)
        if data.find(b"PK\3\4", at + 30 + name + extra + packed[at], following) >= 0:
            return False
    return is_blank(data, 0, min([*begun, last])) and is_blank(data, end)


_LOOKS = {
    b"PAR1": _once,
    b"ARROW1": _once,
    b"SQLite f": _database,
    b"fgb": _flatgeobuf,
    b"PMTiles": _tiles,
    _OLD_BOOK: _one_book,
}
