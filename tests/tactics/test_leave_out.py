"""Places that a partnership keeps off its plans: found by name, and kept free."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely
from town import sample_town

from hotspots.core.crs import bng_to_lonlat
from hotspots.core.errors import NoUsableRowsError, ParameterError
from hotspots.resources import load_resources
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.leave_out import LEFT_OUT_M, find_left_out, near_any
from hotspots.tactics.plan import Plan
from hotspots.tactics.planner import PlanRequest, suggest
from hotspots.workflow import Dataset

ROOT = Path(__file__).parents[2]


@cache
def dataset() -> Dataset:
    return sample_town()


@cache
def busiest() -> str:
    """The street with most incidents: every plan is likely to want it."""
    streets = dataset().incidents.frame["street"].cast(pl.String).drop_nulls()
    counts = streets.value_counts().sort("count", "street", descending=[True, False])
    return str(counts["street"][0])


def rows_naively(name: str) -> list[bool]:
    frame = dataset().incidents.frame
    found = []
    for street, address in zip(frame["street"], frame["address"], strict=True):
        words = [f" {text} ".lower().replace(",", " ") for text in (street, address)]
        found.append(any(f" {name.lower()} " in text for text in words))
    return found


def test_names_are_found_whole_in_street_or_address_whatever_their_case() -> None:
    for text in (busiest(), busiest().upper(), f"  {busiest()} ;; {busiest()}"):
        found = find_left_out(dataset().incidents, text)
        assert found.rows.to_list() == rows_naively(busiest())
        assert len(found.names) == len(found.notes) == 1
    part = find_left_out(dataset().incidents, busiest()[:4])
    assert not part.rows.any()
    assert part.notes[0].startswith("Nothing was left out")


def test_the_places_are_those_of_the_rows_and_the_count_is_said() -> None:
    incidents = dataset().incidents
    found = find_left_out(incidents, busiest())
    n = sum(rows_naively(busiest()))
    assert f"({n:,} incidents)" in found.notes[0]
    own = {tuple(at) for at in incidents.xy_m[found.rows.to_numpy()].tolist()}
    assert {tuple(at) for at in found.at_m.tolist()} == own


def test_nothing_given_leaves_nothing_out() -> None:
    found = find_left_out(dataset().incidents, " ; ")
    assert not found.rows.any()
    assert found.names == found.notes == ()
    assert not near_any(np.zeros((3, 2)), found.at_m).any()


def test_a_name_that_would_hit_half_the_town_is_refused() -> None:
    with pytest.raises(ParameterError, match="at least 3 letters"):
        find_left_out(dataset().incidents, "St")


def test_near_is_within_so_many_metres_of_any() -> None:
    rng = np.random.default_rng(5)
    points, at = rng.uniform(0, 1000, (200, 2)), rng.uniform(0, 1000, (9, 2))
    apart = np.hypot(*(points[:, None] - at[None]).transpose(2, 0, 1))
    assert (near_any(points, at) == (apart.min(axis=1) <= LEFT_OUT_M)).all()


def test_their_incidents_choose_and_count_nothing() -> None:
    open_town = PlanningContext.from_dataset(dataset())
    town = PlanningContext.from_dataset(dataset(), leave_out=busiest())
    gone = open_town.incidents.frame["street"].cast(pl.String) == busiest()
    assert town.incidents.n == open_town.incidents.n - int(gone.sum())
    assert any(note.startswith("Left out as asked") for note in town.notes)
    assert town.keeps_off(town.left_out_m).all()
    assert not open_town.keeps_off(town.left_out_m).any()


def test_leaving_everything_out_is_refused() -> None:
    streets = dataset().incidents.frame["street"].cast(pl.String).unique().drop_nulls()
    every = ";".join(sorted({name.split()[-1] for name in streets}))
    with pytest.raises(NoUsableRowsError, match="what is left out"):
        PlanningContext.from_dataset(dataset(), leave_out=every)


@cache
def plan_of(tactic: str, leave_out: str) -> Plan:
    resources = load_resources(
        columns=ROOT / "data/simulated_columns.csv",
        premises=ROOT / "data/simulated_premises.csv",
        simulated=True,
    )
    options = {
        "cctv": {"n_cameras": "2"},
        "patrol": {"n_areas": "2"},
        "operation": {"template": "night-time-economy", "n_areas": "3"},
    }
    asked = PlanRequest(
        tactic=tactic, options=options.get(tactic, {}), leave_out=leave_out
    )
    return suggest(dataset(), asked, resources)


@pytest.mark.parametrize(
    "tactic",
    [
        "cctv",
        "operation",
        pytest.param("patrol", marks=pytest.mark.slow),
        pytest.param("youth", marks=pytest.mark.slow),
    ],
)
def test_nothing_is_suggested_there(tactic: str) -> None:
    places = find_left_out(dataset().incidents, busiest())
    lon, lat = bng_to_lonlat(places.at_m[:, 0], places.at_m[:, 1])
    there = shapely.points(lon, lat)
    before, after = plan_of(tactic, ""), plan_of(tactic, busiest())
    assert after.suggestions
    for each in after.suggestions:
        assert not shapely.intersects(each.geometry, there).any()
    closest = min(shapely.distance(e.geometry, there).min() for e in before.suggestions)
    further = min(shapely.distance(e.geometry, there).min() for e in after.suggestions)
    assert further > closest
    assert any(note.startswith("Left out as asked") for note in after.notes)
    for each in after.suggestions:
        assert busiest() not in each.name


def test_victims_there_are_still_served() -> None:
    assert (
        plan_of("packs", busiest())
        .tables["pack_list"]
        .equals(plan_of("packs", "").tables["pack_list"])
    )
