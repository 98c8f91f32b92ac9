"""Small files that people keep: deployments and actions, read strictly.

A wrong cell in a list of twenty deployments is a mistake to correct, not a row to leave
out, so the first one found is named with its line.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import polars as pl

from hotspots.core.errors import ColumnError, EmptyFileError, SourceError, did_you_mean
from hotspots.core.sanitise import clean_text

FieldKind = Literal["text", "whole", "metres", "date", "moment", "choice"]
TYPES: dict[str, Any] = {
    "text": pl.String,
    "choice": pl.String,
    "whole": pl.Int64,
    "metres": pl.Float64,
    "date": pl.Date,
    "moment": pl.Datetime("us"),
}
DATES = ("%d/%m/%Y", "%Y-%m-%d")
MOMENTS = ("%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", *DATES)
WANTED = {
    "whole": "a whole number of 0 or more",
    "metres": "metres of the National Grid",
    "date": "a date such as 14/06/2025",
    "moment": "a date and time such as 14/06/2025 18:30",
}


@dataclass(frozen=True, kw_only=True)
class RecordField:
    """One column of such a file.

    Parameters
    ----------
    kind : {"text", "whole", "metres", "date", "moment", "choice"}
    required : bool
        Whether each row must have it. The column of one that is not may be missing.
    """

    name: str
    kind: FieldKind
    help: str
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Records:
    """A file of records.

    Parameters
    ----------
    frame : DataFrame
        A row a record, a column a field, ``id`` different in each.
    name, sha256 : str
        Of the file.
    as_at : date, optional
        The day that the records are looked at; default the last day of a period.
    """

    frame: pl.DataFrame
    name: str
    sha256: str
    as_at: dt.date | None = None


def read_records(path: Path | str, fields: Sequence[RecordField]) -> Records:
    """Read a file of records.

    Raises
    ------
    SourceError
        If the file cannot be read, a cell is not of its kind, or an ``id`` stands
        twice.
    ColumnError
        If a required column is missing.
    EmptyFileError
        If there is no header.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"the file {path} must be one that can be read; {error.strerror}."
        ) from error
    raw = _parsed(data, path.name)
    for each in fields:
        if each.required and each.name not in raw.columns:
            raise ColumnError(each.name, path.name, raw.columns)
    columns = {each.name: _column(raw, each, path.name) for each in fields}
    frame = pl.DataFrame(columns, schema={f.name: TYPES[f.kind] for f in fields})
    _check_ids(frame, path.name)
    return Records(frame=frame, name=path.name, sha256=hashlib.sha256(data).hexdigest())


def _parsed(data: bytes, name: str) -> pl.DataFrame:
    try:
        raw = pl.read_csv(data, infer_schema=False, truncate_ragged_lines=False)
    except pl.exceptions.NoDataError as error:
        raise EmptyFileError(f"{name} must have a header; it is empty.") from error
    except pl.exceptions.PolarsError as error:
        raise SourceError(
            f"{name} must be comma-separated text in UTF-8, each row as long as its "
            f"header; {str(error).splitlines()[0]}"
        ) from error
    return raw.rename({column: column.strip() for column in raw.columns})


def _column(raw: pl.DataFrame, field: RecordField, file: str) -> list[Any]:
    if field.name not in raw.columns:
        return [None] * raw.height
    return [
        _value((text or "").strip(), field, f"line {line} of {file}")
        for line, text in enumerate(raw[field.name].to_list(), start=2)
    ]


def _value(text: str, field: RecordField, where: str) -> Any:
    if not text:
        if field.required:
            raise SourceError(f"'{field.name}' must be filled in; {where} has none.")
        return None
    if field.kind == "text":
        return clean_text(text)
    if field.kind == "choice":
        if text.lower() in field.choices:
            return text.lower()
        raise SourceError(
            f"'{field.name}' must be one of {', '.join(field.choices)}; {where} has "
            f"{text!r}.{did_you_mean(text, field.choices)}"
        )
    value = _number_or_time(text, field.kind)
    if value is None:
        raise SourceError(
            f"'{field.name}' must be {WANTED[field.kind]}; {where} has {text!r}."
        )
    return value


def _number_or_time(text: str, kind: FieldKind) -> Any:
    if kind == "whole":
        return int(text) if text.isascii() and text.isdigit() else None
    if kind == "metres":
        try:
            metres = float(text)
        except ValueError:
            return None
        return metres if 0 <= metres <= 1_300_000 else None
    for pattern in MOMENTS if kind == "moment" else DATES:
        try:
            found = dt.datetime.strptime(text, pattern)
        except ValueError:
            continue
        return found if kind == "moment" else found.date()
    return None


def _check_ids(frame: pl.DataFrame, file: str) -> None:
    twice = frame.filter(pl.col("id").is_duplicated())["id"]
    if len(twice):
        raise SourceError(
            f"each 'id' in {file} must be different; {twice[0]!r} stands twice."
        )
