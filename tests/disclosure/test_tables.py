"""One table: what is withheld, rounded, worked out anew, and left out."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.errors import ParameterError
from hotspots.disclosure import Policy, protect

WARDS = ["Abbey", "Brook", "Castle", "Dale"]


def cross_table(values: list[int]) -> pl.DataFrame:
    """Return 4 wards x 2 categories with every margin."""
    grid = np.array(values).reshape(4, 2)
    full = np.zeros((5, 3), dtype=int)
    full[:4, :2] = grid
    full[4, :2] = grid.sum(axis=0)
    full[:, 2] = full[:, :2].sum(axis=1)
    return pl.DataFrame(
        [
            {"ward": ward, "category": category, "n": int(full[i, j])}
            for i, ward in enumerate([*WARDS, "All wards"])
            for j, category in enumerate(["ASB", "Theft", "All"])
        ]
    )


def protected(table: pl.DataFrame, **more: object) -> pl.DataFrame:
    return protect(
        table,
        counts=["n"],
        keys=["ward", "category"],
        totals={"ward": "All wards", "category": "All"},
        **more,  # type: ignore[arg-type]
    ).frame


COUNTS = st.lists(st.integers(0, 30), min_size=8, max_size=8)


@settings(max_examples=60, deadline=None)
@given(COUNTS)
def test_nothing_under_five_and_only_multiples_of_five_near_the_truth(
    values: list[int],
) -> None:
    table = cross_table(values)
    both = table.sort("ward", "category").with_columns(shown=protected(table)["n"])
    assert (
        both.filter(pl.col("n") < 5)["shown"].null_count()
        == both.filter(pl.col("n") < 5).height
    )
    shown = both.drop_nulls("shown")
    assert (shown["shown"] >= 5).all()
    assert (shown["shown"] % 5 == 0).all()
    assert ((shown["shown"] - shown["n"]).abs() <= 2).all()


@settings(max_examples=40, deadline=None)
@given(COUNTS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(values: list[int], random: object) -> None:
    table = cross_table(values)
    order = list(range(table.height))
    random.shuffle(order)  # type: ignore[attr-defined]
    assert protected(table).equals(protected(table[order]))


@settings(max_examples=40, deadline=None)
@given(COUNTS)
def test_protecting_single_rows_twice_gives_the_same_as_once(values: list[int]) -> None:
    table = pl.DataFrame({"ward": [f"W{i}" for i in range(8)], "n": values})
    once = protect(table, counts=["n"], keys=["ward"]).frame
    assert protect(once, counts=["n"], keys=["ward"]).frame.equals(once)


@settings(max_examples=30, deadline=None)
@given(COUNTS)
def test_a_stricter_policy_shows_no_more(values: list[int]) -> None:
    table = cross_table(values)
    strict = protected(table, policy=Policy(min_count=10, round_to=10))["n"]
    assert (strict.drop_nulls() % 10 == 0).all()
    under = protected(table).with_columns(true=table.sort("ward", "category")["n"])
    assert strict.filter(under["true"] < 10).null_count() == (under["true"] < 10).sum()


def test_one_small_count_beside_a_tight_total_takes_another_with_it() -> None:
    table = pl.DataFrame({"ward": ["A", "B", "All"], "n": [4, 4, 8]})
    safe = protect(table, counts=["n"], keys=["ward"], totals={"ward": "All"})
    assert safe.frame["n"].to_list() == [None, None, None]
    assert safe.suppressed_cells == 3
    assert "3 of 3 counts are not shown." in safe.notes


def test_a_column_that_contains_another_is_protected_with_it() -> None:
    table = pl.DataFrame({"ward": ["A"], "month": [4], "rest": [4], "year": [8]})
    alone = protect(table, counts=["month", "rest", "year"], keys=["ward"])
    assert alone.frame.row(0) == ("A", None, None, 10)
    told = protect(
        table,
        counts=["month", "rest", "year"],
        keys=["ward"],
        sums={"year": ["month", "rest"]},
    )
    assert told.frame.row(0) == ("A", None, None, None)


def test_what_a_total_holds_beside_its_rows_is_protected_and_said() -> None:
    table = pl.DataFrame({"ward": ["A", "All"], "n": [20, 23]})
    safe = protect(table, counts=["n"], keys=["ward"], totals={"ward": "All"})
    assert safe.frame["n"].to_list() == [20, 25]
    assert safe.notes[-1].startswith("Some totals hold incidents")


def test_percentages_come_from_published_counts_only() -> None:
    table = pl.DataFrame(
        {
            "ward": ["A", "B"],
            "before": [18, 20],
            "now": [23, 4],
            "change_percent": [27.8, -80.0],
            "rank": [1, 2],
        }
    )
    safe = protect(
        table,
        counts=["before", "now"],
        keys=["ward"],
        derived={
            "change_percent": (pl.col("now") / pl.col("before") - 1) * 100,
        },
    )
    assert safe.frame["change_percent"].to_list() == [25.0, None]
    assert "rank" not in safe.frame.columns


def test_areas_of_few_addresses_are_withheld_whatever_their_count() -> None:
    table = pl.DataFrame({"ward": ["A", "B"], "n": [40, 40], "homes": [7, 8]})
    safe = protect(table, counts=["n"], keys=["ward"], addresses="homes")
    assert safe.frame["n"].to_list() == [None, 40]
    assert "homes" not in safe.frame.columns


def test_zero_is_withheld_and_no_figure_stays_no_figure() -> None:
    table = pl.DataFrame({"ward": ["A", "B", "C"], "n": [0, None, 9]})
    safe = protect(table, counts=["n"], keys=["ward"])
    assert safe.frame["n"].to_list() == [None, None, 10]
    assert safe.suppressed_cells == 1
    assert protect(table.clear(), counts=["n"], keys=["ward"]).frame.height == 0


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        ({"ward": ["A"], "n": [-1]}, {}, "at least 0"),
        ({"ward": ["A"], "n": [1.5]}, {}, "whole numbers"),
        ({"ward": ["A"], "n": ["x"]}, {}, "whole numbers"),
        ({"ward": ["A", "A"], "n": [1, 2]}, {}, "some are there twice"),
        ({"ward": ["A", "All"], "n": [9, 5]}, {"totals": {"ward": "All"}}, "overlap"),
        ({"ward": ["A"], "n": [5]}, {"totals": {"town": "All"}}, "'town'"),
        ({"ward": ["A"], "n": [5]}, {"sums": {"n": ["n"]}}, "part of itself"),
        ({"ward": ["A"], "m": [5]}, {}, "column 'n'"),
    ],
)
def test_tables_that_cannot_be_protected_are_refused(
    table: dict[str, list[object]], options: dict[str, object], message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        protect(
            pl.DataFrame(table),
            counts=["n"],
            keys=["ward"],
            **options,  # type: ignore[arg-type]
        )
