"""What was worked out for a page, in ``cache/``: for every process, made by us alone.

A file is taken only with the seal that the site's own key gives its bytes.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import pickle  # read back only under the seal below  # nosec B403
import shutil
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hotspots._version import __version__
from hotspots.core.errors import HotspotsError
from hotspots.service.site import Site

VIEWS, INCIDENTS = "views", "incidents"
KEPT, FOLDERS_KEPT = {VIEWS: 64, INCIDENTS: 2}, 16
"""How many are kept of each room, and how many with files; the longest unused go."""
SEAL = hashlib.sha256().digest_size
FILES = ".files"


def key_of(site: Site, kind: str, version: int, told: Mapping[str, Any]) -> str:
    """Return the name of an answer: by all that decides it."""
    files = [(kind, path.name, _stamp(path)) for kind, path in _resources(site)]
    basis = [kind, version, __version__, repr(site.settings), files, dict(told)]
    text = json.dumps(basis, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def seal(site: Site, key: str, answer: Any, room: str = VIEWS) -> None:
    """Keep an answer, or an error that whoever asks is to be told."""
    content, path = pickle.dumps(answer), _path(site, key, room)
    beside = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    beside.write_bytes(_seal_of(site, key, content) + content)
    beside.replace(path)
    _forget(path.parent)


def unseal(site: Site, key: str, room: str = VIEWS) -> Any:
    """Return an answer, none where there is none.

    Raises HotspotsError if that is what the work ended with.
    """
    path = _path(site, key, room)
    try:
        kept = path.read_bytes()
    except FileNotFoundError:
        return None
    if not hmac.compare_digest(kept[:SEAL], _seal_of(site, key, kept[SEAL:])):
        return None
    os.utime(path)
    answer = pickle.loads(kept[SEAL:])  # nosec B301
    if isinstance(answer, HotspotsError):
        raise answer
    return answer


def is_sealed(site: Site, key: str) -> bool:
    """Say whether there is an answer."""
    return _path(site, key).is_file()


def folder_beside(site: Site, key: str) -> Path:
    """Return the folder of an answer that is files."""
    return _path(site, key).with_suffix(FILES)


def forget_sealed(site: Site) -> None:
    """Delete everything that was kept."""
    for room in KEPT:
        shutil.rmtree(site.cache / room, ignore_errors=True)


def _path(site: Site, key: str, room: str = VIEWS) -> Path:
    folder = site.cache / room
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder / key


def _forget(folder: Path) -> None:
    every = sorted(
        (path for path in folder.iterdir() if not path.suffix),
        key=lambda path: path.stat().st_mtime,
    )
    with_files = [path for path in every if path.with_suffix(FILES).is_dir()]
    for path in {*every[: -KEPT[folder.name]], *with_files[:-FOLDERS_KEPT]}:
        path.unlink(missing_ok=True)
        shutil.rmtree(path.with_suffix(FILES), ignore_errors=True)


def _seal_of(site: Site, key: str, content: bytes) -> bytes:
    """Return the seal of one entry; under another name it is worth nothing."""
    own = hmac.digest(site.key("session"), b"what pages keep", "sha256")
    return hmac.digest(own, key.encode() + b"\0" + content, "sha256")


def _resources(site: Site) -> list[tuple[str, Path]]:
    return sorted(site.resource_files().items())


def _stamp(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_size
