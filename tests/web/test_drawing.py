"""An area that is drawn: counted at once, kept once, and refused where it cannot be."""

from __future__ import annotations

import re
from typing import Any

import pytest
from dataset_site import site_of
from patient import patient

WEST, SOUTH = -0.92, 52.74
BOX = [
    [WEST + 0.001, SOUTH + 0.001],
    [WEST + 0.03, SOUTH + 0.001],
    [WEST + 0.03, SOUTH + 0.03],
    [WEST + 0.001, SOUTH + 0.03],
]


@pytest.fixture
def own(dataset: Any, vendor: Any) -> Any:  # noqa: ARG001
    """An application of its own: the area that is kept stays in its site."""
    from hotspots.web import create_app

    return patient(create_app(site_of(dataset)))


def _keep(client: Any, **said: str) -> Any:
    corners = "\n".join(f"{x},{y}" for x, y in BOX)
    form = {"name": "Station quarter", "kind": "beat", "corners": corners, **said}
    headers = {"X-CSRFToken": client.token(), "Accept": "application/json"}
    return client.post("/map/keep", data=form, headers=headers)


def test_a_shape_is_counted_by_the_filters_of_the_page(own: Any) -> None:
    own.get("/")
    headers = {"X-CSRFToken": own.token()}
    every = own.post("/map/inside", json={"corners": BOX}, headers=headers).get_json()
    one = own.post(
        "/map/inside?category=Burglary", json={"corners": BOX}, headers=headers
    )
    counted = dict(every["categories"])
    assert every["ok"]
    assert " of " in every["sentences"][0]
    if one.status_code == 200:
        assert dict(one.get_json()["categories"]) == {"Burglary": counted["Burglary"]}


def test_corners_may_be_typed_as_grid_references(own: Any) -> None:
    own.get("/")
    typed = "SK 731 179\nSK 750 179\nSK 750 199\nSK 731 199"
    headers = {"X-CSRFToken": own.token()}
    told = own.post("/map/inside", json={"corners": typed}, headers=headers).get_json()
    assert len(told["corners"]) == 4
    wrong = own.post("/map/inside", json={"corners": "here"}, headers=headers)
    assert wrong.status_code == 400
    assert "grid reference" in wrong.get_json()["error"]


def test_a_kept_area_is_an_area_of_the_site(own: Any) -> None:
    own.get("/")
    kept = _keep(own)
    assert kept.status_code == 200, kept.get_json()
    page = own.get(kept.get_json()["url"])
    assert "Station quarter only" in page.get_data(as_text=True)
    again = _keep(own)
    assert again.status_code >= 400
    assert "is taken" in again.get_json()["error"]


def test_an_area_outside_the_district_is_refused(own: Any) -> None:
    own.get("/")
    far = "\n".join(f"{x + 1},{y}" for x, y in BOX)
    refused = _keep(own, corners=far)
    assert refused.status_code >= 400
    assert "inside the areas" in refused.get_json()["error"]


@pytest.mark.parametrize("wrong", [{"name": ""}, {"kind": "ward"}, {"corners": ""}])
def test_what_is_not_said_is_asked_for(own: Any, wrong: dict[str, str]) -> None:
    own.get("/")
    refused = _keep(own, **wrong)
    assert refused.status_code == 400
    assert next(iter(wrong)) in refused.get_json()["error"]


def test_an_area_is_drawn_with_the_mouse(chromium: Any, address: str) -> None:
    from watched import Watched, axe_findings

    watched = Watched(chromium, address, bypass_csp=True)
    page = watched.open("/")
    page.click("#draw")
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.locator("#draw-form[data-drawing]").wait_for()
    at = [(0.4, 0.4), (0.7, 0.4), (0.7, 0.7), (0.4, 0.7), (0.4, 0.4)]
    for across, down in at:
        page.mouse.click(
            box["x"] + across * box["width"], box["y"] + down * box["height"]
        )
        page.wait_for_timeout(150)
    page.locator("#draw-says", has_text=" ha.").wait_for()
    said = page.inner_text("#draw-says")
    assert re.search(r"[\d,]+ of [\d,]+ incidents", said)
    assert page.locator("#draw-keep").is_visible()
    assert axe_findings(page) == []
    page.click("#draw-end")
    assert not page.locator("#draw-form").is_visible()
    watched.context.close()
