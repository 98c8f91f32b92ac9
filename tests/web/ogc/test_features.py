"""OGC API Features: what each may see, by page, box and time, read by GDAL."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from listening import listening
from site_fixture import OPERATOR, finish, import_town, make_site

from hotspots.rights import ROLES, Actor, may
from hotspots.service import Site, access, runs
from hotspots.service.features import COLLECTIONS
from hotspots.store.models import Deployment, Place
from hotspots.store.queries import find
from hotspots.web import create_app

BOX = "-0.9,52.75,-0.88,52.77"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The simulated town, analysed once, with one deployment."""
    made = make_site(tmp_path_factory.mktemp("ogc") / "site", "")
    import_town(made)
    with made.store.writing() as session:
        id = runs.request_run(session, OPERATOR)
    assert finish(made, id).state == "done"
    with made.store.writing() as session:
        place = find(session, Place, order="number")[0]
        session.add(
            Deployment(
                number=1,
                task_id=None,
                place_id=place.id,
                tactic="patrol",
                place_name=place.name,
                agency_id="police",
                provider="PCSO",
                begins="2025-06-01T08:00",
                ends="2025-06-30T20:00",
                status="active",
            )
        )
    yield made
    made.close()


@pytest.fixture(scope="module")
def app(site: Site) -> Flask:
    return create_app(site)


@pytest.fixture(scope="module")
def secret(site: Site) -> Callable[[str], str]:
    kept: dict[str, str] = {}

    def give(role: str) -> str:
        if role not in kept:
            with site.store.writing() as session:
                kept[role] = access.give_token(
                    session, OPERATOR, role, role=role, agency="police"
                )
        return kept[role]

    return give


@pytest.fixture
def get(app: Flask, secret: Callable[[str], str]) -> Callable[..., Any]:
    def ask(path: str, role: str = "analyst", status: int = 200) -> Any:
        headers = {"Authorization": f"Bearer {secret(role)}"}
        answer = app.test_client().get(f"/ogc{path}", headers=headers)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_json()

    return ask


@pytest.mark.parametrize("role", ROLES)
def test_each_collection_is_for_whom_its_right_says(
    get: Callable[..., Any], role: str
) -> None:
    actor = Actor(id="x", name="x", roles=frozenset({(role, "police")}))
    wanted = {id for id, each in COLLECTIONS.items() if may(actor, each.action)}
    assert {each["id"] for each in get("/collections", role)["collections"]} == wanted
    for id in COLLECTIONS:
        get(f"/collections/{id}/items?limit=1", role, 200 if id in wanted else 403)


def test_what_is_not_there_is_not_found(get: Callable[..., Any]) -> None:
    get("/collections/incidents/items", status=404)
    get("/collections/cells/items/nothing", status=404)


def test_small_counts_are_not_for_a_program(get: Callable[..., Any]) -> None:
    def counts(role: str) -> dict[str, int | None]:
        rows = get("/collections/cells/items?limit=10000", role)["features"]
        return {row["id"]: row["properties"]["n_incidents"] for row in rows}

    exact, shown = counts("analyst"), counts("api-client")
    assert exact.keys() == shown.keys()
    small = {id for id, n in exact.items() if n is not None and n < 5}
    assert small
    assert small <= {id for id, n in shown.items() if n is None}
    assert all(n % 5 == 0 for n in shown.values() if n is not None)
    row = get("/collections/hotspots/items?limit=1", "api-client")["features"][0]
    assert "why" not in row["properties"]


def test_pages_follow_each_other_and_hold_everything(get: Callable[..., Any]) -> None:
    path, seen = "/collections/cells/items?limit=400", []
    while path:
        page = get(path)
        seen += [row["id"] for row in page["features"]]
        links = {link["rel"]: link["href"] for link in page["links"]}
        path = links.get("next", "").partition("/ogc")[2]
    assert len(seen) == len(set(seen)) == page["numberMatched"] > 800
    row = get(f"/collections/cells/items/{seen[0]}")
    assert row["properties"]["cell"] == seen[0]


def test_a_box_and_a_time_choose(get: Callable[..., Any]) -> None:
    every = get("/collections/cells/items?limit=10000")["numberMatched"]
    assert 0 < get(f"/collections/cells/items?bbox={BOX}")["numberMatched"] < every
    for when, n in {
        "2025-06-10": 1,
        "2025-06-10T12:00:00Z": 1,
        "../2025-05-31": 0,
        "2025-06-30/..": 1,
        "2025-07-01/2025-08-01": 0,
    }.items():
        found = get(f"/collections/deployments/items?datetime={when}")
        assert found["numberMatched"] == n, when


@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=x", "offset=-1", "bbox=1,2,3", "bbox=1,2,3,nan", "a=b"),
        *("datetime=soon", "datetime=../..", "datetime=2025-02-01/2025-01-01"),
    ],
)
def test_what_is_wrong_is_refused_in_the_one_shape(
    get: Callable[..., Any], query: str
) -> None:
    told = get(f"/collections/cells/items?{query}", status=400)
    assert (told["ok"], told["status"]) == (False, 400)


def test_nobody_reads_without_saying_who_they_are(
    app: Flask, secret: Callable[[str], str]
) -> None:
    secret("analyst")
    answer = app.test_client().get("/ogc/collections")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with listening(app) as at:
        yield f"{at}/ogc"


def test_gdal_reads_every_collection(
    address: str, secret: Callable[[str], str], get: Callable[..., Any]
) -> None:
    for id in COLLECTIONS:
        wanted = get(f"/collections/{id}/items?limit=10000")["numberMatched"]
        told = subprocess.run(
            ["ogrinfo", "-ro", "-so", f"OAPIF:{address}", id],
            env={"GDAL_HTTP_USERPWD": f"gis:{secret('analyst')}", "PATH": "/usr/bin"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert f"Feature Count: {wanted}" in told, told
        assert "WGS 84" in told


def test_gdal_takes_what_lies_in_a_box(
    address: str, secret: Callable[[str], str], get: Callable[..., Any], tmp_path: Path
) -> None:
    out = tmp_path / "cells.geojson"
    subprocess.run(
        ["ogr2ogr", "-spat", *BOX.split(","), str(out), f"OAPIF:{address}", "cells"],
        env={"GDAL_HTTP_USERPWD": f"gis:{secret('analyst')}", "PATH": "/usr/bin"},
        capture_output=True,
        check=True,
    )
    found = get(f"/collections/cells/items?bbox={BOX}&limit=10000")
    read = json.loads(out.read_text(encoding="utf-8"))["features"]
    assert 0 < len(read) <= found["numberMatched"]


@pytest.mark.slow
def test_qgis_reads_the_cells(
    address: str, secret: Callable[[str], str], get: Callable[..., Any]
) -> None:
    wanted = get("/collections/cells/items?limit=10000")["numberMatched"]
    reader = Path(__file__).parent / "qgis_reader.py"
    command = ["/usr/bin/python3", str(reader), address, "cells", secret("analyst")]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert json.loads(told.splitlines()[-1]) == {
        "valid": True,
        "features": wanted,
        "crs": "EPSG:4326",
    }


def test_the_api_goes_through_the_same_door(
    app: Flask, secret: Callable[[str], str], site: Site
) -> None:
    def ask(path: str, role: str) -> Any:
        headers = {"Authorization": f"Bearer {secret(role)}"}
        return app.test_client().get(f"/api/v1{path}", headers=headers)

    for role in ("api-client", "auditor"):
        hidden = ask("/hotspots", role).get_json()
        for each in hidden["hotspots"]:
            assert "why" not in each["properties"]
            assert (each["properties"]["n_incidents"] or 0) % 5 == 0
        assert set(ask(f"/runs/{hidden['run']}", role).get_json()["summary"]) <= {
            *("title", "marking", "simulated", "attribution", "window", "parameters")
        }
        run = f"/runs/{hidden['run']}/files/cells.parquet"
        assert ask(run, role).status_code == 403
        page = app.test_client().get(
            "/map/hotspots", headers={"Authorization": f"Bearer {secret(role)}"}
        )
        assert page.status_code == 403
    exact = ask("/hotspots", "analyst").get_json()
    assert all("why" in each["properties"] for each in exact["hotspots"])
    with site.store.reading() as session:
        place = find(session, Deployment)[0].place_id
    told = {
        role: ask(f"/places/{place}", role).get_json()
        for role in ("api-client", "analyst")
    }
    assert told["analyst"]["deployments"]
    assert told["api-client"]["deployments"] == []
