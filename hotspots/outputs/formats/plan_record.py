"""A plan as a JSON record: every line of every suggestion, and a hash of it all.

The hash names the plan: it stands on each card, so that a sheet of paper can be held
against the record that it was printed from.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from hotspots.core.errors import OutputError
from hotspots.core.sanitise import clean_table, clean_text
from hotspots.outputs.formats.geojson import to_geojson
from hotspots.outputs.formats.layer import writing
from hotspots.tactics.plan import Plan, PlanLayer
from hotspots.tactics.suggestion import Suggestion

PLAN_FORMAT = "hotspots-plan-1"
DIGITS = 12
"""Of a number: those beyond hang on the order of a sum, and a plan's name on them."""


def plan_record(plan: Plan) -> dict[str, Any]:
    """Return all that a plan holds as what JSON can hold."""
    record = {
        "format": PLAN_FORMAT,
        "marking": plan.marking,
        "data": "simulated" if plan.simulated else "as supplied",
        "tactic": plan.tactic,
        "title": plan.title,
        "headline": plan.headline,
        "made_for": plan.made_for,
        "window": plan.window,
        "parameters": plan.parameters,
        "seed": plan.seed,
        "suggestions": [_suggestion(each) for each in plan.suggestions],
        "tables": {name: _rows(table) for name, table in plan.tables.items()},
        "layers": {name: _layer(layer) for name, layer in plan.layers.items()},
        "notes": plan.notes,
        "attribution": plan.attribution,
        "provenance": plan.provenance,
    }
    plain: dict[str, Any] = _plain(record)
    return {**plain, "sha256": plan_hash(plain)}


def plan_hash(record: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a record, its own hash and the name made of it left out."""
    own = ("sha256", "plan")
    rest = {key: value for key, value in record.items() if key not in own}
    text = json.dumps(
        rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def plan_id(record: Mapping[str, Any]) -> str:
    """Return a name that can be read out: tactic, day, start of the hash."""
    day = str(record["made_for"]).replace("-", "")
    return f"{record['tactic']}-{day}-{record['sha256'][:8]}"


def write_plan_json(path: Path, record: Mapping[str, Any]) -> None:
    """Write the record of a plan, and the name that it has on the cards."""
    named = {**record, "plan": plan_id(record)}
    text = json.dumps(named, indent=2, ensure_ascii=False, allow_nan=False)
    with writing(path):
        path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _suggestion(each: Suggestion) -> dict[str, Any]:
    fields = {
        item.name: getattr(each, item.name)
        for item in dataclasses.fields(each)
        if item.name not in {"geometry", "details"}
    }
    return {
        **fields,
        "details": [{"heading": a, "text": b} for a, b in each.details],
        "geometry": to_geojson(each.geometry),
        "rationale": [{"heading": a, "text": b} for a, b in each.rationale()],
    }


def _layer(layer: PlanLayer) -> list[dict[str, Any]]:
    return [
        {"properties": row, "geometry": to_geojson(shape)}
        for row, shape in zip(_rows(layer.frame), layer.geometry, strict=True)
    ]


def _rows(table: pl.DataFrame) -> list[dict[str, Any]]:
    return clean_table(table).to_dicts()


def _plain(value: Any) -> Any:
    """Return what JSON can hold; a number that is not finite becomes empty."""
    if isinstance(value, str):
        return clean_text(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [item.name for item in dataclasses.fields(value)]
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(inner) for inner in value]
    if isinstance(value, Path):
        return value.name
    raise OutputError(
        "a plan must hold text, numbers, dates and lists; got a "
        f"{type(value).__name__}. Turn it into text where the plan is made."
    )
