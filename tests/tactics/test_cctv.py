"""Camera sites: the whole plan on the sample town, real buildings, and refusals."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely
from town import sample_town

from hotspots.core.crs import lonlat_to_bng
from hotspots.core.errors import ParameterError, PlanError, PrecisionError, TooFewError
from hotspots.core.options import build, parameters
from hotspots.core.window import Window
from hotspots.resources import Resources
from hotspots.resources.buildings import read_buildings
from hotspots.resources.eligibility import Eligibility
from hotspots.resources.sites import Sites, read_sites
from hotspots.resources.streets import read_streets
from hotspots.tactics.backtest import back_test
from hotspots.tactics.cctv import CctvOptions
from hotspots.tactics.cctv.candidates import build_candidates
from hotspots.tactics.cctv.choice import Chooser
from hotspots.tactics.cctv.demand import Demand, recency_weights
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.plan import Plan
from hotspots.tactics.planner import make_plan
from hotspots.workflow import load

COLUMNS = Path(__file__).resolve().parents[2] / "data" / "simulated_columns.csv"


@pytest.fixture(scope="module")
def context() -> PlanningContext:
    resources = Resources(columns=read_sites(COLUMNS), simulated=True)
    return PlanningContext.from_dataset(sample_town(), resources=resources)


@pytest.fixture(scope="module")
def plan(context: PlanningContext) -> Plan:
    return make_plan(CctvOptions(), context)


def chooser_of(rule: CctvOptions, context: PlanningContext) -> Chooser:
    board = build_candidates(
        context, range_m=rule.range_m, reserve_percent=rule.reserve_percent
    )
    return Chooser(
        options=rule,
        context=context,
        candidates=board,
        eligibility=Eligibility.default(),
    )


def distances(plan: Plan) -> np.ndarray:
    xy = plan.tables["sites"].select("easting", "northing").to_numpy().astype(float)
    away = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    return np.asarray(away[np.triu_indices(len(xy), 1)])


def test_every_line_of_the_rationale_is_there(plan: Plan) -> None:
    assert len(plan.suggestions) == 4
    for one in plan.suggestions:
        lines = dict(one.rationale())
        assert all(lines.values())
        assert len(one.drivers) == 3
        assert len(one.alternatives) == 3
        assert one.controls
        assert "policy" in lines["Eligible crime"]
        assert lines["How it was found"].startswith("Proven best")
        assert "Waples and Gill" in lines["Found none"]
        assert one.expires == plan.made_for + dt.timedelta(weeks=12)
        assert one.stability is not None
        assert 0 <= one.stability <= 1
        assert one.value >= one.leave_one_out > 0
        assert lines["Caution"].startswith("The places were chosen on counts of")
    assert plan.simulated


def test_the_headline_is_out_of_sample_and_beside_the_naive_choice(plan: Plan) -> None:
    backtest = plan.suggestions[0].backtest
    assert backtest.n_folds == 6
    assert backtest.captured > backtest.baseline_captured > 0
    assert f"{backtest.captured:,} of {backtest.of:,}" in plan.headline
    assert "most such incidents in the 12 months before" in plan.headline


def test_counts_in_view_equal_a_plain_count(
    plan: Plan, context: PlanningContext
) -> None:
    """Each incident on its own, its place rounded to 10 m."""
    used = context.recent
    at = np.round(used.xy_m / 10) * 10
    category = used.frame["category"].cast(pl.String).to_numpy()
    for row, one in zip(
        plan.tables["sites"].iter_rows(named=True), plan.suggestions, strict=True
    ):
        site = np.array([row["easting"], row["northing"]])
        near = np.hypot(*(at - site).T) <= 100
        assert one.eligible + one.ineligible == int(near.sum())
        for driver in one.drivers:
            name = driver.what.split(" in view")[0]
            assert driver.count == int((near & (category == name)).sum())
            assert driver.of == int((category == name).sum())


def test_controls_and_alternatives_are_far_enough(
    plan: Plan, context: PlanningContext
) -> None:
    columns = context.resources.columns
    assert columns is not None
    at = dict(zip(columns.ids, columns.xy_m, strict=True))
    sites = [at[name] for name in plan.tables["sites"]["site_id"].to_list()]
    for one, own in zip(plan.suggestions, sites, strict=True):
        (control,) = one.controls
        post = at[re.findall(r"\((LC\d+)\)", control)[0]]
        assert min(np.hypot(*(post - site)) for site in sites) >= 500
        others = [a.at for a in one.alternatives]
        lon, lat = np.array(others).T
        xy = np.column_stack(lonlat_to_bng(lon, lat))
        assert (np.hypot(*(xy - own).T) > 149.9).all()
        losses = [a.loss for a in one.alternatives]
        assert losses == sorted(losses)
        assert losses[0] >= 0


def test_the_same_input_gives_the_same_plan(
    plan: Plan, context: PlanningContext
) -> None:
    again = make_plan(CctvOptions(), context)
    assert again.suggestions == plan.suggestions
    assert again.tables["sites"].equals(plan.tables["sites"])
    assert again.headline == plan.headline


def test_nothing_on_or_after_the_day_is_used(context: PlanningContext) -> None:
    day = dt.date(2024, 10, 1)
    early = PlanningContext.from_dataset(
        context.dataset,
        resources=context.resources,
        day=day,
        window="2023-01:2024-09",
    )
    cut = replace(
        context.dataset,
        reading=replace(
            context.dataset.reading,
            incidents=context.dataset.incidents.select(
                pl.col("start") < dt.datetime(2024, 10, 1)
            ),
        ),
    )
    same = PlanningContext.from_dataset(
        cut, resources=context.resources, day=day, window="2023-01:2024-09"
    )
    first = chooser_of(CctvOptions(), early)
    second = chooser_of(CctvOptions(), same)
    assert (first.choose().chosen == second.choose().chosen).all()
    assert first.choose().result.value == second.choose().result.value
    one, two = (back_test(c.context, c.trial()) for c in (first, second))
    assert one == two


def test_spacing_reserve_and_fixed_cameras_bind(
    plan: Plan, context: PlanningContext
) -> None:
    apart = make_plan(CctvOptions(spacing_m=900), context)
    assert distances(apart).min() >= 899
    assert distances(plan).min() < 900
    assert any("Spacing of 900 m" in text for text in apart.suggestions[0].binding)
    top = plan.tables["sites"].row(0, named=True)
    camera = Sites.from_xy([[top["easting"], top["northing"]]], ids=("fixed 1",))
    covered = replace(context, resources=replace(context.resources, cameras=camera))
    moved = make_plan(CctvOptions(), covered)
    assert top["site_id"] not in moved.tables["sites"]["site_id"].to_list()
    assert any("fixed cameras already" in note for note in moved.notes)
    half = make_plan(CctvOptions(reserve_percent=50), context)
    assert any("Permanent reserve" in text for text in half.suggestions[0].binding)


def test_a_rotation_lets_zones_rest(context: PlanningContext) -> None:
    plan = make_plan(CctvOptions(n_cameras=2, n_periods=3, cool_off_periods=1), context)
    table = plan.tables["rotation"]
    assert table["period"].to_list() == [1, 1, 2, 2, 3, 3]
    sites = plan.tables["sites"]
    zones = (sites.select("easting", "northing").to_numpy() // 200).tolist()
    for a, b in [(0, 2), (0, 3), (1, 2), (1, 3), (2, 4), (2, 5), (3, 4), (3, 5)]:
        assert zones[a] != zones[b]
    assert plan.suggestions[-1].expires == plan.made_for + dt.timedelta(weeks=36)
    assert plan.suggestions[2].when.startswith("23 September 2025")


def test_a_random_draw_keeps_the_other_half_for_comparison(
    context: PlanningContext,
) -> None:
    plan = make_plan(CctvOptions(randomise=True), context)
    chosen = set(plan.tables["sites"]["site_id"].to_list())
    controls = {re.findall(r"\((LC\d+)\)", s.controls[0])[0] for s in plan.suggestions}
    assert len(chosen) == len(controls) == 4
    assert not chosen & controls
    assert "seed 1" in plan.suggestions[0].solution
    other = chooser_of(CctvOptions(randomise=True), replace(context, seed=3))
    assert "seed 3" in other.choose().draw


def test_watched_hours_change_what_counts(context: PlanningContext, plan: Plan) -> None:
    night = make_plan(CctvOptions(monitored_from=20, monitored_to=4), context)
    for one in night.suggestions:
        assert "watched daily 20:00 to 04:00" in one.when
        assert one.ineligible > 0
    assert night.suggestions[0].backtest.of < plan.suggestions[0].backtest.of


def test_harm_weights_are_shown_beside_the_plain_count(
    context: PlanningContext,
) -> None:
    harm = make_plan(CctvOptions(harm="severity", n_cameras=2), context)
    lines = dict(harm.suggestions[0].rationale())
    assert "Without weighing severity" in lines["Counted otherwise"]
    assert "severity" in lines["What it adds"]


def test_a_steady_stream_weighs_what_it_is_a_year(context: PlanningContext) -> None:
    incidents = context.recent
    window, exposure = context.window, context.exposure
    for half_life in (60.0, 365.0, 1e9):
        weight = recency_weights(
            incidents,
            None,
            window,
            exposure,
            half_life_days=half_life,
        )
        yearly = incidents.n / window.days * 365.25
        assert weight.sum() == pytest.approx(yearly, rel=0.15)
    before = Window(start=dt.date(2019, 1, 1), end=dt.date(2020, 1, 1))
    late = recency_weights(incidents, None, before, exposure, half_life_days=365)
    assert not late.any()


def test_merging_keeps_every_incident_within_reach(context: PlanningContext) -> None:
    demand = Demand.of(context.incidents)
    rows = demand.rows(context.incidents)
    assert (rows >= 0).all()
    away = np.hypot(*(demand.xy_m[rows] - context.incidents.xy_m).T)
    assert away.max() <= 5 * np.sqrt(2) + 1e-9
    total = demand.total(context.incidents, np.ones(context.incidents.n))
    assert total.sum() == context.incidents.n


def test_options_carry_what_people_need() -> None:
    for each in parameters(CctvOptions):
        assert each.help.endswith(".")
    assert build(CctvOptions, {"n_cameras": "6", "randomise": "yes"}).n_cameras == 6
    for bad, words in (
        ({"n_cameras": 0}, "n_cameras"),
        ({"range_m": 5}, "metres"),
        ({"monitored_from": 3, "monitored_to": 3}, "at least one"),
        ({"randomise": True, "n_periods": 2}, "one period"),
        ({"harm": "squared"}, "harm"),
        ({"n_cameras": 20, "n_periods": 6}, "at most 60"),
    ):
        with pytest.raises(ParameterError, match=words):
            CctvOptions(**bad)


def test_what_cannot_be_met_is_refused(context: PlanningContext) -> None:
    with pytest.raises(PlanError, match="columns"):
        make_plan(CctvOptions(), replace(context, resources=Resources()))
    far = Sites.from_xy([[300_000, 200_000]], ids=("far",))
    with pytest.raises(PlanError, match="inside the areas"):
        make_plan(CctvOptions(), replace(context, resources=Resources(columns=far)))
    with pytest.raises(PlanError, match="must fit"):
        make_plan(CctvOptions(n_cameras=30, spacing_m=9_000), context)
    columns = context.resources.columns
    assert columns is not None
    few = Sites.from_xy(columns.xy_m[:3], ids=columns.ids[:3])
    with pytest.raises(PlanError, match="drawing 4"):
        make_plan(
            CctvOptions(randomise=True, reserve_percent=0),
            replace(context, resources=Resources(columns=few)),
        )
    drugs = Eligibility(
        frame=Eligibility.default().frame.filter(pl.col("category") == "Other crime"),
        name="mine.csv",
    )
    with pytest.raises(TooFewError, match="eligible"):
        make_plan(
            CctvOptions(),
            replace(context, resources=replace(context.resources, eligibility=drugs)),
        )


def test_snapped_open_data_are_refused(shared_data: Path) -> None:
    folder = shared_data / "melton"
    month = sorted((folder / "police_uk").glob("2025-0[1-3]/*.csv"))
    dataset = load(month, [folder / "boundaries" / "melton_wards_2013.geojson"])
    columns = Sites.from_xy([[475_300, 319_200]], ids=("a",))
    melton = PlanningContext.from_dataset(dataset, resources=Resources(columns=columns))
    with pytest.raises(PrecisionError, match="snap points"):
        make_plan(CctvOptions(), melton)


PROFILE = """\
[columns]
reference = "id"
category = "category"
start = "when"
easting = "easting"
northing = "northing"

[dates]
formats = ["%d/%m/%Y %H:%M"]

[coordinates]
crs = 27700
"""


def oakham(folder: Path, shared_data: Path) -> tuple[PlanningContext, PlanningContext]:
    """Made-up incidents at real places of Oakham, with and without its buildings."""
    pois = pl.read_csv(shared_data / "osm" / "rutland_pois.csv")
    xy = np.column_stack(lonlat_to_bng(pois["lon"].to_numpy(), pois["lat"].to_numpy()))
    town = xy[np.hypot(*(xy - [486_000, 308_800]).T) < 900]
    rng = np.random.default_rng(6)
    at = town[rng.integers(0, len(town), 900)] + rng.normal(0, 25, (900, 2))
    days = rng.integers(0, 700, 900)
    start = dt.date(2023, 2, 1)
    lines = ["id,category,when,easting,northing"]
    lines += [
        f"R{k},Vehicle crime,{start + dt.timedelta(days=int(d)):%d/%m/%Y} 20:00,"
        f"{x:.0f},{y:.0f}"
        for k, (d, (x, y)) in enumerate(zip(days, at, strict=True))
    ]
    file, profile = folder / "incidents.csv", folder / "incidents.toml"
    file.write_text("\n".join(lines), encoding="utf-8")
    profile.write_text(PROFILE, encoding="utf-8")
    area = shapely.to_geojson(shapely.box(-0.76, 52.65, -0.70, 52.69))
    areas = folder / "area.geojson"
    areas.write_text(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": '
        f'{{"code": "X", "name": "Oakham"}}, "geometry": {area}}}]}}',
        encoding="utf-8",
    )
    dataset = load([file], [areas], profile=profile, today=dt.date(2025, 3, 1))
    corners = Sites.from_xy(
        town + rng.normal(0, 12, town.shape), ids=tuple(map(str, range(len(town))))
    )
    houses = read_buildings(shared_data / "osm" / "rutland_buildings.geojson.gz")
    clear = PlanningContext.from_dataset(dataset, resources=Resources(columns=corners))
    built = replace(clear, resources=replace(clear.resources, buildings=houses))
    return clear, built


def test_real_buildings_hide_and_the_plan_knows(
    tmp_path: Path, shared_data: Path
) -> None:
    clear, built = oakham(tmp_path, shared_data)
    rule = CctvOptions(n_cameras=3, reserve_percent=0)
    open_plan, plan = make_plan(rule, clear), make_plan(rule, built)
    share = plan.layers["view"].frame["share_of_disc"]
    assert (open_plan.layers["view"].frame["share_of_disc"] > 0.99).all()
    assert (share < 0.99).any()
    assert ((share > 0) & (share <= 1)).all()
    assert shapely.is_valid(plan.layers["view"].geometry).all()
    chooser = chooser_of(rule, built)
    board = chooser.candidates
    best = chooser.choose()
    blind = open_plan.tables["sites"]["site_id"].to_list()
    rows = [board.sites.ids.index(site) for site in blind]
    judged = float(best.weight[0][board.seen_by(rows)].sum())
    assert judged <= best.result.value + 1e-9
    assert best.result.proven


def test_corners_of_streets_stand_for_columns(
    tmp_path: Path, shared_data: Path
) -> None:
    clear, _ = oakham(tmp_path, shared_data)
    streets = read_streets(shared_data / "osm" / "oakham_walk.graphml")
    plan = make_plan(
        CctvOptions(n_cameras=2), replace(clear, resources=Resources(streets=streets))
    )
    assert plan.tables["sites"]["site_id"].str.starts_with("corner ").all()
    assert any("Find a post with power" in note for note in plan.notes)
    assert streets.attribution in plan.attribution


def test_a_post_without_power_is_left_out_and_said(
    tmp_path: Path, context: PlanningContext
) -> None:
    lines = COLUMNS.read_text(encoding="utf-8").splitlines()
    told = read_sites(COLUMNS)
    assert told.powered is not None
    n_without = sum(line.endswith(",no") for line in lines)
    assert int((~told.powered).sum()) == n_without > 0
    board = build_candidates(context, range_m=100, reserve_percent=0)
    without = {each for each, on in zip(told.ids, told.powered, strict=True) if not on}
    assert not without & set(board.sites.ids)
    assert any("have no power" in note for note in board.notes)
    dark = tmp_path / "dark.csv"
    text = "\n".join([lines[0], *(re.sub(",yes$", ",no", x) for x in lines[1:])])
    dark.write_text(text, encoding="utf-8")
    unlit = replace(context, resources=Resources(columns=read_sites(dark)))
    with pytest.raises(PlanError, match="must have power"):
        build_candidates(unlit, range_m=100, reserve_percent=0)


def test_a_partnerships_own_table_decides_what_counts(
    tmp_path: Path, context: PlanningContext
) -> None:
    table = tmp_path / "own.csv"
    table.write_text("category,eligibility,why\nShoplifting,1,Ours\n", "utf-8")
    own = Eligibility.from_csv(table)
    held = replace(context, resources=replace(context.resources, eligibility=own))
    plan = make_plan(CctvOptions(n_cameras=1), held)
    assert plan.suggestions[0].drivers[0].what.startswith("Shoplifting")
    assert any("1: Shoplifting. All other" in note for note in plan.notes)
