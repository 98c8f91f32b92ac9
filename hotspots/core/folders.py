"""A folder of outputs that appears whole or not at all, and takes nobody's files away.

Everything is written beside the target first; the folder is put in place in one step at
the end, so that a failed or interrupted run leaves no half-written folder and an
earlier run's folder stays as it was. Which files are a run's own stands in the folder's
manifest, with their hashes: whatever else lies there, or was changed since, is a
person's, and stays.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hotspots.core.errors import HotspotsError, OutputError
from hotspots.core.small import json_of

MANIFEST = ".hotspots.json"
MARKED = "official-sensitive"
"""How the name of a file begins that only its owner may read."""

LIBRARIES = ("pyogrio", "pyarrow", "polars", "sqlite3")
_HERE, _EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux


def real(path: Path) -> Path:
    """Return where a path leads; of links in a circle, the path itself."""
    return Path(os.path.realpath(path))


@contextmanager
def atomic_folder(out: Path, *, kept: Iterable[str] = ()) -> Iterator[Path]:
    """Give a new folder to write in, and put it in place of ``out`` at the end.

    Raises OutputError if ``out`` is a file, holds files of somebody else, or cannot be
    written.
    """
    kept = frozenset(kept)
    with _reported(out):
        _tidy(real(out), kept)
        check_target(out, kept=kept)
        out = real(out)
        out.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
        held = _hold(made)
    try:
        with _reported(out):
            yield made
            _finish(made, out)
            check_target(out, kept=kept)
            _put_in_place(made, out, kept)
    finally:
        shutil.rmtree(made, ignore_errors=True)
        if held is not None:
            os.close(held)


def check_target(
    out: Path, *, kept: Iterable[str] = (), inputs: Iterable[Path] = ()
) -> None:
    """Refuse a target that is not a folder of outputs.

    Raises OutputError if it is a file, holds files that no run has written or that were
    changed since, or lies in what is read.
    """
    if not out.is_dir() and (out.exists() or out.is_symlink()):
        there = "a device" if out.exists() else "a link to nothing"
        raise OutputError(
            f"the output must be a folder; {out} is "
            f"{'a file' if out.is_file() else there}. Choose another."
        )
    _check_apart(real(out), inputs)
    if not out.is_dir():
        return
    if real(out) == Path.cwd():
        raise OutputError(
            "the output folder must not be the one you are in, because it is replaced "
            f"as a whole; got {real(out)}. Name one inside it."
        )
    strange = foreign_files(out) - set(kept)
    if strange:
        raise OutputError(
            f"the output folder must be new, empty or of an earlier run; {out} holds "
            f"'{_told(out, strange)}' too, which no run wrote or somebody changed "
            "since. Choose another with --out, or move it."
        )


def _told(out: Path, strange: set[str]) -> str:
    """Return which to name: a file before the folder that it lies in."""
    return min(strange, key=lambda name: ((out / name).is_dir(), name))


def _check_apart(out: Path, inputs: Iterable[Path]) -> None:
    for each in inputs:
        read = real(each)
        if read.is_relative_to(out):
            raise OutputError(
                "the output folder must hold nothing that is read; "
                f"{out} holds {each}. Choose another with --out."
            )


def foreign_files(folder: Path) -> set[str]:
    """Return what in a folder is not, or no longer, as a run wrote it."""
    listed = _manifest(folder)
    return {
        name
        for name in _files(folder)
        if name != MANIFEST and listed.get(name) != _hash(folder / name)
    }


def _manifest(folder: Path) -> dict[str, str]:
    try:
        read = json_of((folder / MANIFEST).read_bytes())
        return {str(name): str(value) for name, value in read["files"].items()}
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return {}


def _files(folder: Path) -> list[str]:
    """Return every file, link and folder inside, by its path."""
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*")]


def _hash(path: Path) -> str:
    if path.is_dir() and not path.is_symlink():
        return "folder"
    if path.is_symlink() or not path.is_file():
        return "none of ours"
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return "not to be read"


def _finish(made: Path, out: Path) -> None:
    """Write the manifest, say who may read what, and put all of it on the disk."""
    names = sorted(_files(made))
    listed = {name: _hash(made / name) for name in names}
    text = json.dumps({"files": listed}, indent=1) + "\n"
    part = made / f"{MANIFEST}.part"  # half a list would make every file a person's
    part.write_text(text, encoding="utf-8", newline="\n")
    part.replace(made / MANIFEST)
    mode = out.stat().st_mode & 0o777 if out.is_dir() else 0o777 & ~_umask()
    for name in names:
        if listed[name] == "folder":
            (made / name).chmod(0o777 & ~_umask())
        elif name.rpartition("/")[2].startswith(MARKED):
            (made / name).chmod(0o600)
            mode &= 0o700
    for path in (*map(made.joinpath, (*names, MANIFEST)), made):
        _to_disk(path)
    made.chmod(mode)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _to_disk(path: Path) -> None:
    with contextlib.suppress(PermissionError):  # a folder, where they cannot be opened
        opened = os.open(path, os.O_RDONLY)
        try:
            with contextlib.suppress(OSError):
                os.fsync(opened)
        finally:
            os.close(opened)


def _put_in_place(made: Path, out: Path, kept: frozenset[str]) -> None:
    if not out.exists():
        made.rename(out)
    elif _exchange(made, out):
        _return(made, out, kept)
    else:
        _rename_twice(made, out, kept)
    _to_disk(out.parent)


def _exchange(made: Path, out: Path) -> bool:
    """Swap two folders in one step; False where the system cannot."""
    if sys.platform != "linux":
        return False
    swap = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    paths = (os.fsencode(made), os.fsencode(out))
    return swap is not None and not swap(_HERE, paths[0], _HERE, paths[1], _EXCHANGE)


def _rename_twice(made: Path, out: Path, kept: frozenset[str]) -> None:
    old = made.with_name(f"{made.name}-old")
    try:
        out.rename(old)
        made.rename(out)
    except BaseException:  # also when the person stops the program just here
        if old.exists() and not out.exists():
            old.rename(out)
        raise
    _return(old, out, kept)
    shutil.rmtree(old, ignore_errors=True)


def _return(old: Path, out: Path, kept: frozenset[str]) -> None:
    """Put back what a person saved in the earlier folder in the last moment."""
    for name in sorted(foreign_files(old)):
        target = out / name
        if not (old / name).exists() or (target.is_dir() and (old / name).is_dir()):
            continue
        if target.exists() and name not in kept:
            target = target.with_name(f"{target.stem}-yours{target.suffix}")
        target.parent.mkdir(parents=True, exist_ok=True)
        (old / name).replace(target)


def _tidy(out: Path, kept: frozenset[str]) -> None:
    """Remove what a killed run left, and put back a folder that it had taken away."""
    for left in sorted(out.parent.glob(f".{out.name}-*")):
        if not left.is_dir() or left.is_symlink() or _in_use(left):
            continue
        if not (left / MANIFEST).is_file():
            shutil.rmtree(left, ignore_errors=True)  # half written
        elif not out.exists():
            left.rename(out)
        else:
            _return(left, out, kept - foreign_files(out))
            shutil.rmtree(left, ignore_errors=True)


def _hold(folder: Path) -> int | None:
    """Lock a folder for as long as this run writes it; None where that cannot be."""
    try:
        import fcntl

        opened = os.open(folder, os.O_RDONLY)
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (ImportError, OSError):
        return None
    return opened


def _in_use(folder: Path) -> bool:
    """Say whether another run writes a folder; where that cannot be told, it does."""
    held = _hold(folder)
    if held is None:
        return True
    os.close(held)
    return False


@contextmanager
def _reported(out: Path) -> Iterator[None]:
    """Say in a sentence what the system, or a library that writes, says of the disk."""
    try:
        yield
    except HotspotsError:
        raise
    except Exception as error:
        library = type(error).__module__.partition(".")[0]
        if not isinstance(error, OSError) and library not in LIBRARIES:
            raise
        raise OutputError(
            f"the folder {out} must be one that can be written; {error}. Nothing was "
            "written. Make room or choose another with --out."
        ) from error
