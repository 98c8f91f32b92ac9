"""The names that forces give to burglary of a home, as category or sub category."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from hotspots.brief.indicators import headline
from hotspots.model.incidents import Incidents


def build(rows: list[tuple[str, str | None]]) -> Incidents:
    return Incidents.from_located(
        pl.DataFrame(
            {
                "lon": [-0.9] * len(rows),
                "lat": [52.75] * len(rows),
                "start": [dt.datetime(2025, 6, 1)] * len(rows),
                "category": [category for category, _ in rows],
                "subcategory": [finer for _, finer in rows],
                "line": list(range(2, len(rows) + 2)),
            },
            schema_overrides={"subcategory": pl.String},
        )
    )


@pytest.mark.parametrize(
    "rows",
    [
        [("Burglary", "Residential"), ("Burglary", "Business and community")],
        [("Burglary", "Dwelling"), ("Burglary", "Other than dwelling")],
        [("Residential burglary", None), ("Business and community burglary", None)],
        [("Burglary - residential", None), ("Burglary - business and community", None)],
    ],
)
def test_a_home_is_told_from_another_building(
    rows: list[tuple[str, str | None]],
) -> None:
    incidents = build([*rows, ("Vehicle crime", None)])
    homes = headline("burglary_dwelling").counts(incidents)
    others = headline("burglary_other").counts(incidents)
    assert homes is not None
    assert others is not None
    assert homes.tolist() == [True, False, False]
    assert others.tolist() == [False, True, False]


def test_where_nothing_tells_them_apart_it_is_not_measured() -> None:
    incidents = build([("Burglary", None), ("Vehicle crime", None)])
    assert headline("burglary_dwelling").counts(incidents) is None
