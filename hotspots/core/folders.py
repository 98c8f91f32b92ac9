"""A folder of outputs that appears whole or not at all.

Everything is written beside the target first; the folder is put in place in one step
at the end, so that a failed or interrupted run leaves no half-written folder and an
earlier run's folder stays as it was.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hotspots.core.errors import OutputError


@contextmanager
def atomic_folder(out: Path, *, is_output: Callable[[str], bool]) -> Iterator[Path]:
    """Give a new folder to write in, and put it in place of ``out`` at the end.

    Parameters
    ----------
    out : Path
        Made when absent; an earlier run's folder is replaced.
    is_output : callable
        Says of a file's path inside ``out``, with ``/``, whether an earlier run may
        have written it.

    Yields
    ------
    Path
        The folder to write in; gone again, with what it holds, after an error.

    Raises
    ------
    OutputError
        If ``out`` is a file, holds files that are not outputs, or cannot be written.
    """
    check_target(out, is_output=is_output)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise OutputError(
            f"the folder {out} must be one that can be written; {error}. Choose "
            "another with --out."
        ) from error
    try:
        yield made
        made.chmod(0o755)
        _put_in_place(made, out)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def check_target(out: Path, *, is_output: Callable[[str], bool]) -> None:
    """Refuse a target that is not a folder of outputs.

    Parameters
    ----------
    is_output : callable
        Says of a file's path inside ``out``, with ``/``, whether an earlier run may
        have written it.

    Raises
    ------
    OutputError
        If it is a file, or holds files that no run has written.
    """
    if out.is_file():
        raise OutputError(f"the output must be a folder; {out} is a file.")
    if not out.is_dir():
        return
    files = [p.relative_to(out).as_posix() for p in out.rglob("*") if not p.is_dir()]
    strange = sorted(name for name in files if not is_output(name))
    if strange:
        raise OutputError(
            f"the output folder must be new, empty or of an earlier run; {out} holds "
            f"'{strange[0]}' too. Choose another with --out, or move it."
        )


def _put_in_place(made: Path, out: Path) -> None:
    old = made.with_name(f"{made.name}-old")
    try:
        if out.exists():
            out.rename(old)
        made.rename(out)
    except BaseException:  # also when the person stops the program just here
        if old.exists() and not out.exists():
            old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)
