"""Grid references: there and back, and against corners that Ordnance Survey prints."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotspots.core.gridref import format_grid_reference, parse_grid_reference


@given(
    st.integers(0, 699_999),
    st.integers(0, 1_299_999),
    st.sampled_from((2, 4, 6, 8, 10)),
)
def test_a_reference_is_read_back_as_the_square_that_holds_the_point(
    east: int, north: int, figures: int
) -> None:
    found = parse_grid_reference(format_grid_reference(east, north, figures))
    size = 10 ** (5 - figures // 2)
    assert found is not None
    assert abs(found[0] - (east + 0.5)) <= size / 2
    assert abs(found[1] - (north + 0.5)) <= size / 2


@pytest.mark.parametrize(
    ("text", "corner"),
    [
        ("SV 00 00", (0, 0)),
        ("TQ 30 80", (530_000, 180_000)),  # London
        ("NT 25 73", (325_000, 673_000)),  # Edinburgh
        ("HU 47 41", (447_000, 1_141_000)),  # Lerwick
        ("SK 75 19", (475_000, 319_000)),  # Melton Mowbray
    ],
)
def test_squares_stand_where_the_survey_puts_them(
    text: str, corner: tuple[int, int]
) -> None:
    assert parse_grid_reference(text) == (corner[0] + 500, corner[1] + 500)


@pytest.mark.parametrize("text", ["", "SI 12 34", "SK 123", "SK", "12 34", "ZZ 12 34"])
def test_what_is_no_reference_is_none(text: str) -> None:
    assert parse_grid_reference(text) is None
