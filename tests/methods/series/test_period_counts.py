"""Periods with and without data, and counts in them: hand answers, a loop."""

from __future__ import annotations

import datetime as dt

import h3
import numpy as np
import polars as pl
import pytest
import toy

from hotspots.core.errors import PrecisionError, TooFewError
from hotspots.core.window import Window
from hotspots.methods.series.period_counts import covered_periods, period_counts
from hotspots.model.cells import Cells
from hotspots.model.incidents import Incidents


def dated(*days: str) -> Incidents:
    rows = toy.rows({toy.A: len(days)})
    start = [dt.datetime.fromisoformat(day) for day in days]
    return Incidents.from_located(rows.with_columns(start=pl.Series(start)))


def starts(windows: tuple[Window, ...]) -> list[str]:
    return [str(window.start) for window in windows]


def test_months_without_data_are_told_apart() -> None:
    found, missing = covered_periods(dated("2025-01-31", "2025-02-01", "2025-05-30"))
    assert starts(found) == ["2025-01-01", "2025-02-01", "2025-05-01"]
    assert starts(missing) == ["2025-03-01", "2025-04-01"]
    assert str(found[1]) == "1 February 2025 to 28 February 2025"


def test_a_month_empty_of_a_category_is_not_missing() -> None:
    covered = [dt.date(2025, k, 9) for k in (1, 2, 3)]
    found, missing = covered_periods(dated("2025-01-05", "2025-03-05"), covered=covered)
    assert (len(found), len(missing)) == (3, 0)


def test_only_whole_months_of_a_window() -> None:
    window = Window.from_text("2025-01-15:2025-03-31")
    found, _ = covered_periods(dated("2025-01-20", "2025-03-05"), window=window)
    assert starts(found) == ["2025-03-01"]


def test_twenty_eight_days_count_back_from_the_end() -> None:
    found, missing = covered_periods(
        dated("2025-01-01", "2025-03-01", "2025-03-29"), period="28 days"
    )
    assert [str(w.end) for w in (*found, *missing)] == [
        "2025-03-02",
        "2025-03-30",
        "2025-02-02",
    ]


def test_counts_equal_a_loop_and_drop_what_lies_outside() -> None:
    incidents = toy.incidents()
    ids = np.array([h3.str_to_int(c) for c in (toy.A, toy.B, toy.C)], dtype=np.uint64)
    cells = Cells.from_ids(ids, resolution=10)
    texts = ("2025-01-02:2025-01-04", "2025-01-08:2025-01-12")
    periods = tuple(Window.from_text(text) for text in texts)
    expected = np.zeros((3, 2))
    for row in toy.rows().iter_rows(named=True):
        cell = h3.str_to_int(h3.latlng_to_cell(row["lat"], row["lon"], 10))
        for at, window in enumerate(periods):
            if window.contains(row["start"].date()) and cell in cells.ids:
                expected[cells.ids.tolist().index(cell), at] += 1
    assert expected.sum() == 8
    np.testing.assert_array_equal(period_counts(incidents, cells, periods), expected)
    assert period_counts(incidents, cells, ()).shape == (3, 0)


def test_refusals() -> None:
    with pytest.raises(TooFewError, match="there is none"):
        covered_periods(toy.incidents().select(pl.lit(False)))
    monthly = Incidents.from_located(toy.rows(), time_precision="month")
    with pytest.raises(PrecisionError, match="periods of 28 days"):
        covered_periods(monthly, period="28 days")
    across = toy.rows({toy.A: 2}).with_columns(
        start=pl.Series([dt.datetime(2022, 6, 1), dt.datetime(2022, 7, 1)])
    )
    snapped = Incidents.from_located(across, time_precision="month", snapped=True)
    with pytest.raises(PrecisionError, match="July 2022"):
        covered_periods(snapped)
    later = Window.from_text("2022-07:2022-07")
    assert len(covered_periods(snapped, window=later)[0]) == 1
