"""How much counts vary before: by hand, from files, and what it does to a verdict."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
import shapely
import toy
from scipy.stats import t as student

from hotspots.core.errors import ParameterError, TooFewError
from hotspots.effects import earlier_dispersion, overdispersion, scaled_difference
from hotspots.model.incidents import Incidents

END = dt.date(2026, 1, 1)


def test_overdispersion() -> None:
    assert overdispersion([8, 2, 15, 3, 12, 2]) == pytest.approx(
        np.var([8, 2, 15, 3, 12, 2], ddof=1) / 7
    )
    assert overdispersion([5, 5, 5, 5]) == 1
    rng = np.random.default_rng(4)
    season = 20 + 10 * np.sin(np.arange(24) / 4)
    assert overdispersion(rng.poisson(season, size=(40, 24))) < 1.15
    clustered = rng.negative_binomial(20, 0.5, size=(40, 24))
    assert overdispersion(clustered) == pytest.approx(2, abs=0.25)
    for few in ([5], [[0, 0], [0, 1]]):
        with pytest.raises(TooFewError):
            overdispersion(few)
    with pytest.raises(ParameterError):
        overdispersion([1, -1])


def test_an_estimate_from_few_periods_is_widened_as_students_interval() -> None:
    counts = [[8, 2, 15, 3, 12, 2], [30, 41, 12, 33, 20, 25]]
    wider = (student.ppf(0.95, 5) / 1.6448536) ** 2
    assert overdispersion(counts, confidence=0.9) == pytest.approx(
        wider * overdispersion(counts)
    )
    with pytest.raises(ParameterError, match="confidence must be between 0 and 1"):
        overdispersion(counts, confidence=1.0)


def test_what_is_estimated_from_a_year_keeps_the_promise() -> None:
    """At a variance of twice the mean, unwidened, 7 of 100 are false."""
    rng = np.random.default_rng(3)
    false = []
    for _ in range(2_000):
        months = rng.negative_binomial([[25], [75]], 0.5, size=(2, 24))
        before, after = months[:, :12].sum(axis=1), months[:, 12:].sum(axis=1)
        found = scaled_difference(
            (before[0], after[0]),
            (before[1], after[1]),
            dispersion=overdispersion(months[:, :12], confidence=0.95),
        )
        false.append(found.word != "cannot tell")
    assert np.mean(false) <= 0.062  # 5% + 2.5 s.e.


def by_month(counts: list[list[int]]) -> Incidents:
    """Incidents in two cells, a count for each month up to December 2025."""
    parts = []
    for cell, line in zip((toy.A, toy.B), counts, strict=True):
        for month, n in zip(range(13 - len(line), 13), line, strict=True):
            day = dt.datetime(2025, month, 5)
            row = toy.rows({cell: n})
            parts.append(row.with_columns(start=pl.lit(day)))
    return Incidents.from_located(pl.concat(parts))


def spot(cell: str) -> shapely.Polygon:
    lon, lat = toy.centre(cell)
    return shapely.box(lon - 1e-4, lat - 1e-4, lon + 1e-4, lat + 1e-4)


def test_the_months_before_are_counted_where_something_is_held() -> None:
    lines = [[9, 4, 11, 7, 5], [30, 44, 21, 38, 27]]
    areas = [spot(toy.A), spot(toy.B)]
    found = earlier_dispersion(by_month(lines), areas, END)
    assert found == pytest.approx(overdispersion(lines, confidence=0.95))
    november = earlier_dispersion(by_month(lines), areas, dt.date(2025, 12, 1))
    shorter = [line[:-1] for line in lines]
    assert november == pytest.approx(overdispersion(shorter, confidence=0.95))
    few = [line[-3:] for line in lines]
    assert earlier_dispersion(by_month(few), areas, END) is None
