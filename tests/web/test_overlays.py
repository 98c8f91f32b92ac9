"""What lies over the map: its items, its tables, what the data cannot support."""

from __future__ import annotations

import dataclasses
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from dataset_site import site_of
from patient import patient

from hotspots.service import Site, open_site
from hotspots.store.models import Deployment, Suggestion
from hotspots.store.queries import find
from hotspots.web import create_app


@pytest.fixture(scope="module")
def site(demonstration: Path) -> Site:
    """The demonstration's own site: nothing here writes to it."""
    return open_site(demonstration)


@pytest.fixture(scope="module")
def client(site: Site, vendor: Path) -> Any:  # noqa: ARG001
    return patient(create_app(site))


@pytest.fixture(scope="module")
def monthly(dataset: Any, vendor: Path) -> Any:  # noqa: ARG001
    """The toy town as data.police.uk would publish it: months and snap points."""
    coarse = dataclasses.replace(
        dataset.incidents, time_precision="month", snapped=True
    )
    reading = dataclasses.replace(dataset.reading, incidents=coarse)
    made = dataclasses.replace(dataset, reading=reading)
    return patient(create_app(site_of(made)))


def items(client: Any, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/map/over/{name}").json["items"]
    return found


def test_the_last_plan_of_each_tactic_is_on_one_map(client: Any, site: Site) -> None:
    shown = items(client, "suggested")
    with site.store.reading() as session:
        known = {each.name for each in find(session, Suggestion)}
    assert {each["name"] for each in shown} <= known
    assert {each["label"][0] for each in shown} == {"C", "P", "Y"}
    assert all(each["geometry"] and each["href"] for each in shown)
    assert any("not decided" in each["says"] for each in shown)


def test_what_is_out_stands_with_its_dates(client: Any, site: Site) -> None:
    shown = items(client, "out")
    with site.store.reading() as session:
        active = find(session, Deployment, status="active")
    assert 0 < len(shown) <= len(active)
    assert all("2025" in each["says"] for each in shown)


def test_comparison_places_are_on_the_ground(client: Any) -> None:
    shown = items(client, "compared")
    assert shown
    assert all(each["geometry"] for each in shown)


def test_what_residents_named_stands_at_its_area_with_both_counts(
    client: Any, site: Site
) -> None:
    shown = items(client, "concerns")
    assert len(shown) == 16
    assert all(each["geometry"]["type"] == "Point" for each in shown)
    counted = [each for each in shown if "Fewer than 10" not in each["says"]]
    assert 0 < len(counted) < 16
    assert all(" asked (" in each["says"] for each in counted)
    assert "survey" in site.settings.resources


def test_a_site_without_a_survey_does_not_offer_it(monthly: Any) -> None:
    text = unescape(monthly.get("/").get_data(as_text=True))
    assert "Near-repeat zones" in text
    assert "What residents named" not in text
    assert monthly.get("/map/over/concerns").status_code == 404


def test_zones_are_of_burglary_alone_and_end_on_a_day(client: Any) -> None:
    shown = items(client, "zones")
    assert shown
    assert {each["group"] for each in shown} == {"Burglary"}
    assert all("alert until" in each["says"] for each in shown)


def test_the_tables_hold_every_item(client: Any) -> None:
    text = unescape(client.get("/over").get_data(as_text=True))
    for name in ("suggested", "out", "compared", "zones", "concerns"):
        for each in items(client, name):
            assert each["name"] in text
            assert each["says"] in text


def test_what_the_data_cannot_support_is_greyed_with_the_reason(monthly: Any) -> None:
    text = unescape(monthly.get("/").get_data(as_text=True))
    box = text[text.index('id="over-zones"') :]
    assert "disabled" in box[: box.index(">")]
    assert "state only the month" in box
    assert items(monthly, "zones") == []
    listed = unescape(monthly.get("/plans").get_data(as_text=True))
    assert listed.count("Not with these data") == 5  # every tactic but patrols
    form = unescape(monthly.get("/plans/youth?day=soon").get_data(as_text=True))
    assert "disabled" not in form  # an error is mended in the form itself


def test_a_layer_that_is_not_there_is_not_found(client: Any) -> None:
    assert client.get("/map/over/nothing").status_code == 404


def test_a_link_restores_the_page(client: Any) -> None:
    answer = client.get("/?map=14,52.76,-0.88&over=out&place=2&time=3.4_")
    assert answer.status_code == 200
    assert "OFFICIAL" in answer.get_data(as_text=True)


def test_a_suggestion_has_a_page_with_its_reasons(client: Any) -> None:
    shown = items(client, "suggested")
    new = next(each for each in shown if "not decided" in each["says"])
    text = client.get(new["href"]).get_data(as_text=True)
    assert "Accept, change or decline" in text
    assert "Why here" in text
