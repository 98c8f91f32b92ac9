"""Several files of areas, or a folder of them: what is none is named and left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hotspots.core.errors import AreaError, HotspotsError, ParameterError, did_you_mean
from hotspots.intake.geofile import GEO_SUFFIXES
from hotspots.intake.inputs import InputFile
from hotspots.model.areas import KINDS, Areas
from hotspots.sources.areas import read_areas


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

    Raises AreaError if a file that was named cannot be used, or a folder has none that
    can; ParameterError if none is given, or the kind is none.
    """
    if not texts:
        raise ParameterError("at least one file of areas must be given; got none.")
    given = [file for text in texts for file in _read(*kind_and_path(text))]
    files: list[AreaFile] = []
    for file in given:
        if any(map(file.is_same, files)):
            files[0] = files[0].noting(f"{file.name} has the same content twice.")
        else:
            files.append(file)
    return files


def _read(kind: str | None, path: Path) -> Iterator[AreaFile]:
    if not path.is_dir():
        yield _one(kind, path)
        return
    found, refused = [], []
    below = sorted(p for p in path.rglob("*") if _is_geo(p, path))
    for file in below:
        try:
            one = _one(kind, file)
        except HotspotsError as error:
            refused.append(f"{file.relative_to(path)} was left out: {error}")
            continue
        found.append(one)
    if not found:
        wanted = f"must hold at least one file of areas ({', '.join(GEO_SUFFIXES)})"
        said = " ".join(("it holds none.", *refused[:3]))
        raise AreaError(f"folder {path.name} {wanted}; {said}")
    yield found[0].noting(*refused)
    yield from found[1:]


def _is_geo(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith((".", "~")) for part in path.relative_to(folder).parts)
    name = path.name.lower().removesuffix(".gz")
    return path.is_file() and not hidden and name.endswith(GEO_SUFFIXES)


def _one(kind: str | None, path: Path) -> AreaFile:
    areas = read_areas(path, kind=kind)
    item = InputFile.at(path, what="file of areas")
    return AreaFile(name=item.name, sha256=item.sha256(), areas=areas)


def joined(files: Sequence[AreaFile]) -> Areas:
    """Return the areas of all files as one."""
    areas = files[0].areas
    for file in files[1:]:
        areas = areas.join(file.areas)
    return areas


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
