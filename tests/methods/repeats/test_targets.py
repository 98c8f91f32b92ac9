"""Which incidents share a target: hand answers, relations, refusals."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.crs import bng_to_lonlat
from hotspots.core.errors import ParameterError, PrecisionError
from hotspots.methods.repeats.targets import match_targets
from hotspots.model.incidents import Incidents

FLAT_4 = "Flat 4, 18 Worsted Way, Town ZZ1 5GN"
FLAT_5 = "Flat 5, 18 Worsted Way, Town ZZ1 5GN"
BLOCK = "18 Worsted Way, Town ZZ1 5GN"
HOUSE = "20 Worsted Way, Town ZZ1 5GN"
Row = tuple[str | None, str | None, float, float]


def incidents(rows: list[Row], *, snapped: bool = False) -> Incidents:
    """Each row: premises, address, metres east and north of a corner."""
    x = np.array([475_000.0 + row[2] for row in rows])
    y = np.array([319_000.0 + row[3] for row in rows])
    lon, lat = bng_to_lonlat(x, y)
    frame = pl.DataFrame(
        {
            "premises": pl.Series([row[0] for row in rows], dtype=pl.String),
            "address": pl.Series([row[1] for row in rows], dtype=pl.String),
            "lon": lon,
            "lat": lat,
            "start": [dt.datetime(2025, 1, 1)] * len(rows),
            "category": ["Burglary"] * len(rows),
        }
    )
    return Incidents.from_located(frame, snapped=snapped)


def groups(rows: list[Row], tolerance_m: float = 10.0) -> list[int]:
    return match_targets(incidents(rows), tolerance_m=tolerance_m).of.tolist()


def test_the_premises_number_decides() -> None:
    rows = [("77", None, 0, 0), ("077", HOUSE, 500, 0), ("78", HOUSE, 0, 0)]
    assert groups(rows) == [0, 0, 1]


def test_an_address_finds_the_premises_number_it_has_elsewhere() -> None:
    rows = [("77", HOUSE, 0, 0), (None, "20 WORSTED WAY ZZ15GN", 90, 0)]
    targets = match_targets(incidents(rows))
    assert targets.of.tolist() == [0, 0]
    assert targets.n_by_way == {
        "premises number": 1,
        "address and postcode": 1,
        "distance": 0,
        "kept apart": 0,
    }


def test_flats_are_matched_by_their_number_only() -> None:
    rows = [
        (None, FLAT_4, 0, 0),
        (None, FLAT_5, 0, 0),
        (None, FLAT_4.upper(), 3, 0),
        (None, BLOCK, 0, 0),
        (None, BLOCK, 0, 0),
        (None, None, 0, 0),
        (None, "Flat above, 18 Worsted Way, Town ZZ1 5GN", 0, 0),
    ]
    targets = match_targets(incidents(rows))
    assert targets.of.tolist() == [0, 1, 0, 2, 3, 4, 5]
    assert targets.n_by_way["kept apart"] == 4
    assert "4 on points shared by flats" in targets.sentence()


def test_one_address_with_several_premises_is_a_block() -> None:
    rows = [("1", BLOCK, 0, 0), ("2", BLOCK, 0, 0), (None, BLOCK, 0, 0)]
    assert groups([*rows, (None, BLOCK, 0, 0)]) == [0, 1, 2, 3]


def test_points_within_ten_metres_join_the_nearest() -> None:
    rows = [("1", None, 0, 0), ("2", None, 15, 0), (None, None, 9, 0)]
    assert groups(rows) == [0, 1, 1]
    assert groups([*rows, (None, None, 40, 0)]) == [0, 1, 1, 2]
    assert groups(rows, tolerance_m=1) == [0, 1, 2]


def test_a_point_that_several_targets_share_is_kept_apart() -> None:
    shared = [("1", None, 0, 0), ("2", None, 0, 0)]
    assert groups([*shared, (None, None, 0, 0), (None, None, 0, 0)]) == [0, 1, 2, 3]


def test_a_different_number_is_a_different_house() -> None:
    rows = [(None, HOUSE, 0, 0), (None, "22 Worsted Way", 5, 0)]
    assert groups(rows) == [0, 1]
    assert groups([rows[0], (None, "20 Worsted Way", 5, 0)]) == [0, 0]
    assert groups([rows[0], (None, "20 Mill Lane", 5, 0)]) == [0, 1]


def test_a_terrace_of_points_does_not_grow_into_one() -> None:
    row: list[Row] = [(None, None, 8.0 * k, 0) for k in range(12)]
    targets = match_targets(incidents(row))
    spread = [np.ptp(np.flatnonzero(targets.of == k)) for k in range(len(targets))]
    assert max(spread) <= 2
    assert len(targets) >= 4


def test_refusals() -> None:
    with pytest.raises(PrecisionError, match="needs true locations"):
        match_targets(incidents([("1", None, 0, 0)], snapped=True))
    for bad in (-1.0, float("nan")):
        with pytest.raises(ParameterError, match="0 or more metres"):
            match_targets(incidents([("1", None, 0, 0)]), tolerance_m=bad)


def test_none_at_all() -> None:
    none = incidents([("1", None, 0, 0)]).select(pl.lit(False))
    assert len(match_targets(none)) == 0


some_row = st.tuples(
    st.sampled_from([None, None, "1", "2"]),
    st.sampled_from([None, None, FLAT_4, FLAT_5, BLOCK, HOUSE, "20 Worsted Way"]),
    st.integers(0, 3).map(lambda k: k * 7.0),
    st.just(0.0),
)


@given(st.lists(some_row, min_size=2, max_size=9), st.randoms())
@settings(max_examples=60, deadline=None)
def test_the_order_of_the_rows_changes_nothing(rows: list[Row], random) -> None:
    order = list(range(len(rows)))
    random.shuffle(order)
    before = np.array(groups(rows))[order]
    after = np.array(groups([rows[k] for k in order]))
    together = before[:, None] == before[None, :]
    np.testing.assert_array_equal(together, after[:, None] == after[None, :])


@given(st.lists(some_row, min_size=1, max_size=9))
@settings(max_examples=40, deadline=None)
def test_two_premises_numbers_never_meet(rows: list[Row]) -> None:
    of = np.array(groups(rows))
    for number in ("1", "2"):
        mine = {of[k] for k, row in enumerate(rows) if row[0] == number}
        assert len(mine) <= 1
    by_number = {row[0]: of[k] for k, row in enumerate(rows) if row[0]}
    assert len(set(by_number.values())) == len(by_number)
