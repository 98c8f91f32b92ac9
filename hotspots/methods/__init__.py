"""Published methods, one a file: ``Method(...)(incidents, cells)`` is a surface."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hotspots.methods.count import Count
from hotspots.methods.gistar import GiStar
from hotspots.methods.kde import Kde

__all__ = ["METHODS", "Count", "GiStar", "Kde"]

METHODS: dict[str, Callable[..., Any]] = {"count": Count, "kde": Kde, "gi_star": GiStar}
"""Every surface method by the name that commands and addresses use."""
