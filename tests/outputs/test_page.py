from __future__ import annotations

import polars as pl
import pytest
import shapely

from hotspots.model.hotspot import Change, Hotspot
from hotspots.outputs.formats.page import (
    PageTable,
    areas_page,
    cells_page,
    hotspots_page,
)

AREAS = pl.DataFrame(
    {
        "kind": ["ward", "ward"],
        "code": ["E1", "E2"],
        "name": ["North", "South"],
        "n_window": [1234, 0],
        "n_now": [600, 0],
        "n_previous": [700, 0],
        "months_compared": [12, 12],
        "change_percent": [-14.29, None],
        "percent_on_small_base": [False, True],
        "p_value": [0.0004, 1.0],
        "word": ["lower", "too few to say"],
        "area_km2": [3.5, 0.25],
    }
)


def column(table: PageTable, heading: str) -> list[str]:
    place = [h.text for h in table.headings].index(heading)
    return [row[place].text for row in table.rows]


def hotspot(**changes: object) -> Hotspot:
    trend = Change(now=60, before=44, months=12, p_value=0.1, z=1.9, word="usual")
    values = {
        "rank": 1,
        "name": "High Street, North",
        "ward": "North",
        "cells": None,
        "polygon": shapely.box(0, 50, 1, 51),
        "n_incidents": 1449,
        "share": 0.0567,
        "area_ha": 6.66,
        "harm": 1392.4,
        "trend": trend,
        "stability": 0.985,
        "persistence": 0.55,
        "below_floor": False,
        "why": "Because.",
    }
    return Hotspot(**{**values, **changes})


def test_hotspots_have_every_column_with_units_and_separators() -> None:
    table = hotspots_page(
        [hotspot(), hotspot(rank=2, persistence=float("nan"), ward="")]
    )
    assert [entry.text for entry in table.rows[0]] == [
        "1",
        "High Street, North",
        "North",
        "1,449",
        "5.7%",
        "6.7",
        "1,392",
        "60",
        "44",
        "usual",
        "55.0%",
        "no",
        "Because.",
    ]
    assert column(table, "So stable and still in the list half a year later")[1] == "–"
    assert column(table, "Ward")[1] == "–"
    assert table.headings[table.row_heading].text == "Place"


def test_headings_say_how_many_months_where_all_rows_agree() -> None:
    assert "Latest 12 months" in [h.text for h in hotspots_page([hotspot()]).headings]
    longer = Change(now=1, before=1, months=3, p_value=1, z=0, word="usual")
    mixed = hotspots_page([hotspot(), hotspot(trend=longer)])
    assert "Latest months" in [h.text for h in mixed.headings]
    nothing = Change(now=0, before=0, months=0, p_value=1, z=0, word="cannot tell")
    assert "Latest months" in [
        h.text for h in hotspots_page([hotspot(trend=nothing)]).headings
    ]


def test_facts_are_the_row_without_its_name() -> None:
    facts = dict(hotspots_page([hotspot()]).facts(0))
    assert facts["Incidents"] == "1,449"
    assert facts["Why here"] == "Because."
    assert "Place" not in facts


def test_a_percentage_stands_beside_both_counts_and_is_faint_on_a_small_base() -> None:
    table = areas_page(AREAS)
    assert column(table, "Latest 12 months") == ["600", "0"]
    assert column(table, "Same 12 months a year before") == ["700", "0"]
    assert column(table, "Change, %") == ["−14.3%", "–"]
    assert column(table, "p value") == ["under 0.001", "1.000"]
    small = AREAS.with_columns(change_percent=pl.lit(10.0))
    place = [h.text for h in table.headings].index("Change, %")
    assert [row[place].faint for row in areas_page(small).rows] == [False, True]


def test_columns_that_are_not_there_are_left_out() -> None:
    table = areas_page(AREAS.select("name", "n_now"))
    assert [h.text for h in table.headings] == ["Area", "Latest months"]


@pytest.mark.parametrize(
    ("most", "caption", "n_rows"),
    [(3, "Cells, the most incidents first", 3), (2, "The 2 cells with the most", 2)],
)
def test_cells_are_largest_first_and_limited(
    most: int, caption: str, n_rows: int
) -> None:
    cells = pl.DataFrame(
        {
            "cell": ["c", "b", "a"],
            "n_incidents": [2, 5, 2],
            "kde_per_km2": [1234.56, 0.0, 0.0],
            "gi_z": [-1.5, 2.0, None],
            "gi_p_adjusted": [0.2, 0.0, None],
            "hotspot_id": [None, 1, None],
            "ward": ["North", "North", ""],
        }
    )
    table = cells_page(cells, most=most)
    assert table.caption.startswith(caption)
    assert len(table.rows) == n_rows
    assert column(table, "Cell (H3)") == ["b", "a", "c"][:n_rows]
    assert column(table, "Gi* z")[0] == "2.00"
