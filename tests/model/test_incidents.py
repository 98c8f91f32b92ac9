"""Incidents cannot exist in a bad state."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
import toy
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.errors import ColumnError, PrecisionError, SourceError
from hotspots.model.incidents import Incidents


def test_places_are_kept_once() -> None:
    incidents = toy.incidents()
    assert incidents.n == len(incidents) == 22
    assert incidents.places.height == 4
    assert sorted(incidents.place_counts()) == [3, 4, 6, 9]
    assert incidents.xy_m.shape == (22, 2)


@given(st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_the_order_of_rows_changes_nothing(random) -> None:
    rows = toy.rows()
    order = list(range(rows.height))
    random.shuffle(order)
    shuffled = Incidents.from_located(rows[order])
    assert shuffled.places.equals(toy.incidents().places)
    assert shuffled.place_counts().tolist() == toy.incidents().place_counts().tolist()


def test_selection_keeps_the_places() -> None:
    few = toy.incidents().select(pl.col("line") <= 4)
    assert few.n == 3
    assert few.places.height == 4
    assert few.place_counts().sum() == 3


def test_coordinates_are_national_grid_metres() -> None:
    # Central Manchester, read off a National Grid map to the kilometre.
    rows = pl.DataFrame(
        {
            "lon": [-2.154586144],
            "lat": [53.48006],
            "start": [dt.datetime(2025, 1, 1)],
            "category": ["Burglary"],
        }
    )
    place = Incidents.from_located(rows).place_xy_m[0]
    assert np.abs(place - (389_839, 398_000)).max() < 1_500


@pytest.mark.parametrize("column", ["lon", "lat", "start", "category"])
def test_a_missing_column_is_named(column: str) -> None:
    with pytest.raises(ColumnError, match=column):
        Incidents.from_located(toy.rows().drop(column))


def test_a_row_without_a_time_or_a_place_is_refused() -> None:
    rows = toy.rows().with_columns(start=pl.lit(None, dtype=pl.Datetime("us")))
    with pytest.raises(SourceError, match="must have a start; 22 of 22"):
        Incidents.from_located(rows)
    incidents = toy.incidents()
    frame = incidents.frame.with_columns(place=pl.lit(9, dtype=pl.UInt32))
    with pytest.raises(SourceError, match="one of the 4 places"):
        Incidents(frame=frame, places=incidents.places)


def test_comparison_across_the_change_of_snap_points_is_refused() -> None:
    snapped = Incidents.from_located(toy.rows(), snapped=True)
    with pytest.raises(PrecisionError, match="July 2022"):
        snapped.check_same_snap_points(dt.date(2022, 1, 1), dt.date(2023, 1, 1))
    snapped.check_same_snap_points(dt.date(2022, 7, 1), dt.date(2023, 1, 1))
    toy.incidents().check_same_snap_points(dt.date(2022, 1, 1), dt.date(2023, 1, 1))
    with pytest.raises(PrecisionError, match="true locations"):
        snapped.check_moments("Near-repeat analysis")
    toy.incidents().check_moments("Near-repeat analysis")
