"""``brief.json`` and ``tables/*.csv``: every number, and where it stands."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Mapping
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any

import polars as pl
import shapely

from hotspots.brief.content import Brief
from hotspots.core.errors import SourceError
from hotspots.core.table import Table
from hotspots.core.window import in_words
from hotspots.outputs.formats import write_csv
from hotspots.outputs.formats.layer import writing

JSON = "brief.json"
FORMAT = "hotspots brief 1"
DIGITS = 6
FRONT = (
    "title",
    "subtitle",
    "kind",
    "audience",
    "marking",
    "simulated",
    "purpose",
    "sharing_agreement",
)


def brief_record(brief: Brief) -> dict[str, Any]:
    """Return a brief as plain data."""
    period, provenance, comment = brief.period, brief.provenance, brief.comment
    plain: dict[str, Any] = _plain(
        {"format": FORMAT}
        | {name: getattr(brief, name) for name in FRONT}
        | {
            "period": {
                "text": period.text,
                "from": period.window.start,
                "to": period.window.last_day,
                "counted_from": brief.counted.start,
                "counted_to": brief.counted.last_day,
            },
            "data_to": brief.data_to,
            "data_held": brief.held,
            "bottom_line": [
                {
                    "text": each.text,
                    "table": each.table_id,
                    "row": each.row_key,
                    "figures": {f.column: f.value for f in each.figures},
                }
                for each in brief.bottom_line
            ],
            "sections": [
                {
                    "id": each.id,
                    "number": each.number,
                    "title": each.title,
                    "text": each.text,
                    "tables": [table.id for table in each.tables],
                    "notes": each.notes,
                }
                for each in brief.sections
            ],
            "tables": {table.id: _table(table) for table in brief.tables},
            "places": brief.places,
            "alerts": [alert for each in brief.sections for alert in each.alerts],
            "comment": {
                "text": comment.comment,
                "author": comment.author,
                "narrative": comment.narrative,
                "carried_from": comment.carried_from,
            },
            "provenance": {
                "inputs": [
                    {"what": what, "name": name, "sha256": digest}
                    for what, name, digest in provenance.inputs
                ],
                "configuration_hash": provenance.configuration_hash,
                "configuration": provenance.configuration,
                "software": {"name": "hotspots", "version": provenance.version},
                "method": provenance.method,
            },
            "attribution": brief.attribution,
        }
    )
    return plain


def write_json(brief: Brief, folder: Path | str) -> Path:
    """Write ``brief.json`` into a folder."""
    path = Path(folder) / JSON
    record = brief_record(brief)
    text = json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False)
    with writing(path):
        path.write_text(text + "\n", encoding="utf-8", newline="\n")
    return path


def write_tables(brief: Brief, folder: Path | str) -> tuple[Path, ...]:
    """Write every table as CSV into ``tables/`` of a folder."""
    inside = Path(folder) / "tables"
    with writing(inside):
        inside.mkdir(exist_ok=True)
    written = []
    for table in brief.tables:
        path = inside / f"{table.id}.csv"
        status = "simulated" if brief.simulated else "as supplied"
        rows = _flat(table.rows).with_columns(
            marking=pl.lit(brief.marking), data=pl.lit(status)
        )
        write_csv(path, rows)
        written.append(path)
    return tuple(written)


def _flat(rows: pl.DataFrame) -> pl.DataFrame:
    """Return a frame with key first, lists as text, floats to six decimals."""
    lists = [n for n, kind in rows.schema.items() if isinstance(kind, pl.List)]
    texts = [
        pl.Series(
            name,
            [
                " ".join("" if v is None else str(v) for v in each)
                for each in rows[name]
            ],
            dtype=pl.String,
        )
        for name in lists
    ]
    flat = rows.with_columns(texts) if lists else rows
    flat = flat.with_columns(pl.col(pl.Float64).round(DIGITS))
    return flat.select("key", pl.exclude("key"))


def _table(table: Table) -> dict[str, Any]:
    return {
        "title": table.title,
        "caption": table.caption,
        "notes": table.notes,
        "columns": table.columns,
        "rows": list(table.rows.iter_rows(named=True)),
    }


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it."""
    if is_dataclass(value):
        return _plain(vars(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float):
        return round(value, DIGITS) if math.isfinite(value) else None
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, shapely.Geometry):
        return json.loads(shapely.to_geojson(shapely.set_precision(value, 1e-6)))
    return value


def read_previous(
    folder: Path | str | None, *, before: dt.date
) -> Mapping[str, Any] | None:
    """Read the last brief from its folder.

    Raises
    ------
    SourceError
        If the folder holds no brief, or one of a later time.
    """
    if folder is None:
        return None
    path = Path(folder) / JSON
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SourceError(
            f"the last brief must be a folder with {JSON}; {path}: {error}. Give the "
            "folder that was written, or leave it out."
        ) from error
    if not isinstance(record, dict) or not isinstance(record.get("places", []), list):
        raise SourceError(f"{path} must be a brief; it is other JSON. Leave it out.")
    ended = str(dict(record.get("period") or {}).get("to", ""))
    if not ended or ended >= before.isoformat():
        raise SourceError(
            f"the last brief must end before {in_words(before)}; {path} ends on "
            f"{ended or 'no day'}. Give an earlier one, or leave it out."
        )
    return record
