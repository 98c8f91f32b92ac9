"""The table of targets: windows, follow-ups and rates, by hand."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import polars as pl
import pytest
import toy

from hotspots.core.errors import ParameterError, TooFewError
from hotspots.core.window import Window
from hotspots.methods.repeats.table import (
    days_from,
    inside_window,
    rate_per_day,
    summarise,
    target_table,
)

WINDOW = Window.from_text("2025-01-01:2025-01-22")  # the toy town: one a day at noon


def table(of: list[int], months: int = 12) -> pl.DataFrame:
    return target_table(
        toy.incidents(), np.array(of), WINDOW, months=months, decay_days=10
    )


def test_each_target_is_followed_to_the_end_of_the_window() -> None:
    rows = table([0] * 9 + [1] * 13)
    first, second = (rows.filter(target=k).row(0, named=True) for k in (0, 1))
    assert (first["n_incidents"], second["n_incidents"]) == (9, 13)
    assert (first["followed_days"], second["followed_days"]) == (21.5, 12.5)
    assert not first["followed_in_full"]
    ages = np.arange(13) + 0.5
    assert second["score"] == pytest.approx(np.exp(-ages / 10).sum())


def test_nothing_is_in_full_before_its_months_are_over() -> None:
    assert summarise(table([0] * 22), window=WINDOW)["n_followed_in_full"] == 0
    late = summarise(table(list(range(22))), window=WINDOW)
    assert (late["n_repeat_targets"], late["share_targets"]) == (0, 0)
    assert math.isnan(late["share_targets_in_full"])  # type: ignore[arg-type]
    assert late["n_at_risk"] is None


def test_windows_and_days() -> None:
    incidents = toy.incidents()
    inside, window = inside_window(incidents, None)
    assert (inside.sum(), window) == (22, WINDOW)
    part = Window.from_text("2025-01-02:2025-01-03")
    assert inside_window(incidents, part)[0].sum() == 2
    with pytest.raises(TooFewError, match="got 0 in 1 May 2025 to 31 May 2025"):
        inside_window(incidents, Window.from_text("2025-05:2025-05"))
    days = days_from(incidents.frame["start"], dt.date(2025, 1, 2))
    assert days[:2].tolist() == [-0.5, 0.5]


def test_rates() -> None:
    assert rate_per_day(22, 4, WINDOW, 10) == pytest.approx(0.1)
    assert math.isnan(rate_per_day(22, 4, WINDOW, None))
    with pytest.raises(ParameterError, match="at least the 4 targets"):
        rate_per_day(22, 4, WINDOW, 3)
