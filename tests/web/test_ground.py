"""The ground under the map, and finding a place on it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dataset_site import site_of
from flask.testing import FlaskClient
from patient import patient
from plan_pages import sample_things

from hotspots.outputs.basemap import write_basemap
from hotspots.samples import sample_path
from hotspots.web import create_app

from .conftest import build_dataset


@pytest.fixture(scope="module")
def tiles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("ground") / "town.pmtiles"
    write_basemap([sample_path("boundaries/simulated_streets.geojson")], out)
    return out


@pytest.fixture(scope="module")
def client(tiles: Path) -> FlaskClient:
    site = site_of(build_dataset())
    shutil.copyfile(tiles, site.folder / "basemap.pmtiles")
    return patient(create_app(site))


def test_the_basemap_is_sent_in_the_parts_that_are_asked_for(
    client: FlaskClient, tiles: Path
) -> None:
    asked = {"Range": "bytes=0-126"}
    with client.get("/basemap.pmtiles", headers=asked) as answer:
        assert answer.status_code == 206
        assert answer.data == tiles.read_bytes()[:127]
    assert tiles.read_bytes().startswith(b"PMTiles")


def test_without_a_basemap_there_is_none_and_the_page_does_not_ask() -> None:
    bare = create_app(site_of(build_dataset())).test_client()
    assert bare.get("/basemap.pmtiles").status_code == 404
    assert "basemap.pmtiles" not in bare.get("/").text


def test_the_page_says_where_its_ground_is(client: FlaskClient) -> None:
    assert 'data-ground="/basemap.pmtiles"' in client.get("/").text


@pytest.mark.parametrize(
    ("typed", "first"),
    [("fair", "Fairfield"), ("SK 752 192", "SK 752 192"), ("EAST", "East")],
)
def test_places_are_found_by_the_start_of_their_name(
    client: FlaskClient, typed: str, first: str
) -> None:
    found = client.get("/find", query_string={"q": typed}).get_json()["found"]
    assert found[0]["name"] == first


def test_a_grid_reference_lies_where_it_should(client: FlaskClient) -> None:
    at = client.get("/find?q=SK752192").get_json()["found"][0]["at"]
    assert at == pytest.approx([-0.8862, 52.7656], abs=1e-3)


@pytest.mark.parametrize("typed", ["", "x", "no such place at all", "%"])
def test_nothing_is_found_where_nothing_is(client: FlaskClient, typed: str) -> None:
    assert client.get("/find", query_string={"q": typed}).get_json()["found"] == []


def test_a_postcode_is_found_where_a_list_of_premises_has_it(town_app: Any) -> None:
    """Whatever its case and spaces; the middle of its premises, no address."""
    premises = sample_things().premises
    assert premises is not None
    code = premises.frame["postcode"][0]
    town = patient(town_app)
    answer = town.get(f"/find?q={code.lower().replace(' ', '')}").json
    (found,) = answer["found"]
    assert found["kind"] == "postcode"
    lon, lat = premises.lonlat
    here = (premises.frame["postcode"] == code).to_numpy()
    assert found["at"] == [
        pytest.approx(float(np.median(lon[here])), abs=1e-6),
        pytest.approx(float(np.median(lat[here])), abs=1e-6),
    ]
    assert town.get("/find?q=ZZ99 9ZZ").json["found"] == []
