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
from hotspots.core.small import json_of, read_small
from hotspots.core.table import Table
from hotspots.core.window import in_words
from hotspots.outputs.formats import write_csv, write_workbook
from hotspots.outputs.formats.columns import ColumnWords
from hotspots.outputs.formats.layer import writing

JSON = "brief.json"
FORMAT = "hotspots brief 1"
WORKBOOK = "brief.xlsx"
DIGITS = 6
SERIES: dict[str, Any] = {
    "table": pl.String,
    "key": pl.String,
    "label": pl.String,
    "starts": pl.Date,
    "ends": pl.Date,
    "n": pl.Int64,
}
SPOTS: dict[str, Any] = {
    "key": pl.String,
    "area_code": pl.String,
    "lon": pl.Float64,
    "lat": pl.Float64,
}
KIND_WORDS = {
    "count": "incidents; blank where not known or not shown",
    "amount": "whole number; blank where not known",
    "number": "number",
    "percent": "change in per cent",
    "share": "part of the whole, 0 to 1",
    "p": "probability by chance alone",
    "date": "day",
    "yes": "TRUE or FALSE",
    "word": "assessment in words",
}
"""What a kind of column holds."""
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
    """Write every table as CSV into ``tables/``, and all of them as one workbook."""
    folder = Path(folder)
    inside = folder / "tables"
    with writing(inside):
        inside.mkdir(exist_ok=True)
    frames = table_frames(brief)
    status = "simulated" if brief.simulated else "as supplied"
    told = {"marking": brief.marking, "data": status, "attribution": brief.attribution}
    columns = [pl.lit(text).alias(name) for name, text in told.items()]
    now = {"period_from": brief.counted.start, "period_to": brief.counted.last_day}
    for name, frame in frames.items():
        dates = (
            {} if "starts" in frame.columns else {k: pl.lit(v) for k, v in now.items()}
        )
        write_csv(inside / f"{name}.csv", frame.with_columns(*columns, **dates))
    about = {
        "Title": f"{brief.title}, {brief.subtitle}",
        "Marking": brief.marking,
        "Period": str(brief.counted),
        "Data to": brief.data_to.isoformat(),
        "Data held": brief.held,
        "Data": status,
        "Whose data": brief.attribution,
        **{f"Table {t.id}": f"{t.title}. {t.caption}" for t in brief.tables},
    }
    write_workbook(
        folder / WORKBOOK, about, frames, words=_words(brief), dated=brief.data_to
    )
    names = (inside / f"{name}.csv" for name in frames)
    return (*names, folder / WORKBOOK)


def table_frames(brief: Brief) -> dict[str, pl.DataFrame]:
    """Return every table with its key first, and ``series``, a row a period.

    The counts behind the small lines of the brief are a table of their own: table, key,
    label, the first and the last day, and the count, blank where it is not known.
    """
    frames = {t.id: _flat(t.rows) for t in brief.tables}
    rows = [
        (table.id, row["key"], row[table.columns[0].name], step.start, step.last_day, n)
        for table in brief.tables
        if "series" in table.rows.columns
        for row in table.rows.iter_rows(named=True)
        for step, n in zip(
            brief.period.steps(len(row["series"])), row["series"], strict=True
        )
    ]
    if rows:
        frames["series"] = pl.DataFrame(rows, schema=SERIES, orient="row")
    spots = _spots(brief)
    return {name: _located(frame, spots) for name, frame in frames.items()}


def _spots(brief: Brief) -> pl.DataFrame:
    """Return the code of an area, and a point in each area and place, by their keys."""
    codes = brief.areas_frame["code"].to_list()
    found = [
        (f"area:{code}", code, shape)
        for code, shape in zip(codes, brief.areas_geometry, strict=True)
    ]
    found += [(p.key, None, p.geometry) for p in brief.places if p.geometry is not None]
    inside = shapely.point_on_surface([shape for _, _, shape in found])
    lonlat = shapely.get_coordinates(inside).round(DIGITS)
    rows = [
        (key, code, *xy)
        for (key, code, _), xy in zip(found, lonlat.tolist(), strict=True)
    ]
    return pl.DataFrame(rows, schema=SPOTS, orient="row").unique("key", keep="first")


def _located(frame: pl.DataFrame, spots: pl.DataFrame) -> pl.DataFrame:
    """Return a table of areas or places with codes and points, for other programs."""
    if "lon" in frame.columns or not frame["key"].is_in(spots["key"].to_list()).any():
        return frame
    joined = frame.join(spots, on="key", how="left", maintain_order="left")
    of_areas = joined["area_code"].is_not_null().any()
    return joined if of_areas else joined.drop("area_code")


def _flat(rows: pl.DataFrame) -> pl.DataFrame:
    """Return a frame with key first, without lists, floats to six decimals."""
    flat = rows.with_columns(pl.col(pl.Float64).round(DIGITS))
    return flat.select("key", pl.exclude("key", "series"))


def _words(brief: Brief) -> dict[str, dict[str, ColumnWords]]:
    """Return headings and units of the columns as the brief prints them."""
    return {
        table.id: {
            c.name: ColumnWords(
                title=c.label, unit=c.unit, meaning=KIND_WORDS.get(c.kind, "")
            )
            for c in table.columns
        }
        for table in brief.tables
    }


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

    Raises SourceError if the folder holds no brief, or one of a later time.
    """
    if folder is None:
        return None
    path = Path(folder) / JSON
    try:
        record = json_of(read_small(path))
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
