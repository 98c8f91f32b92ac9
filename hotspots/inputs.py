"""Input files: what they are called, what they hash to, and their text in blocks.

Folders are walked, ``.gz`` is unpacked as it is read and ``.zip`` is read member by
member: nothing is ever extracted to disk, and every stream has a limit.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import numpy as np
import numpy.typing as npt

from hotspots.errors import EmptyFileError, SourceError

__all__ = ["Block", "InputFile", "expand", "line_numbers"]

BLOCK_BYTES = 48 * 1024 * 1024
MAX_MEMBER_BYTES = 8 * 1024**3
MAX_MEMBERS = 5_000
SUFFIXES = (
    ".csv",
    ".csv.gz",
    ".xlsx",
    ".geojson",
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
        """Open the unpacked bytes.

        Raises
        ------
        SourceError
            If the file cannot be read or is not what its name says.
        """
        try:
            with self._open() as stream:
                yield stream
        except (OSError, EOFError, zipfile.BadZipFile) as error:
            raise SourceError(
                f"{self.name} must be a readable file; {error}. Check that it was "
                "copied whole."
            ) from error

    @contextmanager
    def _open(self) -> Iterator[IO[bytes]]:
        if self.member is None:
            with self.path.open("rb") as raw:
                yield _unpacked(raw, self.path.name)
            return
        with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as raw:
            yield _unpacked(raw, self.member)

    def sha256(self) -> str:
        """Return the hash of the bytes as they lie on disk or in the archive."""
        if self.member is None:
            with self.path.open("rb") as raw:
                return hashlib.file_digest(raw, "sha256").hexdigest()
        with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as raw:
            digest = hashlib.sha256()
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

        Parameters
        ----------
        block_bytes : int
            About how much to hold at a time.

        Yields
        ------
        Block

        Raises
        ------
        EmptyFileError
            If there is nothing in it.
        SourceError
            If it cannot be read or unpacks to more than 8 GB.
        """
        with self.open() as stream:
            header = _first_record(stream, self.name)
            line = 1 + header.count(b"\n")
            rest, total = b"", len(header)
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
            if rest.strip() or line == 1 + header.count(b"\n"):
                yield _block(header, rest, line)


def expand(paths: Sequence[Path]) -> tuple[InputFile, ...]:
    """Turn files, folders and archives into the list of files to read.

    Parameters
    ----------
    paths : sequence of Path
        Files as given; folders give every data file below them, by name; archives
        give every data member, by name.

    Returns
    -------
    tuple of InputFile

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

    Parameters
    ----------
    block : Block
    n_rows : int
        How many records the block was found to have.

    Returns
    -------
    ndarray of shape (n_rows,), uint32
        Exact also where quoted fields hold line breaks or blank lines were skipped.
    """
    header_lines = _header_lines(block.data)
    body_lines = block.data.rstrip(b"\r\n").count(b"\n") + 1 - header_lines
    if body_lines == n_rows:
        return np.arange(n_rows, dtype=np.uint32) + np.uint32(block.first_line)
    text = io.StringIO(block.data.decode("utf-8"), newline="")
    reader = csv.reader(text)
    next(reader, None)
    lines, before = [], reader.line_num
    for record in reader:
        if record:
            lines.append(block.first_line + before - header_lines)
        before = reader.line_num
    return np.asarray(lines[:n_rows], dtype=np.uint32)


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
            names = sorted(n for n in archive.namelist() if _is_data(n))
    except zipfile.BadZipFile as error:
        raise SourceError(
            f"{path.name} must be a zip archive; it is not ({error})."
        ) from error
    if not names or len(names) > MAX_MEMBERS:
        raise SourceError(
            f"{path.name} must hold between 1 and {MAX_MEMBERS:,} data files; it holds "
            f"{len(names):,}."
        )
    for member in names:
        yield InputFile(path=path, member=member, name=f"{path.name}/{member}")


def _is_data(name: str) -> bool:
    return name.lower().endswith(SUFFIXES) and not Path(name).name.startswith(".")


def _unpacked(raw: IO[bytes], name: str) -> IO[bytes]:
    if name.lower().endswith(".gz"):
        return cast("IO[bytes]", gzip.GzipFile(fileobj=raw))
    return raw


def _first_record(stream: IO[bytes], name: str) -> bytes:
    header = stream.readline(1 << 20)
    while header and not header.strip():
        header = stream.readline(1 << 20)
    while header.count(b'"') % 2 and (more := stream.readline(1 << 20)):
        header += more
    if not header:
        raise EmptyFileError(
            f"{name} must hold a header and rows; it is empty (0 bytes). Was it "
            "copied whole?"
        )
    return header if header.endswith(b"\n") else header + b"\n"


def _split_records(data: bytes) -> tuple[bytes, bytes]:
    """Split after the last line break that is not inside quotes."""
    cut = len(data)
    while (cut := data.rfind(b"\n", 0, cut)) >= 0:
        if data.count(b'"', 0, cut) % 2 == 0:
            return data[: cut + 1], data[cut + 1 :]
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


def _header_lines(data: bytes) -> int:
    end = data.find(b"\n")
    while end >= 0 and data.count(b'"', 0, end) % 2:
        end = data.find(b"\n", end + 1)
    return data.count(b"\n", 0, end + 1) if end >= 0 else 1
