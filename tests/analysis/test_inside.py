"""What a drawn shape holds, and shapes that are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import shapely

from hotspots.analysis.inside import count_inside, polygon_of
from hotspots.core.errors import AreaError
from hotspots.workflow import Analysis, Parameters, analyse, load


@pytest.fixture(scope="module")
def town(root: Path) -> Analysis:
    wards = root / "boundaries" / "simulated_wards.geojson"
    files = [root / "data" / "simulated_incidents.csv"]
    return analyse(load(files, areas=[wards]), Parameters(window="2024-07:2025-06"))


def test_the_whole_district_holds_everything(town: Analysis) -> None:
    found = count_inside(town, town.dataset.areas.outline.convex_hull)
    assert found.n == found.of == town.incidents.n
    assert sum(n for _, n in found.categories) == found.n
    assert found.months["n"].sum() == found.n


def test_a_ward_holds_what_the_table_of_areas_says(town: Analysis) -> None:
    row = town.areas_table.row(0, named=True)
    shape = town.areas_shapes[0]
    found = count_inside(town, shape)
    assert found.n == row["n_window"]
    assert found.change.months == town.comparison.months
    assert f"{found.n:,} of {found.of:,} incidents" in found.sentences[0]
    assert any("are usual here" in said for said in found.sentences)


def test_an_empty_field_holds_nothing(town: Analysis) -> None:
    west, south, *_ = town.dataset.areas.outline.bounds
    found = count_inside(town, shapely.box(west, south, west + 1e-4, south + 1e-4))
    assert found.n == 0
    assert found.categories == ()


@pytest.mark.parametrize(
    "corners",
    [
        None,
        "SK",
        [],
        [[0, 0], [1, 1]],
        [[0, 0], [1, 1], [0, "x"]],
        [[0, 0], [1, float("nan")], [1, 1]],
        [[-0.9, 52.7], [-0.8, 52.8], [-0.8, 52.7], [-0.9, 52.8]],
        [[-6.0, 50.0], [2.0, 50.0], [2.0, 58.0], [-6.0, 58.0]],
        [[-0.9, 52.7]] * 501,
    ],
)
def test_what_is_no_area_is_refused(corners: Any) -> None:
    with pytest.raises(AreaError):
        polygon_of(corners)
