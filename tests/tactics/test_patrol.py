"""Foot patrol on the sample town: the whole plan, its rules, its refusals."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from dataclasses import replace
from typing import Any

import h3
import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import Delaunay
from town import sample_town

from hotspots.core.crs import shapes_to_degrees, shapes_to_metres
from hotspots.core.errors import ParameterError, PlanError, PrecisionError, TooFewError
from hotspots.core.options import build, parameters
from hotspots.model.cells import Cells
from hotspots.resources import Resources
from hotspots.resources.street_build import Ways, build_graph
from hotspots.resources.street_graph import StreetGraph
from hotspots.resources.streets import read_streets
from hotspots.samples import sample_path
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.hours import share_in, week_mask
from hotspots.tactics.patrol import PatrolOptions
from hotspots.tactics.patrol import routes as walks
from hotspots.tactics.patrol.areas import best
from hotspots.tactics.patrol.clock import build_clock, parse_days
from hotspots.tactics.patrol.demand import build_demand
from hotspots.tactics.patrol.ground import grounds_of
from hotspots.tactics.patrol.routes import area_polygon, build_routes
from hotspots.tactics.plan import Plan
from hotspots.tactics.planner import make_plan
from hotspots.tactics.selection import in_reserve


@pytest.fixture(scope="module")
def context() -> PlanningContext:
    streets = read_streets(sample_path("boundaries/simulated_streets.geojson"))
    return PlanningContext.from_dataset(
        sample_town(),
        resources=Resources(streets=streets, simulated=True),
    )


@pytest.fixture(scope="module")
def plan(context: PlanningContext) -> Plan:
    return make_plan(PatrolOptions(), context)


def test_the_walks_are_proven_best_and_say_so(plan: Plan) -> None:
    for suggestion in plan.suggestions:
        walk = dict(suggestion.details)["Walk"]
        assert "Proven best from its start (mixed-integer program)" in walk


def test_a_peak_outside_the_shift_is_said(plan: Plan) -> None:
    """The shift is from 14:00 to 22:00."""
    for peak in plan.tables["areas"]["peak"]:
        first, last = int(peak[:2]), int(peak[9:11]) or 24
        inside = first >= 14 and first < last <= 22
        assert ("outside this shift" in peak) is not inside


def test_the_areas_counts_are_a_plain_count(
    context: PlanningContext, plan: Plan
) -> None:
    """Incidents of the shift's hours in the polygon, one by one."""
    recent = context.recent
    place = recent.frame["place"].to_numpy()
    lon, lat = (recent.places[name].to_numpy()[place] for name in ("lon", "lat"))
    shares = share_in(recent.frame, week_mask(range(7), 14, 22))
    kinds = recent.frame["category"].cast(pl.String).to_numpy()
    for each in plan.suggestions:
        inside = shapely.contains_xy(each.geometry, lon, lat)
        likely = inside & (shares >= 0.5)
        assert each.eligible == likely.sum()
        assert each.value == pytest.approx(
            shares[inside].sum() * 28 / context.window.days
        )
        for reason in each.drivers:
            kind = kinds == reason.what.split(" in this area")[0]
            assert reason.count == (likely & kind).sum()
            assert reason.of == (kind & (shares >= 0.5)).sum()


def cells_of(plan: Plan) -> list[set[str]]:
    """Return the H3 cells whose centre lies in each area."""
    return [
        set(h3.geo_to_cells(suggestion.geometry, 10)) for suggestion in plan.suggestions
    ]


def moments(plan: Plan) -> list[tuple[int, int, dt.datetime, int, int]]:
    """Return crew, rank, planned start, minutes and travel of each visit."""
    shift = plan.tables["shift"]
    found, before = [], None
    for row in shift.iter_rows(named=True):
        at = dt.datetime.fromisoformat(f"{row['date']} {row['window_from']}")
        assert before is None or row["crew"] != before[0] or at > before[1]
        before = (row["crew"], at)
        found.append(
            (row["crew"], row["rank"], at, row["minutes"], row["travel_minutes"])
        )
    return found


def test_areas_are_contiguous_of_the_right_size_and_apart(plan: Plan) -> None:
    areas = cells_of(plan)
    assert len(areas) == 5
    for suggestion, cells in zip(plan.suggestions, areas, strict=True):
        assert suggestion.geometry.geom_type == "Polygon"  # one piece
        assert 3 <= len(cells) <= 5
    for one, two in itertools.combinations(areas, 2):
        around = {near for cell in one for near in h3.grid_disk(cell, 1)}
        assert not around & two
    hectares = plan.tables["areas"]["area_ha"]
    assert hectares.min() >= 3.9
    assert hectares.max() <= 7.0 + 0.4  # the streets that join the parts of an area


def test_nothing_is_suggested_in_the_reserve(
    plan: Plan, context: PlanningContext
) -> None:
    middles = [h3.cell_to_latlng(cell) for cells in cells_of(plan) for cell in cells]
    lat, lon = np.array(middles).T
    assert not in_reserve(lon, lat, percent=10, seed=context.seed).any()


def test_the_rationale_is_whole_and_its_numbers_agree(plan: Plan) -> None:
    headings = [heading for heading, _ in plan.suggestions[0].rationale()]
    assert {"Peak hours", "Walk", "Area and hotspot", "How stable"} <= set(headings)
    for suggestion in plan.suggestions:
        assert all(text for _, text in suggestion.rationale())
        assert suggestion.expires == plan.made_for + dt.timedelta(days=28)
        assert 0 <= suggestion.stability <= 1
        assert len(suggestion.alternatives) == 3
        assert suggestion.controls
        assert suggestion.eligible > 0
        assert "Proven best" in suggestion.solution
        visits = plan.tables["areas"]["visits_a_day"][suggestion.rank - 1]
        assert f"{15 * visits * 28:,} minutes" in suggestion.dose
        assert suggestion.backtest.n_folds == 6
        assert suggestion.backtest.baseline_captured > 0
    compared = " ".join(name for s in plan.suggestions for name in s.controls)
    best = plan.suggestions[0].alternatives[0].name
    assert f"{best} (" in compared, "the unchosen area nearest in demand"
    demand = plan.tables["areas"]["demand"].to_list()
    assert demand == pytest.approx([round(s.value, 2) for s in plan.suggestions])


def test_the_dose_met_takes_an_area_off_the_list(plan: Plan) -> None:
    for suggestion in plan.suggestions:
        assert "leaves the day's list" in suggestion.dose
        assert any("leave this area to the next day" in line for line in suggestion.do)


def test_visits_are_windows_apart_and_capped(plan: Plan) -> None:
    shift = plan.tables["shift"]
    assert set(shift["minutes"]) == {15}
    assert shift["rank"].value_counts()["count"].max() <= 3
    by_rank: dict[int, list[dt.datetime]] = {}
    for _, rank, at, _, _ in moments(plan):
        by_rank.setdefault(rank, []).append(at)
    for starts in by_rank.values():
        for one, two in itertools.pairwise(sorted(starts)):
            late = dt.timedelta(minutes=30 + 15)
            assert two - (one + late) >= dt.timedelta(hours=2)


def test_walks_are_closed_within_the_visit_and_on_streets(plan: Plan) -> None:
    loops, stops = plan.layers["walks"], plan.layers["waypoints"]
    assert loops.frame.height == 5
    for line, length in zip(loops.geometry, loops.frame["length_m"], strict=True):
        assert line.is_closed
        assert 0 < length <= 1333  # 20 minutes, if 15 do not reach every part
    assert set(plan.tables["areas"]["route"]) == {"streets"}
    for rank, order in stops.frame.group_by("rank").agg("order").iter_rows():
        assert order == list(range(1, len(order) + 1))
        line = loops.geometry[rank - 1]
        first = stops.geometry[stops.frame["rank"].index_of(rank)]
        assert shapely.distance(line, first) < 1e-6


def test_a_walk_longer_than_a_visit_is_said_to_be(context: PlanningContext) -> None:
    slow = make_plan(PatrolOptions(n_areas=2, walk_kmh=2.5), context)
    lengths = slow.layers["walks"].frame["length_m"]
    for each, metres in zip(slow.suggestions, lengths, strict=True):
        is_long = round(metres / 2500 * 60) > 20
        said = " ".join(text for _, text in each.rationale())
        assert ("longer than a visit" in " ".join(each.do) + said) == is_long
    assert lengths.max() > 875


def test_walks_stay_inside_and_reach_every_cell_with_incidents(plan: Plan) -> None:
    joined = 0
    walks = plan.layers["walks"].geometry
    for each, walk in zip(plan.suggestions, walks, strict=True):
        assert walk.within(each.geometry)
        line, area = shapes_to_metres(walk), shapes_to_metres(each.geometry)
        cells = shapes_to_metres(
            Cells.from_ids(
                np.array([int(c, 16) for c in h3.geo_to_cells(each.geometry, 10)]),
                resolution=10,
            ).polygons()
        )
        said = dict(each.details)["Walk"]
        more = re.search(r"join its parts \(([\d.]+) ha beside its cells", said)
        assert "all inside the area" in said
        assert (more is None) is line.within(shapely.union_all(cells))
        if more is not None:
            joined += 1
            assert area.area - shapely.area(cells).sum() == pytest.approx(
                1e4 * float(more[1]), abs=100
            )
        numbers = r"(\d) of the (\d) cells with incidents, (\d) of (\d) in"
        busy, wanted, *reached = [int(n) for n in re.findall(numbers, said)[0]]
        assert 3 <= busy == wanted
        passed = shapely.length(shapely.intersection(line, cells)) >= 20
        assert [passed.sum(), len(passed)] == reached
    assert joined, "streets outside the cells join the parts of some area"


def random_streets(around: Any, seed: int, kept: float) -> StreetGraph:
    """Streets between random crossings, all joined."""
    rng = np.random.default_rng(seed)
    west, south, east, north = around.bounds
    n = int((east - west) * (north - south) / 90**2)
    xy_m = rng.uniform((west, south), (east, north), (n, 2))
    corners = Delaunay(xy_m).simplices
    pairs = np.unique(np.sort(corners[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)), axis=0)
    apart = np.hypot(*(xy_m[pairs[:, 0]] - xy_m[pairs[:, 1]]).T)
    tree = minimum_spanning_tree(coo_array((apart, pairs.T), shape=(n, n))).tocoo()
    in_tree = np.isin(pairs @ [n, 1], tree.coords[0] * n + tree.coords[1])
    ends = pairs[in_tree | (rng.random(len(pairs)) < kept)]
    ways = Ways(
        vertex=ends.ravel(),
        n_vertices=np.full(len(ends), 2),
        xy_m=xy_m[ends.ravel()],
        names=[""] * len(ends),
        street_id=[str(k) for k in range(len(ends))],
    )
    return build_graph(ways, source="drawn at random")


@pytest.mark.parametrize(
    ("seed", "n_areas"),
    [(1, 2), *(pytest.param(k, 5, marks=pytest.mark.slow) for k in range(2, 8))],
)
def test_walks_of_any_streets_stay_inside_what_is_drawn_and_areas_never_meet(
    context: PlanningContext, seed: int, n_areas: int
) -> None:
    options = PatrolOptions(n_areas=n_areas, hours="all")
    clock = build_clock(
        context.day, shift_start="14:00", shift_hours=8, days="all", provider="police"
    )
    demand = build_demand(options, context, clock)
    areas = best(demand, demand.weights, n_areas, n_nodes=0).found.areas
    for area in areas:
        around = shapes_to_metres(walks.cells_of(demand, area)).buffer(300)
        resources = Resources(streets=random_streets(around, seed, 0.5))
        there = replace(demand, context=replace(context, resources=resources))
        others = [other for other in areas if other is not area]
        off = shapes_to_metres([walks.cells_of(demand, other) for other in others])
        off = shapely.union_all(off)
        (route,) = build_routes(there, [area], others)
        assert route is not None
        joined = [
            ground.reached(slice(None))[0]
            for ground in grounds_of(
                Cells.from_ids(demand.cells.ids[area], resolution=10),
                resources.streets,
                demand.counted[0],
                off,
            )
        ]
        assert route.parts[0] == max(joined)
        drawn = area_polygon(there, area, route.joining)
        assert shapes_to_degrees(route.line).within(drawn)
        assert drawn.geom_type == "Polygon"
        assert not any(
            drawn.intersects(walks.cells_of(demand, other)) for other in others
        )


def test_the_same_seed_gives_the_same_plan(
    plan: Plan, context: PlanningContext
) -> None:
    again = make_plan(PatrolOptions(), context)
    assert again.tables["shift"].equals(plan.tables["shift"])
    assert again.tables["areas"].equals(plan.tables["areas"])
    assert [s.rationale() for s in again.suggestions] == [
        s.rationale() for s in plan.suggestions
    ]


def test_drawing_from_twice_as_many_names_the_others_as_comparison(
    context: PlanningContext,
) -> None:
    drawn = make_plan(PatrolOptions(randomise=True, n_areas=2), context)
    assert len(drawn.suggestions) == 2
    assert all(len(s.controls) == 2 for s in drawn.suggestions)
    assert any("drawn at random (seed 1)" in note for note in drawn.notes)
    assert "drawn at random (seed 1)" in drawn.suggestions[0].control_note


def test_all_hours_and_harm_choose_by_other_demand(context: PlanningContext) -> None:
    every = make_plan(PatrolOptions(hours="all", weighting="harm", n_areas=2), context)
    assert every.suggestions[0].value_unit == "harm (root of severity) in 28 days"


def test_pcsos_are_back_by_midnight(context: PlanningContext) -> None:
    late = make_plan(
        PatrolOptions(provider="pcso", shift_start="20:00", n_areas=2), context
    )
    midnight = dt.datetime.combine(late.made_for, dt.time()) + dt.timedelta(days=1)
    for _, _, at, minutes, _ in moments(late):
        assert at + dt.timedelta(minutes=30 + minutes) <= midnight
    assert any("after 00:00" in line for line in late.suggestions[0].binding)
    police = make_plan(PatrolOptions(shift_start="20:00", n_areas=2), context)
    assert any(at >= midnight for _, _, at, _, _ in moments(police))


@settings(max_examples=60, deadline=None)
@given(
    hour=st.integers(0, 23),
    minute=st.sampled_from([0, 15, 30]),
    hours=st.sampled_from([0.5, 4, 8, 12]),
    provider=st.sampled_from(["police", "pcso", "warden"]),
    days=st.sampled_from(["all", "weekdays", "weekend", "Fri,Sat"]),
    day=st.dates(dt.date(2025, 1, 1), dt.date(2025, 12, 31)),
)
def test_the_clock_keeps_pcsos_out_of_the_small_hours(  # type: ignore[no-untyped-def]
    hour, minute, hours, provider, days, day
) -> None:
    keys = {"shift_hours": hours, "days": days, "provider": provider}
    text = f"{hour:02d}:{minute:02d}"
    if provider == "pcso" and hour < 6:
        with pytest.raises(PlanError, match="06:00"):
            build_clock(day, shift_start=text, **keys)
        return
    clock = build_clock(day, shift_start=text, **keys)
    worked = (clock.start - dt.timedelta(hours=6)).weekday()
    assert worked in clock.days
    assert clock.start >= dt.datetime.combine(day, dt.time())
    assert clock.minutes <= 60 * hours
    touched = {
        (clock.start.weekday() * 24 + clock.start.hour + k) % 168
        for k in range(-(-(clock.start.minute + clock.minutes) // 60))
    }
    assert touched <= set(np.flatnonzero(clock.mask).tolist())
    assert clock.mask.sum() == len(touched) * len(clock.days)
    if provider == "pcso":
        assert not {hour % 24 for hour in touched} & set(range(6))


def test_the_fields_are_options_with_plain_help() -> None:
    built = build(
        PatrolOptions, {"n_areas": "4", "randomise": "yes", "days": "Fri,Sat"}
    )
    assert (built.n_areas, built.randomise, built.days) == (4, True, "Fri,Sat")
    assert all(param.help.endswith(".") for param in parameters(PatrolOptions))


def test_days_are_read_and_counted() -> None:
    assert parse_days("all") == tuple(range(7))
    clock = build_clock(
        dt.date(2025, 6, 16),  # a Monday
        shift_start="22:00",
        shift_hours=8,
        days="Fri,Sat",
        provider="police",
    )
    assert clock.start == dt.datetime(2025, 6, 20, 22)
    assert clock.days_within(28) == 8
    for bad in ("", "T", "Fri,xyz", "someday"):
        with pytest.raises(ParameterError, match="days must be"):
            parse_days(bad)


@pytest.mark.parametrize(
    ("fields", "error", "words"),
    [
        ({"minutes": 25}, ParameterError, "minutes"),
        ({"n_areas": 0}, ParameterError, "n_areas"),
        ({"base": "nowhere"}, ParameterError, "base"),
        ({"days": "Fri,Blursday"}, ParameterError, "days"),
        ({"provider": "army"}, ParameterError, "provider"),
    ],
)
def test_bad_fields_are_refused(fields, error, words) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(error, match=words):
        PatrolOptions(**fields)


def test_a_shift_without_time_and_a_bad_clock_are_refused(
    context: PlanningContext,
) -> None:
    with pytest.raises(PlanError, match="there and back"):
        make_plan(PatrolOptions(shift_hours=0.5, n_areas=1), context)
    with pytest.raises(ParameterError, match="shift_start"):
        make_plan(PatrolOptions(shift_start="25:00", n_areas=1), context)
    with pytest.raises(PlanError, match="06:00"):
        make_plan(
            PatrolOptions(provider="pcso", shift_start="02:00", n_areas=1), context
        )


@pytest.mark.parametrize(
    ("n", "error", "words"),
    [(24, PlanError, "Ask for fewer"), (12, TooFewError, "there are 12 in")],
)
def test_more_areas_than_there_is_demand_are_refused(
    context: PlanningContext, n: int, error: type[Exception], words: str
) -> None:
    few = context.incidents.frame.head(n)
    small = replace(context, incidents=replace(context.incidents, frame=few))
    with pytest.raises(error, match=words):
        make_plan(
            PatrolOptions(n_areas=20, hours="all"),
            replace(small, window=replace(small.window, start=dt.date(2020, 1, 1))),
        )


def test_month_only_files_give_areas_without_hours(context: PlanningContext) -> None:
    coarse = replace(context.incidents, time_precision="month")
    month = replace(
        context, incidents=coarse, resources=Resources(), dataset=context.dataset
    )
    plan = make_plan(PatrolOptions(n_areas=2), month)
    assert set(plan.tables) == {"areas"}
    assert all(s.when.startswith("Hours unknown") for s in plan.suggestions)
    assert set(plan.tables["areas"]["peak"]) == {"hours unknown"}
    assert set(plan.tables["areas"]["route"]) == {"from cell to cell"}
    assert any("Hours are unknown" in note for note in plan.notes)
    assert any("no street file" in note for note in plan.notes)
    with pytest.raises(PrecisionError, match="month"):
        make_plan(PatrolOptions(n_areas=2, hours="shift"), month)
