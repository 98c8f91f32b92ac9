"""Lakes: files of many forces and years, put in once, asked of often, kept whole."""

from __future__ import annotations

from hotspots.lake.build import Added, add, build
from hotspots.lake.care import Checked, Forgotten, forget, history, verify

__all__ = [
    "Added",
    "Checked",
    "Forgotten",
    "add",
    "build",
    "forget",
    "history",
    "verify",
]
