"""Folders for the time of one run, gone when it ends.

They may hold plans and patrol areas: none is left behind for the next user of the
computer, also when a command ends at once without Python's own tidying.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path

_made: set[Path] = set()


def temporary_folder(purpose: str = "") -> Path:
    """Make a folder that only this user can read, for as long as the process runs.

    Examples
    --------
    >>> made = temporary_folder("type")
    >>> remove_folder(made)
    >>> made.exists()
    False
    """
    prefix = f"hotspots-{purpose}-" if purpose else "hotspots-"
    made = Path(tempfile.mkdtemp(prefix=prefix))
    _made.add(made)
    return made


def remove_folder(folder: Path) -> None:
    """Remove one of them, with what it holds, before the process ends."""
    _made.discard(folder)
    shutil.rmtree(folder, ignore_errors=True)


def remove_folders() -> None:
    """Remove every one that is still there."""
    while _made:
        shutil.rmtree(_made.pop(), ignore_errors=True)


atexit.register(remove_folders)
