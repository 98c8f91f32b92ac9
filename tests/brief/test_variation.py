"""Months that vary more than chance, seasons that are no variation, and false words."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from hotspots.brief.returns import indicator_return
from hotspots.brief.variation import UNKNOWN, variations
from hotspots.core.window import Window, add_months

END = dt.date(2025, 6, 1)


def scope(counts: np.ndarray, *, known: int = 12) -> Any:
    """A brief on June 2025; the months before it, and the same a year earlier."""
    days = [
        np.datetime64(add_months(END, -k - 1 - 12 * row))
        for row in range(2)
        for k in range(12)
        for _ in range(counts[row, k])
    ]
    held = np.array(days, dtype="datetime64[D]")

    def within(window: Window) -> Any:
        start, end = np.datetime64(window.start), np.datetime64(window.end)
        return (held >= start) & (held < end)

    first = add_months(END, -12 - known)
    return SimpleNamespace(
        period=SimpleNamespace(
            counted=Window(start=END, end=add_months(END, 1)),
        ),
        within=within,
        covers=lambda window: window.start >= first,
        n=len(held),
    )


def test_it_is_the_chi_squared_of_two_years() -> None:
    counts = np.random.default_rng(1).poisson(40, (2, 12)) * 2
    of = scope(counts)
    wanted = chi2_contingency(counts).statistic / 11 * (1 + np.sqrt(2 / 11))
    assert variations(of, [np.ones(of.n, dtype=bool)]) == pytest.approx([wanted])


def test_neither_a_season_nor_a_rise_over_the_year_is_variation() -> None:
    season = np.arange(20, 80, 5)
    of = scope(np.array([2 * season, season]))
    assert variations(of, [np.ones(of.n, dtype=bool)]).tolist() == [1.0]


def test_with_few_months_it_is_not_known() -> None:
    of = scope(np.full((2, 12), 30), known=2)
    assert variations(of, [np.ones(of.n, dtype=bool)]).tolist() == [UNKNOWN]


@pytest.mark.parametrize("dispersion", [1.0, 1.5, 2.0])
def test_an_indicator_that_has_not_changed_seldom_rises_or_falls(
    dispersion: float,
) -> None:
    rng = np.random.default_rng(20_250_614)
    means = np.array([40.0, 100.0, 300.0])
    season = 1 + 0.2 * np.sin(np.arange(12) / 12 * 2 * np.pi)
    false = 0
    for _ in range(150):
        months = [
            _drawn(rng, mean * np.array([season, season]), dispersion) for mean in means
        ]
        whole = scope(sum(months))
        order = np.concatenate(
            [
                np.repeat(np.arange(3), [m[row, k] for m in months])
                for row in range(2)
                for k in range(12)
            ]
        )
        masks = [order == number for number in range(3)]
        found = variations(whole, masks)
        now, before = (_drawn(rng, means, dispersion) for _ in range(2))
        words = [
            indicator_return(int(a), int(b), dispersion=round(float(phi), 2)).word
            for a, b, phi in zip(now, before, found, strict=True)
        ]
        false += sum(word in ("rose", "fell") for word in words)
    assert false <= 0.02 * 450


def _drawn(rng: np.random.Generator, mean: Any, dispersion: float) -> Any:
    if dispersion == 1:
        return rng.poisson(mean)
    return rng.negative_binomial(mean / (dispersion - 1), 1 / dispersion)
