"""What is done with an error that nobody foresaw, and with a wish to stop.

The person reads one sentence with a reference. The log holds where in the code it
happened and nothing of the data: no message, no value, no path that was given.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import platform
import sys
import tempfile
import traceback
from pathlib import Path

from hotspots._version import __version__


class StoppedError(SystemExit):
    """The person, or the system, asked the program to stop.

    An end of the process, as libraries that catch everything else know it.
    """

    def __init__(self) -> None:
        super().__init__(130)


def record_unforeseen(error: BaseException, *, task: str = "") -> str:
    """Write where an unforeseen error happened to a log; return what to tell."""
    places = list(_places(error))
    reference = hashlib.sha256("\n".join(places).encode()).hexdigest()[:8].upper()
    now = dt.datetime.now(dt.UTC)
    text = "\n".join(
        (
            f"reference {reference}, {now:%Y-%m-%d %H:%M:%S} UTC",
            f"hotspots {__version__}, Python {platform.python_version()}",
            sys.platform,
            f"doing {task}" if task else "",
            *places,
            "",
        )
    )
    kind = "The computer's memory ran out" if _out_of_memory(error) else SOFTWARE
    try:
        path = _log_folder() / f"{now:%Y%m%dT%H%M%S}-{reference}.log"
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
    except OSError:
        return f"{kind} (reference {reference}; no log could be written)."
    return (
        f"{kind} (reference {reference}). Send {path} to whoever looks after it; the "
        "file holds nothing of your data."
    )


SOFTWARE = "Something went wrong in the software, and it stopped"


def _out_of_memory(error: BaseException) -> bool:
    return isinstance(error, MemoryError)


def _log_folder() -> Path:
    base = os.environ.get("XDG_STATE_HOME") or os.environ.get("LOCALAPPDATA")
    try:
        folder = Path(base or Path.home() / ".local" / "state") / "hotspots" / "log"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except (OSError, RuntimeError):
        folder = Path(tempfile.mkdtemp(prefix="hotspots-log-"))
    return folder


def _places(error: BaseException) -> list[str]:
    """Return kinds of errors and lines of code, the first cause first."""
    found: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        frames = traceback.extract_tb(error.__traceback__)
        inside = [f"  {_module(each.filename)}:{each.lineno}" for each in frames]
        found[:0] = [type(error).__qualname__, *inside[-30:]]
        error = error.__cause__ or error.__context__  # type: ignore[assignment]
    return found


def _module(path: str) -> str:
    """Return a file's name from its package on: where it is installed is not told."""
    parts = Path(path).parts
    for root in ("site-packages", "hotspots"):
        if root in parts:
            place = len(parts) - 1 - parts[::-1].index(root)
            return "/".join(parts[place + (root == "site-packages") :])
    return parts[-1] if parts else ""
