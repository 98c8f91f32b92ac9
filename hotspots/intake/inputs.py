"""Input files: what they are called, what they hash to, and their bytes.

Folders are walked, ``.gz`` is unpacked as it is read and ``.zip`` is read member by
member: nothing is ever extracted to disk, and every stream has a limit.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, cast

from hotspots.core.errors import EmptyFileError, SourceError
from hotspots.core.folders import MANIFEST

BLOCK_BYTES = 48 * 1024 * 1024
MAX_MEMBER_BYTES = 8 * 1024**3
MAX_MEMBERS = 5_000
MAX_LINE_LETTERS = 1 << 20
MAX_RATIO = 100
"""Text is packed to a tenth; what is packed to a hundredth is no table."""
SMALL_BYTES = 1 << 22
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
"""GeoJSON with a feature a line."""
SUFFIXES = (
    ".csv",
    ".csv.gz",
    ".tsv",
    ".xlsx",
    ".xlsm",
    ".xlsb",
    ".ods",
    ".xls",
    ".geojson",
    ".geojson.gz",
    ".json",
    *LINES_SUFFIXES,
    ".gpkg",
    ".parquet",
    ".geoparquet",
    ".feather",
    ".ipc",
    ".arrows",
    ".arrow",
    ".shp",
    ".kml",
    ".fgb",
)


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


# -- folders and archives ------------------------------------------------------------


def expand(paths: Sequence[Path]) -> tuple[InputFile, ...]:
    """Turn files, folders and archives into the list of files to read.

    Raises SourceError if a path is not there, holds no data file, or an archive has too
    many members.
    """
    files = [file for path in paths for file in _expand_one(Path(path))]
    if not files:
        raise SourceError("at least one file of incidents must be given; got none.")
    return tuple(files)


def passed_over(paths: Sequence[Path]) -> tuple[str, ...]:
    """Name what lies in folders and archives and is not looked into."""
    said = [note for path in paths for note in _left_in(Path(path))]
    for folder in (Path(path) for path in paths if Path(path).is_dir()):
        for file in sorted(folder.rglob("*")):
            shown = file.relative_to(folder).as_posix()
            if file.is_dir() and _is_output(file):
                said.append(
                    f"{shown} holds outputs of an earlier run and was left out."
                )
            elif file.is_dir() and file.is_symlink():
                said.append(f"{shown} is a link to a folder and was not followed.")
            elif file.name.startswith("~$"):
                said.append(f"{shown} is a lock file: somebody has the book open.")
            elif file.suffix.lower() == ".zip":
                said.append(f"{shown} is an archive in a folder and was not opened.")
    return tuple(said)


def _left_in(path: Path) -> Iterator[str]:
    """Name the members of an archive that are no data files."""
    if path.suffix.lower() != ".zip" or not path.is_file():
        return
    with zipfile.ZipFile(path) as archive:
        names = [each.filename for each in archive.infolist() if not each.is_dir()]
    left = [n for n in names if not _is_data(n) and (".." in n or not _is_hidden(n))]
    if left:
        shown = ", ".join(left[:5]) + (" and others" if len(left) > 5 else "")
        yield f"{path.name}: {len(left):,} members were not read ({shown})."


def _expand_one(path: Path) -> Iterator[InputFile]:
    if path.is_dir():
        below = sorted(_walk(path))
        if not below:
            raise SourceError(
                f"folder {path.name} must hold data files ({', '.join(SUFFIXES)}); it "
                "holds none."
            )
        for file in below:
            yield InputFile(file, file.relative_to(path).as_posix(), was_found=True)
    elif "::" in path.name and not path.exists():
        yield InputFile.at(path)
    elif not path.is_file():
        raise SourceError(f"{path} must be a file or a folder; nothing is there.")
    elif path.suffix.lower() == ".zip":
        yield from _members(path)
    else:
        yield InputFile(path, path.name)


def _walk(folder: Path) -> Iterator[Path]:
    """Yield the data files below a folder; hidden folders hold none."""

    def refuse(error: OSError) -> None:
        raise SourceError(
            f"every folder below {folder.name} must be one that can be read; "
            f"{error.strerror}: {error.filename}."
        ) from error

    for at, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if Path(at) != folder and _is_output(Path(at)):
            folders[:] = []
            continue
        yield from (Path(at) / name for name in names if _is_data(name))


def _is_output(folder: Path) -> bool:
    """Say whether a folder is one that this program has written."""
    return (folder / MANIFEST).is_file()


def _members(path: Path) -> Iterator[InputFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [i for i in archive.infolist() if _is_data(i.filename)]
            before = min((i.header_offset for i in archive.infolist()), default=0)
    except (OSError, zipfile.BadZipFile, NotImplementedError) as error:
        raise SourceError(
            f"{path.name} must be a zip archive; it is not ({error})."
        ) from error
    names = sorted(info.filename for info in members)
    if not names or len(names) > MAX_MEMBERS:
        raise SourceError(
            f"{path.name} must hold between 1 and {MAX_MEMBERS:,} data files; it holds "
            f"{len(names):,}."
        )
    twice = [name for name, n in Counter(names).items() if n > 1]
    if twice:
        raise SourceError(
            f"{path.name} must hold each file once; '{twice[0]}' is in it twice. "
            "Unpack it and give the folder."
        )
    if before and _starts(path, b"PK\x03\x04"):
        raise SourceError(
            f"{path.name} must be one archive; another stands before it, whose files "
            "would be left out. Unpack both and give the folder."
        )
    if any(info.flag_bits & 1 for info in members):
        raise SourceError(
            f"{path.name} must be an archive without a password; it is encrypted. "
            "Unpack it and give the folder."
        )
    for member in names:
        yield InputFile(path, f"{path.name}/{member}", member, was_found=True)


def _starts(path: Path, mark: bytes) -> bool:
    with path.open("rb") as raw:
        return raw.read(len(mark)) == mark


def _is_data(name: str) -> bool:
    """Say whether a name in a folder is that of a data file, and not hidden."""
    return name.lower().endswith(SUFFIXES) and not _is_hidden(name)


def _is_hidden(name: str) -> bool:
    parts = Path(name).parts
    hidden = any(part.startswith((".", "~$")) for part in parts)
    return hidden or "__MACOSX" in parts
