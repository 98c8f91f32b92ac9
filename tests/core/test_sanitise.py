from __future__ import annotations

import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotspots.core.sanitise import (
    clean_table,
    clean_text,
    json_for_script,
    strip_controls,
)


@given(st.text())
def test_column_and_single_text_are_cleaned_alike(text: str) -> None:
    column = pl.DataFrame({"text": [text]}).select(strip_controls(pl.col("text")))
    assert column.item() == clean_text(text)


@given(st.text())
def test_what_is_left_is_allowed_in_xml(text: str) -> None:
    for character in clean_text(text):
        code = ord(character)
        assert character in "\t\n" or 0x20 <= code <= 0xFFFD or code >= 0x10000
        assert code != 0x7F


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(json_values)
def test_json_in_a_script_comes_back_and_cannot_end_it(value: object) -> None:
    text = json_for_script(value)
    assert json.loads(text) == value
    assert not set("<>&\u2028\u2029") & set(text)


def test_json_refuses_what_browsers_cannot_read() -> None:
    with pytest.raises(ValueError, match="Out of range"):
        json_for_script(float("nan"))


def test_clean_table_keeps_other_columns_as_they_were() -> None:
    frame = pl.DataFrame({"n": [1, 2], "yes": [True, None], "name": ["a", "b"]})
    assert clean_table(frame).equals(frame)
    categories = frame.with_columns(pl.col("name").cast(pl.Categorical))
    assert clean_table(categories).schema["name"] == pl.String
