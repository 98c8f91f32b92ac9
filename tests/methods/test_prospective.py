"""Prospective risk: its two parts, what it may know, and what is refused."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import h3
import numpy as np
import polars as pl
import pytest
import reference
import reference_near
import toy

from hotspots.core.crs import bng_to_lonlat, lonlat_to_bng
from hotspots.core.errors import CrsError, ParameterError, PrecisionError, TooFewError
from hotspots.methods.prospective import Prospective, recent_density
from hotspots.model.cells import Cells
from hotspots.model.incidents import Incidents

ON = dt.date(2025, 6, 14)
MIDDLE = (475_200.0, 319_100.0)


@pytest.fixture(scope="module")
def cells():
    return Cells.from_polygon(toy.town(), resolution=10)


def happened(*rows):
    """Return incidents from (cell or metres, days before the start of ON)."""
    lonlat = [
        toy.centre(where)
        if isinstance(where, str)
        else tuple(c[0] for c in bng_to_lonlat(*np.array(where)[:, None]))
        for where, _ in rows
    ]
    midnight = dt.datetime.combine(ON, dt.time())
    return Incidents.from_located(
        pl.DataFrame(
            {
                "lon": [p[0] for p in lonlat],
                "lat": [p[1] for p in lonlat],
                "start": [midnight - dt.timedelta(days=ago) for _, ago in rows],
                "category": "Burglary",
            }
        )
    )


def test_recent_density_equals_the_naive_loop():
    rng = np.random.default_rng(1)
    xy, at = rng.uniform(0, 900, (60, 2)), rng.uniform(0, 900, (40, 2))
    xy[:20] = xy[20:40]
    ages = rng.uniform(0, 300, 60)
    expected = reference_near.near_sum(xy, np.exp(-ages / 42), at, 1e9, 50)
    np.testing.assert_allclose(recent_density(xy, ages, at), expected, rtol=1e-8)


def test_one_incident_by_hand():
    place = np.array([[475_000.0, 319_000.0]])
    at = place + np.array([[0, 0], [50, 0], [30, 40], [0, 2_000]])
    values = recent_density(place, [21], at)
    expected = [math.exp(-0.5), math.exp(-1.5), math.exp(-1.5), 0]
    np.testing.assert_allclose(values, expected, rtol=1e-12)


def test_the_parts_add_up_to_shares_of_one(cells):
    incidents = happened(*[(toy.A, 200 + k) for k in range(9)], (toy.D, 2), (toy.D, 30))
    answer = Prospective()(incidents, cells, on=ON)
    assert answer.chronic.values.sum() == pytest.approx(0.77)
    assert answer.recent.values.sum() == pytest.approx(0.23)
    np.testing.assert_allclose(
        answer.risk.values, answer.chronic.values + answer.recent.values, rtol=1e-12
    )
    assert answer.risk.notes == ("23% of the risk is by recent incidents",)
    assert answer.chronic.top(1)[0][0] == toy.A
    assert answer.recent.top(1)[0][0] == toy.D
    frame = answer.to_frame()
    split = dict(frame.select("cell", "share_recent").iter_rows())
    assert split[toy.A] < 0.05
    assert split[toy.D] > 0.5
    assert frame["risk"].is_sorted(descending=True)
    assert frame.height == len(cells)


def children_m(ids):
    """Return the centres of the cells one resolution finer, seven each, metres."""
    children = [c for i in ids.tolist() for c in h3.cell_to_children(f"{i:x}", 11)]
    lat, lon = np.array([h3.cell_to_latlng(child) for child in children]).T
    return np.column_stack(lonlat_to_bng(lon, lat))


def test_against_sums_over_the_parts_of_cells(cells):
    incidents = happened((MIDDLE, 10), ((475_240.0, 319_000.0), 100), (toy.B, 400))
    xy, fresh = incidents.xy_m, np.exp(-np.array([10, 100, 400]) / 42)
    at = children_m(cells.ids)
    parts = (
        reference.kernel_sum(xy, np.ones(3), at, 150.0, "quartic"),
        reference_near.near_sum(xy, fresh, at, 1_250.0, 50),
    )
    expected = np.zeros(len(cells))
    for weight, values in zip((0.77, 0.23), parts, strict=True):
        by_cell = values.reshape(-1, 7).mean(axis=1) * cells.area_km2
        expected += weight * by_cell / by_cell.sum()
    answer = Prospective()(incidents, cells, on=ON)
    np.testing.assert_allclose(answer.risk.values, expected, rtol=1e-7, atol=1e-12)


def test_it_matters_little_where_in_its_cell_an_incident_was(cells):
    at = cells.xy_m[cells.index_of(np.array([int(toy.A, 16)], dtype=np.uint64))[0]]
    near = np.hypot(*(cells.xy_m - at).T) < 400
    centres_m = children_m(cells.ids[near])
    totals = [
        recent_density((at + moved)[None], [0], centres_m).sum()
        for moved in np.array([[0, 0], [66, 0], [0, 57], [-33, 57]])
    ]
    assert max(totals) / min(totals) < 1.06


def test_the_future_is_not_looked_at(cells):
    past = happened((toy.A, 5), (toy.B, 300))
    both = happened((toy.A, 5), (toy.B, 300), (toy.C, -0.5), (toy.D, -40), (toy.C, 0))
    answers = [Prospective()(incidents, cells, on=ON) for incidents in (past, both)]
    np.testing.assert_array_equal(answers[0].risk.values, answers[1].risk.values)
    not_over = replace(
        past,
        frame=past.frame.with_columns(
            end=pl.when(pl.int_range(pl.len()) == 0)
            .then(dt.datetime(2025, 6, 14, 9))
            .otherwise("end")
        ),
    )
    changed = Prospective()(not_over, cells, on=ON)
    assert changed.risk.top(1)[0][0] == toy.B


def test_the_look_back_ends(cells):
    with_old = happened((toy.A, 5), (toy.D, 740))
    only = Prospective()(happened((toy.A, 5)), cells, on=ON)
    answer = Prospective()(with_old, cells, on=ON)
    np.testing.assert_array_equal(answer.risk.values, only.risk.values)
    longer = Prospective(months=36)(with_old, cells, on=ON)
    assert longer.risk.values[cells.index_of(np.array([int(toy.D, 16)], "u8"))[0]] > 0.1


def test_more_of_the_same_changes_nothing_and_all_weights_work(cells):
    rows = [(toy.A, 5), (toy.B, 60), (toy.D, 200)]
    once, twice = (
        Prospective()(happened(*rows * k), cells, on=ON).risk.values for k in (1, 2)
    )
    np.testing.assert_allclose(once, twice, rtol=1e-12)
    for weight in (0, 1):
        answer = Prospective(weight_recent=weight)(happened(*rows), cells, on=ON)
        assert answer.recent.values.sum() == pytest.approx(weight)
    assert (answer.share_recent[answer.risk.values > 0] == 1).all()


@pytest.mark.parametrize("resolution", [8, 9, 11])
def test_other_resolutions(resolution):
    cells = Cells.from_polygon(toy.town(), resolution=resolution)
    answer = Prospective()(happened((MIDDLE, 1), (toy.A, 90)), cells, on=ON)
    assert answer.risk.values.sum() == pytest.approx(1)


def test_no_cells_and_what_is_refused(cells):
    with pytest.raises(TooFewError, match="24 months before 2025-06-14; there is none"):
        Prospective()(happened((toy.A, 900)), cells, on=ON)
    with pytest.raises(ParameterError, match="weight_recent must be at most 1"):
        Prospective(weight_recent=1.5)
    with pytest.raises(ParameterError, match="bandwidth_m must be greater than 0"):
        Prospective(bandwidth_m=-150)
    for changes in ({"time_precision": "month"}, {"snapped": True}):
        coarse = replace(happened((toy.A, 5)), **changes)
        with pytest.raises(PrecisionError, match="a prospective risk surface needs"):
            Prospective()(coarse, cells, on=ON)
    place = np.array([[475_000.0, 319_000.0]])
    for ages in ([-1], [math.nan], [1, 2]):
        with pytest.raises(ParameterError, match="one age of 0 days or more for each"):
            recent_density(place, ages, place)
    with pytest.raises(ParameterError, match="length_days above 0"):
        recent_density(place, [1], place, length_days=0)
    with pytest.raises(ParameterError, match="length_m above 0"):
        recent_density(place, [1], place, length_m=-5)
    degrees = np.array([[-0.886, 52.765], [-0.883, 52.761]])
    with pytest.raises(CrsError, match="projected system"):
        recent_density(degrees, [1, 2], place)


def test_the_surface_is_the_risk_and_cells_asked_in_turn_are_not_mixed_up(cells):
    incidents = happened((toy.A, 3), (toy.D, 40), (toy.B, 200))
    fewer = Cells.from_ids(cells.ids[: len(cells) // 2], resolution=10)
    first = Prospective()(incidents, cells, on=ON).risk.values
    part = Prospective().surface(incidents, fewer, on=ON).values
    again = Prospective().surface(incidents, cells, on=ON).values
    assert first.tolist() == again.tolist()
    assert len(part) == len(fewer)
    share = first[: len(fewer)] / first[: len(fewer)].sum()
    assert part.sum() == pytest.approx(1)
    assert np.corrcoef(part, share)[0, 1] > 0.9
