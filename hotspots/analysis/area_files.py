"""Several files of areas, or a folder of them: what is none is named and left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hotspots.core.budget import CancelledError, steps
from hotspots.core.errors import AreaError, HotspotsError, ParameterError, did_you_mean
from hotspots.intake.geofile import GEO_SUFFIXES
from hotspots.intake.inputs import InputFile
from hotspots.model.areas import KINDS, Areas
from hotspots.sources.areas import kind_of_name, read_areas

MAX_FILES = 1_000
"""Each is read in a process of its own."""


@dataclass(frozen=True, kw_only=True)
class AreaFile:
    """A file of areas as it was read."""

    name: str
    sha256: str
    areas: Areas

    def is_same(self, other: AreaFile) -> bool:
        """Say whether another holds the same; it may be another layer of the file."""
        mine, theirs = self.areas, other.areas
        return (
            self.sha256 == other.sha256
            and mine.frame.equals(theirs.frame)
            and np.array_equal(mine.geometry, theirs.geometry)
        )

    def noting(self, *notes: str) -> AreaFile:
        """Return the same file with more notes, each once."""
        said = tuple(dict.fromkeys((*self.areas.notes, *notes)))
        return replace(self, areas=replace(self.areas, notes=said))


def read_area_files(texts: Sequence[str]) -> list[AreaFile]:
    """Read files and folders, each ``PATH`` or ``KIND=PATH``.

    Raises AreaError if a file that was named cannot be used, a folder has none that
    can, or there are too many; ParameterError if none is given, or the kind is none.
    """
    if not texts:
        raise ParameterError("at least one file of areas must be given; got none.")
    given = [_Given.of(*kind_and_path(text)) for text in texts]
    n_files = sum(len(each.paths) for each in given)
    if n_files > MAX_FILES:
        raise AreaError(
            f"areas must come in at most {MAX_FILES:,} files; {n_files:,} are given. "
            "Join those of a kind into one in a GIS."
        )
    count = iter(steps(range(n_files), "files of areas", n_files))
    known: _Known = defaultdict(list)
    files: list[AreaFile] = []
    for file in (file for each in given for file in each.read(count, known)):
        if any(map(file.is_same, files)):
            files[0] = files[0].noting(f"{file.name} has the same content twice.")
        else:
            files.append(file)
    return files


_Known = defaultdict[tuple[int | str | None, ...], list[AreaFile]]


@dataclass(frozen=True, kw_only=True)
class _Given:
    """A file or folder that was named, and the files it comes to."""

    kind: str | None
    path: Path
    paths: Sequence[Path]

    @classmethod
    def of(cls, kind: str | None, path: Path) -> _Given:
        inside = sorted(p for p in path.rglob("*") if _is_geo(p, path))
        return cls(kind=kind, path=path, paths=inside if path.is_dir() else [path])

    def read(self, count: Iterator[int], known: _Known) -> Iterator[AreaFile]:
        found, refused = [], []
        for file in self.paths:
            next(count)
            try:
                found.append(_one(self.kind, file, known))
            except HotspotsError as error:
                if not self.path.is_dir() or isinstance(error, CancelledError):
                    raise
                refused.append(f"{file.relative_to(self.path)} was left out: {error}")
        if not found:
            wanted = f"must hold at least one file of areas ({', '.join(GEO_SUFFIXES)})"
            said = " ".join(("it holds none.", *refused[:3]))
            raise AreaError(f"folder {self.path.name} {wanted}; {said}")
        yield found[0].noting(*refused)
        yield from found[1:]


def _is_geo(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith((".", "~")) for part in path.relative_to(folder).parts)
    name = path.name.lower().removesuffix(".gz")
    return path.is_file() and not hidden and name.endswith(GEO_SUFFIXES)


def _one(kind: str | None, path: Path, known: _Known) -> AreaFile:
    """Read a file; of a copy of one that was read it is known what it holds."""
    item = InputFile.at(path, what="file of areas")
    part = item.name if item.suffix == ".shp" else item.suffix  # of several files
    alike = known[(item.size, kind or kind_of_name(item.name), item.layer, part)]
    for other in alike:
        if other.sha256 == item.sha256():
            return replace(other, name=item.name)
    areas = read_areas(path, kind=kind)
    alike.append(AreaFile(name=item.name, sha256=item.sha256(), areas=areas))
    return alike[-1]


def joined(files: Sequence[AreaFile]) -> Areas:
    """Return the areas of all files as one."""
    first, *others = (file.areas for file in files)
    return first.join(*others)


def kind_and_path(text: str) -> tuple[str | None, Path]:
    """Part ``KIND=PATH``.

    Raises ParameterError if the kind is none.
    """
    kind, equals, path = text.partition("=")
    if equals and kind in KINDS:
        return kind, Path(path)
    if equals and not Path(text.partition("::")[0]).exists():
        raise ParameterError(
            f"areas must be PATH or KIND=PATH with KIND one of {', '.join(KINDS)}; got "
            f"{text!r}.{did_you_mean(kind, KINDS)}"
        )
    return None, Path(text)
