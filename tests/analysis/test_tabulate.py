"""The words of many areas: which stand when their number is allowed for."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import toy
from hypothesis import given, settings
from hypothesis import strategies as st
from town import sample_analysis

from hotspots.analysis.tabulate import areas_notes, significant_among
from hotspots.methods.change import ALARM, compare
from hotspots.outputs.formats.page import areas_page
from hotspots.workflow import Analysis, analyse, load


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return sample_analysis()


def by_hand(p_values: list[float], q: float) -> list[bool]:
    """Benjamini and Hochberg as they wrote it: the largest k with p(k) <= k q / m."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    largest = max(
        (k for k, i in enumerate(order, 1) if p_values[i] <= k * q / len(order)),
        default=0,
    )
    kept = set(order[:largest])
    return [i in kept for i in range(len(p_values))]


def test_the_areas_of_the_simulated_town_by_hand(analysis: Analysis) -> None:
    table = analysis.areas_table
    for kind in ("ward", "priority neighbourhood"):
        rows = table.filter(pl.col("significant_overall").is_not_null(), kind=kind)
        p_values = rows["p_value"].to_list()
        assert rows["significant_overall"].to_list() == by_hand(p_values, ALARM)
        for row in rows.iter_rows(named=True):
            plain = compare(row["n_now"], row["n_previous"], months=12)
            assert row["dispersion"] >= 1
            assert row["p_value"] >= plain.p_value - 1e-6
    wards = table.filter(kind="ward")
    changed = wards["word"].is_in(["higher", "lower"])
    assert (changed.sum(), wards["significant_overall"].sum()) == (1, 0)


def test_the_notes_say_how_many_remain(analysis: Analysis) -> None:
    (wards,) = (note for note in analysis.notes if "compared, ward:" in note)
    assert wards == (
        "Areas compared, ward: 16. Higher or lower at 1% each way: 1, where chance "
        "alone would give at most about 0.32; counts from month to month vary 1.3 "
        "times as much as pure chance (median), which is allowed for. Still so once "
        "the number of areas is allowed for: 0."
    )
    assert areas_notes(analysis.areas_table.head(1)) == ()


counts = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=12
)


@settings(max_examples=60, deadline=None)
@given(counts)
def test_what_stands_was_an_alarm_and_one_area_alone_is_as_it_was(
    pairs: list[tuple[int, int]],
) -> None:
    changes = [compare(now, before, months=12) for now, before in pairs]
    stands = significant_among(changes).to_list()
    for change, one in zip(changes, stands, strict=True):
        if change.word == "too few to say":
            assert one is None
        else:
            assert isinstance(one, bool)
            assert not one or change.word in {"higher", "lower"}
            assert significant_among([change]).to_list() == [change.word != "usual"]


def test_nothing_compared_is_nothing_said() -> None:
    nothing = [compare(5, 3, months=0)] * 3
    assert significant_among(nothing).to_list() == [None] * 3
    assert significant_among([]).to_list() == []


def test_pure_chance_seldom_stands() -> None:
    """Of 100 districts of 30 wards where nothing changed, few have one that stands."""
    rng = np.random.default_rng(5)
    words, false = 0, 0
    for pairs in rng.poisson(60, size=(100, 30, 2)).tolist():
        changes = [compare(now, before, months=12) for now, before in pairs]
        words += any(change.word != "usual" for change in changes)
        false += bool(significant_among(changes).any())
    assert words > 25
    assert false <= 6


months = [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 13)]


@settings(max_examples=12, deadline=None)
@given(st.sets(st.sampled_from(months), min_size=1, max_size=8))
def test_a_missing_period_is_never_a_zero(
    tmp_path_factory: pytest.TempPathFactory, covered: set[str]
) -> None:
    """Counts are null unless some month has the same month a year before."""
    folder = tmp_path_factory.mktemp("gaps")
    lon, lat = toy.centre(toy.A)
    lines = [f",{m},{lon},{lat},On or near Low Road,Burglary" for m in sorted(covered)]
    toy.write_police_uk(folder / "street.csv", lines)
    toy.write_town(folder / "wards.geojson")
    made = analyse(load([folder / "street.csv"], [folder / "wards.geojson"]))
    last = max(covered)
    now = [m for m in covered if m > f"{int(last[:4]) - 1}{last[4:]}"]
    pairs = [m for m in now if f"{int(m[:4]) - 1}{m[4:]}" in covered]
    for row in made.areas_table.rows(named=True):
        expected = None if not pairs else len(pairs) * (row["name"] == "West")
        assert row["n_now"] == row["n_previous"] == expected
        assert row["change_percent"] in (None, 0.0)
    shown = [dict(areas_page(made.areas_table).facts(row)) for row in range(2)]
    first = made.hotspots[0].to_row()
    if not pairs:
        assert all("0" not in facts["Latest months"] for facts in shown)
        assert first["n_last"] is first["n_before"] is None
    else:
        assert first["n_last"] == first["n_before"] == len(pairs)
