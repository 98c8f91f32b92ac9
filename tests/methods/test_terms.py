"""School terms and holidays: hand answers, refusals."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
import toy

from hotspots.core.errors import ParameterError, PrecisionError
from hotspots.core.window import Window
from hotspots.methods.terms import policing_day, split_by_term, term_table
from hotspots.model.incidents import Incidents

HOLIDAYS = (
    Window(start=dt.date(2025, 1, 1), end=dt.date(2025, 1, 6)),
    Window(start=dt.date(2025, 1, 20), end=dt.date(2025, 2, 1)),
)


def test_six_in_the_morning_begins_the_day() -> None:
    moments = [dt.datetime(2025, 1, 2, 5, 59, 59), dt.datetime(2025, 1, 2, 6)]
    days = pl.DataFrame({"start": moments}).select(policing_day(pl.col("start")))
    assert days["start"].to_list() == [dt.date(2025, 1, 1), dt.date(2025, 1, 2)]


def test_each_incident_goes_one_way() -> None:
    incidents = toy.incidents()  # one a day at noon from 1 January, 22 of them
    term, holiday = split_by_term(incidents, HOLIDAYS)
    assert (term.n, holiday.n) == (14, 8)
    none, every = split_by_term(incidents, ()), Window.from_text("2025-01:2025-01")
    assert none[1].n == 0
    assert split_by_term(incidents, (every,))[0].n == 0


def test_the_night_before_a_holiday_is_term() -> None:
    rows = toy.rows({toy.A: 1}).with_columns(start=dt.datetime(2025, 1, 20, 3))
    term, holiday = split_by_term(Incidents.from_located(rows), HOLIDAYS)
    assert (term.n, holiday.n) == (1, 0)


def test_rates_are_per_day_of_each_kind() -> None:
    week = np.zeros(168)
    week[[15, 24 + 15, 6 * 24 + 3]] = (4, 2, 1)
    window = Window.from_text("2025-01-01:2025-01-31")
    table = term_table(week, week * 2, window, HOLIDAYS)
    at_three = table.row(15, named=True)
    assert (at_three["n_term_days"], at_three["n_holiday_days"]) == (14, 17)
    assert (at_three["term"], at_three["holiday"]) == (6, 12)
    assert at_three["term_per_100_days"] == pytest.approx(600 / 14)
    assert at_three["holiday_per_100_days"] == pytest.approx(1200 / 17)
    no_days = term_table(week, week * 0, window, ())
    assert no_days["holiday_per_100_days"].is_nan().all()


def test_what_is_refused() -> None:
    monthly = Incidents.from_located(toy.rows(), time_precision="month")
    with pytest.raises(PrecisionError, match="Comparing school terms"):
        split_by_term(monthly, HOLIDAYS)
    with pytest.raises(ParameterError, match="168 finite numbers"):
        term_table(np.zeros(3), np.zeros(168), HOLIDAYS[0], ())
