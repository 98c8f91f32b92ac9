"""Input files: what they are called, what they hash to, and their text in blocks.

Folders are walked, ``.gz`` is unpacked as it is read and ``.zip`` is read member by
member: nothing is ever extracted to disk, and every stream has a limit.
"""

from __future__ import annotations

import gzip
import hashlib
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import numpy as np
import numpy.typing as npt

from hotspots.core.errors import EmptyFileError, SourceError

BLOCK_BYTES = 48 * 1024 * 1024
MAX_MEMBER_BYTES = 8 * 1024**3
MAX_MEMBERS = 5_000
MAX_HEADER_BYTES = 1 << 20
_NOT_CSV = (
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
    (b"PK\x03\x04", "a zip archive or an XLSX workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)"),
    (b"\x1f\x8b", "gzip-compressed"),
    (b"PAR1", "a Parquet file"),
)
SUFFIXES = (
    ".csv",
    ".csv.gz",
    ".xlsx",
    ".geojson",
    ".geojson.gz",
    ".json",
    ".gpkg",
    ".parquet",
    ".geoparquet",
)


@dataclass(frozen=True, kw_only=True)
class Block:
    """Some whole records of a CSV file, with its header, as UTF-8.

    Parameters
    ----------
    data : bytes
        Header line and records.
    first_line : int
        Line number in the file of the first record.
    encoding : str
        What the file was read as.
    """

    data: bytes
    first_line: int
    encoding: str

    @property
    def body(self) -> bytes:
        """The records, without the header."""
        return self.data[_header_end(self.data) :]


@dataclass(frozen=True, kw_only=True)
class InputFile:
    """One file of incidents: on disk, compressed, or a member of an archive.

    Parameters
    ----------
    path : Path
        The file on disk.
    member : str, optional
        The member of a ``.zip``.
    name : str
        What people know it by.
    """

    path: Path
    name: str
    member: str | None = None

    @property
    def suffix(self) -> str:
        """The suffix that says the format, lower case, without ``.gz``."""
        return Path((self.member or self.path.name).lower().removesuffix(".gz")).suffix

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open the unpacked bytes."""
        with self._stored() as raw:
            yield _unpacked(raw, self.member or self.path.name)

    @contextmanager
    def _stored(self) -> Iterator[IO[bytes]]:
        """Open the bytes as they lie on disk or in the archive."""
        try:
            if self.member is None:
                with self.path.open("rb") as raw:
                    yield raw
            else:
                with (
                    zipfile.ZipFile(self.path) as archive,
                    archive.open(self.member) as member,
                ):
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
        digest = hashlib.sha256()
        with self._stored() as raw:
            while chunk := raw.read(1 << 20):
                digest.update(chunk)
        return digest.hexdigest()

    def read_bytes(self) -> bytes:
        """Return the whole unpacked content, for formats that need it whole.

        Raises
        ------
        EmptyFileError
            If there is nothing in it.
        SourceError
            If it cannot be read or unpacks to more than 8 GB.
        """
        with self.open() as stream:
            data = stream.read(MAX_MEMBER_BYTES + 1)
        if len(data) > MAX_MEMBER_BYTES:
            raise SourceError(f"{self.name} must unpack to at most 8 GB; it is larger.")
        if not data:
            raise EmptyFileError(f"{self.name} must hold rows; it is empty (0 bytes).")
        return data

    def blocks(self, *, block_bytes: int = BLOCK_BYTES) -> Iterator[Block]:
        """Read a CSV file as blocks of whole records, so that memory is bounded.

        Raises
        ------
        EmptyFileError
            If there is nothing in it.
        SourceError
            If it cannot be read or unpacks to more than 8 GB.
        """
        with self.open() as stream:
            header, line = _first_record(stream, self.name)
            first, rest, total = line, b"", len(header)
            while piece := stream.read(block_bytes):
                total += len(piece)
                if total > MAX_MEMBER_BYTES:
                    raise SourceError(
                        f"{self.name} must unpack to at most 8 GB; it is larger."
                    )
                whole, rest = _split_records(rest + piece)
                if whole:
                    yield _block(header, whole, line)
                    line += whole.count(b"\n")
            if rest.strip() or line == first:
                yield _block(header, rest, line)


def expand(paths: Sequence[Path]) -> tuple[InputFile, ...]:
    """Turn files, folders and archives into the list of files to read.

    Raises
    ------
    SourceError
        If a path is not there, holds no data file, or an archive has too many members.
    """
    files = [file for path in paths for file in _expand_one(Path(path))]
    if not files:
        raise SourceError("at least one file of incidents must be given; got none.")
    return tuple(files)


def line_numbers(block: Block, n_rows: int) -> npt.NDArray[np.uint32]:
    """Return the line in the file on which each record of a block begins.

    Returns
    -------
    ndarray of shape (n_rows,), uint32
        Exact also where quoted fields hold line breaks. A blank line is a record,
        as it is to polars.
    """
    lines = block.first_line + _record_offsets(block.data, n_rows)
    return lines.astype(np.uint32)


def _record_offsets(data: bytes, n_rows: int) -> npt.NDArray[np.int64]:
    """Return how many lines after the first record each record begins."""
    header_lines = data.count(b"\n", 0, _header_end(data))
    body_lines = data.count(b"\n") + (not data.endswith(b"\n")) - header_lines
    if body_lines == n_rows:
        return np.arange(n_rows)
    letters = np.frombuffer(data, dtype=np.uint8)
    breaks = np.flatnonzero(letters == ord("\n"))
    quotes = np.flatnonzero(letters == ord('"'))
    ends = np.flatnonzero(np.searchsorted(quotes, breaks) % 2 == 0)
    offsets = ends[:n_rows] + 1 - header_lines
    if len(offsets) < n_rows:  # quotes that do not pair: the last lines are a guess
        last = int(offsets[-1]) if len(offsets) else -1
        guess = np.arange(1, n_rows - len(offsets) + 1) + last
        offsets = np.concatenate([offsets, guess])
    return offsets


def _expand_one(path: Path) -> Iterator[InputFile]:
    if path.is_dir():
        below = sorted(p for p in path.rglob("*") if p.is_file() and _is_data(p.name))
        if not below:
            raise SourceError(
                f"folder {path.name} must hold data files ({', '.join(SUFFIXES)}); it "
                "holds none."
            )
        for file in below:
            yield InputFile(path=file, name=str(file.relative_to(path).as_posix()))
    elif not path.is_file():
        raise SourceError(f"{path} must be a file or a folder; nothing is there.")
    elif path.suffix.lower() == ".zip":
        yield from _members(path)
    else:
        yield InputFile(path=path, name=path.name)


def _members(path: Path) -> Iterator[InputFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [i for i in archive.infolist() if _is_data(i.filename)]
    except zipfile.BadZipFile as error:
        raise SourceError(
            f"{path.name} must be a zip archive; it is not ({error})."
        ) from error
    names = sorted(info.filename for info in members)
    if not names or len(names) > MAX_MEMBERS:
        raise SourceError(
            f"{path.name} must hold between 1 and {MAX_MEMBERS:,} data files; it holds "
            f"{len(names):,}."
        )
    if any(info.flag_bits & 1 for info in members):
        raise SourceError(
            f"{path.name} must be an archive without a password; it is encrypted. "
            "Unpack it and give the folder."
        )
    for member in names:
        yield InputFile(path=path, member=member, name=f"{path.name}/{member}")


def _is_data(name: str) -> bool:
    return name.lower().endswith(SUFFIXES) and not Path(name).name.startswith(".")


def _unpacked(raw: IO[bytes], name: str) -> IO[bytes]:
    if name.lower().endswith(".gz"):
        return cast("IO[bytes]", gzip.GzipFile(fileobj=raw))
    return raw


def _first_record(stream: IO[bytes], name: str) -> tuple[bytes, int]:
    """Return the header and the line on which the first record begins."""
    header, line = stream.readline(MAX_HEADER_BYTES), 1
    while header and not header.strip():
        header, line = stream.readline(MAX_HEADER_BYTES), line + 1
    if not header:
        raise EmptyFileError(
            f"{name} must hold a header and rows; it is empty (0 bytes). Was it "
            "copied whole?"
        )
    _check_text(header, name)
    quotes = header.count(b'"')
    while quotes % 2 and (more := stream.readline(MAX_HEADER_BYTES)):
        header, quotes = header + more, quotes + more.count(b'"')
        if len(header) > MAX_HEADER_BYTES:
            break
    if len(header) >= MAX_HEADER_BYTES or quotes % 2:
        raise SourceError(
            f"{name} must begin with a header of column names; its first line has no "
            "end, or a quotation mark that is not closed. Is it a CSV file?"
        )
    header = header if header.endswith(b"\n") else header + b"\n"
    return header, line + header.count(b"\n")


def _check_text(start: bytes, name: str) -> None:
    """Refuse what is no CSV file at all, whatever its name says."""
    found = next((what for mark, what in _NOT_CSV if start.startswith(mark)), None)
    if found is None and b"\x00" in start:
        found = "a binary file"
    if found:
        raise SourceError(
            f"{name} must be CSV text in UTF-8 or Windows-1252; it is {found}. Save it "
            "as 'CSV UTF-8', or correct its name."
        )


def _split_records(data: bytes) -> tuple[bytes, bytes]:
    """Split after the last line break that is not inside quotes."""
    cut = data.rfind(b"\n")
    quotes = data.count(b'"', 0, max(cut, 0))
    while cut >= 0:
        if quotes % 2 == 0:
            return data[: cut + 1], data[cut + 1 :]
        before = data.rfind(b"\n", 0, cut)
        quotes -= data.count(b'"', max(before, 0), cut)
        cut = before
    return b"", data


def _block(header: bytes, body: bytes, line: int) -> Block:
    data = header + body
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    encoding = "utf-8"
    if not data.isascii():
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            encoding = "cp1252"
            data = data.decode("cp1252", errors="replace").encode("utf-8")
    return Block(data=data, first_line=line, encoding=encoding)


def _header_end(data: bytes) -> int:
    """Return where the first record begins."""
    end = data.find(b"\n")
    quotes = data.count(b'"', 0, max(end, 0))
    while end >= 0 and quotes % 2:
        following = data.find(b"\n", end + 1)
        quotes += data.count(b'"', end, max(following, end))
        end = following
    return end + 1 if end >= 0 else len(data)
