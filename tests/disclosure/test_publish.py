"""Each audience's version of a table, its marking, and what a place may be called."""

from __future__ import annotations

import datetime as dt

import h3
import polars as pl
import pytest

from hotspots.core.errors import ParameterError, PrecisionError
from hotspots.disclosure import (
    MARKING,
    Policy,
    coarsen_cells,
    marking_of,
    merge_small_areas,
    publish,
)

FINE = h3.latlng_to_cell(52.766, -0.887, 10)


def table() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "ward": ["B", "A"],
            "UPRN": [10, 20],
            "lon": [-0.88, -0.89],
            "now": [3, 40],
            "note": ["by the gate", None],
        }
    )


def test_operational_sees_all_and_is_marked_for_its_addresses() -> None:
    seen = publish(table(), audience="operational", counts=["now"], keys=["ward"])
    assert seen.frame.equals(table())
    assert seen.marking == "OFFICIAL-SENSITIVE"
    plain = table().drop("UPRN", "lon")
    assert marking_of(plain, "operational") == "OFFICIAL"
    empty = plain.with_columns(uprn=pl.lit(None))
    assert marking_of(empty, "operational") == "OFFICIAL"


def test_partners_see_counts_but_no_address_or_point() -> None:
    seen = publish(table(), audience="partner", counts=["now"], keys=["ward"])
    assert seen.frame.columns == ["ward", "now", "note"]
    assert seen.dropped == ("UPRN", "lon")
    assert seen.marking == MARKING["partner"]


def test_the_public_sees_named_columns_only_under_control() -> None:
    seen = publish(
        table(), audience="public", counts=["now"], keys=["ward"], keep=["lon"]
    )
    assert seen.frame.to_dict(as_series=False) == {
        "ward": ["A", "B"],
        "now": [40, None],
    }
    assert set(seen.dropped) == {"UPRN", "lon", "note"}
    assert seen.suppressed_cells == 1
    assert "rounded to the nearest 5" in seen.notes[0]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("week", ["2025-W24", "2025-W25"]),
        ("period", ["2025-06-14", "2025-06-15"]),
        ("month", [dt.date(2025, 6, 1), dt.date(2025, 6, 2)]),
        ("hour", [3, 4]),
        ("at", [dt.datetime(2025, 6, 1), dt.datetime(2025, 7, 1)]),
    ],
)
def test_the_public_sees_no_time_finer_than_a_month(
    name: str, values: list[object]
) -> None:
    frame = pl.DataFrame({name: values, "n": [10, 20]})
    with pytest.raises(PrecisionError, match="whole month"):
        publish(frame, audience="public", counts=["n"], keys=[name])


def test_months_pass_and_a_policy_can_ask_for_quarters() -> None:
    frame = pl.DataFrame({"month": ["2025-05", "2025-06"], "n": [10, 20]})
    publish(frame, audience="public", counts=["n"], keys=["month"])
    with pytest.raises(PrecisionError, match="whole quarter"):
        publish(
            frame,
            audience="public",
            counts=["n"],
            keys=["month"],
            policy=Policy(finest_time="quarter"),
        )


def test_public_places_are_areas_and_no_small_cell() -> None:
    with pytest.raises(ParameterError, match="one address or point"):
        publish(table(), audience="public", counts=["now"], keys=["UPRN"])
    cells = pl.DataFrame({"cell": [FINE], "n": [12]})
    with pytest.raises(ParameterError, match="resolution 9 or coarser"):
        publish(cells, audience="public", counts=["n"], keys=["cell"])
    coarse = cells.with_columns(coarsen_cells(cells["cell"]))
    assert coarse["cell"].to_list() == [h3.cell_to_parent(FINE, 9)]
    with pytest.raises(ParameterError, match="at least 8 addresses"):
        publish(coarse, audience="public", counts=["n"], keys=["cell"])
    for homes, expected in ((8, 10), (7, None)):
        seen = publish(
            coarse.with_columns(homes=pl.lit(homes)),
            audience="public",
            counts=["n"],
            keys=["cell"],
            addresses="homes",
        )
        assert seen.frame["n"].to_list() == [expected]
        assert "Areas have at least 8 addresses." in seen.notes[0]
    with pytest.raises(ParameterError, match="H3 index"):
        coarsen_cells(pl.Series(["High Street"]))


def test_small_areas_join_a_neighbour_by_addresses_alone() -> None:
    chain = [[1], [0, 2], [1, 3], [2]]
    assert merge_small_areas([3, 3, 3, 30], chain).tolist() == [0, 0, 0, 3]
    assert merge_small_areas([9, 8], [[1], [0]]).tolist() == [0, 1]
    assert merge_small_areas([2, 3], [[1], [0]]).tolist() == [-1, -1]
    with pytest.raises(ParameterError, match="neighbours"):
        merge_small_areas([2], [])


def test_an_operational_table_has_the_same_derived_columns() -> None:
    frame = pl.DataFrame({"ward": ["A"], "n": [12]})
    for audience, expected in (("operational", 24), ("partner", 24), ("public", 20)):
        seen = publish(
            frame,
            audience=audience,
            counts=["n"],
            keys=["ward"],
            derived={"double": pl.col("n") * 2},
        )
        assert seen.frame["double"].to_list() == [expected]
