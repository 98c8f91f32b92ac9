"""Write the folder of a plan: maps, lists, cards and the record, all of it or nothing.

Every file carries the marking and says whether the data are simulated. Where any of it
is OFFICIAL-SENSITIVE, every file's name says so too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from hotspots.core.errors import OutputError
from hotspots.core.folders import atomic_folder
from hotspots.outputs.formats import (
    write_csv,
    write_geojson,
    write_geopackage,
    write_gpx,
    write_kml,
)
from hotspots.outputs.formats.plan_layers import (
    by_dimension,
    extra_layers,
    joined,
    stamped,
    suggestion_layer,
)
from hotspots.outputs.formats.plan_record import plan_id, plan_record, write_plan_json
from hotspots.outputs.printing.background import Background
from hotspots.outputs.printing.cards import Cards, check_url
from hotspots.tactics.plan import Plan
from hotspots.tactics.suggestion import MARKINGS

SENSITIVE_PREFIX = "official-sensitive_"
NAME = re.compile(r"[a-z0-9][a-z0-9_]*")
OURS = re.compile(
    rf"({SENSITIVE_PREFIX})?(suggestions\.(geojson|gpkg|kml|gpx)|plan\.json"
    rf"|cards\.pdf|card_\d{{2,}}\.pdf)|tables/({SENSITIVE_PREFIX})?[a-z0-9_]+\.csv"
)


def write_plan(
    plan: Plan,
    out: Path,
    *,
    url: str | None = None,
    background: Background | None = None,
) -> tuple[Path, ...]:
    """Write every file of a plan into ``out``."""
    check_url(url)
    _check_names(plan)
    record = plan_record(plan)
    cards = Cards(
        plan=plan, record=record, background=background or Background(), url=url
    )
    prefix = SENSITIVE_PREFIX if plan.marking == MARKINGS[1] else ""
    with atomic_folder(out, is_output=lambda name: bool(OURS.fullmatch(name))) as made:
        written = [
            *_write_maps(plan, record, made, prefix),
            *_write_tables(plan, made, prefix),
        ]
        path = made / f"{prefix}plan.json"
        write_plan_json(path, record)
        written += [path, *_write_cards(cards, made, prefix)]
    return tuple(out / path.relative_to(made) for path in written)


def _write_maps(
    plan: Plan, record: Mapping[str, Any], folder: Path, prefix: str
) -> list[Path]:
    own, extra = suggestion_layer(plan), extra_layers(plan)
    text = f"{own.description} Plan {plan_id(record)}."
    paths = [
        folder / f"{prefix}suggestions.{ending}"
        for ending in ("geojson", "gpkg", "kml", "gpx")
    ]
    write_geojson(paths[0], own.frame, own.geometry, name=own.name, description=text)
    parts = [
        (each, k)
        for k, whole in enumerate((own, *extra))
        for each in by_dimension(whole)
    ]
    write_geopackage(
        paths[1], [each for each, _ in parts], symbols=[k for _, k in parts]
    )
    write_kml(
        paths[2],
        own.frame,
        own.geometry,
        name=own.name,
        description=text,
        more=extra,
    )
    every = joined(own, *extra)
    write_gpx(paths[3], every.frame, every.geometry, name=own.name, description=text)
    return paths


def _write_tables(plan: Plan, folder: Path, prefix: str) -> list[Path]:
    (folder / "tables").mkdir()
    rows = [each.to_row() for each in plan.suggestions]
    lines = [
        {"rank": each.rank, "name": each.name, "line": heading, "text": text}
        for each in plan.suggestions
        for heading, text in each.rationale()
    ]
    tables = {
        "suggestions": pl.DataFrame(rows, infer_schema_length=None),
        "reasons": pl.DataFrame(lines),
        **plan.tables,
    }
    paths = []
    for name, table in tables.items():
        path = folder / "tables" / f"{prefix}{name}.csv"
        write_csv(path, stamped(plan, table))
        paths.append(path)
    return paths


def _write_cards(cards: Cards, folder: Path, prefix: str) -> list[Path]:
    pages = [cards.all_pages()]
    n = len(cards.plan.suggestions)
    pages += [cards.one(k) for k in range(n)] if n > 1 else pages
    paths = [folder / f"{prefix}cards.pdf"]
    paths += [folder / f"{prefix}card_{k:02d}.pdf" for k in range(1, n + 1)]
    for path, made in zip(paths, pages, strict=True):
        path.write_bytes(made)
    return paths


def _check_names(plan: Plan) -> None:
    for what, names in (("table", plan.tables), ("layer", plan.layers)):
        for name in names:
            if not NAME.fullmatch(name) or name in {"suggestions", "reasons"}:
                raise OutputError(
                    f"a {what} of a plan must be called by small letters, digits and "
                    "'_', and not 'suggestions' or 'reasons'; got "
                    f"{name!r}. Rename it where the plan is made."
                )
