"""Made once however many ask; what failed is made again."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from hotspots.core.once import Once


def test_many_who_ask_at_once_share_one_making() -> None:
    kept: Once[str, object] = Once(2)
    meet = threading.Barrier(8)
    made = []

    def make() -> object:
        made.append(1)
        return object()

    def ask(_: int) -> object:
        meet.wait()
        return kept.get("a", make)

    with ThreadPoolExecutor(8) as several:
        answers = list(several.map(ask, range(8)))
    assert len(made) == 1
    assert len(set(map(id, answers))) == 1


def test_what_failed_is_made_again_and_the_oldest_goes() -> None:
    kept: Once[str, int] = Once(2)
    with pytest.raises(ZeroDivisionError):
        kept.get("a", lambda: 1 // 0)
    assert [kept.get(key, lambda: 1) for key in "abc"] == [1, 1, 1]
    assert kept.get("c", lambda: 2) == 1
    assert kept.get("a", lambda: 2) == 2
    kept.forget(lambda key: key == "a")
    assert kept.get("a", lambda: 3) == 3
