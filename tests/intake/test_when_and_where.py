"""Every British way to write when and where that a file of incidents may hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import polars as pl
import pytest

from hotspots.intake import places
from hotspots.intake.dates import read_clocks, read_moments

MOMENTS: dict[str, dt.datetime | None] = {
    "Jun-24": dt.datetime(2024, 6, 1, 0, 0),
    "June 2024": dt.datetime(2024, 6, 1, 0, 0),
    "06/2024": dt.datetime(2024, 6, 1, 0, 0),
    "2024-06": dt.datetime(2024, 6, 1, 0, 0),
    "Sept 2024": dt.datetime(2024, 9, 1, 0, 0),
    "Sep-24": dt.datetime(2024, 9, 1, 0, 0),
    "14 Sept 2024": dt.datetime(2024, 9, 14, 0, 0),
    "14-Sept-24 09:05": dt.datetime(2024, 9, 14, 9, 5),
    "14/06/2024 24:00": dt.datetime(2024, 6, 15, 0, 0),
    "14/06/2024 0930": dt.datetime(2024, 6, 14, 9, 30),
    "14/06/2024 930": dt.datetime(2024, 6, 14, 9, 30),
    "14/06/2024 10:30:00 PM": dt.datetime(2024, 6, 14, 22, 30),
    "14/06/2024 12:05:00 AM": dt.datetime(2024, 6, 14, 0, 5),
    "14/06/2024 12:30 PM": dt.datetime(2024, 6, 14, 12, 30),
    "2024-06-14T22:30:00+01": dt.datetime(2024, 6, 14, 22, 30),
    "2024-06-14 21:30:00 +00": dt.datetime(2024, 6, 14, 22, 30),
    "2024-06-14 21:30:00+00": dt.datetime(2024, 6, 14, 22, 30),
    "2024-06-14 21:30:00.000 +0000": dt.datetime(2024, 6, 14, 22, 30),
    "2024-06-14T21:30:00.123Z": dt.datetime(2024, 6, 14, 22, 30),
    "2024-06-14 21:30:00 UTC": dt.datetime(2024, 6, 14, 22, 30),
    "14/06/2024 22:30 BST": dt.datetime(2024, 6, 14, 22, 30),
    "14/12/2024 22:30 GMT": dt.datetime(2024, 12, 14, 22, 30),
    "45457.9375": dt.datetime(2024, 6, 14, 22, 30),
    "45457": dt.datetime(2024, 6, 14, 0, 0),
    "45457.0": dt.datetime(2024, 6, 14, 0, 0),
    "1718400600000": dt.datetime(2024, 6, 14, 22, 30),
    "1718400600": dt.datetime(2024, 6, 14, 22, 30),
    "Fri 14 Jun 2024 22:30": dt.datetime(2024, 6, 14, 22, 30),
    "Friday, 14 June 2024": dt.datetime(2024, 6, 14, 0, 0),
    "14th June 2024 at 22:30": dt.datetime(2024, 6, 14, 22, 30),
    "14 June 2024, 10.30pm": dt.datetime(2024, 6, 14, 22, 30),
    "14.06.2024 22.30": dt.datetime(2024, 6, 14, 22, 30),
    "14-06-24": dt.datetime(2024, 6, 14, 0, 0),
    "20240614": dt.datetime(2024, 6, 14, 0, 0),
    "20240614 2230": dt.datetime(2024, 6, 14, 22, 30),
    "20240614T223000": dt.datetime(2024, 6, 14, 22, 30),
    "20240614T223000Z": dt.datetime(2024, 6, 14, 23, 30),
    "20240614223000": dt.datetime(2024, 6, 14, 22, 30),
    "202406142230": dt.datetime(2024, 6, 14, 22, 30),
    "2024/06/14 22:30": dt.datetime(2024, 6, 14, 22, 30),
    "14/6/24 22:30": dt.datetime(2024, 6, 14, 22, 30),
    "14/06/2024 22:30hrs": dt.datetime(2024, 6, 14, 22, 30),
    "14/06/2024 2230 hrs": dt.datetime(2024, 6, 14, 22, 30),
    "14/06/2024 22h30": dt.datetime(2024, 6, 14, 22, 30),
    "14/06/2024 - 22:30": dt.datetime(2024, 6, 14, 22, 30),
    "14/06/2024  22:30": dt.datetime(2024, 6, 14, 22, 30),
    "22:30 14/06/2024": dt.datetime(2024, 6, 14, 22, 30),
    "2230 14/06/2024": dt.datetime(2024, 6, 14, 22, 30),
    "Jun 14 2024 10:30PM": dt.datetime(2024, 6, 14, 22, 30),
    "Jun 14, 2024 10:30 PM": dt.datetime(2024, 6, 14, 22, 30),
    "14-JUN-24 10.30.00.000000 PM": dt.datetime(2024, 6, 14, 22, 30),
    "14-JUN-2024 22:30:00": dt.datetime(2024, 6, 14, 22, 30),
    "14JUN2024": dt.datetime(2024, 6, 14, 0, 0),
    "14JUN2024:22:30:00": dt.datetime(2024, 6, 14, 22, 30),
    "2024-06-14T22:30": dt.datetime(2024, 6, 14, 22, 30),
    "2024-06-14 22:30:00.0000000": dt.datetime(2024, 6, 14, 22, 30),
    "2024-06-14 22:30:00.0000000 +01:00": dt.datetime(2024, 6, 14, 22, 30),
    "14/06/2024T22:30:00": dt.datetime(2024, 6, 14, 22, 30),
    "Fri Jun 14 22:30:00 2024": dt.datetime(2024, 6, 14, 22, 30),
    "Fri, 14 Jun 2024 22:30:00 +0100": dt.datetime(2024, 6, 14, 22, 30),
    "14/06/2024 22:30:00.000": dt.datetime(2024, 6, 14, 22, 30),
    "14/06/2024 00:00": dt.datetime(2024, 6, 14, 0, 0),
    "/Date(1718400600000)/": dt.datetime(2024, 6, 14, 22, 30),
    "14 06 2024": dt.datetime(2024, 6, 14, 0, 0),
    "'14/06/2024": dt.datetime(2024, 6, 14, 0, 0),
    "14/06/2024 10pm": dt.datetime(2024, 6, 14, 22, 0),
    "14/06/2024 noon": dt.datetime(2024, 6, 14, 12, 0),
    "14/06/2024 midnight": dt.datetime(2024, 6, 14, 0, 0),
    "2024-W24-5": None,
    "32/06/2024": None,
    "14/13/2024": None,
    "30/02/2024": None,
    "14/06/2024 25:00": None,
    "14/06/2024 12:60": None,
    "not known": None,
    "Week 24": None,
    "31 February 2024": None,
    "14/06/0024": None,
}
CLOCKS: dict[str, int | None] = {
    "10:30:00 PM": 81000,
    "930": 34200,
    "0930": 34200,
    "24:00": 86400,
    "2400": 86400,
    "22.30": 81000,
    "10.30pm": 81000,
    "10pm": 79200,
    "22:30:00.0000000": 81000,
    "T00:00:00": 0,
    "00:00": 0,
    "0": 0,
    "5": 300,
    "45": 2700,
    "1899-12-30 22:30:00": 81000,
    "0.9375": 81000,
    "22:30hrs": 81000,
    "2230h": 81000,
    "22h30": 81000,
    "noon": 43200,
    "midnight": 0,
    "22:30Z": 81000,
    "9:05am": 32700,
    "12am": 0,
    "12pm": 43200,
    "00:30 AM": 1800,
    "13:30 PM": 48600,
    "31/12/1899 22:30": 81000,
    "1900-01-00 22:30:00": 81000,
    "1900-01-01 22:30": 81000,
    "0 days 22:30:00": 81000,
    "PT22H30M": 81000,
    "25:00": None,
    "unknown": None,
}
REFERENCES: dict[str, tuple[float, float] | None] = {
    "SK 753 194": (475350, 319450),
    "SK75301940": (475305, 319405),
    "sk7530019400": (475300.5, 319400.5),
    "SK 75300 19400": (475300.5, 319400.5),
    "SK753194": (475350, 319450),
    "SK-753-194": (475350, 319450),
    "TQ 38 77": None,
    "SK 7530 1940": (475305, 319405),
    "SK 75300, 19400": (475300.5, 319400.5),
    "(SK 753 194)": (475350, 319450),
    "Grid ref SK753194": (475350, 319450),
    "SK 753 1945": None,
    "NGR: SK 753 194": (475350, 319450),
    "XX123456": None,
}
PAIRS: dict[str, tuple[float, float] | None] = {
    "52.7651, -0.8862": (52.7651, -0.8862),
    "-0.8862 52.7651": (-0.8862, 52.7651),
    "POINT (-0.8862 52.7651)": (-0.8862, 52.7651),
    "POINT(-0.8862 52.7651)": (-0.8862, 52.7651),
    "SRID=4326;POINT(-0.8862 52.7651)": (-0.8862, 52.7651),
    "(52.7651, -0.8862)": (52.7651, -0.8862),
    "52.7651N 0.8862W": (52.7651, -0.8862),
    "52.7651° N, 0.8862° W": (52.7651, -0.8862),
    "475235 319123": (475235.0, 319123.0),
    "475235,319123": (475235.0, 319123.0),
    "E475235 N319123": (475235.0, 319123.0),
    "475,235 319,123": (475235.0, 319123.0),
    "475235.12, 319123.5": (475235.12, 319123.5),
    "52°45'54\"N 0°53'10\"W": (52.765, -0.8861111),
    "lat: 52.7651, lon: -0.8862": (52.7651, -0.8862),
    "{'lat': 52.7651, 'lng': -0.8862}": (52.7651, -0.8862),
    "https://www.google.com/maps?q=52.7651,-0.8862": (52.7651, -0.8862),
    "POINT Z (-0.8862 52.7651 0)": (-0.8862, 52.7651),
    "[-0.8862, 52.7651]": (-0.8862, 52.7651),
    "52.7651;-0.8862": (52.7651, -0.8862),
    "52.7651/-0.8862": (52.7651, -0.8862),
    "Flat 3, 12 High Street": None,
    "12/14 Mill Lane": None,
    "3.5, 4": None,
    "unknown": None,
}
NUMBERS: dict[str, float | None] = {
    "475,000": 475000,
    "475 000": 475000,
    "475000.0": 475000,
    "E475000": 475000,
    "475000E": 475000,
    "475000 m": 475000,
    "-0.8862": -0.8862,
    "0.8862W": -0.8862,
    "0.8862 W": -0.8862,
    "52.7651N": 52.7651,
    "52.7651°": 52.7651,
    "4.75E+05": 475000,
    "−0.8862": -0.8862,
    "(0.8862)": None,
    "475.000,5": None,
    "'475000": 475000,
    "475000 ": 475000,
    "0475000": 475000,
    "52° 45.906' N": 52.7651,
    "1,0": None,
}


@pytest.mark.parametrize(("text", "wanted"), MOMENTS.items())
def test_moments(text: str, wanted: dt.datetime | None) -> None:
    assert read_moments(pl.Series([text]))["moment"][0] == wanted


def test_moments_together() -> None:
    """A file in which every row is written in another way is read row by row."""
    read = read_moments(pl.Series(list(MOMENTS)))["moment"].to_list()
    assert read == list(MOMENTS.values())


@pytest.mark.parametrize(("text", "wanted"), CLOCKS.items())
def test_clocks(text: str, wanted: int | None) -> None:
    assert read_clocks(pl.Series(["08:15", text]))[1] == wanted


def two(
    read: Callable[[pl.Series], tuple[pl.Series, pl.Series]], text: str
) -> tuple[float | None, float | None]:
    x, y = read(pl.Series([text]))
    return x[0], y[0]


@pytest.mark.parametrize(("text", "wanted"), REFERENCES.items())
def test_grid_references(text: str, wanted: tuple[float, float] | None) -> None:
    found = two(places.grid_reference, text)
    assert None in found if wanted is None else found == wanted


@pytest.mark.parametrize(("text", "wanted"), PAIRS.items())
def test_pairs(text: str, wanted: tuple[float, float] | None) -> None:
    found = two(places.pair, text)
    assert found == (wanted or (None, None))


@pytest.mark.parametrize(("text", "wanted"), NUMBERS.items())
def test_numbers(text: str, wanted: float | None) -> None:
    found = places.number(pl.Series([text]))[0]
    assert found == (wanted if wanted is None else pytest.approx(wanted))
