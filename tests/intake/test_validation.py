"""Each fault of a row has its own reason; good rows are kept whatever stands beside."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.intake.raw import conform
from hotspots.intake.validation import REASONS, check_rows

TODAY = dt.date(2025, 7, 1)
GOOD = {
    "x": -0.886,
    "y": 52.765,
    "place_text": "-0.886,52.765",
    "start": dt.datetime(2025, 6, 14, 10),
    "end": dt.datetime(2025, 6, 14, 12),
    "time_text": "14/06/2025 10:00",
    "category": "Burglary",
}
FAULTS = {
    "no coordinates": {"x": None, "y": None, "place_text": ","},
    "not numbers": {"x": None, "y": 52.7, "place_text": "west,52.7"},
    "zero": {"x": 0.0, "y": 0.0, "place_text": "0,0"},
    "swapped": {"x": 52.765, "y": -0.886, "place_text": "52.765,-0.886"},
    "outside": {"x": 12.5, "y": 41.9, "place_text": "12.5,41.9"},
    "no date": {"start": None, "time_text": ""},
    "bad date": {"start": None, "time_text": "31/02/2024"},
    "future": {"start": dt.datetime(2026, 1, 1), "time_text": "2026"},
    "backwards": {"end": dt.datetime(2025, 6, 13), "time_text": "14/06/2025"},
    "no category": {"category": " "},
}


def judge(*changes: dict[str, object], crs: int = 4326) -> tuple[pl.DataFrame, ...]:
    rows = [{"line": k + 2, **GOOD, **change} for k, change in enumerate(changes)]
    frame = conform(pl.DataFrame(rows, infer_schema_length=None))
    file = pl.lit(3, dtype=pl.UInt16)
    return check_rows(frame.with_columns(file=file), crs, TODAY)


@pytest.mark.parametrize("key", FAULTS)
def test_each_fault_has_its_own_reason(key: str) -> None:
    located, rejects = judge({}, FAULTS[key], {})
    assert located["line"].to_list() == [2, 4]
    assert rejects.rows() == [(3, 3, "rejected", REASONS[key], rejects["value"][0])]


def test_nan_is_no_coordinate() -> None:
    _, rejects = judge({"x": float("nan"), "y": float("nan"), "place_text": "NaN,NaN"})
    assert rejects["reason"].to_list() == [REASONS["no coordinates"]]


def test_the_value_shown_is_the_one_at_fault() -> None:
    _, rejects = judge(FAULTS["bad date"], FAULTS["swapped"])
    assert rejects["value"].to_list() == ["31/02/2024", "52.765,-0.886"]


def test_today_is_not_the_future() -> None:
    late = dt.datetime(2025, 7, 1, 23, 30)
    located, _ = judge({"start": late, "end": late})
    assert located.height == 1


def test_an_open_end_is_the_start() -> None:
    located, _ = judge({"end": None})
    assert located["end"].to_list() == [GOOD["start"]]


def test_grid_references_are_located_and_swapped_ones_told() -> None:
    located, rejects = judge(
        {"x": 475300.0, "y": 319300.0},
        {"x": 0.0, "y": 0.0, "place_text": "0,0"},
        {"x": 900000.0, "y": 400000.0, "place_text": "900000,400000"},
        crs=27700,
    )
    assert located["lon"][0] == pytest.approx(-0.885, abs=0.01)
    assert located["lat"][0] == pytest.approx(52.766, abs=0.01)
    assert rejects["reason"].to_list() == [REASONS["zero"], REASONS["swapped grid"]]


@given(st.lists(st.sampled_from([*FAULTS, "good"]), min_size=1, max_size=30))
@settings(max_examples=50, deadline=None)
def test_no_row_is_ever_lost(kinds: list[str]) -> None:
    located, rejects = judge(*({} if k == "good" else FAULTS[k] for k in kinds))
    lines = located["line"].to_list() + rejects["line"].to_list()
    assert sorted(lines) == list(range(2, len(kinds) + 2))
    assert located.height == kinds.count("good")
