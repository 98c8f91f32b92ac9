"""Tables as files: cells that a spreadsheet would run are made harmless."""

from __future__ import annotations

import io

import polars as pl
from flask import Response, send_file

from hotspots.outputs.formats.csv import csv_bytes


def csv_answer(table: pl.DataFrame, name: str) -> Response:
    """Answer a table as a file of comma-separated values."""
    return bytes_answer(csv_bytes(table), name, "text/csv")


def bytes_answer(content: bytes, name: str, mimetype: str) -> Response:
    """Answer a file that was made for this answer."""
    return send_file(
        io.BytesIO(content), mimetype=mimetype, as_attachment=True, download_name=name
    )
