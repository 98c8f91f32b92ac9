"""Ids and values as the analysis has them, sent once."""

from __future__ import annotations

from typing import Any

import pytest
import shapely

from hotspots.workflow import Parameters, analyse


def test_cells_are_the_table(client: Any, dataset: Any) -> None:
    body = client.get("/map/cells").get_json()
    table = analyse(dataset).cells_table
    assert body["cells"] == table["cell"].to_list()
    assert body["n_incidents"] == table["n_incidents"].to_list()
    assert body["hotspot"] == table["hotspot_id"].to_list()
    assert [body["wards"][k] for k in body["ward"]] == table["ward"].to_list()
    lengths = {len(body[name]) for name in ("gi_z", "gi_p_adjusted", "kde_per_km2")}
    assert lengths == {table.height}


def test_filters_reach_the_analysis(client: Any, dataset: Any) -> None:
    path = "/map/cells?category=Burglary&from=2024-01&to=2024-12&area=W1"
    body = client.get(path).get_json()
    parameters = Parameters(
        categories=("Burglary",), window="2024-01:2024-12", area="W1"
    )
    table = analyse(dataset, parameters).cells_table
    assert body["n_incidents"] == table["n_incidents"].to_list()
    assert sum(body["n_incidents"]) < 900


def test_hotspots_have_outline_reasons_and_a_point_inside(
    client: Any, dataset: Any
) -> None:
    found = client.get("/map/hotspots").get_json()["hotspots"]
    expected = analyse(dataset).hotspots
    assert [one["n_incidents"] for one in found] == [h.n_incidents for h in expected]
    for one, hotspot in zip(found, expected, strict=True):
        shape = shapely.Polygon(one["outline"][0], one["outline"][1:])
        assert shape.area == pytest.approx(hotspot.polygon.area, rel=1e-3)
        assert shape.contains(shapely.Point(one["at"]))
        assert one["why"] == hotspot.why


def test_areas_are_geojson(client: Any) -> None:
    body = client.get("/map/areas").get_json()
    assert [f["properties"]["code"] for f in body["features"]] == ["W1", "W2", "P1"]
    assert [f["properties"]["named"] for f in body["features"]] == [True, True, False]
    first = shapely.from_geojson(str(body["features"][0]["geometry"]).replace("'", '"'))
    assert first.is_valid


@pytest.mark.parametrize("what", ["cells", "hotspots", "areas"])
def test_the_same_answer_is_sent_once(client: Any, what: str) -> None:
    first = client.get(f"/map/{what}")
    tag = first.headers["ETag"]
    again = client.get(f"/map/{what}", headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.data == b""
    assert again.headers["ETag"] == tag


def test_another_question_has_another_tag(client: Any) -> None:
    paths = (
        "cells",
        "hotspots",
        "cells?area=W1",
        "cells?area=W2",
        "cells?from=2024-01",
    )
    tags = {client.get(f"/map/{path}").headers["ETag"] for path in paths}
    assert len(tags) == len(paths)
    # the layer is how it is shown, not what is counted
    layer = client.get("/map/cells?layer=density").headers["ETag"]
    assert layer == client.get("/map/cells").headers["ETag"]
