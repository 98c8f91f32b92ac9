"""Severity in cells: by hand, by the loop, dominated cells, categories without one."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
import toy
from hypothesis import given
from hypothesis import strategies as st

from hotspots.core.errors import ParameterError
from hotspots.methods.severity import Severity, severity_in_cells, unweighted
from hotspots.model.cells import Cells
from hotspots.model.harm import HarmTable
from hotspots.model.incidents import Incidents


def test_by_hand():
    found = severity_in_cells(
        np.array([0, 0, 0, 2, -1]), np.array([16.0, 9.0, np.nan, 0.0, 900.0]), 3
    )
    assert found.n.tolist() == [3, 0, 1]
    assert found.n_weighted.tolist() == [2, 0, 1]
    assert found.raw.tolist() == [25, 0, 0]
    assert found.root.tolist() == [7, 0, 0]
    assert found.largest_share.tolist() == [16 / 25, 0, 0]


rows = st.lists(
    st.tuples(st.integers(-1, 4), st.one_of(st.just(math.nan), st.floats(0, 9e3))),
    max_size=30,
)


@given(rows=rows)
def test_equals_the_loop(rows):
    at = np.array([r[0] for r in rows], dtype=np.int64)
    severity = np.array([r[1] for r in rows], dtype=float)
    found = severity_in_cells(at, severity, 5)
    for cell in range(5):
        held = [s for c, s in rows if c == cell]
        known = [s for s in held if not math.isnan(s)]
        assert (found.n[cell], found.n_weighted[cell]) == (len(held), len(known))
        assert found.raw[cell] == pytest.approx(sum(known))
        assert found.root[cell] == pytest.approx(sum(map(math.sqrt, known)))
        share = max(known) / sum(known) if sum(known) else 0
        assert found.largest_share[cell] == pytest.approx(share)


def town():
    """A robbery beside thefts in A, a single burglary in B, thefts in D."""
    lists = {
        toy.A: [("Vehicle crime", "Theft from motor vehicle")] * 6
        + [("Robbery", None), ("Burglary", None), ("Drugs", None)],
        toy.B: [("Burglary", "Residential")],
        toy.D: [("Bicycle theft", None)] * 20 + [("Other crime", None)] * 2,
    }
    frame = pl.concat(
        toy.rows({cell: len(kinds)}).with_columns(
            category=pl.Series([kind for kind, _ in kinds]),
            subcategory=pl.Series([sub for _, sub in kinds], dtype=pl.String),
        )
        for cell, kinds in lists.items()
    )
    return Incidents.from_located(frame)


def cells():
    return Cells.from_polygon(toy.town(), resolution=10)


def at(frame, cell):
    return frame.row(by_predicate=pl.col("cell") == cell, named=True)


def test_the_table_of_cells():
    table = Severity(scale="raw").table(town(), cells())
    assert table["cell"].to_list() == [toy.A, toy.B, toy.D]
    a, b, d = (at(table, cell) for cell in (toy.A, toy.B, toy.D))
    # six thefts from vehicles of 33, a robbery of 800; a burglary of no known kind and
    # a drugs offence have no severity
    assert (a["n_incidents"], a["n_without_severity"], a["raw"]) == (9, 2, 998)
    assert a["root"] == pytest.approx(6 * math.sqrt(33) + math.sqrt(800))
    assert a["largest_share"] == pytest.approx(800 / 998)
    assert a["dominated"]
    # one event alone does not dominate others: there are none
    assert (b["raw"], b["largest_share"], b["dominated"]) == (465, 1, False)
    assert (d["n_without_severity"], d["raw"], d["dominated"]) == (2, 300, False)
    rooted = Severity().table(town(), cells())
    assert rooted["cell"].to_list() == [toy.D, toy.A, toy.B]


@pytest.mark.parametrize(("scale", "best"), [("raw", toy.A), ("root", toy.D)])
def test_the_surface(scale, best):
    surface = Severity(scale=scale)(town(), cells())
    assert surface.name == f"severity_{scale}"
    assert surface.top(1)[0][0] == best
    assert surface.notes == (
        "4 of 32 incidents have no severity",
        "1 cells owe more than 50% of their severity to one incident",
    )


def test_categories_without_an_honest_weight_are_listed():
    found = unweighted(town())
    assert found["category"].to_list() == ["Other crime", "Burglary", "Drugs"]
    assert found["n_incidents"].to_list() == [2, 1, 1]
    assert "no severity" in found["why"][0]


def test_a_table_of_ones_counts():
    harm = HarmTable.default()
    ones = HarmTable(frame=harm.frame.with_columns(severity_weight=pl.lit(1.0)))
    table = Severity().table(town(), cells(), harm=ones)
    assert table["root"].to_list() == table["n_incidents"].to_list()
    assert unweighted(town(), ones).is_empty()


def test_what_is_refused():
    with pytest.raises(ParameterError, match=r"severity must be 0 or more.*got -1"):
        severity_in_cells(np.array([0]), np.array([-1.0]), 1)
    with pytest.raises(ParameterError, match="got inf"):
        severity_in_cells(np.array([0]), np.array([np.inf]), 1)
    with pytest.raises(ParameterError, match="each of 1 incidents"):
        severity_in_cells(np.array([0]), np.array([1.0, 2.0]), 1)
    with pytest.raises(ParameterError, match="numbered from 0 to 0"):
        severity_in_cells(np.array([1]), np.array([1.0]), 1)
    with pytest.raises(ParameterError, match="scale must be one of root, raw"):
        Severity(scale="log")
