"""Numbers and windows as people read them."""

from __future__ import annotations

import doctest
from types import ModuleType

import pytest

from hotspots.core.window import Window
from hotspots.web.parts import words


@pytest.mark.parametrize("module", [words])
def test_examples_hold(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize(
    ("window", "text"),
    [
        ("2025-06:2025-06", "June 2025"),
        ("2023-07:2025-06", "July 2023 to June 2025"),
        ("2025-06-02:2025-06-30", "2 June 2025 to 30 June 2025"),
    ],
)
def test_windows(window: str, text: str) -> None:
    assert words.window_in_words(Window.from_text(window)) == text


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_no_number_is_a_dash(value: float | None) -> None:
    assert words.number(value) == "–"
