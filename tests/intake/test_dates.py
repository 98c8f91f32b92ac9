"""Dates and times in the spellings of British files."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.intake.dates import (
    DateRules,
    date_order,
    exchange_note,
    most,
    read_clocks,
    read_moments,
    share_of_clocks,
    share_of_moments,
)

JUNE = dt.datetime(2024, 6, 14, 22, 30)
DAY = dt.datetime(2024, 6, 14)


def read(*texts: str | None, rules: DateRules | None = None) -> pl.DataFrame:
    return read_moments(pl.Series(texts, dtype=pl.String), rules)


@pytest.mark.parametrize(
    "text",
    [
        "14/06/2024 22:30",
        "14/6/24 22.30",
        "14-06-2024 2230",
        "14.06.2024 22:30:00",
        "14/06/2024, 22:30 hrs",
        "14/06/2024 10:30 PM",
        "14/06/2024 10:30:00 p.m.",
        "Fri 14 June 2024 10:30pm",
        "14th June 2024 22:30",
        "14-Jun-2024 22:30:00",
        "14 Jun 24 22:30",
        "June 14, 2024 22:30",
        "2024-06-14 22:30:00.0000000",
        "2024-06-14T22:30",
        "2024/06/14 22:30",
        "20240614 2230",
        "2024-06-14T21:30:00Z",
        "2024-06-14T22:30:00+01:00",
        "2024-06-14 22:30:00+01",
        "14/06/2024 22:30 BST",
        "14/06/2024 21:30 UTC",
        "45457.9375",
        "1718400600000",
    ],
)
def test_one_moment_in_many_spellings(text: str) -> None:
    (row,) = read(text).rows(named=True)
    assert (row["moment"], row["clock"], row["month"]) == (JUNE, True, False)


@pytest.mark.parametrize("text", ["14/06/2024", "14 June 2024", "20240614", "45457"])
def test_a_day_has_no_clock(text: str) -> None:
    assert read(text).row(0)[:3] == (DAY, False, False)


@pytest.mark.parametrize(
    "text", ["2024-06", "Jun-24", "June 2024", "06/2024", "Jun 24"]
)
def test_a_month_is_its_first_day(text: str) -> None:
    assert read(text).row(0)[:3] == (dt.datetime(2024, 6, 1), False, True)


@pytest.mark.parametrize(
    "text", ["31/02/2024", "soon", "475000", "13/13/2024", "14/06/2024 25:00", "", None]
)
def test_what_is_no_date(text: str | None) -> None:
    assert read(text)["moment"].to_list() == [None]


def test_the_end_of_a_day_is_the_next() -> None:
    assert read("14/06/2024 24:00")["moment"][0] == dt.datetime(2024, 6, 15)


def test_september_of_four_letters_and_early_centuries() -> None:
    texts = ["14 Sept 2024", "14/06/99", "14/06/68", "0001-01-01"]
    assert [m and m.date() for m in read(*texts)["moment"]] == [
        dt.date(2024, 9, 14),
        dt.date(1999, 6, 14),
        dt.date(2068, 6, 14),
        None,
    ]


def test_month_first_and_the_formats_of_a_profile() -> None:
    american = DateRules.of(("%m/%d/%Y %H:%M",))
    assert american.month_first
    assert DateRules.of((), "month first").month_first
    texts = ("06/05/2024 10:00", "06/05/2024", "6 May 2024")
    assert [m.month for m in read(*texts, rules=american)["moment"]] == [6, 6, 5]
    odd = DateRules.of(("%Y%j",))
    assert read("2024166", rules=odd)["moment"][0] == DAY


def test_midnight_of_a_workbook_is_a_day() -> None:
    rules = DateRules(midnight_is_day=True)
    texts = ("2024-06-14 00:00:00", "2024-06-14 22:30:00")
    assert read(*texts, rules=rules)["clock"].to_list() == [False, True]


@settings(max_examples=60, deadline=None)
@given(
    moments=st.lists(
        st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2049, 1, 1)), min_size=1
    ),
    form=st.sampled_from(
        ["%d/%m/%Y %H:%M", "%d/%m/%Y", "%Y-%m-%d %H:%M:%S", "%d-%b-%Y %I:%M:%S %p"]
    ),
)
def test_what_exports_write_is_read(moments: list[dt.datetime], form: str) -> None:
    text = [moment.strftime(form) for moment in moments]
    wanted = [dt.datetime.strptime(t, form) for t in text]
    assert read(*text)["moment"].to_list() == wanted


def test_clocks() -> None:
    texts = ["22:30:00.0000000", "2230", "930", "5", "2400", "10pm", "x", None]
    hours = [22.5, 22.5, 9.5, 5 / 60, 24, 22, None, None]
    found = read_clocks(pl.Series(texts)).to_list()
    assert found == [None if hour is None else round(3600 * hour) for hour in hours]
    assert read_clocks(pl.Series(["5", "23"])).to_list() == [5 * 3600, 23 * 3600]
    assert read_clocks(pl.Series(["1899-12-31 21:30:00"])).to_list() == [77_400]


def test_the_order_is_counted() -> None:
    texts = pl.Series(["02/05/2024", "25/05/2024", "05/25/2024 10:00", "2024-05-02"])
    assert date_order(texts) == (1, 1, 1)


def test_shares_leave_fillers_out() -> None:
    assert most(share_of_moments(pl.Series(["14/06/2024", "Unknown", "n/k"])))
    assert not most(share_of_moments(pl.Series(["45457"] * 9), by_number=False))
    assert share_of_clocks(pl.Series(["21:30", "unknown", None])) == 1
    assert share_of_moments(pl.Series([], dtype=pl.String)) == 0


def test_days_that_never_pass_the_twelfth_are_warned_of() -> None:
    days = pl.Series([dt.datetime(2024, 6, day) for day in range(1, 13)])
    shapes = pl.Series(["iso"] * 12)
    assert "exchanged" in (exchange_note(days, shapes) or "")
    assert exchange_note(days.append(pl.Series([DAY])), pl.Series(["iso"] * 13)) is None
    assert exchange_note(days.head(6), shapes.head(6)) is None
