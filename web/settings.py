"""What the web application can be told when it is built."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class WebSettings:
    """What the web application can be told when it is built.

    Parameters
    ----------
    rows_per_page : int
        Rows of the long tables on one page.
    n_analyses_kept : int
        How many sets of filters keep their result in memory.
    n_folders_kept : int
        How many sets of filters keep their downloads on disk.
    briefs : Path, optional
        Folder of the weekly briefs, whose runs are shown.
    basemap : Path, optional
        Ground to draw under the map, as ``hotspots basemap`` writes it.
    """

    rows_per_page: int = 100
    n_analyses_kept: int = 16
    n_folders_kept: int = 4
    briefs: Path | None = None
    basemap: Path | None = None
