"""Input files: what they are called, what they hash to, and their bytes.

``.gz`` is unpacked as it is read and ``.zip`` is read member by member: nothing is ever
extracted to disk, and every stream has a limit.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, cast

from hotspots.core.errors import EmptyFileError, SourceError

BLOCK_BYTES = 48 * 1024 * 1024
MAX_MEMBER_BYTES = 8 * 1024**3
MAX_LINE_LETTERS = 1 << 20
WIDE = 64
"""Of Parquet with more columns only those that are known are read."""
MAX_RATIO = 100
"""Text is packed to a tenth; what is packed to a hundredth is no table."""
SMALL_BYTES = 1 << 22
TYPICAL_RATIO = 10
"""How much larger a packed file is once unpacked."""
_FORMULA = re.compile(r'(?m)(^|[,;\t|])="')
"""A field written so that a spreadsheet keeps it as text: ="0012"."""
_NOT_TEXT = (
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
    (b"PK\x03\x04", "a zip archive or an XLSX workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)"),
    (b"\x1f\x8b", "gzip-compressed"),
    (b"PAR1", "a Parquet file"),
)
LINES_SUFFIXES = (".geojsonl", ".geojsons", ".ndjson", ".jsonl")
"""GeoJSON with a feature a line, or records."""
JSON_SUFFIXES = (".json", *LINES_SUFFIXES)


_KEPT: ContextVar[dict[Path, zipfile.ZipFile] | None] = ContextVar("kept", default=None)


@contextmanager
def archives_kept() -> Iterator[None]:
    """Keep archives open: to find one member all are read, and there are thousands."""
    kept: dict[Path, zipfile.ZipFile] = {}
    token = _KEPT.set(kept)
    try:
        yield
    finally:
        _KEPT.reset(token)
        for archive in kept.values():
            archive.close()


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    kept = _KEPT.get()
    if kept is None:
        with zipfile.ZipFile(path) as archive:
            yield archive
        return
    if path not in kept:
        kept.setdefault(path, zipfile.ZipFile(path))
    yield kept[path]


@dataclass(frozen=True)
class InputFile:
    """One file: on disk, compressed, or a member of an archive.

    ``path``: the file on disk.
    ``name``: what people know it by.
    ``member``: the member of a ``.zip``.
    ``was_found``: whether it was found in a folder or archive, not named by a person.
    ``layer``: the layer that was asked for, ``file.gpkg::layer``.
    """

    path: Path
    name: str
    member: str | None = None
    was_found: bool = False
    layer: str | None = None

    @classmethod
    def at(cls, path: Path | str, *, what: str = "file") -> InputFile:
        """Return a file that a person named.

        Raises SourceError if nothing is there.
        """
        text, _, layer = str(path).partition("::")
        path = Path(text)
        if not path.is_file():
            raise SourceError(
                f"{path.name} must be a {what} that can be read; nothing is there. "
                "Check the path."
            )
        return cls(path, path.name, layer=layer or None)

    @property
    def title(self) -> str:
        """What the data in it are called."""
        return self.path.name.split(".")[0].replace("_", " ")

    @property
    def suffix(self) -> str:
        """The suffix that says the format, lower case, without ``.gz``."""
        return Path((self.member or self.path.name).lower().removesuffix(".gz")).suffix

    @property
    def is_packed(self) -> bool:
        """Whether the bytes cannot be read from the path as they are."""
        return self.member is not None or self.path.name.lower().endswith(".gz")

    @property
    def size(self) -> int:
        """How many bytes lie on the disk, those of a Shapefile's attributes with it."""
        parts = [self.path]
        if self.suffix == ".shp" and self.member is None:
            parts += [self.path.with_suffix(end) for end in (".dbf", ".DBF")]
        return sum(part.stat().st_size for part in parts if part.is_file())

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open the unpacked bytes."""
        with self._stored() as raw:
            name = self.member or self.path.name
            packed = name.lower().endswith(".gz")
            yield cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if packed else raw

    @contextmanager
    def _stored(self) -> Iterator[IO[bytes]]:
        """Open the bytes as they lie on disk or in the archive."""
        try:
            if self.member is None:
                with self.path.open("rb") as raw:
                    yield raw
            else:
                with (
                    _archive(self.path) as archive,
                    archive.open(self.member) as member,
                ):
                    told = archive.getinfo(self.member).file_size
                    self._check_size(told, MAX_MEMBER_BYTES)
                    yield member
        except (
            OSError,
            EOFError,
            NotImplementedError,
            zipfile.BadZipFile,
            zlib.error,
        ) as error:
            raise SourceError(
                f"{self.name} must be a readable file; {error}. Check that it was "
                "copied whole."
            ) from error

    def sha256(self) -> str:
        """Return the hash of the bytes as they lie on disk or in the archive."""
        return self._hashed[0]

    @cached_property
    def _hashed(self) -> tuple[str, tuple[int, ...]]:
        digest, state = hashlib.sha256(), self._state()
        with self._stored() as raw:
            while chunk := raw.read(1 << 20):
                digest.update(chunk)
        return digest.hexdigest(), state

    def _state(self) -> tuple[int, ...]:
        try:
            now = self.path.stat()
        except OSError:
            return ()
        return now.st_ino, now.st_size, now.st_mtime_ns

    def check_unchanged(self) -> None:
        """Refuse a file that is no longer the one that was hashed.

        Raises SourceError if it changed since.
        """
        if self._state() != self._hashed[1]:
            raise SourceError(
                f"{self.name} must stay as it is while it is read; it changed. Wait "
                "until it is saved and run again."
            )

    def read_bytes(self, limit: int = MAX_MEMBER_BYTES) -> bytes:
        """Return the whole unpacked content, for formats that need it whole.

        Raises EmptyFileError if there is nothing in it; SourceError if it cannot be
        read or unpacks to more than the limit.
        """
        with self.open() as stream:
            pieces, total = [], 0
            while piece := stream.read(1 << 24):
                total += len(piece)
                self._check_size(total, limit)
                pieces.append(piece)
        if not total:
            raise EmptyFileError(f"{self.name} must hold rows; it is empty (0 bytes).")
        return b"".join(pieces)

    def _check_size(self, total: int, limit: int) -> None:
        if total > limit:
            shown = (
                f"{limit / 1024**3:g} GB" if limit >= 1024**3 else f"{limit:,} bytes"
            )
            raise SourceError(
                f"{self.name} must unpack to at most {shown}; it is larger."
            )
        if self.is_packed and total > max(SMALL_BYTES, MAX_RATIO * self._state()[1]):
            raise SourceError(
                f"{self.name} must unpack to something like its own size; it is over "
                f"{MAX_RATIO} times as large. Was it made to fill a computer's memory?"
            )


def text_of(
    item: InputFile, *, block_bytes: int = BLOCK_BYTES
) -> Iterator[tuple[list[str], bool, str]]:
    r"""Read text as blocks of lines, so that memory is bounded.

    Yields
    ------
    lines : list of str
        Without line ends; ``\r\n``, ``\n`` and ``\r`` all end a line.
    is_last : bool
    encoding : str
        What the block was read as: UTF-8, else Windows-1252.

    Raises EmptyFileError if there is nothing in it; SourceError if it cannot be read,
    is no text or unpacks to too much.
    """
    if item.is_packed:  # what unpacks to far more is seen early
        block_bytes = min(block_bytes, max(SMALL_BYTES, TYPICAL_RATIO * item.size))
    with item.open() as stream:
        piece = stream.read(block_bytes)
        if not piece:
            raise EmptyFileError(
                f"{item.name} must hold a header and rows; it is empty (0 bytes). Was "
                "it copied whole?"
            )
        _check_text(piece, item.name)
        old_mac = b"\n" not in piece and b"\r" in piece
        end = b"\r" if old_mac else b"\n"
        rest, total = b"", 0
        while piece:
            total += len(piece)
            item._check_size(total, MAX_MEMBER_BYTES)
            following = stream.read(block_bytes)
            data = rest + piece
            cut = len(data) if not following else data.rfind(end) + 1
            whole, rest = data[:cut], data[cut:]
            if len(rest) > MAX_LINE_LETTERS + block_bytes or (
                not following and not cut
            ):
                raise SourceError(
                    f"{item.name} must have lines; one is over "
                    f"{MAX_LINE_LETTERS:,} letters. Is it a table?"
                )
            if whole:
                text, encoding = _decoded(whole.removeprefix(b"\xef\xbb\xbf"))
                yield _lines(text, old_mac), not following, encoding
            piece = following


def _lines(text: str, old_mac: bool) -> list[str]:
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if old_mac:
        text = text.replace("\r", "\n")
    if '="' in text:
        text = _FORMULA.sub(r'\1"', text)
    return text.removesuffix("\n").split("\n")


def _decoded(data: bytes) -> tuple[str, str]:
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace"), "cp1252"


def _check_text(start: bytes, name: str) -> None:
    """Refuse what is no text at all, whatever its name says."""
    found = next((what for mark, what in _NOT_TEXT if start.startswith(mark)), None)
    if found is None and b"\x00" in start[:MAX_LINE_LETTERS]:
        found = "a binary file"
    if found:
        raise SourceError(
            f"{name} must be CSV text in UTF-8 or Windows-1252; it is {found}. Save it "
            "as 'CSV UTF-8', or correct its name."
        )
