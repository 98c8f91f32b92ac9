"""Build step: the front-end files are fetched and checked before they are packed.

Everything else stands in ``pyproject.toml``. Where the files are up to date (a second
build, or a wheel built from our own source distribution) no network is needed.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

ROOT = Path(__file__).resolve().parent


def fetch_assets() -> None:
    """Bring ``web/static/vendor`` up to date, or stop the build and say why."""
    tool = _load(ROOT / "tools" / "fetch_assets.py")
    try:
        tool.fetch(ROOT, dev=False)
    except tool.AssetError as error:
        raise SystemExit(f"fetch_assets: {error}") from error


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class BuildWithAssets(build_py):
    """Also run for editable installs."""

    def run(self) -> None:
        """Fetch, then build."""
        fetch_assets()
        self.__dict__.pop("data_files", None)  # listed before the files were there
        super().run()


class SdistWithAssets(sdist):
    """A source distribution carries the files, so that building from it is offline."""

    def run(self) -> None:
        """Fetch, then pack."""
        fetch_assets()
        super().run()


setup(cmdclass={"build_py": BuildWithAssets, "sdist": SdistWithAssets})
