"""What a person gave, file by file: folders are walked, archives looked into."""

from __future__ import annotations

import os
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from hotspots.core.errors import SourceError
from hotspots.core.folders import MANIFEST
from hotspots.intake.inputs import LINES_SUFFIXES, InputFile
from hotspots.intake.joined import check_alone

MAX_MEMBERS = 5_000
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
    ".kmz",
    ".fgb",
)


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
    check_alone(InputFile(path, path.name))
    try:
        with zipfile.ZipFile(path) as archive:
            members = [i for i in archive.infolist() if _is_data(i.filename)]
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
    if any(info.flag_bits & 1 for info in members):
        raise SourceError(
            f"{path.name} must be an archive without a password; it is encrypted. "
            "Unpack it and give the folder."
        )
    for member in names:
        yield InputFile(path, f"{path.name}/{member}", member, was_found=True)


def _is_data(name: str) -> bool:
    """Say whether a name in a folder is that of a data file, and not hidden."""
    return name.lower().endswith(SUFFIXES) and not _is_hidden(name)


def _is_hidden(name: str) -> bool:
    parts = Path(name).parts
    hidden = any(part.startswith((".", "~$")) for part in parts)
    return hidden or "__MACOSX" in parts
