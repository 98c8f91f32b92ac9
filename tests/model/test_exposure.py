"""The days that files cover: missing months are no quiet months."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from hotspots.core.window import Window
from hotspots.model.exposure import Exposure
from hotspots.model.incidents import Incidents
from tests import toy

YEAR = Window(start=dt.date(2024, 1, 1), end=dt.date(2025, 1, 1))


def incidents(*days: list[dt.date], **made: object) -> Incidents:
    """Return one incident a date; each list is a file."""
    lon, lat = toy.centre(toy.A)
    dates = [(k, day) for k, each in enumerate(days) for day in each]
    frame = pl.DataFrame(
        {
            "lon": [lon] * len(dates),
            "lat": [lat] * len(dates),
            "start": [dt.datetime.combine(day, dt.time(12)) for _, day in dates],
            "category": [toy.CATEGORY] * len(dates),
            "file": [k for k, _ in dates],
            "line": list(range(2, len(dates) + 2)),
        }
    )
    return Incidents.from_located(frame, **made)  # type: ignore[arg-type]


def daily(first: str, last: str, each: int = 2) -> list[dt.date]:
    start, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    return [start + dt.timedelta(days=k) for k in range((end - start).days + 1)] * each


def test_a_whole_file_covers_its_days_and_no_more() -> None:
    exposure = Exposure.of(incidents(daily("2024-02-01", "2024-12-31")))
    assert exposure.n_days(YEAR) == 335
    assert exposure.words(YEAR) == (
        "1 February 2024 to 31 December 2024 (11 months of data)"
    )
    assert exposure.last_day == dt.date(2024, 12, 31)
    assert not exposure.covers(YEAR)


def test_months_taken_out_are_not_covered_and_the_rate_stays() -> None:
    kept = daily("2024-01-01", "2024-03-31") + daily("2024-08-01", "2024-12-31")
    there = incidents(kept)
    exposure = Exposure.of(there)
    assert exposure.n_days(YEAR) == 91 + 153
    assert exposure.per_day(there, YEAR).sum() == pytest.approx(2.0)
    assert exposure.n_months(YEAR) == 8
    assert [str(span) for span in exposure.spans(YEAR)] == [
        "1 January 2024 to 31 March 2024",
        "1 August 2024 to 31 December 2024",
    ]


def test_a_quiet_fortnight_of_a_small_file_is_quiet() -> None:
    weekly = daily("2024-01-01", "2024-12-31", each=1)[::14]
    assert Exposure.of(incidents(weekly)).n_days(YEAR) == 26 * 14 + 1


def test_month_files_cover_whole_months() -> None:
    firsts = [dt.date(2024, month, 1) for month in (1, 2, 5)]
    exposure = Exposure.of(incidents(firsts, time_precision="month"))
    assert exposure.n_days(YEAR) == 31 + 29 + 31
    assert exposure.last_day == dt.date(2024, 5, 31)


def test_each_source_has_its_own_days() -> None:
    there = incidents(
        daily("2024-01-01", "2024-12-30"), daily("2024-07-04", "2024-12-30")
    )
    exposure = Exposure.of(there, ["police.csv", "council.csv"])
    assert exposure.per_day(there, YEAR).sum() == pytest.approx(4.0)
    one = Exposure.of(there, ["part1.csv", "part2.csv"])
    assert one.per_day(there, YEAR).sum() == pytest.approx((730 + 360) / 365)


def test_files_that_follow_one_another_are_one_source_whatever_their_names() -> None:
    there = incidents(
        daily("2024-01-01", "2024-01-31"), daily("2024-02-01", "2024-02-29")
    )
    exposure = Exposure.of(there, ["january.csv", "february.csv"])
    assert exposure.source_of_file.tolist() == [0, 0]
    assert exposure.per_day(there, YEAR).sum() == pytest.approx(2.0)


def test_only_days_that_count_are_counted() -> None:
    there = incidents(daily("2024-01-01", "2024-12-31", each=1))
    exposure = Exposure.of(there)
    january = exposure.n_days(YEAR, lambda days: days < days[0] + 31)
    assert january == 31


def test_the_last_stretch_that_is_covered() -> None:
    kept = daily("2024-01-01", "2024-03-31") + daily("2024-11-01", "2024-12-31")
    exposure = Exposure.of(incidents(kept))
    found = exposure.last_before(dt.date(2025, 1, 1), 84)
    assert str(found) == "8 January 2024 to 31 March 2024"
    assert exposure.last_before(dt.date(2025, 1, 1), 365) is None
