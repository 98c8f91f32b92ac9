from __future__ import annotations

import datetime as dt

import polars as pl

from hotspots.outputs.formats.columns import (
    RESERVED,
    safe_columns,
    with_dates,
    words_of,
)


def test_days_and_moments_become_dates_and_other_text_stays() -> None:
    table = pl.DataFrame(
        {
            "day": ["2025-07-01", None, ""],
            "moment": ["2025-07-01 23:30", "", None],
            "mixed": ["2025-07-01", "soon", None],
            "none": ["", "", None],
        }
    )
    typed = with_dates(table)
    assert typed["day"].to_list() == [dt.date(2025, 7, 1), None, None]
    assert typed["moment"][0] == dt.datetime(2025, 7, 1, 23, 30)
    assert typed["mixed"].to_list() == table["mixed"].to_list()
    assert typed["none"].dtype == pl.String


def test_reserved_words_get_another_name_and_all_have_one() -> None:
    table = pl.DataFrame({name: [1] for name in [*RESERVED, "rank"]})
    assert safe_columns(table).columns == [*RESERVED.values(), "rank"]
    assert words_of("from").title == "From"
    assert words_of("not_known_yet").heading == "Not known yet"
