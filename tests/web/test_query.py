"""Filters come from fixed lists; the rest is refused with a clear sentence."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from hotspots.web.parts.choices import Choices
from hotspots.web.parts.query import Query, QueryError, page_number


@pytest.fixture(scope="module")
def choices(dataset: Any) -> Choices:
    return Choices.from_dataset(dataset)


def read(choices: Choices, **args: Any) -> Query:
    pairs = {name.removesuffix("_"): value for name, value in args.items()}
    return Query.from_args(MultiDict(pairs), choices)


def test_choices_are_what_is_in_the_data(choices: Choices) -> None:
    assert choices.categories == (
        "Anti-social behaviour",
        "Burglary",
        "Drugs",
        "Vehicle crime",
    )
    assert "Drugs" not in choices.by_default
    assert len(choices.by_default) == 3
    assert f"{choices.months[0]:%Y-%m}" == "2022-07"
    assert f"{choices.months[-1]:%Y-%m}" == "2025-06"
    assert len(choices.months) == 36
    assert [area.code for area in choices.areas] == ["W1", "W2", "P1"]


def test_nothing_said_is_the_usual(choices: Choices) -> None:
    parameters = read(choices).to_parameters(choices)
    assert parameters.window is None
    assert parameters.categories is None
    assert parameters.area is None


def test_ticking_what_is_counted_anyway_is_the_usual_too(choices: Choices) -> None:
    query = read(choices, category=list(choices.by_default))
    assert query.to_parameters(choices).categories is None
    assert query.to_args() == {}


def test_empty_fields_of_the_form_are_nothing_said(choices: Choices) -> None:
    assert read(choices, from_="", to="", area="", category=[""]) == Query()


@pytest.mark.parametrize(
    ("args", "window"),
    [
        ({"from": "2024-01", "to": "2024-06"}, "2024-01:2024-06"),
        ({"from": "2024-01-05", "to": "2024-02-01"}, "2024-01-05:2024-02-01"),
        ({"from": "2024-01"}, "2024-01:2025-06"),
        ({"to": "2025-03"}, "2023-04-01:2025-03"),
        ({"to": "2023-03"}, "2022-07-01:2023-03"),
    ],
)
def test_dates_become_a_window(
    choices: Choices, args: dict[str, str], window: str
) -> None:
    query = Query.from_args(MultiDict(args), choices)
    assert query.to_parameters(choices).window == window


@pytest.mark.parametrize(
    ("args", "field", "sentence"),
    [
        ({"categroy": "Burglary"}, "filters", "Did you mean 'category'?"),
        ({"category": "Burglry"}, "category", "Did you mean 'Burglary'?"),
        ({"category": "-"}, "category", "none is. Tick some, or All"),
        ({"area": "W9"}, "area", "area must be one of W1, W2, P1; got 'W9'."),
        ({"layer": "heat"}, "layer", "layer must be one of count, density, gi_star"),
        ({"from": "June"}, "from", "a date must be a month"),
        ({"to": "2025-6"}, "to", "a date must be a month"),
        ({"page": "2"}, "filters", "got 'page'"),
    ],
)
def test_what_is_not_offered_is_refused(
    choices: Choices, args: dict[str, str], field: str, sentence: str
) -> None:
    with pytest.raises(QueryError) as caught:
        Query.from_args(MultiDict(args), choices)
    assert caught.value.field == field
    assert sentence in str(caught.value)


def test_an_impossible_month_is_refused(choices: Choices) -> None:
    with pytest.raises(QueryError, match="got '2025-13'"):
        read(choices, from_="2025-13").to_parameters(choices)


@given(data=st.data())
def test_a_query_survives_its_own_query_string(choices: Choices, data: Any) -> None:
    months = [f"{month:%Y-%m}" for month in choices.months]
    args = MultiDict(
        {
            "category": data.draw(st.lists(st.sampled_from(choices.categories))),
            "from": data.draw(st.sampled_from(["", *months])),
            "to": data.draw(st.sampled_from(["", *months])),
            "area": data.draw(st.sampled_from(["", "W1", "W2", "P1"])),
            "layer": data.draw(st.sampled_from(["count", "density", "gi_star"])),
        }
    )
    query = Query.from_args(args, choices)
    assert Query.from_args(MultiDict(query.to_args()), choices) == query


@pytest.mark.parametrize("text", ["0", "4", "-1", "x", "1.0", "²", "9" * 30, ""])
def test_there_is_no_such_page(text: str) -> None:
    with pytest.raises(QueryError, match="the page must be between 1 and 3"):
        page_number(MultiDict({"page": text}), 3)


def test_pages_start_at_one() -> None:
    assert page_number(MultiDict(), 3) == 1
    assert page_number(MultiDict({"page": "3"}), 3) == 3
