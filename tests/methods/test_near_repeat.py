"""Near-repeat alerts: phases by hand, last days, chains, risk against a loop."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import reference_near as reference
import toy

from hotspots.core.crs import bng_to_lonlat
from hotspots.core.errors import CrsError, ParameterError, PrecisionError
from hotspots.methods.near_repeat import (
    NearRepeat,
    fading_risk,
    group_zones,
    measure_lift,
    zone_risk,
)
from hotspots.model.cells import Cells
from hotspots.model.incidents import Incidents

ON = dt.date(2025, 6, 14)
WIDE = NearRepeat(radius_m=400, alert_days=28, fade_days=56)


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
        (zone,) = WIDE(burglaries((0, 0, age)), on=ON).to_dicts()
        opened = ON - dt.timedelta(days=age)
        assert (zone["age_days"], zone["phase"], zone["opened"]) == (age, phase, opened)
        assert (zone["first_within_m"], zone["risk"]) == (first_m, pytest.approx(left))
        assert zone["next_door_until"] == opened + dt.timedelta(days=6)
        assert zone["alert_until"] == opened + dt.timedelta(days=27)
        assert zone["expires"] == opened + dt.timedelta(days=55)
    assert WIDE(burglaries((0, 0, 56)), on=ON).is_empty()
    assert WIDE(burglaries((0, 0, -1)), on=ON).is_empty()


def test_a_zone_opens_on_the_last_day_it_can_have_happened():
    incidents = burglaries((0, 0, 3))
    for end, opened in (
        (dt.datetime(2025, 6, 13, 8), dt.date(2025, 6, 13)),
        (dt.datetime(2025, 6, 13), dt.date(2025, 6, 12)),  # the end is left out
        (dt.datetime(2025, 6, 11, 12), dt.date(2025, 6, 11)),
    ):
        wide = replace(incidents, frame=incidents.frame.with_columns(end=pl.lit(end)))
        assert WIDE(wide, on=ON)["opened"].to_list() == [opened]


def test_neighbours_pressure_and_chains_by_hand():
    # a chain of three, 300 m and 10 days from one to the next; one near it but more
    # than 28 days before; one far away
    zones = WIDE(
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
    zones = WIDE(burglaries((0, 0, 1), (0, 0, 1)), on=ON)
    assert zones["n_zones"].to_list() == [2, 2]
    assert zones["n_in_chain"].to_list() == [2, 2]


def test_nothing_open_keeps_the_columns():
    zones = WIDE(burglaries((0, 0, 200)), on=ON)
    full = WIDE(burglaries((0, 0, 1)), on=ON)
    assert zones.is_empty()
    assert zones.schema == full.schema


def test_the_order_of_rows_changes_nothing():
    rng = np.random.default_rng(1)
    rows = [
        (*rng.uniform(0, 2_000, 2).round(), int(rng.integers(0, 80))) for _ in "ab" * 40
    ]
    ahead, behind = (WIDE(burglaries(*order), on=ON) for order in (rows, rows[::-1]))
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
    surface = WIDE.surface(incidents, cells, on=on)
    far = np.hypot(*(cells.xy_m - incidents.xy_m[0]).T)
    expected = np.where(far <= 400, 1 + 55 / 56, 0)
    np.testing.assert_allclose(surface.values, expected)
    assert surface.notes == ("2 zones open on 2025-01-02",)


def test_what_is_refused():
    with pytest.raises(ParameterError, match="radius_m must be greater than 0"):
        NearRepeat(radius_m=-1)
    with pytest.raises(ParameterError, match="got 50 m of 400 m and 7, 60 and 56 days"):
        NearRepeat(radius_m=400, alert_days=60, fade_days=56)
    with pytest.raises(ParameterError, match="got 500 m of 400 m"):
        NearRepeat(radius_m=400, next_door_m=500)
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
            WIDE(coarse, on=ON)
        with pytest.raises(PrecisionError, match="near-repeat alerts needs"):
            WIDE.surface(coarse, Cells.from_polygon(toy.town(), resolution=9), on=ON)


def test_lift_is_pairs_over_their_mean_under_every_order():
    rng = np.random.default_rng(2)
    xy, days = rng.uniform(0, 300, (6, 2)), rng.integers(0, 30, 6)
    found = measure_lift(xy, days, 100, 14)
    apart = [(i, j) for i in range(6) for j in range(i)]
    near = [math.dist(xy[i], xy[j]) <= 100 for i, j in apart]

    def pairs(order):
        close = [abs(int(order[i]) - int(order[j])) < 14 for i, j in apart]
        return sum(n and c for n, c in zip(near, close, strict=True))

    every = [pairs(order) for order in itertools.permutations(days)]
    assert found.observed == pairs(days)
    assert found.expected == pytest.approx(np.mean(every))
    assert math.isnan(measure_lift(xy[:1], days[:1], 100, 14).ratio)
    assert "too few incidents" in measure_lift(xy[:2], days[:2], 1, 1).sentence()


def test_a_planted_repeat_is_worth_an_alert_and_chance_is_not():
    rng = np.random.default_rng(4)
    xy, days = rng.uniform(0, 2_000, (400, 2)), rng.integers(0, 365, 400)
    quiet = measure_lift(xy, days, 100, 14)
    assert 0.6 < quiet.ratio < 1.5
    again = measure_lift(np.vstack([xy, xy[:80]]), [*days, *days[:80] + 3], 100, 14)
    assert again.ratio > 1.6
    assert f"{again.ratio:.1f} times as many others here" in again.sentence()


def test_alerts_are_grouped_ranked_and_capped():
    # three that follow one another, one alone, one that only fades, one alone and new
    zones = NearRepeat()(
        burglaries(
            *((0, 0, 1), (40, 0, 3), (80, 0, 9)),
            *((5_000, 0, 2), (9_000, 0, 20), (15_000, 0, 0)),
        ),
        on=ON,
    )
    groups = group_zones(zones, most=10)
    assert groups["n_in_chain"].to_list() == [3, 1, 1]
    assert group_zones(zones, most=2).height == 2
    assert NearRepeat().lift(burglaries((0, 0, 1)), on=ON)[0].observed == 0
