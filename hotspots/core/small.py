"""Small text files that people give: profiles, settings, records of earlier runs."""

from __future__ import annotations

import errno
import json
import re
import tomllib
from pathlib import Path
from typing import Any

MOST_BYTES = 1 << 24
MOST_LEVELS = 64
_LONG_KEY = re.compile(r"(?<![\w\"'-])([\w\"'-]+[ \t]*\.[ \t]*){64}")
DEEP = f"it is nested more than {MOST_LEVELS} levels deep"


def read_small(path: Path) -> str:
    """Return the text of a file, without the mark that some programs begin it with.

    Raises OSError if it is no ordinary file (a device or a pipe never ends), cannot be
    opened or has over 16 MB; UnicodeDecodeError if it is not UTF-8.
    """
    path.stat()  # says first what is not there
    if not path.is_file():
        raise OSError(errno.EINVAL, "it is no ordinary file", str(path))
    with path.open("rb") as stream:
        data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise OSError(errno.EFBIG, "it is larger than 16 MB", str(path))
    return data.decode("utf-8-sig")


def json_of(text: str | bytes) -> Any:
    """Return what JSON says.

    Raises ValueError if it is not JSON, or nested too deeply.
    """
    try:
        return _shallow(json.loads(text))
    except RecursionError as error:
        raise ValueError(DEEP) from error


def toml_of(text: str) -> dict[str, Any]:
    """Return what TOML says.

    Raises ValueError if it is not TOML, or nested too deeply; a long dotted key nests
    too.
    """
    if _LONG_KEY.search(text):
        raise ValueError(DEEP)
    try:
        told: dict[str, Any] = _shallow(tomllib.loads(text))
    except RecursionError as error:
        raise ValueError(DEEP) from error
    return told


def _shallow(told: Any) -> Any:
    level, depth = [told], 0
    while level:
        if (depth := depth + 1) > MOST_LEVELS:
            raise ValueError(DEEP)
        level = [inner for each in level for inner in _inside(each)]
    return told


def _inside(told: Any) -> Any:
    if isinstance(told, dict):
        return told.values()
    return told if isinstance(told, list) else ()
