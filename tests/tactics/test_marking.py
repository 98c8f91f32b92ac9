"""Property marking and packs on the sample town: whole plans, refusals, relations."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from hotspots.core.errors import ParameterError, PlanError, PrecisionError, TooFewError
from hotspots.resources import Resources, load_resources
from hotspots.resources.deliveries import Deliveries
from hotspots.samples import sample_paths
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.marking import MarkingOptions
from hotspots.tactics.marking.streets import build_streets
from hotspots.tactics.packs import PacksOptions
from hotspots.tactics.planner import make_plan
from hotspots.workflow import load

DAY = dt.date(2025, 7, 1)


@pytest.fixture(scope="module")
def context() -> PlanningContext:
    incidents, areas = sample_paths()
    folder = incidents.parent
    dataset = load(
        [incidents], list(areas), profile=incidents.with_suffix(".toml"), today=DAY
    )
    streets = Path(areas[0]).parent / "simulated_streets.geojson"
    resources = load_resources(
        premises=folder / "simulated_premises.csv", streets=streets, simulated=True
    )
    return PlanningContext.from_dataset(dataset, resources=resources)


@pytest.fixture(scope="module")
def plan(context: PlanningContext):
    return make_plan(MarkingOptions(n_resamples=10), context)


def test_the_budget_is_117_for_100_kits() -> None:
    assert MarkingOptions().budget == 117
    assert MarkingOptions(n_patches=2).budget == 58
    assert MarkingOptions(kits=85).budget == 100
    assert MarkingOptions(take_up_percent=100).budget == 100


def test_the_patch_is_whole_streets_that_join_within_the_budget(
    context: PlanningContext, plan
) -> None:
    streets = build_streets(context)
    table = plan.tables["patch_streets"]
    members = [streets.ids.index(each) for each in table["street_id"]]
    homes = context.resources.premises.frame.filter(
        pl.Series(context.resources.premises.is_dwelling)
        & pl.col("street_id").is_in(table["street_id"].to_list())
    )
    assert streets.network.is_connected(members)
    assert table["n_homes"].sum() == homes.height <= 117
    split = table["lasting_share"] + table["recent_share"]
    assert split.to_list() == pytest.approx([1.0] * table.height)
    suggestion = plan.suggestions[0]
    assert table["n_burglaries"].sum() == suggestion.eligible
    assert 100 * table["risk_share"].sum() == pytest.approx(suggestion.value, abs=0.01)
    assert suggestion.geometry.geom_type == "MultiLineString"


def test_every_line_of_the_rationale_is_there(plan) -> None:
    suggestion = plan.suggestions[0]
    lines = dict(suggestion.rationale())
    assert all(lines.values())
    assert len(suggestion.drivers) == len(suggestion.alternatives) == 3
    assert "pool at least 8 patches" in suggestion.detectable
    assert "pool at least 8 patches" in suggestion.success
    assert suggestion.backtest.n_folds == 5
    assert "Proven best" in suggestion.solution or "Heuristic" in suggestion.solution
    assert "30 December 2025" in lines["Re-visit"]
    assert plan.marking == "OFFICIAL-SENSITIVE"
    assert plan.simulated


def test_the_headline_and_the_reasons_count_the_same_victims(plan) -> None:
    n = next(d.of for d in plan.suggestions[0].drivers if "victims" in d.what)
    assert f"addresses round {n:,} burglaries" in plan.headline


def test_the_comparison_is_far_and_touches_nothing(
    context: PlanningContext, plan
) -> None:
    streets = build_streets(context)
    marked = [streets.ids.index(s) for s in plan.tables["patch_streets"]["street_id"]]
    other = plan.tables["comparison_streets"]
    control = [streets.ids.index(s) for s in other["street_id"]]
    assert control
    assert streets.away_m(tuple(marked))[control].min() > 400
    assert streets.network.is_connected(control)
    assert not set(control) & streets.network.beside(marked)
    assert plan.layers["comparison"].frame.height == 1


def test_signs_stand_where_the_patch_can_be_entered(plan) -> None:
    layer = plan.layers["sign_points"]
    assert "way in" in layer.frame["kind"].to_list()
    assert layer.frame.height == len(layer.geometry)
    assert f"signs at {layer.frame.height} points" in plan.suggestions[0].what
    hull = plan.suggestions[0].geometry
    assert all(hull.distance(point) < 1e-9 for point in layer.geometry)


def test_the_target_list_holds_every_recent_victim(
    context: PlanningContext, plan
) -> None:
    frame = context.dataset.incidents.frame
    since = dt.datetime(2025, 5, 6)
    burgled = frame.filter(
        (pl.col("subcategory").cast(pl.String) == "Residential")
        & pl.col("end").is_between(since, dt.datetime(2025, 7, 1), closed="left")
    )
    rapid = plan.tables["target_list"]
    listed = rapid.filter(pl.col("who") == "victim")["uprn"].to_list()
    assert set(burgled["premises"].drop_nulls().to_list()) <= set(rapid["uprn"])
    assert set(listed) <= set(burgled["premises"].to_list())
    assert rapid["uprn"].n_unique() == rapid.height
    pairs = list(rapid.select("deadline", "address").iter_rows())
    assert pairs == sorted(pairs)


def test_the_same_seed_gives_the_same_plan(context: PlanningContext, plan) -> None:
    again = make_plan(MarkingOptions(n_resamples=10), context)
    assert again.suggestions[0].rationale() == plan.suggestions[0].rationale()
    for name, table in plan.tables.items():
        assert table.equals(again.tables[name]), name


def test_patches_by_lot_are_compared_with_those_not_drawn(
    context: PlanningContext,
) -> None:
    tactic = MarkingOptions(kits=100, n_patches=2, randomise=True, n_resamples=10)
    plan = make_plan(tactic, context)
    ids = plan.tables["patch_streets"]["street_id"].to_list()
    assert len(plan.suggestions) == 2
    assert len(set(ids)) == len(ids)
    assert "seed 1" in plan.suggestions[0].control_note
    homes = plan.tables["patch_streets"].group_by("rank").agg(pl.col("n_homes").sum())
    assert (homes["n_homes"] <= 58).all()


def test_without_a_street_file_neighbours_are_by_distance(
    context: PlanningContext,
) -> None:
    bare = Resources(premises=context.resources.premises)
    streets = build_streets(replace(context, resources=bare))
    assert "No street file was given" in streets.notes[0]
    tactic = MarkingOptions(kits=30, n_resamples=10)
    plan = make_plan(tactic, replace(context, resources=bare))
    assert plan.suggestions[0].geometry.geom_type == "Polygon"
    assert plan.layers["sign_points"].frame.height > 0


def test_homes_are_put_on_the_nearest_street_where_ids_differ(
    context: PlanningContext,
) -> None:
    own = context.resources.premises
    other = replace(own, frame=own.frame.with_columns(street_id=pl.lit("elsewhere")))
    moved = replace(context, resources=replace(context.resources, premises=other))
    streets = build_streets(moved)
    assert "0 of 17,001 homes were put on it by its number" in streets.notes[0]
    assert streets.network.size.sum() > 0.98 * 17_001
    right = np.array(streets.ids)[streets.of_home]
    true = own.frame["street_id"].gather(streets.homes).to_numpy()
    assert (right == true).mean() > 0.9


def test_what_cannot_be_met_is_refused(context: PlanningContext) -> None:
    with pytest.raises(ParameterError, match="kits must be at least 1"):
        MarkingOptions(kits=0)
    with pytest.raises(PlanError, match="needs at least 1 kit"):
        make_plan(MarkingOptions(kits=2, n_patches=3), context)
    with pytest.raises(PlanError, match="list of premises"):
        make_plan(MarkingOptions(), replace(context, resources=Resources()))
    vehicle = context.incidents.select(
        pl.col("category").cast(pl.String) == "Vehicle crime"
    )
    with pytest.raises(TooFewError, match="at least 20 dwelling"):
        make_plan(MarkingOptions(), replace(context, incidents=vehicle))


@pytest.mark.parametrize("tactic", [MarkingOptions(), PacksOptions()])
@pytest.mark.parametrize(
    "change", [{"snapped": True}, {"time_precision": "month"}], ids=["snapped", "month"]
)
def test_snapped_and_month_only_data_are_refused(
    context: PlanningContext, tactic, change: dict
) -> None:
    coarse = replace(context.dataset.incidents, **change)
    reading = replace(context.dataset.reading, incidents=coarse)
    there = replace(
        context,
        dataset=replace(context.dataset, reading=reading),
        incidents=replace(context.incidents, **change),
    )
    with pytest.raises(PrecisionError, match="partnership's own export"):
        make_plan(tactic, there)


def test_packs_serve_every_victim_and_count_deliveries(
    context: PlanningContext,
) -> None:
    bare = make_plan(PacksOptions(), context)
    table = bare.tables["pack_list"]
    assert "cannot be told" in bare.headline
    assert set(table["status"]) == {"no record"}
    first, second = table["reference"][0], table["reference"][1]
    found = dt.date.fromisoformat(table["burgled_by"][0][:10])
    given = Deliveries(
        delivered_on={
            first: found + dt.timedelta(days=7),
            second: DAY - dt.timedelta(days=1),
            "no such": DAY,
        }
    )
    plan = make_plan(
        PacksOptions(),
        replace(context, resources=replace(context.resources, deliveries=given)),
    )
    status = plan.tables["pack_list"]["status"]
    assert status[0] == "in time"
    assert status[1] == "late"
    n = {word: int((status == word).sum()) for word in ("overdue", "due")}
    judged = table.height - n["due"]
    assert f"within 7 days 1 of {judged}" in plan.headline
    assert f"1 late, {n['overdue']} overdue, {n['due']} not yet due" in plan.headline
    assert any("1 deliveries name a reference" in note for note in plan.notes)
    suggestion = plan.suggestions[0]
    assert suggestion.stability is None
    assert suggestion.alternatives == ()
    assert suggestion.eligible == table.height
    assert all(dict(suggestion.rationale()).values())
    assert plan.marking == "OFFICIAL-SENSITIVE"


def test_packs_without_premises_list_victims_only(context: PlanningContext) -> None:
    plan = make_plan(PacksOptions(), replace(context, resources=Resources()))
    assert set(plan.tables) == {"pack_list"}
    assert any("No premises were given" in note for note in plan.notes)


def test_no_burglary_is_said_and_not_an_empty_list(context: PlanningContext) -> None:
    with pytest.raises(TooFewError, match="at least one dwelling burglary"):
        make_plan(
            PacksOptions(look_back_days=1), replace(context, day=dt.date(2026, 3, 1))
        )
