"""Dates: which format reads a value, and what the guess assumes."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.intake.dates import (
    DEFAULT_FORMATS,
    are_bare_dates,
    are_clocks,
    are_dates,
    choose_formats,
    has_clock,
    parse_moment,
)


def read(
    values: list[str | None], formats: tuple[str, ...]
) -> list[dt.datetime | None]:
    frame = pl.DataFrame({"t": values}, schema={"t": pl.String})
    return frame.select(t=parse_moment(pl.col("t"), formats))["t"].to_list()


def test_each_row_by_the_first_format_that_fits() -> None:
    formats = ("%d/%m/%Y %H:%M", "%d/%m/%Y", "%d/%m/%y")
    values = ["01/02/2024 09:05", "01/02/2024", "01/02/24", "31/02/2024", "soon", None]
    assert read(values, formats) == [
        dt.datetime(2024, 2, 1, 9, 5),
        dt.datetime(2024, 2, 1),
        dt.datetime(2024, 2, 1),  # and not the year 24
        None,
        None,
        None,
    ]
    frame = pl.DataFrame({"t": values})
    clocks = frame.select(c=has_clock(pl.col("t"), formats))["c"].to_list()
    assert clocks == [True, False, False, False, False, False]


def test_zones_become_uk_wall_clock() -> None:
    values = [
        "2024-01-15T10:00:00Z",
        "2024-07-15T10:00:00Z",
        "2024-07-15T10:00:00+01:00",
    ]
    assert read(values, DEFAULT_FORMATS) == [
        dt.datetime(2024, 1, 15, 10),
        dt.datetime(2024, 7, 15, 11),
        dt.datetime(2024, 7, 15, 10),
    ]


@settings(max_examples=60, deadline=None)
@given(
    moments=st.lists(
        st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2049, 1, 1)), min_size=1
    ),
    form=st.sampled_from(
        [
            "%d/%m/%Y %H:%M",
            "%d/%m/%Y",
            "%Y-%m-%d %H:%M:%S",
            "%d-%b-%Y %H:%M",
            "%d.%m.%Y",
        ]
    ),
)
def test_what_british_exports_write_is_found_and_read(
    moments: list[dt.datetime], form: str
) -> None:
    text = [moment.strftime(form) for moment in moments]
    formats, _ = choose_formats(pl.Series(text))
    assert read(text, formats) == [dt.datetime.strptime(t, form) for t in text]


@pytest.mark.parametrize(
    ("values", "formats", "said"),
    [
        (["02/05/2024"], ("%d/%m/%Y",), "no value in the sample proves it"),
        (["02/05/2024", "25/05/2024"], ("%d/%m/%Y",), None),
        (["02/05/2024", "05/25/2024"], ("%m/%d/%Y",), "month first"),
        (["13/05/2024", "14/05/2024", "05/25/2024"], ("%d/%m/%Y",), "disagree"),
        (["2024-05-02"], ("%Y-%m-%d",), None),
    ],
)
def test_british_order_unless_proved_otherwise(
    values: list[str], formats: tuple[str, ...], said: str | None
) -> None:
    found, comments = choose_formats(pl.Series(values))
    assert found == formats
    assert (said is None) == (not comments)
    assert said is None or said in comments[0]


def test_only_the_formats_that_are_needed() -> None:
    values = ["25/05/2024 10:00", "26/05/2024", "25/05/2024 11:00", "rubbish"]
    assert choose_formats(pl.Series(values))[0] == ("%d/%m/%Y %H:%M", "%d/%m/%Y")


def test_kinds_of_values() -> None:
    assert are_dates(pl.Series(["01/02/2024 10:00", "02/02/2024"]))
    assert not are_dates(pl.Series(["475000", "475001"]))
    assert not are_dates(pl.Series([], dtype=pl.String))
    assert are_bare_dates(pl.Series(["2024-02-01 00:00:00"]))
    assert not are_bare_dates(pl.Series(["2024-02-01 10:00:00"]))
    assert are_clocks(pl.Series(["21:30", "1899-12-31 21:30:00"]))
    assert not are_clocks(pl.Series(["2130 hours"]))
