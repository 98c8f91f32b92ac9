"""All public figures of a district: hierarchy, spans, refusals."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest

from hotspots.core.errors import ParameterError
from hotspots.disclosure import ALL, Policy, build_release


def counts(months: int = 15, first: dt.date = dt.date(2024, 2, 1)) -> pl.DataFrame:
    days = pl.date_range(first, interval="1mo", end=dt.date(2027, 1, 1), eager=True)
    return pl.DataFrame(
        [
            {"ward": ward, "district": "D", "day": day, "kind": kind, "n": n}
            for day in days[:months]
            for ward, kind, n in (
                ("A", "ASB", 20),
                ("A", "Theft", 30),
                ("B", "ASB", 40),
                ("B", "Theft", 3),
            )
        ]
    )


def build(frame: pl.DataFrame, **more: object) -> pl.DataFrame:
    made = build_release(
        frame,
        areas=["ward", "district"],
        month="day",
        category="kind",
        n="n",
        **more,  # type: ignore[arg-type]
    )
    assert made.suppressed_cells == made.frame["n"].null_count()
    return made.frame


def one(frame: pl.DataFrame, area: str, period: str, kind: str = ALL) -> int | None:
    found = frame.filter(area=area, period=period, category=kind)["n"]
    assert len(found) == 1
    return found.item()  # type: ignore[no-any-return]


def test_figures_are_the_sums_rounded_and_only_whole_spans_are_there() -> None:
    frame = build(counts())
    assert one(frame, "A", "2024-02", "Theft") == 30
    assert one(frame, "B", "2024-02", "Theft") is None
    assert one(frame, "A", "2024-Q2") == 150
    assert one(frame, "D", "2024/25", "ASB") == 720
    periods = frame.filter(pl.col("span") != "month")["period"].unique().sort()
    assert periods.to_list() == [
        "2024-Q2", "2024-Q3", "2024-Q4", "2024/25", "2025-Q1",
    ]  # fmt: skip


def test_calendar_years_and_coarser_policies() -> None:
    frame = build(counts(24, dt.date(2024, 1, 1)), year_starts=1)
    assert one(frame, "A", "2025") == 600
    yearly = build(
        counts(24, dt.date(2024, 1, 1)), policy=Policy(finest_time="quarter")
    )
    assert set(yearly["span"]) == {"quarter", "year"}
    assert one(yearly, "B", "2024-Q1", "Theft") == 10


def test_incidents_can_be_given_one_a_row() -> None:
    frame = counts()
    long = frame[np.repeat(np.arange(frame.height), frame["n"])].drop("n")
    made = build_release(long, areas=["ward", "district"], month="day", category="kind")
    assert made.frame.equals(build(counts()))


@pytest.mark.parametrize(
    ("frame", "more", "message"),
    [
        (counts().drop("ward"), {}, "missing"),
        (counts().clear(), {}, "0 rows"),
        (counts().with_columns(ward=pl.lit(None, pl.String)), {}, "some without"),
        (counts(), {"year_starts": 5}, "year_starts"),
        (counts(2), {"policy": Policy(finest_time="year")}, "whole year"),
        (
            pl.concat([counts(), counts().with_columns(district=pl.lit("E"))]),
            {},
            "lies in several",
        ),
    ],
)
def test_what_cannot_be_released_is_refused(
    frame: pl.DataFrame, more: dict[str, object], message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        build(frame, **more)
