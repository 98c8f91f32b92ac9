"""What the rule would have caught, and how long places last: by hand on a few cells."""

from __future__ import annotations

import datetime as dt

import h3
import numpy as np
import pytest
import toy

from hotspots.analysis.backtest import Located, back_test, caught_by_fullest
from hotspots.analysis.finder import Cluster, HotspotRule
from hotspots.analysis.persistence import (
    MEASURED,
    Persistence,
    lasting,
    measure_persistence,
)
from hotspots.core.window import Window
from hotspots.model.cells import Cells
from hotspots.model.exposure import Exposure

YEAR = Window.from_text("2024-01:2024-12")
RULE = HotspotRule(n_hotspots=2, resamples=50)


def located(by_month: list[dict[str, int]]) -> tuple[Located, Exposure]:
    """Incidents of so many in each cell, month by month from January 2023."""
    ids = np.array([int(c, 16) for c in h3.grid_disk(toy.A, 12)], dtype=np.uint64)
    cells = Cells.from_ids(ids, resolution=10)
    days, at = [], []
    for k, counts in enumerate(by_month):
        day = np.datetime64(f"{2023 + k // 12}-{k % 12 + 1:02d}-01")
        for cell, n in counts.items():
            position = cells.index_of(np.array([int(cell, 16)], dtype=np.uint64))[0]
            days += [day] * n
            at += [position] * n
    covered = np.arange(
        np.datetime64("2023-01-01"),
        np.datetime64("2023-01") + np.timedelta64(len(by_month), "M"),
        dtype="datetime64[D]",
    )
    exposure = Exposure(days=(covered,), source_of_file=np.zeros(1, int), by_month=True)
    here = Located(day=np.array(days), cell=np.array(at), cells=cells)
    return here, exposure


def test_the_last_quarter_is_held_back() -> None:
    early = {toy.A: 9, toy.D: 6, toy.C: 1}
    late = {toy.A: 8, toy.C: 7, toy.D: 5}
    data, exposure = located([{}] * 12 + [early] * 9 + [late] * 3)
    found = back_test(data, RULE, YEAR, exposure)
    assert found is not None
    assert found.tested == Window.from_text("2024-10:2024-12")
    assert (found.n_places, found.n_cells, found.n_tested) == (2, 2, 60)
    assert found.captured == found.baseline == 3 * (8 + 5)
    assert found.pai == pytest.approx(39 / 60 / found.share_area)
    assert (
        "held 39 of 60 incidents of 1 October 2024 to 31 December" in found.sentence()
    )


def test_too_little_is_not_tested() -> None:
    data, exposure = located([{}] * 12 + [{toy.A: 9}] * 3)
    quarter = Window.from_text("2024-01:2024-03")
    assert back_test(data, RULE, quarter, exposure) is None
    few, exposure = located([{}] * 12 + [{toy.A: 1}] * 12)
    assert back_test(few, RULE, YEAR, exposure) is None


def test_ties_count_as_their_mean() -> None:
    earlier, later = np.array([5.0, 2, 2, 0]), np.array([1.0, 10, 0, 9])
    assert caught_by_fullest(earlier, later, 2) == 1 + 5
    assert caught_by_fullest(earlier, later, 9) == 11, "no cell that was empty"
    assert caught_by_fullest(np.zeros(4), later, 2) == 0


def cluster(*positions: int) -> Cluster:
    return Cluster(positions=np.array(positions), total=1.0, stability=0.5)


def test_a_place_lasts_if_half_of_its_cells_are_in_the_later_list() -> None:
    found = [cluster(1, 2), cluster(3, 4, 5), cluster(6)]
    assert lasting(found, [cluster(2), cluster(5, 9)]) == [True, False, False]


def test_bands_and_where_they_were_measured() -> None:
    table = Persistence.measured()
    assert table.of(0.999) == pytest.approx(109 / 132)
    assert table.of(0.95) == pytest.approx(45 / 78)
    assert table.of(0.2) == pytest.approx(5 / 30)
    assert np.isnan(table.of(float("nan")))
    assert "Leicestershire" in table.source
    assert [n for n, _ in MEASURED] == list(table.n)


def test_a_district_with_enough_past_is_its_own_measure() -> None:
    lone = sorted(h3.grid_ring(toy.A, 10))[::6][:10]
    steady = {cell: 20 + 5 * k for k, cell in enumerate(lone)}
    data, exposure = located([steady] * 48)
    rule = HotspotRule(resamples=20)
    window = Window(start=dt.date(2023, 1, 1), end=dt.date(2027, 1, 1))
    found = measure_persistence(data, rule, window, exposure)
    assert found.source.startswith("measured here")
    assert found.of(1.0) == 1.0
    short = Window(start=dt.date(2025, 9, 1), end=window.end)
    assert measure_persistence(data, rule, short, exposure) == Persistence.measured()
