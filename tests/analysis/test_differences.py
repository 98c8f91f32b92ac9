"""Cells of two periods: the test, its error rate, and what is counted."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import h3
import numpy as np
import pytest
import shapely
from scipy.stats import binomtest

from hotspots.analysis.differences import (
    CANNOT_TELL,
    FEWER,
    MORE,
    compare_cells,
    compare_with_area,
    split_p,
)
from hotspots.core.errors import ParameterError
from hotspots.core.pvalues import adjust_p
from hotspots.core.window import Window
from hotspots.workflow import Dataset, Parameters, analyse, load


@pytest.fixture(scope="module")
def town(root: Path) -> Dataset:
    wards = root / "boundaries" / "simulated_wards.geojson"
    return load([root / "data" / "simulated_incidents.csv"], areas=[wards])


def test_split_is_the_binomial_test_at_equal_exposure_and_dispersion_one() -> None:
    now, before = np.array([12, 3, 30, 0]), np.array([2, 3, 10, 6])
    found = split_p(now, before, share=0.5, dispersion=1.0)
    wanted = [
        binomtest(int(a), int(a + b)).pvalue for a, b in zip(now, before, strict=True)
    ]
    assert found == pytest.approx(wanted)


def test_clustered_counts_need_a_larger_difference() -> None:
    now, before = np.array([60]), np.array([30])
    plain, clustered = (
        split_p(now, before, share=0.5, dispersion=phi)[0] for phi in (1.0, 2.0)
    )
    assert plain < 0.005 < clustered


@pytest.mark.parametrize("dispersion", [1.0, 2.0])
@pytest.mark.parametrize("share", [0.5, 0.25])
def test_a_map_of_nothing_says_so(dispersion: float, share: float) -> None:
    """At most one map in twenty names any cell where nothing has changed."""
    rng = np.random.default_rng(20_250_614)
    mean = rng.gamma(0.6, 12.0, 400)
    wrong = 0
    for _ in range(200):
        now, before = (
            _counts(rng, mean * 2 * part, dispersion) for part in (share, 1 - share)
        )
        p = adjust_p(split_p(now, before, share=share, dispersion=dispersion))
        wrong += bool((p <= 0.05).any())
    assert wrong <= 0.05 * 200


def _counts(
    rng: np.random.Generator, mean: np.ndarray, dispersion: float
) -> np.ndarray:
    if dispersion == 1:
        return rng.poisson(mean)
    size = mean / (dispersion - 1)
    return rng.negative_binomial(np.maximum(size, 1e-9), 1 / dispersion)


def test_cells_of_two_years(town: Dataset) -> None:
    analysis = analyse(town, Parameters())
    found = compare_cells(analysis)
    comparison = analysis.comparison
    start = analysis.incidents.frame["start"].dt.date()
    for name, windows in (("n_now", comparison.now), ("n_before", comparison.before)):
        counted = sum(
            int(((start >= one.start) & (start < one.end)).sum()) for one in windows
        )
        assert found.table[name].sum() == counted
    assert set(found.table["word"]) <= {MORE, FEWER, CANNOT_TELL}
    assert found.resolution == analysis.cells.resolution - 1
    assert "chance gives" in found.sentence


def test_a_chosen_period_is_counted_outside_the_window_by_the_same_rules(
    town: Dataset,
) -> None:
    later = analyse(town, Parameters(window="2025-01:2025-06"))
    found = compare_cells(
        later, Window(start=dt.date(2024, 7, 1), end=dt.date(2025, 1, 1))
    )
    earlier = analyse(town, replace(Parameters(), window="2024-07:2024-12"))
    assert found.table["n_before"].sum() == earlier.incidents.n
    assert found.table["n_now"].sum() == later.incidents.n


def test_a_rise_in_one_place_is_seen(town: Dataset) -> None:
    later = analyse(town, Parameters(window="2025-01:2025-06"))
    before = Window(start=dt.date(2024, 7, 1), end=dt.date(2025, 1, 1))
    quiet = compare_cells(later, before)
    cell = quiet.table.sort("n_now", descending=True)["cell"][0]
    again = later.incidents.frame.filter(
        np.array([_cell(later, p) == cell for p in later.incidents.frame["place"]])
    )
    many = replace(
        later.incidents, frame=later.incidents.frame.vstack(again).vstack(again)
    )
    loud = compare_cells(replace(later, incidents=many), before)
    assert loud.table.filter(word=MORE)["cell"].to_list().count(cell) == 1


def _cell(analysis, place: int) -> str:
    ids = analysis.dataset.cells_of_places(analysis.cells.resolution - 1)
    return f"{ids[place]:x}"


def test_periods_must_not_overlap_and_must_be_there(town: Dataset) -> None:
    analysis = analyse(town, Parameters(window="2025-01:2025-06"))
    with pytest.raises(ParameterError, match="must end before"):
        compare_cells(
            analysis, Window(start=dt.date(2024, 7, 1), end=dt.date(2025, 2, 1))
        )
    with pytest.raises(ParameterError, match="hold"):
        compare_cells(
            analysis, Window(start=dt.date(1990, 1, 1), end=dt.date(1990, 2, 1))
        )


def test_cells_beside_another_area(town: Dataset) -> None:
    """Each cell is set beside the mean of as much ground there, by its own area."""
    analysis = analyse(town, Parameters())
    row = int(np.argmax(town.areas.area_km2))
    found = compare_with_area(analysis, town.areas.frame["code"][row])
    within = shapely.intersects_xy(
        town.areas.geometry[row],
        *town.incidents.places.select("lon", "lat").to_numpy().T,
    )
    n_there = int(within[analysis.incidents.frame["place"].to_numpy()].sum())
    cell = h3.cell_area(found.table["cell"][0], unit="km^2")
    wanted = n_there * cell / town.areas.area_km2[row]
    assert found.table["n_before"][0] == pytest.approx(wanted, abs=0.06)
    assert found.table["n_now"].sum() == analysis.incidents.n
    busiest = found.table.sort("n_now", descending=True).row(0, named=True)
    assert busiest["word"] == MORE
    assert town.areas.frame["name"][row] in found.sentence
    with pytest.raises(ParameterError, match="must be known"):
        compare_with_area(analysis, "nowhere")


def test_even_ground_is_seldom_called_more_or_fewer() -> None:
    """At most one map in twenty names any cell where all ground is alike."""
    rng = np.random.default_rng(20_250_614)
    wrong = 0
    for _ in range(200):
        now, there = rng.poisson(6.0, 100), rng.poisson(6.0 * 400)
        ratio = np.full(100, 1 / 400)
        p = split_p(now, np.full(100, there), share=ratio / (1 + ratio), dispersion=1.0)
        wrong += bool((adjust_p(p) <= 0.05).any())
    assert wrong <= 17  # 200 times 0.05, and 2.3 standard errors
