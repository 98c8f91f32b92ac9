"""A suggestion cannot be made without its reasons."""

from __future__ import annotations

import pytest
from plan_fixture import FIRST_LINES, LAST_LINES, make_suggestion

from hotspots.core.errors import SuggestionError

NEEDED = (
    "name",
    "what",
    "when",
    "dose",
    "eligibility",
    "solution",
    "value_unit",
    "detectable",
    "success",
    "control_note",
    "coverage",
    "dpia",
    "equality",
    "do",
    "do_not",
)


@pytest.mark.parametrize("line", NEEDED)
def test_a_missing_line_is_refused_by_name(line: str) -> None:
    empty = () if line in ("do", "do_not") else ""
    with pytest.raises(SuggestionError, match=f"must say '{line}'"):
        make_suggestion(**{line: empty})


def test_a_marking_that_is_none_is_refused() -> None:
    with pytest.raises(SuggestionError, match="OFFICIAL-SENSITIVE; got 'SECRET'"):
        make_suggestion(marking="SECRET")


def test_two_alternatives_need_a_reason_and_so_does_no_split() -> None:
    three = make_suggestion().alternatives
    with pytest.raises(SuggestionError, match="three alternatives or say why not"):
        make_suggestion(alternatives=three[:2])
    said = make_suggestion(alternatives=(), no_alternative="There is one place only.")
    assert "one place only" in dict(said.rationale())["Other choices"]
    with pytest.raises(SuggestionError, match="why in split_note"):
        make_suggestion(chronic_share=None, split_note="")


def test_the_account_has_every_line_in_order_and_each_is_a_sentence() -> None:
    lines = make_suggestion(drivers=(), binding=(), controls=()).rationale()
    headings = [heading for heading, _ in lines]
    places = [headings.index(heading) for heading in (*FIRST_LINES, *LAST_LINES)]
    assert places == sorted(places)
    words = dict(lines)
    assert words["Why here"] == "No incident of a counted kind is near."
    assert words["Limits that decided"] == "None."
    for heading, text in lines:
        if heading not in ("Where", "Valid until"):
            assert text[0] == text[0].upper(), heading
            assert text.endswith((".", "'")), heading
