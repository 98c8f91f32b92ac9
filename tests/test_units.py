"""A part of a whole is a fraction from 0 to 1 in every file; people read per cent."""

from __future__ import annotations

import csv
import json
import math
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import polars as pl
import pyogrio
import pytest
from program import run
from suggest_fixture import GIVEN, town

from hotspots.core.table import Column, show

PART = re.compile(r"(^|_)shares?(_|$)|^(stability|persistence|compactness)$")
CHANGES = {"change_percent", "percent", "percent_low", "percent_high"}
"""Changes are in per cent: they may be below 0 and above 1."""
ASKED = {"reserve_percent", "take_up_percent", "percent_on_small_base"}
"""What people set in per cent, and a flag."""
TOWN = "data/simulated_incidents.csv --areas boundaries/simulated_wards.geojson"
TODAY = "--today 2025-07-01"
COMMANDS = {
    "analyse": f"analyse {TOWN} {TODAY}",
    "brief": f"brief {TOWN} --year 2024/25 {TODAY}",
    **{tactic: f"suggest {shlex.join(town(tactic))} {TODAY}" for tactic in GIVEN},
}

Found = Iterator[tuple[str, Any]]


def in_json(value: Any) -> Found:
    """Yield each field and its value, and each column said to be a share."""
    if isinstance(value, list):
        for each in value:
            yield from in_json(each)
    if not isinstance(value, dict):
        return
    for column in value.get("columns", ()) if "rows" in value else ():
        if column["kind"] == "share":
            for row in value["rows"]:
                yield "share_" + column["name"], row[column["name"]]
    for name, held in value.items():
        yield name, held
        yield from in_json(held)


def in_frame(frame: pl.DataFrame) -> Found:
    for name in frame.columns:
        yield from ((name, value) for value in frame[name])


def in_workbook(path: Path) -> Found:
    """Yield each value by the column's own name, as the first sheet lists it."""
    book = openpyxl.load_workbook(path, read_only=True)
    listed = [
        (row[0].value, row[1].value) for row in book["About"].rows if len(row) > 3
    ]
    for sheet in book.worksheets[1:]:
        names = [column for name, column in listed if name == sheet.title]
        for row in list(sheet.values)[1:]:
            yield from zip(names, row, strict=False)


def in_layers(path: Path) -> Found:
    for name, _ in pyogrio.list_layers(path):
        info, _, _, columns = pyogrio.raw.read(path, layer=name, read_geometry=False)
        for field, values in zip(info["fields"], columns, strict=True):
            yield from ((str(field), value) for value in values.tolist())


def in_kml(path: Path) -> Found:
    for each in ElementTree.parse(path).iter():
        if each.get("name"):
            yield each.get("name"), "".join(each.itertext()).strip()


def fields(path: Path) -> Found:
    match path.suffix:
        case ".json" | ".geojson":
            yield from in_json(json.loads(path.read_text("utf-8")))
        case ".csv":
            with path.open(encoding="utf-8-sig", newline="") as lines:
                for row in csv.DictReader(lines):
                    yield from row.items()
        case ".parquet":
            yield from in_frame(pl.read_parquet(path))
        case ".xlsx":
            yield from in_workbook(path)
        case ".gpkg":
            yield from in_layers(path)
        case ".kml":
            yield from in_kml(path)


def number(value: Any) -> float | None:
    if isinstance(value, bool) or value is None or value == "":
        return None
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return None if math.isnan(found) else found


def wrong(folder: Path) -> tuple[set[str], int]:
    """Return what is no fraction, by file and field, and how many fractions are."""
    bad, n = set(), 0
    for path in sorted(folder.rglob("[!.]*")):
        for name, value in fields(path) if path.is_file() else ():
            if "percent" in name and name not in CHANGES | ASKED:
                bad.add(f"{path.name}: {name}")
            held = number(value) if PART.search(name) else None
            if held is not None:
                n += 1
                if not -1e-9 <= held <= 1 + 1e-9:
                    bad.add(f"{path.name}: {name} = {held:g}")
    return bad, n


@pytest.mark.parametrize(
    "name",
    [
        "analyse",
        *(
            pytest.param(name, marks=pytest.mark.slow)
            for name in COMMANDS
            if name != "analyse"
        ),
    ],
)
def test_parts_are_fractions_in_every_file(
    name: str, tmp_path: Path, root: Path
) -> None:
    line = [*shlex.split(COMMANDS[name]), "--out", tmp_path / "out"]
    done = run(*line, at=root)
    assert done.returncode == 0, done.stderr
    bad, n = wrong(tmp_path / "out")
    assert bad == set()
    assert n > 0 or name == "packs"


def test_the_sweep_finds_a_share_in_per_cent(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("key,share,risk_percent\nx,12.9,3\n")
    (tmp_path / "b.json").write_text('{"rows": [{"chronic_share": 40}], "share": 0.4}')
    bad, n = wrong(tmp_path)
    assert n == 3
    assert bad == {
        "a.csv: share = 12.9",
        "a.csv: risk_percent",
        "b.json: chronic_share = 40",
    }


def test_people_read_a_share_in_per_cent() -> None:
    column = Column(name="share", label="Share", kind="share")
    assert [show(v, column) for v in (0.1292, 1.0, 0.0, 0.0004, None)] == [
        "12.9%",
        "100.0%",
        "0.0%",
        "under 0.1%",
        "–",
    ]
