"""GDAL through pyogrio, without the table libraries that only some users need.

pyogrio loads geopandas and pandas where they are installed: half a second of every
command, for tables that no command makes. In a process of our own it loads without
them; in a notebook, where the reader may want them, nothing is changed.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

__all__ = ["load_pyogrio", "own_process"]

_TABLES = ("geopandas", "pandas")
_own = False


def own_process() -> None:
    """Say that this process runs one of our commands and nothing else."""
    global _own
    _own = True


def load_pyogrio() -> ModuleType:
    """Return pyogrio.

    Returns
    -------
    module
    """
    spare = [name for name in _TABLES if name not in sys.modules]
    if not _own or "pyogrio" in sys.modules:
        spare = []
    for name in spare:
        sys.modules[name] = None  # type: ignore[assignment]  # an import then fails
    try:
        return importlib.import_module("pyogrio")
    finally:
        for name in spare:
            del sys.modules[name]
