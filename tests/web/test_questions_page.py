"""The pages of the questions: the answers of the commands, in an accessible form."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
import shapely
from watched import Watched, axe_findings

from hotspots.core.errors import ParameterError
from hotspots.questions import QUESTIONS
from hotspots.questions.gather import gather


def page_of(client: Any, address: str) -> str:
    return str(client.get(address).get_data(as_text=True))


def test_every_question_is_listed(client: Any) -> None:
    text = client.get("/questions").get_data(as_text=True)
    for question in QUESTIONS.values():
        assert question.title.replace("'", "&#39;") in text
        assert f"/questions/{question.name}" in text


@pytest.mark.parametrize(
    "name", ["change", "clock", "severity", "clusters", "bandwidth", "history"]
)
def test_a_page_holds_every_number_of_the_answer(
    client: Any, dataset: Any, name: str
) -> None:
    question = QUESTIONS[name]
    answer = question.answer(gather(question, dataset), {})
    text = page_of(client, f"/questions/{name}")
    for table in answer.tables:
        for row in table.shown():
            assert f">{row[-1]}</td>" in text
    for part in (question.formula, question.when_not):
        assert part.split("'")[0].split("<")[0] in text


@pytest.mark.parametrize("name", ["risk", "history", "severity", "clusters"])
def test_an_answer_about_places_has_a_map_of_as_many_numbers_as_rows(
    client: Any, name: str
) -> None:
    text = page_of(client, f"/questions/{name}")
    [shapes] = re.findall(r'data-shapes="([^"]*)"', text)
    drawn = json.loads(unescape(shapes))["features"]
    numbers = [each["properties"]["number"] for each in drawn]
    assert numbers == [str(k) for k in range(1, len(drawn) + 1)]
    assert f">{len(drawn)}&nbsp; " in text
    assert f">{len(drawn) + 1}&nbsp; " not in text
    west, south, east, north = shapely.from_geojson(unescape(shapes)).bounds
    assert -1 < west < east < -0.8
    assert 52.7 < south < north < 52.8


def test_wards_are_drawn_by_their_names(client: Any) -> None:
    text = page_of(client, "/questions/change?by=ward")
    [shapes] = re.findall(r'data-shapes="([^"]*)"', text)
    assert len(json.loads(unescape(shapes))["features"]) == 2


def test_near_repeats_are_asked_of_one_kind_where_none_is_chosen(
    dataset: Any,
) -> None:
    question = QUESTIONS["near-repeats"]
    material = gather(question, dataset)
    assert material.incidents.frame["category"].unique().to_list() == ["Burglary"]
    answer = question.answer(material, {"n_permutations": "99"})
    assert answer.notes[0].startswith("Asked of Burglary.")
    assert len(answer.places) == answer.tables[-1].rows.height


def test_every_option_is_in_the_form(client: Any) -> None:
    for name, question in QUESTIONS.items():
        text = client.get(f"/questions/{name}").get_data(as_text=True)
        for param in question.options:
            assert f'name="{param.name}"' in text, (name, param.name)


def test_a_bad_option_is_said_on_the_page_in_the_words_of_the_command(
    client: Any,
) -> None:
    answer = client.get("/questions/near-repeats?n_permutations=0")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 400
    with pytest.raises(ParameterError) as refused:
        QUESTIONS["near-repeats"].build({"n_permutations": "0"})
    assert str(refused.value)[1:] in text
    assert "There is a problem" in text


def test_a_question_that_is_not_there_is_not_found(client: Any) -> None:
    assert client.get("/questions/horoscope").status_code == 404


def test_hostile_names_stay_text(client: Any) -> None:
    text = page_of(client, "/questions/change?by=ward")
    assert "West &lt;b&gt;ward&lt;/b&gt;" in text
    assert "<b>ward</b>" not in text


@pytest.mark.browser
@pytest.mark.parametrize(
    "path", ["/questions", "/questions/change", "/questions/effect"]
)
def test_axe_finds_nothing_on_the_pages_of_questions(
    chromium: Any, address: str, path: str
) -> None:
    watched = Watched(chromium, address, bypass_csp=True)
    page = watched.open(path)
    page.wait_for_function("() => !document.querySelector('[data-job]')")
    seen = axe_findings(page)
    watched.context.close()
    assert seen == []


@pytest.mark.browser
def test_a_question_asks_nothing_outside_and_complains_of_nothing(
    chromium: Any, address: str
) -> None:
    watched = Watched(chromium, address, viewport={"width": 320, "height": 800})
    page = watched.open("/questions/clock")
    page.wait_for_function("() => !document.querySelector('[data-job]')")
    page.locator("summary").click()
    page.locator("#long_windows").select_option("leave out")
    page.get_by_role("button", name="Ask").click()
    page.wait_for_url("**long_windows=leave*")
    page.wait_for_selector(".app-picture svg")
    wide = page.evaluate("() => document.documentElement.scrollWidth")
    assert wide <= 320
    assert watched.external == []
    assert watched.complaints == []
    watched.context.close()
