"""A small dataset for briefs: fourteen spans of 28 days whose counts are given."""

from __future__ import annotations

import calendar
import datetime as dt
import re

import polars as pl
import shapely

from hotspots.analysis.dataset import Dataset
from hotspots.brief.content import Brief
from hotspots.core.table import show
from hotspots.intake.rejects import empty_rejects
from hotspots.model.areas import Areas
from hotspots.model.incidents import Incidents
from hotspots.sources import Reading

END = dt.date(2025, 6, 16)
"""The day after the Sunday of 2025-W24."""
WEST = (-0.90, 52.76)
EAST = (-0.85, 52.76)

BURGLARY = (8, 6, 10, 7, 9, 8, 8, 6, 10, 8, 9, 7, 8, 9)
"""Dwelling burglaries, the earliest span first, the one asked about last."""
DISORDER = (10,) * 13 + (30,)


def located(
    counts: tuple[int, ...], category: str, subcategory: str, qualifiers: str = ""
) -> pl.DataFrame:
    """Return incidents at noon, spread over the 28 days of each span."""
    rows = []
    for span, n in enumerate(counts):
        start = END - dt.timedelta(days=28 * (len(counts) - span))
        for k in range(n):
            day = start + dt.timedelta(days=28 * k // n)
            at = WEST if k % 3 else EAST
            rows.append(
                {
                    "lon": at[0],
                    "lat": at[1],
                    "start": dt.datetime.combine(day, dt.time(12)),
                    "category": category,
                    "subcategory": subcategory,
                    "qualifiers": qualifiers,
                    "street": "Tannery Lane",
                    "source_flag": "public report",
                    "file": 0,
                    "line": 2,
                }
            )
    return pl.DataFrame(rows)


def dataset(*parts: pl.DataFrame) -> Dataset:
    """Return a dataset of two wards and a priority neighbourhood in the west one."""
    frame = pl.concat(parts or standard())
    incidents = Incidents.from_located(frame)
    wards = Areas.from_polygons(
        [shapely.box(-0.95, 52.7, -0.875, 52.8), shapely.box(-0.875, 52.7, -0.8, 52.8)],
        codes=["W", "E"],
        names=["West", "East"],
        kind="ward",
    )
    estate = Areas.from_polygons(
        [shapely.box(-0.91, 52.75, -0.89, 52.77)],
        codes=["P"],
        names=["The Estate"],
        kind="priority neighbourhood",
    )
    reading = Reading(
        incidents=incidents,
        rejects=empty_rejects(),
        rows_read=incidents.n,
        inputs=(("toy.csv", "0" * 64),),
    )
    return Dataset(reading=reading, areas=wards.join(estate))


def standard() -> tuple[pl.DataFrame, ...]:
    """Return burglary and disorder of the counts above."""
    return (
        located(BURGLARY, "Burglary", "Residential"),
        located(DISORDER, "Anti-social behaviour", "Nuisance", "alcohol"),
    )


MONTHS = list(calendar.month_name)[1:]
DATES = re.compile(
    rf"\d{{1,2}} ({'|'.join(MONTHS)}) \d{{4}}|({'|'.join(MONTHS)}) \d{{4}}|"
    r"28 days|the last \d+ months?|\d+ months? of data|"
    r"calendar year \d{4}|financial year \d{4}/\d{2}"
)


def check_statements(brief: Brief) -> None:
    """Find every figure of the bottom line in its row, and no other number there."""
    for said in brief.bottom_line:
        table = brief.table(said.table_id)
        row = table.row(said.row_key)
        rest = DATES.sub("", said.text)
        for figure in said.figures:
            column = table.column(figure.column)
            assert row[figure.column] == figure.value
            assert show(figure.value, column) == figure.shown
            assert figure.shown in rest
            rest = rest.replace(figure.shown, "", 1)
        assert not re.search(r"\d", rest), said.text
