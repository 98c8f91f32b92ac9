"""The form over the map: groups of kinds, and none ticked is not all ticked."""

from __future__ import annotations

from typing import Any

import pytest
from watched import Watched

from hotspots.web.map.form import REST, grouped


def test_each_kind_is_in_one_group_and_the_unknown_among_the_rest() -> None:
    kinds = ("Vehicle crime", "Violence and sexual offences", "Drugs", "Shoplifting")
    found = grouped(kinds)
    assert sorted(pair[0] for each in found.values() for pair in each) == sorted(kinds)
    assert found[REST] == [("Drugs", "Drugs")]
    assert len(found) == 3


def test_none_ticked_is_refused_and_the_boxes_stay_empty(client: Any) -> None:
    answer = client.get("/?category=-")
    said = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "One kind of crime or more must be ticked" in said
    assert 'href="#category"' in said
    assert client.get("/?category=-&category=Burglary").status_code == 200


@pytest.mark.browser
def test_all_and_none_by_group(chromium: Any, address: str) -> None:
    seen = Watched(chromium, address)
    page = seen.open("/")
    page.locator("#filters summary").click()
    boxes = page.locator("#category input[type=checkbox]")
    page.get_by_role("button", name="None", exact=True).click()
    assert [each.is_checked() for each in boxes.all()] == [False] * 4
    page.get_by_role("button", name="All of Burglary, robbery and theft").click()
    ticked = page.locator("#category input:checked")
    assert [each.get_attribute("value") for each in ticked.all()] == [
        "Burglary",
        "Vehicle crime",
    ]
    page.get_by_role("button", name="Apply").click()
    page.wait_for_selector("#map[data-ready]")
    assert page.url.endswith("=count&category=Burglary&category=Vehicle+crime")
    page.locator("#filters summary").click()
    page.get_by_role("button", name="None", exact=True).click()
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("alert").wait_for()
    assert page.locator("#category input:checked").count() == 0
    assert [each for each in seen.complaints if "BAD REQUEST" not in each] == []
    seen.context.close()
