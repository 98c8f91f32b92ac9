"""Rows on their way into a lake: blocks on the disk, taken up again part by part."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl


class Spool:
    """Blocks of rows in a folder, in the order they came in.

    ``by``: of what each value has a folder of its own, as text.
    """

    def __init__(self, folder: Path, *, by: pl.Expr | None = None) -> None:
        folder.mkdir(parents=True)
        self.folder, self.by = folder, by
        self._blocks = 0

    def append(self, rows: pl.DataFrame, /) -> None:
        """Write a block."""
        if rows.is_empty():
            return
        self._blocks += 1
        for name, part in self._parts(rows):
            folder = self.folder / name
            folder.mkdir(exist_ok=True)
            part.write_ipc(folder / f"{self._blocks:08}.arrow", compression="lz4")

    def values(self) -> list[str]:
        """Return the values that there are, in order."""
        return sorted(path.name for path in self.folder.iterdir() if path.is_dir())

    def rows(self, value: str = "") -> pl.DataFrame | None:
        """Return the rows of a value, or all; None where there is none."""
        files = sorted((self.folder / value).glob("*.arrow"))
        if not files:
            return None
        return pl.concat(pl.read_ipc(file) for file in files)

    def _parts(self, rows: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
        if self.by is None:
            yield "", rows
            return
        parts = rows.with_columns(by=self.by).partition_by(
            "by", as_dict=True, include_key=False
        )
        for (name,), part in parts.items():
            yield str(name), part


MONTH = pl.col("start").dt.strftime("%Y-%m")
"""The month of an incident, as text."""
