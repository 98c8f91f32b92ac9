"""Small text files that people give: profiles, settings, records of earlier runs."""

from __future__ import annotations

import errno
from pathlib import Path

MOST_BYTES = 1 << 24


def read_small(path: Path) -> str:
    """Return the text of a file, without the mark that some programs begin it with.

    Raises
    ------
    OSError
        If it is no ordinary file (a device or a pipe never ends), cannot be opened or
        has over 16 MB.
    UnicodeDecodeError
        If it is not UTF-8.
    """
    path.stat()  # says first what is not there
    if not path.is_file():
        raise OSError(errno.EINVAL, "it is no ordinary file", str(path))
    with path.open("rb") as stream:
        data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise OSError(errno.EFBIG, "it is larger than 16 MB", str(path))
    return data.decode("utf-8-sig")
