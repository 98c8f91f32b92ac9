"""Results of parts come back in the order of the parts, whoever did them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from hotspots.core.spread import gathered


class Backwards:
    """Does the last part first, as workers may."""

    def each(
        self, work: Callable[..., Any], parts: Iterable[tuple[Any, ...]]
    ) -> Iterator[tuple[int, Any]]:
        for number, part in reversed(list(enumerate(parts))):
            yield number, work(*part)


def test_the_order_is_that_of_the_parts() -> None:
    heard: list[int] = []
    parts = [(1, 2), (5, 3), (4, 4)]
    assert gathered(Backwards(), min, parts, heard.append) == [1, 3, 4]
    assert heard == [1, 2, 3]
    assert gathered(None, min, []) == []


def test_what_a_part_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        gathered(None, divmod, [(4, 2), (1, 0)])
