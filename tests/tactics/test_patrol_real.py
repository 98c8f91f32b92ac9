"""Foot patrol on real crime of Rutland (month only, snapped) and its real streets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import shapely

from hotspots.core.errors import PrecisionError
from hotspots.resources import Resources
from hotspots.resources.streets import read_streets
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.patrol import PatrolOptions
from hotspots.tactics.plan import Plan
from hotspots.tactics.planner import make_plan
from hotspots.workflow import load

SHARED = Path(__file__).parents[3] / "shared" / "data"

pytestmark = pytest.mark.skipif(
    not (SHARED / "osm" / "oakham_walk.graphml").exists(),
    reason="the real files of Rutland are not beside the checkout",
)


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> PlanningContext:
    wards = json.loads((SHARED / "boundaries" / "llr_wards_2013.geojson").read_text())
    wards["features"] = [
        ward for ward in wards["features"] if ward["properties"]["LADNM"] == "Rutland"
    ]
    path = tmp_path_factory.mktemp("rutland") / "wards.geojson"
    path.write_text(json.dumps(wards))
    folder = SHARED / "police_uk" / "leicestershire"
    months = [folder / f"2025-{month:02d}" for month in range(1, 7)]
    dataset = load([month for month in months if month.exists()], [f"ward={path}"])
    streets = read_streets(SHARED / "osm" / "oakham_walk.graphml")
    return PlanningContext.from_dataset(dataset, resources=Resources(streets=streets))


@pytest.fixture(scope="module")
def plan(context: PlanningContext) -> Plan:
    return make_plan(PatrolOptions(n_areas=3), context)


def test_areas_without_hours_and_loops_on_real_streets(plan: Plan) -> None:
    assert len(plan.suggestions) == 3
    assert set(plan.tables) == {"areas"}
    assert all(s.geometry.geom_type == "Polygon" for s in plan.suggestions)
    assert "streets" in set(plan.tables["areas"]["route"])
    for suggestion in plan.suggestions:
        assert suggestion.when.startswith("Hours unknown")
        assert any("anonymous points" in line for line in suggestion.cautions)
        assert suggestion.backtest.sentence().startswith("Cannot tell")
    assert any("OpenStreetMap" in line for line in plan.attribution)


def test_streets_of_a_loop_are_named_and_the_loop_lies_in_its_area(plan: Plan) -> None:
    loops = plan.layers["walks"]
    assert any(plan.layers["waypoints"].frame["street"].to_list())
    for rank, line in zip(loops.frame["rank"], loops.geometry, strict=True):
        area = plan.suggestions[rank - 1].geometry
        assert shapely.distance(area, line) == 0


def test_hours_are_refused_by_name(context: PlanningContext) -> None:
    with pytest.raises(PrecisionError, match="only the month"):
        make_plan(PatrolOptions(n_areas=3, hours="shift"), context)
