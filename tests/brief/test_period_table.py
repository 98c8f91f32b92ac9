"""The table of 28 days, worked out on paper."""

from __future__ import annotations

import math

import brief_fixture as toy
import polars as pl
import pytest

from hotspots.brief.bottom_line import notable, total_sentence
from hotspots.brief.indicators import Indicator, count_indicators, headline_indicators
from hotspots.brief.period import Period
from hotspots.brief.period_table import build_period_table
from hotspots.brief.scope import Scope
from hotspots.core.errors import NoUsableRowsError
from hotspots.core.table import Table


@pytest.fixture(scope="module")
def scope() -> Scope:
    return Scope.of(toy.dataset(), Period.from_text("2025-W24"))


@pytest.fixture(scope="module")
def table(scope: Scope) -> Table:
    return build_period_table(scope, count_indicators(scope))


def test_counts_are_those_on_paper(table: Table) -> None:
    burglary = table.row("burglary_dwelling")
    assert burglary["now"] == 9
    assert burglary["previous"] == 8
    assert burglary["last_year"] == 8
    assert burglary["series"] == list(toy.BURGLARY)
    assert (burglary["usual_low"], burglary["usual_high"]) == (2, 17)
    assert burglary["word"] == "usual"
    assert burglary["percent"] == pytest.approx(12.5)
    assert burglary["small_base"]
    everything = table.row("all")
    assert (everything["now"], everything["previous"], everything["last_year"]) == (
        39,
        18,
        18,
    )


def test_the_usual_range_is_the_one_on_paper(table: Table) -> None:
    # 13 spans of 10 each: gamma with shape 130.5 over 13, counts negative binomial
    shape, k = 130.5, 13
    chance = [
        math.exp(
            math.lgamma(shape + x)
            - math.lgamma(shape)
            - math.lgamma(x + 1)
            + shape * math.log(k / (k + 1))
            - x * math.log(k + 1)
        )
        for x in range(31)
    ]
    asb = table.row("asb")
    assert asb["expected"] == pytest.approx(shape / k, abs=0.01)
    above = [1 - sum(chance[:x]) for x in range(31)]
    # two more: a trend and a season that a steady past cannot rule out
    assert asb["usual_high"] == 1 + next(x for x in range(31) if above[x] <= 0.01)
    below = [sum(chance[: x + 1]) for x in range(31)]
    assert asb["usual_low"] == next(x for x in range(31) if below[x] > 0.01)
    assert asb["word"] == "higher"
    assert asb["significant_overall"]
    assert asb["z"] == pytest.approx(2 * (math.sqrt(30) - math.sqrt(10)))
    assert asb["percent"] == pytest.approx(200)


def test_rows_may_overlap_and_the_rest_is_not_measured(scope: Scope) -> None:
    counted = count_indicators(scope)
    by_key = {
        each.key: int(mask.sum())
        for each, mask in zip(counted.indicators, counted.masks, strict=True)
    }
    assert by_key["all"] == sum(toy.BURGLARY) + sum(toy.DISORDER)
    assert by_key["crime"] == by_key["burglary_dwelling"] == sum(toy.BURGLARY)
    assert by_key["alcohol_asb"] == by_key["asb"] == sum(toy.DISORDER)
    assert by_key["burglary_other"] == 0
    assert "theft_of_vehicle" in {each.key for each in counted.not_measured}


def test_counted_apart_every_incident_is_in_one_row(scope: Scope) -> None:
    counted = count_indicators(scope, apart=True)
    assert counted.indicators[0].key == "all"
    assert sum(mask.astype(int) for mask in counted.masks[1:]).tolist() == [1] * len(
        counted.masks[0]
    )


def test_a_category_without_finer_ones_is_not_taken_for_none() -> None:
    plain = toy.located(toy.BURGLARY, "Burglary", "")
    scope = Scope.of(toy.dataset(plain), Period.from_text("2025-W24"))
    unknown = {each.key for each in count_indicators(scope).not_measured}
    assert {"burglary_dwelling", "serious_acquisitive", "alcohol_asb"} <= unknown


def test_a_row_without_any_incident_is_nought_not_missing() -> None:
    never = Indicator(key="never", label="Never", categories=("arson",))
    scope = Scope.of(toy.dataset(), Period.from_text("2025-W24"))
    table = build_period_table(
        scope, count_indicators(scope, (*headline_indicators(), never))
    )
    row = table.row("never")
    assert (row["now"], row["previous"], row["last_year"]) == (0, 0, 0)
    assert row["word"] == "too few to say"


def test_what_comes_after_the_week_changes_nothing(table: Table) -> None:
    import datetime as dt

    late = toy.located((3,), "Burglary", "Residential").with_columns(
        start=pl.col("start") + dt.timedelta(days=28)
    )
    scope = Scope.of(toy.dataset(*toy.standard(), late), Period.from_text("2025-W24"))
    again = build_period_table(scope, count_indicators(scope))
    assert again.rows.equals(table.rows)
    assert scope.n_later == 3


def test_spans_that_the_files_do_not_cover_are_null_not_nought() -> None:
    short = toy.located(toy.BURGLARY[-5:], "Burglary", "Residential")
    scope = Scope.of(toy.dataset(short), Period.from_text("2025-W24"))
    row = build_period_table(scope, count_indicators(scope)).row("all")
    assert row["last_year"] is None
    assert row["z"] is None
    assert row["series"][:9] == [None] * 9
    two = toy.located(toy.BURGLARY[-2:], "Burglary", "Residential")
    scope = Scope.of(toy.dataset(two), Period.from_text("2025-W24"))
    table = build_period_table(scope, count_indicators(scope))
    assert table.row("all")["word"] == "cannot tell"
    said = total_sentence(table, span="28 days", until="15 June 2025")
    assert said.text.endswith("cannot tell whether that is usual.")


def test_an_empty_period_is_refused_and_says_what_there_is() -> None:
    with pytest.raises(NoUsableRowsError, match=r"The files hold incidents from"):
        Scope.of(toy.dataset(), Period.from_text("2026-W24"))


def test_the_alarm_that_stands_is_said_first(table: Table) -> None:
    said = notable(table)
    assert said.row_key in ("asb", "alcohol_asb")
    assert "above its usual range: 30" in said.text


def test_nothing_that_stands_out_is_said_to_be_noise() -> None:
    scope = Scope.of(
        toy.dataset(toy.located(toy.BURGLARY, "Burglary", "Residential")),
        Period.from_text("2025-W24"),
    )
    said = notable(build_period_table(scope, count_indicators(scope)))
    assert said.text.endswith("may be chance.")


def test_a_quarter_that_the_files_hold_in_part_is_not_compared() -> None:
    from hotspots.brief.returns import indicator_table

    scope = Scope.of(toy.dataset(), Period.from_text("2025-Q2"))
    table = indicator_table(scope, count_indicators(scope))
    assert table.row("all")["last_year"] is None
    assert "the files have no April 2024" in table.notes[0]
    assert table.row("all")["previous"] is not None
