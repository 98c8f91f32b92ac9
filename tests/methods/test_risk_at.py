"""Lasting and recent risk: a double loop, sums, what is not looked at, relations."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.crs import bng_to_lonlat
from hotspots.methods.prospective import Prospective
from hotspots.model.incidents import Incidents

DAY = dt.date(2025, 7, 1)
MODEL = Prospective()
RECENT_PART = MODEL.weight_recent
ORIGIN = np.array([475_000.0, 319_000.0])
POINTS = ORIGIN + np.array([[0, 0], [40, 0], [0, 130], [400, 400]])


def incidents(events: list[tuple[int, int, int]]) -> Incidents:
    """Incidents at metres east and north of the origin, so many days before."""
    xy = ORIGIN + np.array([(x, y) for x, y, _ in events])
    lon, lat = bng_to_lonlat(xy[:, 0], xy[:, 1])
    noon = dt.datetime.combine(DAY, dt.time(12))
    return Incidents.from_located(
        pl.DataFrame(
            {
                "lon": lon,
                "lat": lat,
                "start": [noon - dt.timedelta(days=age) for _, _, age in events],
                "category": ["Burglary"] * len(events),
            }
        )
    )


def naive(held: Incidents) -> tuple[np.ndarray, np.ndarray]:
    """Sum kernels one incident and one point at a time."""
    midnight = dt.datetime.combine(DAY, dt.time())
    first = dt.datetime(2023, 7, 1)
    chronic, recent = np.zeros(len(POINTS)), np.zeros(len(POINTS))
    for xy, start in zip(held.xy_m, held.frame["start"].to_list(), strict=True):
        if not first <= start < midnight:
            continue
        age = (midnight - start).total_seconds() / 86_400
        for k, point in enumerate(POINTS):
            away = math.dist(xy, point)
            if away < 150:
                chronic[k] += (1 - (away / 150) ** 2) ** 2
            recent[k] += math.exp(-away / 50 - age / 42) * (away <= 25 * 50)
    a = RECENT_PART if recent.any() else 0.0
    parts = (
        ((1 - a, chronic), (a, recent))
        if chronic.any()
        else ((0, chronic), (1, recent))
    )
    return tuple(  # type: ignore[return-value]
        share * part / part.sum() if part.sum() > 0 else part for share, part in parts
    )


EVENT = st.tuples(st.integers(-100, 500), st.integers(-100, 500), st.integers(-30, 900))


@given(st.lists(EVENT, min_size=1, max_size=25))
@settings(max_examples=60, deadline=None)
def test_it_equals_a_double_loop(events: list[tuple[int, int, int]]) -> None:
    held = incidents(events)
    for found, known in zip(MODEL.at(held, POINTS, on=DAY), naive(held), strict=True):
        assert found == pytest.approx(known, rel=1e-3, abs=1e-6)


@given(st.lists(EVENT, min_size=1, max_size=20), st.lists(EVENT, max_size=10))
@settings(max_examples=40, deadline=None)
def test_what_comes_later_is_not_looked_at(
    events: list[tuple[int, int, int]], later: list[tuple[int, int, int]]
) -> None:
    after = [(x, y, -abs(age)) for x, y, age in later]
    before = MODEL.at(incidents(events), POINTS, on=DAY)
    with_later = MODEL.at(incidents([*events, *after]), POINTS, on=DAY)
    for one, other in zip(before, with_later, strict=True):
        assert one == pytest.approx(other)


def test_both_parts_add_up_to_one() -> None:
    held = incidents([(0, 0, 3), (30, 10, 400), (0, 100, 700)])
    chronic, recent = MODEL.at(held, POINTS, on=DAY)
    assert chronic.sum() == pytest.approx(1 - RECENT_PART)
    assert recent.sum() == pytest.approx(RECENT_PART)
    assert chronic.sum() + recent.sum() == pytest.approx(1)


def test_news_raises_the_recent_part_and_age_the_lasting() -> None:
    held = incidents([(0, 0, 2), (0, 0, 5), (0, 130, 500), (0, 130, 600)])
    chronic, recent = MODEL.at(held, POINTS, on=DAY)
    share = recent / np.maximum(chronic + recent, 1e-12)
    assert share[0] > RECENT_PART > share[2]


def test_no_incident_no_risk() -> None:
    chronic, recent = MODEL.at(incidents([(0, 0, -5)]), POINTS, on=DAY)
    assert chronic.tolist() == recent.tolist() == [0.0] * len(POINTS)
