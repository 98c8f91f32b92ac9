"""The analyst's words: kept, carried forward, and refused where they are none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.brief.comment import (
    comment_text,
    find_comment,
    read_comment,
    write_comment,
)
from hotspots.brief.content import Comment
from hotspots.core.errors import SourceError

texts = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=60)


@settings(max_examples=60, deadline=None)
@given(comment=texts, author=texts, narrative=st.dictionaries(texts, texts, max_size=3))
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    comment: str,
    author: str,
    narrative: dict[str, str],
) -> None:
    kept = Comment(
        comment=comment.strip(),
        author=author.strip(),
        narrative={k: v.strip() for k, v in sorted(narrative.items())},
    )
    path = tmp_path_factory.mktemp("comment") / "comment.toml"
    path.write_text(comment_text(kept, period="2025-06"), encoding="utf-8")
    assert read_comment(path, period="2025-06") == kept


def test_the_last_comment_is_carried_forward_and_says_so(tmp_path: Path) -> None:
    old, new = tmp_path / "W23", tmp_path / "W24"
    old.mkdir()
    new.mkdir()
    text = comment_text(Comment(comment="The fair."), period="2025-W23")
    (old / "comment.toml").write_text(text, encoding="utf-8")
    carried = find_comment(new, old, period="2025-W24")
    assert (carried.comment, carried.carried_from) == ("The fair.", "2025-W23")
    again = comment_text(carried, period="2025-W24")
    (new / "comment.toml").write_text(again, encoding="utf-8")
    assert find_comment(new, old, period="2025-W24") == carried
    own = comment_text(Comment(comment="Quiet."), period="2025-W24")
    (new / "comment.toml").write_text(own, encoding="utf-8")
    assert find_comment(new, old, period="2025-W24").carried_from == ""
    assert find_comment(None, None, period="2025-W24") == Comment()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("comment = ", "must be TOML"),
        ("coment = 'a'", "Did you mean 'comment'"),
        ("comment = 4", "must be text"),
        ("narrative = 'a'", "table of texts"),
        ("[narrative]\nasb = 4", r"narrative\.asb"),
        (f"comment = '{'a' * 4001}'", "at most 4,000 characters"),
    ],
)
def test_what_is_no_comment_is_refused(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "comment.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=says):
        read_comment(path, period="2025-06")


def test_a_person_s_file_is_never_written_over(tmp_path: Path) -> None:
    path = write_comment(Comment(comment="Mine."), tmp_path, period="2025-06")
    before = path.read_bytes()
    assert write_comment(Comment(), tmp_path, period="2025-07").read_bytes() == before
