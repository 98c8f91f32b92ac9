"""Near-repeat alerts: phases by hand, last days, chains, risk against a loop."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import reference_near as reference
import toy

from hotspots.core.crs import bng_to_lonlat
from hotspots.core.errors import CrsError, ParameterError, PrecisionError
from hotspots.methods.near_repeat import NearRepeat, fading_risk, zone_risk
from hotspots.model.cells import Cells
from hotspots.model.incidents import Incidents

ON = dt.date(2025, 6, 14)


def burglaries(*rows):
    """Return incidents from (metres east, metres north, days before ON)."""
    east, north, ago = (np.array(column, dtype=float) for column in np.transpose(rows))
    lon, lat = bng_to_lonlat(475_000 + east, 319_000 + north)
    noon = dt.datetime.combine(ON, dt.time(12))
    start = [noon - dt.timedelta(days=float(days)) for days in ago]
    return Incidents.from_located(
        pl.DataFrame({"lon": lon, "lat": lat, "start": start, "category": "Burglary"})
    )


def test_the_life_of_a_zone_by_hand():
    for age, phase, first_m, left in (
        (0, "next door", 50, 1),
        (6, "next door", 50, 50 / 56),
        (7, "alert", 400, 0.875),
        (27, "alert", 400, 29 / 56),
        (28, "fading", 400, 0.5),
        (55, "fading", 400, 1 / 56),
    ):
        (zone,) = NearRepeat()(burglaries((0, 0, age)), on=ON).to_dicts()
        opened = ON - dt.timedelta(days=age)
        assert (zone["age_days"], zone["phase"], zone["opened"]) == (age, phase, opened)
        assert (zone["first_within_m"], zone["risk"]) == (first_m, pytest.approx(left))
        assert zone["next_door_until"] == opened + dt.timedelta(days=6)
        assert zone["alert_until"] == opened + dt.timedelta(days=27)
        assert zone["expires"] == opened + dt.timedelta(days=55)
    assert NearRepeat()(burglaries((0, 0, 56)), on=ON).is_empty()
    assert NearRepeat()(burglaries((0, 0, -1)), on=ON).is_empty()


def test_a_zone_opens_on_the_last_day_it_can_have_happened():
    incidents = burglaries((0, 0, 3))
    for end, opened in (
        (dt.datetime(2025, 6, 13, 8), dt.date(2025, 6, 13)),
        (dt.datetime(2025, 6, 13), dt.date(2025, 6, 12)),  # the end is left out
        (dt.datetime(2025, 6, 11, 12), dt.date(2025, 6, 11)),
    ):
        wide = replace(incidents, frame=incidents.frame.with_columns(end=pl.lit(end)))
        assert NearRepeat()(wide, on=ON)["opened"].to_list() == [opened]


def test_neighbours_pressure_and_chains_by_hand():
    # a chain of three, 300 m and 10 days from one to the next; one near it but more
    # than 28 days before; one far away
    zones = NearRepeat()(
        burglaries((0, 0, 1), (300, 0, 11), (600, 0, 21), (0, 10, 50), (5_000, 0, 2)),
        on=ON,
    )
    assert zones["age_days"].to_list() == [11, 1, 21, 2, 50]
    assert zones["n_zones"].to_list() == [4, 3, 2, 1, 3]
    assert zones["chain"].to_list() == [1, 1, 1, 2, 3]
    assert zones["n_in_chain"].to_list() == [3, 3, 3, 1, 1]
    left = {age: 1 - age / 56 for age in (1, 11, 21, 50)}
    assert zones["pressure"][0] == pytest.approx(sum(left.values()))
    assert zones["pressure"][2] == pytest.approx(left[11] + left[21])


def test_the_same_place_twice_opens_two_zones():
    zones = NearRepeat()(burglaries((0, 0, 1), (0, 0, 1)), on=ON)
    assert zones["n_zones"].to_list() == [2, 2]
    assert zones["n_in_chain"].to_list() == [2, 2]


def test_nothing_open_keeps_the_columns():
    zones = NearRepeat()(burglaries((0, 0, 200)), on=ON)
    full = NearRepeat()(burglaries((0, 0, 1)), on=ON)
    assert zones.is_empty()
    assert zones.schema == full.schema


def test_the_order_of_rows_changes_nothing():
    rng = np.random.default_rng(1)
    rows = [
        (*rng.uniform(0, 2_000, 2).round(), int(rng.integers(0, 80))) for _ in "ab" * 40
    ]
    ahead, behind = (
        NearRepeat()(burglaries(*order), on=ON) for order in (rows, rows[::-1])
    )
    assert ahead.equals(behind)


def test_zone_risk_equals_the_naive_loop():
    rng = np.random.default_rng(2)
    xy, at = rng.uniform(0, 2_000, (80, 2)), rng.uniform(0, 2_000, (50, 2))
    ages = rng.integers(-5, 90, 80)
    left = np.array([1 - age / 56 if 0 <= age < 56 else 0 for age in ages])
    expected = reference.near_sum(xy, left, at, 400, math.inf)
    np.testing.assert_allclose(zone_risk(xy, ages, at), expected, rtol=1e-12)
    known = ages >= 0
    tomorrow = zone_risk(xy[known], ages[known] + 1, at)
    assert (tomorrow <= expected).all()


def test_a_zone_covers_what_is_at_most_its_radius_away():
    at = np.array([[0.0, 400.0], [240.0, 320.0], [0.0, 400.001]])
    assert zone_risk(np.zeros((1, 2)), [0], at).tolist() == [1, 1, 0]
    assert zone_risk(np.zeros((1, 2)), [0], at, radius_m=500).tolist() == [1, 1, 1]


def test_the_surface_at_the_centres_of_cells():
    incidents = toy.incidents({toy.A: 2})
    cells = Cells.from_polygon(toy.town(), resolution=10)
    on = dt.date(2025, 1, 2)
    surface = NearRepeat().surface(incidents, cells, on=on)
    far = np.hypot(*(cells.xy_m - incidents.xy_m[0]).T)
    expected = np.where(far <= 400, 1 + 55 / 56, 0)
    np.testing.assert_allclose(surface.values, expected)
    assert surface.notes == ("2 zones open on 2025-01-02",)


def test_what_is_refused():
    with pytest.raises(ParameterError, match="radius_m must be greater than 0"):
        NearRepeat(radius_m=-1)
    with pytest.raises(ParameterError, match="got 50 m of 400 m and 7, 60 and 56 days"):
        NearRepeat(alert_days=60)
    with pytest.raises(ParameterError, match="got 500 m of 400 m"):
        NearRepeat(next_door_m=500)
    with pytest.raises(ParameterError, match="got 1 without"):
        fading_risk([0, math.nan])
    with pytest.raises(ParameterError, match="fade_days must be above 0"):
        fading_risk([0], fade_days=0)
    with pytest.raises(ParameterError, match="one age for each of 2 incidents"):
        zone_risk(np.zeros((2, 2)), [1], np.zeros((1, 2)))
    degrees = np.array([[-0.886, 52.765], [-0.883, 52.761]])
    with pytest.raises(CrsError, match="projected system"):
        zone_risk(degrees, [1, 2], np.zeros((1, 2)))
    for changes in ({"time_precision": "month"}, {"snapped": True}):
        coarse = replace(burglaries((0, 0, 1)), **changes)
        with pytest.raises(PrecisionError, match="near-repeat alerts needs"):
            NearRepeat()(coarse, on=ON)
        with pytest.raises(PrecisionError, match="near-repeat alerts needs"):
            NearRepeat().surface(
                coarse, Cells.from_polygon(toy.town(), resolution=9), on=ON
            )
