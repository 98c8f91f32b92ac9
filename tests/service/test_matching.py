"""Matching against a naive reference: pair greedily, one row at a time."""

from __future__ import annotations

import hmac
from collections import Counter

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from hotspots.service.matching import CONTENT, keyed, match, with_content

KEYS = st.sampled_from([None, "a", "b", "c"])
ROWS = st.lists(st.tuples(KEYS, st.sampled_from("xyz"), st.integers(0, 2)), max_size=8)


def frame(rows: list[tuple[str | None, str, int]], name: str) -> pl.DataFrame:
    schema = {"key": pl.String, "content": pl.String, "start_us": pl.Int64}
    made = pl.DataFrame(rows, schema=schema, orient="row")
    return made.with_row_index(name)


def reference(
    held: list[tuple[str | None, str, int]], rows: list[tuple[str | None, str, int]]
) -> tuple[int, int, int]:
    """Count new, same and updated rows."""
    left, given_rows = Counter(held), Counter(rows)
    # the content of a row holds its start in reality; here they vary on their own
    same = 0
    for kind in {(key, content) for key, content, _ in rows}:
        n_held = sum(n for row, n in left.items() if row[:2] == kind)
        n_given = sum(n for row, n in given_rows.items() if row[:2] == kind)
        same += min(n_held, n_given)
    return len(rows) - same, same, 0


@given(held=ROWS, rows=ROWS)
def test_every_row_is_one_of_the_three_and_ends_at_most_one(
    held: list[tuple[str | None, str, int]], rows: list[tuple[str | None, str, int]]
) -> None:
    found = match(frame(held, "id"), frame(rows, "row"))
    every = [*found.new, *found.same, *found.updated["row"]]
    assert sorted(every) == list(range(len(rows)))
    assert found.updated["id"].is_unique().all()
    assert len(found.same) == reference(held, rows)[1]
    for row, id in found.updated.rows():
        assert rows[row][0] == held[id][0] is not None


@given(rows=ROWS)
def test_the_same_rows_again_are_all_held(
    rows: list[tuple[str | None, str, int]],
) -> None:
    found = match(frame(rows, "id"), frame(rows, "row"))
    assert len(found.same) == len(rows)


def test_keys_go_on_top_of_each_other() -> None:
    references = pl.Series(["A1", None, " A1 ", "B2"])
    one = keyed(references, [b"k1"])
    both = keyed(references, [b"k1", b"k2"])
    assert one[0] == one[2] != one[3]
    assert one[1] is None
    assert one[0] == hmac.digest(b"k1", b"A1", "sha256")[:16].hex()
    assert both.to_list() == keyed(one, [b"k2"]).to_list()


def test_content_is_all_that_a_row_says() -> None:
    row = dict.fromkeys(CONTENT, "x") | {
        "lon": -0.9,
        "lat": 52.7,
        "start_us": 1,
        "end_us": 2,
        "address": None,
    }
    changed = [row | {"lon": -0.9000001}, row | {"address": ""}, row | {"end_us": 3}]
    hashes = with_content(pl.DataFrame([row, *changed, row]))["content"].to_list()
    assert hashes[0] == hashes[-1]
    assert len(set(hashes)) == 4
