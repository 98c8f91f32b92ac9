"""CSV: for spreadsheets."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl

from hotspots.core.sanitise import clean_table, neutralise_formulas
from hotspots.outputs.formats.layer import writing


def write_csv(path: Path, frame: pl.DataFrame) -> None:
    """Write a table that LibreOffice, Excel and every library read.

    UTF-8 with a byte-order mark, by which Excel knows it, a comma between cells, a line
    feed after each row, quotation marks only where needed; ISO dates, true and false.

    References
    ----------
    RFC 4180, "Common Format and MIME Type for CSV Files" (2005).

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "areas.csv"
    >>> write_csv(path, pl.DataFrame({"name": ["=cmd()"], "lon": [-0.88]}))
    >>> path.read_text(encoding="utf-8-sig").splitlines()
    ['name,lon', "'=cmd(),-0.88"]
    """
    with writing(path):
        _safe(frame).write_csv(path, include_bom=True)


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """Return what :func:`write_csv` writes."""
    content = io.BytesIO()
    _safe(frame).write_csv(content, include_bom=True)
    return content.getvalue()


def _safe(frame: pl.DataFrame) -> pl.DataFrame:
    safe = clean_table(frame).with_columns(neutralise_formulas(pl.col(pl.String)))
    headings = pl.Series(safe.columns, dtype=pl.String).to_frame("heading")
    safe.columns = headings.select(neutralise_formulas(pl.col("heading")))[
        "heading"
    ].to_list()
    return safe
