"""What an analyst in a notebook expects: GeoDataFrames, maps, sweeps."""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil

import geopandas
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import ParameterGrid

import hotspots.methods
from hotspots.core.errors import CrsError, ParameterError
from hotspots.core.geoframe import html_summary
from hotspots.core.tunable import Tunable
from hotspots.evaluate import RollingOrigin
from hotspots.methods.kde import Kde
from hotspots.samples import sample_paths
from hotspots.tactics.planner import PlanRequest
from hotspots.workflow import Analysis, Parameters, analyse, load, suggest


@pytest.fixture(scope="module")
def frames() -> tuple[geopandas.GeoDataFrame, geopandas.GeoDataFrame]:
    path, areas = sample_paths()
    rows = pd.read_csv(path)
    rows = rows[pd.to_numeric(rows["Easting"], errors="coerce").between(4e5, 6e5)]
    when = pd.to_datetime(rows["From"], format="%d/%m/%Y %H:%M", errors="coerce")
    points = geopandas.points_from_xy(rows["Easting"], rows["Northing"], crs=27700)
    incidents = geopandas.GeoDataFrame(
        {"start": when, "category": rows["Category"]}, geometry=points
    )
    return incidents[when.notna()], geopandas.read_file(areas[0])


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    path, areas = sample_paths()
    return analyse(load([path], list(areas)), Parameters(window="2023-07:2025-06"))


def test_frames_go_in(
    frames: tuple[geopandas.GeoDataFrame, geopandas.GeoDataFrame],
) -> None:
    incidents, areas = frames
    dataset = load(incidents, areas=areas, today=dt.date(2025, 7, 1))
    assert dataset.reading.rows_read == len(incidents)
    assert len(dataset.areas) == len(areas)
    assert len(analyse(dataset).hotspots_frame) == 10


def test_a_frame_without_crs_is_refused(
    frames: tuple[geopandas.GeoDataFrame, geopandas.GeoDataFrame],
) -> None:
    incidents, areas = frames
    bare = incidents.set_crs(None, allow_override=True)
    with pytest.raises(CrsError, match="must have a coordinate system"):
        load(bare, areas=areas)


def test_frames_come_out_with_crs_and_kinds(analysis: Analysis) -> None:
    found = analysis.hotspots_frame
    assert found.crs.to_epsg() == 27700
    assert found["rank"].tolist() == [each.rank for each in analysis.hotspots]
    assert str(found["n_incidents"].dtype) == "Int64"
    assert str(found["below_floor"].dtype) == "boolean"
    assert found.geometry.area.sum() / 1e4 == pytest.approx(
        found["area_ha"].sum(), rel=0.01
    )
    assert len(analysis.cells_frame) == analysis.cells_table.height
    assert analysis.cells_frame["n_incidents"].sum() == analysis.incidents.n
    assert len(analysis.areas_frame) == analysis.areas_table.height
    areas = analysis.areas_frame
    assert areas.geometry.area.sum() / 1e6 == pytest.approx(
        areas["area_km2"].sum(), rel=0.01
    )


def test_it_draws_and_explores_without_the_network(analysis: Analysis) -> None:
    axes = analysis.plot()
    texts = {text.get_text() for text in axes.texts}
    assert texts == {str(each.rank) for each in analysis.hotspots}
    page = analysis.explore().get_root().render()
    assert "tile.openstreetmap" not in page
    assert analysis.hotspots[0].name in page


def test_results_show_themselves(analysis: Analysis) -> None:
    shown = analysis._repr_html_()
    assert analysis.hotspots[0].name in shown
    assert "SIMULATED DATA" in shown
    assert "incidents of" in analysis.dataset._repr_html_()
    assert "<script" not in html_summary("<script>", ["<b>"], analysis.areas_table[:1])


def test_a_plan_is_a_frame(analysis: Analysis) -> None:
    asked = PlanRequest(tactic="patrol", options={"n_areas": "2"})
    plan = suggest(analysis.dataset, asked)
    assert plan.frame.crs.to_epsg() == 27700
    assert plan.frame["rank"].tolist() == [1, 2]
    assert plan.frame["expires"].dtype.kind == "M"
    assert plan.title in plan._repr_html_()
    assert {text.get_text() for text in plan.plot().texts} == {"1", "2"}
    assert plan.suggestions[0].name in plan.explore().get_root().render()


def test_methods_are_swept_as_in_scikit_learn(analysis: Analysis) -> None:
    method = Kde(bandwidth_m=300)
    copy = clone(method)
    assert copy == method
    assert copy is not method
    peaks = []
    for params in ParameterGrid({"bandwidth_m": [150.0, 400.0]}):
        surface = clone(method).set_params(**params)(analysis.incidents, analysis.cells)
        peaks.append(surface.values.max())
    assert peaks[0] > peaks[1]
    assert method.bandwidth_m == 300
    assert copy.set_params(bandwidth_m=200.0) is copy
    assert copy.get_params()["bandwidth_m"] == 200


def methods() -> list[type[Tunable]]:
    """Every method, as its package holds it."""
    for info in pkgutil.walk_packages(hotspots.methods.__path__, "hotspots.methods."):
        importlib.import_module(info.name)
    found = [*Tunable.__subclasses__()]
    for kind in found:
        found += kind.__subclasses__()
    return sorted({k for k in found if "__call__" in vars(k)}, key=lambda k: k.__name__)


def test_every_method_is_copied_and_changed_as_in_scikit_learn() -> None:
    kinds = [kind for kind in methods() if kind.__module__.startswith("hotspots.")]
    assert {"Kde", "GiStar", "Knox", "NearRepeat"} <= {kind.__name__ for kind in kinds}
    for kind in kinds:
        method = kind()
        copy = clone(method)
        assert copy.get_params(deep=False) == method.get_params(deep=False), kind
        assert copy.set_params(**method.get_params(deep=False)) is copy


def test_impossible_parameters_change_nothing() -> None:
    method = Kde(bandwidth_m=300)
    with pytest.raises(ParameterError):
        method.set_params(bandwidth_m=-1)
    with pytest.raises(ParameterError, match="Did you mean 'bandwidth_m'"):
        method.set_params(bandwith_m=200)
    assert method == Kde(bandwidth_m=300)
    assert "period" in RollingOrigin().get_params()
