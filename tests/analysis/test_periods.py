"""Months that are there, months that are missing, and what may be compared."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
import toy

from hotspots.analysis.periods import Comparison, choose_window
from hotspots.core.errors import ParameterError, PrecisionError
from hotspots.core.window import Window
from hotspots.model.incidents import Incidents


def monthly(months: list[str], *, snapped: bool = True) -> Incidents:
    start = [dt.datetime.strptime(m, "%Y-%m") for m in months]
    lon, lat = toy.centre(toy.A)
    rows = pl.DataFrame(
        {
            "lon": [lon] * len(months),
            "lat": [lat] * len(months),
            "start": start,
            "category": ["Burglary"] * len(months),
        }
    )
    return Incidents.from_located(rows, time_precision="month", snapped=snapped)


def run_of(first: str, n: int) -> list[str]:
    year, month = map(int, first.split("-"))
    count = [year * 12 + month - 1 + k for k in range(n)]
    return [f"{c // 12}-{c % 12 + 1:02}" for c in count]


def test_the_default_window_is_the_last_24_months() -> None:
    window, notes = choose_window(monthly(run_of("2022-08", 35)), text=None, months=24)
    assert str(window) == "1 July 2023 to 30 June 2025"
    assert "last 24 months" in notes[0]


def test_the_default_window_never_mixes_snap_points() -> None:
    window, notes = choose_window(monthly(run_of("2021-01", 30)), text=None, months=24)
    assert window.start == dt.date(2022, 7, 1)
    assert any("July 2022" in note for note in notes)


def test_a_window_across_the_change_is_refused() -> None:
    files = monthly(run_of("2021-01", 30))
    with pytest.raises(PrecisionError, match="July 2022"):
        choose_window(files, text="2022-01:2022-12", months=24)
    with pytest.raises(PrecisionError, match="July 2022"):
        choose_window(files, text="all", months=24)
    window, _ = choose_window(files, text="2021-01:2022-06", months=24)
    assert window.end == dt.date(2022, 7, 1)


def test_a_window_outside_the_files_is_refused() -> None:
    with pytest.raises(ParameterError, match="must overlap"):
        choose_window(monthly(["2024-01"]), text="2019-01:2019-02", months=24)


def test_missing_months_are_not_compared_with_their_neighbours() -> None:
    files = monthly([*run_of("2024-01", 4), *run_of("2025-01", 6)])
    window = Window.from_text("2023-07:2025-06")
    comparison = Comparison.of_last_year(files, window, same_places=True)
    assert comparison.months == 4
    assert comparison.now[0].start == dt.date(2025, 1, 1)
    assert comparison.before[-1].end == dt.date(2024, 5, 1)


def test_sides_of_the_comparison() -> None:
    files = monthly([*run_of("2024-01", 4), *run_of("2025-01", 6)])
    window = Window.from_text("2023-07:2025-06")
    comparison = Comparison.of_last_year(files, window, same_places=True)
    side = files.frame.select(s=comparison.side(pl.col("start")))["s"].to_list()
    assert side == [0, 0, 0, 0, 1, 1, 1, 1, None, None]


def test_exact_places_are_not_compared_across_the_change_but_areas_are() -> None:
    files = monthly(run_of("2021-09", 22))
    window = Window.from_text("2021-07:2023-06")
    places = Comparison.of_last_year(files, window, same_places=True)
    areas = Comparison.of_last_year(files, window, same_places=False)
    assert places.months == 0
    assert "nothing is compared" in places.sentence()
    assert areas.months == 10


def test_daily_files_step_by_whole_months_back_from_the_last_day() -> None:
    rows = toy.rows({toy.A: 760}).with_columns(
        pl.Series("start", [dt.datetime(2023, 5, 17) + dt.timedelta(days=k)
                            for k in range(760)])
    )  # fmt: skip
    files = Incidents.from_located(rows)
    window, _ = choose_window(files, text=None, months=24)
    assert window.end == dt.date(2025, 6, 15)
    comparison = Comparison.of_last_year(files, window, same_places=True)
    assert comparison.months == 12
    assert comparison.now[-1].start == dt.date(2025, 5, 15)


def test_a_window_by_days_is_refused_where_the_month_is_the_finest_time() -> None:
    files = monthly(["2025-05", "2025-06"])
    with pytest.raises(PrecisionError, match="only the month"):
        choose_window(files, text="2025-06-02:2025-06-08", months=24)
    window, _ = choose_window(files, text="2025-06-01:2025-06-30", months=24)
    assert window.days == 30


def test_months_before_the_window_are_never_the_other_side() -> None:
    """Only incidents of the window are counted: a shorter one compares nothing."""
    files = monthly(run_of("2023-07", 24))
    full = Window.from_text("2023-07:2025-06")
    assert Comparison.of_last_year(files, full, same_places=True).months == 12
    for text in ("2025-01:2025-06", "2024-07:2025-06"):
        short = Window.from_text(text)
        found = Comparison.of_last_year(files, short, same_places=False)
        assert found.months == 0
        assert "nothing is compared" in found.sentence()
    part = Window.from_text("2024-01:2025-06")
    assert Comparison.of_last_year(files, part, same_places=True).months == 6
